package dryrun_test

import (
	"slices"
	"testing"
	"time"

	"showroom/agent/dryrun"
	"showroom/agent/presence/zones"
)

// The promise about still tags, on radio that never repeats itself: ten minutes after a minute to settle, all over the four quadrants.
// -seeds 200 plays all of it. Two metres or more from the border five tags in a thousand may break it; nearer, where its own gateways and the
// others hear it alike, more may.
func TestTagsThatLieStill(t *testing.T) {
	n := uint64(3)
	switch {
	case *seeds > 0:
		n = *seeds
	case raced:
		n = 1
	}
	shares := []float64{.05, .02, .005, .005, .005} // by metres
	for i, s := range danis().StillTags(1, n) {
		if most := 1 + int(shares[i]*float64(s.Tags)); s.Tags == 0 || s.Restless > most {
			t.Errorf("%d m from the border %d of %d tags switched more than once, want %d at most", s.Border, s.Restless, s.Tags, most)
		}
		t.Logf("%d m: %d tags, %d never switched, %d once, %d more often, wrong for %.3f of the time", s.Border, s.Tags, s.Calm, s.Once, s.Restless, s.WrongShare())
	}
}

// And it is not bought with blindness: a tag that has lain for ten minutes and is carried over the border is found.
func TestTagsThatAreCarriedAway(t *testing.T) {
	n := uint64(5) // with fewer the half of them is chance
	if *seeds > 0 {
		n = *seeds
	}
	f := danis()
	for _, stay := range []time.Duration{20 * time.Second, time.Minute, 3 * time.Minute, 10 * time.Minute} {
		var took []time.Duration
		for seed := range n {
			for _, y := range []float64{3.5, 14} {
				for _, side := range []float64{-3, 3} {
					from, to := dryrun.Spot{X: 10.33 - side, Y: y}, dryrun.Spot{X: 10.33 + side, Y: y}
					took = append(took, found(t, f, seed, from, to, stay))
				}
			}
		}
		slices.Sort(took)
		half, most := took[len(took)/2], took[len(took)*95/100]
		if half > 20*time.Second || most > 45*time.Second {
			t.Errorf("after %v: half are found within %v and 95 of a hundred within %v", stay, half, most)
		}
		t.Logf("after %v: half are found within %v, 95 of a hundred within %v", stay, half, most)
	}
}

// found is how long after it has crossed the border a tag is thought to be in the zone it is carried to; three minutes if it never is.
func found(t *testing.T, f dryrun.Floor, seed uint64, from, to dryrun.Spot, stay time.Duration) time.Duration {
	t.Helper()
	const carried, after = 6 * time.Second, 3 * time.Minute
	track := f.Simulate(seed, []dryrun.Stop{{Spot: from}, {Spot: from, At: stay}, {Spot: to, At: stay + carried}, {Spot: to, At: stay + carried + after}})
	took := after
	var begun time.Time
	_, err := f.Replay(track, func(c zones.Change) error {
		if begun.IsZero() {
			begun = c.At.Add(-c.Dwell)
		}
		inside := slices.ContainsFunc(f.Outlines, func(o dryrun.Outline) bool { return o.Zone == c.To && o.Contains(to.X, to.Y) })
		switch late := c.At.Sub(begun) - stay - carried/2; {
		case !inside && late < 0:
			took = after
		case inside && took == after:
			took = max(late, 0)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return took
}

func TestSimulatedRadioIsTheSameForTheSameDice(t *testing.T) {
	f, lies := danis(), []dryrun.Stop{{Spot: dryrun.Spot{X: 5, Y: 5}}, {Spot: dryrun.Spot{X: 5, Y: 5}, At: time.Minute}}
	changes := func(seed uint64) (all []zones.Change) {
		_, err := f.Replay(f.Simulate(seed, lies), func(c zones.Change) error {
			all = append(all, c)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	one, again, other := changes(7), changes(7), changes(8)
	if !slices.Equal(one, again) || slices.Equal(one, other) || len(one) == 0 {
		t.Errorf("%v, again %v, with other dice %v", one, again, other)
	}
	// Two advertisements a second, of which each gateway misses a few.
	if rows := f.Simulate(7, lies).Rows(); rows < 12*121*8/10 || rows > 12*121 {
		t.Errorf("%d sightings in a minute", rows)
	}
}
