package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/presence/zones"
	"showroom/config"
)

const danisFolder = "../../../agent/dryrun/testdata/danis/"

// replayed runs the command, and answers its lines and what it complains about.
func replayed(t *testing.T, args ...string) (lines []map[string]any, complaints string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := root()
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	cmd.SetArgs(append([]string{"replay"}, args...))
	err = cmd.Execute()
	for d := json.NewDecoder(&out); d.More(); {
		var line map[string]any
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines, errs.String(), err
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReplayScoresTheWalks(t *testing.T) {
	walks, err := filepath.Glob(danisFolder + "track_*.csv")
	if err != nil || len(walks) != 5 {
		t.Fatalf("%d walks: %v", len(walks), err)
	}
	lines, complaints, err := replayed(t, append([]string{"--zones", danisFolder + "zones.yaml", "--truth"}, walks...)...)
	if err != nil || complaints != "" {
		t.Fatalf("%v and %q", err, complaints)
	}
	changes, scores := 0, 0
	for _, l := range lines {
		if l["tag"] != nil {
			changes++
		} else {
			scores++
		}
	}
	total := lines[len(lines)-1]
	if total["files"] != 5.0 || total["accuracy"].(float64) < 0.86 || total["switches"].(float64) > 14 || total["true_switches"] != 9.0 ||
		total["seconds"] != 441.0 || total["rows"] != 10_222.0 || total["bad_rows"] != 0.0 {
		t.Errorf("the total is %v", total)
	}
	if scores != 6 || float64(changes) != total["switches"].(float64)+5 {
		t.Errorf("%d changes and %d scores, want a change for each switch and each beginning, five scores and a total", changes, scores)
	}
}

func TestReplayLeavesOneOut(t *testing.T) {
	lines, _, err := replayed(t, "--zones", danisFolder+"zones.yaml", "--leave-one-out",
		danisFolder+"track_straight_01.csv", danisFolder+"track_straight_02.csv", danisFolder+"track_straight_05.csv")
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 4 || lines[0]["left_out"] != "track_straight_01.csv" || lines[0]["chosen"] == nil || lines[3]["tracks_left_out"] != 3.0 {
		t.Errorf("lines %v, want one for each track and a total", lines)
	}
}

func TestReplayGoesOnAfterBadRows(t *testing.T) {
	plan := write(t, "zones.yaml", "zones: [{id: front, gateways: ['AA:BB:CC:00:00:01']}]\n")
	file := write(t, "day.csv", "rssi_dbm,ts_unix,tag_mac,gateway_mac\n-50,1000.2,t,aabbcc000001\nloud,1000.3,t,aabbcc000001\n-50,1000.4,t,AABBCC000001\n-50,1002.5,t,aabbcc000009\n")
	lines, complaints, err := replayed(t, "--zones", plan, file)
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{{
		"file": file, "at": "1970-01-01T00:16:41Z", "tag": "t", "from": "unknown", "to": "front", "confidence": 1.0, "dwell_s": 0.8,
		"why": map[string]any{"reads": 1.0, "window_ms": 6000.0, "rssi_known": true, "mean_rssi": -50.0},
	}}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if want := file + ":3: rssi_dbm \"loud\" is not a strength in dBm\n" + file + ": not heard, since no zone of " + plan + " has these gateways: aabbcc000009\n"; complaints != want {
		t.Errorf("complaints %q, want %q", complaints, want)
	}
}

func TestReplaySaysWhatItLacks(t *testing.T) {
	plan := write(t, "zones.yaml", "zones: [{id: front, gateways: [g]}]\n")
	file := write(t, "day.csv", "ts_unix,gateway_mac,tag_mac,rssi_dbm\n1000,g,t,-50\n")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{file}, "zones"},
		{[]string{"--zones", plan}, "write showroom-agent replay"},
		{[]string{"--zones", file, file}, "day.csv:1"},
		{[]string{"--zones", plan + "x", file}, "no such file"},
		{[]string{"--zones", plan, file + "x"}, "no such file"},
		{[]string{"--zones", plan, plan}, "no column ts_unix"},
		{[]string{"--zones", plan, "--truth", file}, "no polygon"},
		{[]string{"--zones", plan, "--leave-one-out", file}, "two files"},
		{[]string{"--zones", danisFolder + "zones.yaml", "--truth", file}, "no column x_m, y_m"},
	} {
		if _, _, err := replayed(t, c.args...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v, want something about %q", c.args, err, c.says)
		}
	}
}

func TestReplayHelpHoldsAFloorPlan(t *testing.T) {
	if help := replayCommand().Long; !strings.Contains(help, "polygon: [[0, 0], [10.3, 0]") {
		t.Errorf("no floor plan in\n%s", help)
	}
}

// The defaults of the file are those of the engine.
func TestTheRulesOfAFloorPlanAreTheEngines(t *testing.T) {
	got := floorOf(config.Floor{Profile: config.DefaultZoneRules()}).Config.Profile
	if diff := cmp.Diff(zones.RetailProfile(), got); diff != "" {
		t.Errorf("profile (-engine +file):\n%s", diff)
	}
}

// A floor plan with other names than the recording's decides nothing, and must not do so in silence.
func TestReplayNamesTheGatewaysItDoesNotHear(t *testing.T) {
	plan := write(t, "zones.yaml", "zones:\n  - {id: a, gateways: [b827eb4521b4, sensor11]}\n")
	lines, complaints, err := replayed(t, "--zones", plan, danisFolder+"track_straight_01.csv")
	if err != nil || len(lines) == 0 || !strings.Contains(complaints, "no zone of "+plan+" has these gateways: ") || !strings.Contains(complaints, " and 6 more\n") {
		t.Errorf("%d lines, %v, complaints %q", len(lines), err, complaints)
	}
	_, _, err = replayed(t, "--zones", plan, write(t, "empty.csv", ""))
	if err == nil || !strings.Contains(err.Error(), "the file is empty") {
		t.Errorf("an empty file: %v", err)
	}
}
