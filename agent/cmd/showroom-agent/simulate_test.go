package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/app"
	"showroom/agent/dryrun"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/config"
)

// said runs the program and answers what it said.
func said(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := root()
	var out bytes.Buffer
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.Execute()
	return out.String(), err
}

const smallStory = `reader fr1 r200
reader fr2 r200
neighbours fr1 fr2 bleed 15dB
lasts 2m
at 1s  enter fr1 as anna
at 2s  carry piece into fr1 as a
at 30s ask piece in fr1
at 1m  take a out
at 1m  leave fr1 as anna
`

func story(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "small.scenario")
	if err := os.WriteFile(file, []byte(smallStory), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSimulateFitting(t *testing.T) {
	file := story(t)
	all := answers(t, "", "simulate", "fitting", "--scenario", file, "--seeds", "3..4")
	if len(all) != 3 {
		t.Fatalf("%d lines for two seeds, want one for each and one for both", len(all))
	}
	for i, want := range []struct{ seed, runs, arrivals float64 }{{3, 1, 1}, {4, 1, 1}, {3, 2, 2}} {
		got := all[i]
		if got["seed"] != want.seed || got["runs"] != want.runs || got["arrivals"] != want.arrivals || got["scenario"] != file {
			t.Errorf("line %d is %v, want %+v", i+1, got, want)
		}
	}
	// The help explains every figure.
	for name := range all[0] {
		name = strings.TrimSuffix(strings.TrimSuffix(name, "_per_hour"), "_rate")
		for _, kind := range []string{"detect", "change_room", "depart"} {
			if strings.HasPrefix(name, kind+"_") && strings.HasSuffix(name, "_s") {
				name = kind + "_*"
			}
		}
		if name == "wrong_room" {
			continue
		}
		if !regexp.MustCompile(`(?m)^  (\w+, )*` + regexp.QuoteMeta(name) + `(,| |$)`).MatchString(dryrun.Figures()) {
			t.Errorf("the help does not say what %s is", name)
		}
	}
}

func TestSimulateFittingVerbose(t *testing.T) {
	all := answers(t, "", "simulate", "fitting", "--scenario", story(t), "--seed", "3", "--verbose")
	var what []string
	for _, line := range all {
		if w, ok := line["what"].(string); ok {
			what = append(what, w)
		}
	}
	if diff := cmp.Diff([]string{"arrived", "visit_opened", "departed"}, what); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	if last := all[len(all)-1]; last["seed"] != 3.0 || last["requests"] != 1.0 {
		t.Errorf("the last line is %v, want the summary", last)
	}
}

func TestSimulateFittingTable(t *testing.T) {
	file := story(t)
	out, err := said(t, "simulate", "fitting", "--scenario", file+",own-clothes", "--table")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "scenario") || !strings.HasPrefix(lines[2], "own-clothes") {
		t.Errorf("table:\n%s", out)
	}
}

const twoRooms = `store: {id: s1, name: Shop, company_prefixes: ["0614141"]}
readers:
  - {id: fr1, kind: r200, port: /dev/ttyUSB0}
  - {id: fr2, kind: r200, port: /dev/ttyUSB1}
rooms:
  - {id: "1", name: One, reader: fr1, antennas: [1]}
  - {id: "2", name: Two, reader: fr2, antennas: [1]}
presence: {depart_after: 20s}
`

// TestSimulateFittingWithAConfiguration: the rooms and the numbers of the file are those that are judged.
func TestSimulateFittingWithAConfiguration(t *testing.T) {
	file, cfg := story(t), filepath.Join(t.TempDir(), "showroom.yaml")
	if err := os.WriteFile(cfg, []byte(twoRooms), 0o600); err != nil {
		t.Fatal(err)
	}
	all := answers(t, "", "simulate", "fitting", "--scenario", file, "--config", cfg, "--verbose")
	if to := all[0]["to"]; to != "1" {
		t.Errorf("the garment arrives in %v, want room 1 of the file: %v", to, all[0])
	}
	if d, _ := all[len(all)-1]["depart_max_s"].(float64); d < 19 || d > 21 {
		t.Errorf("gone after %v s, want the 20 s of the file", d)
	}
	if _, err := said(t, "simulate", "fitting", "--scenario", "ten-rooms", "--config", cfg); err == nil || !strings.Contains(err.Error(), "fr3") {
		t.Errorf("error %v for a scenario with more readers than the file", err)
	}
}

// TestTheDefaultsAreTheRetailProfile: without a file the same numbers are judged as with one that says nothing.
func TestTheDefaultsAreTheRetailProfile(t *testing.T) {
	p, f := app.Rules(config.Default())
	if diff := cmp.Diff(presence.RetailProfile(), p.Profile); diff != "" {
		t.Errorf("the defaults of the file are not the retail profile (-profile +file):\n%s", diff)
	}
	if diff := cmp.Diff(showroom.RetailVisits(), f.Visits); diff != "" {
		t.Errorf("the defaults of the file are not the retail visits (-visits +file):\n%s", diff)
	}
}

func TestSimulateWords(t *testing.T) {
	if out, err := said(t, "simulate", "words"); err != nil || !strings.Contains(out, "traffic IDS") {
		t.Errorf("%v:\n%s", err, out)
	}
}

func TestSimulateFittingRefuses(t *testing.T) {
	for _, c := range []struct{ want, args string }{
		{"ten-rooms, still-tag", "--scenario no-such"},
		{`--seeds "9..3" are none`, "--scenario swap --seeds 9..3"},
		{"takes only one of --seed and --seeds", "--scenario swap --seed 1 --seeds 1..2"},
	} {
		_, err := said(t, append([]string{"simulate", "fitting"}, strings.Fields(c.args)...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.args, err, c.want)
		}
	}
}
