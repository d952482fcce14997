package showroom

import "time"

// SettlementID is one attempt to have money moved by a device.
type SettlementID string

// Outcome is how an attempt to move money ended. The zero Outcome is the only one that may be guessed.
type Outcome string

// The outcomes. Unknown means that the device may or may not have moved the money: it is asked again, and never told again.
const (
	Unknown  Outcome = ""
	Approved Outcome = "approved"
	Declined Outcome = "declined" // no money has moved
)

// SettlementKind is which way the money goes.
type SettlementKind string

// The kinds. A reversal undoes a payment as if it had not been; a refund gives money back later.
const (
	Payment  SettlementKind = "payment"
	Reversal SettlementKind = "reversal"
	Refund   SettlementKind = "refund"
)

// DeclineReason is why no money moved, as far as the shopper should know.
type DeclineReason string

// The reasons.
const (
	DeclinedByCard    DeclineReason = "card"        // the card or its bank said no
	DeclinedByShopper DeclineReason = "cancelled"   // somebody pressed stop
	DeclinedTimeout   DeclineReason = "timeout"     // nobody showed a card
	DeclinedCard      DeclineReason = "card_fault"  // unreadable or expired card
	DeclinedBusy      DeclineReason = "busy"        // the device is doing something else; try again
	DeclinedDevice    DeclineReason = "device"      // the device is out of order or was not reached
	DeclinedCurrency  DeclineReason = "currency"    // the device does not take this currency
	DeclinedPaper     DeclineReason = "paper"       // the fiscal device has no paper
	DeclinedByDevice  DeclineReason = "not_allowed" // the device does not do this
	DeclinedNotBegun  DeclineReason = "not_begun"   // nobody has asked the device
)

// Reference is what a device calls a movement of money: what it is asked about and reversed by.
type Reference struct {
	Receipt    string `json:"receipt,omitempty"`
	Trace      string `json:"trace,omitempty"`
	Auth       string `json:"auth,omitempty"`
	TerminalID string `json:"terminal_id,omitempty"`
	// At is the device's own clock; zero if it told none.
	At time.Time `json:"at,omitzero"`
}

// Card is as much of a payment card as anybody may know.
type Card struct {
	Name  string `json:"name,omitempty"`  // of the scheme
	Last4 string `json:"last4,omitempty"` // of its number; nothing else of it exists here
}

// Fiscal is what a fiscal device has put its seal on.
type Fiscal struct {
	Device  string    `json:"device"` // its serial number
	Z       int       `json:"z"`
	Receipt int       `json:"receipt"`
	EKU     int       `json:"eku"`                 // number of its electronic journal
	ETTN    string    `json:"ettn,omitempty"`      // UUID of the e-archive invoice, where there is one
	Invoice string    `json:"invoice,omitempty"`   // its number
	Info    bool      `json:"info_slip,omitempty"` // the slip is an information slip: the invoice is the document
	At      time.Time `json:"at"`
}

// Result is what a device has answered. The zero Result is Unknown.
type Result struct {
	Outcome Outcome       `json:"outcome"`
	Reason  DeclineReason `json:"reason,omitempty"`
	Code    string        `json:"code,omitempty"` // the device's own, for staff
	// Amount is what the device says it has moved; zero if it told none.
	Amount    Money     `json:"amount,omitzero"`
	Reference Reference `json:"reference,omitzero"`
	Card      Card      `json:"card,omitzero"`
	Fiscal    *Fiscal   `json:"fiscal,omitempty"`
	// Slip and MerchantSlip are the lines the device wants printed for either side. They hold no full card number.
	Slip         []string `json:"slip,omitempty"`
	MerchantSlip []string `json:"merchant_slip,omitempty"`
	// Final: the device was asked, and can not say, now or ever, what an Unknown has become.
	Final bool `json:"-"`
}

// Progress is what the device says to the shopper meanwhile.
type Progress struct {
	Code string // a stable word of ours: "present_card", "enter_pin", "please_wait", "remove_card", "authorising", "printing", ...
	Text string // the device's own words, for staff; empty if it says none
}

// SettlementState is where a settlement stands.
type SettlementState string

// The life of a settlement: started before the first byte leaves, open until the device or a person has said what happened. One that
// staff want waits until the device is free.
const (
	SettlementWaiting  SettlementState = "waiting" // the device has not been asked: no money has moved
	SettlementAsked    SettlementState = "started"
	SettlementUnsure   SettlementState = "unknown" // the device could not say; staff decide
	SettlementApproved SettlementState = "approved"
	SettlementDeclined SettlementState = "declined"
)

// Settlement is one attempt to move money for a basket, or back for a sale.
type Settlement struct {
	ID     SettlementID
	Kind   SettlementKind
	Kiosk  KioskID
	Device DeviceID
	Basket BasketID
	Sale   SaleID // a reversal or refund of it
	Amount Money
	Lines  []Line    // what is paid for: a fiscal device registers each
	Of     Reference // what a reversal undoes
	State  SettlementState
	Result Result
	// By and Why are who decided what the device could not say, and the reason they gave. Money acts are audited.
	By      StaffID
	Why     string
	Started Moment
	Changed Moment
	Tries   int // how often the device was asked what had happened; since a person has decided
	// Unheard: a person has decided what the device has said nothing of. It is asked once more.
	Unheard bool
	// Later is what the device has said after a person had decided, where that is something else; zero for nothing.
	Later Result
	// Seen: staff know that nothing came of what they wanted, or what the device has said later.
	Seen bool
}

// Open says that nobody knows yet whether money has moved.
func (s Settlement) Open() bool {
	return s.State == SettlementAsked || s.State == SettlementUnsure
}

// Begin is the moment before the device is asked for what staff want.
func (s Settlement) Begin(at Moment) (Settlement, error) {
	if s.State != SettlementWaiting {
		return s, Errorf(CodeConflict, "This settlement does not wait for its device.")
	}
	s.State, s.Started, s.Changed = SettlementAsked, at, at
	return s, nil
}

// Withdraw ends what staff wanted and the device has not been asked for.
func (s Settlement) Withdraw(at Moment) (Settlement, error) {
	if s.State != SettlementWaiting {
		return s, Errorf(CodeConflict, "This settlement does not wait for its device.")
	}
	s.State, s.Result, s.Changed = SettlementDeclined, Result{Outcome: Declined, Reason: DeclinedNotBegun}, at
	return s, nil
}

// Conclude takes what the device answered. An approval of another amount than was asked for is nothing a program can decide: the
// settlement stays unknown and keeps the answer, also while the device says nothing more. Only an open settlement can be concluded.
func (s Settlement) Conclude(r Result, at Moment) (Settlement, error) {
	if !s.Open() {
		return s, Errorf(CodeConflict, "This settlement is closed.")
	}
	if r.Outcome == Unknown && r.Amount.IsZero() && !s.Result.Amount.IsZero() {
		r = s.Result
	}
	s.Result, s.Changed = r, at
	switch {
	case r.Outcome == Approved && (r.Amount.IsZero() || r.Amount == s.Amount):
		s.State = SettlementApproved
	case r.Outcome == Declined:
		s.State = SettlementDeclined
	default:
		s.State = SettlementUnsure
	}
	return s, nil
}

// Why money is not moved as staff want, with another way to go about it.
var (
	// ErrOtherSum: the device says to have moved another sum than staff say it has.
	ErrOtherSum = &Error{Code: CodeConflict, Message: "The device says that it moved another sum. Undo that at the device, then say that no money was taken."}
	// ErrRefundInstead: the device could take the payment that is to be undone for another.
	ErrRefundInstead = &Error{Code: CodeConflict, Message: "The device may take this payment for another by now. Give the money back as a refund."}
)

// Contradict keeps what the device has said about a settlement that a person has decided meanwhile, where that is something else. What
// follows is for a person again: the money has moved as the device says, and all else as was decided. A device that says the same, can not
// say, or has said nothing often enough, is Unheard no more.
func (s Settlement) Contradict(r Result, at Moment) Settlement {
	closed := s.State == SettlementApproved || s.State == SettlementDeclined
	if !closed || s.Contradicted() {
		return s
	}
	if r.Outcome == Unknown {
		if s.Unheard {
			s.Tries++
			s.Unheard = !r.Final && s.Tries < mostHearings
		}
		return s
	}
	unheard := s.Unheard
	s.Unheard = false
	said := r.Outcome == Approved
	if said == (s.State == SettlementApproved) && (!said || r.Amount.IsZero() || r.Amount == s.Amount) {
		if unheard {
			s.Result = r
		}
		return s
	}
	s.Later, s.Seen, s.Changed = r, false, at
	return s
}

// mostHearings is how often a device that is there may say nothing of what a person has decided.
const mostHearings = 60

// Contradicted says that the device has said something else than a person had decided.
func (s Settlement) Contradicted() bool { return s.Later.Outcome != Unknown }

// Decide is a person's word where the device can not say, with who and why. What the device says to have moved can not be made another
// sum: such a settlement is undone at the device, and declined. A device that has said nothing yet is Unheard from then on.
func (s Settlement) Decide(o Outcome, by StaffID, why string, at Moment) (Settlement, error) {
	if s.State != SettlementUnsure {
		return s, Errorf(CodeConflict, "This settlement is not waiting for anybody's decision.")
	}
	if why == "" || by == "" || o != Approved && o != Declined {
		return s, Errorf(CodeInvalid, "Say whether the money was taken, and how you know.")
	}
	if moved := s.Result.Amount; o == Approved && !moved.IsZero() && moved != s.Amount {
		return s, ErrOtherSum
	}
	s.By, s.Why, s.Changed = by, why, at
	s.Tries, s.Unheard = 0, s.Result.Outcome == Unknown
	s.State = SettlementDeclined
	if o == Approved {
		s.State = SettlementApproved
	}
	return s, nil
}
