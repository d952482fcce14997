package capture_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/capture"
	"showroom/agent/showroom"
	"showroom/devices"
)

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
	deadline := time.Now().Add(time.Minute)
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
