package view_test

import (
	"testing"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

func payableRoom(t *testing.T) localapi.KioskState {
	k := poloRoom(t)
	k.ToCheckout = true
	return k
}

// answered is the agent's answer to the command with that ticket.
func answered(ticket view.Ticket) view.Msg {
	p := kiosktest.Listed()
	return view.CommandDone{Ticket: ticket, Parked: &p}
}

func TestTheWayToACheckoutIsShownWhereThereIsOne(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*localapi.KioskState)
		want   string
	}{
		"a garment and a checkout": {func(*localapi.KioskState) {}, "Hızlı kasaya geç"},
		"no checkout":              {func(k *localapi.KioskState) { k.ToCheckout = false }, ""},
		"nothing hangs there":      {func(k *localapi.KioskState) { k.Room.Garments = nil }, ""},
		"somebody else's hangs there": {func(k *localapi.KioskState) {
			k.Room.Garments[0].LeftBehind, k.Room.LeftBehind = true, 1
		}, ""},
		"nobody is there": {func(k *localapi.KioskState) { k.Room.Visit = "" }, ""},
	} {
		s := begin(t, payableRoom(t))
		s.load(tc.change)
		if got := s.state.Room(s.at).Transfer; got != tc.want {
			t.Errorf("%s: the button says %q, want %q", name, got, tc.want)
		}
		if s.tell(view.TapTransfer{}); tc.want == "" && (len(s.last) > 0 || s.state.Route == view.RouteTransfer) {
			t.Errorf("%s: a tap leads to %v and asks %v", name, s.state.Route, s.last)
		}
	}
}

func TestAShopperGoesOnAtACheckout(t *testing.T) {
	s := begin(t, payableRoom(t))
	s.tell(view.TapTransfer{})
	s.expect(view.Transfer{Ticket: 1})
	if p := s.state.Transfer(); s.state.Route != view.RouteTransfer || p.Code != "" || p.Title != "Kodunuz hazırlanıyor…" || p.Text != "" {
		t.Fatalf("while nobody has answered: %v %+v", s.state.Route, p)
	}
	s.tell(view.TapTransfer{})
	s.expect()
	s.tell(answered(1))
	if p := s.state.Transfer(); p.Code != "480139" || p.CodeText == "" || p.Text == "" {
		t.Fatalf("answered: %+v", p)
	}
	s.load(func(k *localapi.KioskState) { k.Room.Garments = nil }) // they are being carried to the checkout
	if s.state.Route != view.RouteTransfer || s.state.Transfer().Code != "480139" {
		t.Errorf("the garments leave, and the page is %v with %q", s.state.Route, s.state.Transfer().Code)
	}
	s.tell(view.TapBack{})
	if s.state.Route != view.RouteRoom || s.state.ListCode != "" {
		t.Errorf("back: %v, code %q", s.state.Route, s.state.ListCode)
	}
}

// What hangs there may have changed since: every time there is another code, and the next shopper sees none.
func TestACodeForACheckoutIsOfOneMomentAndOneShopper(t *testing.T) {
	s := begin(t, payableRoom(t))
	s.tell(view.TapTransfer{})
	s.tell(view.TapBack{})
	s.tell(answered(1))
	if s.state.Route != view.RouteRoom || s.state.ListCode != "" {
		t.Errorf("an answer nobody waits for: %v, code %q", s.state.Route, s.state.ListCode)
	}
	s.tell(view.TapTransfer{})
	s.expect(view.Transfer{Ticket: 2})
	s.tell(answered(2))
	s.load(func(k *localapi.KioskState) { k.Room.Visit, k.Room.Garments = "", nil })
	if s.state.Route != view.RouteIdle || s.state.ListCode != "" {
		t.Errorf("the shopper has gone: %v, code %q", s.state.Route, s.state.ListCode)
	}
	s.load(func(k *localapi.KioskState) { *k = payableRoom(t) })
	s.tell(view.TapTransfer{})
	s.load(func(k *localapi.KioskState) { k.Room.Visit = "v2" })
	s.tell(answered(3))
	if s.state.Route != view.RouteRoom || s.state.ListCode != "" {
		t.Errorf("an answer for the shopper before: %v, code %q", s.state.Route, s.state.ListCode)
	}
}

func TestACodeThatDoesNotComeSaysWhy(t *testing.T) {
	for code, tc := range map[string]struct {
		want  string
		retry bool
	}{
		"":            {"Mağazaya ulaşamadık.", true},
		"conflict":    {"Burada hızlı kasada ödenecek ürün yok.", false},
		"unavailable": {"Hızlı kasa şu anda kapalı.", true},
		"invalid":     {"Hızlı kasa şu anda kapalı.", false},
		"forbidden":   {"Bu olmadı. Görevlimiz yardımcı olabilir.", false},
	} {
		s := begin(t, payableRoom(t))
		s.tell(view.TapTransfer{})
		s.tell(view.CommandFailed{Ticket: 1, Code: code})
		toast := s.state.Frame().Toast
		if s.state.Route != view.RouteRoom || toast.Text != tc.want || (toast.Retry != "") != tc.retry {
			t.Errorf("%q: %v, %+v", code, s.state.Route, toast)
		}
		if !tc.retry {
			continue
		}
		s.tell(toast.Msg)
		s.expect(view.Transfer{Ticket: 1}) // the same command: the agent makes one list of it
		s.tell(answered(1))
		if s.state.Route != view.RouteTransfer || s.state.Transfer().Code != "480139" {
			t.Errorf("%q, tried again: %v, code %q", code, s.state.Route, s.state.Transfer().Code)
		}
	}
}

func TestTheSlipForATill(t *testing.T) {
	page := func(printer, how string) (*story, view.WordPage) {
		s := begin(t, kiosktest.Changed(kiosktest.SetAside(shop(t).Shopping("tr"), "till"), func(c *localapi.Checkout) {
			c.Parked.Printer, c.Parked.Slip = printer, how
		}))
		return s, s.state.Parked()
	}
	for _, tc := range []struct {
		printer, how string
		want         view.Press
		notes        int
	}{
		{"", "", view.Press{}, 0},
		{"", "asked", view.Press{}, 1}, // of an agent that does not tell of its printer
		{"ready", "", view.Press{Label: "Fişi yazdır"}, 0},
		{"low", "asked", view.Press{Label: "Fişi yazdır", Rest: "Fiş yazdırılıyor…"}, 0},
		{"ready", "done", view.Press{Label: "Fişi yazdır", Rest: "Fiş yazdırıldı"}, 1},
		{"out", "done", view.Press{Label: "Fişi yazdır", Rest: "Fiş yazdırıldı"}, 1},
		{"ready", "failed", view.Press{Label: "Fişi yazdır"}, 1},
		{"out", "asked", view.Press{Label: "Fişi yazdır", Rest: "Kâğıt bitti"}, 0},
	} {
		if _, p := page(tc.printer, tc.how); p.Print != tc.want || len(p.Notes) != tc.notes {
			t.Errorf("printer %q, slip %q: %+v, %d notes", tc.printer, tc.how, p.Print, len(p.Notes))
		}
	}
	s, _ := page("ready", "failed")
	s.tell(view.TapPrint{})
	s.expect(view.PrintReceipt{Ticket: 1})
	if p := s.state.Parked(); p.Print.Rest != "Fiş yazdırılıyor…" || len(p.Notes) != 0 {
		t.Errorf("asked for again: %+v %+v", p.Print, p.Notes)
	}
}
