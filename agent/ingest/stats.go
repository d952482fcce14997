package ingest

import (
	"sync"
	"sync/atomic"
	"time"

	"showroom/agent/presence"
	"showroom/agent/presence/zones"
)

// counts are read by other goroutines.
type counts struct {
	dropped, unseen, changes, moves, commits, retries atomic.Uint64

	mu       sync.Mutex // guards the rest
	presence presence.Stats
	zones    zones.Stats
	pending  int
	failing  time.Time
	failure  string
}

// publish says how the engines stand.
func (l *Loop) publish() {
	c := &l.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	c.presence, c.zones, c.pending = l.engine.Stats(), l.floor.Stats(), len(l.pending)+len(l.moves)
}

func (c *counts) fail(since time.Time, failure string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failing, c.failure = since, failure
}

// Stats are counts since New and, from Queued on, the state now.
type Stats struct {
	Dropped uint64 // reads for which there was no room, or no time
	Unseen  uint64 // sightings for which there was none
	Changes uint64 // of garments, saved
	Moves   uint64 // of radio tags between zones, saved
	Commits uint64 // transactions they took
	Retries uint64 // transactions that failed

	Queued  int // reads and sightings waiting
	Pending int // changes decided and not saved
	// Failing is since when the store has refused, and Failure why; zero when it works.
	Failing time.Time
	Failure string
	// Presence and Zones are how the engines stood when they last did something; their reads are those that were not dropped.
	Presence presence.Stats
	Zones    zones.Stats
}

// Stats copies the counts.
func (l *Loop) Stats() Stats {
	c := &l.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{
		Dropped: c.dropped.Load(), Unseen: c.unseen.Load(), Changes: c.changes.Load(), Moves: c.moves.Load(),
		Commits: c.commits.Load(), Retries: c.retries.Load(),
		Queued: len(l.queue) + len(l.sightings), Pending: c.pending, Failing: c.failing, Failure: c.failure,
		Presence: c.presence, Zones: c.zones,
	}
}
