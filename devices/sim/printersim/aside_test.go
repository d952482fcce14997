package printersim_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"showroom/agent/lang"
	"showroom/agent/receipt"
	"showroom/agent/showroom"
	"showroom/devices/printer"
	"showroom/devices/sim/printersim"
)

// A basket that was set aside, as a till's scanner sees it on paper: one bar code for each item, also where the printer draws none.
func TestABasketOnPaper(t *testing.T) {
	try := func(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }
	vest := showroom.Line{ID: "a", GTIN: "08690123456789", Name: showroom.Text{"tr": "Şişme yelek, İnce Çizgili"}, Size: "M", Quantity: 1, Unit: try(79_990), VATBasisPoints: 1000}
	other := vest // a second garment of the item, by its own tag
	other.ID, other.Reductions = "b", []showroom.Reduction{{Name: showroom.Text{"tr": "Yaz indirimi"}, Amount: try(10_000)}}
	b := showroom.Basket{Number: 17, Code: "048213", Currency: "TRY", Lines: []showroom.Line{
		vest, other,
		{ID: "c", GTIN: "00036000291452", Name: showroom.Text{"tr": "Gömlek ğüşıöç"}, Size: "40", Quantity: 3, Unit: try(3_333), VATBasisPoints: 1000},
		{ID: "d", GTIN: "00000096385074", Name: showroom.Text{"tr": "Çorap"}, Quantity: 1, Unit: try(50), VATBasisPoints: 2000},
		{ID: "e", GTIN: "08690123456802", Name: showroom.Text{"tr": "Yalnızca istendi"}, Quantity: 1, Unit: try(99), VATBasisPoints: 2000, Wish: true},
	}}
	for name, o := range map[string]printersim.Options{
		"epson": {Make: printersim.Epson, Width: 48}, "raster": {Make: printersim.Cheap, Width: 48}, "datecs": {Make: printersim.Datecs, Width: 32},
	} {
		t.Run(name, func(t *testing.T) {
			slip, err := receipt.Aside(b, receipt.Seller{Name: "Örnek Tekstil San. ve Tic. A.Ş.", Shop: "Mağaza Işıl"}, lang.Turkish)
			if err != nil {
				t.Fatal(err)
			}
			d := newDesk(t, name, o)
			if err := d.wait(d.print(t.Context(), printer.Job{ID: "a", Slip: slip})); err != nil {
				t.Fatal(err)
			}
			d.until("it is cut", func() bool { return len(d.sim.Slips()) == 1 })
			golden(t, "aside-"+name+".png", d.sim.Slips()[0])
			if _, err := exec.LookPath("zbarimg"); err != nil && os.Getenv("CI") != "true" {
				return
			}
			file := filepath.Join(t.TempDir(), "slip.png")
			if err := os.WriteFile(file, picture(t, d.sim.Slips()[0]), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("zbarimg", "--quiet", "--raw", "-Sean8.enable", "-Sean13.enable", file).Output()
			codes := strings.Fields(string(out))
			if err != nil || len(codes) != 3 {
				t.Errorf("the codes say %q (%v)", codes, err)
			}
			for _, want := range []string{"8690123456789", "0036000291452", "96385074"} {
				if !strings.Contains(string(out), want) {
					t.Errorf("no scanner reads %s", want)
				}
			}
		})
	}
}
