package customer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

var (
	shoes = showroom.Place{Kind: showroom.PlaceZone, ID: "shoes"}
	coats = showroom.Place{Kind: showroom.PlaceZone, ID: "coats"}
)

func (d *desk) walks(changes ...zones.Change) {
	d.t.Helper()
	if err := d.db.Update(d.t.Context(), func(tx *store.Tx) error { return d.ApplyZones(tx, changes) }); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) restores() (known []zones.Occupancy) {
	d.t.Helper()
	if err := d.db.Update(d.t.Context(), func(tx *store.Tx) (err error) {
		known, err = d.Restore(tx)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return known
}

// A machine without a battery clock learns the time some while after it has begun to work.
func TestHowLongATagWasSomewhereDoesNotHangOnTheWallClock(t *testing.T) {
	d := open(t)
	tag := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	d.walks(zones.Change{ID: tag.Radio, To: shoes, Confidence: 1})
	d.passes(time.Minute)
	d.mu.Lock()
	d.now.Wall = d.now.Wall.AddDate(1, 0, 0)
	d.mu.Unlock()
	want := []zones.Occupancy{{ID: tag.Radio, Zone: shoes, Since: d.clock().Wall.Add(-time.Minute)}}
	if diff := cmp.Diff(want, d.restores()); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
}

// While a gateway is gone nobody says where its tags are; after a whole life of a key nobody could know them again either.
func TestWhereALapsedTagWasIsForgotten(t *testing.T) {
	d := open(t)
	basket, other := d.enrol(showroom.TagBasket, "Basket 8", beacon), d.enrol(showroom.TagBasket, "Basket 9", printed)
	d.walks(zones.Change{ID: basket.Radio, To: shoes, Confidence: 1}, zones.Change{ID: other.Radio, To: coats, Confidence: 1})
	for range 2 {
		d.passes(31 * day)
		newest := d.keys()[0].Number
		d.runs(func() bool { return d.keys()[0].Number > newest })
		d.heard(printed)
		d.runs(func() bool { return d.under("Basket 9") > newest })
	}
	for _, tag := range d.list() {
		if tag.Lapsed() != tag.Zone.Place.IsZero() {
			t.Errorf("%s, lapsed %v, is in %v", tag.Label, tag.Lapsed(), tag.Zone.Place)
		}
	}
	if told := d.told(showroom.KindTagMoved); len(told) != 3 || !strings.Contains(told[2], `"from":{"kind":"zone","id":"shoes"},"seconds"`) {
		t.Errorf("told %q, want last that Basket 8 has left", told)
	}
}

func TestWhereTagsAre(t *testing.T) {
	d := open(t)
	tag := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	r := tag.Radio
	d.walks(zones.Change{ID: r, To: shoes, Confidence: 0.75})
	d.passes(time.Minute)
	d.walks(zones.Change{ID: r, From: shoes, To: coats, Confidence: 1, Dwell: time.Minute}, zones.Change{ID: "nobody's", To: shoes})
	since := d.clock()
	if got := d.list()[0]; got.Zone != (showroom.RadioZone{Radio: r, Place: coats, Since: since}) || got.ZoneName != "Coats & jackets" {
		t.Errorf("listed in %+v, %q", got.Zone, got.ZoneName)
	}
	if diff := cmp.Diff([]zones.Occupancy{{ID: r, Zone: coats, Since: since.Wall}}, d.restores()); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	d.walks(zones.Change{ID: r, From: coats, Confidence: 1})
	if got := d.list()[0]; got.Zone != (showroom.RadioZone{}) || got.ZoneName != "" {
		t.Errorf("listed in %+v, %q although nobody knows", got.Zone, got.ZoneName)
	}
	x := `radio/` + string(r) + ` {"radio":"` + string(r) + `","tag":"loan",`
	if diff := cmp.Diff([]string{
		x + `"to":{"kind":"zone","id":"shoes"},"confidence":0.75,"seconds":0}`,
		x + `"from":{"kind":"zone","id":"shoes"},"to":{"kind":"zone","id":"coats"},"confidence":1,"seconds":60}`,
		x + `"from":{"kind":"zone","id":"coats"},"confidence":1,"seconds":0}`,
	}, d.told(showroom.KindTagMoved)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestWhatComesLateIsForgotten: the floor may decide about a tag while it is being taken back.
func TestWhatComesLateIsForgotten(t *testing.T) {
	d := open(t)
	tag := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	d.walks(zones.Change{ID: tag.Radio, To: shoes})
	if _, err := d.Return(t.Context(), d.command(), tag.ID, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]showroom.RadioID{tag.Radio}, d.forgotten); diff != "" {
		t.Errorf("to be forgotten (-want +got):\n%s", diff)
	}
	d.walks(zones.Change{ID: tag.Radio, From: shoes, To: coats})
	if n := len(d.told(showroom.KindTagMoved)); n != 1 {
		t.Errorf("%d moves are told, want the one before it came back", n)
	}
	if got := d.list()[0]; got.Zone != (showroom.RadioZone{}) {
		t.Errorf("put away, and in %+v", got.Zone)
	}
	// A zone that a crash between two programs left behind goes at the start.
	if err := d.db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutRadioZone(showroom.RadioZone{Radio: tag.Radio, Place: shoes, Since: tx.Now()})
	}); err != nil {
		t.Fatal(err)
	}
	if known := d.restores(); len(known) != 0 {
		t.Errorf("restored: %+v", known)
	}
	if known := d.restores(); len(known) != 0 {
		t.Errorf("restored: %+v", known)
	}
}
