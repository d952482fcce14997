package showroom

import (
	"time"

	"showroom/agent/gs1"
)

// RequestState is where a size request stands.
type RequestState string

// The life of a size request. Waiting means the only piece hangs in another room; it becomes requested when that piece is free.
const (
	SizeWaiting     RequestState = "waiting"
	SizeRequested   RequestState = "requested"
	SizeAccepted    RequestState = "accepted"
	SizeOnTheWay    RequestState = "on_the_way"
	SizeDelivered   RequestState = "delivered"
	SizeUnavailable RequestState = "unavailable"
	SizeCancelled   RequestState = "cancelled"
)

// Closed says that nothing more happens to a request in this state.
func (s RequestState) Closed() bool {
	return s == SizeDelivered || s == SizeUnavailable || s == SizeCancelled
}

// CancelReason is why a request was cancelled.
type CancelReason string

// The reasons a request is cancelled for.
const (
	CancelShopper  CancelReason = "shopper"   // the shopper changed their mind
	CancelVisitEnd CancelReason = "visit_end" // nobody is there to receive it
	CancelExpired  CancelReason = "expired"   // nobody has taken it for too long
)

// SizeRequest is "bring me this one in 40, please": another size or colour of something, to a room.
type SizeRequest struct {
	ID    RequestID
	Visit VisitID
	Room  RoomID
	Want  gs1.GTIN // the piece to bring
	For   gs1.GTIN // the garment in the room it was asked from; may be empty
	State RequestState
	// By is the associate who took it. It is shown while the request is open and wiped when it closes: how fast a person works
	// is nobody's business.
	By        StaffID
	ByName    string
	Made      Moment
	Changed   Moment
	Escalated int // how many times it has been raised because nobody took it
	// Version grows by one whenever State does.
	Version int
}

// EscalationPolicy is after how long an untaken request is raised, each counted from the moment it became requested.
type EscalationPolicy []time.Duration

// NewRequest makes a request. wait says that the only piece hangs in another room.
func NewRequest(id RequestID, visit Visit, want, forItem gs1.GTIN, wait bool, at Moment) (SizeRequest, RequestMade, error) {
	if !visit.Open() {
		return SizeRequest{}, RequestMade{}, Errorf(CodeConflict, "This visit has ended. Hang the garment in the room to begin again.")
	}
	if want == "" {
		return SizeRequest{}, RequestMade{}, Errorf(CodeInvalid, "The request does not say which piece to bring.")
	}
	r := SizeRequest{ID: id, Visit: visit.ID, Room: visit.Room, Want: want, For: forItem, State: SizeRequested, Made: at, Changed: at, Version: 1}
	if wait {
		r.State = SizeWaiting
	}
	return r, RequestMade{Request: id, Visit: visit.ID, Room: visit.Room, Want: want, For: forItem, Waiting: wait}, nil
}

func (r SizeRequest) to(s RequestState, at Moment) SizeRequest {
	r.State, r.Changed = s, at
	r.Version++
	if s.Closed() {
		r.By, r.ByName = "", ""
	}
	return r
}

func (r SizeRequest) ref() RequestRef {
	return RequestRef{Request: r.ID, Visit: r.Visit, Room: r.Room, Want: r.Want}
}

func (r SizeRequest) refuse() error {
	switch r.State {
	case SizeDelivered:
		return Errorf(CodeConflict, "This request has already been delivered.")
	case SizeUnavailable:
		return Errorf(CodeConflict, "This request has already been answered as not available.")
	case SizeCancelled:
		return Errorf(CodeConflict, "This request has been cancelled.")
	case SizeWaiting:
		return Errorf(CodeConflict, "The only piece is still being tried on.")
	}
	if r.ByName != "" {
		return Errorf(CodeTaken, "Already taken by %s.", r.ByName)
	}
	return Errorf(CodeConflict, "This request has moved on. Look again.")
}

// Free turns a waiting request into a requested one: the piece has become available. The escalation clock starts now.
func (r SizeRequest) Free(at Moment) (SizeRequest, RequestFreed, error) {
	if r.State != SizeWaiting {
		return r, RequestFreed{}, r.refuse()
	}
	return r.to(SizeRequested, at), RequestFreed{RequestRef: r.ref()}, nil
}

// Accept gives the request to an associate. A second associate is told who has it (CodeTaken).
func (r SizeRequest) Accept(by StaffID, name string, at Moment) (SizeRequest, RequestAccepted, error) {
	if r.State != SizeRequested {
		return r, RequestAccepted{}, r.refuse()
	}
	r = r.to(SizeAccepted, at)
	r.By, r.ByName = by, name
	return r, RequestAccepted{RequestRef: r.ref()}, nil
}

// Leave notes that the associate is on the way to the room.
func (r SizeRequest) Leave(at Moment) (SizeRequest, RequestOnTheWay, error) {
	if r.State != SizeAccepted {
		return r, RequestOnTheWay{}, r.refuse()
	}
	return r.to(SizeOnTheWay, at), RequestOnTheWay{RequestRef: r.ref()}, nil
}

// Deliver closes the request: the piece is in the shopper's hands.
func (r SizeRequest) Deliver(at Moment) (SizeRequest, RequestDelivered, error) {
	if r.State != SizeAccepted && r.State != SizeOnTheWay {
		return r, RequestDelivered{}, r.refuse()
	}
	return r.to(SizeDelivered, at), RequestDelivered{RequestRef: r.ref()}, nil
}

// Unavailable closes the request: the piece is not to be found. The caller corrects the stock in the same transaction.
func (r SizeRequest) Unavailable(at Moment) (SizeRequest, RequestUnavailable, error) {
	if r.State.Closed() || r.State == SizeWaiting {
		return r, RequestUnavailable{}, r.refuse()
	}
	return r.to(SizeUnavailable, at), RequestUnavailable{RequestRef: r.ref()}, nil
}

// Cancel closes the request for the reason given.
func (r SizeRequest) Cancel(reason CancelReason, at Moment) (SizeRequest, RequestCancelled, error) {
	if r.State.Closed() {
		return r, RequestCancelled{}, r.refuse()
	}
	return r.to(SizeCancelled, at), RequestCancelled{RequestRef: r.ref(), Reason: reason}, nil
}

// Escalate raises the request if its time has come. due is false when nothing changed; next is how long until it may be raised
// again, 0 for never.
func (r SizeRequest) Escalate(p EscalationPolicy, at Moment) (raised SizeRequest, e RequestEscalated, due bool, next time.Duration) {
	if r.State != SizeRequested {
		return r, e, false, 0
	}
	waited := at.Since(r.Changed)
	level := r.Escalated
	for level < len(p) && waited >= p[level] {
		level++
	}
	if level < len(p) {
		next = p[level] - waited
	}
	if level == r.Escalated {
		return r, e, false, next
	}
	r.Escalated = level
	return r, RequestEscalated{RequestRef: r.ref(), Level: level}, true, next
}

// StaffCall is a shopper asking for a person.
type StaffCall struct {
	ID       CallID
	Visit    VisitID // may be empty: the room may have no visit
	Room     RoomID
	Made     Moment
	Answered Moment // zero while somebody waits
}

// Open says that somebody still waits.
func (c StaffCall) Open() bool { return c.Answered == Moment{} }

// NewCall calls an associate to a room.
func NewCall(id CallID, room RoomID, visit VisitID, at Moment) (StaffCall, StaffCalled) {
	return StaffCall{ID: id, Visit: visit, Room: room, Made: at}, StaffCalled{Call: id, Room: room, Visit: visit}
}

// Answer closes the call.
func (c StaffCall) Answer(at Moment) (StaffCall, StaffCallAnswered, error) {
	if !c.Open() {
		return c, StaffCallAnswered{}, Errorf(CodeConflict, "This call has already been answered.")
	}
	c.Answered = at
	return c, StaffCallAnswered{Call: c.ID, Room: c.Room, Visit: c.Visit}, nil
}
