package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/sync/profileapi"
)

// row is a line of a catalogue file that is right, but for what the test changes.
func row(change map[string]string) string {
	fields := map[string]string{
		"product_id": "p1", "name_tr": "Kazak", "name_en": "Jumper", "size": "M", "size_order": "2", "colour_en": "Red", "colour_hex": "#FF0000",
		"sku": "S1", "gtin": "0614141000012", "price_minor": "129900", "currency": "TRY", "vat_bp": "1000", "stock": "3", "images": "a.png",
	}
	for k, v := range change {
		fields[k] = v
	}
	var line []string
	for _, name := range columns() {
		line = append(line, `"`+fields[name]+`"`)
	}
	return strings.Join(line, ",")
}

// write writes a catalogue file with a picture beside it.
func write(t *testing.T, content string) (path string) {
	t.Helper()
	dir := t.TempDir()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "catalogue.csv")
	for name, content := range map[string][]byte{"catalogue.csv": []byte(content), "a.png": picture.Bytes(), "b.png": append(picture.Bytes(), 0), "notes.txt": []byte("x")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func header() string { return strings.Join(columns(), ",") }

func TestReadCatalogue(t *testing.T) {
	path := write(t, "\ufeff"+header()+"\n"+row(nil)+"\n"+row(map[string]string{"gtin": "0614141000029", "size": "L", "images": "b.png; a.png", "stock": "-2", "size_order": ""})+"\n")
	c := &catalogue{}
	if err := c.read(path); err != nil {
		t.Fatal(err)
	}
	if len(c.pictures) != 2 {
		t.Errorf("%d pictures, want 2", len(c.pictures))
	}
	a := c.Products[0].Pictures[0]
	b := c.Items[1].Pictures[0]
	price := func(gtin string) profileapi.Price {
		return profileapi.Price{GTIN: gtin, Periods: []profileapi.PricePeriod{{Minor: 129900, Currency: "TRY", VATBP: 1000}}}
	}
	red := map[string]string{"en": "Red"}
	want := profileapi.Import{
		Products: []profileapi.Product{{ID: "p1", Name: map[string]string{"tr": "Kazak", "en": "Jumper"}, Pictures: []string{a}}},
		Items: []profileapi.Item{
			{GTIN: "00614141000012", Product: "p1", SKU: "S1", Size: "M", SizeOrder: 2, Colour: red, ColourHex: "#ff0000"},
			{GTIN: "00614141000029", Product: "p1", SKU: "S1", Size: "L", Colour: red, ColourHex: "#ff0000", Pictures: []string{b, a}},
		},
		Prices: []profileapi.Price{price("00614141000012"), price("00614141000029")},
		Stock:  []profileapi.Stock{{GTIN: "00614141000012", Quantity: 3}, {GTIN: "00614141000029", Quantity: -2}},
	}
	if diff := cmp.Diff(want, c.Import); diff != "" {
		t.Error(diff)
	}
}

// Every line that is wrong is named, all at once.
func TestReadCatalogueListsAllFaults(t *testing.T) {
	faults := []struct {
		change map[string]string
		want   string
	}{
		{map[string]string{"gtin": "0614141000013"}, `gtin "0614141000013": not a GTIN: check digit`},
		{map[string]string{"gtin": ""}, `gtin "": not a GTIN`},
		{map[string]string{"price_minor": "129.90"}, `price_minor "129.90": write a whole number`},
		{map[string]string{"price_minor": "-1"}, `price_minor "-1"`},
		{map[string]string{"stock": ""}, `stock "": write a whole number`},
		{map[string]string{"currency": "tl"}, `currency "tl"`},
		{map[string]string{"vat_bp": "20000"}, `vat_bp 20000 is more than 100 %`},
		{map[string]string{"colour_hex": "red"}, `colour_hex "red": write #rrggbb`},
		{map[string]string{"product_id": ""}, `product_id is empty`},
		{map[string]string{"product_id": "p2", "name_tr": "", "name_en": ""}, `name_tr and name_en are empty`},
		{map[string]string{"brand": "other"}, `product "p1" is described differently`},
		{map[string]string{"images": "none.png"}, `picture "none.png": open`},
		{map[string]string{"images": "notes.txt"}, `picture "notes.txt": is neither JPEG nor PNG`},
		{map[string]string{"images": "../a.png"}, `picture "../a.png": write a path below`},
		{nil, `gtin "0614141000012" stands on line 2 already`},
	}
	content := header() + "\n" + row(nil) + "\n"
	for i, f := range faults {
		if f.change != nil && f.change["gtin"] == "" {
			if _, set := f.change["gtin"]; !set {
				f.change["gtin"] = validGTIN(t, i)
			}
		}
		content += row(f.change) + "\n"
	}
	content += "too,short\n"
	c := &catalogue{}
	err := c.read(write(t, content))
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	for i, f := range faults {
		at := fmt.Sprintf(":%d: ", i+3)
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, at) && strings.Contains(l, f.want) }) {
			t.Errorf("no fault on line %d with %q in\n%v", i+3, f.want, err)
		}
	}
	if want := fmt.Sprintf(":%d: 2 fields where the header has 22", len(faults)+3); !strings.Contains(err.Error(), want) {
		t.Errorf("no fault with %q", want)
	}
	if len(lines) != len(faults)+1 {
		t.Errorf("%d faults, want %d:\n%v", len(lines), len(faults)+1, err)
	}
}

func validGTIN(t *testing.T, n int) string {
	t.Helper()
	digits := fmt.Sprintf("952100%06d", n)
	check, err := gs1.CheckDigit(digits)
	if err != nil {
		t.Fatal(err)
	}
	return digits + string(check)
}

func TestReadCatalogueRefusesHeaders(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"nothing":        {"", "no header"},
		"one missing":    {strings.Replace(header(), ",stock", "", 1), `column "stock" is missing`},
		"one unknown":    {header() + ",colour", `column "colour" is unknown`},
		"one twice":      {header() + ",gtin", `column "gtin" is unknown or stands twice`},
		"a quote within": {header() + "\na\"b", "bare"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := (&catalogue{}).read(write(t, c.content)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("read: %v, want an error with %q", err, c.want)
			}
		})
	}
}

// The catalogue of the demo is read as it is.
func TestReadDemoCatalogue(t *testing.T) {
	path := filepath.Join("..", "..", "..", "devices", "sim", "demo", "catalogue.csv")
	c := &catalogue{}
	if err := c.read(path); err != nil {
		t.Fatal(err)
	}
	if len(c.Items) < 20 || len(c.pictures) == 0 {
		t.Errorf("%d items, %d pictures", len(c.Items), len(c.pictures))
	}
}

func TestSynthetic(t *testing.T) {
	c, err := makeSynthetic(1234)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Items) != 1234 || len(c.Prices) != 1234 || len(c.Stock) != 1234 || len(c.Products) != 124 {
		t.Errorf("made %d items of %d products", len(c.Items), len(c.Products))
	}
	seen := map[string]bool{}
	for _, it := range c.Items {
		if g, err := gs1.ParseGTIN(it.GTIN); err != nil || string(g) != it.GTIN || seen[it.GTIN] {
			t.Fatalf("GTIN %q: %v", it.GTIN, err)
		}
		seen[it.GTIN] = true
	}
	if _, err := makeSynthetic(syntheticMost + 1); err == nil {
		t.Error("made more items than there are numbers")
	}
}

func TestCommandsExplainThemselves(t *testing.T) {
	for _, cmd := range []string{"serve", "import"} {
		var out bytes.Buffer
		c := serveCommand()
		if cmd == "import" {
			c = importCommand()
		}
		c.SetOut(&out)
		c.SetArgs([]string{"--help"})
		if err := c.Execute(); err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`(?s)Usage:.*Flags:`).MatchString(out.String()) {
			t.Errorf("%s --help says %s", cmd, out.String())
		}
	}
}
