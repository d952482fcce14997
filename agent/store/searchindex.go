package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/showroom"
)

const (
	// eachStyle is the distance of two items of a product in the numbers of the search index.
	eachStyle = 1 << 32
	// dueAtOnce is how many products are indexed in a transaction when the index is made for a catalogue that is there already.
	dueAtOnce = 500
)

// nameChanged notes that the items of a product may be found by other words once this transaction is over.
func (tx *Tx) nameChanged(product showroom.ProductID) {
	if tx.renamed == nil {
		tx.renamed = make(map[showroom.ProductID]bool)
	}
	tx.renamed[product] = true
}

// unname is for what the feed has deleted: an item is found no more, those of a product no more by its name, and an offer is forgotten.
func (tx *Tx) unname(b Bucket, key string) error {
	switch b {
	case BucketOffer:
		tx.offersChanged()
	case BucketProduct:
		tx.nameChanged(showroom.ProductID(key))
	case BucketItem:
		var number int64
		var words string
		if found, err := tx.one(`SELECT number, words FROM search WHERE gtin=?`, []any{key}, &number, &words); err != nil || !found {
			return err
		}
		tx.changeWords(number, words, "")
		_, err := tx.exec(`DELETE FROM search WHERE number=?`, number)
		return err
	}
	return nil
}

// indexRenamed brings the search index up to date at the end of a transaction, so that a product and its items are looked at once
// however many of them a page of the feed has.
func (tx *Tx) indexRenamed() error {
	if len(tx.renamed) == 0 && len(tx.blocks) == 0 {
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(tx.renamed)) {
		if err := tx.index(id); err != nil {
			return fmt.Errorf("index %s: %w", id, err)
		}
	}
	return tx.writeBlocks()
}

// indexOverdue indexes what is due and can not be found at all: a catalogue that was there before the index was. What is found by some
// of its words already can wait for Prune, so that no start takes long.
func (db *DB) indexOverdue(ctx context.Context) error {
	const unfound = `NOT EXISTS (SELECT 1 FROM item i JOIN search s ON s.gtin=i.gtin WHERE i.product=search_due.product)`
	for n := int64(-1); n != 0; {
		if err := db.Update(ctx, func(tx *Tx) (err error) {
			n, err = tx.indexDue(unfound)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// indexDue indexes some of the products that are due and answers how many.
func (tx *Tx) indexDue(which string) (int64, error) {
	due, err := list(&tx.View, "products", scanOne[showroom.ProductID], `SELECT product FROM search_due WHERE `+which+` ORDER BY product LIMIT ?`, dueAtOnce)
	if err != nil {
		return 0, err
	}
	for _, id := range due {
		tx.nameChanged(id)
		if _, err := tx.exec(`DELETE FROM search_due WHERE product=?`, id); err != nil {
			return 0, err
		}
	}
	return int64(len(due)), nil
}

// indexed is an item and what it is found by: number is 0 when it is not yet.
type indexed struct {
	item   showroom.Item
	number int64
	words  string
	shown  string
}

func scanIndexed(s scanner) (x indexed, err error) {
	var body []byte
	var number *int64
	var words, shown *string
	if err = s.Scan(&body, &number, &words, &shown); err != nil {
		return x, err
	}
	if number != nil {
		x.number, x.words, x.shown = *number, *words, *shown
	}
	return x, json.Unmarshal(body, &x.item)
}

// index has the items of a product found by the words they have now.
func (tx *Tx) index(id showroom.ProductID) error {
	items, err := list(&tx.View, "items", scanIndexed, `SELECT i.body, s.number, s.words, s.shown FROM item i
		LEFT JOIN search s ON s.gtin=i.gtin WHERE i.product=? ORDER BY i.gtin`, id)
	if err != nil || len(items) == 0 {
		return err
	}
	of, _, err := find(&tx.View, "product", scanBody[style], `SELECT body FROM product WHERE id=?`, id)
	if err != nil {
		return err
	}
	first := int64(0) // number of the product
	for _, x := range items {
		if x.number > 0 {
			first = x.number % eachStyle
			break
		}
	}
	if first == 0 {
		if _, err := tx.one(`SELECT coalesce(max(number), 0)+1 FROM search WHERE number<?`, []any{eachStyle}, &first); err != nil {
			return err
		}
	}
	next := first
	for _, x := range items {
		words, shown := searchedBy(of, x.item), writeShown(of, x.item)
		switch {
		case x.number == 0:
			next, err = tx.insertFound(x.item.GTIN, next, words, shown)
		case x.words != words:
			tx.changeWords(x.number, x.words, words)
			_, err = tx.exec(`UPDATE search SET words=?, shown=? WHERE number=?`, words, shown, x.number)
		case x.shown != shown:
			_, err = tx.exec(`UPDATE search SET shown=? WHERE number=?`, shown, x.number)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// insertFound has an item found under the first number from next on that is free, and answers the number after it.
func (tx *Tx) insertFound(item gs1.GTIN, next int64, words, shown string) (int64, error) {
	for ; ; next += eachStyle {
		n, err := tx.exec(`INSERT INTO search (number, gtin, words, shown) VALUES (?,?,?,?) ON CONFLICT (number) DO NOTHING`,
			next, item, words, shown)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			tx.changeWords(next, "", words)
			return next + eachStyle, nil
		}
	}
}

// searchedBy is what an item is found by in any language: the name and the brand of its product, its colour, size and number in the
// books, each word once: folded, and if it has an accent as it is written too.
func searchedBy(p style, i showroom.Item) string {
	texts := []string{p.Brand, i.Size, i.SKU}
	for _, t := range []showroom.Text{p.Name, i.Colour} {
		for _, s := range t {
			texts = append(texts, s)
		}
	}
	text := strings.Join(texts, " ")
	words := append(lang.Words(lang.Fold(text)), written(text)...)
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}
