package showroom

import "time"

// StartRestock begins restocking a room, for at most so long.
func StartRestock(room RoomID, lasts time.Duration, at Moment) (Restock, RestockStarted) {
	return restock(room, lasts, at), RestockStarted{Room: room, Seconds: int(lasts / time.Second)}
}

func restock(room RoomID, lasts time.Duration, at Moment) Restock {
	until := at
	until.Wall, until.Mono = at.Wall.Add(lasts), at.Mono+lasts
	return Restock{Room: room, Since: at, Until: until}
}

// Again is the restocking with its whole time before it.
func (r Restock) Again(at Moment) Restock { return restock(r.Room, r.Until.Since(r.Since), at) }

// Over says whether the time of the restocking is over, and if not, how much is left.
func (r Restock) Over(at Moment) (over bool, left time.Duration) {
	left = r.Until.Since(r.Since) - at.Since(r.Since)
	return left <= 0, max(left, 0)
}

// On says whether there is one at all.
func (r Restock) On() bool { return r.Room != "" }

// End is the fact that it is over.
func (r Restock) End(expired bool, at Moment) RestockEnded {
	return RestockEnded{Room: r.Room, Seconds: int(at.Since(r.Since) / time.Second), Expired: expired}
}
