package zones_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

func TestAGatewayDiesWhileATagStandsUnderIt(t *testing.T) {
	for _, state := range []devices.State{devices.Silent, devices.Fault, devices.Down} {
		t.Run(state.String(), func(t *testing.T) {
			s := open(t)
			s.carries("tag", loudness{window: -80, tills: -50}, 10*time.Second)
			s.take()
			s.gateway("t1", state)
			s.carries("tag", loudness{window: -80}, 2*time.Minute)
			s.wait(time.Hour)
			s.expect() // nothing hears it any more, and nobody can say that it has gone
			s.gateway("t1", devices.Up)
			s.wait(30*time.Second - 1)
			s.expect()
			s.wait(1)
			s.expect(step{"tag", tills, nowhere})
		})
	}
}

func TestATagMayWalkAwayFromADeadGateway(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -80, tills: -60}, 10*time.Second)
	s.take()
	s.gateway("t1", devices.Down)
	s.carries("tag", loudness{window: -65}, time.Minute)
	s.expect()
	s.carries("tag", loudness{window: -50}, 5*time.Second) // louder than the tills ever heard it
	s.expect(step{"tag", tills, window})
}

func TestOneOfTwoGatewaysIsEnough(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -55, middle: -70}, 10*time.Second)
	s.take()
	s.gateway("w2", devices.Down)
	for range 240 {
		s.hears("w1", "tag", -55)
		s.hears("m1", "tag", -70)
		s.hears("m2", "tag", -70)
		s.wait(500 * time.Millisecond)
	}
	s.expect()
	s.wait(time.Minute)
	s.expect(step{"tag", window, nowhere})
}

// A gateway that has just come up has not had the time to hear anybody.
func TestAGatewayThatComesUpIsNotSilent(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -80, tills: -50}, 10*time.Second)
	s.take()
	s.gateway("t1", devices.Down)
	s.carries("tag", loudness{window: -80}, time.Minute)
	s.gateway("t1", devices.Up)
	for range 10 {
		s.hears("t1", "other", -60) // so it hears
		s.carries("tag", loudness{window: -80}, 500*time.Millisecond)
	}
	s.expect(step{"other", nowhere, tills})
	for range 20 {
		s.hears("t1", "other", -60)
		s.carries("tag", loudness{window: -80}, 500*time.Millisecond)
	}
	s.expect(step{"tag", tills, window})
}

// A gateway that dies without a last will is told to be silent after minutes. Its tags stay meanwhile, and after.
func TestAGatewayOfSeveralDiesAndNobodyKnows(t *testing.T) {
	moved := 0
	for seed := range uint64(20) {
		s := open(t)
		noise := rand.New(rand.NewPCG(seed, 2))
		lie := func(d time.Duration, dead bool) {
			for end := s.now.Add(d); s.now.Before(end); s.wait(400 * time.Millisecond) {
				for i, g := range []showroom.DeviceID{"w1", "w2", "m1", "m2", "t1"} {
					dBm := []float64{-55, -68, -66, -67, -72}[i] + 5*noise.NormFloat64()
					if !dead || g != "w1" {
						s.hears(g, "tag", dBm)
					}
				}
			}
		}
		lie(3*time.Minute, false)
		s.take()
		lie(4*time.Minute, true)
		s.gateway("w1", devices.Silent)
		lie(5*time.Minute, true)
		s.gateway("w1", devices.Up)
		lie(3*time.Minute, false)
		if len(s.take()) > 0 {
			moved++
		}
		if s.where("tag") != window {
			t.Errorf("seed %d: at last in %v", seed, s.where("tag"))
		}
	}
	if moved > 1 {
		t.Errorf("%d of 20 tags moved because a gateway died", moved)
	}
}

// And if one is carried away from there, it is found.
func TestATagIsCarriedAwayFromADyingGateway(t *testing.T) {
	s := open(t)
	s.carries("tag", loudness{window: -60, middle: -70}, 3*time.Minute)
	s.take()
	lie := func(d time.Duration, w2, middle float64) {
		for end := s.now.Add(d); s.now.Before(end); s.wait(500 * time.Millisecond) {
			s.hears("w2", "tag", w2)
			s.hears("m1", "tag", middle)
			s.hears("m2", "tag", middle)
		}
	}
	lie(time.Minute, -60, -70)
	s.expect()
	lie(30*time.Second, -70, -60)
	s.expect(step{"tag", window, middle})
}

// A gateway that is deaf for a while, is found out, and hears again after a while: the tag has been under it all the time.
func TestADisturbedGatewayLosesNoTag(t *testing.T) {
	for _, dBm := range []float64{-50, unknown} {
		for deaf := time.Second; deaf <= 6*time.Second; deaf += time.Second {
			s := open(t)
			s.carries("tag", loudness{tills: dBm}, 10*time.Second)
			s.expect(step{"tag", nowhere, tills})
			for range 5 {
				s.carries("tag", loudness{window: -80, tills: dBm}, time.Second)
				s.carries("tag", loudness{window: -80}, deaf)
				s.gateway("t1", devices.Silent)
				s.carries("tag", loudness{window: -80}, 3*time.Second)
				s.gateway("t1", devices.Up)
				s.carries("tag", loudness{window: -80}, 5*time.Second) // it tells every five seconds
			}
			if got := s.take(); len(got) != 0 {
				t.Errorf("deaf for %v, heard with %v dBm: %+v", deaf, dBm, got)
			}
		}
	}
}

// What another zone has collected while the gateway was deaf and nobody knew does not count when it is back.
func TestWhatWasCollectedFromADeafGatewayIsForgotten(t *testing.T) {
	for _, dBm := range []float64{-50, unknown} {
		s := open(t)
		s.carries("tag", loudness{tills: dBm}, 10*time.Second)
		s.expect(step{"tag", nowhere, tills})
		s.carries("tag", loudness{window: -80}, 6500*time.Millisecond) // half of what it takes
		s.expect()
		s.gateway("t1", devices.Silent)
		s.gateway("t1", devices.Up)
		s.carries("tag", loudness{window: -80}, 7*time.Second) // half of it again
		s.expect()
		s.carries("tag", loudness{window: -80}, 2*time.Second)
		s.expect(step{"tag", tills, window})
	}
}
