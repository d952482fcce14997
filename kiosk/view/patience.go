package view

import (
	"reflect"
	"time"

	"showroom/agent/lang"
	"showroom/agent/localapi"
)

// patience is how long the kiosk waits without a touch before it asks whether somebody is there; 0 when it waits for ever: while
// money moves, or while nobody has left anything.
func (s State) patience() time.Duration {
	c := s.checkout()
	after := time.Duration(c.IdleAfter) * time.Second
	if after <= 0 {
		after = idleAfter
	}
	if s.lookedUp() {
		return min(after, ServedAfter)
	}
	switch c.Stage {
	case localapi.StagePaying, localapi.StageUnknown:
		return 0
	case localapi.StageReceipt, localapi.StageParked:
		return min(after, ServedAfter)
	case localapi.StageBasket:
		return after
	}
	if s.Choice.Sheet != NoSheet || c.Staff != "" {
		return after
	}
	return 0
}

// idleDue is when a checkout changes because nobody touches it; zero for never.
func (s State) idleDue(at time.Time) time.Time {
	if !s.selling() {
		return time.Time{}
	}
	due := s.Choice.Thanks
	patience := s.patience()
	switch {
	case patience == 0:
	case s.Choice.Asked.IsZero():
		due = sooner(due, s.Choice.Alive.Add(patience))
	default: // the seconds are counted down
		left := s.Choice.Asked.Add(StillFor).Sub(at)
		due = sooner(due, at.Add(left-max(left-1, 0).Truncate(time.Second)))
	}
	return due
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// waited is time that has passed without anybody there.
func (s State) waited(at time.Time) (State, Command) {
	if !s.Choice.Thanks.IsZero() && !at.Before(s.Choice.Thanks) {
		s.Choice.Thanks = time.Time{}
	}
	patience := s.patience()
	switch {
	case patience == 0:
		s.Choice.Asked = time.Time{}
	case s.Choice.Asked.IsZero():
		if !at.Before(s.Choice.Alive.Add(patience)) {
			s.Choice.Asked = at
		}
	case !at.Before(s.Choice.Asked.Add(StillFor)):
		return s.left(at)
	}
	return s, nil
}

// left is what remains to be done when nobody has answered: the screen is wiped, and the agent is told.
func (s State) left(at time.Time) (State, Command) {
	c, lookedUp := s.checkout(), s.lookedUp()
	s = s.wiped(at)
	switch {
	case c.Stage == localapi.StageReceipt || c.Stage == localapi.StageParked || lookedUp:
		return s.issue(func(t Ticket) Command { return FinishReceipt{Ticket: t} })
	case c.Stage == localapi.StageBasket:
		return s.issue(func(t Ticket) Command { return AbandonBasket{Ticket: t} })
	case c.Staff != "":
		return s.issue(func(t Ticket) Command { return Lock{Ticket: t} })
	}
	return s, nil
}

// counterRoute is the page of a checkout.
func (s State) counterRoute() Route {
	c := s.checkout()
	switch s.Choice.Sheet {
	case SheetHelp:
		return RouteHelp
	case SheetUnlock:
		return RouteUnlock
	}
	switch c.Stage {
	case localapi.StageAttract, localapi.StageBasket:
		return s.sheetRoute(c.Stage)
	case localapi.StagePaying:
		return RoutePay
	case localapi.StageReceipt:
		return RouteReceipt
	case localapi.StageParked:
		return RouteParked
	case localapi.StageUnknown:
		return RouteUnknown
	case localapi.StageClosed:
		if s.Choice.Sheet == SheetResume {
			return RouteCode
		}
	}
	return RouteClosed // and what a later agent may say: here nobody can pay
}

func (s State) sheetRoute(stage string) Route {
	switch s.Choice.Sheet {
	case SheetSearch:
		return RouteSearch
	case SheetCoupon, SheetResume:
		return RouteCode
	case SheetBag:
		return RouteBag
	case SheetAbandon:
		return RouteLeave
	case SheetPrice:
		return RoutePrice
	}
	switch {
	case stage == localapi.StageBasket:
		return RouteBasket
	case !s.Choice.Thanks.IsZero():
		return RouteThanks
	}
	return RouteAttract
}

// StillThere asks whether somebody is there; Title is "" when it does not.
type StillThere struct {
	Title, Text, Yes string
	Seconds          string
	Share            float32 // of the time that is left, from 1 to 0
}

// still answers the question, with as many seconds as were left when the last message came.
func (s State) still(t *lang.Texts) StillThere {
	if s.Choice.Asked.IsZero() {
		return StillThere{}
	}
	left := max(s.Choice.Asked.Add(StillFor).Sub(s.seen), 0)
	seconds := int((left + time.Second - 1) / time.Second)
	text := t.T("kiosk.still_there.basket")
	if stage := s.checkout().Stage; stage != localapi.StageBasket {
		text = t.T("kiosk.still_there.screen")
	}
	return StillThere{
		Title: t.T("kiosk.still_there.title"), Text: text, Yes: t.T("kiosk.still_there.yes"), Seconds: t.Number(int64(seconds)),
		Share: float32(seconds) / float32(StillFor/time.Second),
	}
}

// sameKind says that two commands are of one kind.
func sameKind(a, b Command) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }
