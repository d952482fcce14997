package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// crashDir, when set in the environment, makes the test binary a child that commits until it is killed; crashWith says what.
const (
	crashDir  = "SHOWROOM_STORE_CRASH_DIR"
	crashWith = "SHOWROOM_STORE_CRASH_WITH"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		commit := commitForEver
		if os.Getenv(crashWith) == "sales" {
			commit = sellForEver
		}
		if err := commit(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// commitForEver commits facts and says each on standard output once it is committed.
func commitForEver(dir string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Dir: dir, MachineID: "machine-1", Clock: newClock().Now})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		var row showroom.Row
		id := fmt.Sprintf("%d-%d", os.Getpid(), i)
		err := db.Update(ctx, func(tx *store.Tx) (err error) {
			visit, opened := showroom.OpenVisit(showroom.VisitID(id), showroom.RoomID(id), tx.Now())
			if err = tx.PutVisit(visit); err == nil {
				row, err = tx.Append(opened)
			}
			return err
		})
		if err != nil {
			return err
		}
		fmt.Printf("%s %s\n", row.ID(), row.Subject)
	}
}

// A child commits and acknowledges on a pipe; it is killed at whatever point it has come to, several times over. Everything it
// acknowledged is there afterwards, state and journal agree, and no number is missing.
func TestFactsSurviveKill(t *testing.T) {
	dir := t.TempDir()
	acked := map[string]string{}
	for round := range 6 {
		killAfter(t, dir, "visits", 1+round*37, acked)
	}
	db := open(t, store.Options{Dir: dir})
	if err := db.IntegrityCheck(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Since(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for i, r := range rows {
		if r.Seq != int64(i)+1 || r.LaneSeq != int64(i)+1 {
			t.Fatalf("row %d has seq %d, lane_seq %d", i, r.Seq, r.LaneSeq)
		}
		found[r.ID()] = r.Subject
	}
	for id, subject := range acked {
		if found[id] != subject {
			t.Errorf("%s was acknowledged for %s and is %q", id, subject, found[id])
		}
	}
	view(t, db, func(v *store.View) error {
		visits, err := v.OpenVisits()
		if len(visits) != len(rows) || len(acked) < 500 {
			t.Errorf("%d visits, %d rows, %d acknowledged", len(visits), len(rows), len(acked))
		}
		return err
	})
}

// killAfter runs the child until it has acknowledged n facts and kills it.
func killAfter(t *testing.T, dir, with string, n int, acked map[string]string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir, crashWith+"="+with)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for said := 0; lines.Scan(); said++ {
		if said == n {
			child.Process.Kill() // and what is still in the pipe was acknowledged too
		}
		id, subject, ok := strings.Cut(lines.Text(), " ")
		if ok {
			acked[id] = subject
		}
	}
	err = child.Wait()
	if e, ok := errors.AsType[*exec.ExitError](err); !ok || e.ExitCode() != -1 || ctx.Err() != nil {
		t.Fatalf("child was not killed, it ended by itself: %v", err)
	}
}
