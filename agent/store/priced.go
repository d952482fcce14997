package store

import (
	"database/sql"
	"encoding/json"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// style is what is needed of a product besides its items: its description is long.
type style struct {
	Name     showroom.Text `json:"name"`
	Brand    string        `json:"brand"`
	Pictures []string      `json:"pictures"`
}

// picture answers the one to show of an item, its own before the product's; empty for none.
func (s style) picture(i showroom.Item) string {
	switch {
	case len(i.Pictures) > 0:
		return i.Pictures[0]
	case len(s.Pictures) > 0:
		return s.Pictures[0]
	}
	return ""
}

// pricedColumns are of item i, product p and price r.
const pricedColumns = `i.body, p.body, r.valid_from, r.valid_to, r.minor, r.currency, r.lowest_prior, r.vat_rate`

func scanPriced(s scanner) (p showroom.Priced, err error) {
	var item, product []byte
	var from, to, currency *string
	var minor, lowest *int64
	var rate sql.NullInt64
	if err = s.Scan(&item, &product, &from, &to, &minor, &currency, &lowest, &rate); err != nil {
		return p, err
	}
	if err = json.Unmarshal(item, &p.Item); err != nil {
		return p, err
	}
	var of style
	if product != nil {
		if err = json.Unmarshal(product, &of); err != nil {
			return p, err
		}
	}
	p.Name, p.Brand, p.Picture = of.Name, of.Brand, of.picture(p.Item)
	if from == nil {
		return p, nil
	}
	p.Price = showroom.Price{
		GTIN: p.GTIN, Amount: showroom.Money{Minor: *minor, Currency: showroom.Currency(*currency)}, VATBasisPoints: int(rate.Int64),
	}
	if lowest != nil {
		p.Price.LowestPrior = showroom.Money{Minor: *lowest, Currency: p.Price.Amount.Currency}
	}
	if p.Price.From, err = parseWall(*from); err == nil && to != nil {
		p.Price.To, err = parseWall(*to)
	}
	return p, err
}

// Priced answers an item with its name and the price that counts at a moment, as View.Price has it: what a bar code becomes in a
// basket. CodeNotFound when the catalogue does not know the item; one that has no price then, or whose product has not come yet,
// is answered without.
func (v *View) Priced(item gs1.GTIN, at time.Time) (showroom.Priced, error) {
	return get(v, "item", scanPriced, `SELECT `+pricedColumns+` FROM item i
		LEFT JOIN product p ON p.id=i.product
		LEFT JOIN price r ON r.gtin=i.gtin AND r.valid_from=`+priceFrom("?1", "?2")+`
		WHERE i.gtin=?1`, item, wallText(at))
}
