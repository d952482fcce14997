package view

import (
	"slices"
	"strconv"
	"time"

	"showroom/agent/localapi"
)

// selling says that this kiosk is a checkout.
func (s State) selling() bool { return s.Kiosk.Checkout != nil }

// checkout answers the checkout as last heard; the zero Checkout when there is none.
func (s State) checkout() localapi.Checkout {
	if s.Kiosk.Checkout == nil {
		return localapi.Checkout{}
	}
	return *s.Kiosk.Checkout
}

// basket answers the basket as last heard; the zero Basket when there is none.
func (s State) basket() localapi.Basket {
	if b := s.checkout().Basket; b != nil {
		return *b
	}
	return localapi.Basket{}
}

// called says that somebody waits for an associate.
func (s State) called() bool { return s.room().Called || s.checkout().Called }

// atCounter is what a message means at a checkout, after it was taken as everywhere. before is the State it met.
func (s State) atCounter(before State, m Msg, at time.Time) (State, []Command) {
	asked := !before.Choice.Asked.IsZero()
	s.seen = at
	s = s.heard(before, at)
	if tap(m) || !before.selling() {
		s.Choice.Alive, s.Choice.Asked = at, time.Time{}
	}
	var c Command
	switch m := m.(type) {
	case CommandDone:
		s, c = s.carriedOut(before, m)
	case Searched:
		s.Pending = slices.DeleteFunc(slices.Clone(s.Pending), func(p Pending) bool { return p.Ticket == m.Ticket })
		if s.Choice.Sheet == SheetSearch && m.Found.Query == s.Choice.Typed {
			s.Choice.Found = &m.Found
		}
	case Tick:
		s, c = s.waited(at)
	default:
		if tap(m) && !asked { // a tap on the question whether somebody is there means only that somebody is
			s, c = s.tappedAtCounter(m, at)
		}
	}
	s.Route = s.counterRoute()
	if c == nil {
		return s, nil
	}
	return s, []Command{c}
}

// heard takes what the agent says now and did not say before.
func (s State) heard(before State, at time.Time) State {
	was, is := before.checkout(), s.checkout()
	if !news(was, is) {
		return s
	}
	s.Choice.Alive, s.Choice.Asked = at, time.Time{}
	if was.Basket != nil && (is.Basket == nil || is.Basket.ID != was.Basket.ID) {
		s = s.wiped(at)
	}
	if was.Stage == localapi.StageReceipt && is.Stage == localapi.StageAttract {
		s.Choice.Thanks, s.Choice.Spoke = at.Add(ThanksFor), before.Language()
	} else if is.Stage != localapi.StageAttract {
		s.Choice.Thanks, s.Choice.Spoke = time.Time{}, ""
	}
	staff := s.Choice.Sheet == SheetUnlock || s.Choice.Sheet == SheetPrice
	grown := before.basket().Pieces < s.basket().Pieces && s.Choice.Sheet != SheetBag
	if was.Stage != is.Stage && !staff || grown && !staff || is.Stage == localapi.StagePaying {
		s.Choice = s.Choice.shut()
	}
	return s
}

// news says that something has happened at the kiosk that nobody had to tap for.
func news(was, is localapi.Checkout) bool {
	if was.Stage != is.Stage || noticeID(was) != noticeID(is) || (was.Basket == nil) != (is.Basket == nil) || (was.Tray == nil) != (is.Tray == nil) {
		return true
	}
	if was.Tray != nil && (was.Tray.Pieces != is.Tray.Pieces || was.Tray.Reading != is.Tray.Reading) {
		return true
	}
	return was.Basket != nil && (was.Basket.ID != is.Basket.ID || was.Basket.Pieces != is.Basket.Pieces || len(was.Basket.Lines) != len(is.Basket.Lines))
}

func noticeID(c localapi.Checkout) string {
	if c.Notice == nil {
		return ""
	}
	return c.Notice.ID
}

// wiped leaves nothing of one shopper for the next.
func (s State) wiped(at time.Time) State {
	s.Pending, s.Toast = nil, Toast{}
	s.Choice = Choice{Alive: at, Aside: s.Choice.Aside}
	return s
}

// carriedOut goes on from a command the agent has carried out.
func (s State) carriedOut(before State, m CommandDone) (State, Command) {
	i := slices.IndexFunc(before.Pending, func(p Pending) bool { return p.Ticket == m.Ticket })
	if i < 0 {
		return s, nil
	}
	refused := noticeID(before.checkout()) != noticeID(s.checkout())
	switch c := before.Pending[i].Command.(type) {
	case AddItem:
		if s.Choice.Sheet == SheetSearch { // the basket says why, if it was refused
			s.Choice = s.Choice.shut()
		}
		if l, ok := s.line(func(l localapi.BasketLine) bool { return l.GTIN == c.GTIN && !l.Tagged && !l.Wish }); ok && c.Quantity > 1 {
			return s.issue(func(t Ticket) Command { return SetQuantity{Ticket: t, Line: l.ID, Quantity: c.Quantity} })
		}
	case AddCoupon, ResumeBasket, SetPrice:
		if !refused {
			s.Choice = s.Choice.shut()
		}
	case SetLanguage:
		s.Choice.Spoke = ""
	case Unlock:
		s.Choice.Typed = ""
		if s.checkout().Staff != "" {
			s.Choice = s.Choice.shut()
		}
	}
	return s, nil
}

func (s State) line(is func(localapi.BasketLine) bool) (localapi.BasketLine, bool) {
	lines := s.basket().Lines
	i := slices.IndexFunc(lines, is)
	if i < 0 {
		return localapi.BasketLine{}, false
	}
	return lines[i], true
}

// tappedAtCounter is what a finger does at a checkout.
func (s State) tappedAtCounter(m Msg, at time.Time) (State, Command) {
	switch m := m.(type) {
	case TapSearch:
		s = s.over(SheetSearch)
	case TapCoupon:
		s = s.over(SheetCoupon)
	case TapResume:
		s = s.over(SheetResume)
	case TapHelp:
		s = s.over(SheetHelp)
	case TapStaff:
		s = s.over(SheetUnlock)
	case TapPrice:
		if s.checkout().Staff != "" {
			s = s.over(SheetPrice)
			s.Choice.Line = m.Line
		}
	case TapPerson:
		s.Choice.Person, s.Choice.Typed = m.ID, ""
	case TapReason:
		s.Choice.Reason = m.Reason
	case TapBack:
		if s.Choice.Sheet == SheetUnlock && s.Choice.Person != "" && len(s.checkout().Associates) > 1 {
			s.Choice.Person, s.Choice.Typed = "", ""
			return s, nil
		}
		s.Choice = s.Choice.shut()
	case TapNotice:
		s.Choice.Aside = m.ID
	case TapKey, TapErase, TapDigits, TapEnter:
		return s.typed(m)
	default:
		return s.asked(m, at)
	}
	return s, nil
}

// asked is a tap that asks something of the agent.
func (s State) asked(m Msg, at time.Time) (State, Command) {
	switch m := m.(type) {
	case TapFound:
		return s.only(func(t Ticket) Command { return AddItem{Ticket: t, GTIN: m.GTIN, Quantity: 1} })
	case TapQuantity:
		return s.setQuantity(m, at)
	case TapUndo:
		r := s.Choice.Removed
		s.Choice.Removed = Removed{}
		s = s.dropToast()
		if r.GTIN != "" {
			return s.issue(func(t Ticket) Command { return AddItem{Ticket: t, GTIN: r.GTIN, Quantity: r.Quantity} })
		}
	case TapBags:
		return s.issue(func(t Ticket) Command { return SetBags{Ticket: t, Quantity: max(m.Quantity, 0)} })
	case TapPay:
		return s.pay()
	case TapAbort:
		s.Choice.Stop = s.step()
		return s.only(func(t Ticket) Command { return AbortPayment{Ticket: t} })
	case TapPark:
		return s.only(func(t Ticket) Command { return ParkBasket{Ticket: t} })
	case TapAbandon:
		if s.Choice.Sheet != SheetAbandon && len(s.basket().Lines) > 0 {
			s = s.over(SheetAbandon)
			return s, nil
		}
		return s.only(func(t Ticket) Command { return AbandonBasket{Ticket: t} })
	case TapPrint:
		return s.only(func(t Ticket) Command { return PrintReceipt{Ticket: t} })
	case TapFinish:
		return s.only(func(t Ticket) Command { return FinishReceipt{Ticket: t} })
	case TapLock:
		return s.only(func(t Ticket) Command { return Lock{Ticket: t} })
	case TapRelease:
		return s.only(func(t Ticket) Command { return ReleaseHeld{Ticket: t} })
	case TapOpen:
		s.Choice = s.Choice.shut()
		return s.only(func(t Ticket) Command { return OpenKiosk{Ticket: t, Open: m.Open} })
	}
	return s, nil
}

// only issues a command unless one of its kind is unanswered: a second tap means nothing.
func (s State) only(command func(Ticket) Command) (State, Command) {
	want := command(0)
	for _, p := range s.Pending {
		if !p.Failed && sameKind(p.Command, want) {
			return s, nil
		}
	}
	return s.issue(command)
}

// step is the payment under way and how far it is; "" when there is none.
func (s State) step() string {
	if pay := s.checkout().Pay; pay != nil {
		return pay.Settlement + " " + pay.Progress
	}
	return ""
}

// stopping says that the device was asked to stop and has not said anything else since: whether it does is its decision.
func (s State) stopping() bool {
	failed := slices.ContainsFunc(s.Pending, func(p Pending) bool { return p.Failed && sameKind(p.Command, AbortPayment{}) })
	return busy[AbortPayment](s) || s.Choice.Stop != "" && s.Choice.Stop == s.step() && !failed
}

// pay pays what is on the screen, once the shopper was asked about bags.
func (s State) pay() (State, Command) {
	b, c := s.basket(), s.checkout()
	if s.resting() != "" || c.Stage != localapi.StageBasket {
		return s, nil
	}
	if c.Bag != nil && s.Choice.Bagged != b.ID {
		s = s.over(SheetBag)
		s.Choice.Bagged = b.ID
		return s, nil
	}
	return s.only(func(t Ticket) Command { return PayBasket{Ticket: t, Due: b.Due} })
}

// resting is the text that says why paying has to wait; "" when it has not.
func (s State) resting() string {
	c := s.checkout()
	switch {
	case s.basket().Pieces == 0:
		return "kiosk.basket.rest_empty"
	case c.Tray != nil && c.Tray.Held > 0:
		return "kiosk.basket.rest_held"
	case c.Tray != nil && c.Tray.Reading:
		return "kiosk.basket.rest_reading"
	case s.changing():
		return "kiosk.basket.rest_changing"
	case s.Link == Lost:
		return "kiosk.agent_lost.short"
	}
	return ""
}

// changing says that the basket will be another one as soon as the agent has answered.
func (s State) changing() bool {
	return busy[AddItem](s) || busy[SetQuantity](s) || busy[SetBags](s) || busy[AddCoupon](s) || busy[SetPrice](s) || busy[ParkBasket](s) ||
		busy[AbandonBasket](s) || busy[PayBasket](s)
}

// setQuantity changes a line. What was taken out can be brought back, unless it has a tag, as its bar code is not its tag, or was only
// wished for: put in by its number it would have to be paid, and nobody has seen it here.
func (s State) setQuantity(m TapQuantity, at time.Time) (State, Command) {
	l, ok := s.line(func(l localapi.BasketLine) bool { return l.ID == m.Line })
	if !ok || m.Quantity < 0 || m.Quantity > mostPieces {
		return s, nil
	}
	if m.Quantity == 0 {
		s = s.dropToast()
		s.Toast = Toast{Key: "kiosk.toast.removed", Until: at.Add(ToastFor), Undo: !l.Tagged && !l.Wish}
		s.Choice.Removed = Removed{GTIN: l.GTIN, Quantity: l.Quantity}
		if !s.Toast.Undo {
			s.Toast.Key, s.Choice.Removed = "kiosk.toast.removed_tagged", Removed{}
		}
	}
	return s.issue(func(t Ticket) Command { return SetQuantity{Ticket: t, Line: l.ID, Quantity: m.Quantity} })
}

// mostPieces is what the agent takes of one item in a line.
const mostPieces = 99

// typed is a key of the keyboard.
func (s State) typed(m Msg) (State, Command) {
	before := s.Choice.Typed
	runes := []rune(before)
	switch m := m.(type) {
	case TapKey:
		if number := s.Choice.Sheet == SheetPrice || s.Choice.Sheet == SheetUnlock; number && (m.Rune < '0' || m.Rune > '9') {
			return s, nil
		}
		if len(runes) < s.mostTyped() && (m.Rune != ' ' || len(runes) > 0 && runes[len(runes)-1] != ' ') {
			s.Choice.Typed += string(m.Rune)
		}
	case TapErase:
		if len(runes) > 0 {
			s.Choice.Typed = string(runes[:len(runes)-1])
		}
	case TapDigits:
		s.Choice.Digits = !s.Choice.Digits
	case TapEnter:
		return s.entered()
	}
	if s.Choice.Sheet != SheetSearch || s.Choice.Typed == before {
		return s, nil
	}
	if s.Choice.Typed == "" {
		s.Choice.Found = nil
		return s, nil
	}
	query := s.Choice.Typed
	return s.issue(func(t Ticket) Command { return Search{Ticket: t, Query: query} })
}

func (s State) mostTyped() int {
	switch s.Choice.Sheet {
	case SheetUnlock:
		return 6
	case SheetPrice:
		return 9
	}
	return mostTyped
}

// entered takes what was typed.
func (s State) entered() (State, Command) {
	typed := s.Choice.Typed
	if typed == "" {
		return s, nil
	}
	switch s.Choice.Sheet {
	case SheetCoupon:
		return s.only(func(t Ticket) Command { return AddCoupon{Ticket: t, Code: typed} })
	case SheetResume:
		return s.only(func(t Ticket) Command { return ResumeBasket{Ticket: t, Code: typed} })
	case SheetUnlock:
		if len(typed) >= leastPIN {
			person := s.unlocking()
			return s.only(func(t Ticket) Command { return Unlock{Ticket: t, Staff: person, PIN: typed} })
		}
	case SheetPrice:
		minor, err := strconv.ParseInt(typed, 10, 64)
		l, ok := s.line(func(l localapi.BasketLine) bool { return l.ID == s.Choice.Line })
		if err == nil && ok && s.Choice.Reason != "" {
			c := SetPrice{Line: l.ID, Unit: localapi.Money{Minor: minor, Currency: l.Unit.Currency}, Reason: s.Choice.Reason}
			return s.only(func(t Ticket) Command { c.Ticket = t; return c })
		}
	}
	return s, nil
}

// leastPIN is how many digits a PIN has at least.
const leastPIN = 4

// unlocking is who types a PIN: the one who was picked, or the only one there is.
func (s State) unlocking() string {
	if all := s.checkout().Associates; s.Choice.Person == "" && len(all) == 1 {
		return all[0].ID
	}
	return s.Choice.Person
}
