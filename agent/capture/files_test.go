package capture_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/capture"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

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
