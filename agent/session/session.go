// Package session knows who is at which kiosk: nobody by name, but the language they chose, the visit they are in and the code they
// have just shown to the scanner. It lives in the store, so that a kiosk or the agent may die without the shopper noticing, and it is wiped when they have gone.
package session

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Kiosk is a screen of the shop as the configuration names it.
type Kiosk struct {
	ID   showroom.KioskID
	Mode string
	Room showroom.RoomID // fitting-room mode; else empty
	// Scanner is the one that stands beside the screen; empty for none.
	Scanner showroom.DeviceID
}

// sells says that people pay at the kiosk.
func (k Kiosk) sells() bool { return k.Mode == "checkout" }

// Options are the screens and how long a choice holds when nobody is there.
type Options struct {
	Kiosks    []Kiosk
	Languages []string // the first is what an idle kiosk speaks
	// Idle is how long a language chosen in an empty room holds.
	Idle time.Duration
	// Checkout takes what is scanned where people pay; nil where nobody pays.
	Checkout *checkout.Desks
	Clock    func() showroom.Moment
	Log      *slog.Logger
}

// Sessions are the sessions of all kiosks. Methods may be called from any goroutine.
type Sessions struct {
	db  *store.DB
	opt Options
}

// New makes the sessions over a store. The caller owns the store and runs Run.
func New(db *store.DB, opt Options) *Sessions {
	return &Sessions{db: db, opt: opt}
}

// Now is the moment by the shop's clocks.
func (s *Sessions) Now() showroom.Moment { return s.opt.Clock() }

// Languages are the tags a shopper can choose from, the shop's own first. The caller must not change them.
func (s *Sessions) Languages() []string { return s.opt.Languages }

// Spoken answers the language if it is spoken here, else the shop's own.
func (s *Sessions) Spoken(language string) string {
	if slices.Contains(s.opt.Languages, language) {
		return language
	}
	return s.opt.Languages[0]
}

// Kiosk answers the kiosk with that id, or a CodeNotFound refusal.
func (s *Sessions) Kiosk(id showroom.KioskID) (Kiosk, error) {
	for _, k := range s.opt.Kiosks {
		if k.ID == id {
			return k, nil
		}
	}
	return Kiosk{}, showroom.Errorf(showroom.CodeNotFound, "There is no kiosk %q in this shop. Its id must stand in the agent's configuration.", string(id))
}

// Language is what the kiosk speaks now: what was chosen, for as long as the visit it was chosen in.
func (s *Sessions) Language(v *store.View, k Kiosk) (string, error) {
	chosen, visit, err := s.chosen(v, k)
	if err != nil || chosen.Language == "" || (chosen.Visit != "" && chosen.Visit != visit) {
		return s.opt.Languages[0], err
	}
	return s.Spoken(chosen.Language), nil
}

func (s *Sessions) chosen(v *store.View, k Kiosk) (store.KioskSession, showroom.VisitID, error) {
	chosen, err := v.Session(k.ID)
	if err == nil && k.sells() {
		shopper, err := shopperAt(v, k)
		return chosen, shopper, err
	}
	if err != nil || k.Room == "" {
		return chosen, "", err
	}
	visit, _, err := v.OpenVisit(k.Room)
	return chosen, visit.ID, err
}

// shopperAt answers who is at a checkout, by the basket: until it is paid and the receipt is taken, or it is given up. Nobody is "".
func shopperAt(v *store.View, k Kiosk) (showroom.VisitID, error) {
	b, has, err := v.OpenBasketAt(k.ID)
	if err != nil || has {
		return showroom.VisitID(b.ID), err
	}
	desk, err := v.Desk(k.ID)
	if err != nil || desk.Sale == "" {
		return showroom.VisitID(desk.Parked), err
	}
	sale, err := v.Sale(desk.Sale)
	return showroom.VisitID(sale.Basket), err
}

// SetLanguage changes the language of the session. A language not spoken here is refused with CodeInvalid.
func (s *Sessions) SetLanguage(tx *store.Tx, k Kiosk, language string) error {
	if !slices.Contains(s.opt.Languages, language) {
		return showroom.Errorf(showroom.CodeInvalid, "The language %q is not spoken here.", language)
	}
	_, visit, err := s.chosen(&tx.View, k)
	if err != nil {
		return err
	}
	return s.put(tx, store.KioskSession{Kiosk: k.ID, Language: language, Visit: visit})
}

func (s *Sessions) put(tx *store.Tx, chosen store.KioskSession) error {
	if err := tx.PutSession(chosen); err != nil {
		return err
	}
	_, err := tx.Append(showroom.SessionChanged{Kiosk: chosen.Kiosk})
	return err
}

// Run wipes sessions whose visit is over and ties those begun in an empty room to the visit that follows, until ctx ends.
func (s *Sessions) Run(ctx context.Context) error {
	idleSince := make(map[showroom.KioskID]idle)
	timer := time.NewTimer(0)
	defer timer.Stop()
	failing := false
	for {
		changed := s.db.Changed()
		next, err := s.sweep(ctx, idleSince)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if !failing {
				s.opt.Log.Error("Sessions can not be kept up to date", "err", err)
			}
			next = time.Second
		}
		failing = err != nil
		var due <-chan time.Time
		if next > 0 {
			timer.Reset(next)
			due = timer.C
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-due:
		}
	}
}

// idle is a choice that was found with nobody there.
type idle struct {
	language string
	since    showroom.Moment // when it was first found so
}

// sweep settles every session. What is due is found reading and decided again in the transaction that writes it: between the two
// somebody may have chosen another language.
func (s *Sessions) sweep(ctx context.Context, idleSince map[showroom.KioskID]idle) (next time.Duration, err error) {
	var unsettled []func(*store.Tx) error
	at := s.opt.Clock()
	err = s.db.View(ctx, func(v *store.View) error {
		unsettled, next, err = s.look(v, at, idleSince)
		return err
	})
	if err != nil || len(unsettled) == 0 {
		return next, err
	}
	return next, s.db.Update(ctx, func(tx *store.Tx) error {
		unsettled, _, err := s.look(&tx.View, at, idleSince)
		if err != nil {
			return err
		}
		for _, settle := range unsettled {
			if err := settle(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// look answers what is to be done about each session that is not as it should be, and how long until the next one lapses.
func (s *Sessions) look(v *store.View, at showroom.Moment, idleSince map[showroom.KioskID]idle) (unsettled []func(*store.Tx) error, next time.Duration, err error) {
	soon := func(left time.Duration) {
		if left > 0 && (next == 0 || left < next) {
			next = left
		}
	}
	for _, k := range s.opt.Kiosks {
		chosen, visit, err := s.chosen(v, k)
		if err != nil {
			return nil, 0, err
		}
		wanted, left := s.settle(chosen, visit, k.ID, at, idleSince)
		soon(left)
		if wanted != chosen {
			unsettled = append(unsettled, func(tx *store.Tx) error { return s.put(tx, wanted) })
		}
		settle, left, err := s.settleScan(v, k, at)
		if err != nil {
			return nil, 0, err
		}
		soon(left)
		if settle != nil {
			unsettled = append(unsettled, settle)
		}
	}
	return unsettled, next, nil
}

// settle answers what the session should be, and how long until it lapses.
func (s *Sessions) settle(chosen store.KioskSession, visit showroom.VisitID, k showroom.KioskID, at showroom.Moment, idleSince map[showroom.KioskID]idle) (store.KioskSession, time.Duration) {
	wiped := store.KioskSession{Kiosk: k}
	switch {
	case chosen.Language == "":
		delete(idleSince, k)
		return chosen, 0
	case chosen.Visit == "" && visit != "":
		delete(idleSince, k)
		chosen.Visit = visit
		return chosen, 0
	case chosen.Visit == visit && visit != "":
		return chosen, 0
	case chosen.Visit != "":
		return wiped, 0
	}
	if idleSince[k].language != chosen.Language {
		idleSince[k] = idle{chosen.Language, at}
	}
	left := s.opt.Idle - at.Since(idleSince[k].since)
	if left > 0 {
		return chosen, left
	}
	return wiped, 0
}
