package agentclient_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"showroom/kiosk/agentclient"
)

// line serves streams one after the other: each is written by its own function, and then broken off.
type line struct {
	streams []func(w io.Writer, r *http.Request)
	served  atomic.Int32
	seen    chan string // Last-Event-ID of each connection; capacity 100, what is more is not noted
}

func newLine(streams ...func(io.Writer, *http.Request)) *line {
	return &line{streams: streams, seen: make(chan string, 100)}
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := int(l.served.Add(1)) - 1
	select {
	case l.seen <- r.Header.Get("Last-Event-ID"):
	default:
	}
	if n >= len(l.streams) {
		http.Error(w, "no more", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	l.streams[n](w, r)
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func text(s string) func(io.Writer, *http.Request) {
	return func(w io.Writer, _ *http.Request) { io.WriteString(w, s) }
}

// follow collects notices until there are n, and stops.
func follow(t *testing.T, h http.Handler, o agentclient.Options, n int) []agentclient.Notice {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var got []agentclient.Notice
	err := client(t, serve(t, h), o).Follow(ctx, func(x agentclient.Notice) {
		got = append(got, x)
		if len(got) == n {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v after %v", err, got)
	}
	return got[:n] // what was on its way when it stopped does not count
}

func TestFollowResumesAfterTheLastEvent(t *testing.T) {
	l := newLine(
		text(": hello\n\nid: e1.5\nevent: changed\ndata: {\"kind\":\"x\"}\n\nevent: live\ndata: {}\n\nid: e1.6\nevent: chan"),
		text("id: e2.1\r\nevent: reset\r\ndata: {}\r\n\r\n"),
		text("event: news\ndata: of another kind\n\nevent:changed\n\n"),
	)
	got := follow(t, l, quick(), 8)
	want := []agentclient.Notice{agentclient.Connected, agentclient.Changed, agentclient.Changed, agentclient.Lost,
		agentclient.Connected, agentclient.Changed, agentclient.Lost, agentclient.Connected}
	if !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
	for i, want := range []string{"", "e1.5", "e2.1"} {
		if id := <-l.seen; id != want {
			t.Errorf("connection %d resumed at %q, want %q", i, id, want)
		}
	}
}

func TestLostIsSaidOnce(t *testing.T) {
	l := newLine(text("event: changed\n\n"))
	o := quick()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []agentclient.Notice
	done := make(chan error, 1) // one value, when Follow returned
	address := serve(t, l)
	go func() {
		done <- client(t, address, o).Follow(ctx, func(n agentclient.Notice) { got = append(got, n) })
	}()
	for range 6 {
		<-l.seen
	}
	cancel()
	<-done
	if want := []agentclient.Notice{agentclient.Connected, agentclient.Changed, agentclient.Lost}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}

func TestASilentStreamIsLost(t *testing.T) {
	l := newLine(func(w io.Writer, r *http.Request) {
		http.NewResponseController(w.(http.ResponseWriter)).Flush()
		<-r.Context().Done()
	})
	o := quick()
	o.Idle = time.Second // the silence before it connects counts too
	got := follow(t, l, o, 2)
	if want := []agentclient.Notice{agentclient.Connected, agentclient.Lost}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}

func TestKeepAlivesKeepAStreamAlive(t *testing.T) {
	o := quick()
	o.Idle = 2 * time.Second
	l := newLine(func(w io.Writer, r *http.Request) {
		flush := http.NewResponseController(w.(http.ResponseWriter))
		for enough := time.After(o.Idle + o.Idle/5); ; {
			fmt.Fprint(w, ": alive\n\n")
			flush.Flush()
			select {
			case <-r.Context().Done():
				return
			case <-enough:
				fmt.Fprint(w, "event: changed\n\n")
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	got := follow(t, l, o, 2)
	if want := []agentclient.Notice{agentclient.Connected, agentclient.Changed}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}

func TestWhatIsNotAStreamIsNoAgent(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "event: changed\n\n") })
	if got := follow(t, page, quick(), 1); got[0] != agentclient.Lost {
		t.Errorf("heard %v", got)
	}
}

func TestALineWithoutAnEndBreaksTheStream(t *testing.T) {
	l := newLine(text("data: "+strings.Repeat("x", 1<<20)), text("event: changed\n\n"))
	got := follow(t, l, quick(), 4)
	if want := []agentclient.Notice{agentclient.Connected, agentclient.Lost, agentclient.Connected, agentclient.Changed}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}
