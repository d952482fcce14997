package dryrun

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/sim"
)

// The tolerances of the figures; the package comment says what they are for.
const (
	late      = 2 * time.Second
	owed      = 10 * time.Second
	hung      = 30 * time.Second
	lastSeen  = 10 * time.Second
	aftermath = time.Minute
)

// judge compares what is decided with what happens. It hears of everything in the order of time.
type judge struct {
	rooms    map[showroom.DeviceID]*room   // by the scenario's name
	served   map[showroom.DeviceID][]*room // by reader
	byID     map[showroom.RoomID]*room
	garments map[gs1.EPC]*garment
	all      []*garment // in the order in which they were heard of
	asked    []request
	counts   Report
	own      devices.Own
	told     func(Judgement)
	began    time.Time
}

// room is one room as it really is, and its visit as the shop has it.
type room struct {
	id       showroom.RoomID
	out      bool
	noticed  bool      // that it is out
	since    time.Time // it is up, or out
	back     time.Time // it came back last
	up       time.Duration
	shoppers []*shopper
	last     time.Time // a shopper was there
	visit    bool
}

// uptime is how long the reader has been up until now.
func (r *room) uptime(at time.Time) time.Duration {
	if r.out {
		return r.up
	}
	return r.up + at.Sub(r.since)
}

type shopper struct {
	who    string
	hung   bool // a garment for long enough
	opened bool // a visit, while here
	found  bool // one open, coming in
}

// garment is one tag as it really is, and where the shop thinks it is.
type garment struct {
	name      string
	in        *room
	carried   bool
	came      time.Time
	cameUp    time.Duration // uptime of the room then
	known     bool          // during this stay
	elsewhere bool          // the shop thought it in another room when it came

	left     time.Time // the last room
	from     *room     // which that was
	awaiting bool      // the shop has still to learn that it left

	thought showroom.RoomID // "" is in none
}

func newJudge(o Options, rooms map[showroom.DeviceID]showroom.RoomID, at time.Time) *judge {
	j := &judge{
		rooms: map[showroom.DeviceID]*room{}, served: map[showroom.DeviceID][]*room{}, byID: map[showroom.RoomID]*room{},
		garments: map[gs1.EPC]*garment{}, own: o.Rules.Own, told: o.Told, began: at,
	}
	if j.told == nil {
		j.told = func(Judgement) {}
	}
	for _, spot := range mounts(o.Scenario) {
		r := &room{id: rooms[spot.Name], since: at}
		j.rooms[spot.Name], j.byID[r.id] = r, r
		j.served[spot.Reader] = append(j.served[spot.Reader], r)
	}
	j.counts.Seed = o.Scenario.Seed
	return j
}

func (j *judge) garment(epc gs1.EPC) *garment {
	g := j.garments[epc]
	if g == nil {
		g = &garment{name: epc.String()}
		j.garments[epc] = g
		j.all = append(j.all, g)
	}
	return g
}

// happened takes note of what is true.
func (j *judge) happened(t sim.Truth) {
	if t.Tag != nil && !j.own(t.Tag.EPC) {
		return // the shopper's own, which the shop must not notice
	}
	r := j.rooms[t.Reader]
	switch t.What {
	case "arrived":
		j.comes(j.named(t), r, t)
	case "departed":
		j.goes(j.named(t), t.At)
	case "parked", "cleared":
		j.named(t).awaiting = false // it may be heard where it stands, or have been
	case "pulled":
		for _, r := range j.served[t.Reader] {
			r.up, r.out, r.since = r.uptime(t.At), true, t.At
		}
	case "plugged":
		for _, r := range j.served[t.Reader] {
			r.out, r.since, r.back = false, t.At, t.At
		}
	case "entered":
		j.counts.Shoppers++
		r.shoppers = append(r.shoppers, &shopper{who: t.Who, found: r.visit})
	case "left":
		j.leaves(r, t)
	}
}

// notices takes note of what the agent is told of a reader.
func (j *judge) notices(n news) {
	for _, r := range j.served[n.reader] {
		r.noticed = n.state != devices.Up
	}
}

func (j *judge) named(t sim.Truth) *garment {
	g := j.garment(t.Tag.EPC)
	g.name = t.Tag.Name
	return g
}

func (j *judge) comes(g *garment, r *room, t sim.Truth) {
	g.in, g.carried, g.came, g.cameUp, g.awaiting = r, t.Carried, t.At, r.uptime(t.At), false
	g.known, g.elsewhere = g.thought == r.id, g.thought != "" && g.thought != r.id
	if !g.carried {
		j.counts.Garments++
	}
}

// goes ends a stay.
func (j *judge) goes(g *garment, at time.Time) {
	j.stayed(g, at)
	g.left, g.from, g.awaiting = at, g.in, g.thought != "" && !g.carried
	g.in = nil
}

// stayed judges a stay that ends, or that the run ends in.
func (j *judge) stayed(g *garment, at time.Time) {
	if g.in == nil || g.carried {
		return
	}
	up := g.in.uptime(at) - g.cameUp
	if !g.known && up >= owed {
		j.counts.Missed++
		j.tell(Judgement{At: at, What: "missed", Garment: g.name, In: g.in.id, Verdict: "missed"})
	}
	j.counts.StillTagHours += at.Sub(g.came).Hours()
	if up >= hung {
		for _, s := range g.in.shoppers {
			s.hung = true
		}
	}
}

func (j *judge) leaves(r *room, t sim.Truth) {
	for _, g := range j.all {
		if g.in == r && !g.carried && r.uptime(t.At)-g.cameUp >= hung {
			for _, s := range r.shoppers {
				s.hung = true
			}
		}
	}
	r.last = t.At
	r.shoppers = slices.DeleteFunc(r.shoppers, func(s *shopper) bool {
		if s.who == t.Who {
			j.visited(r, s, t.At)
		}
		return s.who == t.Who
	})
	if len(r.shoppers) == 0 {
		j.asked = slices.DeleteFunc(j.asked, func(q request) bool { return q.room == r.id })
	}
}

// visited judges the visit of a shopper who goes.
func (j *judge) visited(r *room, s *shopper, at time.Time) {
	switch {
	case s.opened:
	case s.found:
		j.counts.VisitsMerged++
	case s.hung:
		j.counts.VisitsMissed++
		j.tell(Judgement{At: at, What: "visit_missed", In: r.id, Verdict: "missed"})
	}
}

// askedIn are the requests of a room whose last shopper is about to leave.
func (j *judge) askedIn(id showroom.RoomID) (all []request) {
	if len(j.byID[id].shoppers) > 1 {
		return nil
	}
	for _, q := range j.asked {
		if q.room == id {
			all = append(all, q)
		}
	}
	return all
}

func (j *judge) lost(id showroom.RoomID, why string) {
	j.counts.RequestsLost++
	j.tell(Judgement{What: "request_lost", In: id, Verdict: "wrong", Because: why})
}

func (j *judge) moved(from, to showroom.RoomID) {
	j.counts.RequestsMoved++
	j.tell(Judgement{What: "request_moved", In: from, To: to, Verdict: "wrong"})
}

// decided judges a change.
func (j *judge) decided(c presence.Change) {
	g := j.garment(c.EPC)
	d := Judgement{At: c.At, What: c.Kind.String(), Garment: g.name, Why: &c.Why, Verdict: "right"}
	d.From, _ = c.From.Room()
	d.To, _ = c.To.Room()
	if g.in != nil {
		d.In, d.Out = g.in.id, g.in.out
	}
	if !j.own(c.EPC) {
		j.counts.Foreign++
	}
	switch c.Kind {
	case presence.Arrived, presence.Moved:
		if c.Kind == presence.Moved && g.in != nil && !g.carried && g.in.id == d.From {
			j.counts.MovesOfStillTags++
		}
		if d.To != "" {
			j.arrives(g, &d)
		}
		g.thought = d.To
	case presence.Departed:
		j.departs(g, &d)
		g.thought = ""
	default:
		return
	}
	j.tell(d)
}

func (j *judge) arrives(g *garment, d *Judgement) {
	j.counts.Arrivals++
	switch {
	case g.in != nil && g.in.id == d.To:
		if g.known || g.carried {
			return
		}
		g.known = true
		took := (g.in.uptime(d.At) - g.cameUp).Seconds()
		d.Seconds = &took
		if g.elsewhere {
			j.counts.changeRoom = append(j.counts.changeRoom, took)
		} else {
			j.counts.detect = append(j.counts.detect, took)
		}
	case g.from != nil && g.from.id == d.To && d.At.Sub(g.left) <= late:
		g.awaiting = g.in == nil
	default:
		j.counts.WrongRoomArrivals++
		if d.Out {
			j.counts.WrongWhileOut++
		}
		d.Verdict = "wrong"
	}
}

func (j *judge) departs(g *garment, d *Judgement) {
	r := j.byID[d.From]
	there := g.in != nil && g.in == r && !g.carried
	switch {
	case r == nil:
		return
	case r.noticed, there && r.out, there && r.up > 0 && d.At.Sub(r.since) <= aftermath:
		j.counts.DeparturesDuringOutage++
		d.Verdict = "wrong"
	}
	if there {
		j.counts.FalseDepartures++
		d.Verdict = "wrong"
		g.known = false
	}
	if g.awaiting && g.in == nil {
		since := g.left
		if r.back.After(since) {
			since = r.back
		}
		took := d.At.Sub(since).Seconds()
		d.Seconds = &took
		j.counts.depart = append(j.counts.depart, took)
		g.awaiting = false
	}
}

// written judges what the fitting rooms have made of it.
func (j *judge) written(row showroom.Row) error {
	var body struct {
		Room    showroom.RoomID       `json:"room"`
		Request showroom.RequestID    `json:"request"`
		Reason  showroom.CancelReason `json:"reason"`
	}
	switch row.Kind {
	case showroom.KindVisitOpened, showroom.KindVisitEnded, showroom.KindRequestCancelled:
	default:
		return nil
	}
	if err := json.Unmarshal(row.Body, &body); err != nil {
		return fmt.Errorf("read %s: %w", row.Kind, err)
	}
	r := j.byID[body.Room]
	switch row.Kind {
	case showroom.KindVisitOpened:
		j.opened(r, row.At.Wall)
	case showroom.KindVisitEnded:
		r.visit = false
		j.tell(Judgement{At: row.At.Wall, What: "visit_ended", In: r.id, Verdict: "told"})
	case showroom.KindRequestCancelled:
		before := len(j.asked)
		j.asked = slices.DeleteFunc(j.asked, func(q request) bool { return q.id == body.Request })
		if len(j.asked) < before && body.Reason == showroom.CancelVisitEnd {
			j.lost(body.Room, "its visit has ended")
		}
	}
	return nil
}

func (j *judge) opened(r *room, at time.Time) {
	r.visit = true
	j.counts.Visits++
	d := Judgement{At: at, What: "visit_opened", In: r.id, Verdict: "right"}
	if len(r.shoppers) == 0 && (r.last.IsZero() || at.Sub(r.last) > lastSeen) {
		j.counts.FalseVisits++
		d.Verdict = "wrong"
	}
	for _, s := range r.shoppers {
		s.opened = true
	}
	j.tell(d)
}

func (j *judge) tell(d Judgement) {
	if !d.At.IsZero() {
		d.After = d.At.Sub(j.began).Seconds()
	}
	j.told(d)
}

// report ends the run.
func (j *judge) report(end time.Time) Report {
	for _, g := range j.all {
		if j.stayed(g, end); g.awaiting && end.Sub(g.left) > aftermath && !g.from.out && end.Sub(g.from.since) > aftermath {
			j.counts.Lingering++
		}
	}
	j.counts.Runs, j.counts.Seconds = 1, end.Sub(j.began).Seconds()
	return j.counts
}
