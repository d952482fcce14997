// Package presence decides where a tag is. It turns dozens of reads into one Change: a garment has arrived in room 2, has moved
// to room 3, has departed.
//
// The Engine is a function of readings, device states and time. It has no goroutine, no clock and no logger; whoever owns it tells
// it the time, and it tells when it next wants to hear it (Next). One goroutine owns an Engine at a time.
//
// # The rules
//
// Antennas are mounted in places; several may serve one. Reads are kept for Window, per tag and place, and places are compared by
// their means: a read alone is within 10 dB of anything.
//
//	lead      of a place over another: its mean less the other's, and besides what is heard one and two walls from it less
//	          what is heard as far from the other. A body hides a tag from one antenna and not from those around it. What
//	          would be there but has no antenna is taken to be halfway between in and out.
//	arrives   ArriveReads reads within ArriveWithin, ArriveAfter since the first, a mean above the floor, and a lead over
//	          every other place that hears the tag: ArriveMargin, and half of what the mean lacks to the Hook, and half of
//	          what the places around take off the lead
//	company   what comes together is judged together: the more tags have just come to a place, the nearer to the Hook all
//	          of them must be heard on average. So a trolley in the corridor is no shopper, and arrives nowhere. Where many
//	          more have come next door, half a Wall more is asked for.
//	loiters   what has not arrived after LoiterAfter only hangs about, on a shelf or in the corridor. It arrives when for
//	          MoveHold it is heard LoiterRise better than usual, or when it is usually heard as well as on the Hook. Of more
//	          than a shopper carries one is heard so for a while by chance; they are listened to for longer.
//	moves     as it arrives, once the old place has been silent for ArriveWithin; or after a lead of MoveMargin
//	          (NeighbourMargin between neighbours) for MoveHold, all the while heard MoveRise better than usual: longer than a
//	          body stands in the way, which makes nobody hear better. Half of it is enough to stay ahead. A lead of one and a
//	          half Walls need only last for ArriveWithin where almost half a Wall was gained in the new place and lost in the old
//	          one: a body does not do both. At least MinStay after it came. For a Window after it first arrived it moves as it
//	          arrives: the first reads were chance
//	stays     while the mean in its place is above the floor less Slack
//	departs   after DepartAfter without, and three quarters of that since its place heard it at all, but no later than after
//	          five quarters: a body may stand before what is then carried off. It moves instead when it would arrive elsewhere
//	          at that moment. What is still heard after that only hangs about
//
// A reader that tells no signal strength is a case of its own: UnknownRSSIReads reads make an arrival, and a move also needs the
// old place to have been silent for Window. An unknown strength is never turned into a number.
//
// # Dead readers
//
// A place none of whose readers is Up hears nothing, and that is no reason to think it empty: departures from it wait, and what
// its neighbours hear may be what hangs there, unless they hear it too well for that. When one comes back, everybody there gets a
// full DepartAfter again. The same holds for what was known before a restart: Restore gives unconfirmed occupancies, which one
// read confirms.
//
// # Static tags
//
// A tag that has been in a room or a tray for StaticAfter is furniture and departs (Change.Static); one that has hung about for
// ShelfAfter is stock on the other side of a wall, and is Learned. Both are ignored where they are, and arrive as what loiters does
// when it rises. Silent for DepartAfter they are Released. A zone is where stock belongs, so nothing in a zone is static. An outage
// of the place's readers starts the count again.
//
// # Time
//
// Time only goes forward: a reading or a call with an earlier time counts as happening now. Instants are compared by Go's
// monotonic reading where they have one, so that a step of the wall clock moves nobody. Calling Advance more often than needed
// changes nothing about the changes or their times.
package presence
