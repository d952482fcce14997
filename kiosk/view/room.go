package view

import (
	"time"

	"showroom/agent/lang"
	"showroom/agent/localapi"
)

// RoomPage shows what hangs in the room.
type RoomPage struct {
	Frame
	Title    string // "4 ürün"
	Hint     string // what tapping a garment is for
	Explore  string // the same, beside the only one
	Cards    []Card
	Empty    string // what to say when nothing hangs here
	Notes    []Note
	Progress []Progress
	Done     string
	Transfer string // label of the button that goes on at a checkout; "" where nothing could
}

// Card is one garment.
type Card struct {
	EPC     string
	Picture string // sha256
	Name    string
	Detail  string // "M · Lacivert"
	Price   string
	Note    string // "" when all is well
}

// NoteKind is the weight of a Note.
type NoteKind int

// The kinds of note there are.
const (
	NoteFault NoteKind = iota // the room is not watched, or not well
	NoteUnknown
	NoteLeftBehind
	NoteLink // about the connection, where the header has no room for it
)

// Note is something about the room as a whole.
type Note struct {
	Kind NoteKind
	Text string
}

// Room answers the page of the room at the kiosk's time at.
func (s State) Room(at time.Time) RoomPage {
	t, r := s.texts(), s.room()
	p := RoomPage{Frame: s.Frame(), Hint: t.T("kiosk.room.hint"), Explore: t.T("kiosk.room.hint"), Done: t.T("kiosk.room.done"), Progress: s.Progress(at)}
	for _, g := range r.Garments {
		if !g.LeftBehind {
			p.Cards = append(p.Cards, card(t, g))
		}
	}
	if s.canTransfer() {
		p.Transfer = t.T("kiosk.room.transfer")
	}
	p.Title = t.N("kiosk.room.count", len(p.Cards))
	if len(p.Cards) == 0 {
		p.Title, p.Empty, p.Hint = t.T("kiosk.room.empty"), t.T("kiosk.room.empty_text"), ""
	}
	if r.Reader.Faulty() {
		text := t.T("kiosk.reader_fault.kept")
		if r.Reader.Partly() {
			text = t.T("kiosk.reader_fault.partly")
		}
		p.Notes = append(p.Notes, Note{NoteFault, text})
		if len(p.Cards) == 0 {
			p.Empty = ""
		}
	}
	if r.Unknown > 0 {
		p.Notes = append(p.Notes, Note{NoteUnknown, t.N("kiosk.room.unknown_tag", r.Unknown)})
	}
	if r.LeftBehind > 0 {
		p.Notes = append(p.Notes, Note{NoteLeftBehind, t.N("kiosk.left_behind_count", r.LeftBehind)})
	}
	return p
}

func card(t *lang.Texts, g localapi.Garment) Card {
	v, _ := variant(g.Product, g.GTIN)
	c := Card{
		EPC: g.EPC, Picture: first(pictures(g.Product, v)), Name: g.Product.Name, Detail: joined(v.Size, v.Colour),
		Price: money(t, v.Price),
	}
	if g.Unconfirmed {
		c.Note = t.T("kiosk.room.unconfirmed")
	}
	return c
}
