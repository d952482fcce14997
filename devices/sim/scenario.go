package sim

import (
	_ "embed" // the grammar
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"showroom/agent/showroom"
)

// Reader is one reader of the shop; it is mounted in the fitting room of its name.
type Reader struct {
	ID        showroom.DeviceID
	Kind      Kind
	Antennas  int           // 1 for R200; they listen one after the other
	Topic     string        // what a reader that publishes does so under
	Heartbeat time.Duration // of those that have one: how often they say that they live
	Listen    string        // of LLRP: its address
	Form      string        // of Template
}

// Event is an action at its time.
type Event struct {
	At   time.Duration // since the start of the scenario
	Do   Action
	Line int
	Made bool // by chance, out of Traffic or Outages
}

// Shelf is stock near a room that is always heard a little.
type Shelf struct {
	Tags int
	Near showroom.DeviceID
}

// Scenario is a story. Events are in the order of their times.
type Scenario struct {
	Seed       uint64
	Prefix     string // company prefix of the shop
	Readers    []Reader
	Rooms      []Room // that share a reader; each other reader is mounted in the room of its name
	Neighbours [][2]showroom.DeviceID
	Bleed      map[[2]showroom.DeviceID]float64 // dB through the walls whose loss is told; other neighbours have 10 to 15
	Shelves    []Shelf
	Spots      []Spot
	Traffic    []Traffic
	Outages    []Outages
	Gateways   []Gateway
	Scanners   []Scanner
	Terminals  []Terminal
	Beacons    []Beacon
	Crowds     []Crowd
	Events     []Event
	Loop       time.Duration // after which the events begin again; 0 for never
	Lasts      time.Duration // how long it is told, for whoever does not play it for ever; 0 when nobody says
}

// Fault is one thing wrong with a scenario.
type Fault struct {
	File string // as somebody has named it; empty from ParseScenario
	Line int    // from 1
	Err  error
}

// Faults are all things wrong with a scenario, in the order of their lines.
type Faults []Fault

// Error has a line for each, up to thirty: a file of something else has a fault in every line.
func (f Faults) Error() string {
	var b strings.Builder
	for i, fault := range f {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == mostFaults {
			fmt.Fprintf(&b, "and %d more", len(f)-i)
			break
		}
		if fault.File != "" {
			fmt.Fprintf(&b, "%s:%d: %v", fault.File, fault.Line, fault.Err)
		} else {
			fmt.Fprintf(&b, "line %d: %v", fault.Line, fault.Err)
		}
	}
	return b.String()
}

// In names the file of the faults in err, if it holds some, and leaves out what else err says.
func In(file string, err error) error {
	faults, ok := errors.AsType[Faults](err)
	if !ok {
		return err
	}
	named := slices.Clone(faults)
	for i := range named {
		named[i].File = file
	}
	return named
}

const (
	defaultPrefix = "0614141"
	maxAntennas   = 8
	maxShelf      = 500
	mostFaults    = 30 // that are told
	// longest is longer than any story and far from overflow.
	longest = 1000 * time.Hour
)

//go:embed grammar.txt
var grammar string

// Grammar says for people in which words a scenario is written.
func Grammar() string { return grammar }

// ParseScenario reads a scenario in the words of [Grammar]. The error is [Faults]: everything that is wrong.
func ParseScenario(text string) (Scenario, error) {
	p := parser{s: Scenario{Seed: 1, Prefix: defaultPrefix}, used: map[showroom.DeviceID]int{}, taken: map[string]int{}}
	for line := range strings.Lines(text) {
		p.line++
		p.statement(strings.TrimRight(line, "\n"))
	}
	p.check()
	p.made()
	if len(p.faults) > 0 {
		slices.SortStableFunc(p.faults, func(a, b Fault) int { return a.Line - b.Line })
		return Scenario{}, p.faults
	}
	return p.s, nil
}

type parser struct {
	s      Scenario
	line   int
	loop   int                       // line of the loop
	used   map[showroom.DeviceID]int // devices named outside their own statement, and the first line that does
	taken  map[string]int            // tags that are taken out, and the first line that does
	shared []int                     // lines of the rooms that share a reader
	faults Faults
	// repeated are events that happen again and again.
	repeated []repeated
}

type repeated struct {
	Event
	every time.Duration
}

func (p *parser) fault(line int, format string, args ...any) {
	p.faults = append(p.faults, Fault{Line: line, Err: fmt.Errorf(format, args...)})
}

func (p *parser) statement(line string) {
	words, err := split(line)
	if err == nil && len(words) > 0 {
		err = p.words(&sentence{words: words})
	}
	if err != nil {
		p.fault(p.line, "%w", err)
	}
}

func (p *parser) words(s *sentence) error {
	switch keyword := s.next("a statement"); keyword {
	case "seed":
		n, err := strconv.ParseUint(s.next("a number"), 10, 64)
		if err != nil {
			s.fail("a seed is a whole number")
		}
		p.s.Seed = n
	case "prefix":
		p.s.Prefix = s.prefix()
	case "reader":
		return p.row(s, p.reader)
	case "room":
		p.room(s)
	case "gateway":
		p.gateway(s)
	case "scanner":
		p.scanner(s)
	case "terminal":
		p.terminal(s)
	case "beacon":
		p.beacon(s)
	case "crowd":
		p.crowd(s)
	case "neighbours":
		p.neighbours(s)
	case "shelf":
		n := s.number("how many tags", maxShelf)
		s.expect("near")
		p.s.Shelves = append(p.s.Shelves, Shelf{Tags: n, Near: p.use(s.reader())})
	case "spot":
		p.spot(s)
	case "traffic":
		p.traffic(s)
	case "outages":
		p.outages(s)
	case "at":
		return p.event(s)
	case "lasts":
		if p.s.Lasts = s.duration(); p.s.Lasts <= 0 {
			s.fail("a story takes time")
		}
	case "loop":
		s.expect("every")
		if p.loop > 0 {
			s.fail("line %d says already when to begin again", p.loop)
		}
		if p.s.Loop, p.loop = s.duration(), p.line; p.s.Loop <= 0 {
			s.fail("a loop takes time")
		}
	default:
		s.words = nil
		s.fail("%q is no statement: want seed, prefix, reader, room, gateway, scanner, terminal, beacon, crowd, neighbours, shelf, spot, traffic, outages, at, lasts or loop", keyword)
	}
	return s.end()
}

func (p *parser) reader(s *sentence) {
	r := Reader{ID: p.name(s), Antennas: 1}
	p.kind(s, &r)
	p.s.Readers = append(p.s.Readers, r)
}

// row reads the statement once for each name of the row that it begins with.
func (p *parser) row(s *sentence, read func(*sentence)) error {
	if len(s.words) == 0 {
		read(s)
		return s.end()
	}
	for _, id := range s.span(s.words[0].text) {
		one := &sentence{words: append([]word{{text: string(id)}}, s.words[1:]...)}
		if read(one); one.end() != nil {
			return one.err
		}
	}
	return s.err
}

func (p *parser) event(s *sentence) error {
	at, every := s.duration(), time.Duration(0)
	if s.take("every") {
		every = s.pace()
	}
	if s.err != nil {
		return s.err
	}
	a, err := parseAction(s)
	if err != nil {
		return err
	}
	if a.Reader != "" {
		p.use(a.Reader)
	}
	if (a.Verb == Take || a.Verb == Move) && p.taken[a.Tag] == 0 {
		p.taken[a.Tag] = p.line
	}
	e := Event{At: at, Do: a, Line: p.line}
	p.s.Events = append(p.s.Events, e)
	if every > 0 {
		p.repeated = append(p.repeated, repeated{e, every})
	}
	return nil
}

func (p *parser) use(id showroom.DeviceID) showroom.DeviceID {
	if p.used[id] == 0 {
		p.used[id] = p.line
	}
	return id
}

// check looks at what only the whole text can tell.
func (p *parser) check() {
	for _, id := range slices.Sorted(maps.Keys(p.used)) {
		if line := p.used[id]; id != "" && !p.s.has(id) {
			p.fault(line, "there is no device %s", id)
		}
	}
	for _, e := range p.s.Events {
		if err := p.s.fits(e.Do); err != nil && (e.Do.Reader == "" || p.s.has(e.Do.Reader)) {
			p.fault(e.Line, "%w", err)
		}
		if e.Do.Spot != "" && !p.s.hasSpot(e.Do.Spot) {
			p.fault(e.Line, "there is no spot %s", e.Do.Spot)
		}
	}
	p.checkRooms()
	for _, tag := range slices.Sorted(maps.Keys(p.taken)) {
		if !slices.ContainsFunc(p.s.Events, func(e Event) bool { return e.Do.brings(tag) }) {
			p.fault(p.taken[tag], "%s is taken out and never carried in", tag)
		}
	}
	for _, e := range p.s.Events {
		switch {
		case p.s.Loop > 0 && e.At >= p.s.Loop:
			p.fault(e.Line, "the loop begins again before this happens")
		case p.s.Lasts > 0 && e.At > p.s.Lasts:
			p.fault(e.Line, "the story is over before this happens: it lasts %v", p.s.Lasts)
		}
	}
	if len(p.s.Readers)+len(p.s.Gateways)+len(p.s.Scanners)+len(p.s.Terminals) == 0 && len(p.faults) == 0 {
		p.fault(max(p.line, 1), "%w", errors.New("no device is there"))
	}
}

func (s *sentence) duration() time.Duration {
	text := s.next("a time like 2s or 1m30s")
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > longest {
		s.fail("%q is not a time like 2s or 1m30s", text)
		return 0
	}
	return d
}

func (s *sentence) number(what string, most int) int {
	n, err := strconv.Atoi(s.next(what))
	if err != nil || n < 1 || n > most {
		s.fail("%s is a number from 1 to %d", what, most)
		return 1
	}
	return n
}

func (s *sentence) prefix() string {
	digits := s.next("a company prefix")
	if _, err := strconv.ParseUint(digits, 10, 63); err != nil || len(digits) < 6 || len(digits) > 11 {
		s.fail("a company prefix has 6 to 11 digits")
	}
	return digits
}

// every answers the event that is due at or before elapsed as the n-th since the start, counted over all loops.
func (s Scenario) every(n int) (e Event, due time.Duration, ok bool) {
	if len(s.Events) == 0 || s.Loop == 0 && n >= len(s.Events) {
		return Event{}, math.MaxInt64, false
	}
	e = s.Events[n%len(s.Events)]
	return e, e.At + time.Duration(n/len(s.Events))*s.Loop, true
}

// Calm is the same shop in which nothing happens until somebody says so.
func (s Scenario) Calm() Scenario {
	s.Events, s.Traffic, s.Outages, s.Loop = nil, nil, nil, 0
	return s
}
