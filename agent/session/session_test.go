package session_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// clock is set by the story.
type clock struct {
	mu   sync.Mutex
	mono time.Duration
	tick time.Duration // goes by with every look at it
	off  time.Duration // of the wall clock
	boot string
}

func (c *clock) now() showroom.Moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mono += c.tick
	return showroom.Moment{Wall: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC).Add(c.mono + c.off), Boot: "b" + c.boot, Mono: c.mono}
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mono += d
}

// reboot begins anew as after a power cut, on a machine without a battery clock whose wall time is off by so much.
func (c *clock) reboot(off time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.boot, c.off = c.boot+"'", off
}

type shop struct {
	t        *testing.T
	db       *store.DB
	sessions *session.Sessions
	clock    *clock
	kiosk    session.Kiosk
}

func open(t *testing.T, idle time.Duration) *shop {
	t.Helper()
	c := &clock{mono: time.Hour}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), MachineID: "m", Clock: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	k := session.Kiosk{ID: "fr2", Mode: "fitting-room", Room: "2", Scanner: "s2"}
	return &shop{t: t, db: db, clock: c, kiosk: k, sessions: session.New(db, session.Options{
		Kiosks: []session.Kiosk{k}, Languages: []string{"tr", "en"}, Idle: idle, Clock: c.now, Log: slog.New(slog.DiscardHandler),
	})}
}

func (s *shop) update(do func(*store.Tx) error) {
	s.t.Helper()
	if err := s.db.Update(s.t.Context(), do); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) language() (language string) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		language, err = s.sessions.Language(v, s.kiosk)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return language
}

func (s *shop) choose(language string) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error { return s.sessions.SetLanguage(tx, s.kiosk, language) })
}

// visit opens a visit of room 2 and answers what ends it.
func (s *shop) visit(id showroom.VisitID) (end func()) {
	s.t.Helper()
	var v showroom.Visit
	s.update(func(tx *store.Tx) error {
		v, _ = showroom.OpenVisit(id, "2", tx.Now())
		return tx.PutVisit(v)
	})
	return func() {
		s.update(func(tx *store.Tx) error {
			v, _, err := v.Finish(showroom.EndDone, 0, tx.Now())
			if err != nil {
				return err
			}
			return tx.PutVisit(v)
		})
	}
}

// stored answers what is kept for the kiosk.
func (s *shop) stored() (kept store.KioskSession) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		kept, err = v.Session("fr2")
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return kept
}

// run runs the sessions until want holds.
func (s *shop) run(want func(store.KioskSession) bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1) // one result, taken below
	go func() { ended <- s.sessions.Run(ctx) }()
	for {
		changed := s.db.Changed()
		if want(s.stored()) {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			s.t.Fatalf("never settled: %+v", s.stored())
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		s.t.Error(err)
	}
}

func TestAChoiceLastsAsLongAsTheVisit(t *testing.T) {
	s := open(t, time.Minute)
	end := s.visit("v1")
	s.choose("en")
	if got := s.language(); got != "en" {
		t.Errorf("speaks %s", got)
	}
	end()
	if got := s.language(); got != "tr" {
		t.Errorf("the next shopper is spoken to in %s", got)
	}
	s.run(func(k store.KioskSession) bool { return k.Language == "" })
	s.visit("v2")
	if got := s.language(); got != "tr" {
		t.Errorf("in the next visit it speaks %s", got)
	}
}

func TestAChoiceMadeBeforeTheVisitGoesWithIt(t *testing.T) {
	s := open(t, time.Minute)
	s.choose("en")
	end := s.visit("v1")
	s.run(func(k store.KioskSession) bool { return k.Visit == "v1" })
	if got := s.language(); got != "en" {
		t.Errorf("speaks %s", got)
	}
	end()
	if got := s.language(); got != "tr" {
		t.Errorf("afterwards it speaks %s", got)
	}
}

func TestAChoiceInAnEmptyRoomLapses(t *testing.T) {
	s := open(t, 10*time.Millisecond)
	s.choose("en")
	s.clock.tick = time.Millisecond
	s.run(func(k store.KioskSession) bool { return k.Language == "" })
	if got := s.language(); got != "tr" {
		t.Errorf("speaks %s", got)
	}
}

func TestAForgottenVisitLeavesNoLanguage(t *testing.T) {
	s := open(t, time.Minute)
	end := s.visit("v1")
	s.choose("en")
	end()
	s.update(func(tx *store.Tx) error {
		_, err := tx.Forget("v1")
		return err
	})
	if got := s.language(); got != "tr" {
		t.Errorf("after the shopper was forgotten it speaks %s", got)
	}
	s.visit("v2")
	s.run(func(k store.KioskSession) bool { return k.Language == "" })
}

func TestANewChoiceInAnEmptyRoomHoldsAsLongAsTheFirst(t *testing.T) {
	s := open(t, time.Minute)
	sweep := s.sessions.Sweeper()
	for _, language := range []string{"en", "tr"} {
		s.choose(language)
		for range 2 {
			if err := sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := s.stored().Language; got != language {
				t.Fatalf("%q was chosen less than a minute ago and is %q", language, got)
			}
			s.clock.pass(25 * time.Second)
		}
	}
	s.clock.pass(time.Minute)
	if err := sweep(t.Context()); err != nil || s.stored().Language != "" {
		t.Errorf("nobody is there and it still speaks %q (%v)", s.stored().Language, err)
	}
}

func TestAChoiceIsNotUndoneByALookAtTheTimeBefore(t *testing.T) {
	s := open(t, time.Minute)
	sweep := s.sessions.Sweeper()
	for range 20 {
		s.choose("tr")
		end := s.visit(showroom.VisitID(rand.Text()))
		s.update(func(tx *store.Tx) error { return tx.PutSession(store.KioskSession{Kiosk: "fr2", Language: "tr"}) })
		swept := make(chan error, 1) // one result, taken below
		s.update(func(tx *store.Tx) error {
			go func() { swept <- sweep(context.WithoutCancel(t.Context())) }()
			return s.sessions.SetLanguage(tx, s.kiosk, "en")
		})
		if err := <-swept; err != nil {
			t.Fatal(err)
		}
		if got := s.language(); got != "en" {
			t.Fatalf("en was chosen and it speaks %s", got)
		}
		end()
	}
}

func TestRefusals(t *testing.T) {
	s := open(t, time.Minute)
	if _, err := s.sessions.Kiosk("fr9"); showroom.ErrorCode(err) != showroom.CodeNotFound {
		t.Errorf("unknown kiosk: %v", err)
	}
	err := s.db.Update(t.Context(), func(tx *store.Tx) error { return s.sessions.SetLanguage(tx, s.kiosk, "kl") })
	if showroom.ErrorCode(err) != showroom.CodeInvalid {
		t.Errorf("unknown language: %v", err)
	}
	if got := s.sessions.Spoken("kl"); got != "tr" {
		t.Errorf("spoken to in %s", got)
	}
}
