//go:build torture

package torture

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// movement is money that a device has really moved, by its own ledger.
type movement struct {
	settlement showroom.SettlementID // empty where the device is not told
	minor      int64
	receipt    int
	at         time.Time
}

// books are what an agent has written down: its settlements in the order they began, and what it has sold by each.
type books struct {
	settlements []showroom.Settlement
	sold        map[showroom.SettlementID][]showroom.Money
}

// readBooks opens the state folder of an agent that is gone.
func readBooks(t *testing.T, dir, machine string) (b books) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: dir, MachineID: machine, Clock: func() showroom.Moment {
		return showroom.Moment{Wall: time.Now()}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.IntegrityCheck(t.Context()); err != nil {
		t.Errorf("integrity: %v", err)
	}
	b.sold = map[showroom.SettlementID][]showroom.Money{}
	for seq := int64(0); ; {
		rows, err := db.Since(t.Context(), seq, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			seq = r.Seq
			b.read(t, db, r)
		}
		if len(rows) < 1000 {
			return b
		}
	}
}

func (b *books) read(t *testing.T, db *store.DB, r showroom.Row) {
	t.Helper()
	var err error
	switch r.Kind {
	case showroom.KindSettlementStarted:
		var e showroom.SettlementStarted
		if err = json.Unmarshal(r.Body, &e); err != nil {
			break
		}
		err = db.View(t.Context(), func(v *store.View) error {
			s, err := v.Settlement(e.Settlement)
			b.settlements = append(b.settlements, s)
			return err
		})
	case showroom.KindSaleCompleted:
		var e showroom.SaleCompleted
		err = json.Unmarshal(r.Body, &e)
		b.sold[e.Sale.Settlement] = append(b.sold[e.Sale.Settlement], e.Sale.Totals.Due)
	}
	if err != nil {
		t.Fatalf("row %d: %v", r.Seq, err)
	}
}

// result is what came of a torture of money.
type result struct {
	settlements, approved, declined, open int
	kills, pulls, hangs, cuts             int
	twice, differing                      int
	took                                  time.Duration
}

func (r *result) add(o result) {
	r.settlements, r.approved, r.declined, r.open = r.settlements+o.settlements, r.approved+o.approved, r.declined+o.declined, r.open+o.open
	r.kills, r.pulls, r.hangs, r.cuts = r.kills+o.kills, r.pulls+o.pulls, r.hangs+o.hangs, r.cuts+o.cuts
	r.twice, r.differing, r.took = r.twice+o.twice, r.differing+o.differing, max(r.took, o.took)
}

func (r *result) print(t *testing.T, title string) {
	t.Helper()
	t.Logf(`
  %s
  settlements                  %d
  approved                     %d
  declined                     %d
  open, left to staff          %d
  agent killed                 %d
  cable pulled                 %d
  device hung                  %d
  device without power         %d
  charged twice                %d
  differing from the ledger    %d
  seconds                      %.0f`,
		title, r.settlements, r.approved, r.declined, r.open, r.kills, r.pulls, r.hangs, r.cuts, r.twice, r.differing, r.took.Seconds())
}

// audit holds the books against the device's ledger. A device that is not told whose money it moves is asked for nothing else while one
// settlement is open: what it has moved since one began and before the next did is that one's.
func (r *result) audit(t *testing.T, b books, ledger []movement) {
	t.Helper()
	whose := make([][]movement, len(b.settlements))
	for _, m := range ledger {
		i := slices.IndexFunc(b.settlements, func(s showroom.Settlement) bool { return s.ID == m.settlement })
		if m.settlement == "" {
			for k, s := range b.settlements {
				if !m.at.Before(s.Started.Wall) {
					i = k
				}
			}
		}
		if i < 0 {
			r.differing++
			t.Errorf("nobody has asked for %+v", m)
			continue
		}
		whose[i] = append(whose[i], m)
	}
	for i, s := range b.settlements {
		r.count(s)
		if len(whose[i]) > 1 {
			r.twice++
			t.Errorf("%s was charged %d times: %+v", s.ID, len(whose[i]), whose[i])
		}
		if why := differs(s, whose[i], b.sold[s.ID]); why != "" {
			r.differing++
			t.Errorf("%s is %s over %v (%s), sold %v, and the ledger says %+v: %s", s.ID, s.State, s.Amount, s.Result.Code, b.sold[s.ID], whose[i], why)
		}
	}
}

// count counts a settlement. Where staff had to say what the device could not, it counts as open.
func (r *result) count(s showroom.Settlement) {
	r.settlements++
	switch {
	case s.Open() || s.By != "":
		r.open++
	case s.State == showroom.SettlementApproved:
		r.approved++
	default:
		r.declined++
	}
}

// differs says how a settlement that is closed differs from what its device has moved and what was sold; empty when it does not.
func differs(s showroom.Settlement, moved []movement, sold []showroom.Money) string {
	switch s.State {
	case showroom.SettlementApproved:
		switch {
		case len(moved) != 1 || moved[0].minor != s.Amount.Minor:
			return "the ledger has another sum"
		case s.By == "" && s.Result.Reference.Receipt != "" && !isNumber(s.Result.Reference.Receipt, moved[0].receipt):
			return "the ledger has another receipt"
		case s.By == "" && s.Result.Reference.Receipt == "":
			return "it has no receipt"
		case len(sold) != 1 || sold[0] != s.Amount:
			return "another sale was made of it"
		}
	case showroom.SettlementDeclined:
		if len(moved) > 0 || len(sold) > 0 {
			return "nothing should have moved"
		}
	default:
		if len(sold) > 0 {
			return "something was sold before anybody knew"
		}
	}
	return ""
}

func isNumber(text string, want int) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n == want
}

// meant fails a torture that was none.
func (r *result) meant(t *testing.T) {
	t.Helper()
	if r.approved == 0 || r.declined == 0 || r.kills == 0 || r.pulls == 0 || r.hangs == 0 || r.cuts == 0 {
		t.Errorf("this is not the torture meant: %+v", *r)
	}
}
