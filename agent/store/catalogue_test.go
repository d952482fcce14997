package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

func try(t testing.TB, fns ...func() error) error {
	t.Helper()
	for _, fn := range fns {
		if err := fn(); err != nil {
			return err
		}
	}
	return nil
}

func TestCatalogueKeepsTurkish(t *testing.T) {
	db := open(t, store.Options{})
	product := showroom.Product{
		ID: "p1", Name: showroom.Text{"tr": "Işıltılı İpek Gömlek", "en": "Silk shirt"}, Brand: "ÇAĞ",
		Composition: showroom.Text{"tr": "%100 ipek"}, Pictures: []string{strings.Repeat("ab", 32)},
	}
	item := showroom.Item{GTIN: gtin(t, "869000000001"), Product: "p1", Size: "S", Colour: showroom.Text{"tr": "Kırmızı", "en": "Red"}}
	update(t, db, func(tx *store.Tx) error {
		return try(t, func() error { return tx.PutItem(item, 1) }, func() error { return tx.PutProduct(product, 2) })
	})
	view(t, db, func(v *store.View) error {
		gotProduct, err := v.Product("p1")
		if err != nil {
			return err
		}
		gotItem, err := v.Item(item.GTIN)
		if diff := cmp.Diff(product, gotProduct) + cmp.Diff(item, gotItem); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if _, err := v.Item("08690000000999"); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("unknown item: %v", err)
		}
		return err
	})
}

func TestSizesStandInTheirOrder(t *testing.T) {
	db := open(t, store.Options{})
	var want []gs1.GTIN
	update(t, db, func(tx *store.Tx) error {
		for c, colour := range []string{"Blue", "Red"} {
			for size := range 3 {
				g := gtin(t, fmt.Sprintf("8690000%05d", 99-10*c-size)) // GTINs run the other way
				want = append(want, g)
				i := showroom.Item{GTIN: g, Product: "p1", SizeOrder: size, Colour: showroom.Text{"en": colour}}
				if err := tx.PutItem(i, 1); err != nil {
					return err
				}
			}
		}
		return tx.PutItem(showroom.Item{GTIN: gtin(t, "869000000000"), Product: "p2"}, 1)
	})
	view(t, db, func(v *store.View) error {
		items, err := v.ItemsOf("p1")
		var got []gs1.GTIN
		for _, i := range items {
			got = append(got, i.GTIN)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
		return err
	})
}

func TestOlderFeedVersionDoesNotWin(t *testing.T) {
	db := open(t, store.Options{})
	g := gtin(t, "869000000001")
	put := func(tx *store.Tx, brand string, minor int64, quantity int, version int64) error {
		price := showroom.Price{GTIN: g, Amount: showroom.Money{Minor: minor, Currency: "TRY"}}
		return try(t,
			func() error { return tx.PutProduct(showroom.Product{ID: "p1", Brand: brand}, version) },
			func() error { return tx.PutItem(showroom.Item{GTIN: g, Product: "p1", SKU: brand}, version) },
			func() error { return tx.PutPrices(g, []showroom.Price{price}, version) },
			func() error { return tx.PutStock(showroom.Stock{GTIN: g, Quantity: quantity}, version) })
	}
	is := func(brand string, minor int64, quantity int) {
		t.Helper()
		view(t, db, func(v *store.View) error {
			p, err := v.Product("p1")
			if err != nil {
				return err
			}
			i, _ := v.Item(g)
			price, _ := v.Price(g, newClock().Now().Wall)
			a, err := v.Availability(g)
			if p.Brand != brand || i.SKU != brand || price.Amount.Minor != minor || a.Stock != quantity {
				t.Errorf("is %q %q %d %d, want %q %d %d", p.Brand, i.SKU, price.Amount.Minor, a.Stock, brand, minor, quantity)
			}
			return err
		})
	}
	update(t, db, func(tx *store.Tx) error { return put(tx, "new", 200, 2, 7) })
	update(t, db, func(tx *store.Tx) error { return put(tx, "old", 100, 1, 6) })
	update(t, db, func(tx *store.Tx) error {
		for _, b := range []store.Bucket{store.BucketItem, store.BucketPrice, store.BucketStock} {
			if err := tx.Delete(b, string(g), 6); err != nil {
				return err
			}
		}
		return tx.Delete(store.BucketProduct, "p1", 6)
	})
	is("new", 200, 2)
	// A new life of the feed counts from 1 again; its snapshot is the truth.
	update(t, db, func(tx *store.Tx) error {
		tx.FromSnapshot()
		return put(tx, "restored", 300, 3, 1)
	})
	is("restored", 300, 3)
	update(t, db, func(tx *store.Tx) error { return put(tx, "then", 400, 4, 2) })
	is("then", 400, 4)
	update(t, db, func(tx *store.Tx) error {
		return try(t, func() error { return tx.Delete(store.BucketItem, string(g), 3) },
			func() error { return tx.Delete("a bucket of tomorrow", "x", 3) })
	})
	view(t, db, func(v *store.View) error {
		if _, err := v.Item(g); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("deleted item: %v", err)
		}
		return nil
	})
}

func TestSweepRemovesWhatTheSnapshotHasNot(t *testing.T) {
	db := open(t, store.Options{})
	keep, drop := gtin(t, "869000000001"), gtin(t, "869000000002")
	update(t, db, func(tx *store.Tx) error {
		for _, g := range []gs1.GTIN{keep, drop} {
			if err := tx.PutItem(showroom.Item{GTIN: g, Product: "p1"}, 1); err != nil {
				return err
			}
			twice := []showroom.Price{{Amount: showroom.Money{Minor: 1, Currency: "TRY"}}, {Amount: showroom.Money{Minor: 1, Currency: "TRY"}, From: time.Unix(1, 0)}}
			if err := tx.PutPrices(g, twice, 1); err != nil {
				return err
			}
		}
		return nil
	})
	update(t, db, func(tx *store.Tx) error {
		for _, b := range []store.Bucket{store.BucketItem, store.BucketPrice, store.BucketStock} {
			removed, err := tx.Sweep(b, func(key string) bool { return key == string(keep) })
			if want := map[store.Bucket]int{store.BucketItem: 1, store.BucketPrice: 1}[b]; err != nil || removed != want {
				t.Errorf("swept %d of %s (%v), want %d", removed, b, err, want)
			}
		}
		return nil
	})
	view(t, db, func(v *store.View) error {
		items, err := v.ItemsOf("p1")
		if len(items) != 1 || items[0].GTIN != keep {
			t.Errorf("left: %+v", items)
		}
		return err
	})
}

func TestPriceOfTheMoment(t *testing.T) {
	db := open(t, store.Options{})
	g := gtin(t, "869000000001")
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.FixedZone("TRT", 3*3600))
	money := func(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }
	regular := showroom.Price{GTIN: g, Amount: money(99990), VATBasisPoints: 1000}
	sale := showroom.Price{GTIN: g, Amount: money(79990), VATBasisPoints: 1000, LowestPrior: money(89990), From: day, To: day.AddDate(0, 0, 7)}
	update(t, db, func(tx *store.Tx) error { return tx.PutPrices(g, []showroom.Price{sale, regular}, 1) })
	for at, want := range map[time.Time]showroom.Price{
		day.Add(-time.Nanosecond):              regular,
		day:                                    sale,
		day.AddDate(0, 0, 7).Add(-time.Second): sale,
		day.AddDate(0, 0, 7):                   regular,
		time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC): regular,
	} {
		view(t, db, func(v *store.View) error {
			got, err := v.Price(g, at)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("at %v (-want +got):\n%s", at, diff)
			}
			return err
		})
	}
	update(t, db, func(tx *store.Tx) error { return tx.PutPrices(g, nil, 2) })
	view(t, db, func(v *store.View) error {
		if _, err := v.Price(g, day); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("price of an item without one: %v", err)
		}
		return nil
	})
}

func TestCorrectionStandsUntilTheFeedKnowsMore(t *testing.T) {
	db := open(t, store.Options{})
	g := gtin(t, "869000000001")
	stock := func(want int) {
		t.Helper()
		view(t, db, func(v *store.View) error {
			a, err := v.Availability(g)
			if a.Stock != want {
				t.Errorf("stock is %d, want %d", a.Stock, want)
			}
			return err
		})
	}
	put := func(quantity int, version int64, snapshot bool) {
		t.Helper()
		update(t, db, func(tx *store.Tx) error {
			if snapshot {
				tx.FromSnapshot()
			}
			return tx.PutStock(showroom.Stock{GTIN: g, Quantity: quantity}, version)
		})
	}
	put(3, 10, false)
	update(t, db, func(tx *store.Tx) error {
		fact, err := tx.CorrectStock(g, 0)
		if diff := cmp.Diff(showroom.StockCorrected{GTIN: g, FeedVersion: 10, Was: 3, Now: 0}, fact); diff != "" {
			t.Errorf("fact (-want +got):\n%s", diff)
		}
		return err
	})
	stock(0)
	put(3, 9, false)
	stock(0)
	put(3, 10, true) // the same figure once more, by a snapshot
	stock(0)
	put(2, 11, false)
	stock(2)
	update(t, db, func(tx *store.Tx) error { _, err := tx.CorrectStock(gtin(t, "869000000002"), 1); return err })
}

func TestAvailabilityCountsRoomsAndPromises(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	g := gtin(t, "869000000001")
	visit, _ := showroom.OpenVisit("v1", "1", c.Now())
	update(t, db, func(tx *store.Tx) error {
		tag := func(n int, change func(*showroom.Garment)) func() error {
			garment := showroom.Garment{EPC: epc(t, fmt.Sprintf("30%022X", n)), GTIN: g, Room: "1", Visit: "v1"}
			change(&garment)
			return func() error { return tx.PutGarment(garment) }
		}
		request := func(id showroom.RequestID, state showroom.RequestState) func() error {
			return func() error {
				return tx.PutRequest(showroom.SizeRequest{ID: id, Visit: "v1", Room: "1", Want: g, State: state})
			}
		}
		return try(t,
			func() error { return tx.PutStock(showroom.Stock{GTIN: g, Quantity: 9}, 1) },
			func() error { return tx.PutVisit(visit) },
			tag(1, func(*showroom.Garment) {}),
			tag(2, func(g *showroom.Garment) { g.LeftBehind = true }),
			tag(3, func(g *showroom.Garment) { g.Visit = "" }),
			tag(4, func(g *showroom.Garment) { g.Visit = "ended" }),
			tag(5, func(other *showroom.Garment) { other.GTIN = gtin(t, "869000000002") }),
			request("r1", showroom.SizeRequested), request("r2", showroom.SizeAccepted), request("r3", showroom.SizeOnTheWay),
			request("r4", showroom.SizeWaiting), request("r5", showroom.SizeDelivered), request("r6", showroom.SizeCancelled))
	})
	view(t, db, func(v *store.View) error {
		a, err := v.Availability(g)
		if want := (showroom.Availability{Stock: 9, InRooms: 1, Promised: 3}); a != want {
			t.Errorf("availability is %+v, want %+v", a, want)
		}
		return err
	})
}

func TestPicturesAreWhatTheyAreNamed(t *testing.T) {
	db := open(t, store.Options{})
	picture := []byte("\xff\xd8 a picture")
	sum := sha256.Sum256(picture)
	name := hex.EncodeToString(sum[:])
	update(t, db, func(tx *store.Tx) error {
		return tx.PutProduct(showroom.Product{ID: "p1", Pictures: []string{name, strings.Repeat("00", 32)}}, 1)
	})
	broken := errors.New("line is cut")
	for what, c := range map[string]struct {
		name string
		r    io.Reader
		code showroom.Code
	}{
		"other bytes":    {name, strings.NewReader("no picture"), showroom.CodeInvalid},
		"cut short":      {name, io.MultiReader(bytes.NewReader(picture[:4]), iotest.ErrReader(broken)), showroom.CodeInternal},
		"too large":      {name, io.LimitReader(zeros{}, store.MaxPicture+1), showroom.CodeTooLarge},
		"path":           {"../../../../etc/passwd", bytes.NewReader(picture), showroom.CodeInvalid},
		"upper case":     {strings.ToUpper(name), bytes.NewReader(picture), showroom.CodeInvalid},
		"hex, too short": {"abcd", bytes.NewReader(picture), showroom.CodeInvalid},
	} {
		if err := db.PutPicture(t.Context(), c.name, c.r); showroom.ErrorCode(err) != c.code {
			t.Errorf("%s: %v, want %s", what, err, c.code)
		}
		if _, err := db.OpenPicture(name); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("%s: something was kept: %v", what, err)
		}
	}
	if missing, err := db.MissingPictures(t.Context(), 1); err != nil || len(missing) != 1 {
		t.Errorf("missing %q, %v, want one of two", missing, err)
	}
	for range 2 {
		if err := db.PutPicture(t.Context(), name, bytes.NewReader(picture)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := db.OpenPicture(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, picture) {
		t.Errorf("picture is %q, %v", got, err)
	}
	missing, err := db.MissingPictures(t.Context(), 10)
	if diff := cmp.Diff([]string{strings.Repeat("00", 32)}, missing); diff != "" || err != nil {
		t.Errorf("missing (-want +got):\n%s %v", diff, err)
	}
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutProduct(showroom.Product{ID: "p2", Pictures: []string{"../x"}}, 1)
	})
	if showroom.ErrorCode(err) != showroom.CodeInvalid {
		t.Errorf("a product naming a path: %v", err)
	}
}

func TestHalfPicturesAreClearedAway(t *testing.T) {
	o := withDefaults(t, store.Options{})
	half := filepath.Join(o.Dir, "pictures", "ab", ".new-1234")
	whole := filepath.Join(o.Dir, "pictures", "ab", strings.Repeat("cd", 31))
	if err := os.MkdirAll(filepath.Dir(half), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{half, whole} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := open(t, o)
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("what a power cut left is still there: %v", err)
	}
	f, err := db.OpenPicture("ab" + strings.Repeat("cd", 31))
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
