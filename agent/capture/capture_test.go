package capture_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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

func TestACaptureRecordsOneDeviceAndSaysSo(t *testing.T) {
	s := open(t)
	s.hears("before")
	changed := s.board.Changed()
	s.starts("a", 10*time.Minute)
	select {
	case <-changed:
	default:
		t.Error("the screens are not told")
	}
	now := s.board.Capture()
	if !now.Runs() || now.Device != "r1" || now.Until.Format("15:04") != "11:42" || now.Reason == "" {
		t.Errorf("the board says %+v", now)
	}
	s.hears("3034257BF7194E4000001A85")
	s.Tap("zebra/2").Message(devices.Message{Payload: []byte("of another")})
	s.later(5 * time.Minute)
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.hears("after")
	if got := s.recorded(); got != "3034257BF7194E4000001A85" {
		t.Errorf("recorded %q", got)
	}
	if s.board.Capture().Runs() {
		t.Error("the board says that it runs still")
	}
	s.wantFacts(started(), stopped(showroom.CaptureStopping, 300, s.size()))
	for _, e := range s.facts() {
		if raw, _ := json.Marshal(e); strings.Contains(strings.ToUpper(string(raw)), "3034257BF7194E4000001A85") {
			t.Errorf("a fact tells what was recorded: %s", raw)
		}
	}
	if strings.Contains(s.log.String(), "3034257B") {
		t.Errorf("the log tells what was recorded:\n%s", s.log.String())
	}
	folder, err := os.Stat(s.opt.Dir)
	if err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", folder.Mode(), err)
	}
	file, err := os.Stat(filepath.Join(s.opt.Dir, s.files()[0]))
	if err != nil || file.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", file.Mode(), err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Errorf("stopping what does not run: %v", err)
	}
}

func TestACaptureEndsByItself(t *testing.T) {
	s := open(t)
	s.starts("a", 10*time.Minute)
	if next := s.settles(); next != 10*time.Minute {
		t.Errorf("looked at again after %v", next)
	}
	s.later(10*time.Minute - time.Second)
	s.settles()
	if !s.board.Capture().Runs() {
		t.Error("it ended a second early")
	}
	s.mu.Lock()
	s.wall = s.wall.Add(-48 * time.Hour) // the wall clock is set: a quarter of an hour stays one
	s.mu.Unlock()
	s.later(time.Second)
	s.settles()
	if s.board.Capture().Runs() {
		t.Error("it runs on")
	}
	s.wantFacts(started(), stopped(showroom.CaptureExpired, 600, 0))
}

func TestNothingIsHeardAfterTheTimeEvenIfNobodyEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		s.starts("a", 10*time.Minute)
		time.Sleep(10*time.Minute - time.Nanosecond)
		s.hears("in time")
		time.Sleep(time.Nanosecond)
		s.hears("late") // Run does not run
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.recorded(); got != "in time" {
			t.Errorf("recorded %q", got)
		}
	})
}

func TestRunEndsItWhenItsTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		begun := time.Now()
		s.opt.Clock = func() showroom.Moment {
			return showroom.Moment{Wall: time.Now(), Boot: "b", Mono: time.Since(begun), Quality: showroom.ClockNTP}
		}
		s.restart()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1) // one result, taken below
		go func() { ended <- s.Run(ctx) }()
		s.starts("a", 10*time.Minute)
		time.Sleep(10*time.Minute - time.Second)
		synctest.Wait()
		if !s.board.Capture().Runs() {
			t.Error("it ended early")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if s.board.Capture().Runs() {
			t.Error("it runs on")
		}
		s.wantFacts(started(), stopped(showroom.CaptureExpired, 600, 0))
		s.starts("b", 10*time.Minute)
		time.Sleep(time.Minute)
		cancel() // the agent is stopped
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if s.board.Capture().Runs() {
			t.Error("it runs on after the agent")
		}
		s.wantFacts(started(), stopped(showroom.CaptureExpired, 600, 0), started(), stopped(showroom.CaptureShutdown, 60, 0))
	})
}

func TestACaptureDoesNotSurviveTheAgent(t *testing.T) {
	s := open(t)
	s.starts("a", 10*time.Minute)
	s.hears("x")
	dead := s.Captures
	s.restart()
	if s.board.Capture().Runs() {
		t.Error("the screens of the agent that came back say that a capture runs")
	}
	s.settles()
	if s.board.Capture().Runs() {
		t.Error("it goes on after the restart")
	}
	facts := s.facts()
	if end, ok := facts[len(facts)-1].(showroom.CaptureStopped); len(facts) != 2 || !ok || end.Reason != showroom.CaptureCrashed || end.Device != "r1" {
		t.Errorf("facts %+v", facts)
	}
	s.hears("y")
	s.settles()
	if n := len(s.facts()); n != 2 {
		t.Errorf("its end stands in the journal %d times", n-1)
	}
	_ = dead.Stop(t.Context()) // for the race detector's sake: its writer ends
}

func TestAFileIsNoLargerThanItMayBe(t *testing.T) {
	s := open(t, func(o *capture.Options) { o.MaxBytes = 4096 })
	s.starts("a", 10*time.Minute)
	deadline := time.Now().Add(20 * time.Second)
	for s.board.Capture().Runs() {
		for range 100 {
			s.hears(strings.Repeat("x", 50))
		}
		s.settles()
		if time.Now().After(deadline) {
			t.Fatal("it never ends")
		}
	}
	size := s.size()
	if size > 4096 || size < 3500 {
		t.Errorf("the file has %d bytes", size)
	}
	s.wantFacts(started(), stopped(showroom.CaptureFull, 0, size))
	if got := s.recorded(); strings.Trim(got, "x") != "" {
		t.Errorf("its last line is damaged: %q", got[len(got)-60:])
	}
}

func TestTheSameCommandIsTheSameCapture(t *testing.T) {
	s := open(t)
	s.starts("a", 10*time.Minute)
	s.starts("a", 10*time.Minute)
	err := s.Start(t.Context(), "b", capture.Order{Device: "zebra/2", For: time.Minute, Reason: "x"})
	if showroom.ErrorCode(err) != showroom.CodeConflict || !strings.Contains(err.Error(), "r1") {
		t.Errorf("a second one: %v", err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.starts("a", 10*time.Minute) // the network has sent it again, late
	if s.board.Capture().Runs() || len(s.facts()) != 2 || len(s.files()) != 1 {
		t.Errorf("a late repeat began another: %d facts, files %q", len(s.facts()), s.files())
	}
}

func TestTheSameCommandForAnotherCaptureIsRefused(t *testing.T) {
	s := open(t)
	s.starts("a", 10*time.Minute)
	for _, o := range []capture.Order{
		{Device: "zebra/2", For: 10 * time.Minute, Reason: "no tags at antenna 2"},
		{Device: "r1", For: time.Minute, Reason: "no tags at antenna 2"},
		{Device: "r1", For: 10 * time.Minute, Reason: "x"},
	} {
		if err := s.Start(t.Context(), "a", o); showroom.ErrorCode(err) != showroom.CodeConflict {
			t.Errorf("%+v: %v, want a conflict", o, err)
		}
	}
}

// TestTheEndOfACaptureIsToldOnce: the fact is written before the file has its last name, and whoever comes in between finds the file
// as if nothing were told.
func TestTheEndOfACaptureIsToldOnce(t *testing.T) {
	s := open(t)
	s.starts("a", 10*time.Minute)
	inTheWay := filepath.Join(s.opt.Dir, strings.TrimSuffix(s.files()[0], ".part"))
	if err := os.Mkdir(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(t.Context()); err == nil {
		t.Fatal("the file has its last name, which is taken")
	}
	s.restart()
	for range 3 {
		if _, err := s.Settle(t.Context()); err == nil {
			t.Error("nobody says that the file can not be closed")
		}
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	s.settles()
	s.wantFacts(started(), stopped(showroom.CaptureStopping, 0, 0))
	if files := s.files(); len(files) != 1 || strings.HasSuffix(files[0], ".part") {
		t.Errorf("files %q", files)
	}
}

func TestWhoHangsUpHasStoppedIt(t *testing.T) {
	s := open(t)
	s.starts("a", 10*time.Minute)
	ctx, hangUp := context.WithCancel(t.Context())
	hangUp()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
	s.wantFacts(started(), stopped(showroom.CaptureStopping, 0, 0))
}

func TestWhatCanNotBeStarted(t *testing.T) {
	s := open(t)
	for _, c := range []struct {
		o    capture.Order
		code showroom.Code
	}{
		{capture.Order{Device: "r9", For: time.Minute, Reason: "x"}, showroom.CodeNotFound},
		{capture.Order{Device: "", For: time.Minute, Reason: "x"}, showroom.CodeNotFound},
		{capture.Order{Device: "r1", For: 15*time.Minute + 1, Reason: "x"}, showroom.CodeInvalid},
		{capture.Order{Device: "r1", For: 0, Reason: "x"}, showroom.CodeInvalid},
		{capture.Order{Device: "r1", For: -time.Minute, Reason: "x"}, showroom.CodeInvalid},
		{capture.Order{Device: "r1", For: time.Minute, Reason: "  "}, showroom.CodeInvalid},
		{capture.Order{Device: "r1", For: time.Minute, Reason: strings.Repeat("ş", 201)}, showroom.CodeInvalid},
		{capture.Order{Device: "r1", For: time.Minute, Reason: "\xff"}, showroom.CodeInvalid},
	} {
		if err := s.Start(t.Context(), "a", c.o); showroom.ErrorCode(err) != c.code {
			t.Errorf("%+v: %v, want %s", c.o, err, c.code)
		}
	}
	if s.board.Capture().Runs() || len(s.facts()) != 0 || len(s.files()) != 0 {
		t.Errorf("a refused capture left %q", s.files())
	}
	if s.Tap("r9") != nil {
		t.Error("a device nobody configured has a tap")
	}
}

func TestFilesGoAfterADay(t *testing.T) {
	s := open(t)
	for _, id := range []showroom.CommandID{"a", "b"} {
		s.starts(id, time.Minute)
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.later(time.Hour)
	}
	for _, name := range []string{"notes.txt", "r1-20200101.jsonl", ".jsonl"} {
		if err := os.WriteFile(filepath.Join(s.opt.Dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.later(22*time.Hour - time.Second)
	s.settles()
	if n := len(s.files()); n != 5 {
		t.Fatalf("after less than a day there are %q", s.files())
	}
	s.later(time.Second)
	if next := s.settles(); next != time.Hour || len(s.files()) != 4 {
		t.Errorf("after a day there are %q, and a look again after %v", s.files(), next)
	}
	s.later(time.Hour)
	s.settles()
	if diff := cmp.Diff([]string{".jsonl", "notes.txt", "r1-20200101.jsonl"}, s.files()); diff != "" {
		t.Errorf("files that are no captures (-want +got):\n%s", diff)
	}
}

func TestAFileNamedByAWrongClockGoesToo(t *testing.T) {
	s := open(t)
	s.starts("a", time.Minute)
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.wall, s.guess = time.Unix(0, 0).UTC(), true // a Pi without a clock comes up
	s.mu.Unlock()
	s.settles()
	if len(s.files()) != 1 {
		t.Error("a clock that guesses deleted a capture")
	}
	s.mu.Lock()
	s.guess = false
	s.mu.Unlock()
	s.settles()
	if len(s.files()) != 0 {
		t.Error("a capture from a time to come stays for ever")
	}
}

func TestDelete(t *testing.T) {
	s := open(t)
	s.starts("a", time.Minute)
	running := s.files()[0]
	outside := filepath.Join(s.dir, "agent.db")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, code := range map[string]showroom.Code{running: showroom.CodeConflict, "../agent.db": showroom.CodeNotFound, "nope": showroom.CodeNotFound} {
		if err := s.Delete(t.Context(), name); showroom.ErrorCode(err) != code {
			t.Errorf("delete %s: %v", name, err)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.later(time.Second)
	s.starts("b", time.Minute)
	if err := s.Delete(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if files := s.files(); len(files) != 1 || slices.Contains(files, running) {
		t.Errorf("left are %q", files)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	st, err := s.Status()
	if err != nil || len(st.Files) != 1 || st.Now.Runs() || st.Files[0].Device != "r1" || st.Files[0].Gone.Sub(st.Files[0].Begun) != 24*time.Hour {
		t.Errorf("status %+v, %v", st, err)
	}
	if err := s.Delete(t.Context(), st.Files[0].Name); err != nil || len(s.files()) != 0 {
		t.Errorf("left are %q, %v", s.files(), err)
	}
}

func TestOldFilesGoAlsoWhileAnEndCanNotBeWrittenDown(t *testing.T) {
	s := open(t)
	s.starts("a", time.Minute)
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.later(25 * time.Hour)
	s.starts("b", time.Minute)
	s.Captures = capture.New(full{}, s.board, s.opt) // the agent died, and there is no room for more rows
	if _, err := s.Settle(t.Context()); err == nil {
		t.Error("nobody says that the end of a capture can not be written down")
	}
	if files := s.files(); len(files) != 1 || !strings.HasSuffix(files[0], ".part") {
		t.Errorf("after a day there are %q, want the unfinished one of today", files)
	}
}

// full is a journal on a full disk.
type full struct{}

func (full) Update(context.Context, func(*store.Tx) error) error { return errors.New("no space left") }
