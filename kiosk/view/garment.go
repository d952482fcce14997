package view

import (
	"slices"
	"time"

	"showroom/agent/lang"
	"showroom/agent/localapi"
)

// GarmentPage is one garment, large, and everything it also comes in.
type GarmentPage struct {
	Frame
	EPC      string
	Back     string
	Pictures []string // sha256
	Picture  int      // the large one
	Brand    string
	Name     string
	Price    string
	Colours  []ColourChip // empty when there is only one
	Colour   string       // name of the chosen one
	Sizes    []SizeChip   // empty when there is only one
	Status   string       // what is true of the chosen piece
	Hint     string       // what else to do, when there is nothing to do with it
	Action   Action
	Progress *Progress // of the chosen piece; then there is no Action
	Texts    []Text
}

// ColourChip is one colour. Tapping it chooses GTIN.
type ColourChip struct {
	Name, Hex string
	GTIN      string
	Chosen    bool
}

// Presence says where pieces of a size are.
type Presence int

// The places a size can be.
const (
	ToBring   Presence = iota // somebody can bring it
	Here                      // it hangs in this room
	Elsewhere                 // somebody else is trying the last one
	Nowhere                   // the shop has none
)

// SizeChip is one size of the chosen colour.
type SizeChip struct {
	GTIN     string
	Label    string
	Presence Presence
	Asked    bool // it is on its way
	Chosen   bool
}

// ActionKind is what the large button does.
type ActionKind int

// The actions there are.
const (
	NoAction ActionKind = iota
	Bring
	Wait
)

// Action is the large button.
type Action struct {
	Kind      ActionKind
	Label     string
	GTIN, For string
}

// Msg is what a tap on the button means.
func (a Action) Msg() Msg {
	if a.Kind == Wait {
		return TapWait{GTIN: a.GTIN, For: a.For}
	}
	return TapBring{GTIN: a.GTIN, For: a.For}
}

// Text is a paragraph about the product.
type Text struct{ Heading, Body string }

// Garment answers the page of the open garment, one that hangs here or one that was scanned. It answers false when there is none
// (any more).
func (s State) Garment(at time.Time) (GarmentPage, bool) {
	g, ok := s.opened()
	if !ok {
		return GarmentPage{}, false
	}
	t, product := s.texts(), g.Product
	chosen, ok := variant(product, s.Open.GTIN)
	if !ok {
		chosen, _ = variant(product, g.GTIN)
	}
	p := GarmentPage{
		Frame: s.Frame(), EPC: g.EPC, Back: t.T("kiosk.garment.back"), Brand: product.Brand, Name: product.Name,
		Price: money(t, chosen.Price), Pictures: pictures(product, chosen), Colour: chosen.Colour,
		Colours: colours(product, chosen), Sizes: s.sizes(product, chosen), Texts: texts(t, product),
	}
	p.Picture = min(s.Open.Picture, max(len(p.Pictures)-1, 0))
	p.Status = status(t, chosen)
	for _, progress := range s.Progress(at) {
		if progress.GTIN == chosen.GTIN {
			p.Progress = &progress
			return p, true
		}
	}
	p.Action = action(t, g, chosen)
	if p.Action.Kind == NoAction && len(product.Variants) > 1 {
		p.Hint = t.T("kiosk.garment.choose")
	}
	return p, true
}

func texts(t *lang.Texts, p localapi.Product) []Text {
	all := []Text{
		{Body: p.Description},
		{Heading: t.T("kiosk.garment.composition"), Body: p.Composition},
		{Heading: t.T("kiosk.garment.care"), Body: p.Care},
	}
	return slices.DeleteFunc(all, func(x Text) bool { return x.Body == "" })
}

// colours are the colours in the order of the variants; each leads to its piece in the chosen size, or else to one that can be
// had.
func colours(p localapi.Product, chosen localapi.Variant) []ColourChip {
	var out []ColourChip
	for _, v := range p.Variants {
		i := slices.IndexFunc(out, func(c ColourChip) bool { return c.Name == v.Colour })
		if i < 0 {
			out = append(out, ColourChip{Name: v.Colour, Hex: v.ColourHex, GTIN: v.GTIN, Chosen: v.Colour == chosen.Colour})
			continue
		}
		had, _ := variant(p, out[i].GTIN)
		if had.Size != chosen.Size && (v.Size == chosen.Size || presence(had) == Nowhere && presence(v) != Nowhere) {
			out[i].GTIN = v.GTIN
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

func (s State) sizes(p localapi.Product, chosen localapi.Variant) []SizeChip {
	var out []SizeChip
	for _, v := range p.Variants {
		if v.Colour != chosen.Colour || v.Size == "" {
			continue
		}
		c := SizeChip{GTIN: v.GTIN, Label: v.Size, Presence: presence(v), Chosen: v.GTIN == chosen.GTIN}
		c.Asked = s.requested(v.GTIN) || s.sending(v.GTIN)
		if c.Asked && c.Presence == Nowhere {
			c.Presence = ToBring // the last one, and it is for this room
		}
		out = append(out, c)
	}
	return out
}

func presence(v localapi.Variant) Presence {
	switch {
	case v.Here:
		return Here
	case v.ToBring > 0:
		return ToBring
	case v.TriedElsewhere:
		return Elsewhere
	}
	return Nowhere
}

func status(t *lang.Texts, v localapi.Variant) string {
	switch presence(v) {
	case Here:
		return t.T("kiosk.garment.here")
	case ToBring:
		return t.N("kiosk.garment.available", v.ToBring)
	case Elsewhere:
		return t.T("kiosk.garment.tried_elsewhere")
	}
	return t.T("kiosk.garment.none")
}

// action offers to bring the chosen piece. What hangs here needs no bringing, except that one more can be had.
func action(t *lang.Texts, g localapi.Garment, v localapi.Variant) Action {
	a := Action{GTIN: v.GTIN, For: g.GTIN}
	own, _ := variant(g.Product, g.GTIN)
	switch {
	case presence(v) == Elsewhere:
		a.Kind, a.Label = Wait, t.T("kiosk.garment.wait")
	case v.ToBring <= 0 || v.GTIN == own.GTIN && v.Here: // one that was scanned may hang elsewhere
		return Action{}
	case v.Colour != own.Colour && v.Size != "":
		a.Kind, a.Label = Bring, t.T("kiosk.garment.bring_piece", "size", v.Size, "colour", v.Colour)
	case v.Colour != own.Colour:
		a.Kind, a.Label = Bring, t.T("kiosk.garment.bring_colour", "colour", v.Colour)
	default:
		a.Kind, a.Label = Bring, t.T("kiosk.garment.bring", "size", v.Size)
	}
	return a
}
