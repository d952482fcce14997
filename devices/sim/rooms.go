package sim

import (
	"fmt"
	"slices"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Room is a room that shares its reader with others: some of the antennas look at it. The reader's own name is no place then.
type Room struct {
	Name     showroom.DeviceID
	Reader   showroom.DeviceID
	Antennas []int // of the reader, from 1
}

// room reads what follows the word room: NAME reader ID antenna N [N]...
func (p *parser) room(s *sentence) {
	r := Room{Name: p.name(s)}
	s.expect("reader")
	r.Reader = p.use(s.device("a reader"))
	s.expect("antenna")
	for first := true; s.err == nil && (first || len(s.words) > 0); first = false {
		r.Antennas = append(r.Antennas, s.number("an antenna", maxAntennas))
	}
	p.s.Rooms = append(p.s.Rooms, r)
	p.shared = append(p.shared, p.line)
}

// checkRooms holds the rooms to the readers they share.
func (p *parser) checkRooms() {
	for i, room := range p.s.Rooms {
		n := slices.IndexFunc(p.s.Readers, func(r Reader) bool { return r.ID == room.Reader })
		for _, antenna := range room.Antennas {
			switch {
			case n < 0 && p.s.has(room.Reader):
				p.fault(p.shared[i], "%s is no reader", room.Reader)
			case n >= 0 && antenna > p.s.Readers[n].Antennas:
				p.fault(p.shared[i], "reader %s has no antenna %d", room.Reader, antenna)
			}
			for _, other := range p.s.Rooms[:i] {
				if other.Reader == room.Reader && slices.Contains(other.Antennas, antenna) {
					p.fault(p.shared[i], "antenna %d of %s looks at room %s already", antenna, room.Reader, other.Name)
				}
			}
		}
	}
	for _, e := range p.s.Events {
		if e.Do.Verb == Carry && slices.ContainsFunc(p.s.Rooms, func(r Room) bool { return r.Reader == e.Do.Reader }) {
			p.fault(e.Line, "reader %s has several rooms: say which", e.Do.Reader)
		}
	}
}

// share is what a room has of a reader it shares; the zero share is a reader for itself.
type share struct {
	of    showroom.DeviceID
	ports []int
	rooms int // that share it
	turn  int // of this one, from 0
}

// ready says whether the next round is due. Rooms that share a reader take turns.
func (r *reader) ready(at time.Time) bool {
	if r.due.IsZero() && r.share.turn > 0 {
		r.due = at.Add(time.Duration(r.share.turn) * r.every() / time.Duration(r.share.rooms))
	}
	return !at.Before(r.due)
}

// places is the readers as the garments know them: one whose antennas look at several rooms is one for each of these.
func places(s Scenario) (all []*reader) {
	for _, r := range s.Readers {
		rooms := slices.DeleteFunc(slices.Clone(s.Rooms), func(o Room) bool { return o.Reader != r.ID })
		if len(rooms) == 0 {
			all = append(all, &reader{Reader: r})
		}
		for turn, room := range rooms {
			one := r
			one.ID, one.Antennas = room.Name, len(room.Antennas)
			all = append(all, &reader{Reader: one, share: share{of: r.ID, ports: room.Antennas, rooms: len(rooms), turn: turn}})
		}
	}
	return all
}

// round is a round as its reader tells it, which knows its antennas and not its rooms.
func (r *reader) round(at time.Time, reads []devices.TagRead) Round {
	if r.share.of == "" {
		return Round{Reader: r.ID, Antenna: r.antenna + 1, At: at, Reads: reads}
	}
	port := r.share.ports[r.antenna]
	for i := range reads {
		reads[i].Reader, reads[i].Antenna = r.share.of, port
	}
	return Round{Reader: r.share.of, Antenna: port, At: at, Reads: reads}
}

// cable pulls or plugs a reader that several rooms share.
func (s *Shop) cable(a Action, at time.Time) ([]Truth, error) {
	pull, known, changed := a.Verb == Pull, false, false
	for _, r := range s.readers {
		if r.share.of == a.Reader {
			known, changed = true, changed || r.pulled != pull
			r.pulled = pull
		}
	}
	switch {
	case !known:
		return nil, fmt.Errorf("there is no reader %s", a.Reader)
	case !changed:
		return nil, nil
	}
	what := "plugged"
	if pull {
		what = "pulled"
	}
	return []Truth{{At: at, What: what, Reader: a.Reader}}, nil
}
