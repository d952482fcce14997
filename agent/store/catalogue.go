package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// PutProduct takes a product over from the feed and notes what pictures it needs. version is the feed's; one that is not newer
// than what is there changes nothing, see FromSnapshot.
func (tx *Tx) PutProduct(p showroom.Product, version int64) error {
	if p.ID == "" {
		return showroom.Errorf(showroom.CodeInvalid, "The product has no id.")
	}
	body, err := tx.encode(p, p.Pictures)
	if err != nil {
		return fmt.Errorf("save product: %w", err)
	}
	n, err := tx.exec(`INSERT INTO product (id, body, version) VALUES (?,?,?)
		ON CONFLICT (id) DO UPDATE SET body=excluded.body, version=excluded.version WHERE excluded.version>version OR ?`,
		p.ID, body, version, tx.snapshot)
	if err != nil {
		return fmt.Errorf("save product: %w", err)
	}
	if n > 0 {
		tx.nameChanged(p.ID)
	}
	return nil
}

// PutItem takes an item over from the feed, like PutProduct. It may come before its product.
func (tx *Tx) PutItem(i showroom.Item, version int64) error {
	if i.GTIN == "" || i.Product == "" {
		return showroom.Errorf(showroom.CodeInvalid, "The item has no GTIN or no product.")
	}
	body, err := tx.encode(i, i.Pictures)
	if err != nil {
		return fmt.Errorf("save item: %w", err)
	}
	n, err := tx.exec(`INSERT INTO item (gtin, product, body, version) VALUES (?,?,?,?)
		ON CONFLICT (gtin) DO UPDATE SET product=excluded.product, body=excluded.body, version=excluded.version
			WHERE excluded.version>version OR ?`, i.GTIN, i.Product, body, version, tx.snapshot)
	if err != nil {
		return fmt.Errorf("save item: %w", err)
	}
	if n > 0 {
		tx.nameChanged(i.Product)
	}
	return nil
}

func (tx *Tx) encode(thing any, pictures []string) ([]byte, error) {
	for i, sum := range pictures {
		if err := tx.needPicture(sum, i == 0); err != nil {
			return nil, err
		}
	}
	return json.Marshal(thing)
}

// PutPrices takes all prices of an item over from the feed, now and planned, in the place of those it had; like PutProduct. Of
// two with the same From the later in the list counts.
func (tx *Tx) PutPrices(item gs1.GTIN, prices []showroom.Price, version int64) error {
	for _, p := range prices {
		if p.Amount.Currency == "" || (!p.LowestPrior.IsZero() && p.LowestPrior.Currency != p.Amount.Currency) {
			return showroom.Errorf(showroom.CodeInvalid, "A price of %s has no currency, or two.", item)
		}
	}
	var known int64
	found, err := tx.one(`SELECT version FROM price WHERE gtin=? LIMIT 1`, []any{item}, &known)
	if err != nil {
		return fmt.Errorf("save prices: %w", err)
	}
	if found && version <= known && !tx.snapshot {
		return nil
	}
	if _, err := tx.exec(`DELETE FROM price WHERE gtin=?`, item); err != nil {
		return fmt.Errorf("save prices: %w", err)
	}
	for _, p := range prices {
		if err := tx.insertPrice(item, p, version); err != nil {
			return fmt.Errorf("save prices: %w", err)
		}
	}
	return nil
}

func (tx *Tx) insertPrice(item gs1.GTIN, p showroom.Price, version int64) error {
	var to, lowest any
	if !p.To.IsZero() {
		to = wallText(p.To)
	}
	if !p.LowestPrior.IsZero() {
		lowest = p.LowestPrior.Minor
	}
	_, err := tx.exec(`INSERT OR REPLACE INTO price (gtin, valid_from, valid_to, minor, currency, lowest_prior, vat_rate, version)
		VALUES (?,?,?,?,?,?,?,?)`,
		item, wallText(p.From), to, p.Amount.Minor, p.Amount.Currency, lowest, p.VATBasisPoints, version)
	return err
}

func scanBody[T any](s scanner) (t T, err error) {
	var body []byte
	if err = s.Scan(&body); err == nil {
		err = json.Unmarshal(body, &t)
	}
	return t, err
}

// Product answers a product. CodeNotFound when the catalogue does not know it.
func (v *View) Product(id showroom.ProductID) (showroom.Product, error) {
	return get(v, "product", scanBody[showroom.Product], `SELECT body FROM product WHERE id=?`, id)
}

// Item answers an item. CodeNotFound when the catalogue does not know it.
func (v *View) Item(item gs1.GTIN) (showroom.Item, error) {
	return get(v, "item", scanBody[showroom.Item], `SELECT body FROM item WHERE gtin=?`, item)
}

// ItemsOf answers the sizes and colours of a product, colour by colour and in each by size.
func (v *View) ItemsOf(product showroom.ProductID) ([]showroom.Item, error) {
	items, err := list(v, "items", scanBody[showroom.Item], `SELECT body FROM item WHERE product=?`, product)
	slices.SortFunc(items, func(a, b showroom.Item) int {
		return cmp.Or(cmp.Compare(a.Colour.In("en"), b.Colour.In("en")), cmp.Compare(a.ColourHex, b.ColourHex),
			cmp.Compare(a.SizeOrder, b.SizeOrder), cmp.Compare(a.GTIN, b.GTIN))
	})
	return items, err
}

// Price answers what an item costs at a moment: of the prices valid then the one that began last, so that a reduction counts
// before the price it reduces. CodeNotFound when there is none.
func (v *View) Price(item gs1.GTIN, at time.Time) (showroom.Price, error) {
	return get(v, "price", scanPrice, `SELECT gtin, valid_from, valid_to, minor, currency, lowest_prior, vat_rate FROM price
		WHERE gtin=?1 AND valid_from=`+priceFrom("?1", "?2"), item, wallText(at))
}

// priceFrom is SQL for when the price of an item began that counts at a moment.
func priceFrom(item, at string) string {
	return `(SELECT max(valid_from) FROM price WHERE gtin=` + item + ` AND valid_from<=` + at + ` AND (valid_to IS NULL OR valid_to>` + at + `))`
}

func scanPrice(s scanner) (p showroom.Price, err error) {
	var from string
	var to *string
	var lowest *int64
	if err = s.Scan(&p.GTIN, &from, &to, &p.Amount.Minor, &p.Amount.Currency, &lowest, &p.VATBasisPoints); err != nil {
		return p, err
	}
	if lowest != nil {
		p.LowestPrior = showroom.Money{Minor: *lowest, Currency: p.Amount.Currency}
	}
	if p.From, err = parseWall(from); err == nil && to != nil {
		p.To, err = parseWall(*to)
	}
	return p, err
}
