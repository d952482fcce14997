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
	minor      int64                 // what the shop has gained
	receipt    int
	at         time.Time
}

// books are what an agent has written down: its settlements in the order they began, and what it has made of each.
type books struct {
	settlements []showroom.Settlement
	doubted     map[showroom.SettlementID]bool                         // were open after the device had been asked
	decided     map[showroom.SettlementID]showroom.SettlementConcluded // by a person
	sold        map[showroom.SettlementID][]showroom.Sale
	returned    map[showroom.SettlementID][]showroom.Return
}

// readBooks opens the state folder of an agent that is gone.
func readBooks(t *testing.T, dir, machine string) books {
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
	b := books{
		doubted: map[showroom.SettlementID]bool{}, decided: map[showroom.SettlementID]showroom.SettlementConcluded{},
		sold: map[showroom.SettlementID][]showroom.Sale{}, returned: map[showroom.SettlementID][]showroom.Return{},
	}
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
	case showroom.KindSettlementConcluded:
		var e showroom.SettlementConcluded
		err = json.Unmarshal(r.Body, &e)
		if e.State == showroom.SettlementUnsure {
			b.doubted[e.Settlement] = true
		}
		if e.By != "" {
			b.decided[e.Settlement] = e
		}
	case showroom.KindSaleCompleted:
		var e showroom.SaleCompleted
		err = json.Unmarshal(r.Body, &e)
		b.sold[e.Sale.Settlement] = append(b.sold[e.Sale.Settlement], e.Sale)
	case showroom.KindReturnCompleted:
		var e showroom.ReturnCompleted
		err = json.Unmarshal(r.Body, &e)
		b.returned[e.Return.Settlement] = append(b.returned[e.Return.Settlement], e.Return)
	}
	if err != nil {
		t.Fatalf("row %d: %v", r.Seq, err)
	}
}

// result is what came of a torture of money.
type result struct {
	settlements, payments, refunds, reversals int
	approved, declined, decided, open         int
	doubted                                   int // for a while
	met                                       [troubles]int
	silent                                    [silences]int // why those were decided
	twice, differing                          int
	sold, returned, ledger                    int64 // minor units
	took                                      time.Duration
}

func (r *result) add(o result) {
	r.settlements, r.payments, r.refunds, r.reversals = r.settlements+o.settlements, r.payments+o.payments, r.refunds+o.refunds, r.reversals+o.reversals
	r.approved, r.declined, r.decided, r.open = r.approved+o.approved, r.declined+o.declined, r.decided+o.decided, r.open+o.open
	r.doubted, r.twice, r.differing = r.doubted+o.doubted, r.twice+o.twice, r.differing+o.differing
	r.sold, r.returned, r.ledger, r.took = r.sold+o.sold, r.returned+o.returned, r.ledger+o.ledger, max(r.took, o.took)
	for i, n := range o.met {
		r.met[i] += n
	}
	for i, n := range o.silent {
		r.silent[i] += n
	}
}

func (r *result) print(t *testing.T, title string) {
	t.Helper()
	t.Logf(`
  %s
  settlements                  %d
    payments                   %d
    refunds                    %d
    reversals                  %d
  approved                     %d
  declined                     %d
  in doubt for a while         %d
  decided on the staff page    %d
    the device was away        %d
    it keeps no receipt        %d
    it speaks of one decided   %d
    it speaks of one to undo   %d
  still open                   %d
  agent killed                 %d
  cable pulled                 %d
  device hung                  %d
  device without power         %d
  device answered late         %d
  paper out                    %d
  card refused                 %d
  receipt not kept             %d
  device taken away            %d
  sold, minor units            %d
  given back                   %d
  sold less given back         %d
  the devices' own ledgers     %d
  charged twice                %d
  differing from the ledger    %d
  seconds                      %.0f`,
		title, r.settlements, r.payments, r.refunds, r.reversals, r.approved, r.declined, r.doubted,
		r.decided, r.silent[isAway], r.silent[keepsNo], r.silent[unknown], r.silent[sameSlip], r.open,
		r.met[killed], r.met[pulled], r.met[hung], r.met[cut], r.met[late], r.met[paperless], r.met[refused], r.met[mute], r.met[away],
		r.sold, r.returned, r.sold-r.returned, r.ledger, r.twice, r.differing, r.took.Seconds())
}

// audit holds the books against the device's ledger. A device that is not told whose money it moves is asked for nothing else while one
// settlement is open: what it has moved since one began and before the next did is that one's.
func (r *result) audit(t *testing.T, b books, ledger []movement) {
	t.Helper()
	whose := make([][]movement, len(b.settlements))
	for _, m := range ledger {
		r.ledger += m.minor
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
		r.count(s, b)
		if len(whose[i]) > 1 {
			r.twice++
			t.Errorf("%s was charged %d times: %+v", s.ID, len(whose[i]), whose[i])
		}
		if why := b.differs(s, whose[i]); why != "" {
			r.differing++
			t.Errorf("%s is a %s, %s over %v (%s), and the ledger says %+v: %s", s.ID, s.Kind, s.State, s.Amount, s.Result.Code, whose[i], why)
		}
	}
	if r.open == 0 && r.sold-r.returned != r.ledger {
		t.Errorf("sold for %d and given back %d, and the device has %d", r.sold, r.returned, r.ledger)
	}
	b.auditReturns(t)
}

// count counts a settlement. Where staff had to say what the device could not, it is that and no more.
func (r *result) count(s showroom.Settlement, b books) {
	r.settlements++
	switch s.Kind {
	case showroom.Payment:
		r.payments++
	case showroom.Refund:
		r.refunds++
	case showroom.Reversal:
		r.reversals++
	}
	if b.doubted[s.ID] {
		r.doubted++
	}
	_, decided := b.decided[s.ID]
	switch {
	case s.Open():
		r.open++
	case decided:
		r.decided++
	case s.State == showroom.SettlementApproved:
		r.approved++
	default:
		r.declined++
	}
	for _, sale := range b.sold[s.ID] {
		r.sold += sale.Totals.Due.Minor
	}
	for _, back := range b.returned[s.ID] {
		r.returned += back.Amount.Minor
	}
}

// differs says how a settlement differs from what its device has moved and from what was made of it; empty when it does not.
func (b books) differs(s showroom.Settlement, moved []movement) string {
	made := len(b.sold[s.ID]) + len(b.returned[s.ID])
	if s.Contradicted() { // they have looked into its journal
		return "the device says otherwise than staff"
	}
	switch s.State {
	case showroom.SettlementApproved:
		return b.differsApproved(s, moved, made)
	case showroom.SettlementDeclined:
		if len(moved) > 0 || made > 0 {
			return "nothing should have moved"
		}
	default:
		if made > 0 {
			return "something was made of it before anybody knew"
		}
	}
	return ""
}

func (b books) differsApproved(s showroom.Settlement, moved []movement, made int) string {
	want := s.Amount.Minor
	if s.Kind != showroom.Payment {
		want = -want
	}
	_, decided := b.decided[s.ID]
	switch {
	case len(moved) != 1 || moved[0].minor != want:
		return "the ledger has another sum"
	case !decided && s.Result.Reference.Receipt == "":
		return "it has no receipt"
	case !decided && !isNumber(s.Result.Reference.Receipt, moved[0].receipt):
		return "the ledger has another receipt"
	case made != 1:
		return "not one thing was made of it: " + strconv.Itoa(made)
	case s.Kind == showroom.Payment && b.sold[s.ID][0].Totals.Due != s.Amount:
		return "it was sold for another sum"
	case s.Kind != showroom.Payment && b.returned[s.ID][0].Amount != s.Amount:
		return "another sum was given back"
	}
	return ""
}

// auditReturns looks that nothing has come back more often than it was sold.
func (b books) auditReturns(t *testing.T) {
	t.Helper()
	returns := map[showroom.SaleID][]showroom.Return{}
	for _, all := range b.returned {
		for _, r := range all {
			returns[r.Sale] = append(returns[r.Sale], r)
			if r.By == "" || r.Why == "" {
				t.Errorf("return %s: by %q because %q", r.ID, r.By, r.Why)
			}
		}
	}
	for _, sales := range b.sold {
		for _, s := range sales {
			left := s.Totals.Due.Minor
			for _, r := range returns[s.ID] {
				left -= r.Amount.Minor
			}
			for line, n := range s.Unreturned(returns[s.ID]) {
				if n < 0 || left < 0 {
					t.Errorf("sale %s: %d pieces of %s and %d are left", s.ID, n, line, left)
				}
			}
		}
	}
}

func isNumber(text string, want int) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n == want
}

// meant fails a torture that was none.
func (r *result) meant(t *testing.T) {
	t.Helper()
	for _, what := range []trouble{refused, pulled, hung, late, paperless, killed, cut} {
		if r.met[what] == 0 {
			t.Errorf("this is not the torture meant: %v, %d times", what, r.met[what])
		}
	}
	if r.approved == 0 || r.declined == 0 || r.refunds+r.reversals == 0 {
		t.Errorf("this is not the torture meant: %+v", *r)
	}
}
