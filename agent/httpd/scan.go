package httpd

import (
	"context"

	"showroom/agent/localapi"
	"showroom/agent/session"
	"showroom/agent/store"
	"showroom/devices"
)

type scanCommand struct {
	KioskPath
	Scan string `path:"scan"`
	Body localapi.Command
}

// scan is what was last shown to the kiosk's scanner, nil for nothing.
func (s *Server) scan(v *store.View, k session.Kiosk, p shaper) (*localapi.Scan, error) {
	shown, ok, err := s.sessions.Shown(v, k)
	if err != nil || !ok {
		return nil, err
	}
	out := &localapi.Scan{ID: shown.ID, Kind: shown.Kind, At: shown.At.Wall}
	if shown.Kind != localapi.ScanItem {
		return out, nil
	}
	piece, known, err := s.rooms.Piece(v, k.Room, shown.GTIN)
	switch {
	case err != nil:
		return nil, err
	case !known: // it has left the catalogue since
		out.Kind = localapi.ScanUnknown
	default:
		product := p.product(piece)
		out.GTIN, out.Product = string(shown.GTIN), &product
	}
	return out, nil
}

func (s *Server) postPutAside(ctx context.Context, in *scanCommand) (*kioskReply, error) {
	return s.command(ctx, in.Kiosk, in.Body.ID, in, func(tx *store.Tx, k session.Kiosk) error {
		return s.sessions.PutAside(tx, k, in.Scan)
	})
}

// beginScanned opens the visit of somebody who asks for a piece they have scanned: no garment need hang in the room.
func (s *Server) beginScanned(tx *store.Tx, k session.Kiosk) error {
	shown, ok, err := s.sessions.Shown(&tx.View, k)
	if err != nil || !ok || shown.Kind != string(devices.ScanItem) {
		return err
	}
	return s.rooms.Begin(tx, k.Room)
}
