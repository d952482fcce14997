package httpd

import (
	"time"

	"showroom/agent/fitting"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
)

// shaper turns what the shop knows into what a screen is told: texts in one language, ages at one moment.
type shaper struct {
	language string
	at       showroom.Moment
}

func (p shaper) age(since showroom.Moment) int { return int(p.at.Since(since) / time.Second) }

func (p shaper) room(now fitting.Now, reader localapi.Reader) localapi.Room {
	room := localapi.Room{
		ID: string(now.Room.ID), Name: now.Room.Name, Reader: reader,
		Visit: string(now.Visit.ID), Opened: now.Visit.Opened.Wall,
		Unknown: now.Unknown, LeftBehind: now.LeftBehind, Piled: now.Piled, Restock: restockOf(now.Restock), Called: now.Called,
		Garments: make([]localapi.Garment, 0, len(now.Garments)),
		Requests: make([]localapi.Request, 0, len(now.Requests)),
	}
	for _, g := range now.Garments {
		room.Garments = append(room.Garments, p.garment(g))
	}
	for _, r := range now.Requests {
		room.Requests = append(room.Requests, p.request(r))
	}
	return room
}

func (p shaper) garment(g fitting.Piece) localapi.Garment {
	return localapi.Garment{
		EPC: g.EPC.String(), GTIN: string(g.GTIN), Unconfirmed: g.Unconfirmed, LeftBehind: g.LeftBehind,
		Product: p.product(g),
	}
}

func (p shaper) product(g fitting.Piece) localapi.Product {
	out := localapi.Product{
		ID: string(g.Product.ID), Name: g.Product.Name.In(p.language), Brand: g.Product.Brand,
		Description: g.Product.Description.In(p.language), Composition: g.Product.Composition.In(p.language),
		Care: g.Product.Care.In(p.language), Pictures: notNil(g.Product.Pictures),
		Variants: make([]localapi.Variant, 0, len(g.Variants)),
	}
	for _, v := range g.Variants {
		out.Variants = append(out.Variants, p.variant(v))
	}
	return out
}

func (p shaper) variant(v fitting.Variant) localapi.Variant {
	out := localapi.Variant{
		GTIN: string(v.GTIN), Size: v.Size, Colour: v.Colour.In(p.language), ColourHex: v.ColourHex,
		Pictures: v.Pictures, ToBring: v.ToBring, TriedElsewhere: v.TriedElsewhere, Here: v.Here,
	}
	if !v.Price.Amount.IsZero() {
		out.Price = &localapi.Money{Minor: v.Price.Amount.Minor, Currency: string(v.Price.Amount.Currency)}
	}
	return out
}

func (p shaper) request(r fitting.Wanted) localapi.Request {
	out := localapi.Request{
		ID: string(r.ID), Room: string(r.Room), GTIN: string(r.Want), Product: r.Product.Name.In(p.language),
		Size: r.Item.Size, Colour: r.Item.Colour.In(p.language), State: string(r.State), By: r.ByName,
		Made: r.Made.Wall, Changed: r.Changed.Wall, Age: p.age(r.Made), Escalated: r.Escalated, Version: r.Version,
		Stock: r.ToBring,
	}
	if out.Product == "" {
		out.Product = string(r.Want)
	}
	switch {
	case len(r.Item.Pictures) > 0:
		out.Picture = r.Item.Pictures[0]
	case len(r.Product.Pictures) > 0:
		out.Picture = r.Product.Pictures[0]
	}
	return out
}

func (p shaper) queue(q fitting.Queue) localapi.Queue {
	out := localapi.Queue{Requests: make([]localapi.Request, 0, len(q.Requests)), Calls: make([]localapi.Call, 0, len(q.Calls))}
	for _, r := range q.Requests {
		out.Requests = append(out.Requests, p.request(r))
	}
	for _, c := range q.Calls {
		out.Calls = append(out.Calls, localapi.Call{ID: string(c.ID), Room: string(c.Room), Made: c.Made.Wall, Age: p.age(c.Made)})
	}
	return out
}

func notNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
