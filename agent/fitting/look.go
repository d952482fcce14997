package fitting

import (
	"slices"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Now is a fitting room as it stands in one snapshot of the store.
type Now struct {
	Room       showroom.Room
	Visit      showroom.Visit // zero when nobody is there
	Garments   []Piece        // known garments, in the order they came
	Unknown    int            // the shop's own tags that the catalogue does not know
	LeftBehind int
	Piled      int              // on their way with somebody who carries stock, and nobody's to try on
	Restock    showroom.Restock // zero unless staff hang garments for sale here
	Requests   []Wanted         // of the visit, newest first
	Called     bool
}

// Piece is a garment with what the shop knows of it.
type Piece struct {
	showroom.Garment
	Product  showroom.Product
	Variants []Variant
}

// Variant is one size of one colour with its price and where its pieces are, seen from a room.
type Variant struct {
	showroom.Item
	Price          showroom.Price // zero when the shop has none today
	ToBring        int
	TriedElsewhere bool
	Here           bool
}

// Wanted is a request with what it is for.
type Wanted struct {
	showroom.SizeRequest
	Product showroom.Product
	Item    showroom.Item
	ToBring int
}

// Look answers how a room stands.
func (f *Rooms) Look(v *store.View, id showroom.RoomID) (Now, error) {
	room, err := f.Room(id)
	if err != nil {
		return Now{}, err
	}
	now := Now{Room: room}
	if now.Visit, _, err = v.OpenVisit(id); err != nil {
		return now, err
	}
	if now.Restock, _, err = v.Restock(id); err != nil {
		return now, err
	}
	garments, err := f.garmentsIn(v, id)
	if err != nil {
		return now, err
	}
	slices.SortStableFunc(garments, func(a, b showroom.Garment) int { return a.Since.Wall.Compare(b.Since.Wall) })
	here := map[gs1.GTIN]int{}
	for _, g := range garments {
		if !g.LeftBehind && g.Manner != showroom.Piled {
			here[g.GTIN]++
		}
	}
	for _, g := range garments {
		if g.LeftBehind || g.Manner == showroom.Piled {
			if g.LeftBehind {
				now.LeftBehind++
			} else {
				now.Piled++
			}
			continue
		}
		p, known, err := f.piece(v, g, here)
		if err != nil {
			return now, err
		}
		if !known {
			now.Unknown++
			continue
		}
		now.Garments = append(now.Garments, p)
	}
	if now.Visit.ID != "" {
		requests, err := v.RequestsOf(now.Visit.ID)
		if err != nil {
			return now, err
		}
		if now.Requests, err = wanted(v, requests); err != nil {
			return now, err
		}
	}
	calls, err := v.OpenCalls()
	for _, c := range calls {
		now.Called = now.Called || c.Room == id
	}
	return now, err
}

func (f *Rooms) piece(v *store.View, g showroom.Garment, here map[gs1.GTIN]int) (Piece, bool, error) {
	p := Piece{Garment: g}
	if g.GTIN == "" {
		return p, false, nil
	}
	item, known, err := found(v.Item(g.GTIN))
	if err != nil || !known {
		return p, false, err
	}
	if p.Product, known, err = found(v.Product(item.Product)); err != nil || !known {
		return p, false, err
	}
	at := f.opt.Clock().Wall
	items, err := v.ItemsOf(item.Product)
	if err != nil {
		return p, false, err
	}
	for _, i := range items {
		variant := Variant{Item: i, Here: here[i.GTIN] > 0}
		if variant.Price, _, err = found(v.Price(i.GTIN, at)); err != nil {
			return p, false, err
		}
		free, err := v.Availability(i.GTIN)
		if err != nil {
			return p, false, err
		}
		variant.ToBring = free.ToBring()
		variant.TriedElsewhere = free.TriedElsewhere(here[i.GTIN])
		p.Variants = append(p.Variants, variant)
	}
	return p, true, nil
}

// wanted adds to each request what it is for. A piece that has left the catalogue since keeps its request, without a name.
func wanted(v *store.View, requests []showroom.SizeRequest) ([]Wanted, error) {
	out := make([]Wanted, 0, len(requests))
	for _, r := range requests {
		w, err := describe(v, r)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func describe(v *store.View, r showroom.SizeRequest) (Wanted, error) {
	w := Wanted{SizeRequest: r}
	item, known, err := found(v.Item(r.Want))
	if err != nil {
		return w, err
	}
	if known {
		w.Item = item
		if w.Product, _, err = found(v.Product(item.Product)); err != nil {
			return w, err
		}
	}
	free, err := v.Availability(r.Want)
	w.ToBring = free.ToBring()
	return w, err
}

// Wanted answers one request, open or closed, with what it is for.
func (f *Rooms) Wanted(v *store.View, id showroom.RequestID) (Wanted, error) {
	r, err := v.Request(id)
	if err != nil {
		return Wanted{}, err
	}
	return describe(v, r)
}

// Queue is what associates have to do: open requests and calls, the longest waiting first.
type Queue struct {
	Requests []Wanted
	Calls    []showroom.StaffCall
}

// Queue answers what there is to do in the whole shop.
func (f *Rooms) Queue(v *store.View) (Queue, error) {
	requests, err := v.OpenRequests()
	if err != nil {
		return Queue{}, err
	}
	q := Queue{}
	if q.Requests, err = wanted(v, requests); err != nil {
		return q, err
	}
	q.Calls, err = v.OpenCalls()
	return q, err
}
