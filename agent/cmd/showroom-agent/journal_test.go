package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func journal(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := root()
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(append([]string{"journal"}, args...))
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestTheJournalIsReadWhileTheAgentRuns(t *testing.T) {
	dir := t.TempDir()
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	db, err := store.Open(t.Context(), store.Options{Dir: dir, MachineID: "m", Clock: func() showroom.Moment { return showroom.Moment{Wall: noon, Boot: "b"} }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() // the agent holds its lock all the while
	for i := range 5 {
		noon = noon.Add(time.Hour)
		if err := db.Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Append(showroom.TillGap{Till: "k1", From: int64(i + 1), To: int64(i + 1)})
			if err == nil {
				_, err = tx.Append(showroom.BasketChanged{Basket: "b1", Kiosk: "sco1"})
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.ReadFile(filepath.Join(dir, "showroom.db-wal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  []string
		lines int
		has   string
	}{
		{[]string{"list"}, 10, "till.gap"},
		{[]string{"list", "--kind", "till"}, 5, "till/k1"},
		{[]string{"list", "--kind", "till.ga"}, 0, ""},
		{[]string{"list", "--lane", "local", "--tail", "2"}, 2, "10\t"},
		{[]string{"list", "--subject", "basket/b1", "--limit", "3"}, 3, "basket.changed"},
		{[]string{"list", "--after", "8"}, 2, "9\t"},
		{[]string{"list", "--since", "2026-11-22T16:00:00Z"}, 4, "16:00:00Z"},
		{[]string{"list", "--until", "2026-11-22"}, 0, ""},
		{[]string{"export", "--lane", "facts"}, 5, `"from":5`},
	} {
		out, err := journal(t, append(c.args, "--state", dir)...)
		if err != nil || strings.Count(out, "\n") != c.lines || !strings.Contains(out, c.has) {
			t.Errorf("%v: %v\n%s", c.args, err, out)
		}
	}
	if out, err := journal(t, "list", "--lane", "fact", "--state", dir); err == nil || !strings.Contains(err.Error(), "facts") {
		t.Errorf("a lane that is none: %v\n%s", err, out)
	}
	shown, err := journal(t, "show", "3", "--state", dir)
	var row exportedRow
	if err != nil || json.Unmarshal([]byte(shown), &row) != nil || row.Seq != 3 || row.Kind != showroom.KindTillGap {
		t.Fatalf("%v\n%s", err, shown)
	}
	if again, err := journal(t, "show", row.ID, "--state", dir); err != nil || again != shown {
		t.Errorf("by id %s: %v\n%s", row.ID, err, again)
	}
	after, err := os.ReadFile(filepath.Join(dir, "showroom.db-wal"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("reading has written: %v", err)
	}
}

func TestAJournalThatIsNotThere(t *testing.T) {
	for _, args := range [][]string{
		{"list", "--state", t.TempDir()}, {"show", "9", "--state", t.TempDir()}, {"list", "--since", "yesterday"}, {"show"},
	} {
		if out, err := journal(t, args...); err == nil {
			t.Errorf("%v: no error\n%s", args, out)
		}
	}
}
