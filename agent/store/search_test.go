package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// named puts products of one priced item each, the first under the GTIN that ends with 00.
func named(t testing.TB, db *store.DB, names ...string) {
	t.Helper()
	update(t, db, func(tx *store.Tx) error {
		for n, name := range names {
			if err := putNamed(t, tx, n, name); err != nil {
				return err
			}
		}
		return nil
	})
}

func putNamed(t testing.TB, tx *store.Tx, n int, name string) error {
	id := showroom.ProductID(fmt.Sprintf("p%03d", n))
	g := numbered(t, n)
	return try(t,
		func() error { return tx.PutItem(showroom.Item{GTIN: g, Product: id}, 1) },
		func() error { return tx.PutProduct(showroom.Product{ID: id, Name: showroom.Text{"tr": name}}, 1) },
		func() error { return tx.PutPrices(g, []showroom.Price{{Amount: lira(100)}}, 1) })
}

func numbered(t testing.TB, n int) gs1.GTIN { return gtin(t, fmt.Sprintf("8690000%05d", n)) }

func search(t testing.TB, db *store.DB, query string) (found []showroom.Found) {
	t.Helper()
	view(t, db, func(v *store.View) (err error) {
		found, err = v.Search(query, lang.Turkish, newClock().now.Wall)
		return err
	})
	return found
}

func names(found []showroom.Found) (all []string) {
	for _, f := range found {
		all = append(all, f.Name)
	}
	return all
}

func TestTurkishIsFoundHoweverItIsTyped(t *testing.T) {
	db := open(t, store.Options{})
	named(t, db, "IŞIK KIRMIZI", "ışık kırmızı", "İPEK ŞAL", "ipek şal")
	for _, query := range []string{"ışık", "IŞIK", "isik", "ipek", "İPEK", "I\u0307pek", "kırmızı", "kirmizi", "şal", "sal"} {
		if got := names(search(t, db, query)); len(got) != 2 {
			t.Errorf("%q finds %q, want two", query, got)
		}
	}
}

func TestTheVeryLettersTypedStandFirst(t *testing.T) {
	db := open(t, store.Options{})
	named(t, db, "Salaş Kazak", "Şal Yaka", "Isı Termal", "Işı Lamba", "Büyük Şal", "Paşalı")
	for query, want := range map[string][]string{
		"sal":     {"Salaş Kazak", "Şal Yaka", "Büyük Şal"},
		"şal":     {"Şal Yaka", "Büyük Şal", "Salaş Kazak"},
		"ŞAL":     {"Şal Yaka", "Büyük Şal", "Salaş Kazak"},
		"ışı":     {"Işı Lamba", "Isı Termal"},
		"ISI":     {"Isı Termal", "Işı Lamba"}, // I is ı in Turkish
		"isi":     {"Isı Termal", "Işı Lamba"}, // nobody's very letters
		"şal bü":  {"Büyük Şal"},
		"sal buy": {"Büyük Şal"},
	} {
		if diff := cmp.Diff(want, names(search(t, db, query))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
}

func TestASearchShowsWhatTheCatalogueSays(t *testing.T) {
	db := open(t, store.Options{})
	picture, other := strings.Repeat("ab", 32), strings.Repeat("cd", 32)
	g, bare := numbered(t, 1), numbered(t, 2)
	update(t, db, func(tx *store.Tx) error {
		return try(t,
			func() error {
				return tx.PutProduct(showroom.Product{ID: "p1", Brand: "Levi's\x1e", Pictures: []string{other},
					Name: showroom.Text{"tr": "İpek Gömlek", "en": "Silk Shirt"}}, 1)
			},
			func() error {
				return tx.PutItem(showroom.Item{GTIN: g, Product: "p1", SKU: "AB-17/x", Size: "38/40", Pictures: []string{picture},
					Colour: showroom.Text{"tr": "Kırmızı", "en": "Red", "de": "Rot"}}, 1)
			},
			func() error { return tx.PutItem(showroom.Item{GTIN: bare, Product: "p2", SKU: "bare"}, 1) },
			func() error {
				return tx.PutPrices(g, []showroom.Price{{Amount: lira(200), LowestPrior: lira(250)}, {Amount: lira(300), From: newClock().now.Wall.Add(time.Hour)}}, 1)
			},
			func() error { return tx.PutPrices(bare, []showroom.Price{{Amount: lira(1)}}, 1) })
	})
	want := showroom.Found{GTIN: g, Name: "İpek Gömlek", Brand: "Levi's ", Size: "38/40", Colour: "Kırmızı", Picture: picture,
		Price: lira(200), LowestPrior: lira(250)}
	english, german := want, want
	english.Name, english.Colour = "Silk Shirt", "Red"
	german.Name, german.Colour = "Silk Shirt", "Rot"
	view(t, db, func(v *store.View) error {
		for language, want := range map[lang.Tag]showroom.Found{"tr": want, "en": english, "de": german, "fr": english} {
			for _, query := range []string{"gömlek", "SHIRT ipek", "levis", "rot", "kirmizi 40", "ab 17", "x", string(g), g.Short()} {
				got, err := v.Search(query, language, newClock().now.Wall)
				if diff := cmp.Diff([]showroom.Found{want}, got); diff != "" || err != nil {
					t.Errorf("%s %q: %v (-want +got):\n%s", language, query, err, diff)
				}
			}
		}
		return nil
	})
	if got := search(t, db, "bare"); len(got) != 1 || got[0].Name != "" {
		t.Errorf("an item before its product: %+v", got)
	}
	for _, query := range []string{"", " ", "!?*\"", "gömlekk", "ömlek", "ipek pantolon", string(numbered(t, 9))} {
		if got := search(t, db, query); len(got) > 0 {
			t.Errorf("%q finds %+v", query, got)
		}
	}
}

func TestOneOfEveryProductBeforeASecondOfAny(t *testing.T) {
	db := open(t, store.Options{})
	var want []gs1.GTIN
	update(t, db, func(tx *store.Tx) error {
		for size := range 4 {
			for style := range 8 {
				g := numbered(t, style*10+size)
				want = append(want, g)
				item := showroom.Item{GTIN: g, Product: showroom.ProductID(fmt.Sprint("p", style)), SKU: "gömlek"}
				price := showroom.Price{Amount: lira(1)}
				if style == 3 { // has cost nothing since yesterday, and so can not be bought
					price.To = newClock().now.Wall.Add(-time.Hour)
					want = want[:len(want)-1]
				}
				if err := try(t, func() error { return tx.PutItem(item, 1) },
					func() error { return tx.PutPrices(g, []showroom.Price{price}, 1) }); err != nil {
					return err
				}
			}
		}
		return nil
	})
	var got []gs1.GTIN
	for _, f := range search(t, db, "gom") {
		got = append(got, f.GTIN)
	}
	if diff := cmp.Diff(want[:store.MostFound], got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestTheIndexChangesWithTheCatalogue(t *testing.T) {
	db := open(t, store.Options{})
	named(t, db, "Gömlek", "Etek")
	failed := errors.New("power cut")
	if err := db.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.PutProduct(showroom.Product{ID: "p000", Name: showroom.Text{"tr": "Ceket"}}, 2), failed)
	}); !errors.Is(err, failed) {
		t.Fatal(err)
	}
	is := func(what string, want map[string]int) {
		t.Helper()
		for query, n := range want {
			if got := search(t, db, query); len(got) != n {
				t.Errorf("%s: %q finds %d, want %d", what, query, len(got), n)
			}
		}
	}
	rename := func(name string, version int64) {
		update(t, db, func(tx *store.Tx) error {
			return tx.PutProduct(showroom.Product{ID: "p000", Name: showroom.Text{"tr": name}}, version)
		})
	}
	is("before a commit", map[string]int{"gömlek": 1, "ceket": 0})
	rename("Ceket", 2)
	is("renamed", map[string]int{"gömlek": 0, "ceket": 1})
	rename("Kazak", 1)
	is("renamed by an older version", map[string]int{"kazak": 0, "ceket": 1})
	rename("CEKET", 3)
	if got := names(search(t, db, "ceket")); !slices.Equal(got, []string{"CEKET"}) {
		t.Errorf("written otherwise it shows %q", got)
	}
	update(t, db, func(tx *store.Tx) error { return tx.Delete(store.BucketProduct, "p000", 9) })
	is("without its product", map[string]int{"ceket": 0, string(numbered(t, 0)): 1})
	update(t, db, func(tx *store.Tx) error { return tx.Delete(store.BucketItem, string(numbered(t, 0)), 9) })
	is("gone", map[string]int{string(numbered(t, 0)): 0, "etek": 1})
	update(t, db, func(tx *store.Tx) error {
		_, err := tx.Sweep(store.BucketItem, func(string) bool { return false })
		return err
	})
	is("swept", map[string]int{"etek": 0})
}

// Whatever the feed does in whatever order, a search finds what somebody would who read the whole catalogue.
func TestASearchFindsWhatReadingEverythingWould(t *testing.T) {
	db := open(t, store.Options{})
	word := rapid.StringMatching(`[aAbşŞiİıI]{1,9}|(şaI){4,5}[ab]`)
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 1, 3).Draw(t, "words"), " ") })
	catalogue := map[int]string{}
	rapid.Check(t, func(rt *rapid.T) {
		update(t, db, func(tx *store.Tx) error {
			for range rapid.IntRange(1, 4).Draw(rt, "changes") {
				n := rapid.IntRange(0, 14).Draw(rt, "product")
				if _, there := catalogue[n]; there && rapid.Bool().Draw(rt, "delete") {
					delete(catalogue, n)
					if err := tx.Delete(store.BucketItem, string(numbered(t, n)), 99); err != nil {
						return err
					}
					continue
				}
				catalogue[n] = text.Draw(rt, "name")
				tx.FromSnapshot()
				if err := putNamed(t, tx, n, catalogue[n]); err != nil {
					return err
				}
			}
			return nil
		})
		query := text.Draw(rt, "query")
		want := map[gs1.GTIN]string{}
		for n, name := range catalogue {
			if fits(name, query) {
				want[numbered(t, n)] = name
			}
		}
		got := map[gs1.GTIN]string{}
		for _, f := range search(t, db, query) {
			got[f.GTIN] = f.Name
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("%q (-want +got):\n%s", query, diff)
		}
	})
	if err := db.Update(t.Context(), (*store.Tx).CheckIndex); err != nil {
		t.Errorf("the index is not what the table says: %v", err)
	}
	if _, err := db.Prune(t.Context()); err != nil {
		t.Error(err)
	}
}

func fits(name, query string) bool {
	return !slices.ContainsFunc(strings.Fields(lang.Fold(query)), func(q string) bool {
		return !slices.ContainsFunc(strings.Fields(lang.Fold(name)), func(w string) bool { return strings.HasPrefix(w, q) })
	})
}

func TestNothingTypedIsAnError(t *testing.T) {
	db := open(t, store.Options{})
	named(t, db, "OR AND NOT NEAR", "a b")
	rapid.Check(t, func(rt *rapid.T) {
		search(t, db, rapid.String().Draw(rt, "query"))
	})
	for _, query := range []string{`"a`, "a*", "-a", "(a", "words:a", "NEAR/2", "a OR b", "\x00a", "\xff", strings.Repeat("a ", 4000), strings.Repeat("a", 4000)} {
		search(t, db, query)
	}
	if got := names(search(t, db, "NOT NEAR or and")); len(got) != 1 {
		t.Errorf("words that SQLite has a meaning for find %q", got)
	}
}

// A catalogue from before there was an index is indexed when the program starts.
func TestAnOlderCatalogueIsIndexedAtStart(t *testing.T) {
	dir := t.TempDir()
	first, err := store.Open(t.Context(), withDefaults(t, store.Options{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	const products = 501 // more than one transaction does
	named(t, first, slices.Repeat([]string{"Gömlek"}, products-1)...)
	update(t, first, func(tx *store.Tx) error { return putNamed(t, tx, products-1, "Zıbın") })
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "showroom.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`DELETE FROM search; DELETE FROM search_block; INSERT INTO search_due SELECT DISTINCT product FROM item`); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	db := open(t, store.Options{Dir: dir})
	if a, b := len(search(t, db, "gömlek")), len(search(t, db, "zibin")); a != store.MostFound || b != 1 {
		t.Errorf("found %d and %d", a, b)
	}
	if err := db.Update(t.Context(), (*store.Tx).CheckIndex); err != nil {
		t.Error(err)
	}
}
