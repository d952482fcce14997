package presence_test

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

// step is one thing that happens in a shop, after a while.
type step struct {
	after   time.Duration // may be negative: a clock that goes back
	antenna presence.Antenna
	tag     int
	rssi    devices.RSSI
	device  bool // a state of the antenna's reader instead of a read
	state   devices.State
}

func (s step) do(e *presence.Engine, at time.Time) []presence.Change {
	if s.device {
		return e.Device(s.antenna.Reader, s.state, at)
	}
	return e.Observe(devices.TagRead{Reader: s.antenna.Reader, Antenna: s.antenna.Number, EPC: numbered(s.tag), RSSI: s.rssi, At: at})
}

// hasty is a shop where everything happens within seconds, so that short stories reach every rule.
func hasty() presence.Config {
	c := plan()
	c.Antennas[presence.Antenna{Reader: "r1", Number: 2}] = presence.Mount{Place: room2, Gain: 3}
	c.Profile.Hook, c.Profile.ArriveMargin, c.Profile.Slack = 4, 2, 3
	c.Profile.LoiterAfter, c.Profile.LoiterRise, c.Profile.ShelfAfter = 2*time.Second, 2, 5*time.Second
	c.Profile.Window = 800 * time.Millisecond
	c.Profile.ArriveReads = 2
	c.Profile.UnknownRSSIReads = 3
	c.Profile.MoveHold, c.Profile.MoveRise = 500*time.Millisecond, 2
	c.Profile.MinStay = 300 * time.Millisecond
	c.Profile.DepartAfter = 2 * time.Second
	c.Profile.StaticAfter = 4 * time.Second
	c.DepartAfter = map[showroom.Place]time.Duration{room3: 500 * time.Millisecond}
	c.MaxTags = 4
	return c
}

func antennas() []presence.Antenna {
	return []presence.Antenna{{Reader: "r1", Number: 1}, {Reader: "r1", Number: 2}, {Reader: "r2", Number: 1}, {Reader: "r3", Number: 1}, {Reader: "rf", Number: 1}, {Reader: "r9", Number: 1}}
}

func steps() *rapid.Generator[[]step] {
	one := rapid.Custom(func(t *rapid.T) step {
		s := step{
			after:   time.Duration(rapid.IntRange(-50, 600).Draw(t, "ms")) * time.Millisecond,
			antenna: rapid.SampledFrom(antennas()).Draw(t, "antenna"),
			tag:     rapid.IntRange(0, 5).Draw(t, "tag"),
			rssi:    devices.RSSI(rapid.IntRange(-7000, -3000).Draw(t, "rssi")),
			device:  rapid.IntRange(0, 19).Draw(t, "what") == 0,
			state:   devices.State(rapid.IntRange(0, 3).Draw(t, "state")),
		}
		if rapid.IntRange(0, 3).Draw(t, "strength") == 0 {
			s.rssi = devices.UnknownRSSI
		}
		return s
	})
	return rapid.SliceOfN(one, 0, 200)
}

// begin is an engine with its readers up and two garments and a piece of furniture from before the restart, and where
// the garments were.
func begin(at time.Time) (*presence.Engine, map[gs1.EPC]showroom.Place) {
	e := presence.New(hasty())
	for _, id := range []showroom.DeviceID{"r1", "r2", "r3", "rf"} {
		e.Device(id, devices.Up, at)
	}
	known := []presence.Occupancy{{EPC: numbered(0), Place: room1, Since: at}, {EPC: numbered(1), Place: room3, Since: at}, {EPC: numbered(2), Place: room1, Since: at, Static: true}}
	e.Restore(known, at)
	return e, places(known)
}

// check plays the steps and verifies after each that the changes so far explain the snapshot, and that the books balance.
func check(story []step) error {
	at := time.Unix(1_800_000_000, 0)
	e, start := begin(at)
	var changes []presence.Change
	for i, s := range append(story, step{after: time.Minute, device: true}) {
		at = at.Add(s.after)
		changes = append(changes, s.do(e, at)...)
		where, err := replay(start, changes)
		if err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
		snapshot := e.Snapshot()
		if is := places(snapshot); !maps.Equal(where, is) {
			return fmt.Errorf("step %d: the changes and the snapshot differ (-changes +snapshot):\n%s", i, cmp.Diff(where, is))
		}
		n := e.Stats()
		if len(snapshot) != len(where)+n.Static || n.Present != len(where) || n.Tags != n.Present+n.Candidates+n.Static || n.Tags > hasty().MaxTags {
			return fmt.Errorf("step %d: %d in the snapshot, %d by the changes, and the counts say %+v", i, len(snapshot), len(where), n)
		}
	}
	return nil
}

func TestChangesExplainTheSnapshot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := check(steps().Draw(t, "story")); err != nil {
			t.Fatal(err)
		}
	})
}

// Whoever owns the engine may be late or eager: the changes, their times and their figures are the same.
func TestAdvancingOftenChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		story := steps().Draw(t, "story")
		at := time.Unix(1_800_000_000, 0)
		late, _ := begin(at)
		eager, _ := begin(at)
		var gotLate, gotEager []presence.Change
		for _, s := range append(story, step{after: time.Minute, device: true}) {
			for range rapid.IntRange(0, 3).Draw(t, "ticks") {
				part := s.after / 4
				at, s.after = at.Add(part), s.after-part
				gotEager = append(gotEager, eager.Advance(at)...)
				if next, ok := eager.Next(); ok && next.Before(at.Add(-time.Second)) {
					t.Fatalf("something is due at %v and it is %v", next, at)
				}
			}
			at = at.Add(s.after)
			gotLate = append(gotLate, s.do(late, at)...)
			gotEager = append(gotEager, s.do(eager, at)...)
		}
		if diff := cmp.Diff(gotLate, gotEager, cmp.Comparer(sameEPC)); diff != "" {
			t.Fatalf("changes (-late +eager):\n%s", diff)
		}
	})
}

// A place that nobody serves loses nobody to silence.
func TestNobodyDepartsWhileEveryReaderIsDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(1_800_000_000, 0)
		e, _ := begin(at)
		for _, s := range steps().Draw(t, "story") {
			at = at.Add(s.after)
			s.do(e, at)
		}
		for _, id := range []showroom.DeviceID{"r1", "r2", "r3", "rf"} {
			e.Device(id, devices.Fault, at)
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

// FuzzEngine reads seven bytes a step.
func FuzzEngine(f *testing.F) {
	f.Add([]byte{0, 100, 0, 1, 0xE0, 0, 0, 0, 100, 0, 1, 0xE0, 0, 0})
	f.Add(slices.Repeat([]byte{0x01, 0xF0, 2, 3, 0xEC, 0x78, 0}, 40))
	f.Add([]byte{0xFF, 0xFF, 5, 5, 0x80, 0, 1, 0x7F, 0xFF, 0, 0, 0x80, 0, 0})
	f.Fuzz(func(t *testing.T, story []byte) {
		var all []step
		for ; len(story) >= 7 && len(all) < 300; story = story[7:] {
			all = append(all, step{
				after:   time.Duration(int16(binary.BigEndian.Uint16(story))) * time.Millisecond,
				antenna: antennas()[int(story[2])%len(antennas())],
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
