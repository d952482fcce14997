package sim_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/sim"
)

// truths is what really happened, in short.
func truths(all []sim.Truth) (out []string) {
	for _, t := range all {
		words := []string{t.What}
		for _, w := range []string{string(t.Reader), t.Spot, t.Who} {
			if w != "" {
				words = append(words, w)
			}
		}
		if t.Tag != nil {
			words = append(words, t.Tag.Name)
		}
		if t.Want != "" {
			words = append(words, "a piece")
		}
		if t.Carried {
			words = append(words, "carried")
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

const aisle = `
seed 3
reader fr1..fr4 r200
neighbours fr1..fr4 bleed 10dB
spot aisle heard fr2 14dB fr3 12dB
spot bench in fr4 heard fr4 3dB
`

func TestWhatPeopleDo(t *testing.T) {
	s := shop(t, aisle)
	for i, step := range []struct {
		do   string
		want []string
	}{
		{"enter fr1 as anna", []string{"entered fr1 anna"}},
		{"carry 2 pieces into fr1 as anna", []string{"arrived fr1 anna-1", "arrived fr1 anna-2"}},
		{"carry 2 pieces into fr1 as anna", nil},
		{`carry "Blue Hoodie" into fr1 as hoodie`, []string{"arrived fr1 hoodie"}},
		{"ask piece in fr1", []string{"asked fr1 a piece"}},
		{"leave fr1 as anna", []string{"left fr1 anna"}},
		{"take anna-1 out", []string{"departed fr1 anna-1"}},
		{"gather fr1 as pile", []string{"gathered fr1"}},
		{"move pile into fr2", []string{"departed fr1 anna-2 carried", "arrived fr2 anna-2 carried", "departed fr1 hoodie carried", "arrived fr2 hoodie carried"}},
		{"carry piece into fr2 as left", []string{"arrived fr2 left"}},
		{"gather fr2 as pile", []string{"gathered fr2"}},
		{"move pile to aisle", []string{
			"departed fr2 anna-2 carried", "parked aisle anna-2", "departed fr2 hoodie carried", "parked aisle hoodie", "departed fr2 left carried", "parked aisle left",
		}},
		{"move anna to bench", []string{"cleared aisle anna-2", "arrived fr4 anna-2 carried"}},
		{"move pile away", []string{"departed fr4 anna-2 carried", "cleared aisle hoodie", "cleared aisle left"}},
		{"carry 2 pieces to aisle as trolley", []string{"parked aisle trolley-1", "parked aisle trolley-2"}},
		{"restock fr1", []string{"restock fr1"}},
		{"restock fr1 over", []string{"restocked fr1"}},
		{"take trolley out", []string{"cleared aisle trolley-1", "cleared aisle trolley-2"}},
	} {
		got := truths(do(t, s, step.do, noon.Add(time.Duration(i)*time.Second)))
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.do, diff)
		}
	}
	for line, want := range map[string]string{
		"move nobody away":              "nobody is nowhere",
		"carry piece to the-moon as a":  "there is no spot the-moon",
		"move trolley away":             "trolley is nowhere",
		"take trolley out":              "trolley is in no room",
		`ask "Top Hat" in fr1`:          `there is no product "Top Hat"; the catalogue has Blue Hoodie, White Plimsolls`,
		"gather fr9 as pile":            "there is no reader fr9",
		"carry 2 pieces into fr9 as us": "there is no reader fr9",
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

// TestWallsAndSpots: through a wall that is told, and at a spot, a tag is heard as much weaker as the scenario says.
func TestWallsAndSpots(t *testing.T) {
	s := shop(t, aisle+"spot hook in fr1 heard fr1 0dB fr2 6dB exactly\n")
	do(t, s, "carry 40 pieces to aisle as trolley", noon)
	do(t, s, "carry 40 pieces into fr1 as dress", noon)
	do(t, s, "carry piece to hook as still", noon)
	all := map[string]*tally{}
	names := map[string]string{}
	for _, tag := range s.Tags() {
		names[tag.EPC.String()] = strings.SplitN(tag.Name, "-", 2)[0]
	}
	pass(s, noon, 10*time.Minute, func(r sim.Round) {
		for _, read := range r.Reads {
			key := names[read.EPC.String()] + " " + string(r.Reader)
			if all[key] == nil {
				all[key] = &tally{}
			}
			a := all[key]
			a.reads, a.sum = a.reads+1, a.sum+read.RSSI.DBm()
		}
	})
	for key, want := range map[string]struct{ dBm, within float64 }{
		"dress fr1": {-48.3, 0.8}, "dress fr2": {-58, 1},
		"trolley fr2": {-61.5, 1}, "trolley fr3": {-59.8, 1}, // weak rounds are not read, so what is read is a little louder
		"still fr1": {-48.6, 0.8}, "still fr2": {-54.5, 0.8},
	} {
		if got := all[key]; got == nil || math.Abs(got.mean()-want.dBm) > want.within {
			t.Errorf("%s: %v, want about %.1f dBm", key, got, want.dBm)
		} else if got.reads < 100 {
			t.Errorf("%s: only %d reads", key, got.reads)
		}
	}
	if all["dress fr3"] != nil || all["trolley fr1"] != nil || all["still fr3"] != nil {
		t.Error("somebody is heard where no way leads")
	}
}

func TestDueTellsWhenSomethingCanBeRead(t *testing.T) {
	s := shop(t, aisle)
	if at, ok := s.Due(); ok {
		t.Errorf("in an empty shop something may be read at %v", at)
	}
	do(t, s, "carry piece into fr1 as a", noon)
	s.Step(noon)
	if at, ok := s.Due(); !ok || at != noon.Add(50*time.Millisecond) {
		t.Errorf("after a round the next is due at %v, %v", at, ok)
	}
	do(t, s, "pull fr1", noon)
	do(t, s, "pull fr2", noon) // next door
	if at, ok := s.Due(); ok {
		t.Errorf("without cables something may be read at %v", at)
	}
}

const busy = `
seed 5
lasts 2h
reader fr1..fr3 r200
traffic fr1..fr3 every 1m stay 2m..5m garments 1..3 asking 50% from 10m until 1h50m
outages fr1..fr3 every 20m last 10s..30s
at 5m every 30m ask piece in fr1
`

// TestTraffic: nobody goes into a room that is taken, everything that comes in goes out, and the figures are kept.
func TestTraffic(t *testing.T) {
	s, err := sim.ParseScenario(busy)
	if err != nil {
		t.Fatal(err)
	}
	shoppers, garments, asked, repeated, out := happened(t, s)
	within := func(what string, got, low, high int) {
		t.Helper()
		if got < low || got > high {
			t.Errorf("%d %s, want %d to %d", got, what, low, high)
		}
	}
	within("shoppers", shoppers, 30, 90)
	within("garments", garments, 3*shoppers/2, 5*shoppers/2)
	within("asked", asked, shoppers/4, shoppers*3/4)
	within("times asked again", repeated, 4, 4)
	within("outages", out, 8, 35)
}

// happened goes through a scenario and wants nobody to meet anybody in a room, to come or stay out of bounds, or to leave garments. It
// answers how much of each there is.
func happened(t *testing.T, s sim.Scenario) (shoppers, garments, asked, repeated, out int) {
	t.Helper()
	inside := map[showroom.DeviceID]string{}
	entered := map[string]time.Duration{}
	hang := map[string]int{}
	pulled := map[showroom.DeviceID]time.Duration{}
	for _, e := range s.Events {
		switch a := e.Do; a.Verb {
		case sim.Enter:
			if inside[a.Reader] != "" {
				t.Fatalf("%s meets %s in %s", a.Who, inside[a.Reader], a.Reader)
			}
			if e.At < 10*time.Minute || e.At > 110*time.Minute {
				t.Errorf("%s comes at %v", a.Who, e.At)
			}
			inside[a.Reader], entered[a.Who] = a.Who, e.At
			shoppers++
		case sim.Leave:
			if stay := e.At - entered[a.Who]; stay < 2*time.Minute || stay > 5*time.Minute {
				t.Errorf("%s stays %v", a.Who, stay)
			}
			if n := hang[a.Who]; n != 0 {
				t.Errorf("%s leaves %d garments", a.Who, n)
			}
			inside[a.Reader] = ""
		case sim.Carry:
			hang[inside[a.Reader]]++
			garments++
		case sim.Take:
			hang[strings.Split(a.Tag, "-")[0]]--
		case sim.Ask:
			if e.Made {
				asked++
			} else {
				repeated++
			}
		case sim.Pull:
			pulled[a.Reader] = e.At
			out++
		case sim.Plug:
			if d := e.At - pulled[a.Reader]; d < 10*time.Second || d > 30*time.Second {
				t.Errorf("%s is out for %v", a.Reader, d)
			}
		}
	}
	return shoppers, garments, asked, repeated, out
}

func TestOneSeedIsOneTraffic(t *testing.T) {
	s, err := sim.ParseScenario(busy)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, s.WithSeed(5)); diff != "" {
		t.Errorf("the same seed makes other traffic:\n%s", diff)
	}
	other := s.WithSeed(6)
	if cmp.Equal(s.Events, other.Events) {
		t.Error("two seeds make the same traffic")
	}
	if diff := cmp.Diff(s, other.WithSeed(5)); diff != "" {
		t.Errorf("back at the first seed the traffic is another:\n%s", diff)
	}
}

func TestFaultsOfWhatPeopleDo(t *testing.T) {
	_, err := sim.ParseScenario(`reader fr1..fr3 r200
reader fr3..fr1 r200
neighbours fr1 fr2 bleed much
neighbours fr1..fr1
spot aisle heard
spot rail heard fr1 10dB fr9 12dB
spot rail heard fr1 70dB
at 1s carry piece to nowhere as a
at 1s carry 0 pieces into fr1 as a
at 1s carry 2 coats into fr1 as a
at 1s move b around
at 1s move c away
at 1s gather fr1
at 1s every 10ms take a out
at 1s every 1h take a out
traffic fr1..fr3 every 10s stay 3m..1m garments 1..5
traffic fr1..fr3 every 10s stay 3m garments 5..1
traffic fr1..fr3 every 10s stay 3m garments 1 asking half
outages fr1..fr3 every 1m last 10s..20s
lasts 0s
`)
	var faults sim.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("error %v, want faults", err)
	}
	want := strings.TrimSpace(`
line 2: "fr3..fr1" is no row of names like fr1..fr10
line 3: "much" is not a loss from 0dB to 60dB
line 4: fr1 is no neighbour of itself
line 5: the line ends where a reader is wanted
line 6: there is no device fr9
line 7: spot rail is there already
line 8: there is no spot nowhere
line 9: how many pieces is a number from 1 to 500
line 10: want 2 pieces, not 2 coats
line 11: want into, to or away, not "around"
line 12: c is taken out and never carried in
line 13: the line ends where "as" is wanted
line 14: this happens too often: at most once a second
line 15: this goes on for ever: say how long the story lasts
line 16: "3m..1m" are no times like 3m..12m
line 17: "5..1" are no numbers like 1..5
line 18: "half" is no share like 30%
line 19: this goes on for ever: say how long the story lasts
line 20: a story takes time`)
	if diff := cmp.Diff(want, faults.Error()); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if _, err := sim.ParseScenario("reader fr1 r200\nlasts 1000h\noutages fr1 every 1s last 1s\n"); err == nil || !strings.Contains(err.Error(), "more than 100000 events") {
		t.Errorf("error %v of a scenario without end", err)
	}
	if _, err := sim.ParseScenario(fmt.Sprintf("reader fr1 r200\nlasts 1h\ntraffic fr1 every 1s stay 10s garments %d\n", 500)); err == nil {
		t.Error("millions of garments are no fault")
	}
}

// TestHearIsStep: what is read is the same, by rounds and all together.
func TestHearIsStep(t *testing.T) {
	const text = "seed 7\nreader fr1 zebra topic t antennas 2\nreader fr2 r200\nreader fr3 r200\nneighbours fr2 fr3\nshelf 2 near fr1\n"
	a, b := shop(t, text), shop(t, text)
	for _, s := range []*sim.Shop{a, b} {
		do(t, s, "carry 3 pieces into fr2 as a", noon)
	}
	var want, got []devices.TagRead
	pass(a, noon, 5*time.Second, func(r sim.Round) { want = append(want, r.Reads...) })
	for at := noon; at.Before(noon.Add(5 * time.Second)); at = at.Add(25 * time.Millisecond) {
		got = b.Hear(at, got)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b gs1.EPC) bool { return a == b })); diff != "" || len(got) < 500 {
		t.Errorf("%d reads (-rounds +together):\n%s", len(got), diff)
	}
}

// TestGrammarKnowsEveryWord: whatever a fault lists as possible is explained, and what is explained is possible.
func TestGrammarKnowsEveryWord(t *testing.T) {
	explained := map[string]bool{}
	for line := range strings.Lines(sim.Grammar()) {
		if words := strings.Fields(line); strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "   ") {
			explained[words[0]] = true
		}
	}
	known := map[string]bool{}
	_, statement := sim.ParseScenario("dance")
	_, action := sim.ParseAction("dance")
	for _, err := range []error{statement, action} {
		_, list, _ := strings.Cut(err.Error(), "want ")
		for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' }) {
			known[word] = word != "or"
		}
	}
	delete(known, "or")
	if diff := cmp.Diff(known, explained); diff != "" {
		t.Errorf("words (-known +explained):\n%s", diff)
	}
}
