package httpd

import (
	"cmp"
	"fmt"
	"slices"

	"showroom/agent/checkout"
	"showroom/agent/lang"
	"showroom/agent/localapi"
	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// checkout is what a kiosk shows where people pay.
func (s *Server) checkout(v *store.View, k session.Kiosk, desk checkout.Kiosk, p shaper) (*localapi.Checkout, error) {
	now, err := s.desks().Look(v, desk)
	if err != nil {
		return nil, err
	}
	called, err := checkout.Called(v, desk)
	if err != nil {
		return nil, err
	}
	o := s.opt.Checkout
	out := &localapi.Checkout{
		Stage: string(now.Stage), Notice: p.notice(now), Staff: string(now.Live.Staff), Associates: sorted(o.Associates, p.language),
		Called: called, IdleAfter: o.IdleAfter,
	}
	if now.Stage == checkout.StageClosed {
		out.Closed = now.Closed
	}
	if desk.Tray != "" {
		out.Tray = &localapi.Tray{
			Reader: reader(desk.Reader, s.board), Pieces: now.Tray.Pieces, Reading: now.Tray.Moving, Held: now.Tray.Held, Elsewhere: now.Tray.Elsewhere,
		}
	}
	if k.Scanner != "" {
		scanner := reader(k.Scanner, s.board)
		out.Scanner = &scanner
	}
	if now.Bag != nil {
		bag, err := p.basketLine(v, *now.Bag, false)
		if err != nil {
			return nil, err
		}
		out.Bag = &bag
	}
	return out, s.stage(v, out, now, p)
}

// stage adds what the page that is up shows.
func (s *Server) stage(v *store.View, out *localapi.Checkout, now checkout.Now, p shaper) (err error) {
	if now.Has && (now.Stage == checkout.StageBasket || now.Stage == checkout.StagePaying || now.Stage == checkout.StageUnknown) {
		if out.Basket, err = p.basket(v, now); err != nil {
			return err
		}
	}
	switch now.Stage {
	case checkout.StagePaying, checkout.StageUnknown:
		if now.Parked.ID != "" {
			out.Parked = &localapi.Parked{Number: now.Parked.Number, Code: now.Parked.Code, Due: money(now.Due), Reason: "looked_up"}
			break
		}
		out.Pay = &localapi.Pay{
			Settlement: string(now.Basket.Settlement), Amount: money(now.Amount), Progress: cmp.Or(now.Live.Prompt.Code, "please_wait"),
			CanAbort: now.CanAbort, Since: now.Live.Prompt.Since,
		}
		if now.Live.Prompt.Since.IsZero() {
			out.Pay.Since = now.Basket.Changed.Wall
		}
		if now.Stage == checkout.StageUnknown {
			out.Parked = &localapi.Parked{Number: now.Basket.Number, Code: now.Basket.Code, Due: money(now.Amount), Reason: "unknown"}
		}
	case checkout.StageReceipt:
		out.Paid = s.paid(now)
	case checkout.StageParked:
		out.Parked = &localapi.Parked{
			Number: now.Parked.Number, Code: now.Parked.Code, Due: money(now.Due), Reason: now.Parked.Reason,
			Slip: now.Live.Printed, Printer: s.printer(now.Kiosk.Printer),
		}
	}
	return nil
}

func (s *Server) paid(now checkout.Now) *localapi.Paid {
	sale := now.Sale
	out := &localapi.Paid{
		Sale: string(sale.ID), Number: sale.Number, Due: money(sale.Totals.Due), Printer: s.printer(now.Kiosk.Printer),
		Printed: now.Live.Printed, Unreleased: now.Unreleased,
	}
	if s.opt.Checkout.Receipt != "" {
		out.Receipt = s.opt.Checkout.Receipt + "/" + sale.Token
	}
	if s.opt.Checkout.Local != "" {
		out.Local = s.opt.Checkout.Local + "/" + sale.Token
	}
	if sale.Fiscal != nil {
		out.Fiscal = fmt.Sprintf("%d/%d", sale.Fiscal.Z, sale.Fiscal.Receipt)
	}
	return out
}

// printer is how a printer is, in the words of the kiosk; empty for none that could print.
func (s *Server) printer(id showroom.DeviceID) string {
	if id == "" {
		return ""
	}
	d, _ := s.board.Device(id)
	switch {
	case d.State.String() != "up":
		return "out"
	case d.Reason == "paper low":
		return "low"
	}
	return "ready"
}

func (p shaper) notice(now checkout.Now) *localapi.Notice {
	n := now.Live.Notice
	if n.Code == "" {
		return nil
	}
	return &localapi.Notice{ID: n.ID, Code: n.Code, GTIN: string(n.GTIN), Name: n.Name.In(p.language), At: n.At}
}

func (p shaper) basket(v *store.View, now checkout.Now) (*localapi.Basket, error) {
	b, t := now.Basket, now.Totals
	out := &localapi.Basket{
		ID: string(b.ID), Number: b.Number, Pieces: t.Pieces, Gross: money(t.Gross), Reduced: money(t.Reduced), Due: money(t.Due),
		Coupons: b.Coupons, Lines: make([]localapi.BasketLine, 0, len(b.Lines)), VAT: make([]localapi.VAT, 0, len(t.VAT)),
	}
	for _, l := range b.Lines {
		line, err := p.basketLine(v, l, now.OnTray(l.EPC))
		if err != nil {
			return nil, err
		}
		out.Lines = append(out.Lines, line)
	}
	for _, r := range t.VAT {
		out.VAT = append(out.VAT, localapi.VAT{BasisPoints: r.BasisPoints, Gross: money(r.Gross), Net: money(r.Net), Tax: money(r.Tax)})
	}
	return out, nil
}

func (p shaper) basketLine(v *store.View, l showroom.Line, onTray bool) (localapi.BasketLine, error) {
	gross, err := l.Gross()
	if err != nil {
		return localapi.BasketLine{}, err
	}
	due, err := l.Due()
	if err != nil {
		return localapi.BasketLine{}, err
	}
	out := localapi.BasketLine{
		ID: string(l.ID), GTIN: string(l.GTIN), Name: l.Name.In(p.language), Size: l.Size, Colour: l.Colour.In(p.language), Quantity: l.Quantity,
		Unit: money(l.Unit), Gross: money(gross), Due: money(due), Tagged: !l.EPC.IsZero(), OnTray: onTray, Wish: l.Wish,
	}
	if !l.Was.IsZero() {
		was := money(l.Was)
		out.Was = &was
	}
	for _, r := range l.Reductions {
		out.Reductions = append(out.Reductions, localapi.Reduction{Name: r.Name.In(p.language), Amount: money(r.Amount)})
	}
	item, err := v.Priced(l.GTIN, p.at.Wall)
	if showroom.ErrorCode(err) == showroom.CodeNotFound { // it has left the catalogue since
		return out, nil
	}
	out.Picture = item.Picture
	return out, err
}

func money(m showroom.Money) localapi.Money {
	return localapi.Money{Minor: m.Minor, Currency: string(m.Currency)}
}

// sorted are people as readers of a language sort them.
func sorted(people []localapi.Associate, language string) []localapi.Associate {
	tag, ok := lang.Parse(language)
	if !ok {
		tag = lang.English
	}
	names := lang.NewCollator(tag)
	return slices.SortedStableFunc(slices.Values(people), func(a, b localapi.Associate) int { return names.Compare(a.Name, b.Name) })
}
