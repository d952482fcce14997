package store_test

import (
	"sync"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// clock is a clock that tests turn.
type clock struct {
	mu  sync.Mutex
	now showroom.Moment
}

func newClock() *clock {
	return &clock{now: showroom.Moment{
		Wall: time.Date(2026, 3, 4, 9, 0, 0, 123456789, time.UTC), Boot: "5f0c1a52-6c1e-4b57-9b1e-0f6f1e2d3c4b", Mono: time.Hour, Quality: showroom.ClockNTP,
	}}
}

func (c *clock) Now() showroom.Moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Wall, c.now.Mono = c.now.Wall.Add(d), c.now.Mono+d
}

func open(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), withDefaults(t, o))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func withDefaults(t testing.TB, o store.Options) store.Options {
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Clock == nil {
		o.Clock = newClock().Now
	}
	if o.MachineID == "" {
		o.MachineID = "machine-1"
	}
	return o
}

func update(t testing.TB, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t testing.TB, db *store.DB, fn func(*store.View) error) {
	t.Helper()
	if err := db.View(t.Context(), fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

func appendOne(t testing.TB, db *store.DB, e showroom.Event) (row showroom.Row) {
	t.Helper()
	update(t, db, func(tx *store.Tx) (err error) {
		row, err = tx.Append(e)
		return err
	})
	return row
}

func epc(t testing.TB, hex string) gs1.EPC {
	t.Helper()
	e, err := gs1.ParseEPC(hex)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func gtin(t testing.TB, body string) gs1.GTIN {
	t.Helper()
	check, err := gs1.CheckDigit(body)
	if err != nil {
		t.Fatal(err)
	}
	g, err := gs1.ParseGTIN(body + string(check))
	if err != nil {
		t.Fatal(err)
	}
	return g
}
