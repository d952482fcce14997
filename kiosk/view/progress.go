package view

import (
	"slices"
	"time"

	"showroom/agent/lang"
	"showroom/agent/localapi"
)

// Stage is how far a request has come.
type Stage int

// The stages a shopper sees. Sending is the kiosk's own: not answered yet.
const (
	Sending Stage = iota
	Waiting
	Requested
	Accepted
	OnTheWay
	Delivered
	Unavailable
)

// Step answers how many of the three steps to the door are done, and false where steps mean nothing.
func (s Stage) Step() (int, bool) {
	switch s {
	case Sending:
		return 0, true
	case Requested:
		return 1, true
	case Accepted, OnTheWay:
		return 2, true
	case Delivered:
		return 3, true
	}
	return 0, false
}

// Progress is one request as the shopper sees it.
type Progress struct {
	Request string // "" while sending
	GTIN    string
	Picture string // sha256
	Name    string
	Detail  string // "L · Lacivert"
	Text    string // "Elif ilgileniyor"
	More    string // a second line, "" for none
	Stage   Stage
	Cancel  string // label, "" when it can not be cancelled (any more)
	Seen    string // label that puts an unavailable piece aside
	Instead []Alternative
}

// Alternative is a piece to bring instead.
type Alternative struct {
	Label     string
	GTIN, For string
}

// Progress answers the requests worth a line, newest first.
func (s State) Progress(at time.Time) []Progress {
	t := s.texts()
	var out []Progress
	for _, p := range slices.Backward(s.Pending) {
		if c, ok := p.Command.(SendRequest); ok && !p.Failed {
			out = append(out, s.sendingProgress(t, c))
		}
	}
	for _, r := range s.room().Requests {
		switch {
		case open(r.State):
		case r.State == "delivered" && s.recent(r, at):
		case r.State == "unavailable" && !slices.Contains(s.Seen, r.ID):
		default:
			continue
		}
		out = append(out, s.progress(t, r))
	}
	return out
}

func (s State) sendingProgress(t *lang.Texts, c SendRequest) Progress {
	p := Progress{GTIN: c.GTIN, Text: t.T("kiosk.request.sending"), Stage: Sending}
	if product, v, ok := s.piece(c.GTIN); ok {
		p.Name, p.Detail, p.Picture = product.Name, joined(v.Size, v.Colour), first(pictures(product, v))
	}
	return p
}

func (s State) progress(t *lang.Texts, r localapi.Request) Progress {
	p := Progress{
		Request: r.ID, GTIN: r.GTIN, Picture: r.Picture, Name: r.Product, Detail: joined(r.Size, r.Colour),
		Stage: stage(r.State), Text: stageText(t, r),
	}
	if product, v, ok := s.piece(r.GTIN); ok { // in the language of now, not of then
		p.Name, p.Detail = product.Name, joined(v.Size, v.Colour)
		if p.Picture == "" {
			p.Picture = first(pictures(product, v))
		}
	}
	switch p.Stage {
	case Requested, Waiting, Accepted:
		p.Cancel = t.T("kiosk.request.cancel")
	case Unavailable:
		p.Seen = t.T("kiosk.request.seen")
		p.Instead = s.instead(r)
		if len(p.Instead) > 0 {
			p.More = t.T("kiosk.request.instead")
		}
	}
	if s.cancelling(r.ID) {
		p.Cancel, p.Text = "", t.T("kiosk.request.cancelling")
	} else if r.Escalated > 0 && open(r.State) && p.Stage != Waiting {
		p.More = t.T("kiosk.request.taking_long")
	}
	return p
}

func stage(state string) Stage {
	switch state {
	case "waiting":
		return Waiting
	case "accepted":
		return Accepted
	case "on_the_way":
		return OnTheWay
	case "delivered":
		return Delivered
	case "unavailable":
		return Unavailable
	}
	return Requested
}

func stageText(t *lang.Texts, r localapi.Request) string {
	switch stage(r.State) {
	case Waiting:
		return t.T("kiosk.request.waiting")
	case Accepted:
		if r.By != "" {
			return t.T("kiosk.request.accepted_by", "name", r.By)
		}
		return t.T("kiosk.request.accepted")
	case OnTheWay:
		if r.By != "" {
			return t.T("kiosk.request.on_the_way_by", "name", r.By)
		}
		return t.T("kiosk.request.on_the_way")
	case Delivered:
		return t.T("kiosk.request.delivered")
	case Unavailable:
		return t.T("kiosk.request.unavailable")
	}
	return t.T("kiosk.request.requested")
}

// piece finds a variant among the garments that hang here, and the one that was scanned.
func (s State) piece(gtin string) (localapi.Product, localapi.Variant, bool) {
	for _, g := range s.room().Garments {
		if v, ok := variant(g.Product, gtin); ok {
			return g.Product, v, true
		}
	}
	if g, ok := s.scanned(); ok {
		if v, ok := variant(g.Product, gtin); ok {
			return g.Product, v, true
		}
	}
	return localapi.Product{}, localapi.Variant{}, false
}

// maxInstead is how many alternatives fit beside an unavailable piece.
const maxInstead = 2

// instead proposes what could be brought in place of r: the sizes of the same colour nearest to it, then the same size in
// another colour. Nothing that hangs here already, or is on its way.
func (s State) instead(r localapi.Request) []Alternative {
	product, asked, ok := s.piece(r.GTIN)
	if !ok {
		return nil
	}
	at := slices.IndexFunc(product.Variants, func(v localapi.Variant) bool { return v.GTIN == asked.GTIN })
	type candidate struct {
		v        localapi.Variant
		distance int
	}
	var found []candidate
	for i, v := range product.Variants {
		if v.GTIN == asked.GTIN || v.ToBring <= 0 || v.Here || s.requested(v.GTIN) || s.sending(v.GTIN) {
			continue
		}
		switch {
		case v.Colour == asked.Colour:
			found = append(found, candidate{v, max(i-at, at-i)})
		case v.Size == asked.Size:
			found = append(found, candidate{v, len(product.Variants) + i})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	var out []Alternative
	for _, c := range found[:min(len(found), maxInstead)] {
		label := c.v.Size
		if c.v.Colour != asked.Colour || label == "" {
			label = joined(c.v.Size, c.v.Colour)
		}
		out = append(out, Alternative{Label: label, GTIN: c.v.GTIN, For: r.GTIN})
	}
	return out
}

// pictures are those of the colour, or else of the product.
func pictures(p localapi.Product, v localapi.Variant) []string {
	if len(v.Pictures) > 0 {
		return v.Pictures
	}
	return p.Pictures
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}
