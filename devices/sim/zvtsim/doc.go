// Package zvtsim is a payment terminal that speaks ZVT and is not there: it takes payments by itself, keeps a ledger of what it has
// really charged, and fails as it is told to. It is reached over TCP, over a serial port that the operating system simulates, or
// over any stream.
//
// It carries messages with [zvt.Line], as the cash register does; that the bytes are those of real terminals is for the vectors of
// package zvt to show.
package zvtsim
