package sim

import (
	"slices"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// hearing is a garment in reach of a reader.
type hearing struct {
	*garment
	loss  float64 // dB
	paths []*path // by antenna
}

// Step answers the rounds that have become due, at most one of each reader that has its cable: what was not asked for in time is
// lost. Time must not go back.
func (s *Shop) Step(at time.Time) []Round {
	var rounds []Round
	for _, r := range s.readers {
		if r.begins(at) {
			rounds = append(rounds, s.round(r, at, nil))
		}
	}
	return rounds
}

// Hear is Step for whoever wants what is read and not by which rounds: it appends that to reads.
func (s *Shop) Hear(at time.Time, reads []devices.TagRead) []devices.TagRead {
	for _, r := range s.readers {
		if r.begins(at) {
			n := len(reads)
			reads = append(reads, s.round(r, at, reads[n:]).Reads...)
		}
	}
	return reads
}

// begins says whether the reader takes a round now, and when it will take the next.
func (r *reader) begins(at time.Time) bool {
	if r.pulled || !r.ready(at) {
		return false
	}
	if r.due = r.due.Add(r.every()); !r.due.After(at) {
		r.due = at.Add(r.every())
	}
	return true
}

// round is one of the antenna whose turn it is; space is empty and may have room for its reads.
func (s *Shop) round(r *reader, at time.Time, space []devices.TagRead) Round {
	round := r.round(at, s.listen(r, at, space))
	r.antenna = (r.antenna + 1) % r.Antennas
	return round
}

// Due answers when the next round may read anything; false when none can before somebody moves a garment or a cable.
func (s *Shop) Due() (at time.Time, ok bool) {
	s.listenAnew()
	for _, r := range s.readers {
		if !r.pulled && len(r.hears) > 0 && (!ok || r.due.Before(at)) {
			at, ok = r.due, true
		}
	}
	return at, ok
}

// listen appends what the antenna reads whose turn it is.
func (s *Shop) listen(r *reader, at time.Time, reads []devices.TagRead) []devices.TagRead {
	s.listenAnew()
	reads = slices.Grow(reads, len(r.hears))
	for i := range r.hears {
		h := &r.hears[i]
		p := h.paths[r.antenna]
		if p == nil {
			p = h.path(s.seed, r, at)
		}
		loss := h.loss
		if h.spot != nil && h.spot.Exactly {
			loss += p.static
		}
		dBm := p.strength(at, loss, &s.drift)
		if answered(p.dice.Float64(), dBm) {
			reads = append(reads, devices.TagRead{Reader: r.ID, Antenna: r.antenna + 1, EPC: h.EPC, RSSI: devices.DBm(dBm), At: at})
		}
	}
	return reads
}

// path is the way from the garment to the antenna whose turn it is, which a garment that comes back finds again.
func (h *hearing) path(seed uint64, r *reader, at time.Time) *path {
	key := pathKey{r.ID, r.antenna}
	p := h.garment.paths[key]
	if p == nil {
		p = newPath(seed, h.EPC, r.ID, r.antenna, at)
		h.garment.paths[key] = p
	}
	h.paths[r.antenna] = p
	return p
}

// listenAnew finds out who hears whom, if somebody has moved.
func (s *Shop) listenAnew() {
	if s.heard {
		return
	}
	s.heard = true
	for _, r := range s.readers {
		r.hears = r.hears[:0]
		for _, g := range s.garments {
			if loss, reach := s.loss(g, r); reach {
				r.hears = append(r.hears, hearing{garment: g, loss: loss, paths: make([]*path, r.Antennas)})
			}
		}
	}
}

// loss is what the way from a garment to a reader costs; false when there is none.
func (s *Shop) loss(g *garment, r *reader) (dB float64, reach bool) {
	switch {
	case g.spot != nil:
		i := slices.IndexFunc(g.spot.Heard, func(h Heard) bool { return h.By == r.ID })
		if i < 0 {
			return 0, false
		}
		if g.spot.Exactly {
			return g.spot.Heard[i].Loss, true
		}
		return g.loss + g.spot.Heard[i].Loss, true
	case g.In == r.ID || g.In == "" && g.shelf == r.ID:
		return g.loss, true
	case g.In == "":
		return 0, false
	}
	wall, reach := s.bleed[[2]showroom.DeviceID{g.In, r.ID}]
	return g.loss + wall, reach
}
