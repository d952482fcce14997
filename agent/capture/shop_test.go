package capture_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/capture"
	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
	"showroom/devices/link"
)

// shop is the captures of a shop over a real store, with a clock that the story sets.
type shop struct {
	t     *testing.T
	dir   string
	db    *store.DB
	board *live.Board
	log   bytes.Buffer
	opt   capture.Options
	*capture.Captures

	mu    sync.Mutex // guards the rest
	wall  time.Time
	mono  time.Duration
	guess bool // the wall clock is a guess
}

func open(t *testing.T, change ...func(*capture.Options)) *shop {
	t.Helper()
	s := &shop{t: t, dir: t.TempDir(), wall: time.Date(2026, 11, 22, 7, 32, 0, 0, time.UTC), mono: time.Hour}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), MachineID: "m", Clock: s.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s.db = db
	s.opt = capture.Options{
		Dir: filepath.Join(s.dir, "captures"), Devices: []showroom.DeviceID{"r1", "zebra/2"}, Location: time.FixedZone("TRT", 3*60*60), Clock: s.now,
		Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	}
	for _, c := range change {
		c(&s.opt)
	}
	s.restart()
	return s
}

// restart is the agent coming up, with nothing but what is stored.
func (s *shop) restart() {
	s.board = live.NewBoard()
	s.Captures = capture.New(s.db, s.board, s.opt)
}

func (s *shop) now() showroom.Moment {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := showroom.Moment{Wall: s.wall.Add(s.mono), Boot: "b", Mono: s.mono, Quality: showroom.ClockNTP}
	if s.guess {
		m.Quality = showroom.ClockSaved
	}
	return m
}

func (s *shop) later(d time.Duration) {
	s.mu.Lock()
	s.mono += d
	s.mu.Unlock()
}

func (s *shop) starts(id showroom.CommandID, d time.Duration) {
	s.t.Helper()
	if err := s.Start(s.t.Context(), id, capture.Order{Device: "r1", For: d, Reason: "no tags at antenna 2"}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) settles() (next time.Duration) {
	s.t.Helper()
	next, err := s.Settle(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return next
}

// hears is the device saying something.
func (s *shop) hears(text string) {
	s.Tap("r1").Message(devices.Message{Topic: "t", Payload: []byte(text), At: time.Now()})
}

// facts are the captures in the journal.
func (s *shop) facts() (all []showroom.Event) {
	s.t.Helper()
	rows, err := s.db.Since(context.WithoutCancel(s.t.Context()), 0, 100)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range rows {
		e, err := showroom.DecodeEvent(r.Kind, r.Version, r.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func (s *shop) wantFacts(want ...showroom.Event) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.facts()); diff != "" {
		s.t.Errorf("facts (-want +got):\n%s", diff)
	}
}

func (s *shop) files() (names []string) {
	s.t.Helper()
	entries, err := os.ReadDir(s.opt.Dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// recorded is what the only file holds.
func (s *shop) recorded() string {
	s.t.Helper()
	files := s.files()
	if len(files) != 1 {
		s.t.Fatalf("files %q, want one", files)
	}
	raw, err := os.ReadFile(filepath.Join(s.opt.Dir, files[0]))
	if err != nil {
		s.t.Fatal(err)
	}
	said, err := io.ReadAll(link.Replay(bytes.NewReader(raw)))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(said)
}

func started() showroom.Event {
	return showroom.CaptureStarted{Device: "r1", Seconds: 600, Reason: "no tags at antenna 2"}
}

func stopped(why showroom.CaptureEnd, seconds int, bytes int64) showroom.Event {
	return showroom.CaptureStopped{Device: "r1", Seconds: seconds, Bytes: bytes, Reason: why}
}

// size is how large the only file is.
func (s *shop) size() int64 {
	s.t.Helper()
	st, err := s.Status()
	if err != nil || len(st.Files) != 1 {
		s.t.Fatalf("status %+v, %v", st, err)
	}
	return st.Files[0].Bytes
}
