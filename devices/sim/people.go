package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"showroom/agent/showroom"
)

// people reads what shoppers and associates do besides carrying single garments.
func (s *sentence) people(verb string) (a Action) {
	switch verb {
	case "move":
		a.Verb, a.Tag = Move, s.next("the name of the garments")
		switch where := s.next("into, to or away"); where {
		case "into":
			a.Reader = s.reader()
		case "to":
			a.Spot = s.next("a spot")
		case "away":
		default:
			s.fail("want into, to or away, not %q", where)
		}
	case "gather":
		a.Verb, a.Reader = Gather, s.reader()
		s.expect("as")
		a.Tag = s.next("a name for the pile")
	case "ask":
		a.Verb, a.Ware = Ask, s.ware()
		s.expect("in")
		a.Reader = s.reader()
	case "restock":
		if a.Verb, a.Reader = Restock, s.reader(); s.take("over") {
			a.Verb = Restocked
		}
	case "enter", "leave":
		if a.Verb = Enter; verb == "leave" {
			a.Verb = Leave
		}
		a.Reader = s.reader()
		s.expect("as")
		a.Who = s.next("a name for the shopper")
	}
	return a
}

// people is the words of what people reads.
func (a Action) people() string {
	room, tag := quoted(string(a.Reader)), quoted(a.Tag)
	switch a.Verb {
	case Move:
		if a.Reader == "" && a.Spot == "" {
			return fmt.Sprintf("move %s away", tag)
		}
		return fmt.Sprintf("move %s %s", tag, a.where())
	case Gather:
		return fmt.Sprintf("gather %s as %s", room, tag)
	case Ask:
		return fmt.Sprintf("ask %s in %s", a.Ware, room)
	case Restock:
		return "restock " + room
	case Restocked:
		return fmt.Sprintf("restock %s over", room)
	case Enter:
		return fmt.Sprintf("enter %s as %s", room, quoted(a.Who))
	}
	return fmt.Sprintf("leave %s as %s", room, quoted(a.Who))
}

// where is the place of a Carry or a Move.
func (a Action) where() string {
	if a.Spot != "" {
		return "to " + quoted(a.Spot)
	}
	return "into " + quoted(string(a.Reader))
}

// carried is the words of a Carry's garments.
func (a Action) carried() string {
	if a.Count > 0 {
		return fmt.Sprintf("%d pieces", a.Count)
	}
	return a.Ware.String()
}

// carry reads the rest of a carry.
func (s *sentence) carry() Action {
	a := Action{Verb: Carry}
	if n, err := strconv.Atoi(s.peek()); err == nil {
		a.Count, a.Ware = s.number("how many pieces", maxShelf), Ware{Kind: Any}
		if word := s.next("pieces"); word != "pieces" {
			s.fail("want %d pieces, not %d %s", n, n, word)
		}
	} else {
		a.Ware = s.ware()
	}
	if s.take("to") {
		a.Spot = s.next("a spot")
	} else {
		s.expect("into")
		a.Reader = s.reader()
	}
	s.expect("as")
	a.Tag = s.next("a name for the tag")
	return a
}

// tags are the names of the garments of a Carry.
func (a Action) tags() []string {
	if a.Count == 0 {
		return []string{a.Tag}
	}
	tags := make([]string, a.Count)
	for i := range tags {
		tags[i] = a.Tag + "-" + strconv.Itoa(i+1)
	}
	return tags
}

// brings says whether garments can go by the name after this.
func (a Action) brings(name string) bool {
	switch a.Verb {
	case Gather:
		return a.Tag == name
	case Carry:
		return a.Tag == name || a.Count > 0 && oneOf(name, a.Tag)
	}
	return false
}

// social does what somebody does that no garment and no radio notices.
func (s *Shop) social(a Action, at time.Time) ([]Truth, error) {
	switch a.Verb {
	case Enter, Leave:
		t := Truth{At: at, What: "entered", Reader: a.Reader, Who: a.Who}
		if a.Verb == Leave {
			t.What = "left"
		}
		return []Truth{t}, nil
	case Restock:
		return []Truth{{At: at, What: "restock", Reader: a.Reader}}, nil
	case Restocked:
		return []Truth{{At: at, What: "restocked", Reader: a.Reader}}, nil
	case Gather:
		s.piles[a.Tag] = slices.DeleteFunc(slices.Clone(s.piles[a.Tag]), func(g *garment) bool { return !g.somewhere() })
		for _, g := range s.garments {
			if g.In == a.Reader && !slices.Contains(s.piles[a.Tag], g) {
				s.piles[a.Tag] = append(s.piles[a.Tag], g)
			}
		}
		return []Truth{{At: at, What: "gathered", Reader: a.Reader}}, nil
	}
	s.asked++
	p, err := s.product(a.Ware, "asked "+strconv.Itoa(s.asked))
	if err != nil {
		return nil, err
	}
	return []Truth{{At: at, What: "asked", Reader: a.Reader, Want: p.GTIN}}, nil
}

// haul moves garments as an associate does, all that go by the name.
func (s *Shop) haul(a Action, at time.Time) ([]Truth, error) {
	spot, err := s.spot(a.Spot)
	if err != nil {
		return nil, err
	}
	all := s.named(a.Tag)
	if len(all) == 0 {
		return nil, fmt.Errorf("%s is nowhere", a.Tag)
	}
	var truth []Truth
	for _, g := range all {
		truth = append(truth, s.move(g, a.Reader, spot, true, at)...)
	}
	return truth, nil
}

// spot is the spot of that name; nil for the name of none.
func (s *Shop) spot(name string) (*Spot, error) {
	if name == "" {
		return nil, nil
	}
	i := slices.IndexFunc(s.spots, func(o Spot) bool { return o.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no spot %s", name)
	}
	return &s.spots[i], nil
}

// named are the garments that go by a name: the one of the name, or those that were carried in as so many pieces, or gathered.
func (s *Shop) named(name string) []*garment {
	if g := s.present(name); g != nil {
		return []*garment{g}
	}
	var all []*garment
	for _, g := range s.garments {
		if g.somewhere() && (slices.Contains(s.piles[name], g) || oneOf(g.Name, name)) {
			all = append(all, g)
		}
	}
	return all
}

// oneOf says whether tag is NAME-N.
func oneOf(tag, name string) bool {
	digits, found := strings.CutPrefix(tag, name+"-")
	_, err := strconv.ParseUint(digits, 10, 32)
	return found && err == nil
}

// pick chooses a product by chance, always the same one for the same name.
func (s *Shop) pick(name string) Product {
	if len(s.wares) == 0 {
		return Product{GTIN: s.unlisted}
	}
	return s.wares[dice(s.seed, "piece", name).IntN(len(s.wares))]
}

// move brings a garment into a room or to a spot, or, with neither, away. carried says that nobody hangs it up.
func (s *Shop) move(g *garment, to showroom.DeviceID, spot *Spot, carried bool, at time.Time) []Truth {
	tag := g.Tag
	var truth []Truth
	switch {
	case g.In != "":
		truth = append(truth, Truth{At: at, What: "departed", Reader: g.In, Tag: &tag, Carried: carried})
	case g.spot != nil:
		truth = append(truth, Truth{At: at, What: "cleared", Spot: g.spot.Name, Tag: &tag})
	}
	if spot != nil {
		to = spot.In
	}
	g.In, g.spot = to, spot
	g.loss = distanceLoss(between(s.dice, nearest, farthest))
	s.heard = false
	now := g.Tag
	switch {
	case to != "":
		truth = append(truth, Truth{At: at, What: "arrived", Reader: to, Tag: &now, Carried: carried})
	case spot != nil:
		truth = append(truth, Truth{At: at, What: "parked", Spot: spot.Name, Tag: &now})
	}
	if len(truth) > 0 && truth[0].What == "departed" {
		truth[0].Tag.In = ""
	}
	return truth
}
