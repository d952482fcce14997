package zones_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices"
)

func TestAShopperWalksThroughTheShop(t *testing.T) {
	s := open(t)
	begin := s.now
	s.carries("tag", loudness{window: -55, middle: -70, tills: -85}, 20*time.Second)
	s.carries("tag", loudness{window: -70, middle: -55, tills: -70}, 20*time.Second)
	s.carries("tag", loudness{window: -85, middle: -70, tills: -55}, 20*time.Second)
	s.wait(time.Minute)
	got := s.take()
	want := []zones.Change{
		{
			ID: "tag", To: window, Dwell: time.Second, At: begin.Add(time.Second), Confidence: 0.93,
			Why: showroom.Figures{Reads: 2, WindowMS: 6000, RSSIKnown: true, MeanRSSI: -55},
		},
		{
			ID: "tag", From: window, To: middle, Dwell: 21 * time.Second, At: begin.Add(22 * time.Second), Confidence: 0.93,
			Why: showroom.Figures{Reads: 2, WindowMS: 6000, RSSIKnown: true, MeanRSSI: -55, OldMean: -70, Margin: 8, Lead: 15},
		},
		{
			ID: "tag", From: middle, To: tills, Dwell: 20 * time.Second, At: begin.Add(42 * time.Second), Confidence: 0.93,
			Why: showroom.Figures{Reads: 1, WindowMS: 6000, RSSIKnown: true, MeanRSSI: -55, OldMean: -70, Margin: 8, Lead: 15},
		},
		{
			ID: "tag", From: tills, Dwell: 47500 * time.Millisecond, At: begin.Add(89500 * time.Millisecond), Confidence: 1,
			Why: showroom.Figures{SilentMS: 30_000, WindowMS: 6000},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 0.005)); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	s.wait(time.Hour)
	s.expect()
	if n := s.engine.Stats(); n.Tags != 0 || n.Known != 0 || n.Entered != 1 || n.Moved != 2 || n.Left != 1 {
		t.Errorf("%+v, want a shop without tags after one visit of three zones", n)
	}
}

// A lead of 6 dB, under the noise of a body in a hall: the standard deviation of the danis floor.
func TestAStillTagStaysWhereItIs(t *testing.T) {
	for seed := range uint64(20) {
		s := open(t)
		noise := rand.New(rand.NewPCG(seed, 1))
		for end := s.now.Add(10 * time.Minute); s.now.Before(end); s.wait(400 * time.Millisecond) {
			for _, p := range []showroom.Place{window, middle, tills} {
				dBm := map[showroom.Place]float64{window: -62, middle: -68, tills: -70}[p]
				for _, g := range gatewaysOf(p) {
					if noise.Float64() < 0.75 {
						s.hears(g, "tag", dBm+5.8*noise.NormFloat64())
					}
				}
			}
		}
		moves := 0
		for _, c := range s.take() {
			if c.At.Sub(s.now) > -10*time.Minute+15*time.Second {
				moves++
			}
		}
		if moves > 1 || s.where("tag") != window {
			t.Errorf("seed %d: %d moves and at last in %v, want the window without moves", seed, moves, s.where("tag"))
		}
	}
}

func TestATagBetweenTwoZonesIsNotPulledToAndFro(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -60, middle: -62}, 10*time.Second)
	s.take()
	for range 60 { // one turns round, and back
		s.carries("tag", loudness{window: -63, middle: -60}, 3*time.Second)
		s.carries("tag", loudness{window: -60, middle: -63}, 3*time.Second)
	}
	s.expect()
}

// Half of what it takes, and the other half when the first is no longer true.
func TestWhatWasCollectedLongAgoIsForgotten(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -50, middle: -60}, 10*time.Second)
	s.take()
	for range 3 {
		s.carries("tag", loudness{window: -60, middle: -50}, time.Second)
		s.wait(15 * time.Second)
	}
	s.expect()
	s.carries("tag", loudness{window: -60, middle: -50}, 5*time.Second)
	s.expect(step{"tag", window, middle})
}

func TestOfTwoThatCouldTakeATagTheLoserBeginsAgain(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -50, middle: -70, tills: -70}, 5*time.Second)
	s.take()
	s.carries("tag", loudness{window: -70, middle: -60, tills: -61}, 3*time.Second)
	s.expect(step{"tag", window, middle})
	s.carries("tag", loudness{window: -70, middle: -61, tills: -60}, 10*time.Second)
	s.expect()
}

// The zone a tag goes to hears it a moment later than one that it only passes: whenever that is, nobody who hears it faintly has it.
func TestATagIsNotLeftOnTheWay(t *testing.T) {
	for late := time.Duration(0); late < 12*time.Second; late += 250 * time.Millisecond {
		s := open(t)
		s.carries("tag", loudness{window: -50}, 10*time.Second)
		s.take()
		s.carries("tag", loudness{middle: -80}, late)
		s.carries("tag", loudness{middle: -80, tills: -60}, 15*time.Second)
		for _, c := range s.take() {
			if c.Confidence < 0.4 {
				t.Errorf("%v later: %v has the tag with a confidence of %.2f", late, c.To, c.Confidence)
			}
		}
		if got := s.where("tag"); got != tills {
			t.Errorf("%v later: the tag is in %v, want the tills", late, got)
		}
	}
}

func TestOneLoudReadingTakesNoTag(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -60}, 5*time.Second)
	s.take()
	s.hears("t1", "tag", -20) // a reflection
	s.carries("tag", loudness{window: -60}, 10*time.Second)
	s.expect()
}

func TestPacingBetweenZonesTakesMoreAndMore(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -55, middle: -70}, 10*time.Second)
	s.take()
	var waited []time.Duration
	for range 3 {
		for _, at := range []loudness{{window: -70, middle: -55}, {window: -55, middle: -70}} {
			begin := s.now
			s.carries("tag", at, 20*time.Second)
			waited = append(waited, s.only().At.Sub(begin))
		}
	}
	want := []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 8 * time.Second, 8 * time.Second, 8 * time.Second}
	if diff := cmp.Diff(want, waited); diff != "" {
		t.Errorf("time to notice (-want +got):\n%s", diff)
	}
}

// A body takes much from one zone and gives nothing to another.
func TestABodyInFrontOfAStillTagMovesNothing(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -60, middle: -64}, 2*time.Minute)
	s.take()
	for range 5 {
		s.carries("tag", loudness{window: -75, middle: -64}, 20*time.Second)
		s.carries("tag", loudness{window: -60, middle: -64}, 40*time.Second)
	}
	s.expect()
}

// However long it has been still, a tag that is carried away is found where it goes.
func TestATagThatHasBeenStillIsCarriedAway(t *testing.T) {
	for _, stay := range []time.Duration{time.Minute, 10 * time.Minute, 3 * time.Hour} {
		s := open(t)
		s.carries("tag", loudness{window: -60, middle: -70}, stay)
		s.take()
		begin := s.now
		s.carries("tag", loudness{window: -70, middle: -60}, 20*time.Second)
		if took := s.only().At.Sub(begin); took > 8*time.Second {
			t.Errorf("after %v it took %v to notice", stay, took)
		}
	}
}

// Somebody stood in front of it when it came.
func TestATagInTheWrongZoneIsPutRight(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -75, middle: -64}, 30*time.Second)
	s.expect(step{"tag", nowhere, middle})
	s.carries("tag", loudness{window: -60, middle: -64}, 2*time.Minute)
	s.expect(step{"tag", middle, window})
}

func TestATagIsKnownThroughARestart(t *testing.T) {
	s := build(t)
	known := []zones.Occupancy{
		{ID: "stays", Zone: tills, Since: s.now.Add(-time.Hour)},
		{ID: "gone", Zone: tills, Since: s.now.Add(-time.Hour)},
		{ID: "old", Zone: zonePlace("torn down"), Since: s.now.Add(-time.Hour)},
	}
	s.news = append(s.news, s.engine.Restore(known, s.now)...)
	s.expect(step{"old", zonePlace("torn down"), nowhere})
	want := []zones.Occupancy{
		{ID: "stays", Zone: tills, Since: s.now.Add(-time.Hour), Unconfirmed: true},
		{ID: "gone", Zone: tills, Since: s.now.Add(-time.Hour), Unconfirmed: true},
	}
	if diff := cmp.Diff(want, s.engine.Snapshot()); diff != "" {
		t.Errorf("after the restart (-want +got):\n%s", diff)
	}

	s.zone(window, devices.Up) // which hears through half the shop, before the tills do
	s.carries("stays", loudness{window: -80}, 20*time.Second)
	s.expect()
	s.zone(tills, devices.Up)
	s.carries("stays", loudness{window: -80, tills: -50}, 29*time.Second)
	s.expect()
	s.carries("stays", loudness{window: -80, tills: -50}, 2*time.Second)
	s.expect(step{"gone", tills, nowhere})
	want = []zones.Occupancy{{ID: "stays", Zone: tills, Since: want[0].Since}}
	if diff := cmp.Diff(want, s.engine.Snapshot()); diff != "" {
		t.Errorf("a while later (-want +got):\n%s", diff)
	}
}

func TestATagIsNotKeptForEverByAZoneThatNeverHeardIt(t *testing.T) {
	s := build(t)
	s.engine.Restore([]zones.Occupancy{{ID: "tag", Zone: tills, Since: s.now}}, s.now)
	s.zone(window, devices.Up)
	s.carries("tag", loudness{window: -60}, 29*time.Second)
	s.expect()
	s.carries("tag", loudness{window: -60}, 5*time.Second)
	s.expect(step{"tag", tills, window})
}

func TestStrengthsThatAreNotTold(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{tills: unknown}, 5*time.Second)
	got := s.only()
	if got.To != tills || got.Why.RSSIKnown || got.Confidence != 1 {
		t.Errorf("%+v, want the tills, sure, and no strength", got)
	}
	s.carries("tag", loudness{tills: unknown, window: unknown}, time.Minute)
	s.carries("tag", loudness{tills: unknown, window: -40}, time.Minute)
	s.expect() // nothing to compare by
	s.carries("tag", loudness{window: unknown}, 20*time.Second)
	s.expect(step{"tag", tills, window})
}

// What is documented of tags that save their battery.
func TestASlowTagIsInTheShopAndNobodyKnowsWhere(t *testing.T) {
	for _, every := range []time.Duration{30 * time.Second, time.Minute, 90 * time.Second} {
		s := open(t)
		for range 20 {
			s.hears("w1", "tag", -50)
			s.hears("w2", "tag", -55)
			s.hears("m1", "tag", -70)
			s.wait(every)
		}
		s.expect()

		s = open(t, func(c *zones.Config) {
			c.Profile.Window, c.Profile.Stale, c.Profile.Away, c.Profile.Settle = 2*every, 2*every, 5*every, 0
		})
		for range 20 {
			s.hears("w1", "tag", -50)
			s.hears("m1", "tag", -70)
			s.wait(every)
		}
		s.expect(step{"tag", nowhere, window})
		for range 3 {
			s.hears("m1", "tag", -50)
			s.hears("w1", "tag", -70)
			s.wait(every)
		}
		s.expect(step{"tag", window, middle})
	}
}

func TestOnePassingAdvertisementIsNoVisit(t *testing.T) {
	s := open(t)
	for range 20 {
		s.hears("w1", "tag", -60)
		s.hears("w2", "tag", -60)
		s.wait(11 * time.Second)
	}
	s.expect()
	s.wait(time.Minute)
	if n := s.engine.Stats(); n.Tags != 0 {
		t.Errorf("%d tags remembered, want none", n.Tags)
	}
}

func TestAGatewayHasItsOwnGain(t *testing.T) {
	s := open(t, func(c *zones.Config) { c.Gateways["t1"] = zones.Mount{Zone: tills, Gain: 12} })
	s.carries("tag", loudness{window: -60, tills: -65}, 5*time.Second)
	s.expect(step{"tag", nowhere, tills})
}
