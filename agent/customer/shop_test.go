package customer_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"showroom/agent/customer"
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices/ble"
)

// desk is a shop's tags over a real store, with a clock that tests turn.
type desk struct {
	*customer.Tags
	t   testing.TB
	db  *store.DB
	dir string
	log bytes.Buffer

	mu  sync.Mutex
	now showroom.Moment
	ids int
	cmd int

	forgotten []showroom.RadioID
}

func open(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), now: showroom.Moment{
		Wall: time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC), Boot: "b", Mono: time.Hour, Quality: showroom.ClockNTP}}
	db, err := store.Open(t.Context(), store.Options{Dir: d.dir, MachineID: "m", Clock: d.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	d.db = db
	d.begin()
	return d
}

// begin starts the tags over what the store holds, as after a restart.
func (d *desk) begin() {
	d.t.Helper()
	prefixes, err := gs1.NewPrefixes([]string{"0614141"})
	if err != nil {
		d.t.Fatal(err)
	}
	d.Tags, err = customer.New(d.t.Context(), d.db, customer.Options{
		Prefixes: prefixes, KeyLife: 30 * day, Clock: d.clock, Log: slog.New(slog.NewTextHandler(&d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		NewID:  func() string { d.ids++; return fmt.Sprintf("id-%d", d.ids) },
		Zones:  map[string]string{"coats": "Coats & jackets"},
		Forget: func(id showroom.RadioID) { d.forgotten = append(d.forgotten, id) },
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

const day = 24 * time.Hour

func (d *desk) clock() showroom.Moment {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) passes(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now.Wall, d.now.Mono = d.now.Wall.Add(by), d.now.Mono+by
}

func (d *desk) command() showroom.CommandID {
	d.cmd++
	return showroom.CommandID(fmt.Sprint("c", d.cmd))
}

func (d *desk) enrol(kind showroom.TagKind, label, identity string) showroom.RadioTag {
	d.t.Helper()
	tag, err := d.Enrol(d.t.Context(), d.command(), customer.Enrolment{Kind: kind, Label: label, Identity: identity})
	if err != nil {
		d.t.Fatalf("enrol %s: %v", label, err)
	}
	return tag
}

// heard is what passes the filter of a gateway when it hears what a tag sends.
func (d *desk) heard(identity string) showroom.RadioID {
	d.t.Helper()
	id, err := customer.ParseIdentity(identity)
	if err != nil {
		d.t.Fatal(err)
	}
	radio, ok := d.Filter().Pass(d.clock().Wall, ble.Identity{}, id)
	if ok != (radio != "") {
		d.t.Fatalf("passes %v as %q", ok, radio)
	}
	return radio
}

func (d *desk) list() (all []customer.Listed) {
	d.t.Helper()
	if err := d.db.View(d.t.Context(), func(v *store.View) (err error) {
		all, err = d.List(v)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return all
}

// told answers the journal's rows of a kind, as "subject body".
func (d *desk) told(kind showroom.Kind) (all []string) {
	d.t.Helper()
	rows, err := d.db.Since(d.t.Context(), 0, 10_000)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Kind == kind {
			all = append(all, r.Subject+" "+string(r.Body))
		}
	}
	return all
}

// runs keeps the tags up to date until done says so and the filters know the newest key, too.
func (d *desk) runs(done func() bool) {
	d.t.Helper()
	ctx, stop := context.WithCancel(d.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	d.waits(func() bool { return done() && d.Keys(d.clock().Wall).Current == ble.Secret(d.keys()[0].Key) })
	stop()
	if err := <-ended; err == nil {
		d.t.Error("Run ended without being asked to")
	}
}

func (d *desk) waits(done func() bool) {
	d.t.Helper()
	deadline := time.After(time.Minute)
	for !done() {
		select {
		case <-deadline:
			d.t.Fatal("it does not happen")
		case <-time.After(time.Millisecond):
		}
	}
}

func (d *desk) keys() (all []store.RadioKey) {
	d.t.Helper()
	if err := d.db.View(d.t.Context(), func(v *store.View) (err error) {
		all, err = v.RadioKeys()
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return all
}

// holdsNowhere fails when the state folder or the log holds any of these, as bytes or as digits.
func (d *desk) holdsNowhere(planted ...[]byte) {
	d.t.Helper()
	files, err := filepath.Glob(filepath.Join(d.dir, "*"))
	if err != nil || len(files) == 0 {
		d.t.Fatal("no files", err)
	}
	texts := map[string][]byte{"the log": bytes.ToLower(d.log.Bytes())}
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil {
			texts[filepath.Base(file)] = raw
		}
	}
	for name, raw := range texts {
		lower := bytes.ToLower(raw)
		for _, p := range planted {
			for _, form := range []string{string(p), fmt.Sprintf("%x", p), strings.ReplaceAll(fmt.Sprintf("% x", p), " ", ":")} {
				if bytes.Contains(raw, []byte(form)) || bytes.Contains(lower, []byte(form)) {
					d.t.Errorf("%s holds %q", name, form)
				}
			}
		}
	}
}

func code(err error) showroom.Code { return showroom.ErrorCode(err) }
