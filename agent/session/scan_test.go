package session_test

import (
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

const shirt = gs1.GTIN("00614141000012")

func (s *shop) sells() {
	s.t.Helper()
	s.update(func(tx *store.Tx) error {
		if err := tx.PutProduct(showroom.Product{ID: "p"}, 1); err != nil {
			return err
		}
		return tx.PutItem(showroom.Item{GTIN: shirt, Product: "p"}, 1)
	})
}

func (s *shop) scans(kind devices.ScanKind, item gs1.GTIN) {
	s.t.Helper()
	if err := s.sessions.Scan(s.t.Context(), devices.Scan{Scanner: "s2", Kind: kind, GTIN: item, Text: "secret"}); err != nil {
		s.t.Fatal(err)
	}
}

// shown is the kind of code the kiosk shows, "" for none.
func (s *shop) shown() (kind string) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(v *store.View) error {
		shown, _, err := s.sessions.Shown(v, s.kiosk)
		kind = shown.Kind
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return kind
}

// kept says whether anything of a scan is in the store.
func (s *shop) kept() (kept bool) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		_, kept, err = v.KioskScan("fr2")
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return kept
}

func (s *shop) sweep(sweep func() error) {
	s.t.Helper()
	if err := sweep(); err != nil {
		s.t.Fatal(err)
	}
}

func TestAScanGoesWithItsVisit(t *testing.T) {
	s := open(t, time.Minute)
	s.sells()
	settle := s.sessions.Sweeper()
	sweep := func() { t.Helper(); s.sweep(func() error { return settle(t.Context()) }) }
	end := s.visit("v1")
	s.scans(devices.ScanItem, shirt)
	s.clock.pass(time.Hour)
	sweep()
	if got := s.shown(); got != string(devices.ScanItem) {
		t.Errorf("an hour into the visit the card is %q", got)
	}
	end()
	if got := s.shown(); got != "" {
		t.Errorf("the next shopper sees %q", got)
	}
	sweep()
	if s.kept() {
		t.Error("a scan outlives its visit")
	}
}

func TestAScanLapsesHoweverTheClockStands(t *testing.T) {
	for _, kind := range []devices.ScanKind{devices.ScanItem, devices.ScanCustomer} {
		s := open(t, time.Minute)
		s.sells()
		settle := s.sessions.Sweeper()
		sweep := func() { t.Helper(); s.sweep(func() error { return settle(t.Context()) }) }
		s.scans(kind, shirt)
		s.clock.reboot(-9 * time.Hour)
		sweep()
		if s.shown() == "" {
			t.Errorf("%s: the restart has taken it", kind)
		}
		s.clock.pass(time.Minute)
		sweep()
		if s.kept() {
			t.Errorf("%s: it is shown for as long as the clock is behind", kind)
		}
	}
}

func TestAScanInAnEmptyRoomOpensNoVisitAndLapses(t *testing.T) {
	s := open(t, time.Minute)
	s.sells()
	settle := s.sessions.Sweeper()
	sweep := func() { t.Helper(); s.sweep(func() error { return settle(t.Context()) }) }
	s.scans(devices.ScanItem, shirt)
	s.clock.pass(59 * time.Second)
	sweep()
	if s.shown() == "" {
		t.Error("the card is gone before the shopper is")
	}
	if err := s.db.View(t.Context(), func(v *store.View) error {
		_, open, err := v.OpenVisit("2")
		if open {
			t.Error("a scan opened a visit")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s.clock.pass(time.Second)
	sweep()
	if s.kept() {
		t.Error("nobody is there and the card stays")
	}
	s.scans(devices.ScanItem, shirt)
	s.visit("v1")
	sweep()
	s.clock.pass(time.Hour)
	sweep()
	if s.shown() == "" {
		t.Error("the visit that followed has lost its card")
	}
}

func TestAScanIsASignOfLife(t *testing.T) {
	s := open(t, time.Minute)
	s.visit("v1")
	s.clock.pass(2 * time.Minute)
	s.scans(devices.ScanUnreadable, "")
	if err := s.db.View(t.Context(), func(v *store.View) error {
		visit, _, err := v.OpenVisit("2")
		if idle := s.clock.now().Since(visit.LastActive); idle > time.Second {
			t.Errorf("after a scan the visit is idle since %v", idle)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestASentenceGoesByItself(t *testing.T) {
	s := open(t, time.Hour)
	settle := s.sessions.Sweeper()
	s.visit("v1")
	s.scans(devices.ScanItem, shirt) // not in the catalogue
	if got := s.shown(); got != string(session.ScanUnknown) {
		t.Errorf("a piece nobody knows is %q", got)
	}
	s.clock.pass(19 * time.Second)
	s.sweep(func() error { return settle(t.Context()) })
	if s.shown() == "" {
		t.Error("the sentence is gone before it can be read")
	}
	s.clock.pass(2 * time.Second)
	s.sweep(func() error { return settle(t.Context()) })
	if s.kept() {
		t.Error("the sentence stays")
	}
}

func TestAForgottenVisitLeavesNoScan(t *testing.T) {
	s := open(t, time.Minute)
	s.sells()
	end := s.visit("v1")
	s.scans(devices.ScanItem, shirt)
	end()
	s.update(func(tx *store.Tx) error {
		_, err := tx.Forget("v1")
		return err
	})
	if s.kept() {
		t.Error("a forgotten visit left what was scanned in it")
	}
}
