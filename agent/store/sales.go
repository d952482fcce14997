package store

import (
	"encoding/json"
	"fmt"
	"time"

	"showroom/agent/showroom"
)

// PutSale saves a sale for good, takes its pieces off the stock, and saves what is to be released because of it; the caller appends
// its SaleCompleted in the same transaction. A second sale of a basket, or under a number, is refused with CodeConflict, and a line
// that names its tag with CodeInvalid. Number is 0 for one that a till has numbered.
func (tx *Tx) PutSale(s showroom.Sale, releases []Release) error {
	if err := untagged(s.Lines); err != nil {
		return err
	}
	var other showroom.SaleID
	found, err := tx.one(`SELECT id FROM sale WHERE id=?1 OR (basket=?2 AND basket<>'') OR (number=?3 AND number>0)`,
		[]any{s.ID, s.Basket, s.Number}, &other)
	if err != nil {
		return fmt.Errorf("save sale: %w", err)
	}
	if found {
		return showroom.Errorf(showroom.CodeConflict, "This basket has been paid, or the number of its sale is taken.")
	}
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("save sale: %w", err)
	}
	if _, err := tx.exec(`INSERT INTO sale (id, number, basket, at, body) VALUES (?,?,?,?,?)`,
		s.ID, s.Number, s.Basket, wallText(tx.believable(s.At)), body); err != nil {
		return fmt.Errorf("save sale: %w", err)
	}
	if err := tx.noteAge("sale", s.ID); err != nil {
		return err
	}
	for _, l := range s.Lines {
		if err := tx.SellStock(l.GTIN, l.Quantity); err != nil {
			return err
		}
	}
	for _, r := range releases {
		r.Sale = s.ID
		if err := tx.PutRelease(r); err != nil {
			return err
		}
	}
	return nil
}

// believable is a time somebody else has told, such as a till, or now where that is more than a week away: by it a sale is listed and forgotten.
func (tx *Tx) believable(at time.Time) time.Time {
	const most = 7 * 24 * time.Hour
	if tx.now.Wall.Sub(at).Abs() > most {
		return tx.now.Wall
	}
	return at
}

// Sale answers a sale. CodeNotFound when there is none, or not any more.
func (v *View) Sale(id showroom.SaleID) (showroom.Sale, error) {
	return get(v, "sale", scanBody[showroom.Sale], `SELECT body FROM sale WHERE id=?`, id)
}

// SaleOf answers what a basket was sold as; false when it was not.
func (v *View) SaleOf(basket showroom.BasketID) (showroom.Sale, bool, error) {
	return find(v, "sale", scanBody[showroom.Sale], `SELECT body FROM sale WHERE basket=? AND basket<>''`, basket)
}

// SaleByNumber answers the sale with a number of this agent's. CodeNotFound when there is none, or not any more.
func (v *View) SaleByNumber(number int64) (showroom.Sale, error) {
	return get(v, "sale", scanBody[showroom.Sale], `SELECT body FROM sale WHERE number=? AND number>0`, number)
}

// What these look for has to be written as the indexes have it.
const (
	saleByInvoice = `SELECT body FROM sale WHERE json_extract(CAST(body AS TEXT), '$.fiscal.invoice')=? LIMIT 1`
	saleByToken   = `SELECT body FROM sale WHERE json_extract(CAST(body AS TEXT), '$.token')=? LIMIT 1`
)

// SaleByInvoice answers the sale that a fiscal device has made an invoice with a number for; false when there is none, or not any more.
func (v *View) SaleByInvoice(number string) (showroom.Sale, bool, error) {
	return find(v, "sale", scanBody[showroom.Sale], saleByInvoice, number)
}

// SaleByToken answers the sale whose receipt a token opens; false when there is none, or not any more.
func (v *View) SaleByToken(token string) (showroom.Sale, bool, error) {
	return find(v, "sale", scanBody[showroom.Sale], saleByToken, token)
}

// Sales answers at most limit sales that were made at since or later, the newest first.
func (v *View) Sales(since time.Time, limit int) ([]showroom.Sale, error) {
	return list(v, "sales", scanBody[showroom.Sale], `SELECT body FROM sale WHERE at>=? ORDER BY at DESC, id DESC LIMIT ?`, wallText(since), limit)
}

// PutReturn saves what came back of a sale, and puts its pieces back into the stock. One that has been saved is CodeConflict.
func (tx *Tx) PutReturn(r showroom.Return) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("save return: %w", err)
	}
	n, err := tx.exec(`INSERT INTO sale_return (id, sale, at, body) VALUES (?,?,?,?) ON CONFLICT (id) DO NOTHING`, r.ID, r.Sale, wallText(r.At), body)
	if err != nil {
		return fmt.Errorf("save return: %w", err)
	}
	if n == 0 {
		return showroom.Errorf(showroom.CodeConflict, "This return has been made.")
	}
	sale, err := tx.Sale(r.Sale)
	if showroom.ErrorCode(err) == showroom.CodeNotFound {
		return nil // forgotten, and the stock has long been counted anew
	}
	if err != nil {
		return err
	}
	for _, back := range r.Lines {
		for _, l := range sale.Lines {
			if l.ID != back.Line {
				continue
			}
			if err := tx.SellStock(l.GTIN, -back.Quantity); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReturnsOf answers what came back of a sale, in the order it came.
func (v *View) ReturnsOf(sale showroom.SaleID) ([]showroom.Return, error) {
	return list(v, "returns", scanBody[showroom.Return], `SELECT body FROM sale_return WHERE sale=? ORDER BY at, id`, sale)
}

// Series is a row of numbers that people call things by.
type Series string

// The series. That of sales never begins anew, and its day is empty; that of baskets begins with 1 each business day.
const (
	SaleNumbers   Series = "sale"
	BasketNumbers Series = "basket"
)

// seriesDays is for how many days a series remembers where it was, should the clock go back.
const seriesDays = 7

// NextNumber answers the next number of a series, from 1. A transaction that comes to nothing takes none, so that there is no gap.
func (tx *Tx) NextNumber(s Series, day string) (number int64, err error) {
	if _, err := tx.exec(`INSERT INTO number_series (series, day, last) VALUES (?,?,1)
		ON CONFLICT (series, day) DO UPDATE SET last=last+1`, s, day); err != nil {
		return 0, fmt.Errorf("take a number: %w", err)
	}
	if _, err := tx.one(`SELECT last FROM number_series WHERE series=? AND day=?`, []any{s, day}, &number); err != nil {
		return 0, fmt.Errorf("take a number: %w", err)
	}
	if number > 1 {
		return number, nil
	}
	if _, err := tx.exec(`DELETE FROM number_series WHERE series=?1 AND day<>?2 AND day NOT IN
		(SELECT day FROM number_series WHERE series=?1 ORDER BY day DESC LIMIT ?3)`, s, day, seriesDays); err != nil {
		return 0, fmt.Errorf("forget old numbers: %w", err)
	}
	return number, nil
}
