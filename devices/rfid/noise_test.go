package rfid_test

import (
	"testing"
	"time"

	"showroom/devices/rfid"
)

// second is what came over a line within one second.
type second struct{ sound, damaged uint64 }

func TestNoise(t *testing.T) {
	const lasting = 4 * time.Second
	for name, c := range map[string]struct {
		line []second
		want int // the first second in which noise rules, from 0; -1 for never
	}{
		"a sound line":              {repeat(20, second{100, 0}), -1},
		"nothing":                   {repeat(20, second{}), -1},
		"a wrong byte now and then": {repeat(20, second{100, 40}), -1},
		"noise only":                {repeat(20, second{0, 30}), 4},
		"noise after good times":    {append(repeat(600, second{1000, 0}), repeat(20, second{0, 30})...), 604},
		"a frame by chance":         {append(append(repeat(8, second{0, 100}), second{30, 100}), repeat(9, second{0, 100})...), 4},
		"half a frame":              {append(repeat(1, second{0, 12}), repeat(20, second{})...), -1},
		"most of it damaged":        {repeat(20, second{10, 90}), 4},
	} {
		t.Run(name, func(t *testing.T) {
			n := rfid.Noise{Lasting: lasting}
			var sound, damaged uint64
			ruled, at := -1, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
			for i, s := range c.line {
				sound, damaged, at = sound+s.sound, damaged+s.damaged, at.Add(time.Second)
				n.Hear(sound, damaged, at)
				switch rules := n.Rules(); {
				case rules && ruled < 0:
					ruled = i
				case !rules && ruled >= 0:
					t.Fatalf("it is quiet again in second %d", i)
				}
			}
			if ruled != c.want {
				t.Errorf("it rules from second %d, want %d", ruled, c.want)
			}
		})
	}
}

func TestNoiseEnds(t *testing.T) {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for name, after := range map[string]second{"with sound frames": {60, 0}, "with silence": {}} {
		t.Run(name, func(t *testing.T) {
			n := rfid.Noise{Lasting: 4 * time.Second}
			at, sound, damaged := at, uint64(0), uint64(0)
			for range 60 {
				at, damaged = at.Add(time.Second), damaged+1000
				n.Hear(sound, damaged, at)
			}
			if !n.Rules() {
				t.Fatal("a minute of noise does not rule")
			}
			for range 8 {
				at, sound = at.Add(time.Second), sound+after.sound
				n.Hear(sound, damaged, at)
			}
			if n.Rules() {
				t.Error("it rules still")
			}
			n.Hear(sound, damaged+1, at.Add(time.Hour))
			if n.Rules() {
				t.Error("one wrong byte an hour later rules")
			}
		})
	}
}

func repeat(n int, s second) (line []second) {
	for range n {
		line = append(line, s)
	}
	return line
}
