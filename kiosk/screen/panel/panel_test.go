package panel_test

import (
	"math"
	"testing"

	"showroom/kiosk/screen/panel"
)

func TestProfilesAreTheSizeTheySay(t *testing.T) {
	inches := map[string]float64{"10in-1280x800": 10.1, "7in-800x480": 7}
	for _, p := range panel.Profiles() {
		diagonal := math.Hypot(float64(p.Width), float64(p.Height)) / p.PPMM / 25.4
		if math.Abs(diagonal-inches[p.Name]) > 0.1 {
			t.Errorf("%s has a diagonal of %.2f inches", p.Name, diagonal)
		}
		if mm := float64(p.Primary()) / p.PPMM; mm < 15 || mm > 15.3 {
			t.Errorf("%s: a primary target is %.2f mm", p.Name, mm)
		}
		if mm := float64(p.Secondary()) / p.PPMM; mm < 10 || mm > 10.3 {
			t.Errorf("%s: a secondary target is %.2f mm", p.Name, mm)
		}
	}
}

func TestParse(t *testing.T) {
	for in, ok := range map[string]bool{
		"10in-1280x800": true, "7in-800x480": true, "ppmm=5.9": true, "ppmm=0": false, "ppmm=NaN": false, "ppmm=x": false, "15in": false, "": false,
	} {
		p, err := panel.Parse(in)
		if (err == nil) != ok {
			t.Errorf("Parse(%q) = %+v, %v", in, p, err)
		}
	}
	if p, _ := panel.Parse("ppmm=5.9"); p.MM(10) != 59 {
		t.Errorf("10 mm are %v pixels", p.MM(10))
	}
}
