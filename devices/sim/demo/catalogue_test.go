package demo_test

import (
	"encoding/csv"
	"image/jpeg"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
)

// line is one line of the catalogue: its fields by column, and where it stands.
type line struct {
	number int
	fields map[string]string
}

func (l line) product() string { return l.fields["product_id"] }

func (l line) pictures() []string { return strings.Split(l.fields["images"], ";") }

// integer is a field that must be a whole number.
func (l line) integer(t *testing.T, column string) int {
	t.Helper()
	n, err := strconv.Atoi(l.fields[column])
	if err != nil {
		t.Errorf("line %d: %s: %v", l.number, column, err)
	}
	return n
}

func columns() []string {
	return []string{
		"product_id", "name_tr", "name_en", "brand", "description_tr", "description_en", "composition_tr", "composition_en",
		"care_tr", "care_en", "size", "size_order", "colour_tr", "colour_en", "colour_hex", "sku", "gtin", "price_minor",
		"currency", "vat_bp", "stock", "images",
	}
}

func catalogue(t *testing.T) []line {
	t.Helper()
	f, err := os.Open("catalogue.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll() // refuses rows of another length than the first
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(columns(), rows[0]); diff != "" {
		t.Fatalf("header (-want +got):\n%s", diff)
	}
	var lines []line
	for i, row := range rows[1:] {
		l := line{number: i + 2, fields: map[string]string{}}
		for column, field := range row {
			l.fields[rows[0][column]] = field
		}
		lines = append(lines, l)
	}
	return lines
}

func TestEveryFieldIsFilled(t *testing.T) {
	lines := catalogue(t)
	if len(lines) != 53 {
		t.Errorf("%d lines, want 53", len(lines))
	}
	for _, l := range lines {
		for column, field := range l.fields {
			if field == "" && column != "size" { // no size: one size
				t.Errorf("line %d: %s is empty", l.number, column)
			}
			if field != strings.TrimSpace(field) {
				t.Errorf("line %d: %s has blanks at its ends: %q", l.number, column, field)
			}
		}
	}
}

func TestCodesAreRightAndUnique(t *testing.T) {
	gtins, skus := map[gs1.GTIN]int{}, map[string]int{}
	for _, l := range catalogue(t) {
		gtin, err := gs1.ParseGTIN(l.fields["gtin"])
		if err != nil || string(gtin) != l.fields["gtin"] {
			t.Errorf("line %d: gtin %q is not one of 14 digits: %v", l.number, l.fields["gtin"], err)
		}
		if first, twice := gtins[gtin]; twice {
			t.Errorf("line %d: gtin %s stands on line %d already", l.number, gtin, first)
		}
		if first, twice := skus[l.fields["sku"]]; twice {
			t.Errorf("line %d: sku %s stands on line %d already", l.number, l.fields["sku"], first)
		}
		gtins[gtin], skus[l.fields["sku"]] = l.number, l.number
		if _, err := gs1.NewSGTIN96(gtin, len("0614141"), 1, 1); err != nil {
			t.Errorf("line %d: no tag can carry %s: %v", l.number, gtin, err)
		}
	}
}

func TestPricesAndStockAreSound(t *testing.T) {
	soldOut := 0
	for _, l := range catalogue(t) {
		if price := l.integer(t, "price_minor"); price < 100_00 || price > 10_000_00 {
			t.Errorf("line %d: a price of %d kuruş", l.number, price)
		}
		if l.fields["currency"] != "TRY" || l.integer(t, "vat_bp") != 1000 {
			t.Errorf("line %d: %s at %s basis points", l.number, l.fields["currency"], l.fields["vat_bp"])
		}
		stock := l.integer(t, "stock")
		if stock < 0 || stock > 6 {
			t.Errorf("line %d: %d pieces", l.number, stock)
		}
		if stock == 0 {
			soldOut++
		}
	}
	if soldOut == 0 {
		t.Error("no size is sold out, so the demo can not show it")
	}
}

// TestPlimsollsAreStockedForTheDemo: the demo and the torture test count on these very pieces.
func TestPlimsollsAreStockedForTheDemo(t *testing.T) {
	got, blue := map[string]int{}, false
	for _, l := range catalogue(t) {
		if l.fields["name_en"] == "White Plimsolls" {
			got[l.fields["size"]] = l.integer(t, "stock")
		}
		blue = blue || l.fields["name_en"] == "Blue Plimsolls"
	}
	want := map[string]int{"39": 2, "40": 3, "41": 4, "42": 1, "43": 5, "44": 0, "45": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stock of White Plimsolls by size (-want +got):\n%s", diff)
	}
	if !blue {
		t.Error("there are no Blue Plimsolls")
	}
}

// TestLinesOfAProductAgree: only size, codes and stock tell the lines of a product apart here.
func TestLinesOfAProductAgree(t *testing.T) {
	first, names := map[string]map[string]string{}, map[string]string{}
	for _, l := range catalogue(t) {
		common := map[string]string{}
		for column, field := range l.fields {
			if !slices.Contains([]string{"size", "size_order", "sku", "gtin", "stock"}, column) {
				common[column] = field
			}
		}
		if want, known := first[l.product()]; known {
			if diff := cmp.Diff(want, common); diff != "" {
				t.Errorf("line %d: product %s differs from its first line (-first +this):\n%s", l.number, l.product(), diff)
			}
			continue
		}
		first[l.product()] = common
		for _, name := range []string{l.fields["name_tr"], l.fields["name_en"]} {
			if other, taken := names[name]; taken {
				t.Errorf("line %d: %q is the name of product %s already", l.number, name, other)
			}
			names[name] = l.product()
		}
	}
	if len(first) != 18 {
		t.Errorf("%d products, want 18", len(first))
	}
}

func TestSizesAreSorted(t *testing.T) {
	var before line
	for _, l := range catalogue(t) {
		order := l.integer(t, "size_order")
		if l.product() == before.product() && order <= before.integer(t, "size_order") {
			t.Errorf("line %d: size %q does not come after %q", l.number, l.fields["size"], before.fields["size"])
		}
		if n, err := strconv.Atoi(l.fields["size"]); err == nil && n != order {
			t.Errorf("line %d: size %d is ordered as %d", l.number, n, order)
		}
		before = l
	}
}

func TestTurkishIsWrittenAsTurkish(t *testing.T) {
	var turkish, english strings.Builder
	for _, l := range catalogue(t) {
		for column, field := range l.fields {
			switch {
			case strings.HasSuffix(column, "_tr"):
				turkish.WriteString(field)
			case strings.HasSuffix(column, "_en"):
				english.WriteString(field)
			}
		}
		if l.fields["description_tr"] == l.fields["description_en"] {
			t.Errorf("line %d: the description is not translated", l.number)
		}
	}
	for _, letter := range "ıİşğçöü" {
		if !strings.ContainsRune(turkish.String(), letter) {
			t.Errorf("no %c in the Turkish texts", letter)
		}
	}
	if at := strings.IndexAny(english.String(), "ıİşŞğĞ"); at >= 0 {
		t.Errorf("a Turkish letter in the English texts: %.40q", english.String()[at:])
	}
}

func TestColoursAreSwatches(t *testing.T) {
	swatch := regexp.MustCompile(`^#[0-9a-f]{6}$`)
	for _, l := range catalogue(t) {
		if !swatch.MatchString(l.fields["colour_hex"]) {
			t.Errorf("line %d: colour_hex %q", l.number, l.fields["colour_hex"])
		}
	}
}

func TestPicturesDecodeAndAreAllUsed(t *testing.T) {
	used := map[string]bool{}
	for _, l := range catalogue(t) {
		for _, name := range l.pictures() {
			if path.Dir(name) != "pictures" {
				t.Errorf("line %d: picture %q is not in the folder of pictures", l.number, name)
			}
			used[name] = true
		}
	}
	for name := range used {
		checkPicture(t, name)
	}
	files, err := filepath.Glob(filepath.Join("pictures", "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !used[filepath.ToSlash(file)] {
			t.Errorf("%s is on no line", file)
		}
	}
}

func checkPicture(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(filepath.FromSlash(name))
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	picture, err := jpeg.Decode(f)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if size := picture.Bounds().Size(); size.X < 480 || size.Y < 480 {
		t.Errorf("%s: %v is too small for the screen", name, size)
	}
}
