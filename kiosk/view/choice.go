package view

import (
	"time"

	"showroom/agent/localapi"
)

// Sheet is a page a shopper has opened over the one that the agent's stage asks for.
type Sheet int

// The sheets there are.
const (
	NoSheet Sheet = iota
	SheetSearch
	SheetCoupon
	SheetResume
	SheetBag
	SheetAbandon
	SheetHelp
	SheetUnlock
	SheetPrice
)

// Choice is what was chosen and typed on a checkout kiosk and that the agent does not know. Nothing of it outlives its shopper.
type Choice struct {
	Sheet  Sheet
	Typed  string
	Digits bool            // the keyboard shows digits and signs
	Found  *localapi.Found // what was found for Found.Query; nil before the first answer
	Line   string          // whose price staff change
	Reason string          // why
	Person string          // who is about to type a PIN
	Bagged string          // basket that was asked about bags
	Aside  string          // id of the notice that was put aside
	Met    string          // id of the notice that stood there when the sheet was opened: it is not about what is typed
	Stop   string          // payment that was asked to stop, and how far it was
	// Removed is what an undo brings back.
	Removed Removed
	// Thanks is until when a shopper who has paid is thanked; zero for nobody.
	Thanks time.Time
	// Spoke is the language they were served in: the agent has forgotten it by then.
	Spoke string
	// Alive is when somebody was last seen to be there, Asked when it was asked whether they still are; zero: it was not.
	Alive, Asked time.Time
}

// shut closes what is open over the page, and forgets what was typed into it.
func (c Choice) shut() Choice {
	c.Sheet, c.Typed, c.Digits, c.Found, c.Line, c.Reason, c.Person, c.Met = NoSheet, "", false, nil, "", "", "", ""
	return c
}

// over opens a sheet. What did not work before waits under it.
func (s State) over(sheet Sheet) State {
	s.Choice = s.Choice.shut()
	s.Choice.Sheet, s.Choice.Met = sheet, noticeID(s.checkout())
	return s
}

// Removed is a line that was taken out of the basket.
type Removed struct {
	GTIN     string
	Quantity int
}

// How long a checkout waits: for an answer to whether somebody is there, for whoever has been served, and how long it thanks.
const (
	StillFor    = 20 * time.Second
	ServedAfter = 30 * time.Second
	ThanksFor   = 6 * time.Second
	idleAfter   = 60 * time.Second // where the agent names no time
)

// mostTyped is more than any word, code or amount needs.
const mostTyped = 32

// What people do at a checkout.
type (
	// TapSearch looks for a piece by its name.
	TapSearch struct{}
	// TapCoupon types a coupon.
	TapCoupon struct{}
	// TapResume types the code of a basket that was set aside.
	TapResume struct{}
	// TapHelp explains.
	TapHelp struct{}
	// TapStaff asks who works here.
	TapStaff struct{}
	// TapPerson says who is about to type a PIN.
	TapPerson struct{ ID string }
	// TapKey types a letter.
	TapKey struct{ Rune rune }
	// TapErase takes the last letter back.
	TapErase struct{}
	// TapDigits turns the keyboard from letters to digits and back.
	TapDigits struct{}
	// TapEnter is done typing.
	TapEnter struct{}
	// TapFound takes what was found.
	TapFound struct{ GTIN string }
	// TapQuantity changes how many pieces a line has; 0 takes it out.
	TapQuantity struct {
		Line     string
		Quantity int
	}
	// TapUndo brings back what was taken out.
	TapUndo struct{}
	// TapBags says how many bags.
	TapBags struct{ Quantity int }
	// TapPay pays, or asks about bags first.
	TapPay struct{}
	// TapAbort wishes to stop a payment.
	TapAbort struct{}
	// TapPark sets the basket aside to be paid at the till.
	TapPark struct{}
	// TapAbandon asks whether the basket is to be given up, and then gives it up.
	TapAbandon struct{}
	// TapPrint wants the receipt on paper.
	TapPrint struct{}
	// TapFinish lets the next shopper come.
	TapFinish struct{}
	// TapNotice puts a notice aside.
	TapNotice struct{ ID string }
	// TapPrice changes the price of a line.
	TapPrice struct{ Line string }
	// TapReason says why.
	TapReason struct{ Reason string }
	// TapLock ends what staff do here.
	TapLock struct{}
	// TapRelease says that staff have seen to what the tray could not name.
	TapRelease struct{}
	// TapOpen opens this kiosk, or closes it.
	TapOpen struct{ Open bool }
)

// Searched is the answer to Search. Found is what was found for its Query.
type Searched struct {
	Ticket Ticket
	Found  localapi.Found
}

func (TapSearch) msg()   {}
func (TapCoupon) msg()   {}
func (TapResume) msg()   {}
func (TapHelp) msg()     {}
func (TapStaff) msg()    {}
func (TapPerson) msg()   {}
func (TapKey) msg()      {}
func (TapErase) msg()    {}
func (TapDigits) msg()   {}
func (TapEnter) msg()    {}
func (TapFound) msg()    {}
func (TapQuantity) msg() {}
func (TapUndo) msg()     {}
func (TapBags) msg()     {}
func (TapPay) msg()      {}
func (TapAbort) msg()    {}
func (TapPark) msg()     {}
func (TapAbandon) msg()  {}
func (TapPrint) msg()    {}
func (TapFinish) msg()   {}
func (TapNotice) msg()   {}
func (TapPrice) msg()    {}
func (TapReason) msg()   {}
func (TapLock) msg()     {}
func (TapRelease) msg()  {}
func (TapOpen) msg()     {}
func (Searched) msg()    {}

// What a checkout can ask of the agent. Search is answered by Searched, the others as those of a room.
type (
	// Search looks for pieces.
	Search struct {
		Ticket Ticket
		Query  string
	}
	// AddItem puts a piece into the basket; Quantity of them where one was taken out by mistake.
	AddItem struct {
		Ticket   Ticket
		GTIN     string
		Quantity int
	}
	// SetQuantity changes how many pieces a line has.
	SetQuantity struct {
		Ticket   Ticket
		Line     string
		Quantity int
	}
	// SetBags says how many bags.
	SetBags struct {
		Ticket   Ticket
		Quantity int
	}
	// AddCoupon shows a coupon.
	AddCoupon struct {
		Ticket Ticket
		Code   string
	}
	// ParkBasket sets the basket aside.
	ParkBasket struct{ Ticket Ticket }
	// ResumeBasket opens one that was set aside.
	ResumeBasket struct {
		Ticket Ticket
		Code   string
	}
	// AbandonBasket gives the basket up.
	AbandonBasket struct{ Ticket Ticket }
	// PayBasket pays. Due is the sum that was on the screen.
	PayBasket struct {
		Ticket Ticket
		Due    localapi.Money
	}
	// AbortPayment wishes to stop; the device decides.
	AbortPayment struct{ Ticket Ticket }
	// PrintReceipt wants paper.
	PrintReceipt struct{ Ticket Ticket }
	// FinishReceipt lets the next shopper come.
	FinishReceipt struct{ Ticket Ticket }
	// Unlock lets staff in.
	Unlock struct {
		Ticket     Ticket
		Staff, PIN string
	}
	// Lock ends that.
	Lock struct{ Ticket Ticket }
	// SetPrice gives a line another price.
	SetPrice struct {
		Ticket Ticket
		Line   string
		Unit   localapi.Money
		Reason string
	}
	// ReleaseHeld says that staff have seen to the tray.
	ReleaseHeld struct{ Ticket Ticket }
	// OpenKiosk opens or closes the kiosk.
	OpenKiosk struct {
		Ticket Ticket
		Open   bool
	}
)

func (Search) command()        {}
func (AddItem) command()       {}
func (SetQuantity) command()   {}
func (SetBags) command()       {}
func (AddCoupon) command()     {}
func (ParkBasket) command()    {}
func (ResumeBasket) command()  {}
func (AbandonBasket) command() {}
func (PayBasket) command()     {}
func (AbortPayment) command()  {}
func (PrintReceipt) command()  {}
func (FinishReceipt) command() {}
func (Unlock) command()        {}
func (Lock) command()          {}
func (SetPrice) command()      {}
func (ReleaseHeld) command()   {}
func (OpenKiosk) command()     {}
