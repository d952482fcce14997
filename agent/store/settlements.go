package store

import (
	"encoding/json"
	"fmt"

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
}

const settlementColumns = `id, basket, sale, body, started, changed`

func scanSettlement(row scanner) (s showroom.Settlement, err error) {
	var body []byte
	if err = row.Scan(&s.ID, &s.Basket, &s.Sale, &body, (*moment)(&s.Started), (*moment)(&s.Changed)); err != nil {
		return s, err
	}
	var b settlementBody
	err = json.Unmarshal(body, &b)
	s.Kind, s.Kiosk, s.Device, s.Amount, s.Lines, s.Of = b.Kind, b.Kiosk, b.Device, b.Amount, b.Lines, b.Of
	s.State, s.Result, s.By, s.Why, s.Tries = b.State, b.Result, b.By, b.Why, b.Tries
	return s, err
}

// PutSettlement saves a settlement. Before a device is asked it is saved with its SettlementStarted in one Update: only what is on the
// disk may be asked for. A second one for a basket, or for a sale, while one is open is refused with CodeConflict, for it would move money
// twice. Lines name no tag (CodeInvalid): a device has no use for them.
func (tx *Tx) PutSettlement(s showroom.Settlement) error {
	if err := untagged(s.Lines); err != nil {
		return err
	}
	if s.Open() && (s.Basket != "" || s.Sale != "") {
		var other showroom.SettlementID
		found, err := tx.one(`SELECT id FROM settlement WHERE basket=? AND sale=? AND open=1 AND (basket<>'' OR sale<>'')`, []any{s.Basket, s.Sale}, &other)
		if err != nil {
			return fmt.Errorf("save settlement: %w", err)
		}
		if found && other != s.ID {
			return showroom.Errorf(showroom.CodeConflict, "Money is being moved for this already, or may have been. Do not pay again.")
		}
	}
	body, err := json.Marshal(settlementBody{
		Kind: s.Kind, Kiosk: s.Kiosk, Device: s.Device, Amount: s.Amount, Lines: s.Lines, Of: s.Of,
		State: s.State, Result: s.Result, By: s.By, Why: s.Why, Tries: s.Tries,
	})
	if err != nil {
		return fmt.Errorf("save settlement: %w", err)
	}
	if _, err := tx.exec(`INSERT INTO settlement (`+settlementColumns+`, open) VALUES (?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET basket=excluded.basket, sale=excluded.sale, body=excluded.body, started=excluded.started,
			changed=excluded.changed, open=excluded.open`,
		s.ID, s.Basket, s.Sale, body, moment(s.Started), moment(s.Changed), s.Open()); err != nil {
		return fmt.Errorf("save settlement: %w", err)
	}
	return nil
}

// Settlement answers a settlement, open or closed. CodeNotFound when there is none, or not any more.
func (v *View) Settlement(id showroom.SettlementID) (showroom.Settlement, error) {
	return get(v, "settlement", scanSettlement, `SELECT `+settlementColumns+` FROM settlement WHERE id=?`, id)
}

// OpenSettlements answers those of which nobody knows yet whether money has moved, the oldest first.
func (v *View) OpenSettlements() ([]showroom.Settlement, error) {
	return list(v, "settlements", scanSettlement, `SELECT `+settlementColumns+` FROM settlement WHERE open=1 ORDER BY started, id`)
}

// SettlementsOf answers all attempts to have a basket paid for, the oldest first.
func (v *View) SettlementsOf(basket showroom.BasketID) ([]showroom.Settlement, error) {
	return list(v, "settlements", scanSettlement, `SELECT `+settlementColumns+` FROM settlement WHERE basket=? ORDER BY started, id`, basket)
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
