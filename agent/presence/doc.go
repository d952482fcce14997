// Package presence decides where a tag is. It turns dozens of reads into one Change: a garment has arrived in room 2, has moved
// to room 3, has departed.
//
// The Engine is a function of readings, device states and time. It has no goroutine, no clock and no logger; whoever owns it tells
// it the time, and it tells when it next wants to hear it (Next). One goroutine owns an Engine at a time.
//
// # The rules
//
// Antennas are mounted in places; several may serve one. A read weaker than the antenna's floor comes from the other side of a
// wall and counts for nothing. The others are kept for Window, per tag and place.
//
//	arrives   ArriveReads reads within ArriveWithin, unless another place hears the tag louder right now
//	moves     MoveReads reads within Window, and mean(new) > mean(old) + margin, at least MinStay after it came
//	margin    MoveMargin (NeighbourMargin between neighbours) until MoveHold after the last read in the old place, then smaller by
//	          MoveDecay for every second, never below zero
//	departs   no read in its place for DepartAfter; it moves instead when another place hears it well at that moment
//
// A reader that tells no signal strength is a case of its own: UnknownRSSIReads reads make an arrival, and a move also needs the
// old place to have been silent for Window. An unknown strength is never turned into a number.
//
// # Dead readers
//
// A place none of whose readers is Up hears nothing, and that is no reason to think it empty: departures from it wait. When one
// comes back, everybody there gets a full DepartAfter again. The same holds for what was known before a restart: Restore gives
// unconfirmed occupancies, which one read confirms.
//
// # Static tags
//
// A tag heard in a room or a tray for StaticAfter without departing is furniture, or stock on the other side of the wall. It
// departs (Change.Static) and is ignored there until it has been silent for DepartAfter or wins a move elsewhere. A zone is where
// stock belongs, so nothing in a zone is static. An outage of the place's readers starts the count again.
//
// # Time
//
// Time only goes forward: a reading or a call with an earlier time counts as happening now. Instants are compared by Go's
// monotonic reading where they have one, so that a step of the wall clock moves nobody. Calling Advance more often than needed
// changes nothing about the changes or their times.
package presence
