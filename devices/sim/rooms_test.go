package sim_test

import (
	"slices"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/sim"
)

// TestRoomsShareAReader: each antenna hears its own room, the reader does one round at a time, and one cable holds all of them.
func TestRoomsShareAReader(t *testing.T) {
	s := shop(t, `reader r1 r2000 antennas 4
reader r2 r200
room a reader r1 antenna 1
room b reader r1 antenna 2 4
neighbours a r2
`)
	do(t, s, "carry unknown into a as red", noon)
	do(t, s, "carry unknown into b as blue", noon)
	red, blue := epcOf(t, s, "red"), epcOf(t, s, "blue")
	heard := map[string]map[showroom.DeviceID][]int{"red": {}, "blue": {}}
	rounds := map[int]int{}
	const seconds = 20
	at := noon
	for range seconds * 20 {
		at = at.Add(50 * time.Millisecond)
		mine := 0
		for _, round := range s.Step(at) {
			if round.Reader == "r1" {
				rounds[round.Antenna]++
				mine++
			}
			for _, read := range round.Reads {
				name := map[bool]string{true: "red", false: "blue"}[read.EPC == red]
				if read.EPC != red && read.EPC != blue || read.Reader != round.Reader || read.Antenna != round.Antenna {
					t.Fatalf("read %+v in round of %s, antenna %d", read, round.Reader, round.Antenna)
				}
				if !slices.Contains(heard[name][read.Reader], read.Antenna) {
					heard[name][read.Reader] = append(heard[name][read.Reader], read.Antenna)
				}
			}
		}
		if mine > 1 {
			t.Fatalf("%d rounds of one reader at once", mine)
		}
	}
	slices.Sort(heard["blue"]["r1"])
	if !slices.Equal(heard["red"]["r1"], []int{1}) || !slices.Equal(heard["blue"]["r1"], []int{2, 4}) || heard["blue"]["r2"] != nil || heard["red"]["r2"] == nil {
		t.Errorf("heard %v: want red by r1 at 1 and by r2 through the wall, blue by r1 at 2 and 4", heard)
	}
	if rounds[1] < seconds*9 || rounds[2] < seconds*4 || rounds[4] < seconds*4 || rounds[3] != 0 {
		t.Errorf("rounds %v by antenna", rounds)
	}
	if truth := do(t, s, "pull r1", at); len(truth) != 1 || truth[0].Reader != "r1" || truth[0].What != "pulled" {
		t.Errorf("truth %+v", truth)
	}
	for _, round := range s.Step(at.Add(time.Minute)) {
		if round.Reader == "r1" {
			t.Error("a pulled reader reads")
		}
	}
	if truth := do(t, s, "pull r1", at); len(truth) != 0 {
		t.Errorf("pulled twice: %+v", truth)
	}
}

func TestAnAntennaLooksAtOneRoom(t *testing.T) {
	_, err := sim.ParseScenario("reader r1 r2000 antennas 2\nroom a reader r1 antenna 1\nroom b reader r1 antenna 2 1\n")
	if want := "line 3: antenna 1 of r1 looks at room a already"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestRoomsAreHeldToTheirReader(t *testing.T) {
	_, err := sim.ParseScenario("reader r1 r2000 antennas 2\nroom a reader r1 antenna 3\nroom b reader r9 antenna 1\nat 1s carry unknown into r1 as x\nscanner s1\nroom c reader s1 antenna 1\n")
	want := "line 2: reader r1 has no antenna 3\nline 3: there is no device r9\nline 4: reader r1 has several rooms: say which\nline 6: s1 is no reader"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
