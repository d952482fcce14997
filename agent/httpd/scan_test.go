package httpd_test

import (
	"strings"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/live"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

const secret = "C-4711-ayse.yilmaz"

// shows holds a code to the scanner of the fitting room.
func (s *shop) shows(code devices.Scan) {
	s.t.Helper()
	code.Scanner = "s2"
	if err := s.sessions.Scan(s.t.Context(), code); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) kiosk() (k localapi.KioskState) {
	s.t.Helper()
	if p := s.get("/v1/kiosks/fr2", &k); p != nil {
		s.t.Fatal(p)
	}
	return k
}

func TestAScannedPieceIsShownAndCanBeAskedFor(t *testing.T) {
	s := open(t)
	screen := s.follow("")
	screen.next() // reset
	s.shows(devices.Scan{Kind: devices.ScanItem, GTIN: tee, Text: "]E0" + string(tee)})
	if e := screen.next(); e.name != localapi.EventChanged || !strings.Contains(e.data, "kiosk/fr2") {
		t.Errorf("the screen was told %+v", e)
	}
	k := s.kiosk()
	if k.Scan == nil || k.Scan.Kind != localapi.ScanItem || k.Scan.Product == nil || k.Scan.GTIN != string(tee) {
		t.Fatalf("scan %+v", k.Scan)
	}
	if v := k.Scan.Product.Variants; len(v) != 2 || v[0].Here || v[0].ToBring != 2 || v[0].Price == nil {
		t.Errorf("variants %+v", v)
	}
	if k.Room.Visit != "" {
		t.Error("showing a code opened a visit")
	}
	var r localapi.Request
	if p := s.post("/v1/kiosks/fr2/requests", localapi.RequestCommand{ID: "tap", GTIN: string(big), For: string(tee)}, &r); p != nil {
		t.Fatalf("asking for a size of it: %v", p)
	}
	if k = s.kiosk(); k.Room.Visit == "" || len(k.Room.Requests) != 1 || k.Scan == nil {
		t.Errorf("after asking: %+v, scan %+v", k.Room, k.Scan)
	}
	var after localapi.KioskState
	if p := s.post("/v1/kiosks/fr2/scans/"+k.Scan.ID+"/aside", localapi.Command{ID: "close"}, &after); p != nil || after.Scan != nil {
		t.Errorf("put aside: %v, %+v", p, after.Scan)
	}
}

func TestALateTapDoesNotCloseTheNextScan(t *testing.T) {
	s := open(t)
	s.shows(devices.Scan{Kind: devices.ScanItem, GTIN: tee})
	first := s.kiosk().Scan.ID
	s.shows(devices.Scan{Kind: devices.ScanItem, GTIN: tee})
	second := s.kiosk().Scan
	if second.ID == first {
		t.Error("the same code again is the same showing")
	}
	if p := s.post("/v1/kiosks/fr2/scans/"+first+"/aside", localapi.Command{ID: "late"}, nil); p != nil {
		t.Fatal(p)
	}
	if k := s.kiosk(); k.Scan == nil || k.Scan.ID != second.ID {
		t.Errorf("the next scan is %+v", k.Scan)
	}
}

func TestWithoutAScanAnEmptyRoomAsksForNothing(t *testing.T) {
	s := open(t)
	s.shows(devices.Scan{Kind: devices.ScanOrder, Text: secret})
	if p := s.post("/v1/kiosks/fr2/requests", localapi.RequestCommand{ID: "tap", GTIN: string(big)}, nil); p == nil || p.Code != "conflict" {
		t.Errorf("an empty room asked: %v", p)
	}
}

func TestWhatACodeSaysStaysInTheScanner(t *testing.T) {
	s := open(t)
	for kind, want := range map[devices.ScanKind]string{
		devices.ScanCustomer: localapi.ScanCustomer, devices.ScanReceipt: localapi.ScanReceipt, devices.ScanOrder: localapi.ScanOrder,
		devices.ScanOther: localapi.ScanOther, devices.ScanUnreadable: localapi.ScanUnreadable,
	} {
		s.shows(devices.Scan{Kind: kind, Text: secret})
		if k := s.kiosk(); k.Scan == nil || k.Scan.Kind != want || k.Scan.Product != nil {
			t.Errorf("%s is shown as %+v", kind, k.Scan)
		}
	}
	s.shows(devices.Scan{Kind: devices.ScanItem, GTIN: gs1.GTIN("00614141999996"), Text: secret, Serial: secret})
	if k := s.kiosk(); k.Scan.Kind != localapi.ScanUnknown || k.Scan.GTIN != "" {
		t.Errorf("a piece nobody knows is %+v", k.Scan)
	}
	rows, err := s.db.Since(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if strings.Contains(string(r.Body)+r.Subject, secret) {
			t.Errorf("the journal tells what a code said: %s", r.Body)
		}
	}
	if err := s.db.View(t.Context(), func(v *store.View) error {
		kept, _, err := v.KioskScan("fr2")
		if kept.ID == secret || kept.Kind == secret {
			t.Errorf("kept %+v", kept)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestAScannerOfNobodyIsRefused(t *testing.T) {
	s := open(t)
	for _, scanner := range []showroom.DeviceID{"", "s9"} {
		if err := s.sessions.Scan(t.Context(), devices.Scan{Scanner: scanner, Kind: devices.ScanItem, GTIN: tee}); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("scanner %q: %v", scanner, err)
		}
	}
	if err := s.sessions.Scan(t.Context(), devices.Scan{Scanner: "s1", Kind: devices.ScanItem, GTIN: tee}); err != nil {
		t.Errorf("a kiosk without a room: %v", err)
	}
	var k localapi.KioskState
	if p := s.get("/v1/kiosks/door", &k); p != nil || k.Scan != nil {
		t.Errorf("a kiosk without a room shows %+v %v", k.Scan, p)
	}
}

func TestACaptureIsOnEveryScreen(t *testing.T) {
	s := open(t)
	until := time.Date(2026, 11, 22, 10, 42, 0, 0, time.FixedZone("TRT", 3*60*60))
	s.board.SetCapture(live.Capture{Device: "r2", Since: until.Add(-time.Minute), Until: until, Reason: "no tags at antenna 2"})
	for _, kiosk := range []string{"fr2", "door"} {
		var k localapi.KioskState
		if p := s.get("/v1/kiosks/"+kiosk, &k); p != nil || k.Capture == nil || k.Capture.Clock != "10:42" || k.Capture.Device != "r2" {
			t.Errorf("kiosk %s shows %+v %v", kiosk, k.Capture, p)
		}
	}
}
