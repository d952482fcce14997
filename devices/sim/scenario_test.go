package sim_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/devices/sim"
)

const story = `
# a story
seed 7
prefix 0614141
reader fr1 zebra topic ziotc/fr1 antennas 2 heartbeat 1s
reader fr2 r200
reader fr3 r200   # the third
neighbours fr2 fr3
shelf 4 near fr3
at 20s  take jacket out
at 2s   carry "White Plimsolls" size 41 into fr2 as jacket
at 3s   carry gtin 614141000029 into fr1 as "a # shoe"
at 25s  pull fr2
at 32s  plug fr2
at 40s  carry foreign into fr1 as shirt
at 45s  carry unknown into fr3 as mystery
loop every 1m30s
`

func TestParseScenario(t *testing.T) {
	got, err := sim.ParseScenario(story)
	if err != nil {
		t.Fatal(err)
	}
	want := sim.Scenario{
		Seed: 7, Prefix: "0614141",
		Readers: []sim.Reader{
			{ID: "fr1", Kind: sim.Zebra, Antennas: 2, Topic: "ziotc/fr1", Heartbeat: time.Second},
			{ID: "fr2", Kind: sim.R200, Antennas: 1},
			{ID: "fr3", Kind: sim.R200, Antennas: 1},
		},
		Neighbours: [][2]showroom.DeviceID{{"fr2", "fr3"}},
		Shelves:    []sim.Shelf{{Tags: 4, Near: "fr3"}},
		Events: []sim.Event{
			{At: 2 * time.Second, Line: 11, Do: sim.Action{Verb: sim.Carry, Ware: sim.Ware{Kind: sim.Named, Name: "White Plimsolls", Size: "41"}, Reader: "fr2", Tag: "jacket"}},
			{At: 3 * time.Second, Line: 12, Do: sim.Action{Verb: sim.Carry, Ware: sim.Ware{Kind: sim.ByGTIN, GTIN: "00614141000029"}, Reader: "fr1", Tag: "a # shoe"}},
			{At: 20 * time.Second, Line: 10, Do: sim.Action{Verb: sim.Take, Tag: "jacket"}},
			{At: 25 * time.Second, Line: 13, Do: sim.Action{Verb: sim.Pull, Reader: "fr2"}},
			{At: 32 * time.Second, Line: 14, Do: sim.Action{Verb: sim.Plug, Reader: "fr2"}},
			{At: 40 * time.Second, Line: 15, Do: sim.Action{Verb: sim.Carry, Ware: sim.Ware{Kind: sim.Foreign}, Reader: "fr1", Tag: "shirt"}},
			{At: 45 * time.Second, Line: 16, Do: sim.Action{Verb: sim.Carry, Ware: sim.Ware{Kind: sim.Unknown}, Reader: "fr3", Tag: "mystery"}},
		},
		Loop: 90 * time.Second,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scenario (-want +got):\n%s", diff)
	}
}

func TestAllFaultsAreToldWithTheirLines(t *testing.T) {
	_, err := sim.ParseScenario(`seed many
reader fr1 zebra
reader fr2 r200 antennas 2
reader fr2 r200
reader ../fr9 r200
reader fr8 wand over tcp
neighbours fr2 fr2
neighbours fr2 fr7
at soon pull fr2
at 1s carry White into fr2 as tag
at 1s carry "White into fr2 as tag
at 1s carry "White" size into fr2 as tag
at 1s carry gtin 614141000028 into fr2 as tag
at 1s carry unknown into fr2
at 1s take ghost out
at 1s take ghost out again
at 1s jump
at 2m pull fr2
dance
prefix 12
shelf 0 near fr2
loop every 0s
loop every 60s
`)
	var faults sim.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("error %v, want faults", err)
	}
	want := strings.TrimSpace(`
line 1: a seed is a whole number
line 2: the line ends where "topic" is wanted
line 3: "antennas" is nothing that a reader of kind r200 has
line 4: fr2 is there already
line 5: "../fr9" is no name for a device: it names a file
line 6: "wand" is no kind of reader: want r200, thingmagic, r2000, llrp, zebra, impinj or template
line 7: fr2 is no neighbour of itself
line 8: there is no device fr7
line 9: "soon" is not a time like 2s or 1m30s
line 10: "White" is not a product: want "NAME" between quotation marks, gtin DIGITS, foreign, unknown or piece
line 11: a quotation mark is missing
line 12: want "into", not "fr2"
line 13: "614141000028" is not a GTIN
line 14: the line ends where "as" is wanted
line 15: ghost is taken out and never carried in
line 16: nothing may follow, and there is "again"
line 17: "jump" is nothing to do: want carry, take, move, gather, enter, leave, ask, restock, pull, plug, fault, garbage, silence, scan, walk or spoil
line 18: the loop begins again before this happens
line 19: "dance" is no statement: want seed, prefix, reader, room, gateway, scanner, terminal, beacon, crowd, neighbours, shelf, spot, traffic, outages, at, lasts or loop
line 20: a company prefix has 6 to 11 digits
line 21: how many tags is a number from 1 to 500
line 22: a loop takes time
line 23: line 22 says already when to begin again`)
	if diff := cmp.Diff(want, faults.Error()); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// A file of something else has a fault in every line, and nobody reads them all.
func TestFaultsNameTheirFileAndAreNotEndless(t *testing.T) {
	_, err := sim.ParseScenario("jump\nhop")
	if err := sim.In("odd.scenario", fmt.Errorf("play: %w", err)); err == nil || !strings.HasPrefix(err.Error(), "odd.scenario:1: \"jump\" is no statement") || !strings.Contains(err.Error(), "\nodd.scenario:2: ") {
		t.Errorf("in a file: %v", err)
	}
	if other := errors.New("no such file"); sim.In("odd.scenario", other) != other || sim.In("odd.scenario", nil) != nil {
		t.Error("what are no faults has become some")
	}
	_, err = sim.ParseScenario(strings.Repeat("jump\n", 1000))
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 31 || lines[30] != "and 970 more" {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
}

func TestAStoryIsOverBeforeThisHappens(t *testing.T) {
	_, err := sim.ParseScenario("lasts 1m\nreader fr1 r200\nat 60s pull fr1\nat 61s plug fr1\n")
	if want := "line 4: the story is over before this happens: it lasts 1m0s"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestACalmShop: it is the same one, and nothing happens there.
func TestACalmShop(t *testing.T) {
	s, err := sim.AllKinds()
	if err != nil {
		t.Fatal(err)
	}
	calm := s.Calm()
	if len(calm.Events) != 0 || calm.Loop != 0 {
		t.Errorf("%d events, again every %v", len(calm.Events), calm.Loop)
	}
	s.Events, s.Loop = nil, 0
	if diff := cmp.Diff(s, calm); diff != "" {
		t.Errorf("(-story +calm):\n%s", diff)
	}
}

func TestWhatTheCatalogueLacksIsAFault(t *testing.T) {
	s, err := sim.ParseScenario("reader fr2 r200\nat 1s carry \"White Plimsolls\" size 99 into fr2 as a\nat 2s carry \"Top Hat\" into fr2 as b\nat 3s carry gtin 00614141000012 into fr2 as c\n")
	if err != nil {
		t.Fatal(err)
	}
	_, err = sim.NewShop(s, small(t))
	want := "line 2: there is no \"White Plimsolls\" in size 99\nline 3: there is no product \"Top Hat\"; the catalogue has Blue Hoodie, White Plimsolls\nline 4: gtin 00614141000012 is not in the catalogue"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestBuiltInScenarios holds the shipped files to the shipped catalogue.
func TestBuiltInScenarios(t *testing.T) {
	c, err := sim.DemoCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func() (sim.Scenario, error){"demo": sim.Demo, "hold": sim.Hold, "all kinds": sim.AllKinds} {
		s, err := read()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := sim.NewShop(s, c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBrokenCatalogue(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "read catalogue: it is empty",
		"name_en,gtin\n":                 "read catalogue: there is no column size",
		"size,name_en,gtin\nS,Shirt,1\n": "read catalogue, row 2: ",
	} {
		if _, err := sim.ReadCatalogue(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

func FuzzParseScenario(f *testing.F) {
	f.Add(story)
	for _, name := range []string{"demo.scenario", "hold.scenario"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(busy)
	f.Add(aisle + "at 1s carry 2 pieces to aisle as t\nat 2s move t into fr1\nat 3s gather fr1 as t\nat 4s enter fr1 as w\nat 5s leave fr1 as w\nat 6s move t away\nat 6s restock fr1\nat 6s restock fr1 over\nat 7s carry piece to bench as \"\"")
	f.Add("at 1s carry \"A\" size into fr2 as \"\"\nloop every 1ns")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := sim.ParseScenario(text)
		if err != nil {
			var faults sim.Faults
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("error %v is no list of faults", err)
			}
			last := 1
			for _, fault := range faults {
				if fault.Line < last || fault.Line > strings.Count(text, "\n")+1 {
					t.Fatalf("fault in line %d of %q", fault.Line, text)
				}
				last = fault.Line
			}
			return
		}
		for i, e := range s.Events {
			if i > 0 && e.At < s.Events[i-1].At {
				t.Fatal("the events are not in order")
			}
			again, err := sim.ParseAction(e.Do.String())
			if err != nil || again != e.Do {
				t.Fatalf("%q is read as %+v, %v", e.Do.String(), again, err)
			}
		}
	})
}

func small(t testing.TB) sim.Catalogue {
	t.Helper()
	f, err := os.Open("testdata/small.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := sim.ReadCatalogue(f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shop makes a shop of a scenario's text.
func shop(t testing.TB, text string) *sim.Shop {
	t.Helper()
	s, err := sim.ParseScenario(text)
	if err != nil {
		t.Fatal(err)
	}
	made, err := sim.NewShop(s, small(t))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// do does what line says at an instant, and answers what changed.
func do(t testing.TB, s *sim.Shop, line string, at time.Time) []sim.Truth {
	t.Helper()
	a, err := sim.ParseAction(line)
	if err != nil {
		t.Fatal(err)
	}
	truth, err := s.Do(a, at)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return truth
}

// epcOf is the tag of that name that was named last.
func epcOf(t testing.TB, s *sim.Shop, name string) gs1.EPC {
	t.Helper()
	var epc gs1.EPC
	for _, tag := range s.Tags() {
		if tag.Name == name {
			epc = tag.EPC
		}
	}
	if epc.IsZero() {
		t.Fatalf("there is no tag %s", name)
	}
	return epc
}
