package localapi

import "time"

// Paths of a kiosk where people pay. Every POST answers the KioskState after it, besides that of a fitting room. What the scanner and the tray see comes by
// themselves and needs no call.
const (
	PathBasketItems   = "/v1/kiosks/{kiosk}/basket/items"        // POST ItemCommand: a piece found by search
	PathBasketLine    = "/v1/kiosks/{kiosk}/basket/lines/{line}" // POST QuantityCommand
	PathBasketBag     = "/v1/kiosks/{kiosk}/basket/bags"         // POST QuantityCommand
	PathBasketCoupon  = "/v1/kiosks/{kiosk}/basket/coupons"      // POST CodeCommand
	PathBasketPark    = "/v1/kiosks/{kiosk}/basket/park"         // POST Command: I pay at the till
	PathBasketResume  = "/v1/kiosks/{kiosk}/basket/resume"       // POST CodeCommand
	PathBasketAbandon = "/v1/kiosks/{kiosk}/basket/abandon"      // POST Command
	PathToCheckout    = "/v1/kiosks/{kiosk}/to-checkout"         // POST Command -> Parked: what hangs in the room of this kiosk
	PathPay           = "/v1/kiosks/{kiosk}/pay"                 // POST PayCommand
	PathPayAbort      = "/v1/kiosks/{kiosk}/pay/abort"           // POST Command: a wish; the device decides
	PathReceipt       = "/v1/kiosks/{kiosk}/receipt"             // POST ReceiptCommand
	PathSearch        = "/v1/kiosks/{kiosk}/search"              // GET ?q= Found
	PathUnlock        = "/v1/kiosks/{kiosk}/staff/unlock"        // POST UnlockCommand
	PathLock          = "/v1/kiosks/{kiosk}/staff/lock"          // POST Command
	PathStaffPrice    = "/v1/kiosks/{kiosk}/staff/price"         // POST PriceCommand
	PathStaffRelease  = "/v1/kiosks/{kiosk}/staff/release"       // POST Command: what the tray held for staff is settled
	PathStaffOpen     = "/v1/kiosks/{kiosk}/staff/open"          // POST OpenCommand: close or open this kiosk
)

// Stages of a checkout: which screen is up.
const (
	StageAttract = "attract" // nobody is there
	StageBasket  = "basket"
	StagePaying  = "paying"
	StageReceipt = "receipt" // paid: the receipt is offered
	StageParked  = "parked"  // set aside under Code
	StageUnknown = "unknown" // nobody knows yet whether money has moved: do not pay again
	StageClosed  = "closed"
)

// Checkout is what a kiosk in checkout mode shows.
type Checkout struct {
	Stage  string  `json:"stage"`
	Basket *Basket `json:"basket,omitempty"` // nil when nothing is in it
	Tray   *Tray   `json:"tray,omitempty"`   // nil for a kiosk without one
	// Scanner is the machine that reads bar codes beside the kiosk; nil for a kiosk without one.
	Scanner *Reader `json:"scanner,omitempty"`
	Pay     *Pay    `json:"pay,omitempty"`
	Paid    *Paid   `json:"paid,omitempty"`
	Parked  *Parked `json:"parked,omitempty"`
	// Closed is why nobody can pay here: "schedule", "staff", "fiscal", "terminal", "paper", "disk", "clock", "prices", "no_profile".
	Closed string `json:"closed,omitempty"`
	// Notice is the last thing that did not go as the shopper wanted, until it is followed by something else.
	Notice *Notice `json:"notice,omitempty"`
	// Staff is who has unlocked the kiosk.
	Staff string `json:"staff,omitempty"`
	// Associates are who may unlock it, as people sort them.
	Associates []Associate `json:"associates,omitempty"`
	// Called: somebody waits here for an associate.
	Called bool `json:"called,omitempty"`
	// Bag is the bag the shop asks about before paying; nil for none.
	Bag *BasketLine `json:"bag,omitempty"`
	// IdleAfter is how many seconds without a touch the kiosk waits before it asks whether somebody is there.
	IdleAfter int `json:"idle_after"`
}

// Associate is somebody who works here, by the name on the badge.
type Associate struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Basket is what a shopper is about to buy, in the order it came.
type Basket struct {
	ID      string       `json:"id"`
	Number  int          `json:"number"`
	Lines   []BasketLine `json:"lines"`
	Pieces  int          `json:"pieces"`
	Gross   Money        `json:"gross"`
	Reduced Money        `json:"reduced"`
	Due     Money        `json:"due"`
	VAT     []VAT        `json:"vat"`
	Coupons []string     `json:"coupons,omitempty"`
}

// BasketLine is a garment, or several pieces of one item.
type BasketLine struct {
	ID       string `json:"id"`
	GTIN     string `json:"gtin"`
	Name     string `json:"name"`
	Size     string `json:"size,omitempty"`
	Colour   string `json:"colour,omitempty"`
	Picture  string `json:"picture,omitempty"` // sha256
	Quantity int    `json:"quantity"`
	Unit     Money  `json:"unit"`
	Was      *Money `json:"was,omitempty"` // of one piece; only where the law lets it be shown
	Gross    Money  `json:"gross"`
	Due      Money  `json:"due"`
	// Reductions say what took something off, in the shopper's language.
	Reductions []Reduction `json:"reductions,omitempty"`
	// Tagged: known by its tag; there is one of it, and taking it off the tray takes it out.
	Tagged bool `json:"tagged,omitempty"`
	OnTray bool `json:"on_tray,omitempty"`
	// Wish: asked for elsewhere and not seen here yet; it is not paid for.
	Wish bool `json:"wish,omitempty"`
	// Notice is, of what a search found, the Notice.Code that taking it leads to: no_price or no_stock; "" for none.
	Notice string `json:"notice,omitempty"`
}

// Reduction is what an offer takes off.
type Reduction struct {
	Name   string `json:"name"`
	Amount Money  `json:"amount"`
}

// VAT is the tax at one rate.
type VAT struct {
	BasisPoints int   `json:"basis_points"`
	Gross       Money `json:"gross"`
	Net         Money `json:"net"`
	Tax         Money `json:"tax"`
}

// Tray is what lies on the tray.
type Tray struct {
	Reader Reader `json:"reader"`
	Pieces int    `json:"pieces"` // of the basket
	// Reading: something has changed and may still change.
	Reading bool `json:"reading,omitempty"`
	// Held are garments of the shop that it can not name: staff must look. Paying waits for them.
	Held int `json:"held,omitempty"`
	// Elsewhere are garments that are in another open basket.
	Elsewhere int `json:"elsewhere,omitempty"`
}

// Pay is a payment under way.
type Pay struct {
	Settlement string    `json:"settlement"`
	Amount     Money     `json:"amount"`
	Progress   string    `json:"progress"` // a word of ours for what the device says: "present_card", "enter_pin", ...
	CanAbort   bool      `json:"can_abort"`
	Since      time.Time `json:"since"`
}

// Paid is a sale that has just been made.
type Paid struct {
	Sale    string `json:"sale"`
	Number  int64  `json:"number"`
	Due     Money  `json:"due"`
	Receipt string `json:"receipt"`           // what its QR code says
	Local   string `json:"local,omitempty"`   // the same in the shop's guest network
	Printer string `json:"printer"`           // "", "ready", "out" or "low"
	Printed string `json:"printed,omitempty"` // "", "asked", "done" or "failed"
	Fiscal  string `json:"fiscal,omitempty"`  // number of the fiscal slip
	// Unreleased are garments whose security tag is still on: an associate is coming.
	Unreleased int `json:"unreleased,omitempty"`
}

// Parked is a basket that was set aside.
type Parked struct {
	Number int    `json:"number"`
	Code   string `json:"code"`
	Due    Money  `json:"due"`
	Reason string `json:"reason"` // "till", "staff", "power", "invoice", "nothing", "room", "unknown"; "looked_up" for a payment at another kiosk
	// Slip is how it stands with the slip of bar codes for a till: "", "asked", "done" or "failed".
	Slip string `json:"slip,omitempty"`
	// Printer is how the printer is that the slip can be had from, as in Paid; "" for none.
	Printer string `json:"printer,omitempty"`
}

// Notice is something that did not work, in a word the kiosk has a text for.
type Notice struct {
	ID   string `json:"id"` // another one each time
	Code string `json:"code"`
	// GTIN and Name are of the garment it is about.
	GTIN string    `json:"gtin,omitempty"`
	Name string    `json:"name,omitempty"`
	At   time.Time `json:"at"`
}

// What can stand in Notice.Code.
const (
	NoticeUnknownItem  = "unknown_item"   // no such bar code here
	NoticeNoPrice      = "no_price"       // the shop has none for it today
	NoticeTaken        = "taken"          // this very garment is in another basket
	NoticeSold         = "sold"           // it has been paid for
	NoticeUnreadable   = "unreadable"     // the code could not be read
	NoticeNoCoupon     = "no_coupon"      // no such coupon, or not today
	NoticeDeclined     = "declined"       // the card or its bank said no
	NoticeCancelled    = "cancelled"      // somebody pressed stop
	NoticeTimeout      = "timeout"        // no card was shown
	NoticeCardFault    = "card_fault"     // another card may work
	NoticeBusy         = "terminal_busy"  // in a moment
	NoticeTerminal     = "terminal_fault" // no payment by card now
	NoticeFiscal       = "fiscal_fault"   // no sale here now
	NoticePaper        = "paper_out"
	NoticeNoBasket     = "no_basket" // no basket is set aside under this code
	NoticeWrongPIN     = "wrong_pin"
	NoticeTryLater     = "try_later" // too many wrong PINs
	NoticeMostPieces   = "most_pieces"
	NoticeOtherBasket  = "other_basket" // finish this one first
	NoticeCustomerCode = "customer_code"
	NoticeNoStock      = "no_stock"    // the shop's books say there is none; it is sold all the same
	NoticeDiskFull     = "disk_full"   // nothing can be written down, so nothing can be paid
	NoticeHeld         = "held"        // staff must look at what the tray can not name
	NoticeDueChanged   = "due_changed" // the sum is another than what was seen: look again
	NoticeWishes       = "wishes"      // pieces are wished for and have not been seen here
	NoticeInside       = "in_basket"   // this very garment is in the basket already
)

// Found is what a search found, best first.
type Found struct {
	Query string       `json:"query"`
	Items []BasketLine `json:"items"`
}

// Commands of a checkout. Every one carries an id made by the kiosk: sent twice, it does the thing once.
type (
	ItemCommand struct {
		Command
		GTIN string `json:"gtin"`
	}
	QuantityCommand struct {
		Command
		Quantity int `json:"quantity"`
	}
	CodeCommand struct {
		Command
		Code string `json:"code"`
	}
	PayCommand struct {
		Command
		// Due is what the shopper saw when they pressed Pay; another amount is refused.
		Due Money `json:"due"`
	}
	ReceiptCommand struct {
		Command
		Print bool `json:"print"`
		Done  bool `json:"done"` // the next shopper may come
	}
	UnlockCommand struct {
		Command
		Staff string `json:"staff"`
		PIN   string `json:"pin"`
	}
	PriceCommand struct {
		Command
		Line   string `json:"line"`
		Unit   Money  `json:"unit"`
		Reason string `json:"reason"`
	}
	OpenCommand struct {
		Command
		Open bool `json:"open"`
	}
)
