package view

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"showroom/agent/localapi"
)

// Reduce answers the State after m, and what has to be done because of it. It is pure: at is the kiosk's clock.
func Reduce(s State, m Msg, at time.Time) (State, []Command) {
	next, cmds := reduce(s, m, at)
	if next.selling() {
		var more []Command
		next, more = next.atCounter(s, m, at)
		cmds = append(cmds, more...)
	}
	return next, cmds
}

func reduce(s State, m Msg, at time.Time) (State, []Command) {
	var cmds []Command
	if tap(m) && at.Sub(s.touched) >= TouchEvery {
		s.touched = at
		cmds = append(cmds, Touch{})
	}
	switch m := m.(type) {
	case StateLoaded:
		if s.Link == Connecting { // what is lost is found again by who has lost it: this state may have been on its way when the agent went
			s.Link = Live
		}
		return s.load(m.Kiosk, at), cmds
	case Connected:
		s.Link = Live
	case Disconnected:
		if s.Link == Live {
			s.Link = Lost
		}
	case CommandDone:
		return s.done(m, at, cmds)
	case CommandFailed:
		s = s.failed(m, at)
	case Tick:
		if !s.Toast.Until.IsZero() && !at.Before(s.Toast.Until) {
			s = s.dropToast()
		}
	case TapRetry:
		return s.retry(m.Ticket, cmds)
	default:
		var c Command
		if s, c = s.tapped(m); c != nil {
			cmds = append(cmds, c)
		}
	}
	return s, cmds
}

// tapped is what a finger does.
func (s State) tapped(m Msg) (State, Command) {
	switch m := m.(type) {
	case TapGarment:
		if g, ok := s.garment(m.EPC); ok {
			s.Route, s.Open = RouteGarment, Open{EPC: g.EPC, GTIN: g.GTIN}
		}
	case TapVariant:
		if g, ok := s.opened(); ok {
			if _, ok := variant(g.Product, m.GTIN); ok && m.GTIN != s.Open.GTIN {
				s.Open.GTIN, s.Open.Picture = m.GTIN, 0
			}
		}
	case TapPicture:
		s.Open.Picture = max(m.Index, 0)
	case TapBack:
		if s.Route == RouteScan {
			return s.putAside()
		}
		s = s.home()
	case TapLeave:
		if s.visited() {
			s.Route = RouteLeave
		}
	case TapSeen:
		s.Seen = append(slices.Clone(s.Seen), m.Request)
	case TapBring:
		return s.ask(SendRequest{GTIN: m.GTIN, For: m.For})
	case TapWait:
		return s.ask(SendRequest{GTIN: m.GTIN, For: m.For, Wait: true})
	case TapCancel:
		if !s.cancelling(m.Request) {
			return s.issue(func(t Ticket) Command { return CancelRequest{Ticket: t, Request: m.Request} })
		}
	case TapLanguage:
		if m.Language != s.Language() || m.Language != s.Kiosk.Language && !busy[SetLanguage](s) {
			return s.issue(func(t Ticket) Command { return SetLanguage{Ticket: t, Language: m.Language} })
		}
	case TapCall:
		if !s.called() && !busy[CallAssociate](s) {
			return s.issue(func(t Ticket) Command { return CallAssociate{Ticket: t} })
		}
	case TapTransfer:
		return s.transfer()
	case TapDone:
		return s.leave(false)
	case TapForget:
		return s.leave(true)
	}
	return s, nil
}

// ask sends a request once: a second tap on the same piece while the first is under way means nothing.
func (s State) ask(r SendRequest) (State, Command) {
	_, scanned := s.scanned() // whoever scans a piece is there
	if s.sending(r.GTIN) || r.GTIN == "" || !s.visited() && !scanned {
		return s, nil
	}
	if s.requested(r.GTIN) {
		return s, nil
	}
	// An earlier refusal of the same piece is answered by asking again.
	for _, old := range s.room().Requests {
		if old.GTIN == r.GTIN && old.State == "unavailable" {
			s.Seen = append(slices.Clone(s.Seen), old.ID)
		}
	}
	return s.issue(func(t Ticket) Command { r.Ticket = t; return r })
}

func (s State) leave(forget bool) (State, Command) {
	if !s.visited() || busy[EndVisit](s) {
		return s, nil
	}
	return s.issue(func(t Ticket) Command { return EndVisit{Ticket: t, Visit: s.room().Visit, Forget: forget} })
}

// issue gives a new command its ticket and keeps it until it is answered.
func (s State) issue(command func(Ticket) Command) (State, Command) {
	s.tickets++
	c := command(s.tickets)
	s.Pending = append(slices.Clone(s.Pending), Pending{Ticket: s.tickets, Command: c})
	return s, c
}

// done takes the agent's answer. It is as true as a StateLoaded; where it is only a part, the rest is loaded.
func (s State) done(m CommandDone, at time.Time, cmds []Command) (State, []Command) {
	i := slices.IndexFunc(s.Pending, func(p Pending) bool { return p.Ticket == m.Ticket })
	if i < 0 {
		return s, append(cmds, Reload{}) // of a visit that is over
	}
	ended, _ := s.Pending[i].Command.(EndVisit)
	s.Pending = slices.Delete(slices.Clone(s.Pending), i, i+1)
	if m.Request != nil && s.Kiosk.Room != nil {
		s = s.with(*m.Request)
	}
	if m.Parked != nil && s.Route == RouteTransfer {
		s.ListCode = m.Parked.Code
	}
	if m.Kiosk == nil {
		return s, append(cmds, Reload{})
	}
	s = s.load(*m.Kiosk, at)
	if ended.Forget {
		s.Toast = Toast{Key: "kiosk.toast.forgotten", Until: at.Add(ToastFor)}
	}
	return s, cmds
}

// with puts the answered request where the next state will have it.
func (s State) with(r localapi.Request) State {
	room := *s.Kiosk.Room
	i := slices.IndexFunc(room.Requests, func(o localapi.Request) bool { return o.ID == r.ID })
	switch {
	case i < 0:
		room.Requests = slices.Insert(slices.Clone(room.Requests), 0, r)
	case room.Requests[i].Version <= r.Version:
		room.Requests = slices.Clone(room.Requests)
		room.Requests[i] = r
	}
	s.Kiosk.Room = &room
	return s
}

// failed keeps the command, so that one tap tries it again, and says what is wrong.
func (s State) failed(m CommandFailed, at time.Time) State {
	i := slices.IndexFunc(s.Pending, func(p Pending) bool { return p.Ticket == m.Ticket })
	if i < 0 {
		return s
	}
	// One command can be tried again at a time: the latest.
	s = s.dropToast()
	i = slices.IndexFunc(s.Pending, func(p Pending) bool { return p.Ticket == m.Ticket })
	s.Pending = slices.Clone(s.Pending)
	s.Pending[i].Failed = true
	key := problemKey(m.Code)
	if _, ok := s.Pending[i].Command.(Transfer); ok {
		key = transferProblem(m.Code)
		if s.Route == RouteTransfer {
			s = s.home()
		}
	}
	if once(s.Pending[i].Command) {
		s.Pending = slices.Delete(s.Pending, i, i+1)
		m.Ticket = 0
	}
	s.Toast = Toast{Key: key, Until: at.Add(ToastFor)}
	if retriable(m.Code) {
		s.Toast.Retry = m.Ticket
	}
	return s
}

// dropToast takes the toast away, and with it the command it offered to try again.
func (s State) dropToast() State {
	s.Toast = Toast{}
	s.Pending = slices.DeleteFunc(slices.Clone(s.Pending), func(p Pending) bool { return p.Failed })
	return s
}

func (s State) retry(t Ticket, cmds []Command) (State, []Command) {
	i := slices.IndexFunc(s.Pending, func(p Pending) bool { return p.Ticket == t && p.Failed })
	if i < 0 {
		return s, cmds
	}
	s.Toast = Toast{}
	s.Pending = slices.Clone(s.Pending)
	s.Pending[i].Failed = false
	if _, ok := s.Pending[i].Command.(Transfer); ok {
		s.Route = RouteTransfer
	}
	return s, append(cmds, s.Pending[i].Command)
}

// load takes the truth. A state older than the one known is refused: answers overtake each other.
func (s State) load(k localapi.KioskState, at time.Time) State {
	if s.Loaded && older(k.Seq, s.Kiosk.Seq) {
		return s
	}
	before, called, scan := s.room().Visit, s.room().Called, s.Kiosk.Scan
	s.Kiosk, s.Loaded, s.Heard = k, true, at
	if s.selling() {
		return s
	}
	s = s.takeScan(scan)
	switch {
	case s.room().Visit != before && (before != "" || s.Route != RouteScan): // whoever scanned opens the visit they ask in
		s = s.forget()
	case called && !s.room().Called:
		s.Toast = Toast{Key: "kiosk.toast.coming", Until: at.Add(ToastFor)}
	}
	if _, ok := s.garment(s.Open.EPC); s.Route == RouteGarment && !ok {
		s = s.home()
	}
	if s.Route == RouteIdle && s.visited() {
		s.Route = RouteRoom
	}
	return s
}

// forget leaves nothing of one shopper for the next. Commands on their way are let go: their answers mean nothing any more.
func (s State) forget() State {
	s.Pending, s.Toast, s.Seen = nil, Toast{}, nil
	return s.home()
}

func (s State) home() State {
	s.Open, s.ListCode = Open{}, ""
	s.Route = RouteRoom
	if !s.visited() {
		s.Route = RouteIdle
	}
	if scan, ok := s.scan(); ok {
		s.Route, s.Open = RouteScan, Open{GTIN: scan.GTIN}
	}
	return s
}

// older says that stream id a is of the same epoch as b and before it.
func older(a, b string) bool {
	ae, an, aok := cutSeq(a)
	be, bn, bok := cutSeq(b)
	return aok && bok && ae == be && an < bn
}

// cutSeq takes "epoch.seq" apart.
func cutSeq(id string) (epoch string, seq int64, ok bool) {
	i := strings.LastIndexByte(id, '.')
	if i < 0 {
		return "", 0, false
	}
	n, err := strconv.ParseInt(id[i+1:], 10, 64)
	return id[:i], n, err == nil
}

// once says that a command is not offered again when it has failed: what is typed for it is still on the page, or forgotten by design.
func once(c Command) bool {
	switch c.(type) {
	case Search, Unlock:
		return true
	}
	return false
}

// retriable says that the same command may succeed later.
func retriable(code string) bool {
	switch code {
	case "", "unavailable", "internal", "rate_limited":
		return true
	}
	return false
}

// problemKey is the text for a refusal.
func problemKey(code string) string {
	switch code {
	case "":
		return "kiosk.toast.no_answer"
	case "not_found", "conflict", "taken":
		return "kiosk.toast.moved_on"
	case "unavailable", "rate_limited":
		return "kiosk.toast.not_now"
	}
	return "kiosk.toast.failed"
}
