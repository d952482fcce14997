package httpd

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

type (
	restockCommand struct {
		Room string `path:"room" doc:"id of the room in the configuration"`
		Body localapi.RestockCommand
	}
	restockAllCommand struct{ Body localapi.RestockCommand }
)

func (s *Server) restockRoutes(api huma.API) {
	post(api, localapi.PathRestock, "restock", "Begin or end restocking a room", s.postRestock)
	post(api, localapi.PathRestockAll, "restock-all", "Begin or end restocking every room", s.postRestockAll)
}

func (s *Server) postRestock(ctx context.Context, in *restockCommand) (*roomsReply, error) {
	room, err := s.rooms.Room(showroom.RoomID(in.Room))
	if err != nil {
		return nil, refuse(s.log, err)
	}
	return s.restock(ctx, in.Body, in, []showroom.Room{room})
}

func (s *Server) postRestockAll(ctx context.Context, in *restockAllCommand) (*roomsReply, error) {
	return s.restock(ctx, in.Body, in, s.rooms.All())
}

// restock begins or ends it in each of the rooms, once, and answers how all rooms stand.
func (s *Server) restock(ctx context.Context, c localapi.RestockCommand, sent any, rooms []showroom.Room) (*roomsReply, error) {
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		_, err := store.Once(tx, showroom.CommandID(c.ID), sent, func() (struct{}, error) {
			for _, r := range rooms {
				var err error
				if c.On {
					_, err = s.rooms.StartRestock(tx, r.ID, seconds(c.Seconds))
				} else {
					err = s.rooms.EndRestock(tx, r.ID)
				}
				if err != nil {
					return struct{}{}, err
				}
			}
			return struct{}{}, nil
		})
		return err
	})
	if err != nil {
		return nil, refuse(s.log, err)
	}
	return s.getRooms(ctx, &spoken{})
}

// restockOf is what a screen is told of the restocking of a room; nil for none.
func restockOf(r showroom.Restock) *localapi.Restock {
	if !r.On() {
		return nil
	}
	return &localapi.Restock{Since: r.Since.Wall, Until: r.Until.Wall}
}
