package view_test

import (
	"testing"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

// A machine that does not work, or that is not there, is in no sentence that says what to do.
func TestNobodyIsToldToUseWhatDoesNotWork(t *testing.T) {
	down := localapi.Reader{State: "down"}
	for name, tc := range map[string]struct {
		change                     func(*localapi.Checkout)
		attract, hint, empty, help string
		note                       string // "" for none
		wish, resume               string
		picture                    view.Pictogram
	}{
		"both work": {func(*localapi.Checkout) {}, "Put your garments on the tray, or scan a price tag.", "Something missing? Scan it, or put it on the tray.",
			"Put a garment on the tray, or scan its tag.", "Put the garments on the tray, or scan them.", "", "Bring it here, or scan it", "Type its code, or scan it.",
			view.PictureTray},
		"no tray": {func(c *localapi.Checkout) { c.Tray = nil }, "Scan a price tag to begin.", "Something missing? Scan it.", "Scan a price tag and see it here.",
			"Scan the price tags.", "", "Bring it here and scan it", "Type its code, or scan it.", view.PictureScan},
		"dead tray": {func(c *localapi.Checkout) { c.Tray.Reader = down }, "Scan a price tag to begin.", "Something missing? Scan it.",
			"Scan a price tag and see it here.", "Scan the price tags.", "The tray is not reading. Please scan the price tags.", "Bring it here and scan it",
			"Type its code, or scan it.", view.PictureScan},
		"no scanner": {func(c *localapi.Checkout) { c.Scanner = nil }, "Put your garments on the tray.", "Something missing? Put it on the tray.",
			"Put a garment on the tray and see it here.", "Put the garments on the tray.", "", "Bring it here and put it on the tray", "Type its code.",
			view.PictureTray},
		"dead scanner": {func(c *localapi.Checkout) { c.Scanner = &down }, "Put your garments on the tray.", "Something missing? Put it on the tray.",
			"Put a garment on the tray and see it here.", "Put the garments on the tray.", "The scanner is not working right now.", "Bring it here and put it on the tray",
			"Type its code.", view.PictureTray},
		"both dead": {func(c *localapi.Checkout) { c.Scanner, c.Tray.Reader = &down, down }, "Search for your garments, or ask for help.",
			"Something missing? Search for it, or ask for help.", "Search for your garments, or ask for help.", "Search for the garments, or call our staff.",
			"The tray and the scanner are not working right now.", "Show it to our staff", "Type its code.", view.PictureAsk},
		"dead tray alone": {func(c *localapi.Checkout) { c.Scanner, c.Tray.Reader = nil, down }, "Search for your garments, or ask for help.",
			"Something missing? Search for it, or ask for help.", "Search for your garments, or ask for help.", "Search for the garments, or call our staff.",
			"The tray is not reading right now.", "Show it to our staff", "Type its code.", view.PictureAsk},
		"neither": {func(c *localapi.Checkout) { c.Scanner, c.Tray = nil, nil }, "Search for your garments, or ask for help.",
			"Something missing? Search for it, or ask for help.", "Search for your garments, or ask for help.", "Search for the garments, or call our staff.",
			"", "Show it to our staff", "Type its code.", view.PictureAsk},
	} {
		s := begin(t, kiosktest.Changed(kiosktest.Counter("en"), tc.change))
		if p := s.state.Attract(); p.Text != tc.attract || p.Picture != tc.picture {
			t.Errorf("%s: the kiosk begins with %q, picture %d", name, p.Text, p.Picture)
		}
		if step := s.state.Help().Steps[0]; step.Text != tc.help || step.Picture != tc.picture {
			t.Errorf("%s: help says %+v", name, step)
		}
		s.tell(view.TapResume{})
		if got := s.state.Code().Text; got != tc.resume {
			t.Errorf("%s: whoever has a basket is told %q", name, got)
		}
		wish := kiosktest.Line(shop(t).Hoodie("en"), 2, 1)
		wish.Wish = true
		s = begin(t, kiosktest.Changed(kiosktest.Fill(kiosktest.Counter("en"), kiosktest.Line(shop(t).Polo("en"), 3, 1), wish), tc.change))
		p := s.state.Basket()
		if p.Hint != tc.hint || p.Lines[1].Tag != tc.wish {
			t.Errorf("%s: the basket says %q, a wish %q", name, p.Hint, p.Lines[1].Tag)
		}
		if (len(p.Notes) == 1) != (tc.note != "") || len(p.Notes) == 1 && p.Notes[0] != (view.Note{Kind: view.NoteFault, Text: tc.note}) {
			t.Errorf("%s: notes %+v", name, p.Notes)
		}
		s = begin(t, kiosktest.Changed(kiosktest.Fill(kiosktest.Counter("en")), tc.change))
		if p := s.state.Basket(); p.Empty != tc.empty || p.Picture != tc.picture {
			t.Errorf("%s: an empty basket says %q, picture %d", name, p.Empty, p.Picture)
		}
	}
}

// Tills and kiosks find a basket by its code: that is what the page calls for, and the number stands apart.
func TestABasketSetAsideIsKnownByItsCode(t *testing.T) {
	s := begin(t, kiosktest.SetAside(shop(t).Shopping("tr"), "till"))
	w := s.state.Parked()
	if w.Code != "K7M4QX" || w.CodeText != "Sepet kodu" || w.Number != "Sepet 12" || w.Text != "Ürünlerinizle kasaya gidin ve bu kodu söyleyin." {
		t.Errorf("the page says %+v", w)
	}
}
