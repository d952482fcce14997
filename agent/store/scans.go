package store

import (
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// KioskScan is what the scanner of a kiosk was last shown, as long as the kiosk shows it. What the code said is not kept.
type KioskScan struct {
	Kiosk showroom.KioskID
	ID    string           // another one for each showing
	Kind  string           // what it means
	GTIN  gs1.GTIN         // of an item; else empty
	Visit showroom.VisitID // "" for nobody
	At    showroom.Moment
}

// KioskScan answers what a kiosk's scanner was last shown, or false when the kiosk shows nothing of that.
func (v *View) KioskScan(kiosk showroom.KioskID) (KioskScan, bool, error) {
	return find(v, "scan", func(s scanner) (KioskScan, error) {
		k := KioskScan{Kiosk: kiosk}
		var at moment
		err := s.Scan(&k.ID, &k.Kind, &k.GTIN, &k.Visit, &at)
		k.At = showroom.Moment(at)
		return k, err
	}, `SELECT id, kind, gtin, visit, at FROM kiosk_scan WHERE kiosk=?`, kiosk)
}

// PutKioskScan saves what a kiosk's scanner was shown, in place of what it was shown before.
func (tx *Tx) PutKioskScan(s KioskScan) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO kiosk_scan (kiosk, id, kind, gtin, visit, at) VALUES (?,?,?,?,?,?)`,
		s.Kiosk, s.ID, s.Kind, s.GTIN, s.Visit, moment(s.At))
	if err != nil {
		return fmt.Errorf("save scan: %w", err)
	}
	return nil
}

// DeleteKioskScan forgets what a kiosk's scanner was shown. Nothing to forget is no error.
func (tx *Tx) DeleteKioskScan(kiosk showroom.KioskID) error {
	if _, err := tx.exec(`DELETE FROM kiosk_scan WHERE kiosk=?`, kiosk); err != nil {
		return fmt.Errorf("forget scan: %w", err)
	}
	return nil
}
