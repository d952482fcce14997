package dryrun

import (
	"fmt"
	"time"

	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/sim"
)

// Rules are the shop as the agent has been told it, and the numbers it decides by.
type Rules struct {
	Presence presence.Config
	Fitting  fitting.Options // Clock, NewID and Log are the run's own
	Own      devices.Own
	// Silent is how long a reader says nothing before the agent notices that its cable is out; of those not here, four seconds.
	Silent map[showroom.DeviceID]time.Duration
}

const silent = 4 * time.Second // a serial module's

// Like makes the rules of a shop that is mounted as the scenario says: each reader in a room of its name, and the neighbours told
// as such. Of the numbers it takes all but the rooms.
func Like(s sim.Scenario, profile presence.Profile, numbers fitting.Options) (Rules, error) {
	own, err := gs1.NewPrefixes([]string{s.Prefix})
	if err != nil {
		return Rules{}, fmt.Errorf("read company prefix: %w", err)
	}
	r := Rules{Own: own.Own, Fitting: numbers, Presence: presence.Config{Antennas: map[presence.Antenna]presence.Mount{}, Profile: profile}}
	r.Fitting.Rooms = nil
	for _, reader := range s.Readers {
		id := showroom.RoomID(reader.ID)
		room := showroom.Room{ID: id, Name: string(id), Near: []showroom.RoomID{}}
		for _, n := range s.Neighbours {
			switch reader.ID {
			case n[0]:
				room.Near = append(room.Near, showroom.RoomID(n[1]))
			case n[1]:
				room.Near = append(room.Near, showroom.RoomID(n[0]))
			}
		}
		r.Fitting.Rooms = append(r.Fitting.Rooms, room)
		for n := range reader.Antennas {
			r.Presence.Antennas[presence.Antenna{Reader: reader.ID, Number: n + 1}] = presence.Mount{Place: showroom.RoomPlace(id)}
		}
	}
	for _, n := range s.Neighbours {
		r.Presence.Neighbours = append(r.Presence.Neighbours,
			[2]showroom.Place{showroom.RoomPlace(showroom.RoomID(n[0])), showroom.RoomPlace(showroom.RoomID(n[1]))})
	}
	return r, nil
}

// rooms answers which room each reader of the scenario serves. A reader with several rooms is an error: in a scenario its antennas
// look at the same one.
func (r Rules) rooms(s sim.Scenario) (map[showroom.DeviceID]showroom.RoomID, error) {
	rooms := make(map[showroom.DeviceID]showroom.RoomID, len(s.Readers))
	for _, reader := range s.Readers {
		for n := range reader.Antennas {
			mount, there := r.Presence.Antennas[presence.Antenna{Reader: reader.ID, Number: n + 1}]
			room, ok := mount.Place.Room()
			if !there || !ok {
				return nil, fmt.Errorf("antenna %d of reader %s, which the scenario has, serves no room of the configuration", n+1, reader.ID)
			}
			if other := rooms[reader.ID]; other != "" && other != room {
				return nil, fmt.Errorf("reader %s serves the rooms %s and %s: a scenario can not tell which antenna hears which", reader.ID, other, room)
			}
			rooms[reader.ID] = room
		}
	}
	return rooms, nil
}
