package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// What has the accents typed is found first, however much else comes before it.
func TestAccentsTypedAreFoundFirst(t *testing.T) {
	db := open(t, store.Options{})
	var all []string
	for _, name := range []string{"Salaş Kazak", "Şaldan Bol Etek", "Bol Sal", "İpek Şal"} {
		for n := range 30 {
			if name != "Şaldan Bol Etek" || n < 5 {
				all = append(all, fmt.Sprint(name, " ", n))
			}
		}
	}
	named(t, db, all...)
	first := func(name string, from, to int) (want []string) {
		for n := from; n < to; n++ {
			want = append(want, fmt.Sprint(name, " ", n))
		}
		return want
	}
	skirts, most := first("Şaldan Bol Etek", 0, 5), store.MostFound
	for query, want := range map[string][]string{
		"şal":         append(skirts, first("İpek Şal", 0, most-5)...),
		"ŞAL":         append(skirts, first("İpek Şal", 0, most-5)...),
		"s\u0327al":   append(skirts, first("İpek Şal", 0, most-5)...),
		"sal":         first("Salaş Kazak", 0, most),
		"salaş":       first("Salaş Kazak", 0, most),
		"bol şal":     append(skirts, first("Bol Sal", 0, most-5)...),
		"şal ipek":    first("İpek Şal", 0, most),
		"şalda":       skirts,
		"şâl":         first("Salaş Kazak", 0, most), // nobody's very letters
		"kazak salas": first("Salaş Kazak", 0, most),
	} {
		if diff := cmp.Diff(want, names(search(t, db, query))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
	// The accents count of a name in any language.
	view(t, db, func(v *store.View) error {
		found, err := v.Search("şal", lang.English, newClock().now.Wall)
		if diff := cmp.Diff(append(skirts, first("İpek Şal", 0, most-5)...), names(found)); diff != "" {
			t.Errorf("in English (-want +got):\n%s", diff)
		}
		return err
	})
}

// Those that can not be bought do not keep what can out of the first found, with accents and without.
func TestAccentsTypedAreFoundBehindWhatIsNotForSale(t *testing.T) {
	db := open(t, store.Options{})
	var all []string
	for n := range 150 {
		all = append(all, fmt.Sprint([]string{"Sal", "Şal"}[n/75], " ", n))
	}
	named(t, db, all...)
	update(t, db, func(tx *store.Tx) error {
		for n := range all {
			if n >= 5 && n < 60 || n >= 80 && n < 145 {
				if err := tx.PutPrices(numbered(t, n), nil, 2); err != nil {
					return err
				}
			}
		}
		return nil
	})
	want := slices.Concat(all[75:80], all[145:150], all[0:5], all[60:65])
	if diff := cmp.Diff(want, names(search(t, db, "şal"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The words of a query are folded one by one, those of the index together.
func TestFoldingWordsIsFoldingText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		for _, language := range []lang.Tag{lang.Turkish, lang.English} {
			var apart []string
			for _, word := range lang.Words(lang.Lower(language, text)) {
				if folded := lang.Fold(word); folded != "" {
					apart = append(apart, folded)
				}
			}
			if together := lang.Words(lang.Fold(text)); !slices.Equal(apart, together) {
				t.Fatalf("%q in %s: %q, all folded %q", text, language, apart, together)
			}
		}
	})
}

// A catalogue from before accents counted is found as it was, and by its accents after the first Prune.
func TestAnOlderCatalogueHasItsAccentsFound(t *testing.T) {
	dir := t.TempDir()
	first, err := store.Open(t.Context(), withDefaults(t, store.Options{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	const each = 600 // more than one transaction does
	named(t, first, slices.Concat(slices.Repeat([]string{"Salaş"}, each), slices.Repeat([]string{"Şal"}, each))...)
	if err := errors.Join(
		first.Damage(t.Context(), `UPDATE search SET words=substr(words, 1+instr(words, ' '))`), // the marked word comes first
		first.Damage(t.Context(), `DELETE FROM search_block WHERE prefix LIKE '=%'`),
		first.Damage(t.Context(), `INSERT INTO search_due SELECT DISTINCT product FROM item`),
		first.Close()); err != nil {
		t.Fatal(err)
	}
	db := open(t, store.Options{Dir: dir})
	found := func() (shawls, all int) {
		got := names(search(t, db, "şal"))
		return len(slices.DeleteFunc(slices.Clone(got), func(name string) bool { return name != "Şal" })), len(got)
	}
	if shawls, all := found(); shawls != 0 || all != store.MostFound {
		t.Errorf("found %d shawls among %d at once, want none", shawls, all)
	}
	if _, err := db.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if shawls, _ := found(); shawls != store.MostFound {
		t.Errorf("found %d shawls", shawls)
	}
	if err := db.Update(t.Context(), (*store.Tx).CheckIndex); err != nil {
		t.Error(err)
	}
}

func TestAnUpdateHasTheCatalogueIndexedAnew(t *testing.T) {
	g := numbered(t, 1)
	db := open(t, store.Options{Dir: olderBy(t, "0015_accents.sql", fmt.Sprintf(`INSERT INTO item (gtin, product, body, version) VALUES ('%s', 'p', '{"gtin":"%[1]s","sku":"şal"}', 1)`, g))})
	update(t, db, func(tx *store.Tx) error { return tx.PutPrices(g, []showroom.Price{{Amount: lira(1)}}, 1) })
	if found := search(t, db, "şal"); len(found) != 1 || found[0].GTIN != g {
		t.Errorf("found %+v", found)
	}
}
