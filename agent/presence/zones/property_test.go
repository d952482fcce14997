package zones_test

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices"
)

// event is one thing that happens in a shop, after a while.
type event struct {
	after   time.Duration // may be negative: a clock that goes back
	gateway showroom.DeviceID
	tag     int
	rssi    devices.RSSI
	device  bool // a state of the gateway instead of a sighting
	state   devices.State
}

func (v event) do(e *zones.Engine, at time.Time) []zones.Change {
	if v.device {
		return e.Gateway(v.gateway, v.state, at)
	}
	return e.Observe(devices.Sighting{Gateway: v.gateway, ID: numbered(v.tag), RSSI: v.rssi, At: at})
}

func numbered(n int) devices.RadioID { return devices.RadioID(fmt.Sprintf("tag%d", n)) }

// hasty is a shop where everything happens within seconds, so that short stories reach every rule.
func hasty() zones.Config {
	c := plan()
	c.Profile.Window, c.Profile.Stale, c.Profile.Away = time.Second, 2*time.Second, 3*time.Second
	c.Profile.Settle, c.Profile.Recent = 2*time.Second, 4*time.Second
	c.Profile.Margin, c.Profile.Interval = 3, 300*time.Millisecond
	c.Gateways["m2"] = zones.Mount{Zone: middle, Gain: 3}
	c.MaxTags = 4
	return c
}

func gateways() []showroom.DeviceID { return []showroom.DeviceID{"w1", "w2", "m1", "m2", "t1", "t9"} }

func stories() *rapid.Generator[[]event] {
	one := rapid.Custom(func(t *rapid.T) event {
		v := event{
			after:   time.Duration(rapid.IntRange(-30, 300).Draw(t, "ms")) * time.Millisecond,
			gateway: rapid.SampledFrom(gateways()).Draw(t, "gateway"),
			tag:     rapid.IntRange(0, 5).Draw(t, "tag"),
			rssi:    devices.RSSI(rapid.IntRange(-10000, -3000).Draw(t, "rssi")),
			device:  rapid.IntRange(0, 19).Draw(t, "what") == 0,
			state:   devices.State(rapid.IntRange(0, 3).Draw(t, "state")),
		}
		if rapid.IntRange(0, 4).Draw(t, "strength") == 0 {
			v.rssi = devices.UnknownRSSI
		}
		return v
	})
	return rapid.SliceOfN(one, 0, 300)
}

// begin is an engine with its gateways up and two tags from before the restart, and where they were.
func begin(at time.Time) (*zones.Engine, map[devices.RadioID]showroom.Place) {
	e := zones.New(hasty())
	for _, id := range gateways() {
		e.Gateway(id, devices.Up, at)
	}
	known := []zones.Occupancy{{ID: numbered(0), Zone: window, Since: at}, {ID: numbered(1), Zone: tills, Since: at}}
	e.Restore(known, at)
	return e, places(known)
}

func places(known []zones.Occupancy) map[devices.RadioID]showroom.Place {
	m := make(map[devices.RadioID]showroom.Place, len(known))
	for _, o := range known {
		m[o.ID] = o.Zone
	}
	return m
}

// apply follows the changes, and complains about one that can not follow from the ones before it.
func apply(where map[devices.RadioID]showroom.Place, changes []zones.Change, last *time.Time) error {
	for _, c := range changes {
		switch {
		case where[c.ID] != c.From || c.From == c.To:
			return fmt.Errorf("%s goes from %v to %v and was in %v", c.ID, c.From, c.To, where[c.ID])
		case !(c.Confidence >= 0 && c.Confidence <= 1) || c.Dwell < 0:
			return fmt.Errorf("%+v has impossible figures", c)
		case c.At.Before(*last):
			return fmt.Errorf("%s at %v comes after %v", c.ID, c.At, *last)
		}
		*last, where[c.ID] = c.At, c.To
		if c.To.IsZero() {
			delete(where, c.ID)
		}
	}
	return nil
}

// check plays a story and verifies after each event that the changes so far explain the snapshot, and that the books balance.
func check(story []event) error {
	at := time.Unix(1_800_000_000, 0)
	last := at
	e, where := begin(at)
	for i, v := range append(story, event{after: time.Minute, device: true}) {
		at = at.Add(v.after)
		if err := apply(where, v.do(e, at), &last); err != nil {
			return fmt.Errorf("event %d: %w", i, err)
		}
		if is := places(e.Snapshot()); !maps.Equal(where, is) {
			return fmt.Errorf("event %d: the changes and the snapshot differ (-changes +snapshot):\n%s", i, cmp.Diff(where, is))
		}
		if n := e.Stats(); n.Known != len(where) || n.Tags < n.Known || n.Tags > hasty().MaxTags {
			return fmt.Errorf("event %d: %d in zones by the changes, and the counts say %+v", i, len(where), n)
		}
	}
	return nil
}

func TestChangesExplainTheSnapshot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := check(stories().Draw(t, "story")); err != nil {
			t.Fatal(err)
		}
	})
}

// Whoever owns the engine may be late or eager: the changes, their times and their figures are the same.
func TestAdvancingOftenChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		story := stories().Draw(t, "story")
		at := time.Unix(1_800_000_000, 0)
		late, _ := begin(at)
		eager, _ := begin(at)
		var gotLate, gotEager []zones.Change
		for _, v := range append(story, event{after: time.Minute, device: true}) {
			for range rapid.IntRange(0, 3).Draw(t, "ticks") {
				part := v.after / 4
				at, v.after = at.Add(part), v.after-part
				gotEager = append(gotEager, eager.Advance(at)...)
				if next, ok := eager.Next(); ok && next.Before(at.Add(-time.Second)) {
					t.Fatalf("something is due at %v and it is %v", next, at)
				}
			}
			at = at.Add(v.after)
			gotLate = append(gotLate, v.do(late, at)...)
			gotEager = append(gotEager, v.do(eager, at)...)
		}
		if diff := cmp.Diff(gotLate, gotEager); diff != "" {
			t.Fatalf("changes (-late +eager):\n%s", diff)
		}
	})
}

// A shop where no gateway is up loses and moves nobody.
func TestNobodyMovesWhileEveryGatewayIsDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(1_800_000_000, 0)
		e, _ := begin(at)
		for _, v := range stories().Draw(t, "story") {
			at = at.Add(v.after)
			v.do(e, at)
		}
		for _, id := range gateways() {
			e.Gateway(id, devices.Fault, at)
		}
		before := places(e.Snapshot())
		if got := e.Advance(at.Add(1000 * time.Hour)); len(got) != 0 {
			t.Fatalf("changes while nobody listens: %v", got)
		}
		if diff := cmp.Diff(before, places(e.Snapshot())); diff != "" {
			t.Fatalf("the snapshot (-before +after):\n%s", diff)
		}
	})
}

// FuzzEngine reads seven bytes an event.
func FuzzEngine(f *testing.F) {
	f.Add([]byte{0, 100, 0, 1, 0xE0, 0, 0, 0, 100, 0, 1, 0xE0, 0, 0})
	f.Add(slices.Repeat([]byte{0x00, 0xF0, 2, 3, 0xEC, 0x78, 0}, 40))
	f.Add([]byte{0xFF, 0xFF, 5, 5, 0x80, 0, 1, 0x7F, 0xFF, 0, 0, 0x80, 0, 0})
	f.Fuzz(func(t *testing.T, story []byte) {
		var all []event
		for ; len(story) >= 7 && len(all) < 300; story = story[7:] {
			all = append(all, event{
				after:   time.Duration(int16(binary.BigEndian.Uint16(story))) * time.Millisecond,
				gateway: gateways()[int(story[2])%len(gateways())],
				tag:     int(story[3] % 6),
				rssi:    devices.RSSI(binary.BigEndian.Uint16(story[4:])),
				device:  story[6]%16 == 1,
				state:   devices.State(story[6] / 16 % 4),
			})
		}
		if err := check(all); err != nil {
			t.Fatal(err)
		}
	})
}
