package lang_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"showroom/agent/lang"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"IŞIK KIRMIZI":   "isik kirmizi",
		"ışık kırmızı":   "isik kirmizi",
		"Işık":           "isik",
		"isik":           "isik",
		"İPEK ŞAL":       "ipek sal",
		"ipek şal":       "ipek sal",
		"I\u0307pek":     "ipek",
		"i\u0307pek":     "ipek", // what lower-casing İ elsewhere leaves behind
		"Çiğdem":         "cigdem",
		"GÜMÜŞ":          "gumus",
		"Gömlek 38/40 €": "gomlek 38/40 €",
		"Crème brûlée":   "creme brulee",
		"ÄÖ Straße":      "ao straße",
		"":               "",
		"a\xffb":         "a\uFFFDb",
	} {
		if got := lang.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLower(t *testing.T) {
	for _, c := range []struct {
		tag      lang.Tag
		in, want string
	}{
		{lang.Turkish, "IŞIK İPEK", "ışık ipek"},
		{lang.Turkish, "I\u0307pek s\u0327al", "ipek şal"},
		{lang.English, "SILK Shirt", "silk shirt"},
		{lang.English, "İpek", "ipek"},
	} {
		if got := lang.Lower(c.tag, c.in); got != c.want {
			t.Errorf("Lower(%s, %q) = %q, want %q", c.tag, c.in, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string][]string{
		"ipek şal":                    {"ipek", "şal"},
		"  38/40, %100 pamuk! ":       {"38", "40", "100", "pamuk"},
		"levi's istanbul\u2019da":     {"levis", "istanbulda"},
		"a\"b* NEAR/2 (words:x) -y ^": {"a", "b", "NEAR", "2", "words", "x", "y"},
		"– … \x00 ":                   nil,
	} {
		if diff := cmp.Diff(want, lang.Words(in), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Words(%q) (-want +got):\n%s", in, diff)
		}
	}
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := lang.Fold(s)
		if twice := lang.Fold(once); twice != once {
			t.Fatalf("%q folds to %q, that to %q", s, once, twice)
		}
	})
}

func TestTurkishOrder(t *testing.T) {
	want := []string{
		"abiye", "bluz", "ceket", "Cüzdan", "çanta", "Çorap", "dantel", "eşarp", "gömlek", "gümüş", "ğ", "hırka",
		"ışık", "Iz", "içlik", "ipek", "İstanbul", "jean", "kazak", "kırmızı", "kirli", "of", "ön", "pantolon",
		"sal", "süveter", "şal", "şort", "tayt", "uzun", "ütü", "yelek", "zıbın",
	}
	order := lang.NewCollator(lang.Turkish)
	got := slices.Clone(want)
	shuffle := rand.New(rand.NewPCG(1, 2))
	shuffle.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	order.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if lang.NewCollator(lang.English).Less("cüzdan", "çanta") {
		t.Error("English sorts ç as c")
	}
}

func TestSortKeyComparesAsTheText(t *testing.T) {
	order := lang.NewCollator(lang.Turkish)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zçğıöşüA-ZÇĞİÖŞÜ ]{0,12}`)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		byKey := bytes.Compare(order.SortKey(a), order.SortKey(b))
		if byText := order.Compare(a, b); byKey != byText {
			t.Fatalf("%q, %q: keys give %d, texts %d", a, b, byKey, byText)
		}
	})
}

func TestSortKeyIsTheCallers(t *testing.T) {
	order := lang.NewCollator(lang.Turkish)
	key := order.SortKey("şal")
	kept := bytes.Clone(key)
	order.SortKey("gömlek")
	if !bytes.Equal(key, kept) {
		t.Error("a later call changed an earlier key")
	}
}

func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		lang.Fold("Kırmızı İpek Şal")
	}
}

func BenchmarkSortKey(b *testing.B) {
	order := lang.NewCollator(lang.Turkish)
	b.ReportAllocs()
	for b.Loop() {
		order.SortKey("Kırmızı İpek Şal")
	}
}
