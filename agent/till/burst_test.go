package till_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/agent/till"
	"showroom/devices"
)

func message(t *testing.T, k string, e till.Event) devices.Message {
	t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return devices.Message{Topic: "showroom/v1/ist-01/pos/" + k + "/event", Payload: body}
}

// brings has a broker bring all at once, and answers which of them were acknowledged, in order, and why Listen ended.
func (s *shop) brings(all ...devices.Message) (acknowledged []int, err error) {
	s.t.Helper()
	from := make(chan devices.Delivery, len(all))
	for i, m := range all {
		from <- devices.Delivery{Message: m, Acknowledge: func() {
			if !slices.Contains(acknowledged, i) && s.durable(m) {
				acknowledged = append(acknowledged, i)
			}
		}}
	}
	close(from)
	return acknowledged, s.Listen(context.Background(), from)
}

// durable looks for a message in the journal, and among what nobody understood.
func (s *shop) durable(m devices.Message) bool {
	s.t.Helper()
	rows, err := s.db.Since(s.t.Context(), 0, 1000)
	if err != nil {
		s.t.Error(err)
	}
	if s.isDead(m) {
		return true
	}
	e, err := till.ParseEvent(m.Payload)
	return err == nil && slices.ContainsFunc(rows, func(r showroom.Row) bool {
		var said struct {
			ID string `json:"event_id"`
		}
		return r.Kind == showroom.KindTillReported && json.Unmarshal(r.Body, &said) == nil && said.ID == e.ID
	})
}

func (s *shop) isDead(m devices.Message) bool {
	s.t.Helper()
	return slices.ContainsFunc(s.dead(), func(d store.DeadLetter) bool { return d.Topic == m.Topic && string(d.Body) == string(m.Payload) })
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

func TestABurstIsTakenTogetherAndInOrder(t *testing.T) {
	s := open(t)
	var all []devices.Message
	for i := range 40 {
		all = append(all, message(t, "k1", plain(int64(i+1))), message(t, "k2", plain(int64(i+1))))
	}
	all[7].Payload = []byte(`{"half":`)               // nobody understands it
	all[20] = all[10]                                 // it comes again, in the same burst
	all[31] = message(t, "k2", plain(int64(99)))      // numbers are missing
	all[33].Topic = "showroom/v1/ist-01/pos/k9/event" // no till of ours
	head := func() int64 {
		h, err := s.db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h.Seq
	}
	before, count := head(), commits(s.db)
	got, err := s.brings(all...)
	if err == nil || !slices.Equal(got, upTo(len(all))) {
		t.Errorf("acknowledged %v, ended by %v", got, err)
	}
	if c := s.Counters(); c.Taken != 77 || c.Duplicates != 1 || c.Dead != 2 {
		t.Errorf("counted %+v", c)
	}
	if n := count(); n > 2 {
		t.Errorf("%d commits for one burst", n)
	}
	if n := head() - before; n < 77 {
		t.Errorf("%d rows are new", n)
	}
	rows, err := s.db.Since(t.Context(), before, 1000)
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, rows)
}

// commits counts from now on what is written to a store, until the count is asked for.
func commits(db *store.DB) (count func() int) {
	n, stop := 0, make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case <-db.Changed():
				n++
			case <-stop:
				return
			}
		}
	})
	return func() int {
		close(stop)
		watching.Wait()
		return n
	}
}

// inOrder wants what tills have said in the order of their numbers; one of them has gone on with 100.
func inOrder(t *testing.T, rows []showroom.Row) {
	t.Helper()
	var told []string
	next := map[showroom.TillID]int64{}
	for _, r := range rows {
		var e showroom.TillReported
		if r.Kind != showroom.KindTillReported {
			continue
		}
		if err := json.Unmarshal(r.Body, &e); err != nil {
			t.Fatal(err)
		}
		if e.Seq < next[e.Till] && next[e.Till] != 100 {
			told = append(told, fmt.Sprint(e.Till, e.Seq))
		}
		next[e.Till] = e.Seq + 1
	}
	if told != nil {
		t.Errorf("out of order: %v", told)
	}
}

// What one event of a burst meets is not the others' affair; those behind it are brought again, in their order.
func TestAnEventThatCanNotBeKeptHoldsUpNoneBeforeIt(t *testing.T) {
	s := open(t)
	s.parks("AB12")
	offered, err := s.Claim(t.Context(), "k1", "AB12")
	if err != nil {
		t.Fatal(err)
	}
	s.full = true // the sale can not be written
	all := []devices.Message{message(t, "k1", plain(1)), message(t, "k1", plain(2)), message(t, "k1", event(3, offered)), message(t, "k1", plain(4))}
	got, err := s.brings(all...)
	if !errors.Is(err, store.ErrDiskFull) || !slices.Equal(got, []int{0, 1}) {
		t.Errorf("acknowledged %v, ended by %v", got, err)
	}
	if c := s.Counters(); c.Taken != 2 {
		t.Errorf("counted %+v", c)
	}
	s.full = false
	if got, _ := s.brings(all[2:]...); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("acknowledged %v of what came again", got)
	}
	if n := s.count(showroom.KindTillReported); n != 4 || s.count(showroom.KindTillGap) != 0 {
		t.Errorf("%d are in the journal, said %v", n, s.said())
	}
}

// Tills at the embedded broker wait side by side.
func TestTillsThatSpeakAtOnceEachHearTheirOwn(t *testing.T) {
	s := open(t)
	s.parks("AB12")
	offered, err := s.Claim(t.Context(), "k1", "AB12")
	if err != nil {
		t.Fatal(err)
	}
	s.full = true
	messages := []devices.Message{message(t, "k1", event(1, offered))}
	for i := range 31 {
		messages = append(messages, message(t, "k2", plain(int64(i+1))))
	}
	heard := make([]error, len(messages))
	var all sync.WaitGroup
	for i, m := range messages {
		all.Go(func() { heard[i] = s.Take(t.Context(), m) })
	}
	all.Wait()
	for i, err := range heard {
		if i == 0 != errors.Is(err, store.ErrDiskFull) || i > 0 && err != nil {
			t.Errorf("till %d heard %v", i, err)
		}
	}
	if c := s.Counters(); c.Taken != 31 {
		t.Errorf("counted %+v", c)
	}
}
