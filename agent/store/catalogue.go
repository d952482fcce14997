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

// Price is what an item costs from a moment on. Of several valid ones the one that began last counts.
type Price struct {
	GTIN   gs1.GTIN
	Amount showroom.Money // gross
	// LowestPrior is the lowest price of the 30 days before a reduction, zero when the price is not reduced.
	LowestPrior showroom.Money
	VATRate     int       // basis points: 2000 is 20 %
	From        time.Time // valid from, inclusive
	To          time.Time // valid to, exclusive; zero for open
}

// PutProduct takes a product over from the feed, and what pictures it needs. version is the feed's; an older one than what is
// there, or than its deletion, changes nothing.
func (tx *Tx) PutProduct(p showroom.Product, version int64) error {
	if p.ID == "" {
		return showroom.Errorf(showroom.CodeInvalid, "The product has no id.")
	}
	return tx.putBody(Products, string(p.ID), version, p, p.Pictures,
		`INSERT INTO product (id, body, version, generation) VALUES (?1,?3,?4,?5)
		ON CONFLICT (id) DO UPDATE SET body=excluded.body, version=excluded.version, generation=excluded.generation`+newer, nil)
}

// PutItem takes an item over from the feed, like PutProduct.
func (tx *Tx) PutItem(i showroom.Item, version int64) error {
	if i.GTIN == "" || i.Product == "" {
		return showroom.Errorf(showroom.CodeInvalid, "The item has no GTIN or no product.")
	}
	return tx.putBody(Items, string(i.GTIN), version, i, i.Pictures,
		`INSERT INTO item (gtin, product, body, version, generation) VALUES (?1,?2,?3,?4,?5)
		ON CONFLICT (gtin) DO UPDATE SET product=excluded.product, body=excluded.body, version=excluded.version,
			generation=excluded.generation`+newer, i.Product)
}

func (tx *Tx) putBody(b Bucket, key string, version int64, thing any, pictures []string, query string, parent any) error {
	body, err := json.Marshal(thing)
	if err != nil {
		return fmt.Errorf("save in %s: %w", b, err)
	}
	for _, sum := range pictures {
		if err := tx.needPicture(sum); err != nil {
			return err
		}
	}
	return tx.feed(b, key, version, func(generation int64) error {
		_, err := tx.exec(query, key, parent, body, version, generation)
		return err
	})
}

// PutPrice takes a price over from the feed, like PutProduct. A price is told apart by its GTIN and From.
func (tx *Tx) PutPrice(p Price, version int64) error {
	if p.GTIN == "" || p.Amount.Currency == "" || p.From.IsZero() {
		return showroom.Errorf(showroom.CodeInvalid, "The price has no GTIN, no currency or no beginning.")
	}
	if !p.LowestPrior.IsZero() && p.LowestPrior.Currency != p.Amount.Currency {
		return showroom.Errorf(showroom.CodeInvalid, "The lowest prior price is in another currency than the price.")
	}
	var to, lowest any
	if !p.To.IsZero() {
		to = wallText(p.To)
	}
	if !p.LowestPrior.IsZero() {
		lowest = p.LowestPrior.Minor
	}
	return tx.feed(Prices, priceKey(p.GTIN, p.From), version, func(generation int64) error {
		_, err := tx.exec(`INSERT INTO price (gtin, valid_from, valid_to, minor, currency, lowest_prior, vat_rate, version, generation)
			VALUES (?,?,?,?,?,?,?,?,?)
			ON CONFLICT (gtin, valid_from) DO UPDATE SET valid_to=excluded.valid_to, minor=excluded.minor, currency=excluded.currency,
				lowest_prior=excluded.lowest_prior, vat_rate=excluded.vat_rate, version=excluded.version,
				generation=excluded.generation`+newer,
			p.GTIN, wallText(p.From), to, p.Amount.Minor, p.Amount.Currency, lowest, p.VATRate, version, generation)
		return err
	})
}

func priceKey(item gs1.GTIN, from time.Time) string { return string(item) + " " + wallText(from) }

// DeleteProduct removes what the feed has deleted, unless what is there is newer. Its items are deleted by messages of their own.
func (tx *Tx) DeleteProduct(id showroom.ProductID, version int64) error {
	return tx.bury(Products, string(id), version, `DELETE FROM product WHERE id=? AND version<=?`, id, version)
}

// DeleteItem is DeleteProduct for an item.
func (tx *Tx) DeleteItem(item gs1.GTIN, version int64) error {
	return tx.bury(Items, string(item), version, `DELETE FROM item WHERE gtin=? AND version<=?`, item, version)
}

// DeletePrice is DeleteProduct for a price.
func (tx *Tx) DeletePrice(item gs1.GTIN, from time.Time, version int64) error {
	return tx.bury(Prices, priceKey(item, from), version,
		`DELETE FROM price WHERE gtin=? AND valid_from=? AND version<=?`, item, wallText(from), version)
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

// Price answers what an item costs at a moment. CodeNotFound when nothing says so: such an item is shown without a price.
func (v *View) Price(item gs1.GTIN, at time.Time) (Price, error) {
	now := wallText(at)
	return get(v, "price", scanPrice, `SELECT gtin, valid_from, valid_to, minor, currency, lowest_prior, vat_rate FROM price
		WHERE gtin=? AND valid_from<=? AND (valid_to IS NULL OR valid_to>?) ORDER BY valid_from DESC LIMIT 1`, item, now, now)
}

func scanPrice(s scanner) (p Price, err error) {
	var from string
	var to *string
	var lowest *int64
	if err = s.Scan(&p.GTIN, &from, &to, &p.Amount.Minor, &p.Amount.Currency, &lowest, &p.VATRate); err != nil {
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
