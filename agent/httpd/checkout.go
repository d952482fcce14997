package httpd

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/localapi"
	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Checkout is what the API tells and does where people pay.
type Checkout struct {
	Desks *checkout.Desks
	// Unlock checks the PIN of an associate: CodeForbidden for a wrong one, CodeRateLimited after too many.
	Unlock func(ctx context.Context, staff showroom.StaffID, pin string) error
	// Associates are who may unlock a kiosk.
	Associates []localapi.Associate
	IdleAfter  int // seconds
	// Receipt is the address below which receipts are shown, Local the same in the shop's guest network; empty for none.
	Receipt, Local string
}

type (
	parkedReply struct{ Body localapi.Parked }
	itemCommand struct {
		KioskPath
		Body localapi.ItemCommand
	}
	lineCommand struct {
		KioskPath
		Line string `path:"line"`
		Body localapi.QuantityCommand
	}
	bagCommand struct {
		KioskPath
		Body localapi.QuantityCommand
	}
	codeCommand struct {
		KioskPath
		Body localapi.CodeCommand
	}
	payCommand struct {
		KioskPath
		Body localapi.PayCommand
	}
	receiptCommand struct {
		KioskPath
		Body localapi.ReceiptCommand
	}
	unlockCommand struct {
		KioskPath
		Body localapi.UnlockCommand
	}
	priceCommand struct {
		KioskPath
		Body localapi.PriceCommand
	}
	openCommand struct {
		KioskPath
		Body localapi.OpenCommand
	}
)

func (s *Server) checkoutRoutes(api huma.API) {
	post(api, localapi.PathBasketItems, "add-item", "Put a piece found by search into the basket", s.postItem)
	post(api, localapi.PathBasketLine, "set-quantity", "Change how many pieces a line has", s.postLine)
	post(api, localapi.PathBasketBag, "set-bags", "Say how many bags are wanted", s.postBags)
	post(api, localapi.PathBasketCoupon, "add-coupon", "Show a coupon", s.postCoupon)
	post(api, localapi.PathBasketPark, "park-basket", "Set the basket aside", s.postPark)
	post(api, localapi.PathBasketResume, "resume-basket", "Go on with a basket that was set aside", s.postResume)
	post(api, localapi.PathBasketAbandon, "abandon-basket", "Give the basket up", s.postAbandon)
	post(api, localapi.PathToCheckout, "to-checkout", "Set a basket aside for what hangs in a fitting room", s.postToCheckout)
	post(api, localapi.PathPay, "pay", "Pay for the basket", s.postPay)
	post(api, localapi.PathPayAbort, "abort-payment", "Ask the device to stop", s.postAbort)
	post(api, localapi.PathReceipt, "receipt", "Print the receipt, or be done with it", s.postReceipt)
	post(api, localapi.PathUnlock, "unlock", "Let an associate in", s.postUnlock)
	post(api, localapi.PathLock, "lock", "Let the associate out", s.postLock)
	post(api, localapi.PathStaffPrice, "override-price", "Give a line another price", s.postPrice)
	post(api, localapi.PathStaffRelease, "release-held", "Settle what the tray held for staff", s.postReleaseHeld)
	post(api, localapi.PathStaffOpen, "open-kiosk", "Close or open this kiosk", s.postOpen)
}

func (s *Server) desks() *checkout.Desks { return s.opt.Checkout.Desks }

// desk answers the checkout kiosk with that id, or a refusal.
func (s *Server) desk(id string) (session.Kiosk, checkout.Kiosk, error) {
	k, err := s.sessions.Kiosk(showroom.KioskID(id))
	if err != nil {
		return k, checkout.Kiosk{}, err
	}
	if s.opt.Checkout == nil {
		return k, checkout.Kiosk{}, showroom.Errorf(showroom.CodeInvalid, "Nobody can pay at kiosk %q.", id)
	}
	c, err := s.desks().Kiosk(k.ID)
	return k, c, err
}

// sells says that people pay at a kiosk.
func (s *Server) sells(id string) bool {
	_, _, err := s.desk(id)
	return err == nil
}

// sell does something at a checkout once and answers what the kiosk shows after. What a shopper can not have is no error: the kiosk
// shows why.
func (s *Server) sell(ctx context.Context, kiosk, id string, sent any, do func(*store.Tx, checkout.Kiosk) error) (*kioskReply, error) {
	k, desk, err := s.desk(kiosk)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	s.desks().Touch(k.ID)
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		_, err := store.Once(tx, showroom.CommandID(id), sent, func() (struct{}, error) { return struct{}{}, do(tx, desk) })
		return err
	})
	if err = s.desks().Tell(k.ID, err); err != nil {
		return nil, refuse(s.log, err)
	}
	return s.getKiosk(ctx, &KioskPath{Kiosk: kiosk})
}

func (s *Server) postItem(ctx context.Context, in *itemCommand) (*kioskReply, error) {
	gtin, err := item(in.Body.GTIN)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	return s.sell(ctx, in.Kiosk, in.Body.ID, in, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().Add(tx, k, gtin, showroom.FromSearch)
	})
}

func (s *Server) postLine(ctx context.Context, in *lineCommand) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, in, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().SetQuantity(tx, k, showroom.LineID(in.Line), in.Body.Quantity)
	})
}

func (s *Server) postBags(ctx context.Context, in *bagCommand) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, []any{"bags", in}, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().SetBags(tx, k, in.Body.Quantity)
	})
}

func (s *Server) postCoupon(ctx context.Context, in *codeCommand) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, []any{"coupon", in}, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().Coupon(tx, k, in.Body.Code)
	})
}

func (s *Server) postPark(ctx context.Context, in *command) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, []any{"park", in}, s.parked)
}

func (s *Server) parked(tx *store.Tx, k checkout.Kiosk) error { return s.desks().Park(tx, k) }

func (s *Server) postResume(ctx context.Context, in *codeCommand) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, []any{"resume", in}, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().Resume(tx, k, in.Body.Code)
	})
}

func (s *Server) postAbandon(ctx context.Context, in *command) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, []any{"abandon", in}, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().Abandon(tx, k, "shopper")
	})
}

// postToCheckout lets who is in a fitting room go on at a checkout: the code opens the list there.
func (s *Server) postToCheckout(ctx context.Context, in *command) (*parkedReply, error) {
	k, err := s.sessions.Kiosk(showroom.KioskID(in.Kiosk))
	if err != nil {
		return nil, refuse(s.log, err)
	}
	if k.Room == "" {
		return nil, refuse(s.log, showroom.Errorf(showroom.CodeInvalid, "Kiosk %q stands in no fitting room.", in.Kiosk))
	}
	out := &parkedReply{}
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		parked, err := store.Once(tx, showroom.CommandID(in.Body.ID), []any{"to-checkout", in}, func() (localapi.Parked, error) {
			items, err := hanging(&tx.View, k.Room)
			if err != nil {
				return localapi.Parked{}, err
			}
			came, err := cameTo(&tx.View, k.Room, tx.Now())
			if err != nil {
				return localapi.Parked{}, err
			}
			b, err := s.desks().Transfer(tx, k.ID, came, items)
			return localapi.Parked{Number: b.Number, Code: b.Code, Due: money(showroom.Money{Currency: b.Currency}), Reason: b.Reason}, err
		})
		out.Body = parked
		return err
	})
	return out, refuse(s.log, err)
}

// hanging are the items that somebody has brought into a room.
func hanging(v *store.View, room showroom.RoomID) ([]gs1.GTIN, error) {
	garments, err := v.GarmentsIn(room)
	if err != nil {
		return nil, err
	}
	var items []gs1.GTIN
	for _, g := range garments {
		if g.Visit != "" && !g.LeftBehind || g.Waits() {
			items = append(items, g.GTIN)
		}
	}
	return items, nil
}

// cameTo is when whoever is in a room came: until a visit has opened, when the first of the garments did that wait for it.
func cameTo(v *store.View, room showroom.RoomID, now showroom.Moment) (showroom.Moment, error) {
	visit, open, err := v.OpenVisit(room)
	if err != nil || open {
		return visit.Opened, err
	}
	garments, err := v.GarmentsIn(room)
	came := now
	for _, g := range garments {
		if g.Waits() && now.Since(g.Since) > now.Since(came) {
			came = g.Since
		}
	}
	return came, err
}

func (s *Server) postPay(ctx context.Context, in *payCommand) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, []any{"pay", in}, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().Pay(tx, k, showroom.Money{Minor: in.Body.Due.Minor, Currency: showroom.Currency(in.Body.Due.Currency)})
	})
}

func (s *Server) postAbort(ctx context.Context, in *command) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, []any{"abort", in}, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().Abort(tx, k)
	})
}

func (s *Server) postReceipt(ctx context.Context, in *receiptCommand) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, in, func(tx *store.Tx, k checkout.Kiosk) error {
		if in.Body.Print {
			if err := s.desks().Print(tx, k); err != nil {
				return err
			}
		}
		if in.Body.Done {
			return s.desks().Done(tx, k)
		}
		return nil
	})
}
