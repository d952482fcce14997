package httpd

import (
	"time"

	"showroom/agent/live"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
)

// notOurs is what was noticed and no configuration names.
func (s *Server) notOurs() []localapi.Stranger {
	known := s.board.Strangers()
	list := make([]localapi.Stranger, 0, len(known))
	for _, k := range known {
		list = append(list, localapi.Stranger{
			Kind: string(k.Kind), Via: k.Via, Name: k.Name, Topic: k.Topic, Clients: k.Clients, Count: k.Count,
			First: k.First.UTC(), Last: k.Last.UTC(),
		})
	}
	return list
}

// crowd is how much a gateway hears of others now.
func crowd(board *live.Board, id showroom.DeviceID, now time.Time) int {
	c, told := board.Crowd(id)
	if !told || !c.Lately(now) {
		return 0
	}
	return c.Heard
}
