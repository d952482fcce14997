package view

import (
	"slices"
	"strconv"
	"time"

	"showroom/agent/localapi"
)

// Link is how the kiosk stands with its agent.
type Link int

// The links there are.
const (
	Connecting Link = iota // nothing heard yet
	Live
	Lost // it was heard, and is not any more; what is shown may be old
)

// Route is the page the shopper looks at.
type Route int

// The pages there are. RouteIdle and RouteScan are nobody's choice: a scan is shown until it is put aside, and the idle page exactly
// while nobody is in the room and nothing was scanned.
const (
	RouteIdle Route = iota
	RouteRoom
	RouteGarment
	RouteLeave
	RouteScan
	RouteTransfer // the code that goes on at a checkout
	// Those of a checkout follow from what the agent says and from State.Choice.
	RouteAttract
	RouteBasket
	RouteSearch
	RouteCode // a coupon, or a basket that was set aside
	RouteBag
	RoutePay
	RouteReceipt
	RouteThanks
	RouteParked
	RouteUnknown
	RouteClosed
	RouteHelp
	RouteUnlock
	RoutePrice
)

// String is the page's name, for files and logs.
func (r Route) String() string {
	names := [...]string{"idle", "room", "garment", "leave", "scan", "transfer", "attract", "basket", "search", "code", "bag", "pay", "receipt", "thanks", "parked",
		"unknown", "closed", "help", "unlock", "price"}
	if r < 0 || int(r) >= len(names) {
		return "page " + strconv.Itoa(int(r))
	}
	return names[r]
}

// Open is the garment the shopper looks at, and what of it.
type Open struct {
	EPC     string // "" for the one that was scanned
	GTIN    string // the variant chosen
	Picture int    // which picture is large
}

// Ticket tells the commands of one kiosk process apart. Whoever carries commands out gives each ticket one command id, so that
// trying the same ticket again can not do a thing twice.
type Ticket int

// Pending is a command that is not answered yet, or that failed and may be tried again.
type Pending struct {
	Ticket  Ticket
	Command Command
	Failed  bool
}

// Toast is a short word that goes away by itself at Until. Retry is the ticket its button tries again, 0 for none. Undo says that its
// button brings back Choice.Removed.
type Toast struct {
	Key   string // text key
	Until time.Time
	Retry Ticket
	Undo  bool
}

// State is everything the kiosk knows. It is immutable: Reduce returns a new one and never writes to a slice of the old.
type State struct {
	Kiosk   localapi.KioskState // the truth, as last heard
	Loaded  bool                // Kiosk was heard at least once
	Heard   time.Time           // when
	Link    Link
	Route   Route
	Open    Open
	Pending []Pending
	Toast   Toast    // zero: none
	Seen    []string // ids of unavailable requests the shopper put aside
	Aside   string   // id of the scan the shopper put aside
	// ListCode is what opens the list of this room at a checkout; "" until the agent has answered, and when nobody asked.
	ListCode string
	Choice   Choice // of a checkout: what was chosen on this kiosk

	tickets Ticket
	touched time.Time // when the agent was last told that somebody is there
	seen    time.Time // when the last message came
}

// ToastFor is how long a toast stays.
const ToastFor = 8 * time.Second

// DeliveredFor is how long a delivered request stays on the screen.
const DeliveredFor = 2 * time.Minute

// TouchEvery is how often taps are passed on to the agent, which only wants to know that somebody is there.
const TouchEvery = 10 * time.Second

// room answers the room as last heard; the zero Room when there is none.
func (s State) room() localapi.Room {
	if s.Kiosk.Room == nil {
		return localapi.Room{}
	}
	return *s.Kiosk.Room
}

// visited says that somebody is in the room.
func (s State) visited() bool { return s.room().Visit != "" }

// Language is the language to speak: the one just asked for, that of the shopper who is thanked, or the one of the session.
func (s State) Language() string {
	for _, p := range slices.Backward(s.Pending) {
		if c, ok := p.Command.(SetLanguage); ok && !p.Failed {
			return c.Language
		}
	}
	if s.Route == RouteThanks && s.Choice.Spoke != "" {
		return s.Choice.Spoke
	}
	return s.Kiosk.Language
}

// now is the agent's wall clock at the kiosk's at. Request times are the agent's, so they are compared with this and not with
// the clock of the kiosk, which may be another machine's.
func (s State) now(at time.Time) time.Time { return s.Kiosk.Now.Add(at.Sub(s.Heard)) }

// garment answers the garment with that EPC, if it still hangs here.
func (s State) garment(epc string) (localapi.Garment, bool) {
	gs := s.room().Garments
	i := slices.IndexFunc(gs, func(g localapi.Garment) bool { return g.EPC == epc })
	if i < 0 {
		return localapi.Garment{}, false
	}
	return gs[i], true
}

// requested says that a request for that piece is neither delivered, refused nor cancelled.
func (s State) requested(gtin string) bool {
	return slices.ContainsFunc(s.room().Requests, func(r localapi.Request) bool { return r.GTIN == gtin && open(r.State) })
}

// sending says that a request for that piece is unanswered.
func (s State) sending(gtin string) bool {
	return slices.ContainsFunc(s.Pending, func(p Pending) bool {
		c, ok := p.Command.(SendRequest)
		return ok && c.GTIN == gtin && !p.Failed
	})
}

// cancelling says that this request's cancellation is on its way.
func (s State) cancelling(request string) bool {
	return slices.ContainsFunc(s.Pending, func(p Pending) bool {
		c, ok := p.Command.(CancelRequest)
		return ok && c.Request == request && !p.Failed
	})
}

// busy says that a command of the same type as c is unanswered.
func busy[C Command](s State) bool {
	return slices.ContainsFunc(s.Pending, func(p Pending) bool {
		_, ok := p.Command.(C)
		return ok && !p.Failed
	})
}

// open says that somebody still works on a request in that state.
func open(state string) bool {
	switch state {
	case "waiting", "requested", "accepted", "on_the_way":
		return true
	}
	return false
}

// variant answers the variant with that GTIN.
func variant(p localapi.Product, gtin string) (localapi.Variant, bool) {
	i := slices.IndexFunc(p.Variants, func(v localapi.Variant) bool { return v.GTIN == gtin })
	if i < 0 {
		return localapi.Variant{}, false
	}
	return p.Variants[i], true
}

// Start is the State of a kiosk that has heard nothing yet. It speaks that language until it is told another one.
func Start(language string) State { return State{Kiosk: localapi.KioskState{Language: language}} }

// Deadline is when, after at, the State changes by itself: the next Tick is due then. It answers false when nothing is due.
func (s State) Deadline(at time.Time) (time.Time, bool) {
	var next time.Time
	soonest := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	if !s.Toast.Until.IsZero() {
		soonest(s.Toast.Until)
	}
	if due := s.idleDue(at); !due.IsZero() {
		soonest(due)
	}
	for _, r := range s.room().Requests {
		if r.State == "delivered" {
			if end := s.Heard.Add(r.Changed.Add(DeliveredFor).Sub(s.Kiosk.Now)); end.After(at) {
				soonest(end)
			}
		}
	}
	return next, !next.IsZero()
}
