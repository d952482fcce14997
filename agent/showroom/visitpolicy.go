package showroom

import (
	"time"

	"showroom/agent/gs1"
)

// Manner is how a garment came into its room, and so how much it says about somebody being there.
type Manner string

// The manners.
const (
	// Brought is from the shop floor, as a shopper brings it.
	Brought Manner = ""
	// Carried is from another room, or from any a moment ago: somebody clears up, or friends exchange what they try on.
	Carried Manner = "carried"
	// Piled is with so many others at once that nobody is trying them on: a trolley, an arm full of stock.
	Piled Manner = "pile"
)

// VisitPolicy are the numbers that open and end visits. A zero number but OpensAfter and the pauses switches its rule off.
type VisitPolicy struct {
	OpensAfter time.Duration // a garment must hang this long before somebody is trying it on
	PauseEmpty time.Duration // an empty room with nobody touching the screen: over after this
	PauseIdle  time.Duration // garments hang there, nothing moves, nobody touches: over after this
	// PauseAsked replaces PauseEmpty while something asked for is still to be brought: who has swapped the last garment with a
	// friend next door stands there and waits.
	PauseAsked time.Duration
	// CarriedAfter replaces OpensAfter for a garment that was carried in. It must outlast both somebody clearing up who puts the
	// garments down for a moment and the time it takes to be sure that they have gone again.
	CarriedAfter time.Duration
	// PileSize is how many garments that come within PileWithin are a pile.
	PileSize   int
	PileWithin time.Duration
	// Remembers is for how long a garment that has left a room counts as carried when it comes into one.
	Remembers time.Duration
}

// RetailVisits are the numbers for a clothes shop.
func RetailVisits() VisitPolicy {
	return VisitPolicy{
		OpensAfter: 4 * time.Second,
		PauseEmpty: 3 * time.Minute,
		PauseIdle:  30 * time.Minute,
		// As long as an associate may take to find a piece and bring it.
		PauseAsked: 10 * time.Minute,
		// A departure takes up to 45 seconds; the rest is for the one who clears up.
		CarriedAfter: 2 * time.Minute,
		// Shops let six to eight pieces into a cubicle.
		PileSize: 10,
		// A trolley that stops beside the rooms is heard bit by bit, for as long as people stand in between.
		PileWithin: 15 * time.Second,
		// To clear a row of rooms and put the garments back takes no longer.
		Remembers: 10 * time.Minute,
	}
}

// Opens says whether what hangs in a room means that somebody is there, and if not yet, in how long it will; 0 for never. Nothing
// left behind or piled ever does.
//
// What is brought has to come to rest: while garment after garment comes, nobody can tell yet a shopper from a trolley.
func (p VisitPolicy) Opens(garments []Garment, at Moment) (opens bool, left time.Duration) {
	due := time.Duration(-1) // from now
	soon := func(d time.Duration) {
		if due < 0 || d < due {
			due = max(d, 0)
		}
	}
	first, last := time.Duration(-1), time.Duration(-1) // ages
	for _, g := range garments {
		if !g.Waits() {
			continue
		}
		age := at.Since(g.Since)
		if g.Manner == Carried {
			soon(p.CarriedAfter - age)
			continue
		}
		if first = max(first, age); last < 0 || age < last {
			last = age
		}
	}
	if first >= 0 {
		soon(min(p.OpensAfter-last, max(p.OpensAfter, p.PileWithin)-first))
	}
	return due == 0, max(due, 0)
}

// Garments of one shopper are heard as they are carried in: strayWithin of each other, and mostly at once.
const (
	strayWithin = 5 * time.Second
	atOnce      = 2 * time.Second
)

// sureAfter is when it is settled in which of two rooms a single garment hangs that came with others next door: the reads it came by
// were few, and a body may have stood before the right antenna.
const sureAfter = 12 * time.Second

// Astray says for how much longer what waits in a room may be rather of somebody near by, who has hung up garments at the same moment:
// a piece or two of theirs was heard through the wall. Where they have hung up far more it waits as long as a carried one; a single
// garment that came at once with one of a room that is known to be near waits until it is settled where it hangs. shop is everything
// that hangs in rooms, here too. 0 is for what is rather not.
func (p VisitPolicy) Astray(here Room, shop []Garment, at Moment) time.Duration {
	const times = 3
	var own []Garment
	age := time.Duration(0)
	for _, g := range shop {
		if g.Room == here.ID && g.Waits() && g.Manner == Brought {
			own = append(own, g)
			age = max(age, at.Since(g.Since))
		}
	}
	came, together := map[RoomID]int{}, false
	for _, other := range shop {
		for _, g := range own {
			apart := (at.Since(other.Since) - at.Since(g.Since)).Abs()
			if other.Room != here.ID && here.Hears(other.Room) && apart <= strayWithin {
				came[other.Room]++
				together = together || here.Near != nil && apart <= atOnce
				break
			}
		}
	}
	most := 0
	for _, n := range came {
		most = max(most, n)
	}
	switch {
	case most == 0:
		return 0
	case most >= times*len(own):
		return max(p.CarriedAfter-age, 0)
	case len(own) == 1 && together:
		return max(sureAfter-age, 0)
	}
	return 0
}

// Trail is a garment that hung in a room until a moment ago.
type Trail struct {
	EPC        gs1.EPC
	Room       RoomID
	Left       Moment
	LeftBehind bool
	Piled      bool
}

// Came says how a garment comes into a room now that left one a while ago, and whether it is still one that was left behind.
func (p VisitPolicy) Came(t Trail, at Moment) (m Manner, leftBehind bool) {
	switch {
	case at.Since(t.Left) > p.Remembers:
		return Brought, false
	case t.Piled:
		return Piled, t.LeftBehind
	}
	return Carried, t.LeftBehind
}

// Pile answers which garments of a room have come so nearly together that they are a pile, among them those that already are; nil
// means none. shop is everything else that hangs in rooms, and near says which of those rooms hear what stands here.
//
// A trolley is heard in more rooms than one, and bit by bit. So what comes anywhere while a pile comes belongs to it, and so does
// what comes where a pile rests, here or near. Rooms with somebody in them are spared both: they may hang up one garment more.
func (p VisitPolicy) Pile(here, shop []Garment, near func(RoomID) bool, occupied bool, at Moment) []Garment {
	if p.PileSize <= 0 {
		return nil
	}
	var recent []Garment
	coming, resting := false, 0
	for _, g := range here {
		if fresh := at.Since(g.Since) <= p.PileWithin; fresh && !g.Unconfirmed {
			recent = append(recent, g)
		}
		if p.rests(g, at) {
			resting++
		}
	}
	if occupied || len(recent) >= p.PileSize {
		if len(recent) < p.PileSize {
			return nil
		}
		return recent
	}
	for _, g := range shop {
		if !p.rests(g, at) {
			continue
		}
		coming = coming || at.Since(g.Since) <= p.PileWithin
		if near(g.Room) {
			resting++
		}
	}
	if coming || resting*2 >= p.PileSize { // half of it may be hidden
		return recent
	}
	return nil
}

// rests says that the garment is of a pile that somebody put down lately. One that stays for ever tells nothing of what comes later.
func (p VisitPolicy) rests(g Garment, at Moment) bool {
	return g.Manner == Piled && !g.Unconfirmed && at.Since(g.Since) <= p.Remembers
}
