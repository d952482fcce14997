package devicetest

import (
	"sync"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/ble/gateway"
	"showroom/devices/scan"
)

// patience is how long a test waits for what must come. What is promised within a second gets more, because a loaded machine is
// not a broken driver.
const patience = time.Minute

// keep is how many of the newest samples and states of each kind a Feed remembers. A flood must not fill the memory of the test that measures it.
const keep = 4096

// Feed is a feed for drivers of every family, and remembers. The zero Feed is ready.
type Feed struct {
	mu        sync.Mutex
	tags      []devices.TagRead
	sightings []devices.Sighting
	scans     []devices.Scan
	crowds    []gateway.Crowd
	statuses  []devices.Status
	reads     int
	changed   chan struct{} // closed and replaced at every change; nil while nobody waits
}

var (
	_ devices.Feed = (*Feed)(nil)
	_ gateway.Feed = (*Feed)(nil)
	_ scan.Feed    = (*Feed)(nil)
)

// Tag takes a sample.
func (f *Feed) Tag(r devices.TagRead) { sample(f, &f.tags, r) }

// Sighting takes a sample.
func (f *Feed) Sighting(s devices.Sighting) { sample(f, &f.sightings, s) }

// Scan takes a code. One that could not be read is no sample.
func (f *Feed) Scan(s devices.Scan) {
	if s.Kind == devices.ScanUnreadable {
		remember(f, &f.scans, s)
		return
	}
	sample(f, &f.scans, s)
}

// Crowd takes a count.
func (f *Feed) Crowd(c gateway.Crowd) { remember(f, &f.crowds, c) }

// Status takes a state.
func (f *Feed) Status(s devices.Status) { remember(f, &f.statuses, s) }

func sample[T any](f *Feed, all *[]T, s T) {
	f.mu.Lock()
	f.reads++
	f.mu.Unlock()
	remember(f, all, s)
}

func remember[T any](f *Feed, all *[]T, s T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*all = append(trim(*all), s)
	f.wake()
}

// Tags is the newest samples, oldest first.
func (f *Feed) Tags() []devices.TagRead {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]devices.TagRead(nil), f.tags...)
}

// Sightings is the newest samples of gateways, oldest first.
func (f *Feed) Sightings() []devices.Sighting {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]devices.Sighting(nil), f.sightings...)
}

// Scans is the newest codes, oldest first.
func (f *Feed) Scans() []devices.Scan {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]devices.Scan(nil), f.scans...)
}

// Crowds is the newest counts, oldest first.
func (f *Feed) Crowds() []gateway.Crowd {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]gateway.Crowd(nil), f.crowds...)
}

// Reads is how many samples of whatever family there have been in all.
func (f *Feed) Reads() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reads
}

// Statuses is the newest states, oldest first.
func (f *Feed) Statuses() []devices.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]devices.Status(nil), f.statuses...)
}

// Last is the newest state; the zero Status before there is one.
func (f *Feed) Last() devices.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.statuses) == 0 {
		return devices.Status{}
	}
	return f.statuses[len(f.statuses)-1]
}

// Wait waits until done says so, asking it again whenever something has come. It fails the test when that takes too long.
func (f *Feed) Wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		f.mu.Lock()
		if f.changed == nil {
			f.changed = make(chan struct{})
		}
		changed := f.changed
		f.mu.Unlock()
		if done() {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			t.Fatalf("waited in vain for %s; %d reads, last status %+v", what, f.Reads(), f.Last())
		}
	}
}

// WaitState waits until the newest state is s.
func (f *Feed) WaitState(t testing.TB, s devices.State) {
	t.Helper()
	f.Wait(t, "state "+s.String(), func() bool { return len(f.Statuses()) > 0 && f.Last().State == s })
}

// WaitReads waits until there have been n samples.
func (f *Feed) WaitReads(t testing.TB, n int) {
	t.Helper()
	f.Wait(t, "tag reads", func() bool { return f.Reads() >= n })
}

func (f *Feed) wake() {
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

// trim makes room at the end once twice as much is there as is to be kept.
func trim[T any](s []T) []T {
	if len(s) < 2*keep {
		return s
	}
	return s[:copy(s, s[keep:])]
}
