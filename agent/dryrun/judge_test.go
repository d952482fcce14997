package dryrun_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/dryrun"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

// told makes the options of a scenario's text, under the retail rules.
func told(t *testing.T, text string) dryrun.Options {
	t.Helper()
	file := filepath.Join(t.TempDir(), "story.scenario")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return options(t, file)
}

// play runs it, and answers the report and every decision.
func play(t *testing.T, o dryrun.Options) (dryrun.Report, []dryrun.Judgement) {
	t.Helper()
	var all []dryrun.Judgement
	o.Told = func(d dryrun.Judgement) { all = append(all, d) }
	r, err := dryrun.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r, all
}

const pair = `
reader fr1..fr2 r200
neighbours fr1 fr2 bleed 20dB
`

// quiet is a visit with nothing wrong in it.
const quiet = pair + `
lasts 6m
at 1s   enter fr1 as anna
at 2s   carry 2 pieces into fr1 as anna
at 90s  ask piece in fr1
at 3m   take anna out
at 3m1s leave fr1 as anna
`

func TestNothingIsWrongInAQuietShop(t *testing.T) {
	r, all := play(t, told(t, quiet))
	if r.Arrivals != 2 || r.Garments != 2 || r.Shoppers != 1 || r.Visits != 1 || r.Requests != 1 {
		t.Errorf("%+v, want two garments of one visit that asks", r)
	}
	if wrong := r.WrongRoomArrivals + r.Missed + r.Lingering + r.MovesOfStillTags + r.FalseDepartures + r.DeparturesDuringOutage +
		r.FalseVisits + r.VisitsMissed + r.VisitsMerged + r.RequestsMoved + r.RequestsLost + r.Foreign; wrong != 0 {
		t.Errorf("%+v: something is wrong", r)
	}
	if d := r.Detect(.5); !(d > 0 && d < 10) {
		t.Errorf("known after %v seconds", d)
	}
	if d := r.Depart(.5); !(d > 20 && d < 45) {
		t.Errorf("gone after %v seconds", d)
	}
	if h := r.StillTagHours; h < 2*175.0/3600 || h > 2*180.0/3600 {
		t.Errorf("%v hours on the hook, want two garments of three minutes", h)
	}
	for _, d := range all {
		if d.Verdict == "wrong" || d.Verdict == "missed" {
			t.Errorf("%+v", d)
		}
	}
}

// TestFigures makes each thing go wrong and looks that the figure for it says so.
func TestFigures(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		change func(*dryrun.Rules)
		wrong  func(dryrun.Report) bool
	}{
		"deaf readers": {
			text: quiet, change: func(r *dryrun.Rules) { r.Presence.Profile.Floor = devices.DBm(-10) },
			wrong: func(r dryrun.Report) bool {
				return r.Missed == 2 && r.Arrivals == 0 && r.VisitsMissed == 1 && r.RequestsLost == 1
			},
		},
		"heard next door only": {
			text: pair + "lasts 3m\nspot mirror in fr1 heard fr2 0dB exactly\nat 1s enter fr1 as anna\nat 2s carry piece to mirror as a\nat 2m take a out\nat 2m leave fr1 as anna\n",
			wrong: func(r dryrun.Report) bool {
				return r.WrongRoomArrivals == 1 && r.WrongRoomRate() == 1 && r.Missed == 1 && r.FalseVisits == 1 && r.VisitsMissed == 1
			},
		},
		"a still garment that seems to move": {
			text:  pair + "lasts 5m\nspot hook in fr1 heard fr1 0dB exactly\nspot mirror in fr1 heard fr1 20dB fr2 0dB exactly\nat 1s carry piece to hook as a\nat 1m carry piece to mirror as a\n",
			wrong: func(r dryrun.Report) bool { return r.MovesOfStillTags == 1 && r.MovesOfStillTagsPerHour() > 5 },
		},
		"an agent that never notices a cable": {
			text:   pair + "lasts 4m\nat 1s carry 2 pieces into fr1 as a\nat 1m pull fr1\nat 2m plug fr1\n",
			change: func(r *dryrun.Rules) { r.Silent = map[showroom.DeviceID]time.Duration{"fr1": time.Hour} },
			wrong:  func(r dryrun.Report) bool { return r.DeparturesDuringOutage == 2 && r.FalseDepartures == 2 },
		},
		"departures that take for ever": {
			text: quiet, change: func(r *dryrun.Rules) { r.Presence.Profile.DepartAfter = time.Hour },
			wrong: func(r dryrun.Report) bool { return r.Lingering == 2 },
		},
		"a visit that ends too early": {
			text: quiet, change: func(r *dryrun.Rules) { r.Fitting.Visits.PauseIdle = 85 * time.Second },
			wrong: func(r dryrun.Report) bool { return r.RequestsLost == 1 },
		},
		"the next shopper in the visit of the last": {
			text:  quiet + "at 3m10s enter fr1 as berna\nat 3m12s carry piece into fr1 as b\nat 5m take b out\nat 5m leave fr1 as berna\n",
			wrong: func(r dryrun.Report) bool { return r.VisitsMerged == 1 && r.Shoppers == 2 && r.VisitsMissed == 0 },
		},
		"a garment nobody came with": {
			text:  pair + "lasts 1m\nat 1s carry piece into fr1 as a\n",
			wrong: func(r dryrun.Report) bool { return r.FalseVisits == 1 && r.WrongRoomArrivals == 0 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := told(t, c.text)
			if c.change != nil {
				c.change(&o.Rules)
			}
			if r, all := play(t, o); !c.wrong(r) {
				t.Errorf("%+v", r)
				for _, d := range all {
					t.Logf("%+v", d)
				}
			}
		})
	}
}

// TestTheShoppersOwnIsNobodysBusiness: what the shop does not own is neither missed nor found.
func TestTheShoppersOwnIsNobodysBusiness(t *testing.T) {
	r, all := play(t, told(t, pair+"lasts 2m\nat 1s carry foreign into fr1 as coat\nat 1m take coat out\n"))
	if r.Garments != 0 || r.Arrivals != 0 || r.Missed != 0 || r.Visits != 0 || len(all) != 0 {
		t.Errorf("%+v and %+v about a coat of another company", r, all)
	}
}

// TestCarriedThroughIsNotOwed: what an associate carries through a room is neither missed nor wrong there.
func TestCarriedThroughIsNotOwed(t *testing.T) {
	o := told(t, pair+"lasts 3m\nspot yard heard fr1 50dB\nat 0s carry 3 pieces to yard as pile\nat 10s move pile into fr1\nat 40s move pile into fr2\nat 55s move pile away\n")
	if r, all := play(t, o); r.Garments != 0 || r.Missed != 0 || r.WrongRoomArrivals != 0 || r.Arrivals == 0 || r.StillTagHours != 0 {
		t.Errorf("%+v\n%+v", r, all)
	}
}

func TestOneSeedIsOneReport(t *testing.T) {
	run := func(seed uint64) (lines []string) {
		o := options(t, "swap")
		o.Scenario = o.Scenario.WithSeed(seed)
		r, all := play(t, o)
		for _, v := range append([]any{r}, sliceOf(all)...) {
			line, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(line))
		}
		return lines
	}
	first := run(4)
	if diff := cmp.Diff(first, run(4)); diff != "" {
		t.Errorf("the same seed is judged differently:\n%s", diff)
	}
	if cmp.Equal(first, run(5)) {
		t.Error("two seeds are one story")
	}
}

func sliceOf[T any](all []T) (out []any) {
	for _, v := range all {
		out = append(out, v)
	}
	return out
}

// TestAScenarioMustFitTheShop: a reader that serves no room, or two, can not be judged.
func TestAScenarioMustFitTheShop(t *testing.T) {
	o := told(t, pair+"lasts 1m\n")
	delete(o.Rules.Presence.Antennas, presence.Antenna{Reader: "fr2", Number: 1})
	if _, err := dryrun.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "fr2") {
		t.Errorf("error %v for a reader without a room", err)
	}
	o = told(t, "reader fr1 zebra topic t antennas 2\nlasts 1m\n")
	o.Rules.Presence.Antennas[presence.Antenna{Reader: "fr1", Number: 2}] = presence.Mount{Place: showroom.RoomPlace("other")}
	if _, err := dryrun.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "both room") {
		t.Errorf("error %v for a reader with two rooms", err)
	}
	if _, err := dryrun.Read("no-such"); err == nil || !strings.Contains(err.Error(), "ten-rooms") {
		t.Errorf("error %v for no scenario, which should name those there are", err)
	}
}

// TestRoomsThatShareAReader: one reader's antennas take turns in several rooms, and its outage is that of all.
func TestRoomsThatShareAReader(t *testing.T) {
	r, all := play(t, told(t, `lasts 6m
reader big llrp listen 127.0.0.1:5084 antennas 4
room left reader big antenna 1 2
room right reader big antenna 3 4
neighbours left right bleed 15dB
at 1s enter left as anna
at 1s enter right as berna
at 2s carry 2 pieces into left as a
at 2s carry 2 pieces into right as b
at 1m pull big
at 2m plug big
at 4m take a out
at 4m take b out
`))
	if r.Arrivals != 4 || r.WrongRoomArrivals != 0 || r.Visits != 2 || r.FalseDepartures != 0 || r.Lingering != 0 || !(r.Depart(1) < 45) {
		t.Errorf("%+v\n%+v", r, all)
	}
}

// TestAnOutageAfterwardsQuickensNoDeparture: what had left before the cable came loose is timed from when it left.
func TestAnOutageAfterwardsQuickensNoDeparture(t *testing.T) {
	r, all := play(t, told(t, pair+"lasts 3m\nat 1s carry piece into fr1 as a\nat 1m take a out\nat 1m28s pull fr1\nat 2m10s plug fr1\n"))
	if d := r.Depart(1); !(d > 28 && d < 32) || r.DeparturesDuringOutage != 0 {
		t.Errorf("%v seconds and %+v\n%+v", d, r, all)
	}
	r, all = play(t, told(t, pair+"lasts 4m\nat 1s carry piece into fr1 as a\nat 1m take a out\nat 1m10s pull fr1\nat 2m10s plug fr1\n"))
	if d := r.Depart(1); !(d > 28 && d < 32) || r.DeparturesDuringOutage != 0 {
		t.Errorf("%v seconds after the end of an outage and %+v\n%+v", d, r, all)
	}
}

// TestNothingIsLeftBehind: the folder of a run goes with it.
func TestNothingIsLeftBehind(t *testing.T) {
	for _, dir := range []string{"/dev/shm", os.TempDir()} {
		t.Run(dir, func(t *testing.T) {
			before, _ := filepath.Glob(filepath.Join(dir, "showroom-dryrun-*"))
			o := told(t, quiet)
			o.Told = func(dryrun.Judgement) {}
			if _, err := dryrun.Run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			after, _ := filepath.Glob(filepath.Join(dir, "showroom-dryrun-*"))
			if len(after) > len(before) {
				t.Errorf("%v is left", after)
			}
		})
	}
}

// TestEveryScenarioIsRead: those that are named are there, and no file is there without a name.
func TestEveryScenarioIsRead(t *testing.T) {
	files, err := filepath.Glob("scenarios/*.scenario")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(dryrun.Names()) {
		t.Errorf("files %v and names %v", files, dryrun.Names())
	}
	for _, name := range dryrun.Names() {
		if o := options(t, name); o.Scenario.Lasts == 0 || len(o.Scenario.Readers) != 10 {
			t.Errorf("%s: lasts %v in %d rooms, want a length and ten", name, o.Scenario.Lasts, len(o.Scenario.Readers))
		}
	}
}
