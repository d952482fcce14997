package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// What a shop for clothes calls its goods, Turkish and English.
var (
	adjectives = [][2]string{{"İpek", "Silk"}, {"Pamuklu", "Cotton"}, {"Keten", "Linen"}, {"Yünlü", "Woollen"}, {"Deri", "Leather"},
		{"Kadife", "Velvet"}, {"Saten", "Satin"}, {"Dantelli", "Lace"}, {"Çizgili", "Striped"}, {"Çiçekli", "Floral"}, {"Işıltılı", "Shiny"},
		{"Kısa", "Short"}, {"Uzun", "Long"}, {"Dik Yaka", "Stand Collar"}, {"Kapüşonlu", "Hooded"}, {"Düğmeli", "Buttoned"},
		{"Yazlık", "Summer"}, {"Kışlık", "Winter"}, {"Örgü", "Knitted"}, {"Dar Kesim", "Slim Fit"}}
	garments = [][2]string{{"Gömlek", "Shirt"}, {"Pantolon", "Trousers"}, {"Elbise", "Dress"}, {"Etek", "Skirt"}, {"Ceket", "Jacket"},
		{"Mont", "Coat"}, {"Kazak", "Jumper"}, {"Hırka", "Cardigan"}, {"Tişört", "T-Shirt"}, {"Şort", "Shorts"}, {"Bluz", "Blouse"},
		{"Yelek", "Vest"}, {"Şal", "Shawl"}, {"Eşarp", "Scarf"}, {"Kemer", "Belt"}, {"Çanta", "Bag"}, {"Ayakkabı", "Shoes"},
		{"Çorap", "Socks"}, {"Pijama", "Pyjamas"}, {"Mayo", "Swimsuit"}, {"Tulum", "Jumpsuit"}, {"Eşofman", "Tracksuit"},
		{"Süveter", "Sweater"}, {"Takım", "Suit"}}
	colours = [][2]string{{"Kırmızı", "Red"}, {"Siyah", "Black"}, {"Beyaz", "White"}, {"Lacivert", "Navy"}, {"Mavi", "Blue"},
		{"Yeşil", "Green"}, {"Sarı", "Yellow"}, {"Turuncu", "Orange"}, {"Mor", "Purple"}, {"Gri", "Grey"}, {"Bej", "Beige"},
		{"Kahverengi", "Brown"}, {"Gümüş", "Silver"}}
	brands = []string{"ÇAĞ", "Işıl", "Modaevi", "Kordon", "Levent", "Atelier", "North & Co", "Özgün"}
)

// goods fills pages of a feed with products of one item each.
type goods struct{ random *rand.Rand }

func (g goods) put(t testing.TB, tx *store.Tx, n int, version int64) (gs1.GTIN, error) {
	a, b := adjectives[g.random.IntN(len(adjectives))], garments[g.random.IntN(len(garments))]
	c := colours[g.random.IntN(len(colours))]
	model := g.random.IntN(5000)
	item := gtin(t, fmt.Sprintf("8690%08d", n))
	id := showroom.ProductID(fmt.Sprint("p", n))
	return item, try(t,
		func() error {
			return tx.PutProduct(showroom.Product{
				ID: id, Brand: brands[g.random.IntN(len(brands))],
				Name:        showroom.Text{"tr": fmt.Sprintf("%s %s M%d", a[0], b[0], model), "en": fmt.Sprintf("%s %s M%d", a[1], b[1], model)},
				Description: showroom.Text{"tr": strings.Repeat("Günün her saatinde rahat. ", 6), "en": strings.Repeat("At ease all day long. ", 6)},
				Composition: showroom.Text{"tr": "%100 pamuk", "en": "100% cotton"},
			}, version)
		},
		func() error {
			return tx.PutItem(showroom.Item{
				GTIN: item, Product: id, SKU: fmt.Sprintf("SKU-%06d", n), Size: []string{"S", "M", "L", "XL", "38", "40"}[n%6],
				Colour: showroom.Text{"tr": c[0], "en": c[1]}, ColourHex: "#cc0000",
			}, version)
		},
		func() error {
			return tx.PutPrices(item, []showroom.Price{{Amount: showroom.Money{Minor: 99990, Currency: "TRY"}, VATBasisPoints: 1000}}, version)
		},
		func() error { return tx.PutStock(showroom.Stock{GTIN: item, Quantity: 3}, version) })
}

// fill saves pages of a thousand, as the feed does, and answers the items.
func (g goods) fill(t testing.TB, db *store.DB, n int) (items []gs1.GTIN) {
	for len(items) < n {
		update(t, db, func(tx *store.Tx) error {
			for range min(1000, n-len(items)) {
				item, err := g.put(t, tx, len(items), 1)
				if err != nil {
					return err
				}
				items = append(items, item)
			}
			return nil
		})
	}
	return items
}

// keystrokes are what the search field holds while people type: every beginning of two hundred queries.
func (g goods) keystrokes() (typed []string) {
	for range 200 {
		query := adjectives[g.random.IntN(len(adjectives))][0] + " " + garments[g.random.IntN(len(garments))][0]
		switch g.random.IntN(4) {
		case 0:
			query = colours[g.random.IntN(len(colours))][0] + " " + query
		case 1:
			query = lang.Fold(query)
		case 2:
			query = brands[g.random.IntN(len(brands))] + " " + garments[g.random.IntN(len(garments))][0]
		}
		for i := range query {
			if i > 0 {
				typed = append(typed, query[:i])
			}
		}
		typed = append(typed, query)
	}
	return typed
}

// syncing saves page after page of a feed until the test asks it to stop: names, prices and stock of a thousand products change.
func syncing(b *testing.B, db *store.DB, of int) (stop func() int) {
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan int)
	go func() {
		g, pages := goods{rand.New(rand.NewPCG(7, 7))}, 0
		for ; ctx.Err() == nil; pages++ {
			if err := db.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
				tx.FromSnapshot()
				for range 1000 {
					if _, err := g.put(b, tx, g.random.IntN(of), 2); err != nil {
						return err
					}
				}
				_, err := tx.Append(showroom.CatalogueChanged{Buckets: []string{"product"}})
				return err
			}); err != nil {
				b.Error(err)
				break
			}
		}
		done <- pages
	}()
	return func() int {
		cancel()
		return <-done
	}
}

// compared runs what is measured and its limit in turn, three times for each thing asked, and reports both, and how many times the
// limit it took. "least" is of the least of the three: what a busy machine does in between is not in it, on either side.
type compared struct{ ours, limit, oursLeast, limitLeast []time.Duration }

func timed(b *testing.B, run func() error) time.Duration {
	began := time.Now()
	if err := run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

func (c *compared) turn(b *testing.B, ours, limit func() error) {
	for range 3 {
		c.ours = append(c.ours, timed(b, ours))
		c.limit = append(c.limit, timed(b, limit))
	}
	c.oursLeast = append(c.oursLeast, slices.Min(c.ours[len(c.ours)-3:]))
	c.limitLeast = append(c.limitLeast, slices.Min(c.limit[len(c.limit)-3:]))
}

func (c *compared) report(b *testing.B) {
	for _, d := range [][]time.Duration{c.ours, c.limit, c.oursLeast, c.limitLeast} {
		slices.Sort(d)
	}
	at := func(d []time.Duration, percent int) float64 {
		return float64(d[len(d)*percent/100]) / float64(time.Microsecond)
	}
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(at(c.ours, p), fmt.Sprintf("us-p%d", p))
		b.ReportMetric(at(c.ours, p)/at(c.limit, p), fmt.Sprintf("times-p%d", p))
		b.ReportMetric(at(c.limit, p), fmt.Sprintf("limit-us-p%d", p))
		b.ReportMetric(at(c.oursLeast, p)/at(c.limitLeast, p), fmt.Sprintf("times-least-p%d", p))
	}
	b.ReportMetric(0, "ns/op") // both are in it
}

// prepared is one statement on a connection of its own: the least that answers the question.
func prepared(b *testing.B, db *store.DB, query string) *sql.Stmt {
	raw, err := sql.Open("sqlite3", "file:"+db.Path()+"?_query_only=1&_cache_size=-1000&_busy_timeout=5000")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { raw.Close() })
	raw.SetMaxOpenConns(1)
	stmt, err := raw.PrepareContext(b.Context(), query)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { stmt.Close() })
	return stmt
}

// allRows reads what a statement answers, of one text.
func allRows(ctx context.Context, stmt *sql.Stmt, args ...any) error {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
	}
	return rows.Err()
}

// lookup is the least that shows the first twenty items to two letters: the first block of the index and the rows it names, by prepared
// statements, as they stand. Nothing is folded, taken apart or put in order, and there is no transaction.
type lookup struct{ block, shown *sql.Stmt }

func newLookup(b *testing.B, db *store.DB) lookup {
	return lookup{
		prepared(b, db, `SELECT members FROM search_block WHERE prefix=? ORDER BY block LIMIT 1`),
		prepared(b, db, `SELECT s.shown || r.minor FROM search s CROSS JOIN price r ON r.gtin=s.gtin
			WHERE s.number IN (?`+strings.Repeat(",?", store.MostFound-1)+`) ORDER BY s.number`),
	}
}

func (l lookup) twoLetters(ctx context.Context, i int) error {
	letters := []string{"ip", "go", "ki", "si", "el", "ce", "ya", "ba"} // of adjectives, garments and colours
	var members []byte
	if err := l.block.QueryRowContext(ctx, letters[i%len(letters)]).Scan(&members); err != nil {
		return err
	}
	var numbers []any
	for n, bits := range members { // what two letters begin is so much that it is packed as bits
		for bit := range 8 {
			if bits>>bit&1 == 1 && len(numbers) < store.MostFound {
				numbers = append(numbers, 8*n+bit)
			}
		}
	}
	return allRows(ctx, l.shown, numbers...)
}

// Rows 14 and 15: 100,000 products, at rest and while pages of the feed are saved without a pause.
func BenchmarkCheckout(b *testing.B) {
	const products = 100_000
	db, g := open(b, store.Options{}), goods{rand.New(rand.NewPCG(1, 2))}
	began := time.Now()
	items := g.fill(b, db, products)
	b.Logf("%d products loaded and indexed in %v", products, time.Since(began).Round(time.Millisecond))
	point := prepared(b, db, `SELECT i.body || r.minor FROM item i JOIN price r ON r.gtin=i.gtin WHERE i.gtin=?`)
	limit := newLookup(b, db)
	typed, at := g.keystrokes(), newClock().now.Wall

	barcode := func(b *testing.B) {
		var c compared
		for i := 0; b.Loop(); i++ {
			item := items[i*7919%len(items)]
			c.turn(b, func() error {
				return db.View(b.Context(), func(v *store.View) error { _, err := v.Priced(item, at); return err })
			}, func() error { return allRows(b.Context(), point, item) })
		}
		c.report(b)
	}
	search := func(fits func(string) bool) func(b *testing.B) {
		queries := slices.Clone(typed)
		queries = slices.DeleteFunc(queries, func(q string) bool { return !fits(q) })
		return func(b *testing.B) {
			var c compared
			for i := 0; b.Loop(); i++ {
				query := queries[i*7919%len(queries)]
				c.turn(b, func() error {
					return db.View(b.Context(), func(v *store.View) error { _, err := v.Search(query, lang.Turkish, at); return err })
				}, func() error { return limit.twoLetters(b.Context(), i) })
			}
			c.report(b)
		}
	}
	run := func(when string) {
		b.Run("barcode"+when, barcode)
		b.Run("search"+when, search(func(string) bool { return true }))
		for n := 1; n <= 6; n++ {
			b.Run(fmt.Sprintf("search of %d letters%s", n, when), search(func(q string) bool { return len([]rune(q)) == n }))
		}
		b.Run("search of two words"+when, search(func(q string) bool { return len(strings.Fields(q)) == 2 }))
		b.Run("search of three words"+when, search(func(q string) bool { return len(strings.Fields(q)) == 3 }))
	}
	run("")
	stop := syncing(b, db, products)
	run(" while syncing")
	b.Logf("%d pages of 1000 products saved meanwhile", stop())
}
