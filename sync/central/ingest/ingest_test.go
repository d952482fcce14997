package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"showroom/sync/central/ingest"
	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// streams keeps batches in memory by the rules of the real one.
type streams struct {
	mu   sync.Mutex
	seq  uint64
	last map[stream.Lane]stream.Batch
	ids  []string // from and to of every batch stored
	// before is called before a batch is looked at; its error is the answer.
	before func(stream.Batch) error
	// after is called once it is stored.
	after func(stream.Batch) error
}

func (s *streams) LastBatch(_ context.Context, l stream.Lane) (stream.Batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.last[l]
	if !ok {
		return b, stream.ErrNone
	}
	return b, nil
}

func (s *streams) PublishBatch(_ context.Context, b stream.Batch, after uint64) (uint64, error) {
	if s.before != nil {
		if err := s.before(b); err != nil {
			return 0, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last[b.Lane].Seq != after {
		return 0, stream.ErrConflict
	}
	s.seq++
	b.Seq = s.seq
	s.last[b.Lane] = b
	s.ids = append(s.ids, fmt.Sprintf("%d-%d", b.From, b.To))
	if s.after != nil {
		return b.Seq, s.after(b)
	}
	return b.Seq, nil
}

func newIngest(t *testing.T, s *streams) *ingest.Ingest {
	t.Helper()
	in, err := ingest.New(s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// post delivers the events from and to and answers the status and, for a refusal, the problem.
func post(t *testing.T, in *ingest.Ingest, from, to int64) (int, profileapi.Problem) {
	t.Helper()
	z, err := profileapi.NewCompressor()
	if err != nil {
		t.Fatal(err)
	}
	var events []profileapi.Event
	for seq := from; seq <= to; seq++ {
		events = append(events, profileapi.Event{ID: profileapi.EventID("e", "facts", seq), Source: profileapi.Source("s", "d"), Type: "t", Data: []byte(`{}`)})
	}
	r := httptest.NewRequest(http.MethodPost, fmt.Sprintf("/v1/ingest?epoch=e&lane=facts&from=%d&to=%d", from, to),
		bytes.NewReader(z.Compress(nil, profileapi.AppendBatch(nil, events))))
	r.Header.Set("Content-Encoding", profileapi.Zstd)
	w := httptest.NewRecorder()
	in.Serve(w, r, "d")
	var p profileapi.Problem
	if w.Code != http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("a refusal that is no problem: %s", w.Body)
		}
	}
	return w.Code, p
}

func want(t *testing.T, what string, code int, p profileapi.Problem, wantCode int, expected int64) {
	t.Helper()
	if code != wantCode || p.ExpectedSeq != expected {
		t.Errorf("%s: %d with expected_seq %d, want %d with %d", what, code, p.ExpectedSeq, wantCode, expected)
	}
}

// Two gateways before the same stream: what one remembers of a lane may be older than what the other wrote.
func TestTwoGateways(t *testing.T) {
	s := &streams{last: map[stream.Lane]stream.Batch{}}
	a, b := newIngest(t, s), newIngest(t, s)
	code, p := post(t, a, 1, 3)
	want(t, "first", code, p, 200, 0)
	code, p = post(t, b, 4, 6)
	want(t, "the other goes on", code, p, 200, 0)
	code, p = post(t, a, 4, 6)
	want(t, "the same at the first, which remembers 3", code, p, 409, 7)
	code, p = post(t, b, 7, 7)
	want(t, "on at the other", code, p, 200, 0)
	code, p = post(t, a, 8, 9)
	want(t, "on at the first, which remembers 6", code, p, 200, 0)
	if got := []string{"1-3", "4-6", "7-7", "8-9"}; !slices.Equal(s.ids, got) {
		t.Errorf("stored %v, want %v", s.ids, got)
	}
}

// The other gateway stores the same batch between our look and our write.
func TestRaceOfTwoGateways(t *testing.T) {
	s := &streams{last: map[stream.Lane]stream.Batch{}}
	a, b := newIngest(t, s), newIngest(t, s)
	raced := false
	s.before = func(stream.Batch) error {
		if !raced {
			raced = true
			code, p := post(t, b, 1, 3)
			want(t, "the faster one", code, p, 200, 0)
		}
		return nil
	}
	code, p := post(t, a, 1, 3)
	want(t, "the slower one", code, p, 409, 4)
	if !slices.Equal(s.ids, []string{"1-3"}) {
		t.Errorf("stored %v", s.ids)
	}
}

// When the stream does not say whether it has stored a batch, the shop is not told that it has, and the next try finds out.
func TestUnknownOutcome(t *testing.T) {
	s := &streams{last: map[stream.Lane]stream.Batch{}}
	in := newIngest(t, s)
	lost := errors.New("timeout")
	s.after = func(stream.Batch) error { return lost }
	code, p := post(t, in, 1, 3)
	want(t, "stored, but the answer is lost", code, p, 503, 0)
	s.after = nil
	code, p = post(t, in, 1, 3)
	want(t, "the same again", code, p, 409, 4)
	s.before = func(stream.Batch) error { return lost }
	code, p = post(t, in, 4, 6)
	want(t, "not stored", code, p, 503, 0)
	s.before = nil
	code, p = post(t, in, 4, 6)
	want(t, "the same again", code, p, 200, 0)
	if !slices.Equal(s.ids, []string{"1-3", "4-6"}) {
		t.Errorf("stored %v", s.ids)
	}
	if got := in.Counts(); got != (ingest.Counts{Batches: 1, Events: 3, OutOfOrder: 1, Failed: 2}) {
		t.Errorf("counted %+v", got)
	}
}
