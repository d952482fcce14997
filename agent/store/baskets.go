package store

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

const basketColumns = `id, kiosk, state, currency, coupons, number, code, reason, till, settlement, opened, changed, version`

func scanBasket(s scanner) (b showroom.Basket, err error) {
	var coupons []byte
	err = s.Scan(&b.ID, &b.Kiosk, &b.State, &b.Currency, &coupons, &b.Number, &b.Code, &b.Reason, &b.Till, &b.Settlement,
		(*moment)(&b.Opened), (*moment)(&b.Changed), &b.Version)
	if err == nil {
		err = json.Unmarshal(coupons, &b.Coupons)
	}
	return b, err
}

// PutBasket saves a basket. A garment that another basket holds is refused with CodeTaken; a second basket open at a kiosk, a code that
// another basket has, and any state but frozen while money may be moving for it, with CodeConflict: who settles concludes first. One
// that has ended keeps no lines: its garments are free, and it names no tag any more.
func (tx *Tx) PutBasket(b showroom.Basket) error {
	if b.State.Ended() {
		b.Lines = nil
	}
	bodies, written, err := tx.linesOf(b)
	if err != nil {
		return fmt.Errorf("save basket: %w", err)
	}
	if err := cmp.Or(tx.mayMove(b), tx.mayStand(b), tx.mayHold(b.ID, b.Lines[written:])); err != nil {
		return err
	}
	coupons, err := json.Marshal(b.Coupons)
	if err != nil {
		return fmt.Errorf("save basket: %w", err)
	}
	// No "OR REPLACE": that would let one basket push another out where the two may not be at once.
	if _, err := tx.exec(`INSERT INTO basket (`+basketColumns+`, ended) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET kiosk=excluded.kiosk, state=excluded.state, currency=excluded.currency, coupons=excluded.coupons,
			number=excluded.number, code=excluded.code, reason=excluded.reason, till=excluded.till, settlement=excluded.settlement,
			opened=excluded.opened, changed=excluded.changed, version=excluded.version, ended=excluded.ended`,
		b.ID, b.Kiosk, b.State, b.Currency, coupons, b.Number, b.Code, b.Reason, b.Till, b.Settlement,
		moment(b.Opened), moment(b.Changed), b.Version, b.State.Ended()); err != nil {
		return fmt.Errorf("save basket: %w", err)
	}
	if _, err := tx.exec(`DELETE FROM basket_line WHERE basket=? AND place>=?`, b.ID, written); err != nil {
		return fmt.Errorf("save basket: %w", err)
	}
	for place := written; place < len(b.Lines); place++ {
		if err := tx.insertLine(b.ID, place, b.Lines[place], bodies[place]); err != nil {
			return fmt.Errorf("save line of basket: %w", err)
		}
	}
	return tx.noteAge("basket", b.ID)
}

// linesOf answers the lines of a basket as they are written, and how many of the first are already: a garment more in a full basket
// dirties a page, and not all of them.
func (v *View) linesOf(b showroom.Basket) (bodies [][]byte, written int, err error) {
	before, err := list(v, "lines of basket", scanOne[[]byte], `SELECT body FROM basket_line WHERE basket=? ORDER BY place`, b.ID)
	if err != nil {
		return nil, 0, err
	}
	bodies = make([][]byte, len(b.Lines))
	for i, l := range b.Lines {
		if bodies[i], err = json.Marshal(l); err != nil {
			return nil, 0, err
		}
		if written == i && i < len(before) && bytes.Equal(bodies[i], before[i]) {
			written++
		}
	}
	return bodies, written, nil
}

func (tx *Tx) insertLine(basket showroom.BasketID, place int, l showroom.Line, body []byte) error {
	var epc any
	quantity := 0
	if !l.Wish {
		quantity = l.Quantity
		if !l.EPC.IsZero() {
			epc = epcBytes(l.EPC)
		}
	}
	_, err := tx.exec(`INSERT INTO basket_line (basket, place, gtin, epc, quantity, body) VALUES (?,?,?,?,?,?)`,
		basket, place, l.GTIN, epc, quantity, body)
	return err
}

// mayMove refuses to let a basket go while nobody knows whether it has been paid.
func (v *View) mayMove(b showroom.Basket) error {
	if b.State == showroom.BasketFrozen {
		return nil
	}
	var n int
	open, err := v.one(`SELECT 1 FROM settlement WHERE basket=? AND basket<>'' AND sale='' AND open=1`, []any{b.ID}, &n)
	if err != nil {
		return fmt.Errorf("look up settlement of basket: %w", err)
	}
	if open {
		return showroom.Errorf(showroom.CodeConflict, "Nobody knows yet whether this basket has been paid. Do not pay again.")
	}
	return nil
}

// mayStand refuses a second basket at a kiosk, or under a code.
func (v *View) mayStand(b showroom.Basket) error {
	if b.State == showroom.BasketOpen || b.State == showroom.BasketFrozen {
		other, found, err := v.OpenBasketAt(b.Kiosk)
		if err != nil {
			return err
		}
		if found && other.ID != b.ID {
			return showroom.Errorf(showroom.CodeConflict, "There is a basket at this kiosk already. Finish that one first.")
		}
	}
	if b.Code != "" {
		var other showroom.BasketID
		found, err := v.one(`SELECT id FROM basket WHERE code=? AND code<>''`, []any{b.Code}, &other)
		if err != nil {
			return fmt.Errorf("look up code: %w", err)
		}
		if found && other != b.ID {
			return showroom.Errorf(showroom.CodeConflict, "Another basket is set aside under this code. Draw a new one.")
		}
	}
	return nil
}

// mayHold refuses garments that another basket holds.
func (v *View) mayHold(basket showroom.BasketID, lines []showroom.Line) error {
	for _, l := range lines {
		if l.EPC.IsZero() || l.Wish {
			continue
		}
		holder, held, err := v.HolderOf(l.EPC)
		if err != nil {
			return err
		}
		if held && holder != basket {
			return showroom.Errorf(showroom.CodeTaken, "This garment is in another basket.")
		}
	}
	return nil
}

// Basket answers a basket, with its lines unless it has ended. CodeNotFound when there is none, or not any more.
func (v *View) Basket(id showroom.BasketID) (showroom.Basket, error) {
	b, err := get(v, "basket", scanBasket, `SELECT `+basketColumns+` FROM basket WHERE id=?`, id)
	if err != nil {
		return b, err
	}
	return b, v.fill(&b)
}

// OpenBasketAt answers the basket a kiosk has, open or being paid for; false when it has none.
func (v *View) OpenBasketAt(kiosk showroom.KioskID) (showroom.Basket, bool, error) {
	b, found, err := find(v, "basket", scanBasket,
		`SELECT `+basketColumns+` FROM basket WHERE kiosk=? AND state IN ('open', 'frozen')`, kiosk)
	if err != nil || !found {
		return b, false, err
	}
	return b, true, v.fill(&b)
}

// LiveBaskets answers all baskets that have not ended, the oldest first.
func (v *View) LiveBaskets() ([]showroom.Basket, error) {
	return v.baskets(`SELECT ` + basketColumns + ` FROM basket WHERE ended=0 ORDER BY opened, id`)
}

// ParkedBaskets answers the baskets that wait for another kiosk, a till or staff, or are at a till; the oldest first.
func (v *View) ParkedBaskets() ([]showroom.Basket, error) {
	return v.baskets(`SELECT `+basketColumns+` FROM basket WHERE ended=0 AND state IN (?,?) ORDER BY opened, id`,
		showroom.BasketAside, showroom.BasketAtTill)
}

// BasketByCode answers the basket that people ask for by a code: set aside, at a till, or one whose code says what has become of it,
// until it is pruned. CodeNotFound when there is none.
func (v *View) BasketByCode(code string) (showroom.Basket, error) {
	b, err := get(v, "basket", scanBasket, `SELECT `+basketColumns+` FROM basket WHERE code=? AND code<>''`, code)
	if err != nil {
		return b, err
	}
	return b, v.fill(&b)
}

// HolderOf answers which basket holds a garment: there is one at most that has not ended. What is only wished for is held by nobody.
func (v *View) HolderOf(epc gs1.EPC) (basket showroom.BasketID, held bool, err error) {
	held, err = v.one(`SELECT basket FROM basket_line WHERE epc=?`, []any{epcBytes(epc)}, &basket)
	if err != nil {
		return "", false, fmt.Errorf("look up who has a garment: %w", err)
	}
	return basket, held, nil
}

func (v *View) baskets(query string, args ...any) ([]showroom.Basket, error) {
	all, err := list(v, "baskets", scanBasket, query, args...)
	for i := range all {
		if err == nil {
			err = v.fill(&all[i])
		}
	}
	return all, err
}

func (v *View) fill(b *showroom.Basket) (err error) {
	b.Lines, err = list(v, "lines of basket", scanBody[showroom.Line], `SELECT body FROM basket_line WHERE basket=? ORDER BY place`, b.ID)
	return err
}
