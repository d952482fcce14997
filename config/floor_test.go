package config_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/config"
)

func TestTheFloorExampleIsRight(t *testing.T) {
	got, err := config.ParseFloor(config.FloorExample(), "zones.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.DefaultZoneRules(), got.Profile); diff != "" {
		t.Errorf("the example's profile (-default +example):\n%s", diff)
	}
	var gateways [][]string
	for _, z := range got.Zones {
		gateways = append(gateways, z.Gateways)
	}
	if diff := cmp.Diff([][]string{{"b827eb4521b4"}, {"b827ebf7d096", "000000000301"}}, gateways); diff != "" {
		t.Errorf("gateways by zone (-want +got):\n%s", diff)
	}
}

func TestGatewaysBelongToTheZoneTheyStandIn(t *testing.T) {
	floor, err := config.ParseFloor([]byte(`
zones:
  - {id: left, polygon: [[0, 0], [5, 0], [5, 5], [0, 5]]}
  - {id: right, gateways: ["AA-BB-CC-DD-EE-01", door], polygon: [[5, 0], [10, 0], [10, 5], [5, 5]]}
gateways:
  - {mac: "aa:bb:cc:dd:ee:02", x: 5, y: 2}     # on the common edge
  - {mac: "aabb.ccdd.ee03", x: 4.99, y: 0}
  - {mac: AABBCCDDEE01, x: 1, y: 1, gain: -2dB} # hangs left and listens right
profile: {window: 3s, margin: 12dB}
`), "zones.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"aabbccddee03"}, floor.Zones[0].Gateways); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"aabbccddee01", "door", "aabbccddee02"}, floor.Zones[1].Gateways); diff != "" {
		t.Errorf("right (-want +got):\n%s", diff)
	}
	if got := floor.Gateways[2]; got.MAC != "aabbccddee01" || got.Gain != -2 {
		t.Errorf("%+v, want the gain of aabbccddee01", got)
	}
	if p := floor.Profile; p.Window != 3*time.Second || p.Margin != 12 || p.Dwell != 2 {
		t.Errorf("%+v, want two numbers changed and the others not", p)
	}
}

// Gateways hang on the walls, which are the edges of the plan, and a wall is thicker than a line.
func TestGatewaysOnTheOuterWalls(t *testing.T) {
	plan := func(at string) string {
		return `
zones:
  - {id: low, gateways: [l], polygon: [[0, 0], [10.3, 0], [10.3, 8.8], [0, 8.8]]}
  - {id: high, gateways: [h], polygon: [[0, 8.8], [10.3, 8.8], [10.3, 17.64], [0, 17.64]]}
gateways:
  - {mac: g, ` + at + `}
`
	}
	for at, want := range map[string]int{"x: 7, y: 17.64": 1, "x: 10.3, y: 3": 0, "x: -0.9, y: 8.9": 1, "x: 11, y: 18.2": 1, "x: 3, y: -1": 0} {
		floor, err := config.ParseFloor([]byte(plan(at)), "zones.yaml")
		if err != nil {
			t.Errorf("%s: %v", at, err)
			continue
		}
		if got := floor.Zones[want].Gateways; len(got) != 2 || got[1] != "g" {
			t.Errorf("%s: zone %d has %q, want g there", at, want, got)
		}
	}
	for _, at := range []string{"x: 7, y: 18.65", "x: 11.1, y: 18.4"} {
		if _, err := config.ParseFloor([]byte(plan(at)), "zones.yaml"); err == nil || !strings.Contains(err.Error(), "in no zone") {
			t.Errorf("%s: %v, want that it is in no zone", at, err)
		}
	}
}

// Every fault at once, each with its line.
func TestFaultsOfAFloorPlan(t *testing.T) {
	_, err := config.ParseFloor([]byte(`zones:
  - {id: a, gateways: [g1], polygon: [[0, 0], [1, 0]]}
  - {id: a, gateways: [g1, g2], polygon: [[0, 0], [1, 1], [2, 2]]}
  - {id: unknown, gateways: [g3], polygon: [[0, 0], [1, 0, 3], [1, 1]]}
  - {id: empty, polygon: [[0, 0], [4m, 0], [4, 4]]}
  - {id: alone, poligon: []}
gateways:
  - {mac: g4}
  - {mac: g5, x: 3}
  - {mac: g6, x: 70, y: 70}
  - {mac: g1, gain: 60dB}
  - {mac: g1}
  - {x: 1, y: 1}
profile:
  window: 3
  away: 2s
  dwell: 0
`), "zones.yaml")
	want := []string{
		`zones.yaml:2: zones[0].polygon: has 2 corners; write the corners in order, such as [[0, 0], [5, 0], [5, 4], [0, 4]]`,
		`zones.yaml:3: zones[1].id: "a" is already the id of zones[0]; give each entry its own id`,
		`zones.yaml:3: zones[1].gateways[0]: "g1" is already a gateway of zones[0]; name it once`,
		`zones.yaml:3: zones[1].polygon: encloses nothing; write the corners in order, such as [[0, 0], [5, 0], [5, 4], [0, 4]]`,
		`zones.yaml:4: zones[2].id: "unknown" is where a tag is that no zone has; choose another id`,
		`zones.yaml:4: zones[2].polygon: has 3 numbers for corner 2, not x and y; write the corners in order, such as [[0, 0], [5, 0], [5, 4], [0, 4]]`,
		`zones.yaml:5: zones[3].polygon[1][0]: "4m" is not a number of metres; write it like 7.5, without a unit`,
		`zones.yaml:5: zones[3]: has no gateway, so that no tag can ever be in it; name its gateways, or give a gateway's x and y inside its polygon`,
		`zones.yaml:6: zones[4].poligon: unknown key; write polygon`,
		`zones.yaml:6: zones[4]: has no gateway, so that no tag can ever be in it; name its gateways, or give a gateway's x and y inside its polygon`,
		`zones.yaml:8: gateways[0]: "g4" is in no zone; name it in its zone, or write where it stands as x and y`,
		`zones.yaml:9: gateways[1]: has one of x and y; write both or none`,
		`zones.yaml:10: gateways[2]: stands at 70, 70, which is in no zone; name it in its zone, or draw the polygon around it`,
		`zones.yaml:11: gateways[3].gain: 60dB is not between -40dB and 40dB; write 0dB`,
		`zones.yaml:12: gateways[4].mac: "g1" is already gateways[3]; describe each gateway once`,
		`zones.yaml:13: gateways[5].mac: is missing; write its MAC address`,
		`zones.yaml:15: profile.window: "3" has no unit; write 3s`,
		`zones.yaml:16: profile.away: 2s is not between 6s and 24h; write 30s`,
		`zones.yaml:17: profile.dwell: 0 is not between 1 and 60; write 2`,
	}
	if err == nil {
		t.Fatal("no fault found")
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestWhatIsNoFloorPlan(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no YAML": "zones: [", "a list": "- a", "deep": strings.Repeat("[", 10_000), "huge": strings.Repeat("# \n", 30_000),
	} {
		if _, err := config.ParseFloor([]byte(text), "zones.yaml"); err == nil {
			t.Errorf("%s is taken for a floor plan", name)
		}
	}
	if _, err := config.LoadFloor(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that is not there is taken for a floor plan")
	}
}

func TestPolygonsShareNoPoint(t *testing.T) {
	left := config.Polygon{{0, 0}, {5, 0}, {5, 5}, {0, 5}}
	right := config.Polygon{{5, 5}, {5, 0}, {10, 0}, {10, 5}} // the other way round
	for _, c := range []struct {
		x, y        float64
		left, right bool
	}{
		{2, 2, true, false}, {5, 2, false, true}, {7, 2, false, true}, {11, 2, false, false}, {-1, 2, false, false}, {2, 6, false, false},
		{0, 0, true, false}, {5, 0, false, true},
	} {
		if got := [2]bool{left.Contains(c.x, c.y), right.Contains(c.x, c.y)}; got != [2]bool{c.left, c.right} {
			t.Errorf("(%v, %v) is in left %v and right %v, want %v and %v", c.x, c.y, got[0], got[1], c.left, c.right)
		}
	}
	bent := config.Polygon{{0, 0}, {4, 0}, {4, 4}, {3, 4}, {3, 1}, {0, 1}}
	if !bent.Contains(3.5, 3) || bent.Contains(1, 3) {
		t.Error("a bent zone is taken for its hull")
	}
}
