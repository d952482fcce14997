package staff

import (
	"context"
	"sync"
	"time"

	"showroom/agent/showroom"
)

// door lets people in one after the other. Checking a PIN takes much memory and time on purpose, so only one is checked at a time
// and only a few may wait for it; whoever tries wrong PINs waits longer and longer, and so, more mildly, does everybody.
type door struct {
	turn  chan struct{} // capacity 1: holds a value while a PIN is being checked; others wait
	queue chan struct{} // capacity queueLength: a value for each who waits or is checked; full means come back later

	withOne, withAll patience

	mu     sync.Mutex // guards all below
	people map[showroom.StaffID]*tries
	all    tries
}

const queueLength = 6

// tries are the wrong PINs since the last right one, or since a long quiet.
type tries struct {
	wrong int
	last  time.Duration // on the monotonic clock of the boot
	until time.Duration // nothing is checked before
}

// patience is how many wrong PINs are free and how the delay grows with each one more.
type patience struct {
	free         int
	first, limit time.Duration
	forget       time.Duration // after so long a quiet, tries are forgotten
}

func newDoor() *door {
	return &door{
		turn:  make(chan struct{}, 1),
		queue: make(chan struct{}, queueLength),
		// Ten thousand PINs at four tries an hour outlast any season.
		withOne: patience{free: 4, first: 15 * time.Second, limit: 15 * time.Minute, forget: 6 * time.Hour},
		// Short, because it is everybody who waits for one who guesses.
		withAll: patience{free: 20, first: 2 * time.Second, limit: 30 * time.Second, forget: 15 * time.Minute},
		people:  map[showroom.StaffID]*tries{},
	}
}

func (t *tries) miss(p patience, at time.Duration) {
	if at-t.last > p.forget {
		t.wrong = 0
	}
	t.wrong++
	t.last = at
	if over := t.wrong - p.free; over > 0 {
		t.until = at + min(p.first<<min(over-1, 16), p.limit)
	}
}

// waits answers how long nobody may try to be this person.
func (d *door) waits(id showroom.StaffID, at time.Duration) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	until := d.all.until
	if t := d.people[id]; t != nil {
		until = max(until, t.until)
	}
	return max(until-at, 0)
}

func (d *door) missed(id showroom.StaffID, at time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.people[id]
	if t == nil {
		t = &tries{}
		d.people[id] = t
	}
	t.miss(d.withOne, at)
	d.all.miss(d.withAll, at)
}

func (d *door) opened(id showroom.StaffID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.people, id)
}

// tooSoon says that nothing has been checked, and when it will be.
type tooSoon struct{ wait time.Duration }

func (t *tooSoon) Error() string { return "too many tries" }

// try checks the PIN of a person. It answers *tooSoon when somebody has guessed too often or too many wait at the door.
func (d *door) try(ctx context.Context, who Person, pin string, now func() showroom.Moment) (bool, error) {
	const crowded = 5 * time.Second
	if wait := d.waits(who.ID, now().Mono); wait > 0 {
		return false, &tooSoon{wait}
	}
	select {
	case d.queue <- struct{}{}:
		defer func() { <-d.queue }()
	default:
		return false, &tooSoon{crowded}
	}
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	// Again, because those before in the queue may have been guesses at the same person.
	if wait := d.waits(who.ID, now().Mono); wait > 0 {
		return false, &tooSoon{wait}
	}
	right, err := CheckPIN(who.PINHash, pin)
	switch {
	case err != nil:
		return false, err
	case right:
		d.opened(who.ID)
	default:
		d.missed(who.ID, now().Mono)
	}
	return right, nil
}
