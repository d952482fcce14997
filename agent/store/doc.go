// Package store is the agent's memory: one SQLite file in a state folder, and the only package with SQL in it.
//
// Everything that is true of the shop and must outlive a power cut is written by [DB.Update]: one transaction, one writer, the
// change of state and its journal rows together. When Update has returned nil, the facts are on the disk; only then does anybody
// hear of them, by the channel of [DB.Changed] being closed. A reader that wakes re-reads from its own cursor, so it does not
// matter how many wake-ups it missed. There is no grouping of transactions here: whoever has fifty changes makes them in one
// Update.
//
// # The journal
//
// The journal is the history, the outbox to the central service and the live feed of the screens at once. It is ordered by seq;
// a lane within it is ordered by lane_seq, from 1 without a gap in each epoch. An epoch is one life of this file: it is born with
// the database and bound to the machine, so that a restored backup or a cloned card never writes under numbers the central
// service has already seen.
//
// The journal has no index on its facts. On an SD card the cost of a change is the number of pages it dirties, and a lone change
// dirties a journal page, a page of state and little else; one index would add a third to that for the sake of a reader that
// comes by once per batch. Instead every 64th row leaves a milestone, "at this seq the lane had come this far". It finds any
// lane_seq within a short scan, and it recovers the heads of the lanes at start without reading the history.
//
// # Search
//
// What people type and what the catalogue says are folded by lang.Fold, in Go: nothing in SQLite folds Turkish. The index has a row for
// each beginning of a word and each 8192 items, the set of those that have it; the sets of several words are and-ed. It is made from
// product and item at the end of the transaction that changes them, and what a search shows is kept beside the words, so that neither
// has to be read. An item has a number, and the first twenty by it are the answer: there is no ranking, which would have to look at
// everything.
//
// # Safety
//
// WAL, synchronous=FULL and foreign keys are asked for in the DSN and read back on every connection; a mismatch refuses to run.
// A full disk is [ErrDiskFull]. One agent uses a state folder at a time ([ErrLocked]).
//
// A [Tx] and a [View] are for the function they are handed to, by one goroutine. All other methods may be called from any.
package store
