package config

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
)

//go:embed floor.example.yaml
var floorExample []byte

// FloorExample is a commented floor plan in which every key appears.
func FloorExample() []byte { return append([]byte(nil), floorExample...) }

// Floor is a floor plan for replaying recorded sightings: a file of its own, since it needs no shop.
type Floor struct {
	Zones    []FloorZone    `yaml:"zones"`
	Gateways []FloorGateway `yaml:"gateways"`
	Profile  ZoneRules      `yaml:"profile"`
}

// UnknownZone is what the zone of a tag is called that is in none; no zone has this id.
const UnknownZone = "unknown"

// FloorZone is one zone. Once loaded, Gateways holds those that are named here and those that stand in Polygon, as PlainMAC.
type FloorZone struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Gateways []string `yaml:"gateways"`
	Polygon  Polygon  `yaml:"polygon"` // may be left out where gateways are named and no truth is asked for
}

// FloorGateway is what is known of a gateway beyond its zone. X and Y come together or not at all.
type FloorGateway struct {
	MAC  string `yaml:"mac"`
	X    Metres `yaml:"x"`
	Y    Metres `yaml:"y"`
	Gain DB     `yaml:"gain"`
}

// ZoneRules are the numbers by which radio tags are put into zones; agent/presence/zones says how they are used.
type ZoneRules struct {
	Window     time.Duration `yaml:"window"`
	Stale      time.Duration `yaml:"stale"`
	Away       time.Duration `yaml:"away"`
	Margin     DB            `yaml:"margin"`
	Slack      DB            `yaml:"slack"`
	Dwell      int           `yaml:"dwell"` // decisions
	Settle     time.Duration `yaml:"settle"`
	Recent     time.Duration `yaml:"recent"`
	Patience   int           `yaml:"patience"` // times Margin
	MinSamples int           `yaml:"min_samples"`
}

// DefaultZoneRules are those of agent/presence/zones.
func DefaultZoneRules() ZoneRules {
	return ZoneRules{
		Window: 6 * time.Second, Stale: 10 * time.Second, Away: 30 * time.Second,
		Margin: 8, Slack: 0.5, Dwell: 2, Settle: 45 * time.Second, Recent: 3 * time.Minute, Patience: 8, MinSamples: 2,
	}
}

// LoadFloor reads the floor plan at path. What is wrong with the contents is returned as Faults; any other error means that the file
// could not be read.
func LoadFloor(path string) (Floor, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Floor{}, fmt.Errorf("read floor plan: %w", err)
	}
	if info.Size() > fileLimit {
		return Floor{}, tooLarge(path, "floor plan")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Floor{}, fmt.Errorf("read floor plan: %w", err)
	}
	return ParseFloor(text, filepath.Base(path))
}

// ParseFloor reads text over the default rules. name stands for the file in the faults. The error is nil or Faults.
func ParseFloor(text []byte, name string) (Floor, error) {
	if len(text) > fileLimit {
		return Floor{}, tooLarge(name, "floor plan")
	}
	if tooDeep(text) {
		return Floor{}, Faults{{File: name, Problem: "nests its brackets or dashes far deeper than any section goes", Instead: "close the brackets"}}
	}
	f := Floor{Profile: DefaultZoneRules()}
	r := reading{lines: map[string]int{}}
	if root := r.parse(text); root != nil {
		r.value(root, reflect.ValueOf(&f).Elem(), "")
	}
	if !r.broken {
		c := floorCheck{Floor: &f, of: map[string]int{}, given: r.lines, read: r.faults}
		r.add(c.faults())
	}
	for i := range r.faults {
		r.faults[i].File = name
	}
	r.faults.sortByLine()
	if err := r.faults.orNil(); err != nil {
		return Floor{}, err
	}
	return f, nil
}

// PlainMAC is a MAC address in lower case without separators; text that is no MAC address stays as it is, without blanks around it.
func PlainMAC(text string) string {
	text = strings.TrimSpace(text)
	plain := strings.ToLower(strings.NewReplacer(":", "", "-", "", ".", "").Replace(text))
	if len(plain) == 12 && strings.Trim(plain, "0123456789abcdef") == "" {
		return plain
	}
	return text
}

// floorCheck validates a floor plan and puts every gateway into its zone.
type floorCheck struct {
	*Floor
	validation
	of    map[string]int // zone of each gateway
	given map[string]int // paths that the file has
	read  Faults         // what could not be read at all
}

func (c *floorCheck) faults() Faults {
	if len(c.Floor.Zones) == 0 {
		c.fault("zones", "is empty", "write the zones, each with its gateways or a polygon")
	}
	ids := c.namesOf("zones")
	for i := range c.Floor.Zones {
		z := &c.Floor.Zones[i]
		ids.check(i, "id", z.ID)
		if z.ID == UnknownZone {
			c.fault(fmt.Sprintf("zones[%d].id", i), quoted(z.ID)+" is where a tag is that no zone has", "choose another id")
		}
		for k, mac := range z.Gateways {
			z.Gateways[k] = PlainMAC(mac)
			c.name(fmt.Sprintf("zones[%d].gateways[%d]", i, k), z.Gateways[k], i)
		}
		outline := fmt.Sprintf("zones[%d].polygon", i)
		unread := slices.ContainsFunc(c.read, func(f Fault) bool { return strings.HasPrefix(f.Path, outline) })
		if problem := z.Polygon.problem(); problem != "" && !unread {
			c.fault(outline, problem, "write the corners in order, such as [[0, 0], [5, 0], [5, 4], [0, 4]]")
		}
	}
	c.place()
	for i, z := range c.Floor.Zones {
		if len(z.Gateways) == 0 {
			c.fault(fmt.Sprintf("zones[%d]", i), "has no gateway, so that no tag can ever be in it", "name its gateways, or give a gateway's x and y inside its polygon")
		}
	}
	c.rules("profile", c.Profile)
	return c.validation.faults
}

// name notes that the zone has the gateway.
func (c *floorCheck) name(path, mac string, zone int) {
	if mac == "" || len(mac) > 64 {
		c.fault(path, quoted(mac)+" is not a gateway", "write its MAC address")
		return
	}
	if first, twice := c.of[mac]; twice {
		c.fault(path, fmt.Sprintf("%s is already a gateway of zones[%d]", quoted(mac), first), "name it once")
		return
	}
	c.of[mac] = zone
}

// place puts the gateways that no zone names into the one they stand in or hang at.
func (c *floorCheck) place() {
	seen := map[string]int{}
	for i := range c.Floor.Gateways {
		g, path := &c.Floor.Gateways[i], fmt.Sprintf("gateways[%d]", i)
		g.MAC = PlainMAC(g.MAC)
		if g.MAC == "" {
			c.fault(path+".mac", "is missing", "write its MAC address")
			continue
		}
		if first, twice := seen[g.MAC]; twice {
			c.fault(path+".mac", fmt.Sprintf("%s is already gateways[%d]", quoted(g.MAC), first), "describe each gateway once")
			continue
		}
		seen[g.MAC] = i
		within(&c.validation, path+".gain", g.Gain, -40, 40, 0)
		_, x := c.given[path+".x"]
		_, y := c.given[path+".y"]
		if x != y {
			c.fault(path, "has one of x and y", "write both or none")
			continue
		}
		if _, named := c.of[g.MAC]; named {
			continue
		}
		if !x {
			c.fault(path, quoted(g.MAC)+" is in no zone", "name it in its zone, or write where it stands as x and y")
			continue
		}
		z := c.zoneAt(float64(g.X), float64(g.Y))
		if z < 0 {
			c.fault(path, fmt.Sprintf("stands at %s, %s, which is in no zone", plain(g.X), plain(g.Y)), "name it in its zone, or draw the polygon around it")
			continue
		}
		c.of[g.MAC] = z
		c.Floor.Zones[z].Gateways = append(c.Floor.Zones[z].Gateways, g.MAC)
	}
}

// zoneAt is the zone that a gateway at x, y belongs to: the one it stands in, else the nearest one no further than a metre, since gateways
// hang on the outer walls. It is -1 where there is none.
func (c *floorCheck) zoneAt(x, y float64) int {
	best, least := -1, 1.0
	for i, z := range c.Floor.Zones {
		if z.Polygon.Contains(x, y) {
			return i
		}
		if d := z.Polygon.distance(x, y); d <= least && (best < 0 || d < least) {
			best, least = i, d
		}
	}
	return best
}

// rules checks the numbers of zones, which may stand in more than one file.
func (v *validation) rules(path string, r ZoneRules) {
	normal := DefaultZoneRules()
	within(v, path+".window", r.Window, time.Second, 10*time.Minute, normal.Window)
	within(v, path+".stale", r.Stale, r.Window, time.Hour, max(normal.Stale, r.Window))
	within(v, path+".away", r.Away, r.Window, 24*time.Hour, max(normal.Away, r.Window))
	within(v, path+".margin", r.Margin, 0.5, 200, normal.Margin)
	within(v, path+".slack", r.Slack, 0, 20, normal.Slack)
	within(v, path+".dwell", r.Dwell, 1, 60, normal.Dwell)
	within(v, path+".settle", r.Settle, 0, time.Hour, normal.Settle)
	within(v, path+".recent", r.Recent, 0, time.Hour, normal.Recent)
	within(v, path+".patience", r.Patience, 1, 100, normal.Patience)
	within(v, path+".min_samples", r.MinSamples, 1, 100, normal.MinSamples)
}
