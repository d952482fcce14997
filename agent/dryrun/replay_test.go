package dryrun_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/dryrun"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices"
)

// danis is the floor of testdata/danis/zones.yaml: four quadrants of three gateways.
func danis() dryrun.Floor {
	zone := func(id string) showroom.Place { return showroom.Place{Kind: showroom.PlaceZone, ID: id} }
	quadrant := func(x, y float64) showroom.Place {
		switch {
		case x < 10.33 && y < 8.82:
			return zone("southwest")
		case y < 8.82:
			return zone("southeast")
		case x < 10.33:
			return zone("northwest")
		}
		return zone("northeast")
	}
	f := dryrun.Floor{
		Config: zones.Config{Gateways: make(map[showroom.DeviceID]zones.Mount), Profile: zones.RetailProfile()},
		Stands: make(map[showroom.DeviceID]dryrun.Spot),
	}
	for _, id := range []string{"southwest", "southeast", "northwest", "northeast"} {
		f.Outlines = append(f.Outlines, dryrun.Outline{Zone: zone(id), Contains: func(x, y float64) bool { return quadrant(x, y) == zone(id) }})
	}
	for id, at := range map[showroom.DeviceID][2]float64{
		"b827eb4521b4": {7.0, 7.09}, "000000000101": {7.18, 0.68}, "000000000102": {0.71, 6.16},
		"b827eb917e19": {7.25, 11.36}, "000000000201": {0.76, 12.13}, "000000000202": {7.18, 17.64},
		"b827ebf7d096": {13.14, 12.33}, "000000000301": {12.82, 16.83}, "000000000302": {18.12, 11.93},
		"b827ebfd7811": {13.01, 5.51}, "000000000401": {17.77, 6.33}, "000000000402": {12.76, 0.27},
	} {
		f.Config.Gateways[id] = zones.Mount{Zone: quadrant(at[0], at[1])}
		f.Stands[id] = dryrun.Spot{X: at[0], Y: at[1]}
	}
	return f
}

func read(t *testing.T, pattern string) []dryrun.Track {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "danis", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files like %s: %v", pattern, err)
	}
	tracks := make([]dryrun.Track, len(files))
	for i, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tracks[i] = parse(t, string(text))
	}
	return tracks
}

func parse(t *testing.T, text string) dryrun.Track {
	t.Helper()
	track, err := dryrun.ReadTrack(strings.NewReader(text), true, strings.TrimSpace, func(line int, why string) { t.Errorf("line %d: %s", line, why) })
	if err != nil {
		t.Fatal(err)
	}
	return track
}

func untold(zones.Change) error { return nil }

// The promise about enrolled tags on the floor: right for 86 seconds of a hundred, and calm.
func TestWalksThroughTheHall(t *testing.T) {
	var all dryrun.ZoneScore
	for _, track := range read(t, "track_*.csv") {
		score, err := danis().Replay(track, untold)
		if err != nil {
			t.Fatal(err)
		}
		all.Add(score)
	}
	if all.Accuracy() < 0.86 || all.Switches > 14 || all.TrueSwitches != 9 || all.Seconds != 441 {
		t.Errorf("%+v with an accuracy of %.3f, want 0.86 with at most 14 switches, 9 of them true, in 441 s", all, all.Accuracy())
	}
	t.Logf("accuracy %.3f, %d switches", all.Accuracy(), all.Switches)
}

// Numbers chosen on four walks hold on the fifth.
func TestWalksThatTheNumbersDoNotKnow(t *testing.T) {
	var all dryrun.ZoneScore
	for _, left := range danis().LeaveOneOut(read(t, "track_*.csv")) {
		all.Add(left.Score)
	}
	if all.Accuracy() < 0.86 || all.Switches > 18 {
		t.Errorf("%+v with an accuracy of %.3f, want 0.86 with at most twice the true switches", all, all.Accuracy())
	}
	t.Logf("accuracy %.3f, %d switches", all.Accuracy(), all.Switches)
}

// A tag that lies within 4 cm of a border for ten minutes: the recorded minute, over and over.
func TestTagsThatLieStillOnABorder(t *testing.T) {
	for _, name := range []string{"still_1.csv", "still_2.csv", "still_3.csv"} {
		text, err := os.ReadFile(filepath.Join("testdata", "danis", name))
		if err != nil {
			t.Fatal(err)
		}
		track, err := dryrun.ReadTrack(strings.NewReader(again(t, string(text), 11)), true, strings.TrimSpace, func(line int, why string) { t.Errorf("line %d: %s", line, why) })
		if err != nil {
			t.Fatal(err)
		}
		var settled time.Time
		moves := 0
		_, err = danis().Replay(track, func(c zones.Change) error {
			if settled.IsZero() {
				settled = c.At.Add(15 * time.Second)
			}
			if c.At.After(settled) {
				moves++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if settled.IsZero() || moves > 1 {
			t.Errorf("%s: %d moves in ten minutes, want one at most", name, moves)
		}
	}
}

// again repeats the rows of a recording.
func again(t *testing.T, text string, times int) string {
	t.Helper()
	head, rows, _ := strings.Cut(text, "\n")
	lines := strings.Split(strings.TrimSpace(rows), "\n")
	var first, last float64
	var out strings.Builder
	out.WriteString(head + "\n")
	stamp := func(line string) (at float64, rest string) {
		text, rest, _ := strings.Cut(line, ",")
		if _, err := fmt.Sscan(text, &at); err != nil {
			t.Fatal(err)
		}
		return at, rest
	}
	first, _ = stamp(lines[0])
	last, _ = stamp(lines[len(lines)-1])
	for n := range times {
		for _, line := range lines {
			at, rest := stamp(line)
			fmt.Fprintf(&out, "%.3f,%s\n", at+float64(n)*(last-first+0.4), rest)
		}
	}
	return out.String()
}

func TestScoresAreOnlyWhereTheTruthIsKnown(t *testing.T) {
	var text strings.Builder
	text.WriteString("y_m,x_m,other,rssi_dbm,tag_mac,gateway_mac,ts_unix\n")
	walk := func(from, to int, gateway string, x float64) {
		for s := from; s < to; s++ {
			fmt.Fprintf(&text, "1,%v,,-50,tag,%s,%d.25\n1,%v,,,tag,%s,%d.75\n", x, gateway, s, x, gateway, s)
		}
	}
	walk(1000, 1010, "000000000101", 5)
	walk(5000, 5010, "000000000401", 15)
	var got []string
	score, err := danis().Replay(parse(t, text.String()), func(c zones.Change) error {
		got = append(got, c.From.ID+">"+c.To.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{">southwest", "southwest>", ">southeast"}, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	// Ten seconds and four more in which the last position still holds, then nine whole ones.
	if want := (dryrun.ZoneScore{Seconds: 23, Right: 23}); score != want {
		t.Errorf("%+v, want %+v", score, want)
	}
}

func TestRowsThatCanNotBeRight(t *testing.T) {
	bad := map[int]string{}
	track, err := dryrun.ReadTrack(strings.NewReader(strings.Join([]string{
		"\ufeffts_unix, gateway_mac ,tag_mac,rssi_dbm",
		"1000,g,t,-50",
		"1001,g,t,",
		"1000.5,g,t,-50,more",
		"yesterday,g,t,-50",
		"1581252284780,g,t,-50",
		"NaN,g,t,-50",
		"1000,,t,-50",
		"1000,g,t,loud",
		"1000,g,t,5000",
		"1000,g",
		`1000,"g,t,-50`,
	}, "\n")), false, strings.TrimSpace, func(line int, why string) { bad[line] = why })
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]string{
		5:  `ts_unix "yesterday" is not a time in seconds`,
		6:  `ts_unix "1581252284780" is not a time in seconds`,
		7:  `ts_unix "NaN" is not a time in seconds`,
		8:  "gateway_mac or tag_mac is missing or too long",
		9:  `rssi_dbm "loud" is not a strength in dBm`,
		10: `rssi_dbm "5000" is not a strength in dBm`,
		11: "has 2 columns and needs 4",
		12: `extraneous or missing " in quoted-field`,
	}
	if diff := cmp.Diff(want, bad); diff != "" {
		t.Errorf("complaints (-want +got):\n%s", diff)
	}
	if track.Rows() != 3 {
		t.Errorf("%d rows, want 3", track.Rows())
	}
}

func TestWhatIsNoRecording(t *testing.T) {
	for _, text := range []string{"", "\n", "1000,g,t,-50\n", "ts_unix,gateway_mac,tag_mac\n"} {
		if _, err := dryrun.ReadTrack(strings.NewReader(text), false, strings.TrimSpace, func(int, string) {}); err == nil {
			t.Errorf("%q is taken for a recording", text)
		}
	}
	if _, err := dryrun.ReadTrack(strings.NewReader("ts_unix,gateway_mac,tag_mac,rssi_dbm,x_m\n"), true, strings.TrimSpace, func(int, string) {}); err == nil || !strings.Contains(err.Error(), "y_m") {
		t.Errorf("%v, want the missing column named", err)
	}
	if score, err := danis().Replay(parse(t, "ts_unix,gateway_mac,tag_mac,rssi_dbm,x_m,y_m\n"), untold); err != nil || score != (dryrun.ZoneScore{}) {
		t.Errorf("an empty recording scores %+v and %v", score, err)
	}
}

func FuzzReadTrack(f *testing.F) {
	f.Add("ts_unix,gateway_mac,tag_mac,rssi_dbm,x_m,y_m\n1000,000000000101,t,-50,1,2\n1001.5,000000000401,u,,3,4\n")
	f.Add("\ufefftag_mac,ts_unix,rssi_dbm,gateway_mac,y_m,x_m\n\"a\nb\",1e9,-1e9,g,NaN,Inf\n")
	f.Fuzz(func(t *testing.T, text string) {
		track, err := dryrun.ReadTrack(strings.NewReader(text), true, strings.TrimSpace, func(line int, why string) {
			if line < 1 || why == "" {
				t.Errorf("line %d: %q", line, why)
			}
		})
		if err != nil || track.Span() > time.Hour { // a replay of years is a matter of patience
			return
		}
		where := make(map[devices.RadioID]showroom.Place)
		score, err := danis().Replay(track, func(c zones.Change) error {
			if where[c.ID] != c.From {
				t.Errorf("%s leaves %v and was in %v", c.ID, c.From, where[c.ID])
			}
			where[c.ID] = c.To
			return nil
		})
		if err != nil || score.Right > score.Seconds {
			t.Errorf("%+v and %v", score, err)
		}
	})
}
