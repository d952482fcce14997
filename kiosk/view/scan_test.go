package view_test

import (
	"testing"

	"showroom/agent/lang"
	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

func scans(scan *localapi.Scan) func(*localapi.KioskState) {
	return func(k *localapi.KioskState) { k.Scan = scan }
}

func (s *story) route(want view.Route) {
	s.t.Helper()
	if s.state.Route != want {
		s.t.Fatalf("the page is %d, want %d", s.state.Route, want)
	}
}

func TestAScannedPieceHasThePageOfAGarment(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.load(scans(kiosktest.ScannedPiece(s.shop.Polo("tr"), 3)))
	s.route(view.RouteScan)
	p := s.garment()
	if p.Name != "Işıltılı İpek Gömlek" || len(p.Sizes) != 5 || p.Action.Kind != view.Bring || p.Action.GTIN != poloL {
		t.Errorf("page %+v", p)
	}
	if _, sentence := s.state.Scan(); sentence {
		t.Error("a piece is also a sentence")
	}
	s.tell(view.TapVariant{GTIN: "00614141000242"})
	s.tell(s.garment().Action.Msg())
	s.expect(view.SendRequest{Ticket: 1, GTIN: "00614141000242", For: poloL})
	if p := s.garment(); p.Progress == nil || p.Progress.Stage != view.Sending {
		t.Errorf("progress %+v", p.Progress)
	}
	s.tell(view.TapBack{})
	s.expect(view.PutScanAside{Ticket: 2, Scan: "scan-" + poloL})
	s.route(view.RouteRoom)
	if got := s.state.Room(s.at).Progress; len(got) != 1 || got[0].Name == "" {
		t.Errorf("the request went with the card: %+v", got)
	}
	s.load(func(*localapi.KioskState) {}) // the agent has not heard yet
	s.route(view.RouteRoom)
	s.load(scans(nil))
	s.route(view.RouteRoom)
}

func TestTheSameCodeAgainRefreshesItsPage(t *testing.T) {
	s := begin(t, poloRoom(t))
	again := func(id string) *localapi.Scan {
		scan := kiosktest.ScannedPiece(s.shop.Polo("tr"), 3)
		scan.ID = id
		return scan
	}
	s.load(scans(again("a")))
	s.tell(view.TapVariant{GTIN: "00614141000242"})
	s.load(scans(again("b")))
	if s.state.Open.GTIN != "00614141000242" {
		t.Errorf("the same label again chose %s", s.state.Open.GTIN)
	}
	s.load(scans(kiosktest.ScannedPiece(s.shop.Shoes("tr"), 2)))
	if p := s.garment(); p.Name != "Kanvas Günlük Ayakkabı" {
		t.Errorf("another label shows %s", p.Name)
	}
	s.tell(view.TapBack{})
	s.route(view.RouteRoom)
	s.load(scans(again("c")))
	s.route(view.RouteScan)
	if s.state.Open.GTIN != poloL {
		t.Errorf("a label shown anew chose %s", s.state.Open.GTIN)
	}
	s.load(scans(nil))
	s.route(view.RouteRoom)
}

func TestWhoScansInAnEmptyRoomMayAsk(t *testing.T) {
	s := begin(t, kiosktest.Empty("tr"))
	s.route(view.RouteIdle)
	s.load(scans(kiosktest.ScannedPiece(s.shop.Polo("tr"), 3)))
	s.tell(s.garment().Action.Msg())
	s.expect(view.SendRequest{Ticket: 1, GTIN: poloL, For: poloL})
	s.load(func(k *localapi.KioskState) { k.Room.Visit = "v1" }) // it has opened the visit
	s.route(view.RouteScan)
	if p := s.garment(); p.Progress == nil {
		t.Error("what was asked for is forgotten as the visit opens")
	}
	s.load(func(k *localapi.KioskState) { k.Room.Visit, k.Scan = "", nil })
	s.route(view.RouteIdle)
	if len(s.state.Pending) != 0 {
		t.Errorf("the next shopper finds %+v", s.state.Pending)
	}
}

func TestAnEmptyRoomAsksForNothingNotScanned(t *testing.T) {
	s := begin(t, kiosktest.Empty("tr"))
	s.load(scans(kiosktest.Scanned(localapi.ScanOrder)))
	s.tell(view.TapBring{GTIN: poloL})
	s.expect()
	s.tell(view.TapBack{})
	s.route(view.RouteIdle)
}

func TestEveryCodeHasASentence(t *testing.T) {
	kinds := []string{localapi.ScanUnknown, localapi.ScanUnreadable, localapi.ScanCustomer, localapi.ScanReceipt, localapi.ScanOrder,
		localapi.ScanOther, "of a later agent"}
	for _, language := range []string{"tr", "en"} {
		seen := map[string]string{}
		for _, kind := range kinds {
			s := begin(t, kiosktest.Visited(language))
			s.load(scans(kiosktest.Scanned(kind)))
			p, ok := s.state.Scan()
			if !ok || p.Title == "" || p.Title[0] == '[' || p.Text == "" || p.Text[0] == '[' || p.Close[0] == '[' {
				t.Errorf("%s in %s: %+v", kind, language, p)
			}
			if before, same := seen[p.Title]; same && kind != "of a later agent" {
				t.Errorf("%s says the same as %s: %q", kind, before, p.Title)
			}
			seen[p.Title] = kind
		}
	}
}

func TestACaptureIsSaidOnEveryPage(t *testing.T) {
	for _, language := range []string{"tr", "en"} {
		s := begin(t, kiosktest.Visited(language, kiosktest.Hang(shop(t).Polo(language), 2)))
		s.load(func(k *localapi.KioskState) { k.Capture = kiosktest.Capturing() })
		want := lang.For(lang.Tag(language)).T("kiosk.capture.runs", "time", "15:10")
		leave, idle, room := s.state.Leave(), s.state.Idle(), s.state.Room(s.at)
		s.openPolo()
		garment := s.garment()
		s.load(scans(kiosktest.Scanned(localapi.ScanOrder)))
		scan, _ := s.state.Scan()
		for name, got := range map[string]string{"leave": leave.Capture, "idle": idle.Capture, "room": room.Capture, "garment": garment.Capture, "scan": scan.Capture} {
			if got != want {
				t.Errorf("page %s in %s says %q", name, language, got)
			}
		}
		s.load(func(k *localapi.KioskState) { k.Capture = nil })
		if got := s.state.Frame().Capture; got != "" {
			t.Errorf("afterwards it still says %q", got)
		}
	}
}
