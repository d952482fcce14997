package session

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// ScanUnknown is a scan of an item that the catalogue does not know.
const ScanUnknown devices.ScanKind = "unknown"

// sentenceFor is how long a kiosk says what a code is that it can do nothing with.
const sentenceFor = 20 * time.Second

// Scan takes a code that somebody has shown to a scanner and gives it to the kiosk the scanner stands at, in place of the one before.
// Whoever shows a code is there, as if they had touched the screen; that alone opens no visit. Of the code nothing is kept but what
// it means and the item's number. Where people pay it goes into the basket; other kiosks without a fitting room have no use for it yet.
//
// CodeNotFound when no kiosk has that scanner.
func (s *Sessions) Scan(ctx context.Context, code devices.Scan) error {
	k, err := s.scannedAt(code.Scanner)
	if err == nil && k.sells() && s.opt.Checkout != nil {
		return s.sell(ctx, k, code)
	}
	if err != nil || k.Room == "" {
		return err
	}
	err = s.db.Update(ctx, func(tx *store.Tx) error { return s.scanned(tx, k, code) })
	if err != nil {
		return fmt.Errorf("take what was scanned at kiosk %s: %w", k.ID, err)
	}
	return nil
}

// sell gives a code to the checkout it was shown to, which says on its screen what comes of it.
func (s *Sessions) sell(ctx context.Context, k Kiosk, code devices.Scan) error {
	desk, err := s.opt.Checkout.Kiosk(k.ID)
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *store.Tx) error { return s.opt.Checkout.Scan(tx, desk, code) })
	if err = s.opt.Checkout.Tell(k.ID, err); err != nil {
		return fmt.Errorf("take what was scanned at kiosk %s: %w", k.ID, err)
	}
	return nil
}

func (s *Sessions) scannedAt(scanner showroom.DeviceID) (Kiosk, error) {
	for _, k := range s.opt.Kiosks {
		if k.Scanner == scanner && scanner != "" {
			return k, nil
		}
	}
	return Kiosk{}, showroom.Errorf(showroom.CodeNotFound, "No kiosk has the scanner %q. Name it at its kiosk in the agent's configuration.", string(scanner))
}

func (s *Sessions) scanned(tx *store.Tx, k Kiosk, code devices.Scan) error {
	visit, open, err := tx.OpenVisit(k.Room)
	if err != nil {
		return err
	}
	if open {
		if err := tx.PutVisit(visit.Touch(tx.Now())); err != nil {
			return err
		}
	}
	shown := store.KioskScan{Kiosk: k.ID, ID: rand.Text(), Kind: string(code.Kind), Visit: visit.ID, At: tx.Now()}
	if code.Kind == devices.ScanItem {
		shown.GTIN = code.GTIN
		_, err := tx.Item(code.GTIN)
		switch showroom.ErrorCode(err) {
		case "":
		case showroom.CodeNotFound:
			shown.Kind = string(ScanUnknown)
		default:
			return err
		}
	}
	return s.putScan(tx, shown)
}

func (s *Sessions) putScan(tx *store.Tx, shown store.KioskScan) error {
	if err := tx.PutKioskScan(shown); err != nil {
		return err
	}
	_, err := tx.Append(showroom.SessionChanged{Kiosk: shown.Kiosk})
	return err
}

func (s *Sessions) dropScan(tx *store.Tx, k showroom.KioskID) error {
	if err := tx.DeleteKioskScan(k); err != nil {
		return err
	}
	_, err := tx.Append(showroom.SessionChanged{Kiosk: k})
	return err
}

// Shown answers what was last scanned at a kiosk and is still to be seen there, or false.
func (s *Sessions) Shown(v *store.View, k Kiosk) (store.KioskScan, bool, error) {
	shown, visit, ok, err := s.shown(v, k)
	if err != nil || !ok || shown.Visit != "" && shown.Visit != visit {
		return store.KioskScan{}, false, err
	}
	return shown, true, nil
}

func (s *Sessions) shown(v *store.View, k Kiosk) (store.KioskScan, showroom.VisitID, bool, error) {
	shown, ok, err := v.KioskScan(k.ID)
	if err != nil || !ok {
		return shown, "", false, err
	}
	visit, _, err := v.OpenVisit(k.Room)
	return shown, visit.ID, err == nil, err
}

// PutAside takes what was scanned off the kiosk. scan is the one that was looked at: one shown since stays.
func (s *Sessions) PutAside(tx *store.Tx, k Kiosk, scan string) error {
	shown, ok, err := tx.KioskScan(k.ID)
	if err != nil || !ok || shown.ID != scan {
		return err
	}
	return s.dropScan(tx, k.ID)
}

// settleScan answers what is to be done about what a kiosk shows, nil for nothing, and how long until there is: it goes with its
// visit, after a while with nobody there, and a sentence goes by itself.
func (s *Sessions) settleScan(v *store.View, k Kiosk, at showroom.Moment) (do func(*store.Tx) error, left time.Duration, err error) {
	shown, visit, ok, err := s.shown(v, k)
	if err != nil || !ok {
		return nil, 0, err
	}
	drop := func(tx *store.Tx) error { return s.dropScan(tx, k.ID) }
	if shown.Visit != "" && shown.Visit != visit {
		return drop, 0, nil
	}
	lasts := s.opt.Idle
	switch {
	case shown.At.Ahead(at): // or it would stay until the clock has caught up
		shown.At = at
		return func(tx *store.Tx) error { return s.putScan(tx, shown) }, 0, nil
	case shown.Kind != string(devices.ScanItem):
		lasts = sentenceFor
	case shown.Visit != "":
		return nil, 0, nil
	case visit != "":
		shown.Visit = visit
		return func(tx *store.Tx) error { return s.putScan(tx, shown) }, 0, nil
	}
	if left = lasts - at.Since(shown.At); left > 0 {
		return nil, left, nil
	}
	return drop, 0, nil
}
