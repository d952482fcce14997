package dryrun

import (
	"context"
	"errors"
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// request is one that a shopper has made and is waiting for.
type request struct {
	id   showroom.RequestID
	room showroom.RoomID // where it was asked
}

// ask taps on the screen of a room.
func (p *play) ask(ctx context.Context, room showroom.RoomID, want gs1.GTIN) error {
	p.judge.counts.Requests++
	var made showroom.SizeRequest
	err := p.memory.db.Update(ctx, func(tx *store.Tx) (err error) {
		made, err = p.memory.rooms.Request(tx, room, want, "", true)
		return err
	})
	if refused := (*showroom.Error)(nil); errors.As(err, &refused) {
		p.judge.lost(room, refused.Message)
		return nil
	}
	if err != nil {
		return fmt.Errorf("ask in room %s: %w", room, err)
	}
	p.judge.asked = append(p.judge.asked, request{made.ID, room})
	return p.settle(ctx)
}

// restock says on the staff page that a room is given over to stock, or not any more.
func (p *play) restock(ctx context.Context, room showroom.RoomID, on bool) error {
	err := p.memory.db.Update(ctx, func(tx *store.Tx) error {
		if !on {
			return p.memory.rooms.EndRestock(tx, room)
		}
		_, err := p.memory.rooms.StartRestock(tx, room, 0)
		return err
	})
	if err != nil {
		return fmt.Errorf("restock room %s: %w", room, err)
	}
	return p.settle(ctx)
}

// askAfter looks how requests stand whose shoppers are about to leave.
func (p *play) askAfter(ctx context.Context, asked []request) error {
	for _, a := range asked {
		var r showroom.SizeRequest
		var visit, open showroom.Visit
		err := p.memory.db.View(ctx, func(v *store.View) (err error) {
			if r, err = v.Request(a.id); err != nil {
				return err
			}
			if visit, err = v.Visit(r.Visit); err != nil {
				return err
			}
			open, _, err = v.OpenVisit(a.room)
			return err
		})
		switch {
		case err != nil:
			return fmt.Errorf("look at request %s: %w", a.id, err)
		case r.Room != a.room || visit.Room != a.room:
			p.judge.moved(a.room, r.Room)
		case open.ID != r.Visit:
			p.judge.lost(a.room, "its visit is not that of the room any more")
		}
	}
	return nil
}
