package fleet_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/sync/central/fleet"
	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// streams gives the batches it holds, once.
type streams struct{ batches []stream.Batch }

func (s streams) TailBatches(ctx context.Context, f func(stream.Batch) error, caughtUp func()) error {
	for _, b := range s.batches {
		if err := f(b); err != nil {
			return err
		}
	}
	caughtUp()
	<-ctx.Done()
	return ctx.Err()
}

func (streams) BatchAfter(context.Context, stream.Lane, int64) (stream.Batch, error) {
	return stream.Batch{}, stream.ErrNone
}

func (streams) NextBatch(context.Context, stream.Lane, uint64) (stream.Batch, error) {
	return stream.Batch{}, stream.ErrNone
}

// batch makes one batch of one event each.
func batch(t *testing.T, seq int64, e showroom.Event) stream.Batch {
	t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	plain := profileapi.AppendBatch(nil, []profileapi.Event{{
		ID: profileapi.EventID("e", "facts", seq), Source: profileapi.Source("s1", "d1"),
		Type: profileapi.EventType(string(e.Kind()), e.Version()), Subject: e.Subject(), Time: time.Now(), Data: body,
	}})
	z, err := profileapi.NewCompressor()
	if err != nil {
		t.Fatal(err)
	}
	return stream.Batch{
		Lane: stream.Lane{Device: "d1", Epoch: "e", Lane: "facts"}, From: seq, To: seq, Count: 1, Seq: uint64(seq),
		Received: time.Now(), Body: z.Compress(nil, plain),
	}
}

func TestNothingOfAForgottenVisitIsShown(t *testing.T) {
	before := showroom.GarmentArrived{Place: showroom.RoomPlace("2")} // the visit had not opened yet
	within := showroom.VisitOpened{Visit: "v1", Room: "2"}
	other := showroom.VisitOpened{Visit: "v2", Room: "1"}
	word := showroom.VisitForgotten{Visit: "v1", Room: "2", Also: []string{profileapi.EventID("e", "facts", 1), profileapi.EventID("e", "facts", 6)}}
	after := showroom.GarmentMoved{From: showroom.RoomPlace("2"), To: showroom.RoomPlace("3")}
	s := streams{}
	for i, e := range []showroom.Event{before, within, other, word, within, after} {
		s.batches = append(s.batches, batch(t, int64(i+1), e))
	}
	x, err := fleet.New(s, 100, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1) // one result, taken below
	go func() { ended <- x.Run(ctx) }()
	<-x.Ready()
	events, _ := x.Recent(fleet.Filter{}, 0, 100)
	if len(events) != 6 {
		t.Fatalf("%d events", len(events))
	}
	for _, e := range events {
		_, _, seq, _ := profileapi.ParseEventID(e.ID)
		shown := seq == 3 || seq == 4
		if e.Forgotten == shown || (len(e.Data) > 0) != shown {
			t.Errorf("event %d %s: forgotten %t, body %q", seq, e.Kind(), e.Forgotten, e.Data)
		}
	}
	cancel()
	<-ended
}
