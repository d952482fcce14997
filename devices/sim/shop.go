package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/devices"
)

// Tag is one garment with its tag.
type Tag struct {
	Name    string            `json:"tag"`
	EPC     gs1.EPC           `json:"epc"`
	Product string            `json:"product,omitempty"`
	Size    string            `json:"size,omitempty"`
	GTIN    gs1.GTIN          `json:"gtin"`
	In      showroom.DeviceID `json:"in,omitempty"` // the reader whose room it is in; "" while it is in none
}

// Truth is what really happened, whatever the readers make of it.
type Truth struct {
	At     time.Time         `json:"at"`
	What   string            `json:"what"` // "arrived", "departed", "parked", "cleared", "gathered", "entered", "left", "asked", "restock", "restocked", "pulled" or "plugged"
	Reader showroom.DeviceID `json:"reader"`
	Tag    *Tag              `json:"tag,omitempty"` // of arrived, departed, parked and cleared
	// Carried: by an associate, who goes on with it.
	Carried bool     `json:"carried,omitempty"`
	Spot    string   `json:"spot,omitempty"` // of parked and cleared
	Who     string   `json:"who,omitempty"`  // of entered and left
	Want    gs1.GTIN `json:"want,omitempty"` // of asked
}

// Round is one round of inventory by one antenna: it answers its tags, or that there are none.
type Round struct {
	Reader  showroom.DeviceID
	Antenna int
	At      time.Time
	Reads   []devices.TagRead
}

// How often a reader takes a round.
const (
	moduleRound = 50 * time.Millisecond
	fixedRound  = 100 * time.Millisecond
)

// Shop is the pure simulation. The same scenario, catalogue, actions and instants give the same reads. It is not safe for
// concurrent use.
type Shop struct {
	seed     uint64
	prefix   string
	wares    Catalogue
	unlisted gs1.GTIN
	readers  []*reader
	bleed    map[[2]showroom.DeviceID]float64 // dB between two rooms, both ways
	garments []*garment
	spots    []Spot
	piles    map[string][]*garment // what associates have gathered
	asked    int
	serial   uint64
	dice     *rand.Rand // where garments are hung
	// heard: every reader knows whom it hears. Whoever moves a garment ends that.
	heard bool
	drift drift
}

type reader struct {
	Reader
	share   share
	pulled  bool
	antenna int // the one whose turn it is, from 0
	due     time.Time
	hears   []hearing // when the shop is heard
}

func (r *reader) every() time.Duration {
	turns := time.Duration(max(r.share.rooms, 1))
	if r.Kind == LLRP || r.Kind.published() {
		return turns * fixedRound
	}
	return turns * moduleRound
}

// garment is a tag with its radio. One name may stand for several garments, one at a time: whoever names the same ware again
// means the same garment.
type garment struct {
	Tag
	ware  Ware
	shelf showroom.DeviceID // the reader whose room its shelf is near; "" for what is not stock
	spot  *Spot             // where it is, when that is no hook
	loss  float64           // of the distance, dB
	paths map[pathKey]*path
}

// somewhere: in a room or at a spot.
func (g *garment) somewhere() bool { return g.In != "" || g.spot != nil }

type pathKey struct {
	reader  showroom.DeviceID
	antenna int
}

const (
	posItem       = 1 // filter value of a garment's EPC
	foreignPrefix = "4012345"
	foreignItem   = 1
)

// NewShop makes the shop of a scenario. The error is [Faults] when the catalogue lacks what the scenario names.
func NewShop(s Scenario, c Catalogue) (*Shop, error) {
	shop := &Shop{
		seed: s.Seed, prefix: s.Prefix, wares: c,
		bleed: map[[2]showroom.DeviceID]float64{}, dice: dice(s.Seed, "hooks"),
		spots: s.Spots, piles: map[string][]*garment{},
	}
	var err error
	if shop.unlisted, err = c.unlisted(s.Prefix); err != nil {
		return nil, err
	}
	shop.readers = places(s)
	for _, n := range s.Neighbours {
		loss := between(dice(s.Seed, "wall", string(n[0]), string(n[1])), bleedLeast, bleedMost)
		shop.bleed[n], shop.bleed[[2]showroom.DeviceID{n[1], n[0]}] = loss, loss
	}
	for n, loss := range s.Bleed {
		shop.bleed[n], shop.bleed[[2]showroom.DeviceID{n[1], n[0]}] = loss, loss
	}
	if err := shop.stock(s.Shelves); err != nil {
		return nil, err
	}
	var faults Faults
	for _, e := range s.Events {
		if e.Do.Verb != Carry && e.Do.Verb != Ask {
			continue
		}
		if _, err := shop.product(e.Do.Ware, ""); err != nil {
			faults = append(faults, Fault{Line: e.Line, Err: err})
		}
	}
	if len(faults) > 0 {
		slices.SortStableFunc(faults, func(a, b Fault) int { return a.Line - b.Line })
		return nil, faults
	}
	return shop, nil
}

// stock fills the shelves.
func (s *Shop) stock(shelves []Shelf) error {
	for _, shelf := range shelves {
		for n := range shelf.Tags {
			ware := Ware{Kind: Unknown}
			if len(s.wares) > 0 {
				ware = Ware{Kind: ByGTIN, GTIN: s.wares[n%len(s.wares)].GTIN}
			}
			g, err := s.sew(fmt.Sprintf("shelf-%s-%d", shelf.Near, n+1), ware)
			if err != nil {
				return err
			}
			g.shelf, g.loss = shelf.Near, shelfLoss+distanceLoss(between(s.dice, nearest, farthest))
		}
	}
	return nil
}

// Do does an action and answers what it changed: nothing, when all is so already. Its error says what cannot be.
func (s *Shop) Do(a Action, at time.Time) ([]Truth, error) {
	var room *reader
	if a.Reader != "" {
		i := slices.IndexFunc(s.readers, func(r *reader) bool { return r.ID == a.Reader })
		if i >= 0 {
			room = s.readers[i]
		} else if a.Verb != Pull && a.Verb != Plug {
			return nil, fmt.Errorf("there is no reader %s", a.Reader)
		}
	}
	switch a.Verb {
	case Carry:
		return s.carry(a, at)
	case Take:
		all := s.named(a.Tag)
		if len(all) == 0 {
			return nil, fmt.Errorf("%s is in no room", a.Tag)
		}
		var truth []Truth
		for _, g := range all {
			truth = append(truth, s.move(g, "", nil, false, at)...)
		}
		return truth, nil
	case Move:
		return s.haul(a, at)
	case Gather, Enter, Leave, Ask, Restock, Restocked:
		return s.social(a, at)
	case Pull, Plug:
		if room == nil {
			return s.cable(a, at)
		}
		if room.pulled == (a.Verb == Pull) {
			return nil, nil
		}
		room.pulled = !room.pulled
		what := "plugged"
		if room.pulled {
			what = "pulled"
		}
		return []Truth{{At: at, What: what, Reader: room.ID}}, nil
	}
	return nil, fmt.Errorf("%q is nothing to do", a)
}

func (s *Shop) carry(a Action, at time.Time) (truth []Truth, err error) {
	spot, err := s.spot(a.Spot)
	if err != nil {
		return nil, err
	}
	for _, tag := range a.tags() {
		there := s.present(tag)
		if there != nil && there.ware != a.Ware {
			return truth, fmt.Errorf("%s is in %s and is another garment", tag, there.In)
		}
		if there != nil && there.In == a.Reader && there.spot == spot {
			continue
		}
		g, err := s.sew(tag, a.Ware)
		if err != nil {
			return truth, err
		}
		truth = append(truth, s.move(g, a.Reader, spot, false, at)...)
	}
	return truth, nil
}

// present is the garment of that name that is in a room or at a spot; nil for none.
func (s *Shop) present(name string) *garment {
	for _, g := range s.garments {
		if g.Name == name && g.somewhere() {
			return g
		}
	}
	return nil
}

// sew answers the garment of that name and ware, with a new tag if it is new.
func (s *Shop) sew(name string, w Ware) (*garment, error) {
	for _, g := range s.garments {
		if g.Name == name && g.ware == w {
			return g, nil
		}
	}
	p, err := s.product(w, name)
	if err != nil {
		return nil, err
	}
	digits := len(s.prefix)
	if w.Kind == Foreign {
		digits = len(foreignPrefix)
	}
	item, err := gs1.NewSGTIN96(p.GTIN, digits, posItem, s.serial+1)
	if err != nil {
		return nil, fmt.Errorf("write tag of %s: %w", name, err)
	}
	epc, err := item.Encode()
	if err != nil {
		return nil, fmt.Errorf("write tag of %s: %w", name, err)
	}
	s.serial++
	g := &garment{Tag: Tag{Name: name, EPC: epc, Product: p.Name, Size: p.Size, GTIN: p.GTIN}, ware: w, paths: map[pathKey]*path{}}
	s.garments = append(s.garments, g)
	return g, nil
}

// product is what a ware is; name is whose, where chance decides.
func (s *Shop) product(w Ware, name string) (Product, error) {
	switch w.Kind {
	case Any:
		return s.pick(name), nil
	case Foreign:
		gtin, err := tradeItem(foreignPrefix, foreignItem)
		return Product{GTIN: gtin}, err
	case Unknown:
		return Product{GTIN: s.unlisted}, nil
	}
	return s.wares.find(w)
}

// Tags are all garments that have ever been named, in that order.
func (s *Shop) Tags() []Tag {
	tags := make([]Tag, 0, len(s.garments))
	for _, g := range s.garments {
		tags = append(tags, g.Tag)
	}
	return tags
}

// ReaderState is a reader and what hangs in its room.
type ReaderState struct {
	ID     showroom.DeviceID `json:"reader"`
	Kind   Kind              `json:"kind"`
	Pulled bool              `json:"pulled"`
	Tags   []string          `json:"tags"`
}

// State is how the shop is.
func (s *Shop) State() []ReaderState {
	states := make([]ReaderState, 0, len(s.readers))
	for _, r := range s.readers {
		st := ReaderState{ID: r.ID, Kind: r.Kind, Pulled: r.pulled, Tags: []string{}}
		for _, g := range s.garments {
			if g.In == r.ID {
				st.Tags = append(st.Tags, g.Name)
			}
		}
		states = append(states, st)
	}
	return states
}
