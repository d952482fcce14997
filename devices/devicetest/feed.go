package devicetest

import (
	"sync"
	"testing"
	"time"

	"showroom/devices"
)

// patience is how long a test waits for what must come. What is promised within a second gets more, because a loaded machine is
// not a broken driver.
const patience = 20 * time.Second

// keep is how many of the newest tags and states a Feed remembers. A flood must not fill the memory of the test that measures it.
const keep = 4096

// Feed is a devices.Feed that remembers. The zero Feed is ready.
type Feed struct {
	mu       sync.Mutex
	tags     []devices.TagRead
	statuses []devices.Status
	reads    int
	changed  chan struct{} // closed and replaced at every change; nil while nobody waits
}

var _ devices.Feed = (*Feed)(nil)

// Tag takes a sample.
func (f *Feed) Tag(r devices.TagRead) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	f.tags = append(trim(f.tags), r)
	f.wake()
}

// Status takes a state.
func (f *Feed) Status(s devices.Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.statuses = append(trim(f.statuses), s)
	f.wake()
}

// Tags is the newest samples, oldest first.
func (f *Feed) Tags() []devices.TagRead {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]devices.TagRead(nil), f.tags...)
}

// Reads is how many samples there have been in all.
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
