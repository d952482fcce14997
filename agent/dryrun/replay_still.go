package dryrun

import (
	"math"
	"runtime"
	"sync"
	"time"

	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
)

const (
	stillSettles = time.Minute
	stillLasts   = 10 * time.Minute
	stillGrid    = 2.0 // metres between the spots where tags lie
	// borderStep and borderFar are how finely and how far a border is looked for, in metres.
	borderStep = 0.25
	borderFar  = 4.0
)

// StillTag is what became of a tag that lay still for ten minutes, after a minute to settle.
type StillTag struct {
	Moves int           // changes of zone
	Wrong time.Duration // in another zone than its own, or in none
}

// StillTags is what became of all tags at one distance from the nearest other zone.
type StillTags struct {
	Border   int // metres, rounded down; 4 and more are 4
	Tags     int // that lay there, each for ten minutes
	Calm     int // of these, the ones that never changed zone
	Once     int // and once
	Restless int // and more often
	Moves    int
	Wrong    time.Duration
}

// WrongShare is the share of the time; 0 when there is none.
func (s StillTags) WrongShare() float64 {
	if s.Tags == 0 {
		return 0
	}
	return s.Wrong.Seconds() / (float64(s.Tags) * stillLasts.Seconds())
}

func (s *StillTags) add(t StillTag) {
	s.Tags++
	s.Moves += t.Moves
	s.Wrong += t.Wrong
	switch t.Moves {
	case 0:
		s.Calm++
	case 1:
		s.Once++
	default:
		s.Restless++
	}
}

// Still lets a tag lie at a spot on simulated radio.
func (f Floor) Still(seed uint64, at Spot) StillTag {
	truth := f.zoneAt(at.X, at.Y)
	from := begin().Add(stillSettles)
	end := from.Add(stillLasts)
	var r StillTag
	var where showroom.Place
	since := from
	spent := func(until time.Time) {
		if until.After(since) {
			if where != truth {
				r.Wrong += until.Sub(since)
			}
			since = until
		}
	}
	track := f.Simulate(seed, []Stop{{Spot: at}, {Spot: at, At: stillSettles + stillLasts}})
	_, _ = f.Replay(track, func(c zones.Change) error { // only this fails, which does not
		spent(c.At)
		if where = c.To; c.At.After(from) {
			r.Moves++
		}
		return nil
	})
	spent(end)
	return r
}

// StillTags lets a tag lie at every spot of a grid over the gateways, once for every seed from first to last, and answers what became
// of them by their distance from the nearest border between two zones.
func (f Floor) StillTags(first, last uint64) []StillTags {
	spots := f.grid()
	borders := make([]int, len(spots))
	for i, s := range spots {
		borders[i] = int(f.border(s))
	}
	seeds := make(chan uint64) // each is taken by the worker that is free
	var mu sync.Mutex          // guards all
	all := make([]StillTags, int(borderFar)+1)
	for i := range all {
		all[i].Border = i
	}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := range seeds {
				for i, s := range spots {
					t := f.Still(seed, s)
					mu.Lock()
					all[borders[i]].add(t)
					mu.Unlock()
				}
			}
		})
	}
	for seed := first; seed <= last; seed++ {
		seeds <- seed
	}
	close(seeds)
	workers.Wait()
	return all
}

// grid is spots all over the rectangle that the gateways stand in, as far as there are zones.
func (f Floor) grid() []Spot {
	low, high := Spot{math.Inf(1), math.Inf(1)}, Spot{math.Inf(-1), math.Inf(-1)}
	for _, s := range f.Stands {
		low.X, low.Y = min(low.X, s.X), min(low.Y, s.Y)
		high.X, high.Y = max(high.X, s.X), max(high.Y, s.Y)
	}
	var spots []Spot
	for y := low.Y; y <= high.Y; y += stillGrid {
		for x := low.X; x <= high.X; x += stillGrid {
			if !f.zoneAt(x, y).IsZero() {
				spots = append(spots, Spot{x, y})
			}
		}
	}
	return spots
}

// border is how far it is to the nearest other zone, borderFar at most.
func (f Floor) border(s Spot) float64 {
	const directions = 32
	own := f.zoneAt(s.X, s.Y)
	for r := borderStep; r < borderFar; r += borderStep {
		for d := range directions {
			sin, cos := math.Sincos(2 * math.Pi * float64(d) / directions)
			if z := f.zoneAt(s.X+r*cos, s.Y+r*sin); z != own && !z.IsZero() {
				return r - borderStep
			}
		}
	}
	return borderFar
}
