package screen_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/screen/panel"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// strange is a product nobody would sell, and somebody will import.
func strange(text string, sizes, colours int) localapi.Product {
	p := localapi.Product{ID: "p", Name: text, Brand: text, Description: text, Composition: text, Care: text,
		Pictures: []string{"", "zz", strings.Repeat("0", 64), text, "", "", "", "", "", "", "", ""}}
	for c := range colours {
		for s := range sizes {
			v := localapi.Variant{GTIN: fmt.Sprintf("%d-%d", c, s), Size: fmt.Sprintf("%d%.12s", s, text), Colour: fmt.Sprintf("%d%s", c, text),
				ColourHex: []string{"#12345", "", "red", "#ffffff"}[c%4], ToBring: s % 3}
			if s%2 == 0 {
				v.Price = &localapi.Money{Minor: -1 << 62, Currency: text}
			}
			p.Variants = append(p.Variants, v)
		}
	}
	return p
}

func TestStrangeGarmentsBreakNothing(t *testing.T) {
	shop := openShop(t)
	texts := []string{"", "İ", strings.Repeat("Uzun isimli bir şey ", 40), strings.Repeat("Ğ", 500), "a\nb\tc\x00d", "\xff\xfe", "🧥👗", "مرحبا"}
	for _, p := range panel.Profiles() {
		st := newStage(t, shop, p)
		for i, text := range texts {
			for _, n := range [][2]int{{0, 0}, {1, 1}, {30, 25}} {
				t.Run(fmt.Sprintf("%s-%d-%d", p.Name, i, n[0]), func(t *testing.T) {
					product := strange(text, n[0], n[1])
					garment := localapi.Garment{EPC: "e", GTIN: "0-0", Product: product, Unconfirmed: true}
					k := kiosktest.Visited("tr", garment)
					for r := range 3 {
						k.Room.Requests = append(k.Room.Requests, localapi.Request{ID: fmt.Sprint(r), GTIN: "0-1", Product: text, Size: text,
							By: text, State: []string{"accepted", "unavailable", text}[r], Escalated: r})
					}
					show(t, st, k, view.TapGarment{EPC: "e"}, view.TapPicture{Index: 99})
					k.ToCheckout = true
					show(t, st, k, view.TapTransfer{}, view.CommandDone{Ticket: 1, Parked: &localapi.Parked{Code: text}})
					show(t, st, k)
					k.Room.Garments = []localapi.Garment{garment, garment, garment, garment, garment, garment}
					k.Room.Name, k.Languages = text, []string{"tr", "", text, "de"}
					show(t, st, k)
				})
			}
		}
	}
}

// show renders a state and looks whether everything that can be tapped is still large enough.
func show(t *testing.T, st *stage, k localapi.KioskState, then ...view.Msg) {
	t.Helper()
	s, _ := view.Reduce(view.State{}, view.StateLoaded{Kiosk: k}, kiosktest.Noon())
	for _, m := range then {
		s, _ = view.Reduce(s, m, kiosktest.Noon())
	}
	st.screen.Render(s)
	st.canvas.Capture()
	walk(st.screen.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, _ fyne.Position, _ bool) {
		if a, ok := o.(*touch.Area); ok && (a.Size().Width < 52 || a.Size().Height < 52) {
			t.Errorf("%.40q is %v", a.Label, a.Size())
		}
	})
}
