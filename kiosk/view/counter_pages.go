package view

import (
	"strconv"
	"strings"

	"showroom/agent/lang"
	"showroom/agent/localapi"
)

// atCheckout is what stands around a page of a checkout.
func (s State) atCheckout(t *lang.Texts, f Frame) Frame {
	c := s.checkout()
	f.Room, f.Still = t.T("kiosk.checkout.name"), s.still(t)
	if s.called() {
		f.Call = Call{Label: t.T("kiosk.call.sent"), Sent: true}
	}
	f.Help = t.T("kiosk.help.button")
	if s.Choice.Sheet == SheetHelp || s.Choice.Sheet == SheetUnlock {
		f.Help = ""
	}
	if c.Staff != "" && f.Banner == "" {
		f.Banner = t.T("kiosk.staff.here", "name", s.staffName())
		f.Short = f.Banner
	}
	return f
}

// AttractPage is shown while nobody is there.
type AttractPage struct {
	Frame
	Title, Text    string
	Picture        Pictogram
	Search, Resume string
	Notice         NoticeView
	Staff          StaffBar
}

// Attract answers the page nobody stands in front of.
func (s State) Attract() AttractPage {
	t, w := s.texts(), waysOf(s.checkout())
	return AttractPage{
		Frame: s.Frame(), Title: t.T("kiosk.attract.title"), Text: w.say(t, "kiosk.attract"), Picture: w.picture(), Search: t.T("kiosk.basket.search"),
		Resume: t.T("kiosk.attract.resume"), Notice: s.notice(t), Staff: s.staffBar(t),
	}
}

// Pictogram is what a page shows in place of many words.
type Pictogram int

// The pictograms there are.
const (
	PictureScan Pictogram = iota
	PictureTray
	PictureCard
	PicturePIN
	PictureWait
	PictureTake
	PictureSlip
	PictureClosed
	PictureAside
	PictureAsk
	PictureBag
)

// PayPage is a payment under way.
type PayPage struct {
	Frame
	Picture     Pictogram
	Title, Text string
	Total       Total
	Abort       string // label, "" when the device lets nobody stop it
	Aborting    bool
}

// Pay answers the page of a payment.
func (s State) Pay() PayPage {
	t := s.texts()
	p := PayPage{Frame: s.Frame(), Total: s.total(t), Picture: PictureWait}
	key := "kiosk.pay.please_wait"
	if pay := s.checkout().Pay; pay != nil {
		p.Total.Amount = amount(t, pay.Amount)
		if t.Has("kiosk.pay." + pay.Progress + ".title") {
			key = "kiosk.pay." + pay.Progress
		}
		p.Picture = payPicture(pay.Progress)
		if pay.CanAbort && !over(pay.Progress) {
			p.Abort, p.Aborting = t.T("kiosk.pay.abort"), s.stopping()
		}
	}
	p.Title, p.Text = t.T(key+".title"), t.T(key+".text")
	if p.Aborting {
		p.Title, p.Text, p.Picture = t.T("kiosk.pay.aborting"), t.T("kiosk.pay.please_wait.text"), PictureWait
	}
	p.Frame.Help = "" // the device is waiting, not the screen
	return p
}

// over says that the device has decided, and there is nothing left to stop.
func over(progress string) bool {
	switch progress {
	case "printing", "paper_out", "remove_card", "unrecorded":
		return true
	}
	return false
}

func payPicture(progress string) Pictogram {
	switch progress {
	case "present_card", "insert_card", "swipe_card", "tap_card", "other_card", "try_again":
		return PictureCard
	case "enter_pin", "wrong_pin", "confirm_amount", "select_application":
		return PicturePIN
	case "remove_card":
		return PictureTake
	case "printing", "paper_out":
		return PictureSlip
	case "disk_full":
		return PictureClosed
	case "see_phone":
		return PictureAsk
	}
	return PictureWait
}

// ReceiptPage offers the receipt of what was paid.
type ReceiptPage struct {
	Frame
	Title, Text string
	QR          string // what the code says
	Local       string // the same in the guest network, "" for none
	LocalText   string
	Total       Total
	Number      string
	Notes       []Note
	Print       Press
	Finish      string
}

// Receipt answers the page of the receipt.
func (s State) Receipt() ReceiptPage {
	t, c := s.texts(), s.checkout()
	p := ReceiptPage{
		Frame: s.Frame(), Title: t.T("kiosk.receipt.title"), Text: t.T("kiosk.receipt.scan"), Finish: t.T("kiosk.receipt.finish"),
		Total: Total{Label: t.T("kiosk.receipt.paid")}, Print: Press{Label: t.T("kiosk.receipt.print")},
	}
	if c.Paid == nil {
		return p
	}
	p.QR, p.Local, p.LocalText = c.Paid.Receipt, c.Paid.Local, t.T("kiosk.receipt.local")
	switch {
	case p.QR == "" && c.Paid.Printer == "":
		p.Text = t.T("kiosk.receipt.thanks")
	case p.QR == "":
		p.Text = t.T("kiosk.receipt.no_code")
	}
	p.Total.Amount = amount(t, c.Paid.Due)
	if c.Paid.Number != 0 {
		p.Number = t.T("kiosk.receipt.number", "number", strconv.FormatInt(c.Paid.Number, 10))
	}
	if c.Paid.Fiscal != "" {
		p.Total.Note = t.T("kiosk.receipt.fiscal", "number", c.Paid.Fiscal)
	}
	if c.Paid.Printer != "" && (c.Paid.Printed == "" || c.Paid.Printed == "failed") && !busy[PrintReceipt](s) {
		p.Finish = t.T("kiosk.receipt.no_print")
	}
	if c.Paid.Unreleased > 0 {
		p.Notes = append(p.Notes, Note{NoteUnknown, t.N("kiosk.receipt.unreleased", c.Paid.Unreleased)})
	}
	switch {
	case c.Paid.Printed == "failed":
		p.Notes = append(p.Notes, Note{NoteFault, t.T("kiosk.receipt.print_failed")})
	case c.Paid.Printed == "asked" && c.Paid.Printer == "out": // it goes on when there is a new roll
		p.Print.Rest = t.T("kiosk.receipt.no_paper")
	case c.Paid.Printed == "asked" || busy[PrintReceipt](s):
		p.Print.Rest = t.T("kiosk.receipt.printing")
	case c.Paid.Printed == "done":
		p.Print.Rest = t.T("kiosk.receipt.printed")
	case c.Paid.Printer == "":
		p.Print.Label = ""
	case c.Paid.Printer == "out":
		p.Print.Rest = t.T("kiosk.receipt.no_paper")
	}
	return p
}

// WordPage says one thing, large: that it is over, aside, unknown or closed.
type WordPage struct {
	Frame
	Picture     Pictogram
	Title, Text string
	Code        string // what tills and kiosks ask for: people say it, scanners read it
	CodeText    string
	Number      string // of the basket, by which staff speak of it; "" for none
	Total       Total  // Amount is "" where nothing is to be paid
	Notes       []Note
	Close       string // label of what ends the page, "" where it ends by itself
	Call        string // label of the call, "" where it is not the thing to do or was made
	Print       Press  // has it printed; no label where there is no printer
	Staff       StaffBar
	StaffIn     string // label that asks who works here
	Lookup      string // label that asks for the code of a payment, "" where it can not be asked for
	Notice      NoticeView
}

// Thanks answers the page after the last one.
func (s State) Thanks() WordPage {
	t := s.texts()
	return WordPage{Frame: s.Frame(), Title: t.T("kiosk.thanks.title"), Text: t.T("kiosk.thanks.text")}
}

// Parked answers the page of a basket that was set aside.
func (s State) Parked() WordPage {
	t, c := s.texts(), s.checkout()
	w := WordPage{Frame: s.Frame(), Picture: PictureAside, Title: t.T("kiosk.parked.title"), Text: t.T("kiosk.parked.till"), Close: t.T("kiosk.scan.close")}
	if c.Parked == nil {
		return w
	}
	if key := "kiosk.parked." + c.Parked.Reason; t.Has(key) {
		w.Text = t.T(key)
	}
	if c.Parked.Number != 0 {
		w.Number = t.T("kiosk.parked.number", "number", strconv.Itoa(c.Parked.Number))
	}
	w.Code, w.CodeText = c.Parked.Code, t.T("kiosk.parked.code")
	w.Total = Total{Label: t.T("kiosk.basket.total"), Amount: amount(t, c.Parked.Due)}
	return s.withSlip(t, w, *c.Parked)
}

// withSlip adds the slip of bar codes, which is for a till that is told of no basket.
func (s State) withSlip(t *lang.Texts, w WordPage, p localapi.Parked) WordPage {
	if p.Printer != "" {
		w.Print.Label = t.T("kiosk.parked.print")
	}
	asked := p.Slip == "asked" || busy[PrintReceipt](s)
	switch {
	case p.Printer == "out" && p.Slip != "done": // one that was asked for comes when there is a new roll
		w.Print.Rest = t.T("kiosk.receipt.no_paper")
	case asked && p.Printer != "":
		w.Print.Rest = t.T("kiosk.parked.printing")
	case p.Slip == "asked":
		w.Notes = []Note{{NoteUnknown, t.T("kiosk.parked.slip_coming")}}
	case p.Slip == "done":
		w.Print.Rest = t.T("kiosk.parked.printed")
		w.Notes = []Note{{NoteUnknown, t.T("kiosk.parked.slip")}}
	case p.Slip == "failed":
		w.Notes = []Note{{NoteFault, t.T("kiosk.parked.slip_failed")}}
	}
	return w
}

// Unknown answers the page of a payment of which nobody knows whether money has moved.
func (s State) Unknown() WordPage {
	t, c := s.texts(), s.checkout()
	w := WordPage{Frame: s.Frame(), Picture: PictureAsk, Title: t.T("kiosk.unknown.title"), Text: t.T("kiosk.unknown.text"), CodeText: t.T("kiosk.unknown.code")}
	w.Total = s.total(t)
	if c.Pay != nil {
		w.Code, w.Total.Amount = shortCode(c.Pay.Settlement), amount(t, c.Pay.Amount)
	}
	if p := c.Parked; p != nil && p.Code != "" {
		w.Code, w.Total.Amount = p.Code, amount(t, p.Due)
		if p.Number != 0 {
			w.Number = t.T("kiosk.parked.number", "number", strconv.Itoa(p.Number))
		}
	}
	if s.lookedUp() {
		w.Text = t.T("kiosk.unknown.looked_up")
	}
	w.Total.Rows, w.Total.Note = nil, ""
	if !s.called() && !busy[CallAssociate](s) {
		w.Call = t.T("kiosk.call.associate")
	} else {
		w.Notes = []Note{{NoteUnknown, s.Frame().Call.Label}}
	}
	w.Close, w.StaffIn, w.Staff = t.T("kiosk.unknown.leave"), t.T("kiosk.staff.enter"), s.staffBar(t)
	if s.lookedUp() {
		w.Close = t.T("kiosk.scan.close")
	}
	return w
}

// lookedUp says that the payment nobody knows the end of is that of another kiosk, and whoever has its code looks it up here.
func (s State) lookedUp() bool {
	p := s.checkout().Parked
	return s.checkout().Stage == localapi.StageUnknown && p != nil && p.Reason == "looked_up"
}

// shortCode is the part of an id that people can read aloud.
func shortCode(id string) string {
	id = strings.ToUpper(strings.ReplaceAll(id, "-", "")) // an id is ASCII
	return id[max(len(id)-6, 0):]
}

// Closed answers the page of a kiosk where nobody can pay now.
func (s State) Closed() WordPage {
	t, c := s.texts(), s.checkout()
	w := WordPage{Frame: s.Frame(), Picture: PictureClosed, Title: t.T("kiosk.closed.title"), Text: t.T("kiosk.closed.other"), Staff: s.staffBar(t)}
	if key := "kiosk.closed." + c.Closed; c.Closed != "" && t.Has(key) {
		w.Text = t.T(key)
	}
	w.StaffIn, w.Notice = t.T("kiosk.staff.enter"), s.notice(t)
	if c.Stage == localapi.StageClosed {
		w.Lookup = t.T("kiosk.closed.code")
	}
	return w
}

// Abandon answers the page that asks whether the basket is to be given up.
func (s State) Abandon() LeavePage {
	t := s.texts()
	return LeavePage{
		Frame: s.Frame(), Title: t.T("kiosk.abandon.title"), Text: t.N("kiosk.abandon.text", s.basket().Pieces), Done: t.T("kiosk.abandon.yes"),
		Stay: t.T("kiosk.abandon.stay"), Sending: busy[AbandonBasket](s), DoneMsg: TapAbandon{},
	}
}

// BagPage asks how many bags.
type BagPage struct {
	Frame
	Title, Text string
	Picture     string // sha256
	Choices     []BagChoice
	Total       Total
	Pay         Press
	Back        string
}

// BagChoice is a number of bags.
type BagChoice struct {
	Quantity int
	Label    string
	Chosen   bool
}

// mostBags is how many bags are offered.
const mostBags = 3

// Bag answers the page that asks about bags.
func (s State) Bag() BagPage {
	t, c := s.texts(), s.checkout()
	p := BagPage{
		Frame: s.Frame(), Title: t.T("kiosk.bag.title"), Total: s.total(t), Pay: Press{Label: t.T("kiosk.basket.pay"), Rest: s.rest(t)},
		Back: t.T("kiosk.garment.back"),
	}
	if c.Bag == nil {
		return p
	}
	p.Text, p.Picture = t.T("kiosk.bag.price", "price", amount(t, c.Bag.Unit)), c.Bag.Picture
	if c.Bag.Unit.Minor == 0 {
		p.Text = t.T("kiosk.bag.free")
	}
	have := 0
	if l, ok := s.line(func(l localapi.BasketLine) bool { return l.GTIN == c.Bag.GTIN }); ok {
		have = l.Quantity
	}
	for _, pending := range s.Pending {
		if b, ok := pending.Command.(SetBags); ok && !pending.Failed {
			have = b.Quantity
		}
	}
	for n := range max(mostBags, have) + 1 {
		label := t.N("kiosk.bag.count", n)
		if n == 0 {
			label = t.T("kiosk.bag.none")
		}
		p.Choices = append(p.Choices, BagChoice{Quantity: n, Label: label, Chosen: n == have})
	}
	p.Choices = p.Choices[max(len(p.Choices)-mostBags-1, 0):]
	return p
}
