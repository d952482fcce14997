package till_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/agent/till"
	"showroom/devices"
)

// wire is a broker that passes commands to a device of the test.
type wire struct {
	commands chan till.Command // the tests take each; three tries of two garments at most
	results  chan devices.Message
}

func (w *wire) Publish(_ context.Context, topic string, _ byte, retained bool, payload []byte) error {
	var c till.Command
	if err := json.Unmarshal(payload, &c); err != nil {
		return err
	}
	w.commands <- c
	return nil
}

func (w *wire) Subscribe(context.Context, string) (<-chan devices.Message, error) {
	return w.results, nil
}

func (w *wire) answers(t *testing.T, r till.Result) {
	t.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	w.results <- devices.Message{Topic: "showroom/v1/ist-01/eas/eas1/result", Payload: body}
}

// serves has a device obey, and sells the basket of two tagged garments at a till.
func (s *shop) serves() *wire {
	s.t.Helper()
	w := &wire{commands: make(chan till.Command, 6), results: make(chan devices.Message)}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 2) // one result each
	go func() { ended <- s.Serve(ctx, "eas1", w) }()
	go func() { ended <- s.Run(ctx) }()
	s.t.Cleanup(func() { stop(); <-ended; <-ended })
	s.parks("AB12")
	offered, err := s.Claim(s.t.Context(), "k1", "AB12")
	if err != nil {
		s.t.Fatal(err)
	}
	s.takes("k1", event(1, offered))
	return w
}

func (s *shop) releases() (pending, failed []store.Release) {
	s.t.Helper()
	s.view(func(v *store.View) (err error) {
		if pending, err = v.PendingReleases(); err != nil {
			return err
		}
		failed, err = v.FailedReleases()
		return err
	})
	return pending, failed
}

func (s *shop) count(kind showroom.Kind) (n int) {
	for _, k := range s.said() {
		if k == kind {
			n++
		}
	}
	return n
}

func TestSoldGarmentsAreLetGoOf(t *testing.T) {
	s := open(t)
	w := s.serves()
	for range 2 {
		c := <-w.commands
		if !c.Genuine([]byte(key)) || c.Genuine([]byte("another key of 16")) || c.Device != "eas1" || c.EPC.IsZero() || !c.Expires.After(s.clock().Wall) {
			t.Errorf("commanded %+v", c)
		}
		w.answers(t, till.Result{ID: c.ID, Device: "eas1", Result: till.Released}.Seal([]byte(key)))
	}
	s.until("all is answered", func() bool { return s.count(showroom.KindTagReleased) == 2 })
	if pending, failed := s.releases(); len(pending)+len(failed) != 0 {
		t.Errorf("rows are left: %v %v", pending, failed)
	}
	rows, err := s.db.Since(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if strings.Contains(string(r.Body), tag(1).String()) || strings.Contains(string(r.Body), tag(2).String()) {
			t.Errorf("%s names a garment of the shopper's", r.Kind)
		}
	}
}

func TestARefusedReleaseCallsStaffAndTheSaleStays(t *testing.T) {
	s := open(t)
	w := s.serves()
	one, two := <-w.commands, <-w.commands
	w.answers(t, till.Result{ID: one.ID, Device: "eas1", Result: till.Refused, Detail: "4111111111111111 is no tag"}.Seal([]byte(key)))
	w.answers(t, till.Result{ID: two.ID, Device: "eas1", Result: till.Released}.Seal([]byte(key)))
	s.until("both are answered", func() bool { return s.count(showroom.KindTagReleased) == 2 })
	_, failed := s.releases()
	if len(failed) != 1 || !failed[0].EPC.IsZero() || failed[0].Detail != "refused: ************1111 is no tag" {
		t.Fatalf("staff see %+v", failed)
	}
	s.view(func(v *store.View) error {
		_, err := v.Sale(failed[0].Sale)
		return err
	})
	s.update(func(tx *store.Tx) error { return s.Seen(tx, failed[0].ID) })
	if _, failed := s.releases(); len(failed) != 0 {
		t.Errorf("staff still see %+v", failed)
	}
}

func TestADeviceThatSaysNothingIsToldAgainAndThenStaffAre(t *testing.T) {
	s := open(t)
	w := s.serves()
	first := []till.Command{<-w.commands, <-w.commands}
	for range 2 {
		s.later(4 * time.Second)
		s.update(func(tx *store.Tx) error { return tx.PutDeadLetter(store.DeadLetter{Reason: "a moment passes"}) })
		for range 2 {
			again := <-w.commands
			if again.ID != first[0].ID && again.ID != first[1].ID {
				t.Errorf("told another thing: %+v", again)
			}
		}
	}
	s.later(11 * time.Second)
	s.update(func(tx *store.Tx) error { return tx.PutDeadLetter(store.DeadLetter{Reason: "a moment passes"}) })
	s.until("staff are called", func() bool { _, failed := s.releases(); return len(failed) == 2 })
	// It answers late: the tag is off, and nobody need come.
	w.answers(t, till.Result{ID: first[0].ID, Device: "eas1", Result: till.Released}.Seal([]byte(key)))
	s.until("the late answer counts", func() bool { _, failed := s.releases(); return len(failed) == 1 })
	if len(w.commands) != 0 {
		t.Error("it was told a fourth time")
	}
}

func TestAnAnswerThatIsNotSignedCountsForNothing(t *testing.T) {
	s := open(t)
	w := s.serves()
	c := <-w.commands
	forged := till.Result{ID: c.ID, Device: "eas1", Result: till.Released}
	w.answers(t, forged)
	w.answers(t, forged.Seal([]byte("another key of 16")))
	changed := forged.Seal([]byte(key))
	changed.Result = till.Faulty
	w.answers(t, changed)
	w.answers(t, till.Result{ID: c.ID, Device: "eas2", Result: till.Released}.Seal([]byte(key)))
	w.results <- devices.Message{Payload: []byte("{")}
	w.answers(t, till.Result{ID: "nobody's", Device: "eas1", Result: till.Released}.Seal([]byte(key))) // genuine, and about nothing
	w.answers(t, forged)
	if n := s.Counters().Forged; n < 5 {
		t.Errorf("%d forged answers counted", n)
	}
	if pending, _ := s.releases(); len(pending) != 2 {
		t.Errorf("left: %v", pending)
	}
}

// A machine that wakes up in its past does not know how long a device has been silent: it tells it once more before it calls staff.
func TestARestartIntoThePastTellsTheDeviceAgain(t *testing.T) {
	s := open(t)
	w := s.serves()
	<-w.commands
	<-w.commands
	s.mu.Lock()
	s.now.Wall, s.now.Mono, s.now.Boot = s.now.Wall.Add(-48*time.Hour), 0, "another"
	s.mu.Unlock()
	s.update(func(tx *store.Tx) error { return tx.PutDeadLetter(store.DeadLetter{Reason: "a moment passes"}) })
	s.until("their time has begun anew", func() bool {
		pending, failed := s.releases()
		if len(failed) != 0 {
			t.Fatalf("staff are called for %+v", failed)
		}
		return len(pending) == 2 && pending[0].Changed.Boot == "another" && pending[1].Changed.Boot == "another"
	})
	s.later(4 * time.Second)
	s.update(func(tx *store.Tx) error { return tx.PutDeadLetter(store.DeadLetter{Reason: "a moment passes"}) })
	<-w.commands
	<-w.commands
}
