// Package showroom is the vocabulary of the shop: the things a shopper, an associate and an engineer name, the rules by which
// they change, and the facts that are written down when they do.
//
// Nothing here does I/O, reads a clock or starts a goroutine. A transition is a method that takes the moment it happens at and
// returns the new value and the fact to append; the caller saves both in one transaction. Values are plain and may be copied;
// none is safe for concurrent mutation.
package showroom
