package checkout

import (
	"slices"
	"sync"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// mostShown is how many prices a kiosk remembers to have shown beside those in the basket, and as many that searches have found. When
// there are more, the oldest are forgotten.
const mostShown = 100

// searched are the prices that searches have shown to whoever is at a kiosk now, under no basket. A search is asked for with every key
// that is typed, so they are written down only when their basket is set aside, and a restart forgets them.
type searched struct {
	mu sync.Mutex // guards at
	at map[showroom.KioskID][]showroom.ShownPrice
}

// Show tells what a search has shown at a kiosk. Whoever takes it later in the same visit pays no more.
func (d *Desks) Show(kiosk showroom.KioskID, found []showroom.Found) {
	if !d.stands(kiosk) {
		return
	}
	d.Touch(kiosk)
	d.searched.mu.Lock()
	defer d.searched.mu.Unlock()
	if d.searched.at == nil {
		d.searched.at = make(map[showroom.KioskID][]showroom.ShownPrice)
	}
	for _, f := range found {
		if f.Price.Currency != d.opt.Currency {
			continue
		}
		p := showroom.ShownPrice{GTIN: f.GTIN, Unit: f.Price, Was: was(showroom.Price{LowestPrior: f.LowestPrior}, f.Price)}
		d.searched.at[kiosk] = withShown(d.searched.at[kiosk], p)
	}
}

// by answers what searches have shown at a kiosk, as shown to a basket.
func (s *searched) by(kiosk showroom.KioskID, b showroom.BasketID) []showroom.ShownPrice {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.at[kiosk])
	for i := range all {
		all[i].Basket = b
	}
	return all
}

// forget is for when whoever has searched has gone.
func (s *searched) forget(kiosk showroom.KioskID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.at, kiosk)
}

// withShown is the prices with one more, of which the lowest of an item counts.
func withShown(all []showroom.ShownPrice, p showroom.ShownPrice) []showroom.ShownPrice {
	i := slices.IndexFunc(all, func(o showroom.ShownPrice) bool { return o.Basket == p.Basket && o.GTIN == p.GTIN })
	if i >= 0 && all[i].Unit.Currency == p.Unit.Currency && all[i].Unit.Minor <= p.Unit.Minor {
		return all
	}
	if i >= 0 {
		all = slices.Delete(slices.Clone(all), i, i+1)
	}
	all = append(all, p)
	return all[max(len(all)-mostShown, 0):]
}

// remember keeps the prices of lines that the basket of a kiosk holds no more, or not at that price. What staff have made of a price is
// none that holds for another piece.
func remember(tx *store.Tx, b showroom.Basket, lines ...showroom.Line) error {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l showroom.Line) bool { return l.Overridden != "" })
	if len(lines) == 0 {
		return nil
	}
	desk, err := tx.Desk(b.Kiosk)
	if err != nil {
		return err
	}
	for _, l := range lines {
		desk.Shown = withShown(desk.Shown, showroom.ShownPrice{Basket: b.ID, GTIN: l.GTIN, Unit: l.Unit, Was: l.Was})
	}
	return tx.PutDesk(desk)
}

// carry takes what a basket has shown from the kiosk where it was set aside to the one where it goes on.
func carry(tx *store.Tx, b showroom.BasketID, from, to showroom.KioskID) error {
	left, err := tx.Desk(from)
	if err != nil || from == to {
		return err
	}
	here, err := tx.Desk(to)
	if err != nil {
		return err
	}
	of := func(p showroom.ShownPrice) bool { return p.Basket == b }
	if !slices.ContainsFunc(left.Shown, of) {
		return nil
	}
	for _, p := range left.Shown {
		if of(p) {
			here.Shown = withShown(here.Shown, p)
		}
	}
	left.Shown = slices.DeleteFunc(left.Shown, of)
	if err := tx.PutDesk(left); err != nil {
		return err
	}
	return tx.PutDesk(here)
}

// stillShown are those of the prices whose basket has not ended.
func stillShown(v *store.View, all []showroom.ShownPrice) (kept []showroom.ShownPrice, err error) {
	over := make(map[showroom.BasketID]bool)
	for _, p := range all {
		if _, known := over[p.Basket]; !known {
			b, err := v.Basket(p.Basket)
			if err != nil && showroom.ErrorCode(err) != showroom.CodeNotFound {
				return nil, err
			}
			over[p.Basket] = err != nil || b.State.Ended()
		}
		if !over[p.Basket] {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

// asShown is a line at the lowest price of its item that was shown in this visit: in the basket, in what was taken out of it, or by a
// search. The tax inside is at today's rate: see lower. What staff have made of a price holds for its own line.
func (d *Desks) asShown(v *store.View, b showroom.Basket, l showroom.Line) (showroom.Line, error) {
	desk, err := v.Desk(b.Kiosk)
	if err != nil {
		return l, err
	}
	shown := append(d.searched.by(b.Kiosk, b.ID), desk.Shown...)
	for _, o := range b.Lines {
		if o.Overridden == "" {
			shown = append(shown, showroom.ShownPrice{Basket: b.ID, GTIN: o.GTIN, Unit: o.Unit, Was: o.Was})
		}
	}
	for _, p := range shown {
		if p.Basket == b.ID && p.GTIN == l.GTIN && p.Unit.Currency == l.Unit.Currency && p.Unit.Minor < l.Unit.Minor {
			l.Unit, l.Was = p.Unit, p.Was
		}
	}
	return l, nil
}
