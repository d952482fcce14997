// Package okcsim is a Turkish fiscal device that is not there. It speaks the wire of devices/pos/okc, takes baskets and payments, keeps
// a ledger and its counters (Z, receipt, EKU), prints slips and information slips, and goes wrong as it is told to.
//
// A [Device] lives as long as its memory: cables come and go, and what it has begun it ends. It has no goroutines of its own; what has
// happened meanwhile is reckoned when somebody looks.
package okcsim
