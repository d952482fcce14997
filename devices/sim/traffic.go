package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"showroom/agent/showroom"
)

// Traffic is shoppers who come, try on and go, by chance: who finds a room free goes in with some garments, hangs them up, may ask
// for another piece, and takes everything away again.
type Traffic struct {
	Rooms        []showroom.DeviceID
	Every        time.Duration // on average; who finds no room free goes away
	Shortest     time.Duration // of a stay
	Longest      time.Duration
	Fewest, Most int     // garments
	Asking       float64 // which share of them asks for another piece
	From, Until  time.Duration
	Line         int
}

// Outages are cables that come loose by chance, each by itself.
type Outages struct {
	Rooms             []showroom.DeviceID
	Every             time.Duration // on average, each
	Shortest, Longest time.Duration
	Line              int
}

const (
	mostMade = 100_000 // events out of one line
	// A room is aired for a moment before the next shopper.
	airing = 20 * time.Second
	// Hands full of garments take a while to hang them up and to take them down.
	hanging = 3 * time.Second
	// Nobody asks for another size before having tried the first.
	beforeAsking = time.Minute
)

// WithSeed is the same story told by other dice.
func (s Scenario) WithSeed(seed uint64) Scenario {
	s.Seed = seed
	s.Events = slices.DeleteFunc(slices.Clone(s.Events), func(e Event) bool { return e.Made })
	for _, t := range s.Traffic {
		s.Events = append(s.Events, t.events(dice(seed, "traffic", strconv.Itoa(t.Line)))...)
	}
	for _, o := range s.Outages {
		for _, room := range o.Rooms {
			s.Events = append(s.Events, o.events(room, dice(seed, "outages", strconv.Itoa(o.Line), string(room)), s.Lasts)...)
		}
	}
	slices.SortStableFunc(s.Events, func(a, b Event) int { return int(min(max(a.At-b.At, -1), 1)) })
	return s
}

func (t Traffic) events(dice *rand.Rand) (all []Event) {
	free := make(map[showroom.DeviceID]time.Duration, len(t.Rooms))
	for at, n := t.From+wait(dice, t.Every), 1; at < t.Until; at, n = at+wait(dice, t.Every), n+1 {
		open := slices.DeleteFunc(slices.Clone(t.Rooms), func(id showroom.DeviceID) bool { return free[id] > at })
		if len(open) == 0 {
			continue
		}
		room := open[dice.IntN(len(open))]
		leaves := at + spell(dice, t.Shortest, t.Longest)
		free[room] = leaves + airing
		all = append(all, t.visit(dice, fmt.Sprintf("shopper%d.%d", t.Line, n), room, at, leaves)...)
	}
	return all
}

// visit is one shopper's stay.
func (t Traffic) visit(dice *rand.Rand, who string, room showroom.DeviceID, comes, leaves time.Duration) []Event {
	made := func(at time.Duration, a Action) Event { return Event{At: at, Do: a, Line: t.Line, Made: true} }
	all := []Event{
		made(comes, Action{Verb: Enter, Reader: room, Who: who}),
		made(leaves, Action{Verb: Leave, Reader: room, Who: who}),
	}
	for i := range t.Fewest + dice.IntN(t.Most-t.Fewest+1) {
		tag := who + "-" + strconv.Itoa(i+1)
		all = append(all,
			made(comes+spell(dice, 0, hanging), Action{Verb: Carry, Ware: Ware{Kind: Any}, Reader: room, Tag: tag}),
			made(leaves-spell(dice, 0, hanging), Action{Verb: Take, Tag: tag}))
	}
	if asks := dice.Float64() < t.Asking; asks && leaves-comes > 2*beforeAsking {
		all = append(all, made(spell(dice, comes+beforeAsking, leaves-beforeAsking), Action{Verb: Ask, Ware: Ware{Kind: Any}, Reader: room}))
	}
	return all
}

func (o Outages) events(room showroom.DeviceID, dice *rand.Rand, until time.Duration) (all []Event) {
	for at := wait(dice, o.Every); at < until; at += wait(dice, o.Every) {
		all = append(all, Event{At: at, Do: Action{Verb: Pull, Reader: room}, Line: o.Line, Made: true})
		at += spell(dice, o.Shortest, o.Longest)
		all = append(all, Event{At: at, Do: Action{Verb: Plug, Reader: room}, Line: o.Line, Made: true})
	}
	return all
}

// wait is the time to the next of many things that happen independently of each other.
func wait(dice *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(dice.ExpFloat64() * float64(mean))
}

func spell(dice *rand.Rand, shortest, longest time.Duration) time.Duration {
	return time.Duration(between(dice, float64(shortest), float64(longest)))
}

// traffic reads what follows the word traffic: READERS every D stay D..D garments N..N [asking P%] [from D] [until D]
func (p *parser) traffic(s *sentence) {
	t := Traffic{Rooms: p.rooms(s), Line: p.line}
	s.expect("every")
	t.Every = s.pace()
	s.expect("stay")
	t.Shortest, t.Longest = s.spell()
	if t.Shortest < 2*hanging {
		s.fail("a stay takes at least %v", 2*hanging)
	}
	s.expect("garments")
	t.Fewest, t.Most = s.garments()
	for len(s.words) > 0 && s.err == nil {
		switch option := s.next("an option"); option {
		case "asking":
			t.Asking = s.share()
		case "from":
			t.From = s.duration()
		case "until":
			t.Until = s.duration()
		default:
			s.fail("want asking, from or until, not %q", option)
		}
	}
	if s.err == nil {
		p.s.Traffic = append(p.s.Traffic, t)
	}
}

// outages reads what follows the word outages: READERS every D last D..D
func (p *parser) outages(s *sentence) {
	o := Outages{Rooms: p.rooms(s), Line: p.line}
	s.expect("every")
	o.Every = s.pace()
	s.expect("last")
	o.Shortest, o.Longest = s.spell()
	if s.err == nil {
		p.s.Outages = append(p.s.Outages, o)
	}
}

// rooms reads a row of readers.
func (p *parser) rooms(s *sentence) []showroom.DeviceID {
	row := s.span(s.next("readers like fr1..fr10"))
	for _, id := range row {
		p.use(id)
	}
	return row
}

// made checks and tells what happens by chance and again and again, once all is read.
func (p *parser) made() {
	for i := range p.s.Traffic {
		t := &p.s.Traffic[i]
		if t.Until == 0 {
			t.Until = p.s.Lasts
		}
		p.bounded(t.Line, t.Until, t.Every/time.Duration(2*t.Most+3))
	}
	for _, o := range p.s.Outages {
		p.bounded(o.Line, p.s.Lasts, o.Every/time.Duration(2*len(o.Rooms)))
	}
	for _, r := range p.repeated {
		if !p.bounded(r.Line, p.s.Lasts, r.every) {
			continue
		}
		for at := r.At + r.every; at < p.s.Lasts; at += r.every {
			p.s.Events = append(p.s.Events, Event{At: at, Do: r.Do, Line: r.Line})
		}
	}
	if len(p.faults) == 0 {
		p.s = p.s.WithSeed(p.s.Seed)
	}
}

// bounded faults a line that would make events without end.
func (p *parser) bounded(line int, until, every time.Duration) bool {
	switch {
	case until == 0:
		p.fault(line, "this goes on for ever: say how long the story lasts")
	case every <= 0 || until/every > mostMade:
		p.fault(line, "this makes more than %d events", mostMade)
	default:
		return true
	}
	return false
}

// pace is a time between things that happen again and again.
func (s *sentence) pace() time.Duration {
	d := s.duration()
	if d < time.Second {
		s.fail("this happens too often: at most once a second")
		return time.Second
	}
	return d
}

// spell is D..D, or one D.
func (s *sentence) spell() (least, most time.Duration) {
	text := s.next("times like 3m..12m")
	low, high, ranged := strings.Cut(text, "..")
	if !ranged {
		high = low
	}
	least, errLow := time.ParseDuration(low)
	most, errHigh := time.ParseDuration(high)
	if errLow != nil || errHigh != nil || least < 0 || most < least || most > longest {
		s.fail("%q are no times like 3m..12m", text)
		return time.Minute, time.Minute
	}
	return least, most
}

// garments is N..N, or one N.
func (s *sentence) garments() (fewest, most int) {
	text := s.next("numbers like 1..5")
	low, high, ranged := strings.Cut(text, "..")
	if !ranged {
		high = low
	}
	fewest, errLow := strconv.Atoi(low)
	most, errHigh := strconv.Atoi(high)
	if errLow != nil || errHigh != nil || fewest < 1 || most < fewest || most > maxShelf {
		s.fail("%q are no numbers like 1..5", text)
		return 1, 1
	}
	return fewest, most
}

// share is a number of hundredths, like 30%.
func (s *sentence) share() float64 {
	text := s.next("a share like 30%")
	percent, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil || !strings.HasSuffix(text, "%") || !(percent >= 0 && percent <= 100) {
		s.fail("%q is no share like 30%%", text)
		return 0
	}
	return percent / 100
}
