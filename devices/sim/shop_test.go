package sim_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/devices/sim"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// pass steps the shop in time and hands over every round.
func pass(s *sim.Shop, from time.Time, d time.Duration, see func(sim.Round)) time.Time {
	end := from.Add(d)
	for ; from.Before(end); from = from.Add(25 * time.Millisecond) {
		for _, r := range s.Step(from) {
			see(r)
		}
	}
	return end
}

// tell is everything that is read in ten seconds of a busy shop.
func tell(t *testing.T, seed int) string {
	s := shop(t, fmt.Sprintf("seed %d\nreader fr1 zebra topic t antennas 2\nreader fr2 r200\nreader fr3 r200\nneighbours fr2 fr3\nshelf 2 near fr1\n", seed))
	do(t, s, `carry "White Plimsolls" size 41 into fr2 as a`, noon)
	do(t, s, `carry foreign into fr3 as b`, noon)
	out := ""
	pass(s, noon, 10*time.Second, func(r sim.Round) { out += fmt.Sprintln(r) })
	return out
}

func TestOneSeedIsOneStory(t *testing.T) {
	if diff := cmp.Diff(tell(t, 7), tell(t, 7)); diff != "" {
		t.Errorf("the same seed tells two stories:\n%s", diff)
	}
	if tell(t, 7) == tell(t, 8) {
		t.Error("two seeds tell the same story")
	}
}

// TestTagsDoNotDisturbEachOther: what is read of one tag does not depend on what else is in the shop.
func TestTagsDoNotDisturbEachOther(t *testing.T) {
	listen := func(others int) (out string) {
		s := shop(t, "reader fr2 r200\n")
		do(t, s, "carry unknown into fr2 as a", noon)
		for i := range others {
			do(t, s, fmt.Sprintf("carry unknown into fr2 as other%d", i), noon)
		}
		a := epcOf(t, s, "a")
		pass(s, noon, 5*time.Second, func(r sim.Round) {
			for _, read := range r.Reads {
				if read.EPC == a {
					out += fmt.Sprintln(read)
				}
			}
		})
		return out
	}
	if diff := cmp.Diff(listen(0), listen(5)); diff != "" {
		t.Errorf("alone and among others (-alone +others):\n%s", diff)
	}
}

// tally is what one reader heard of one tag.
type tally struct {
	reads     int
	sum, sum2 float64
}

func (s *tally) mean() float64  { return s.sum / float64(s.reads) }
func (s *tally) sigma() float64 { return math.Sqrt(s.sum2/float64(s.reads) - s.mean()*s.mean()) }

// TestRadio measures the radio over forty garments and ten minutes against what fitting rooms are like.
func TestRadio(t *testing.T) {
	s := shop(t, "seed 3\nreader fr1 r200\nreader fr2 r200\nreader fr3 r200\nneighbours fr2 fr3\nshelf 10 near fr1\n")
	for i := range 40 {
		do(t, s, fmt.Sprintf("carry unknown into fr2 as t%d", i), noon)
	}
	rounds := map[showroom.DeviceID]int{}
	all := map[showroom.DeviceID]*tally{"fr1": {}, "fr2": {}, "fr3": {}}
	pass(s, noon, 10*time.Minute, func(r sim.Round) {
		rounds[r.Reader]++
		for _, read := range r.Reads {
			a, v := all[r.Reader], read.RSSI.DBm()
			a.reads, a.sum, a.sum2 = a.reads+1, a.sum+v, a.sum2+v*v
		}
	})
	within := func(what string, got, low, high float64) {
		t.Helper()
		if !(got >= low && got <= high) {
			t.Errorf("%s is %.2f, want %.2f to %.2f", what, got, low, high)
		}
	}
	within("rounds a second", float64(rounds["fr2"])/600, 19.9, 20.1)
	within("mean in the room", all["fr2"].mean(), -50, -46)
	within("deviation in the room", all["fr2"].sigma(), 4.5, 7)
	within("reads a round in the room", float64(all["fr2"].reads)/float64(rounds["fr2"])/40, 0.97, 1)
	within("neighbour below the room", all["fr2"].mean()-all["fr3"].mean(), 9, 15)
	within("reads a round next door", float64(all["fr3"].reads)/float64(rounds["fr3"])/40, 0.6, 0.99)
	within("mean of the shelf", all["fr1"].mean(), -73, -65)
	within("reads a round of the shelf", float64(all["fr1"].reads)/float64(rounds["fr1"])/10, 0.2, 0.6)
}

// TestBodiesFade: now and then a garment is heard 10 dB weaker for seconds, and never for longer than 20.
func TestBodiesFade(t *testing.T) {
	s := shop(t, "seed 5\nreader fr2 r200\n")
	do(t, s, "carry unknown into fr2 as a", noon)
	var levels []float64 // mean of each second
	sum, n, second := 0.0, 0, noon
	pass(s, noon, time.Hour, func(r sim.Round) {
		for _, read := range r.Reads {
			sum, n = sum+read.RSSI.DBm(), n+1
		}
		if r.At.Sub(second) >= time.Second {
			levels = append(levels, sum/float64(max(n, 1)))
			sum, n, second = 0, 0, r.At
		}
	})
	// A stretch of weak five-second means is a fade; the wander of a second alone is none.
	fades, longest, length := 0, 0, 0
	for i := range len(levels) - 5 {
		mean := 0.0
		for _, l := range levels[i : i+5] {
			mean += l / 5
		}
		if mean > -56 {
			length = 0
			continue
		}
		if length++; length == 3 {
			fades++
		}
		longest = max(longest, length)
	}
	if fades < 4 || fades > 30 {
		t.Errorf("%d fades in an hour, want about one in four minutes", fades)
	}
	if longest > 30 {
		t.Errorf("a fade of %d s, want at most 20", longest)
	}
}

func TestAntennasTakeTurns(t *testing.T) {
	s := shop(t, "reader fr1 zebra topic t antennas 3\n")
	var turns []int
	pass(s, noon, 600*time.Millisecond, func(r sim.Round) { turns = append(turns, r.Antenna) })
	if diff := cmp.Diff([]int{1, 2, 3, 1, 2, 3}, turns); diff != "" {
		t.Errorf("antennas (-want +got):\n%s", diff)
	}
}

func TestTruth(t *testing.T) {
	s := shop(t, "reader fr2 r200\nreader fr3 r200\n")
	var got []string
	for i, line := range []string{
		`carry "white plimsolls" size 41 into fr2 as a`,
		`carry "white plimsolls" size 41 into fr2 as a`, // is so already
		`carry "white plimsolls" size 41 into fr3 as a`, // moves
		`pull fr3`, `pull fr3`, `plug fr3`,
		`take a out`,
		`carry "Blue Hoodie" into fr2 as a`, // the name goes to another garment
		`take a out`,
		`carry "white plimsolls" size 41 into fr2 as a`, // and back
		`carry gtin 614141000029 into fr3 as b`,
		`carry unknown into fr3 as c`,
		`carry foreign into fr3 as d`,
	} {
		for _, truth := range do(t, s, line, noon.Add(time.Duration(i)*time.Second)) {
			text := fmt.Sprintf("%d %s %s", int(truth.At.Sub(noon).Seconds()), truth.What, truth.Reader)
			if truth.Tag != nil {
				item, err := gs1.Decode(truth.Tag.EPC)
				if err != nil || item.GTIN() != truth.Tag.GTIN {
					t.Errorf("tag %v is %v, %v", truth.Tag, item, err)
				}
				text += fmt.Sprintf(" %s %s/%s", truth.Tag.Name, item.GTIN(), item.Serial)
			}
			got = append(got, text)
		}
	}
	want := []string{
		"0 arrived fr2 a 00614141000036/1",
		"2 departed fr2 a 00614141000036/1",
		"2 arrived fr3 a 00614141000036/1",
		"3 pulled fr3", "5 plugged fr3",
		"6 departed fr3 a 00614141000036/1",
		"7 arrived fr2 a 00614141000227/2",
		"8 departed fr2 a 00614141000227/2",
		"9 arrived fr2 a 00614141000036/1",
		"10 arrived fr3 b 00614141000029/3",
		"11 arrived fr3 c 00614141999996/4",
		"12 arrived fr3 d 04012345000016/5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("truth (-want +got):\n%s", diff)
	}
	own, err := gs1.NewPrefixes([]string{"0614141"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a": true, "c": true, "d": false} {
		if own.Own(epcOf(t, s, name)) != want {
			t.Errorf("whether %s is the shop's is not %v", name, want)
		}
	}
}

func TestWhatCannotBe(t *testing.T) {
	s := shop(t, "reader fr2 r200\n")
	do(t, s, "carry unknown into fr2 as a", noon)
	for line, want := range map[string]string{
		"take b out":                    "b is in no room",
		"carry unknown into fr9 as b":   "there is no reader fr9",
		"carry foreign into fr2 as a":   "a is in fr2 and is another garment",
		`carry "Top Hat" into fr2 as b`: `there is no product "Top Hat"; the catalogue has Blue Hoodie, White Plimsolls`,
	} {
		a, err := sim.ParseAction(line)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Do(a, noon); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", line, err, want)
		}
	}
}

func TestPulledReaderReadsNothing(t *testing.T) {
	s := shop(t, "reader fr2 r200\n")
	do(t, s, "carry unknown into fr2 as a", noon)
	rounds := 0
	count := func(sim.Round) { rounds++ }
	at := pass(s, noon, time.Second, count)
	do(t, s, "pull fr2", at)
	at = pass(s, at, 8*time.Second, count)
	do(t, s, "plug fr2", at)
	pass(s, at, time.Second, count)
	if rounds != 40 {
		t.Errorf("%d rounds in two seconds with and eight without a cable, want 40", rounds)
	}
}
