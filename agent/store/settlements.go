package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"showroom/agent/showroom"
)

// settlementBody is what of a settlement nobody looks for.
type settlementBody struct {
	Kind   showroom.SettlementKind  `json:"kind"`
	Kiosk  showroom.KioskID         `json:"kiosk,omitempty"`
	Device showroom.DeviceID        `json:"device"`
	Amount showroom.Money           `json:"amount"`
	Lines  []showroom.Line          `json:"lines,omitempty"`
	Of     showroom.Reference       `json:"of,omitzero"`
	State  showroom.SettlementState `json:"state"`
	Result showroom.Result          `json:"result"`
	By     showroom.StaffID         `json:"by,omitempty"`
	Why    string                   `json:"why,omitempty"`
	Tries  int                      `json:"tries,omitempty"`
	Later  showroom.Result          `json:"later,omitzero"`
	Seen   bool                     `json:"seen,omitempty"`

	Unheard bool `json:"unheard,omitempty"`
}

const (
	settlementColumns = `id, basket, sale, body, started, changed`
	// asBegun is the order in which settlements were begun, or wanted: that of the journal. Wall time counts only for those of before the
	// column was there.
	asBegun = `begun, started, id`
	// lastBegun is the other way round.
	lastBegun = `begun DESC, started DESC, id DESC`
)

func scanSettlement(row scanner) (s showroom.Settlement, err error) {
	var body []byte
	if err = row.Scan(&s.ID, &s.Basket, &s.Sale, &body, (*moment)(&s.Started), (*moment)(&s.Changed)); err != nil {
		return s, err
	}
	var b settlementBody
	err = json.Unmarshal(body, &b)
	s.Kind, s.Kiosk, s.Device, s.Amount, s.Lines, s.Of = b.Kind, b.Kiosk, b.Device, b.Amount, b.Lines, b.Of
	s.State, s.Result, s.By, s.Why, s.Tries, s.Later, s.Seen, s.Unheard = b.State, b.Result, b.By, b.Why, b.Tries, b.Later, b.Seen, b.Unheard
	return s, err
}

// PutSettlement saves a settlement. Before a device is asked it is saved with its SettlementStarted in one Update: only what is on the
// disk may be asked for. A second one for a basket, or for a sale, while one is open is refused with CodeConflict, for it would move money
// twice; so is one that is to wait for its device while another for that sale waits or is open. Lines name no tag (CodeInvalid): a
// device has no use for them.
func (tx *Tx) PutSettlement(s showroom.Settlement) error {
	if err := untagged(s.Lines); err != nil {
		return err
	}
	if err := tx.alone(s); err != nil {
		return err
	}
	body, err := json.Marshal(settlementBody{
		Kind: s.Kind, Kiosk: s.Kiosk, Device: s.Device, Amount: s.Amount, Lines: s.Lines, Of: s.Of,
		State: s.State, Result: s.Result, By: s.By, Why: s.Why, Tries: s.Tries, Later: s.Later, Seen: s.Seen, Unheard: s.Unheard,
	})
	if err != nil {
		return fmt.Errorf("save settlement: %w", err)
	}
	if _, err := tx.exec(`INSERT INTO settlement (`+settlementColumns+`, open, begun) VALUES (?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET basket=excluded.basket, sale=excluded.sale, body=excluded.body, started=excluded.started,
			changed=excluded.changed, open=excluded.open, begun=CASE WHEN open=2 THEN excluded.begun ELSE begun END`, // what waited begins now
		s.ID, s.Basket, s.Sale, body, moment(s.Started), moment(s.Changed), standing(s), tx.heads.seq+1); err != nil {
		return fmt.Errorf("save settlement: %w", err)
	}
	return tx.noteAge("settlement", s.ID)
}

// standing is how a settlement is found: 1 while it is open, 2 while it waits for its device, 3 while there is something left of what staff
// have decided: its device is to be asked, or contradicts them and they have not seen it; 0 when it is closed.
func standing(s showroom.Settlement) int {
	switch {
	case s.Open():
		return 1
	case s.State == showroom.SettlementWaiting:
		return 2
	case s.Unheard, s.Contradicted() && !s.Seen:
		return decided
	}
	return 0
}

const decided = 3

// alone refuses a settlement beside another of the same basket or sale.
func (tx *Tx) alone(s showroom.Settlement) error {
	if standing(s) == 0 || standing(s) == decided || s.Basket == "" && s.Sale == "" {
		return nil
	}
	var other showroom.SettlementID
	found, err := tx.one(`SELECT id FROM settlement WHERE basket=?1 AND sale=?2 AND (basket<>'' OR sale<>'') AND open IN (1, ?3) AND id<>?4`,
		[]any{s.Basket, s.Sale, standing(s), s.ID}, &other)
	if err != nil {
		return fmt.Errorf("save settlement: %w", err)
	}
	if found {
		return showroom.Errorf(showroom.CodeConflict, "Money is being moved for this already, or may have been. Do not pay again.")
	}
	return nil
}

// Settlement answers a settlement, open or closed. CodeNotFound when there is none, or not any more.
func (v *View) Settlement(id showroom.SettlementID) (showroom.Settlement, error) {
	return get(v, "settlement", scanSettlement, `SELECT `+settlementColumns+` FROM settlement WHERE id=?`, id)
}

// OpenSettlements answers those of which nobody knows yet whether money has moved, the oldest first.
func (v *View) OpenSettlements() ([]showroom.Settlement, error) {
	return list(v, "settlements", scanSettlement, `SELECT `+settlementColumns+` FROM settlement WHERE open=1 ORDER BY `+asBegun)
}

// WaitingSettlements answers those that staff want and that no device has been asked for, the oldest first.
func (v *View) WaitingSettlements() ([]showroom.Settlement, error) {
	return list(v, "settlements", scanSettlement, `SELECT `+settlementColumns+` FROM settlement WHERE open=2 ORDER BY `+asBegun)
}

// ContradictedSettlements answers those of which the device has said something else than staff had decided, until staff have seen it;
// the oldest first.
func (v *View) ContradictedSettlements() ([]showroom.Settlement, error) {
	all, err := v.decidedSettlements()
	return slices.DeleteFunc(all, func(s showroom.Settlement) bool { return !s.Contradicted() }), err
}

// UnheardSettlements answers those that staff have decided and whose device is to be asked once more; the oldest first.
func (v *View) UnheardSettlements() ([]showroom.Settlement, error) {
	all, err := v.decidedSettlements()
	return slices.DeleteFunc(all, func(s showroom.Settlement) bool { return !s.Unheard }), err
}

func (v *View) decidedSettlements() ([]showroom.Settlement, error) {
	return list(v, "settlements", scanSettlement, `SELECT `+settlementColumns+` FROM settlement WHERE open=3 ORDER BY `+asBegun)
}

// MovedAfterAll says that a device has moved money for a basket, or back for a sale, of which staff have said that it has not, and have not
// seen yet that it has.
func (v *View) MovedAfterAll(basket showroom.BasketID, sale showroom.SaleID) (bool, error) {
	against, err := v.ContradictedSettlements()
	return slices.ContainsFunc(against, func(s showroom.Settlement) bool {
		return s.State == showroom.SettlementDeclined && s.Basket == basket && s.Sale == sale && (basket != "" || sale != "")
	}), err
}

// RefundsSince answers what has been given back for sales since a moment, or was to be, the newest first.
func (v *View) RefundsSince(since time.Time) ([]showroom.Settlement, error) {
	return list(v, "settlements", scanSettlement, `SELECT `+settlementColumns+` FROM settlement WHERE sale<>'' AND started>=? ORDER BY `+lastBegun,
		wallText(since))
}

// untagged refuses lines that name a tag: what is sold is the shopper's, and nobody's business.
func untagged(lines []showroom.Line) error {
	for _, l := range lines {
		if !l.EPC.IsZero() {
			return showroom.Errorf(showroom.CodeInvalid, "What is sold may not name its tag; see showroom.Untagged.")
		}
	}
	return nil
}
