package httpd

import (
	"context"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

func (s *Server) postUnlock(ctx context.Context, in *unlockCommand) (*kioskReply, error) {
	k, _, err := s.desk(in.Kiosk)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	err = s.opt.Checkout.Unlock(ctx, showroom.StaffID(in.Body.Staff), in.Body.PIN)
	switch showroom.ErrorCode(err) {
	case "":
		s.desks().Unlock(k.ID, showroom.StaffID(in.Body.Staff))
	case showroom.CodeForbidden:
		s.desks().Note(k.ID, "wrong_pin")
	case showroom.CodeRateLimited:
		s.desks().Note(k.ID, "try_later")
	default:
		return nil, refuse(s.log, err)
	}
	return s.getKiosk(ctx, &in.KioskPath)
}

func (s *Server) postLock(ctx context.Context, in *command) (*kioskReply, error) {
	k, _, err := s.desk(in.Kiosk)
	if err != nil {
		return nil, refuse(s.log, err)
	}
	s.desks().Lock(k.ID)
	return s.getKiosk(ctx, &in.KioskPath)
}

func (s *Server) postPrice(ctx context.Context, in *priceCommand) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, in, func(tx *store.Tx, k checkout.Kiosk) error {
		unit := showroom.Money{Minor: in.Body.Unit.Minor, Currency: showroom.Currency(in.Body.Unit.Currency)}
		return s.desks().Override(tx, k, showroom.LineID(in.Body.Line), unit, in.Body.Reason)
	})
}

func (s *Server) postReleaseHeld(ctx context.Context, in *command) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, []any{"release", in}, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().ReleaseHeld(tx, k)
	})
}

func (s *Server) postOpen(ctx context.Context, in *openCommand) (*kioskReply, error) {
	return s.sell(ctx, in.Kiosk, in.Body.ID, in, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.desks().SetOpen(tx, k, in.Body.Open)
	})
}
