package uplink_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/showroom"
	"showroom/sync/profileapi"
	"showroom/sync/uplink"
)

func upTo(k string, n int) []string {
	var ids []string
	for i := 1; i <= n; i++ {
		ids = append(ids, fmt.Sprintf("%s/%d", k, i))
	}
	return ids
}

func wantIDs(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the centre has %d events, want %d:\n got %v\nwant %v", len(got), len(want), got, want)
	}
}

// states collects what an uplink reports.
type states struct {
	mu  sync.Mutex
	all []uplink.Sync
}

func (s *states) add(u uplink.Sync) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, u)
}

func (s *states) last() uplink.Sync {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) == 0 {
		return uplink.Sync{}
	}
	return s.all[len(s.all)-1]
}

// run runs an uplink until the test's bubble ends.
func run(t *testing.T, j *journal, c uplink.Centre, change func(*uplink.Options)) *states {
	t.Helper()
	s := &states{}
	opts := uplink.Options{Store: "s1", Device: "agent-1", NewEpoch: j.newEpoch, Report: s.add, BatchEvents: 10}
	if change != nil {
		change(&opts)
	}
	u, err := uplink.New(j, c, opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
	return s
}

func TestEverythingIsSentInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		j.add(showroom.LaneObservations, 25, "old")
		j.add(showroom.LaneFacts, 25, "old")
		j.add(showroom.LaneLocal, 5, "for screens")
		s := run(t, j, c, nil)
		synctest.Wait()
		wantIDs(t, c.ids("e1/facts"), upTo("e1/facts", 25))
		wantIDs(t, c.ids("e1/observations"), upTo("e1/observations", 25))
		wantIDs(t, c.ids("e1/local"), nil)
		want := []string{"e1/facts", "e1/facts", "e1/facts", "e1/observations", "e1/observations", "e1/observations"}
		if !slices.Equal(c.sent, want) {
			t.Errorf("sent %v, want facts first: %v", c.sent, want)
		}
		if got := s.last(); !got.Connected || got.Err != nil || got.Waiting != 0 || got.LastOK.IsZero() {
			t.Errorf("reported %+v", got)
		}
	})
}

// A live fact does not wait for a backlog of observations.
func TestFactsOvertakeObservations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		j.add(showroom.LaneObservations, 100, "backlog")
		c.after = func(b profileapi.Batch) error {
			if b.Lane == "observations" && b.From == 11 {
				j.add(showroom.LaneFacts, 1, "live")
			}
			return nil
		}
		run(t, j, c, nil)
		synctest.Wait()
		if len(c.sent) < 3 || c.sent[2] != "e1/facts" {
			t.Errorf("sent %v, want the fact right after the second batch", c.sent)
		}
		wantIDs(t, c.ids("e1/observations"), upTo("e1/observations", 100))
	})
}

func TestLiveRowsGoTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		run(t, j, c, nil)
		synctest.Wait()
		for range 5 {
			j.add(showroom.LaneFacts, 1, "live")
			time.Sleep(20 * time.Millisecond) // of the bubble's clock
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(c.sent) != 1 || len(c.ids("e1/facts")) != 5 {
			t.Errorf("five rows in a tenth of a second went in %d batches", len(c.sent))
		}
	})
}

func TestBatchesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		j.add(showroom.LaneFacts, 40, strings.Repeat("long ", 200))
		run(t, j, c, func(o *uplink.Options) { o.BatchBytes = 4 << 10 })
		synctest.Wait()
		wantIDs(t, c.ids("e1/facts"), upTo("e1/facts", 40))
		if c.most > 4 || j.most > 10 {
			t.Errorf("a batch had %d events of 1 kB, %d rows were read at once", c.most, j.most)
		}
	})
}

// A forgotten row is sent without its body, with the sum it had.
func TestForgottenRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		j.add(showroom.LaneFacts, 1, "secret")
		j.rows["e1/facts"][0].Body = nil
		want := j.rows["e1/facts"][0].SHA256
		run(t, j, c, nil)
		synctest.Wait()
		e := c.lanes["e1/facts"][0]
		if e.Data != nil || e.SHA256 != hex.EncodeToString(want[:]) {
			t.Errorf("sent %+v", e)
		}
	})
}

func TestOutageIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		down := true
		c.fail = func(profileapi.Batch) error {
			if down {
				return errors.New("no route to host")
			}
			return nil
		}
		j.add(showroom.LaneFacts, 3, "x")
		s := run(t, j, c, nil)
		for range 24 * 60 { // a day, with something happening every minute
			time.Sleep(time.Minute)
			j.add(showroom.LaneFacts, 1, "x")
		}
		synctest.Wait()
		c.mu.Lock()
		tries := len(c.sent)
		c.mu.Unlock()
		// The mean pause is half a minute; every row waking it would be thousands more.
		if tries < 24*60 || tries > 24*60*4 {
			t.Errorf("%d tries in a day", tries)
		}
		if got := s.last(); got.Connected || got.Err == nil || got.Waiting < 24*60 { // as of the last try
			t.Errorf("reported %+v", got)
		}
		c.mu.Lock()
		down = false
		c.mu.Unlock()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		wantIDs(t, c.ids("e1/facts"), upTo("e1/facts", 24*60+3))
		if got := s.last(); !got.Connected || got.Err != nil || got.Waiting != 0 {
			t.Errorf("reported %+v", got)
		}
	})
}

func TestRetryAfterIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		c.fail = func(profileapi.Batch) error {
			if len(c.sent) == 1 {
				return &profileapi.Problem{Title: "busy", Status: 503, RetryAfter: 10 * time.Minute}
			}
			return nil
		}
		j.add(showroom.LaneFacts, 1, "x")
		run(t, j, c, nil)
		time.Sleep(11 * time.Minute)
		synctest.Wait()
		if len(c.times) != 2 || c.times[1].Sub(c.times[0]) < 10*time.Minute {
			t.Errorf("tried at %v", c.times)
		}
	})
}

// An answer that is lost is found out by the next try, and nothing is stored twice.
func TestLostAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		lost := 0
		c.after = func(profileapi.Batch) error {
			if lost++; lost%2 == 1 {
				return errors.New("connection reset")
			}
			return nil
		}
		j.add(showroom.LaneFacts, 95, "x")
		run(t, j, c, nil)
		time.Sleep(time.Hour)
		synctest.Wait()
		wantIDs(t, c.ids("e1/facts"), upTo("e1/facts", 95))
		if j.waiting() != 0 || j.epochs != 0 {
			t.Errorf("%d rows wait, %d epochs were begun", j.waiting(), j.epochs)
		}
	})
}

// One lane in trouble does not hold up another.
func TestRefusedLaneRestsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		c.fail = func(b profileapi.Batch) error {
			if b.Lane == "facts" {
				return &profileapi.Problem{Title: "I do not like it", Status: 400}
			}
			return nil
		}
		j.add(showroom.LaneFacts, 3, "x")
		j.add(showroom.LaneObservations, 30, "x")
		run(t, j, c, nil)
		time.Sleep(time.Hour)
		synctest.Wait()
		wantIDs(t, c.ids("e1/observations"), upTo("e1/observations", 30))
		facts := 0
		for _, k := range c.sent {
			if k == "e1/facts" {
				facts++
			}
		}
		if facts < 30 || facts > 1000 {
			t.Errorf("the refused lane was tried %d times in an hour", facts)
		}
	})
}

func TestOldEpochsAreSentToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		j.add(showroom.LaneFacts, 15, "x")
		j.epoch = "e2"
		j.add(showroom.LaneFacts, 15, "x")
		run(t, j, c, nil)
		synctest.Wait()
		wantIDs(t, c.ids("e1/facts"), upTo("e1/facts", 15))
		wantIDs(t, c.ids("e2/facts"), upTo("e2/facts", 15))
		if !slices.Equal(c.sent, []string{"e1/facts", "e2/facts", "e1/facts", "e2/facts"}) {
			t.Errorf("sent %v, want the epochs in turn", c.sent)
		}
	})
}

// A centre that lost its newest batches gets them again.
func TestCentreThatLostRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		j.add(showroom.LaneFacts, 30, "x")
		run(t, j, c, nil)
		synctest.Wait()
		c.mu.Lock()
		c.lanes["e1/facts"] = c.lanes["e1/facts"][:7]
		c.mu.Unlock()
		j.add(showroom.LaneFacts, 1, "x")
		time.Sleep(time.Minute)
		synctest.Wait()
		wantIDs(t, c.ids("e1/facts"), upTo("e1/facts", 31))
		if j.epochs != 0 || j.waiting() != 0 {
			t.Errorf("%d epochs were begun, %d rows wait", j.epochs, j.waiting())
		}
	})
}

// Rows that neither end has any more leave a gap that the centre can see, and hold up nothing.
func TestRowsThatNobodyHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, c := newJournal("e1"), newCentre(t)
		j.add(showroom.LaneFacts, 30, "x")
		s := run(t, j, c, nil)
		synctest.Wait()
		c.mu.Lock()
		c.lanes["e1/facts"] = c.lanes["e1/facts"][:7]
		c.mu.Unlock()
		j.pruned = 30
		for range 2 {
			j.add(showroom.LaneFacts, 1, "x")
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		wantIDs(t, c.ids("e1/facts"), append(upTo("e1/facts", 7), "e1/facts/31", "e1/facts/32"))
		if got := s.last(); got.Err != nil || got.Waiting != 0 || j.epochs != 0 {
			t.Errorf("reported %+v, %d epochs were begun", got, j.epochs)
		}
	})
}

// A journal restored from a backup begins a new epoch, and what it wrote before anybody noticed is not lost.
func TestRestoredJournal(t *testing.T) {
	for name, written := range map[string]int{"nothing written since": 0, "a little": 3, "as much as was lost": 20, "more": 35} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, c := newJournal("e1"), newCentre(t)
				j.add(showroom.LaneFacts, 30, "first life")
				ctx, cancel := context.WithCancel(t.Context())
				u, err := uplink.New(j, c, uplink.Options{Store: "s1", Device: "agent-1", NewEpoch: j.newEpoch})
				if err != nil {
					t.Fatal(err)
				}
				done := make(chan error, 1)
				go func() { done <- u.Run(ctx) }()
				synctest.Wait()
				cancel()
				<-done
				back := j.restored(10)
				if written > 0 {
					back.add(showroom.LaneFacts, written, "second life")
				}
				run(t, back, c, nil)
				time.Sleep(time.Minute)
				synctest.Wait()
				back.add(showroom.LaneFacts, 1, "second life")
				time.Sleep(time.Minute)
				synctest.Wait()
				wantIDs(t, c.ids("e1/facts"), upTo("e1/facts", 30))
				wantIDs(t, c.ids(key(back.epoch, showroom.LaneFacts)), upTo(key(back.epoch, showroom.LaneFacts), written+1))
				if back.epochs != 1 || back.waiting() != 0 {
					t.Errorf("%d epochs were begun, %d rows wait", back.epochs, back.waiting())
				}
			})
		})
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := uplink.New(newJournal("e"), newCentre(t), uplink.Options{Store: "s1", Device: "d"}); err == nil {
		t.Error("an uplink that can not begin a new epoch was made")
	}
}
