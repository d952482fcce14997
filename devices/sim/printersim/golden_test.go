package printersim_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/agent/lang"
	"showroom/agent/receipt"
	"showroom/agent/showroom"
	"showroom/devices/printer"
	"showroom/devices/sim/printersim"
)

const address = "https://receipts.example/r/MDEyMzQ1Njc4OWFiY2RlZuBZU4Y"

// turkish is the receipt of a sale with offers, two rates, a card and a fiscal slip, of which something came back.
func turkish(t *testing.T) receipt.Receipt {
	t.Helper()
	lira := func(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }
	lines := []showroom.Line{
		{ID: "a", GTIN: "08690123456789", Name: showroom.Text{"tr": "Şişme yelek, İnce Çizgili", "en": "Quilted vest"}, Size: "M", Colour: showroom.Text{"tr": "Koyu yeşil", "en": "Dark green"}, Quantity: 1, Unit: lira(79_990), VATBasisPoints: 1000, Reductions: []showroom.Reduction{{Name: showroom.Text{"tr": "Yaz indirimi %15", "en": "Summer 15% off"}, Amount: lira(11_999)}}},
		{ID: "b", GTIN: "08690123456796", Name: showroom.Text{"tr": "Gömlek ğüşıöç ĞÜŞİÖÇ", "en": "Shirt"}, Size: "40", Quantity: 3, Unit: lira(3_333), VATBasisPoints: 1000},
		{ID: "c", GTIN: "08690123456802", Name: showroom.Text{"tr": "Alışveriş çantası", "en": "Shopping bag"}, Quantity: 1, Unit: lira(50), VATBasisPoints: 2000, Fixed: true},
	}
	totals, err := showroom.AddUp("TRY", lines)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 13, 5, 9, 0, time.UTC)
	sale := showroom.Sale{
		ID: "s1", Number: 1042, Kiosk: "sco1", Language: "tr", Lines: lines, Totals: totals, At: at,
		Tenders: []showroom.Tender{{Kind: showroom.TenderCard, Amount: totals.Due, Card: showroom.Card{Name: "Troy", Last4: "4242"}, Reference: showroom.Reference{Auth: "783112"}}},
		Fiscal:  &showroom.Fiscal{Device: "AT0000123456", Z: 318, Receipt: 27, EKU: 2, ETTN: "f47ac10b-58cc-4372-a567-0e02b2c3d479", Invoice: "MGZ2026000001042", At: at},
	}
	back, vat, amount, err := sale.Refund(nil, map[showroom.LineID]int{"a": 1, "b": 2})
	if err != nil {
		t.Fatal(err)
	}
	r, err := receipt.New(sale, []showroom.Return{{ID: "r", Lines: back, VAT: vat, Amount: amount, At: at.Add(50 * time.Hour)}}, receipt.Seller{
		Name: "Örnek Tekstil San. ve Tic. A.Ş.", Shop: "Mağaza Işıl", TaxID: "1234567890", TaxOffice: "Beşiktaş", Zone: "Europe/Istanbul",
		Address: receipt.Address{Street: "Çırağan Cad. No: 7", District: "Beşiktaş", City: "İstanbul", PostCode: "34349", Country: "TR"},
	}, address)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A Turkish receipt as each model prints it, on paper of 80 and of 58 mm.
func TestReceiptOnPaper(t *testing.T) {
	for _, c := range []struct {
		name, model string
		o           printersim.Options
	}{
		{"epson", "epson", printersim.Options{Make: printersim.Epson, Width: 48}},
		{"datecs", "datecs", printersim.Options{Make: printersim.Datecs, Width: 32}},
		{"generic", "generic", printersim.Options{Make: printersim.Epson, Width: 42}},
		{"raster", "raster", printersim.Options{Make: printersim.Cheap, Width: 48}},
		{"return", "epson", printersim.Options{Make: printersim.Epson, Width: 48}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, c.model, c.o)
			r := turkish(t)
			if c.name == "return" {
				r, _ = r.Credit(1)
			}
			slip := append(r.Slip(lang.Turkish), showroom.SlipLine{EAN: "8690123456789"})
			if err := d.wait(d.print(t.Context(), printer.Job{ID: "a", Slip: slip})); err != nil {
				t.Fatal(err)
			}
			d.until("it is cut", func() bool { return len(d.sim.Slips()) == 1 })
			golden(t, c.name+".png", d.sim.Slips()[0])
			decode(t, d.sim.Slips()[0])
		})
	}
}

// golden compares dot by dot. A picture that differs is put into testdata/failed; make golden takes it over once it was looked at.
func golden(t *testing.T, name string, got *image.Gray) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		var want image.Image
		if want, err = png.Decode(bytes.NewReader(body)); err == nil && same(want, got) {
			return
		}
	}
	failed := filepath.Join("testdata", "failed", name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(failed), 0o755), os.WriteFile(failed, picture(t, got), 0o644)); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s is another picture (%v); the new one is %s", name, err, failed)
}

func same(want image.Image, got *image.Gray) bool {
	if want.Bounds() != got.Bounds() {
		return false
	}
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			if r, _, _, _ := want.At(x, y).RGBA(); byte(r>>8) != got.GrayAt(x, y).Y {
				return false
			}
		}
	}
	return true
}

func picture(t *testing.T, img *image.Gray) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// decode has a real decoder read the codes on the paper.
func decode(t *testing.T, img *image.Gray) {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil && os.Getenv("CI") != "true" {
		return
	}
	file := filepath.Join(t.TempDir(), "slip.png")
	if err := os.WriteFile(file, picture(t, img), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "--quiet", "--raw", file).Output()
	if err != nil || !strings.Contains(string(out), address) || !strings.Contains(string(out), "8690123456789") {
		t.Errorf("the codes say %q (%v)", out, err)
	}
}
