package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-sqlite3"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestOneAgentPerFolder(t *testing.T) {
	dir := t.TempDir()
	first := open(t, store.Options{Dir: dir})
	_, err := store.Open(t.Context(), withDefaults(t, store.Options{Dir: dir}))
	if !errors.Is(err, store.ErrLocked) {
		t.Fatalf("second agent: %v, want ErrLocked", err)
	}
	if e, ok := errors.AsType[*store.Error](err); !ok || !strings.Contains(e.Hint, fmt.Sprint(os.Getpid())) {
		t.Errorf("hint does not name the process that holds the folder: %+v", e)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := store.Open(t.Context(), withDefaults(t, store.Options{Dir: dir}))
	if err != nil {
		t.Fatalf("after the first has closed: %v", err)
	}
	second.Close()
}

func TestForeignDatabaseIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		dsn  string
		want error
	}{
		"page size and auto_vacuum fixed by somebody else": {"", store.ErrPragma},
		"newer than this program":                          {"?_auto_vacuum=incremental", store.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "showroom.db")+c.dsn)
			if err != nil {
				t.Fatal(err)
			}
			db.SetMaxOpenConns(1)
			script := fmt.Sprintf("PRAGMA page_size=1024; VACUUM; PRAGMA user_version=%d", store.MigrationSteps()+1)
			if c.want == store.ErrPragma {
				script = "CREATE TABLE t (a)"
			}
			if _, err := db.Exec(script); err != nil {
				t.Fatal(err)
			}
			db.Close()
			_, err = store.Open(t.Context(), withDefaults(t, store.Options{Dir: dir}))
			e, ok := errors.AsType[*store.Error](err)
			if !errors.Is(err, c.want) || !ok || e.Hint == "" {
				t.Errorf("error is %v (%+v), want %v with a hint", err, e, c.want)
			}
		})
	}
}

// Without shared memory there is no WAL. SQLite must not fall back to something else behind our back.
func TestDatabaseThatCanNotBeWALIsRefused(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), withDefaults(t, store.Options{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "showroom.db")
	plain, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=DELETE")
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.Ping(); err != nil {
		t.Fatal(err)
	}
	plain.Close()
	// Something SQLite cannot open stands where the shared memory of the WAL must be.
	if err := os.Mkdir(path+"-shm", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), withDefaults(t, store.Options{Dir: dir})); err == nil {
		t.Error("opened without a WAL")
	}
}

func TestMigratedSchemaIsTheOneWrittenDown(t *testing.T) {
	db := open(t, store.Options{})
	migrated, err := db.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "fresh.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	if _, err := fresh.Exec(string(script)); err != nil {
		t.Fatal(err)
	}
	written, err := store.SchemaOf(t.Context(), fresh)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, migrated); diff != "" {
		t.Errorf("schema.sql differs from what the migrations make (-schema.sql +migrated):\n%s", diff)
	}
}

func TestEpochStaysWithTheMachine(t *testing.T) {
	dir := t.TempDir()
	var epochs []string
	for _, machine := range []string{"pi-a", "pi-a", "pi-b", "pi-b"} {
		db, err := store.Open(t.Context(), withDefaults(t, store.Options{Dir: dir, MachineID: machine}))
		if err != nil {
			t.Fatal(err)
		}
		row := appendOne(t, db, showroom.VisitOpened{Visit: showroom.VisitID(machine), Room: "1"})
		epochs = append(epochs, row.Epoch)
		if want := int64(len(epochs)); row.Seq != want {
			t.Errorf("seq is %d, want %d: it goes on across epochs", row.Seq, want)
		}
		if want := int64(1 + (len(epochs)-1)%2); row.LaneSeq != want {
			t.Errorf("lane_seq is %d, want %d: it starts anew", row.LaneSeq, want)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if epochs[0] != epochs[1] || epochs[2] != epochs[3] || epochs[0] == epochs[2] {
		t.Errorf("epochs are %q", epochs)
	}

	db := open(t, store.Options{Dir: dir, MachineID: "pi-b"})
	ends, err := db.Lanes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []showroom.LaneEnd{
		{Epoch: epochs[0], Lane: showroom.LaneFacts, Last: 2}, {Epoch: epochs[0], Lane: showroom.LaneObservations},
		{Epoch: epochs[0], Lane: showroom.LaneLocal},
		{Epoch: epochs[2], Lane: showroom.LaneFacts, Last: 2}, {Epoch: epochs[2], Lane: showroom.LaneObservations},
		{Epoch: epochs[2], Lane: showroom.LaneLocal},
	}
	if diff := cmp.Diff(want, ends); diff != "" {
		t.Errorf("lanes (-want +got):\n%s", diff)
	}
	if rows, err := db.Rows(t.Context(), epochs[0], showroom.LaneFacts, 0, 10); err != nil || len(rows) != 2 {
		t.Errorf("old epoch still has %d rows (%v), want 2", len(rows), err)
	}
	head, err := db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if head.Resumes(epochs[0], 1) || !head.Resumes(epochs[2], 3) || head.Resumes(epochs[2], 5) {
		t.Errorf("%+v resumes the wrong streams", head)
	}
}

func TestUpdateThatFailsOrPanicsLeavesNothing(t *testing.T) {
	db := open(t, store.Options{})
	changed := db.Changed()
	err := updateOrPanic(db, func(tx *store.Tx) error {
		if _, err := tx.Append(showroom.VisitOpened{Visit: "v1", Room: "1"}); err != nil {
			return err
		}
		panic(errors.New("boom"))
	})
	if err == nil || err.Error() != "boom" {
		t.Fatalf("panic came back as %v", err)
	}
	select {
	case <-changed:
		t.Error("readers were woken for nothing")
	default:
	}
	if row := appendOne(t, db, showroom.VisitOpened{Visit: "v2", Room: "1"}); row.Seq != 1 {
		t.Errorf("first row has seq %d", row.Seq)
	}
	<-changed
}

// SQLite rolls a transaction back by itself when the disk is full; a use case that goes on regardless must not write the rest.
func TestAFailedWriteFailsTheWhole(t *testing.T) {
	db := open(t, store.Options{MaxBytes: 200 << 10})
	var kept error
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		for range 10_000 {
			if _, kept = tx.Append(showroom.VisitOpened{Visit: "v", Room: showroom.RoomID(strings.Repeat("x", 500))}); kept != nil {
				break
			}
		}
		_, after := tx.Append(showroom.VisitOpened{Visit: "small"})
		if !errors.Is(after, store.ErrDiskFull) {
			t.Errorf("a write after the failure: %v", after)
		}
		return nil
	})
	if !errors.Is(kept, store.ErrDiskFull) || !errors.Is(err, store.ErrDiskFull) {
		t.Fatalf("errors are %v and %v, want ErrDiskFull twice", kept, err)
	}
	if row := appendOne(t, db, showroom.VisitOpened{Visit: "v"}); row.Seq != 1 || row.LaneSeq != 1 {
		t.Errorf("%s was written after a rollback as seq %d", row.ID(), row.Seq)
	}
}

func TestChangedWakesAReaderWhoFindsTheRow(t *testing.T) {
	db := open(t, store.Options{})
	got := make(chan []showroom.Row) // unbuffered: handed over once
	changed := db.Changed()
	go func() {
		defer close(got)
		select {
		case <-changed:
		case <-t.Context().Done():
			return
		}
		rows, err := db.Since(context.WithoutCancel(t.Context()), 0, 10)
		if err != nil {
			t.Error(err)
		}
		got <- rows
	}()
	wrote := appendOne(t, db, showroom.VisitOpened{Visit: "v1", Room: "1"})
	if diff := cmp.Diff([]showroom.Row{wrote}, <-got); diff != "" {
		t.Errorf("the woken reader saw (-want +got):\n%s", diff)
	}
	before := db.Changed()
	update(t, db, func(*store.Tx) error { return nil })
	select {
	case <-before:
		t.Error("an update that wrote nothing woke readers")
	default:
	}
}

func TestViewIsOneMoment(t *testing.T) {
	db := open(t, store.Options{})
	appendOne(t, db, showroom.VisitOpened{Visit: "v1", Room: "1"})
	view(t, db, func(v *store.View) error {
		before, err := v.Head()
		if err != nil {
			return err
		}
		appendOne(t, db, showroom.VisitOpened{Visit: "v2", Room: "1"})
		after, err := v.Head()
		if before != after {
			t.Errorf("head moved inside a view: %+v to %+v", before, after)
		}
		return err
	})
}

func TestFullDiskIsSaidAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	o := withDefaults(t, store.Options{Dir: dir, MaxBytes: 200 << 10})
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	wrote := 0
	for ; err == nil && wrote < 10_000; wrote++ {
		err = db.Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Append(showroom.VisitOpened{Visit: "v", Room: showroom.RoomID(strings.Repeat("x", 500))})
			return err
		})
	}
	wrote-- // the last one failed
	if !errors.Is(err, store.ErrDiskFull) {
		t.Fatalf("after %d rows: %v, want ErrDiskFull", wrote, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	o.MaxBytes = 0
	db = open(t, o)
	rows, err := db.Since(t.Context(), 0, 10_000)
	if err != nil || len(rows) != wrote || wrote == 0 {
		t.Fatalf("%d rows after the disk was full (%v), want %d", len(rows), err, wrote)
	}
	if row := appendOne(t, db, showroom.VisitOpened{Visit: "v"}); row.LaneSeq != int64(wrote)+1 {
		t.Errorf("lane_seq goes on at %d, want %d", row.LaneSeq, wrote+1)
	}
	if err := db.IntegrityCheck(t.Context()); err != nil {
		t.Error(err)
	}
}

// With no space left the log beside the database can not be made, which SQLite calls an I/O error.
func TestNoSpaceForTheLogIsAFullDisk(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		err := store.Translate(fmt.Errorf("read version: %w", sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: errno}))
		if !errors.Is(err, store.ErrDiskFull) {
			t.Errorf("%v is no full disk", err)
		}
		if again := store.Translate(err); again.Error() != err.Error() {
			t.Errorf("said twice: %v", again)
		}
	}
	if err := store.Translate(sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EIO}); errors.Is(err, store.ErrDiskFull) {
		t.Errorf("a broken disk is called a full one: %v", err)
	}
}

// An event that a till sent before an update, and that its broker brings again after it, is known.
func TestEventsOfTillsOutliveAnUpdate(t *testing.T) {
	const uuid = "0198f3a2-7b1c-7e55-9a10-3f6f1e2d3c4b"
	dir := olderBy(t, "0011_till_events.sql", fmt.Sprintf(`INSERT INTO till VALUES ('k1', 2);
		INSERT INTO till_event VALUES ('k1', '%s', 1, '2026-03-04T09:00:00.000000000Z'), ('k1', 'two', 2, '2026-03-04T09:00:01.000000000Z'),
			('k1', '%s', 2, '2026-03-04T09:00:02.000000000Z')`, uuid, strings.ToUpper(uuid))) // which was another one before
	db := open(t, store.Options{Dir: dir})
	for i, id := range []string{uuid, "two", "three"} {
		update(t, db, func(tx *store.Tx) error {
			e, err := tx.TakeTillEvents([]store.TillSaid{{Till: "k1", ID: id, Seq: int64(i + 1)}})
			if err == nil && e[0].Fresh != (id == "three") {
				t.Errorf("%s: fresh is %v", id, e[0].Fresh)
			}
			return err
		})
	}
}

// olderBy is a database from before a step, with what a script puts there.
func olderBy(t *testing.T, step, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	old, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "showroom.db")+"?_auto_vacuum=incremental")
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	old.SetMaxOpenConns(1)
	steps, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	before := steps[:slices.Index(steps, "migrations/"+step)]
	all := "PRAGMA page_size=1024; VACUUM;"
	for _, name := range before {
		step, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all += string(step)
	}
	if _, err := old.Exec(all + fmt.Sprintf("PRAGMA user_version=%d;", len(before)) + script); err != nil {
		t.Fatal(err)
	}
	return dir
}
