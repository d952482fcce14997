package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestABarCodeBecomesAPricedItem(t *testing.T) {
	db, c := open(t, store.Options{}), newClock()
	g, strange, at := numbered(t, 1), numbered(t, 2), c.now.Wall
	sum := strings.Repeat("ab", 32)
	item := showroom.Item{GTIN: g, Product: "p1", SKU: "s-1", Size: "M", Colour: showroom.Text{"tr": "Kırmızı"}}
	product := showroom.Product{ID: "p1", Name: showroom.Text{"tr": "İpek Gömlek"}, Brand: "ÇAĞ", Pictures: []string{sum}}
	regular := showroom.Price{GTIN: g, Amount: lira(300), VATBasisPoints: 1000}
	sale := showroom.Price{GTIN: g, Amount: lira(200), VATBasisPoints: 1000, LowestPrior: lira(250), From: at, To: at.Add(time.Hour)}
	priced := func(at time.Time) (p showroom.Priced, err error) {
		view(t, db, func(v *store.View) error {
			p, err = v.Priced(g, at)
			return nil
		})
		return p, err
	}
	is := func(at time.Time, want showroom.Priced) {
		t.Helper()
		got, err := priced(at)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("at %v: %v (-want +got):\n%s", at, err, diff)
		}
	}
	if _, err := priced(at); showroom.ErrorCode(err) != showroom.CodeNotFound {
		t.Errorf("unknown item: %v", err)
	}
	update(t, db, func(tx *store.Tx) error { return tx.PutItem(item, 1) })
	is(at, showroom.Priced{Item: item})
	update(t, db, func(tx *store.Tx) error {
		return try(t, func() error { return tx.PutProduct(product, 1) },
			func() error { return tx.PutPrices(g, []showroom.Price{sale, regular}, 1) },
			func() error { return tx.PutPrices(strange, []showroom.Price{regular}, 1) })
	})
	whole := showroom.Priced{Item: item, Name: product.Name, Brand: "ÇAĞ", Picture: sum, Price: regular}
	is(at.Add(-time.Second), whole)
	is(at.Add(time.Hour), whole)
	whole.Price = sale
	is(at, whole)
	item.Pictures = []string{strings.Repeat("cd", 32)}
	update(t, db, func(tx *store.Tx) error { return tx.PutItem(item, 2) })
	whole.Item, whole.Picture = item, item.Pictures[0]
	is(at, whole)
}

func TestStockKnowsOfOwnSalesUntilTheFeedDoes(t *testing.T) {
	db := open(t, store.Options{})
	g := numbered(t, 1)
	is := func(what string, want int) {
		t.Helper()
		view(t, db, func(v *store.View) error {
			a, err := v.Availability(g)
			if a.Stock != want {
				t.Errorf("%s: stock is %d, want %d", what, a.Stock, want)
			}
			return err
		})
	}
	feed := func(quantity int, version int64) {
		t.Helper()
		update(t, db, func(tx *store.Tx) error {
			tx.FromSnapshot()
			return tx.PutStock(showroom.Stock{GTIN: g, Quantity: quantity}, version)
		})
	}
	sell := func(pieces int) {
		t.Helper()
		update(t, db, func(tx *store.Tx) error { return tx.SellStock(g, pieces) })
	}
	sell(1)
	is("without a figure", 0)
	feed(5, 10)
	is("by the feed", 5)
	sell(2)
	is("after a sale", 3)
	feed(5, 10)
	is("the same figure once more", 3)
	feed(3, 11)
	is("a figure that knows of the sale", 3)
	sell(4)
	is("more sold than there were", 0)
	sell(-4)
	is("brought back", 3)
	sell(1)
	update(t, db, func(tx *store.Tx) error {
		fact, err := tx.CorrectStock(g, 7)
		if fact.Was != 2 {
			t.Errorf("it was %d, want 2", fact.Was)
		}
		return err
	})
	is("counted by hand", 7)
	sell(1)
	is("sold since", 6)
	sale := showroom.Sale{ID: "s1", Basket: "b1", Number: 1, Lines: []showroom.Line{{ID: "l1", GTIN: g, Quantity: 2, Unit: lira(100)}}, At: newClock().now.Wall}
	update(t, db, func(tx *store.Tx) error { return tx.PutSale(sale, nil) })
	is("after a sale of two", 4)
}
