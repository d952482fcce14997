// Package llrpsim is a fixed reader that speaks LLRP and is not there: it keeps ROSpecs, obeys requests, refuses what a sound
// reader refuses and says what it is told to. A [Reader] lives from power-on to power-off; a [Session] is one connection to it.
//
// Messages and parameters are those of LLRP 1.0.1; the functions that write them take numbers as the standard has them.
package llrpsim
