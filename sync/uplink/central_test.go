package uplink_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/sync/central"
	"showroom/sync/profileapi"
	"showroom/sync/uplink"
)

// badLine is a network that cuts some requests before and some after the centre has had them.
type badLine struct {
	next        http.RoundTripper
	rnd         *rand.Rand // used by the uplink's goroutine only
	cut, passed atomic.Int64
}

var errCut = errors.New("the line was cut")

func (l *badLine) RoundTrip(r *http.Request) (*http.Response, error) {
	n := l.rnd.IntN(3)
	if n == 0 {
		l.cut.Add(1)
		return nil, errCut
	}
	resp, err := l.next.RoundTrip(r)
	if err == nil && n == 1 {
		l.cut.Add(1)
		resp.Body.Close()
		return nil, errCut
	}
	l.passed.Add(1)
	return resp, err
}

// startCentral serves until the test ends.
func startCentral(t *testing.T) (url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	addr, done := make(chan net.Addr, 1), make(chan error, 1)
	cfg := central.Config{
		Listen: "127.0.0.1:0", StateDir: t.TempDir(), Tokens: map[string]string{"agent-1": "token-1"}, OperatorToken: "operator",
		Listening: func(a net.Addr) { addr <- a },
	}
	go func() { done <- central.Run(ctx, cfg) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the centre ended with %v", err)
		}
	})
	select {
	case a := <-addr:
		return "http://" + a.String()
	case err := <-done:
		done <- err
		t.Fatalf("the centre did not start: %v", err)
		return ""
	}
}

// Over a line that cuts two requests of three, the real centre gets every row once and in order.
func TestBadLineToTheCentre(t *testing.T) {
	url := startCentral(t)
	line := &badLine{next: http.DefaultTransport, rnd: rand.New(rand.NewPCG(3, 4))}
	client, err := profileapi.NewClient(profileapi.Options{URL: url, Token: "token-1", Transport: line})
	if err != nil {
		t.Fatal(err)
	}
	j := newJournal("e1")
	acked := make(chan struct{}, 1) // a note that something was reported; more are dropped
	u, err := uplink.New(j, client, uplink.Options{
		Store: "s1", Device: "agent-1", NewEpoch: j.newEpoch, BatchEvents: 7, BatchDelay: time.Millisecond,
		RetryMin: time.Millisecond, RetryMax: 5 * time.Millisecond,
		Report: func(uplink.Sync) {
			select {
			case acked <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	until := func(waiting int64) {
		t.Helper()
		deadline := time.NewTimer(time.Minute) // anew each time: a slow line makes a long test
		defer deadline.Stop()
		for j.waiting() > waiting {
			select {
			case <-acked:
			case <-deadline.C:
				t.Fatalf("%d rows still wait", j.waiting())
			}
		}
	}
	const rounds = 40
	for range rounds {
		j.add(showroom.LaneFacts, 10, "fact")
		j.add(showroom.LaneObservations, 10, "observation")
		until(50)
	}
	until(0)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run ended with %v", err)
	}
	hasInOrder(t, url, 10*rounds)
	if line.cut.Load() == 0 || j.epochs != 0 {
		t.Errorf("%d requests were cut, %d epochs begun", line.cut.Load(), j.epochs)
	}
	t.Logf("%d requests were cut, %d passed", line.cut.Load(), line.passed.Load())
}

// hasInOrder wants so many rows of each lane at the centre, each once.
func hasInOrder(t *testing.T, url string, rows int) {
	t.Helper()
	operator, err := profileapi.NewClient(profileapi.Options{URL: url, Token: "operator"})
	if err != nil {
		t.Fatal(err)
	}
	for _, lane := range []string{"facts", "observations"} {
		page, err := operator.Events(t.Context(), "agent-1", "e1", lane, 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for i, e := range page.Events {
			got = append(got, e.ID)
			want = append(want, fmt.Sprintf("e1/%s/%d", lane, i+1))
		}
		if len(got) != rows || !slices.Equal(got, want) {
			t.Errorf("%s: the centre has %d events, want %d in order:\n%v", lane, len(got), rows, got)
		}
	}
}
