package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// arrival is the change the shop makes all day: a garment comes into a room.
func arrival(tx *store.Tx, tag gs1.EPC, item gs1.GTIN) error {
	g := showroom.Garment{EPC: tag, GTIN: item, Room: "fr-2", Visit: "0197f2b0-5d6e-7c3a-9f10-2b4c6d8e0f12", Since: tx.Now()}
	if err := tx.PutGarment(g); err != nil {
		return err
	}
	_, err := tx.Append(showroom.GarmentArrived{
		EPC: tag, GTIN: item, Place: showroom.RoomPlace(g.Room), Visit: g.Visit,
		Why: showroom.Figures{Reads: 7, WindowMS: 2000, RSSIKnown: true, MeanRSSI: -51.25, Margin: 6.5},
	})
	return err
}

// tags are few hundred garments that come and go.
func tags(t testing.TB) []gs1.EPC {
	all := make([]gs1.EPC, 200)
	for i := range all {
		all[i] = epc(t, fmt.Sprintf("3034257BF7194E4000%06X", i*7919%1000))
	}
	return all
}

// rawInsert makes the same two rows by prepared statements in tables without anything else: the least SQLite can write.
type rawInsert struct {
	db             *sql.DB
	garment, event *sql.Stmt
}

func newRawInsert(t testing.TB, path string) *rawInsert {
	t.Helper()
	r := &rawInsert{}
	var err error
	if r.db, err = sql.Open("sqlite3", "file:"+path+"?_synchronous=FULL&_txlock=immediate"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.db.Close() })
	r.db.SetMaxOpenConns(1)
	for _, s := range []string{
		"PRAGMA page_size=1024", "VACUUM", "PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=4000",
		"CREATE TABLE garment (epc BLOB PRIMARY KEY, state TEXT) WITHOUT ROWID",
		"CREATE TABLE journal (seq INTEGER PRIMARY KEY, event BLOB)",
	} {
		if _, err := r.db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if r.garment, err = r.db.Prepare("INSERT OR REPLACE INTO garment VALUES (?,?)"); err == nil {
		r.event, err = r.db.Prepare("INSERT INTO journal (event) VALUES (?)")
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// do inserts n times in one transaction; the rows have about the bytes that arrival's have.
func (r *rawInsert) do(all []gs1.EPC, from, n int) error {
	tx, err := r.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	garment, event := tx.Stmt(r.garment), tx.Stmt(r.event)
	defer garment.Close()
	defer event.Close()
	for i := range n {
		if _, err := garment.Exec(all[(from+i)%len(all)].AppendBytes(nil), fmt.Sprintf("%148d", i)); err != nil {
			return err
		}
		if _, err := event.Exec(fmt.Appendf(nil, "%440d", i)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func fileSize(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// Every page written is a frame of the WAL, so its length counts the bytes without a clock or a disk being asked.
func TestAChangeWritesLittleMoreThanItsRows(t *testing.T) {
	for _, c := range []struct {
		batch, times int
		limit        float64
	}{{1, 600, 1.3}, {50, 20, 1.5}} {
		t.Run(fmt.Sprint("batch of ", c.batch), func(t *testing.T) {
			all, item := tags(t), gtin(t, "869000000001")
			dir := t.TempDir()
			db := open(t, store.Options{Dir: dir})
			raw := newRawInsert(t, filepath.Join(dir, "raw.db"))
			var grown [2]int64
			before := [2]int64{fileSize(t, db.Path()+"-wal"), fileSize(t, filepath.Join(dir, "raw.db-wal"))}
			for n := range c.times {
				update(t, db, func(tx *store.Tx) error {
					for i := range c.batch {
						if err := arrival(tx, all[(n*c.batch+i)%len(all)], item); err != nil {
							return err
						}
					}
					return nil
				})
				if err := raw.do(all, n*c.batch, c.batch); err != nil {
					t.Fatal(err)
				}
			}
			grown[0] = fileSize(t, db.Path()+"-wal") - before[0]
			grown[1] = fileSize(t, filepath.Join(dir, "raw.db-wal")) - before[1]
			changes := int64(c.batch * c.times)
			ratio := float64(grown[0]) / float64(grown[1])
			t.Logf("%d bytes a change, raw %d: %.2f", grown[0]/changes, grown[1]/changes, ratio)
			if ratio > c.limit || grown[1] == 0 {
				t.Errorf("a change writes %.2f times what its rows need, limit %.1f", ratio, c.limit)
			}
		})
	}
}

func BenchmarkLoneCommit(b *testing.B) {
	db, all, item := open(b, store.Options{}), tags(b), gtin(b, "869000000001")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		update(b, db, func(tx *store.Tx) error { return arrival(tx, all[i%len(all)], item) })
	}
}

func BenchmarkLoneCommitRaw(b *testing.B) {
	raw, all := newRawInsert(b, filepath.Join(b.TempDir(), "raw.db")), tags(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := raw.do(all, i, 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBatchOf50(b *testing.B) {
	db, all, item := open(b, store.Options{}), tags(b), gtin(b, "869000000001")
	b.ReportAllocs()
	for n := 0; b.Loop(); n += 50 {
		update(b, db, func(tx *store.Tx) error {
			for i := range 50 {
				if err := arrival(tx, all[(n+i)%len(all)], item); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// catalogue fills a database with items that have a price and a stock figure.
func catalogue(t testing.TB, db *store.DB, n int) []gs1.GTIN {
	t.Helper()
	var all []gs1.GTIN
	update(t, db, func(tx *store.Tx) error {
		for i := range n {
			g := gtin(t, fmt.Sprintf("8690%08d", i))
			all = append(all, g)
			item := showroom.Item{
				GTIN: g, Product: showroom.ProductID(fmt.Sprint("p", i/8)), SKU: fmt.Sprint("SKU-", i), Size: "M", SizeOrder: 3,
				Colour: showroom.Text{"tr": "Kırmızı", "en": "Red"}, ColourHex: "#cc0000",
			}
			price := showroom.Price{GTIN: g, Amount: showroom.Money{Minor: 99990, Currency: "TRY"}, VATBasisPoints: 1000}
			if err := tx.PutItem(item, 1); err != nil {
				return err
			}
			if err := tx.PutPrices(g, []showroom.Price{price}, 1); err != nil {
				return err
			}
			if err := tx.PutStock(showroom.Stock{GTIN: g, Quantity: 3}, 1); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

func pricedItem(ctx context.Context, db *store.DB, g gs1.GTIN) error {
	at := newClock().now.Wall
	return db.View(ctx, func(v *store.View) error {
		_, err := v.Priced(g, at)
		return err
	})
}

// Allocations do not depend on the machine, so they are what keeps the hot paths from growing fat.
func TestAllocationsOfTheHotPaths(t *testing.T) {
	db := open(t, store.Options{})
	items, all := catalogue(t, db, 100), tags(t)
	ctx := context.Background()
	for _, c := range []struct {
		name  string
		limit float64
		run   func(i int) error
	}{
		{"barcode to priced item", 120, func(i int) error { return pricedItem(ctx, db, items[i%len(items)]) }},
		{"search of two words, twenty found", 260, func(i int) error {
			return db.View(ctx, func(v *store.View) error {
				found, err := v.Search([]string{"kır p", "sku red"}[i%2], lang.Turkish, newClock().now.Wall)
				if len(found) != (i%2)*store.MostFound {
					t.Errorf("found %d", len(found))
				}
				return err
			})
		}},
		{"lone commit", 75, func(i int) error {
			return db.Update(ctx, func(tx *store.Tx) error { return arrival(tx, all[i%len(all)], items[0]) })
		}},
		{"commit of 50 changes", 2800, func(i int) error {
			return db.Update(ctx, func(tx *store.Tx) error {
				for k := range 50 {
					if err := arrival(tx, all[(i+k)%len(all)], items[0]); err != nil {
						return err
					}
				}
				return nil
			})
		}},
	} {
		i := 0
		got := testing.AllocsPerRun(100, func() {
			if err := c.run(i); err != nil {
				t.Fatal(err)
			}
			i++
		})
		t.Logf("%s: %.0f allocations", c.name, got)
		if got > c.limit {
			t.Errorf("%s: %.0f allocations, limit %.0f", c.name, got, c.limit)
		}
	}
}
