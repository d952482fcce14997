package store

import (
	"crypto/sha256"
	"fmt"
	"time"

	"showroom/agent/showroom"
)

// KioskSession is what a kiosk shows that outlives its process.
type KioskSession struct {
	Kiosk    showroom.KioskID
	Language string           // "" for the shop's first
	Visit    showroom.VisitID // "" for nobody
}

// Session answers the session of a kiosk, an empty one when it has none.
func (v *View) Session(kiosk showroom.KioskID) (KioskSession, error) {
	s := KioskSession{Kiosk: kiosk}
	_, err := v.one(`SELECT language, visit FROM kiosk_session WHERE kiosk=?`, []any{kiosk}, &s.Language, &s.Visit)
	if err != nil {
		return s, fmt.Errorf("read session: %w", err)
	}
	return s, nil
}

// PutSession saves the session of a kiosk.
func (tx *Tx) PutSession(s KioskSession) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO kiosk_session (kiosk, language, visit) VALUES (?,?,?)`, s.Kiosk, s.Language, s.Visit)
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

// StaffSession is an associate signed in on one device. Only the hash of the token is kept.
type StaffSession struct {
	TokenHash [sha256.Size]byte
	Staff     showroom.StaffID
	Expires   time.Time
}

// PutStaffSession saves a session of an associate.
func (tx *Tx) PutStaffSession(s StaffSession) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO staff_session (token_hash, staff, expires) VALUES (?,?,?)`,
		s.TokenHash[:], s.Staff, wallText(s.Expires))
	if err != nil {
		return fmt.Errorf("save staff session: %w", err)
	}
	return nil
}

// StaffSession answers the session of a token, expired or not. CodeNotFound when there is none.
func (v *View) StaffSession(tokenHash [sha256.Size]byte) (StaffSession, error) {
	return get(v, "session", func(s scanner) (StaffSession, error) {
		session := StaffSession{TokenHash: tokenHash}
		var expires string
		err := s.Scan(&session.Staff, &expires)
		if err == nil {
			session.Expires, err = parseWall(expires)
		}
		return session, err
	}, `SELECT staff, expires FROM staff_session WHERE token_hash=?`, tokenHash[:])
}

// DeleteStaffSession signs an associate out on one device. No such session is no error.
func (tx *Tx) DeleteStaffSession(tokenHash [sha256.Size]byte) error {
	if _, err := tx.exec(`DELETE FROM staff_session WHERE token_hash=?`, tokenHash[:]); err != nil {
		return fmt.Errorf("delete staff session: %w", err)
	}
	return nil
}
