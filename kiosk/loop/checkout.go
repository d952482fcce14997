package loop

import (
	"context"
	"sync"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
)

// sell starts a command of a checkout; its answer comes back as a message.
func (l *Loop) sell(ctx context.Context, c view.Command, works *sync.WaitGroup) {
	type state = localapi.KioskState
	switch c := c.(type) {
	case view.Search:
		l.search(ctx, works, c)
	case view.AddItem:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) { return l.client.AddItem(ctx, id, c.GTIN) })
	case view.SetQuantity:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) {
			return l.client.SetQuantity(ctx, id, c.Line, c.Quantity)
		})
	case view.SetBags:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) { return l.client.SetBags(ctx, id, c.Quantity) })
	case view.AddCoupon:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) { return l.client.AddCoupon(ctx, id, c.Code) })
	case view.ParkBasket:
		l.askState(ctx, works, c.Ticket, l.client.ParkBasket)
	case view.ResumeBasket:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) { return l.client.ResumeBasket(ctx, id, c.Code) })
	case view.AbandonBasket:
		l.askState(ctx, works, c.Ticket, l.client.AbandonBasket)
	case view.PayBasket:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) { return l.client.Pay(ctx, id, c.Due) })
	case view.AbortPayment:
		l.askState(ctx, works, c.Ticket, l.client.AbortPayment)
	case view.PrintReceipt:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) { return l.client.Receipt(ctx, id, true, false) })
	case view.FinishReceipt:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) { return l.client.Receipt(ctx, id, false, true) })
	default:
		l.serve(ctx, c, works)
	}
}

// serve starts a command of staff.
func (l *Loop) serve(ctx context.Context, c view.Command, works *sync.WaitGroup) {
	type state = localapi.KioskState
	switch c := c.(type) {
	case view.Unlock:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) { return l.client.Unlock(ctx, id, c.Staff, c.PIN) })
	case view.Lock:
		l.askState(ctx, works, c.Ticket, l.client.Lock)
	case view.SetPrice:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) {
			return l.client.SetPrice(ctx, id, c.Line, c.Unit, c.Reason)
		})
	case view.ReleaseHeld:
		l.askState(ctx, works, c.Ticket, l.client.ReleaseHeld)
	case view.OpenKiosk:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (state, error) { return l.client.OpenKiosk(ctx, id, c.Open) })
	}
}

// search asks once. Whoever goes on typing asks again, and an answer to what is no longer typed means nothing.
func (l *Loop) search(ctx context.Context, works *sync.WaitGroup, c view.Search) {
	works.Go(func() {
		found, err := l.client.Search(ctx, c.Query)
		if err != nil {
			l.log.Debug("search was not answered", "error", err)
			l.Send(view.CommandFailed{Ticket: c.Ticket})
			return
		}
		found.Query = c.Query
		l.Send(view.Searched{Ticket: c.Ticket, Found: found})
	})
}
