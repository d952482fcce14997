// Package fitting holds what happens in and around the fitting rooms: garments come and go, visits open and end, a shopper asks
// for another size, an associate brings it.
//
// Every use case is one transaction: load, ask the rules of package showroom, save, append the fact. Methods of Rooms may be
// called from any goroutine; the store orders them. Rooms.Run watches the clock for what nobody taps: dwell, pause, escalation and
// pieces that come free.
package fitting

import (
	"context"
	"log/slog"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// Options say which rooms there are and how patient the shop is.
type Options struct {
	Rooms      []showroom.Room
	Visits     showroom.VisitPolicy
	Escalation showroom.EscalationPolicy
	Expires    time.Duration // a request nobody has taken is given up after this; 0 is never
	RestockFor time.Duration // a restocking nobody has ended is over after this; 0 is half an hour
	Clock      func() showroom.Moment
	NewID      func() string // ids of visits, requests and calls; unique for ever
	Own        devices.Own   // nil is everything; what has been sold since it came is no longer the shop's
	Log        *slog.Logger
}

// Rooms are the fitting rooms of the shop.
type Rooms struct {
	db  *store.DB
	opt Options
}

// New makes the use cases over a store. The caller owns the store and runs Run.
func New(db *store.DB, opt Options) *Rooms {
	if opt.RestockFor <= 0 {
		opt.RestockFor = defaultRestockFor
	}
	if opt.Own == nil {
		opt.Own = func(gs1.EPC) bool { return true }
	}
	return &Rooms{db: db, opt: opt}
}

// All answers the rooms in the order of the configuration.
func (f *Rooms) All() []showroom.Room { return f.opt.Rooms }

// Room answers the room with that id, or a CodeNotFound refusal.
func (f *Rooms) Room(id showroom.RoomID) (showroom.Room, error) {
	for _, r := range f.opt.Rooms {
		if r.ID == id {
			return r, nil
		}
	}
	return showroom.Room{}, showroom.Errorf(showroom.CodeNotFound, "There is no fitting room %q.", string(id))
}

// found tells an absent thing from a failure.
func found[T any](t T, err error) (T, bool, error) {
	if showroom.ErrorCode(err) == showroom.CodeNotFound {
		return t, false, nil
	}
	return t, err == nil, err
}

// Run does what is due and waits for the next thing, until ctx ends. A failing store is tried again; nothing is lost by waiting,
// since everything is worked out from what is stored.
func (f *Rooms) Run(ctx context.Context) error {
	const retry = time.Second
	timer := time.NewTimer(0)
	defer timer.Stop()
	failing := ""
	for {
		changed := f.db.Changed()
		next, err := f.Settle(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if failing != err.Error() {
				f.opt.Log.Error("Fitting rooms can not be kept up to date", "err", err)
			}
			failing, next = err.Error(), retry
		case failing != "":
			f.opt.Log.Info("Fitting rooms are up to date again")
			failing = ""
		}
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
