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

// Like makes the rules of a shop that is mounted as the scenario says, with rooms of the scenario's names, and the neighbours told as
// such. Of the numbers it takes all but the rooms.
func Like(s sim.Scenario, profile presence.Profile, numbers fitting.Options) (Rules, error) {
	own, err := gs1.NewPrefixes([]string{s.Prefix})
	if err != nil {
		return Rules{}, fmt.Errorf("read company prefix: %w", err)
	}
	r := Rules{Own: own.Own, Fitting: numbers, Presence: presence.Config{Antennas: map[presence.Antenna]presence.Mount{}, Profile: profile}}
	r.Fitting.Rooms = nil
	for _, spot := range mounts(s) {
		id := showroom.RoomID(spot.Name)
		room := showroom.Room{ID: id, Name: string(id), Near: []showroom.RoomID{}}
		for _, n := range s.Neighbours {
			switch spot.Name {
			case n[0]:
				room.Near = append(room.Near, showroom.RoomID(n[1]))
			case n[1]:
				room.Near = append(room.Near, showroom.RoomID(n[0]))
			}
		}
		r.Fitting.Rooms = append(r.Fitting.Rooms, room)
		for _, n := range spot.Antennas {
			r.Presence.Antennas[presence.Antenna{Reader: spot.Reader, Number: n}] = presence.Mount{Place: showroom.RoomPlace(id)}
		}
	}
	for _, n := range s.Neighbours {
		r.Presence.Neighbours = append(r.Presence.Neighbours,
			[2]showroom.Place{showroom.RoomPlace(showroom.RoomID(n[0])), showroom.RoomPlace(showroom.RoomID(n[1]))})
	}
	return r, nil
}

// mounts are the rooms of a scenario: those that share a reader, and one for every other reader, of its name.
func mounts(s sim.Scenario) []sim.Room {
	var all []sim.Room
	for _, r := range s.Readers {
		alone := sim.Room{Name: r.ID, Reader: r.ID}
		for n := range r.Antennas {
			alone.Antennas = append(alone.Antennas, n+1)
		}
		shared := false
		for _, room := range s.Rooms {
			if room.Reader == r.ID {
				all, shared = append(all, room), true
			}
		}
		if !shared {
			all = append(all, alone)
		}
	}
	return all
}

// rooms answers which room of the configuration each of the scenario is. One whose antennas are mounted in several is an error: a
// scenario tells only of the whole.
func (r Rules) rooms(s sim.Scenario) (map[showroom.DeviceID]showroom.RoomID, error) {
	rooms := make(map[showroom.DeviceID]showroom.RoomID)
	for _, spot := range mounts(s) {
		for _, n := range spot.Antennas {
			mount := r.Presence.Antennas[presence.Antenna{Reader: spot.Reader, Number: n}]
			room, ok := mount.Place.Room()
			if !ok {
				return nil, fmt.Errorf("antenna %d of reader %s, which the scenario has, serves no room of the configuration", n, spot.Reader)
			}
			if other := rooms[spot.Name]; other != "" && other != room {
				return nil, fmt.Errorf("%s is both room %s and room %s of the configuration: say in the scenario which antenna is in which", spot.Name, other, room)
			}
			rooms[spot.Name] = room
		}
	}
	return rooms, nil
}
