package view

import (
	"unicode/utf8"

	"showroom/agent/lang"
	"showroom/agent/localapi"
)

// Layout is which keys a keyboard has.
type Layout int

// The layouts there are.
const (
	LettersTurkish Layout = iota
	LettersEnglish
	Signs
	Codes
	Digits
)

// Keyboard is what is typed on.
type Keyboard struct {
	Layout              Layout
	Erase, Space, Other string // labels; Other turns to the other layout
	Enter               Press
}

// SearchPage looks for a piece.
type SearchPage struct {
	Frame
	Title, Hint string
	Typed       string
	Found       []FoundPiece
	None        string // what to say when nothing was found
	Keys        Keyboard
	Back        string
	Total       Total
	Adding      bool
}

// FoundPiece is something that was found.
type FoundPiece struct {
	GTIN, Picture, Name, Detail, Price string

	Note    string // why it may not be had, "" for nothing
	Resting bool   // it can not be taken
}

// Search answers the page that looks for a piece.
func (s State) Search() SearchPage {
	t := s.texts()
	p := SearchPage{
		Frame: s.Frame(), Title: t.T("kiosk.search.title"), Hint: t.T("kiosk.search.hint"), Typed: s.Choice.Typed, Back: t.T("kiosk.garment.back"),
		Keys: s.letters(t), Total: s.total(t), Adding: busy[AddItem](s),
	}
	f := s.Choice.Found
	if f == nil || s.Choice.Typed == "" {
		return p
	}
	for _, l := range f.Items {
		f := FoundPiece{GTIN: l.GTIN, Picture: l.Picture, Name: nameOf(l), Detail: joined(l.Size, l.Colour), Price: amount(t, l.Unit), Resting: p.Adding}
		switch l.Notice {
		case localapi.NoticeNoPrice:
			f.Price, f.Note, f.Resting = "", t.T("kiosk.search.no_price"), true
		case localapi.NoticeNoStock:
			f.Note = t.T("kiosk.search.no_stock")
		}
		p.Found = append(p.Found, f)
	}
	if len(p.Found) == 0 && f.Query == s.Choice.Typed {
		p.None = t.T("kiosk.search.none")
	}
	return p
}

func nameOf(l localapi.BasketLine) string {
	if l.Name == "" {
		return l.GTIN
	}
	return l.Name
}

func (s State) letters(t *lang.Texts) Keyboard {
	k := Keyboard{Layout: LettersEnglish, Erase: t.T("kiosk.keys.erase"), Space: t.T("kiosk.keys.space"), Other: "123"}
	if t.Tag() == lang.Turkish {
		k.Layout = LettersTurkish
	}
	if s.Choice.Digits {
		k.Layout, k.Other = Signs, "ABC"
	}
	return k
}

// CodePage types a coupon, or the code of a basket that was set aside.
type CodePage struct {
	Frame
	Title, Text string
	Typed       string
	Notice      NoticeView
	Keys        Keyboard
	Back        string
}

// Code answers the page that types a code.
func (s State) Code() CodePage {
	t := s.texts()
	area := "kiosk.coupon"
	if s.Choice.Sheet == SheetResume {
		area = "kiosk.resume"
	}
	if s.checkout().Stage == localapi.StageClosed { // where nobody goes on with a basket
		area = "kiosk.lookup"
	}
	p := CodePage{
		Frame: s.Frame(), Title: t.T(area + ".title"), Text: t.T(area + ".text"), Typed: s.Choice.Typed, Back: t.T("kiosk.garment.back"), Notice: s.notice(t),
		Keys: Keyboard{Layout: Codes, Erase: t.T("kiosk.keys.erase"), Enter: Press{Label: t.T("kiosk.keys.enter")}},
	}
	if !waysOf(s.checkout()).scan {
		p.Text = t.T(area + ".type")
	}
	if s.Choice.Typed == "" || busy[AddCoupon](s) || busy[ResumeBasket](s) {
		p.Keys.Enter.Rest = p.Keys.Enter.Label
	}
	return p
}

// UnlockPage asks who works here, and then for the PIN.
type UnlockPage struct {
	Frame
	Title, Text string
	People      []localapi.Associate // to pick from; empty when the PIN is typed
	Dots        int                  // how many digits were typed
	Notice      NoticeView
	Keys        Keyboard
	Back        string
}

// Unlock answers the page that lets staff in.
func (s State) Unlock() UnlockPage {
	t, all := s.texts(), s.checkout().Associates
	p := UnlockPage{
		Frame: s.Frame(), Title: t.T("kiosk.staff.who"), Text: t.T("kiosk.staff.pick"), Back: t.T("kiosk.garment.back"), Notice: s.notice(t),
		Dots: utf8.RuneCountInString(s.Choice.Typed),
		Keys: Keyboard{Layout: Digits, Erase: t.T("kiosk.keys.erase"), Enter: Press{Label: t.T("kiosk.keys.enter")}},
	}
	if p.Dots < leastPIN || busy[Unlock](s) {
		p.Keys.Enter.Rest = p.Keys.Enter.Label
	}
	who := s.unlocking()
	if who == "" && len(all) > 0 {
		p.People = all
		return p
	}
	p.Title, p.Text = t.T("kiosk.staff.pin"), ""
	for _, a := range all {
		if a.ID == who {
			p.Text = a.Name
		}
	}
	return p
}

// PricePage gives a line another price.
type PricePage struct {
	Frame
	Title   string
	Line    BasketLine
	Typed   string // the new price
	Reasons []ReasonChoice
	Notice  NoticeView
	Keys    Keyboard
	Back    string
	Heading string // over the reasons
}

// ReasonChoice is a reason for another price. What is sent is the same in every language.
type ReasonChoice struct {
	Reason, Label string
	Chosen        bool
}

// Price answers the page that gives a line another price, or false when that line is not there any more.
func (s State) Price() (PricePage, bool) {
	l, ok := s.line(func(l localapi.BasketLine) bool { return l.ID == s.Choice.Line })
	if !ok {
		return PricePage{}, false
	}
	t := s.texts()
	p := PricePage{
		Frame: s.Frame(), Title: t.T("kiosk.price.title"), Line: s.basketLine(t, l), Back: t.T("kiosk.garment.back"), Notice: s.notice(t),
		Keys:    Keyboard{Layout: Digits, Erase: t.T("kiosk.keys.erase"), Enter: Press{Label: t.T("kiosk.keys.enter")}},
		Heading: t.T("kiosk.price.why"),
	}
	var minor int64
	for _, r := range s.Choice.Typed {
		minor = minor*10 + int64(r-'0')
	}
	p.Typed = t.Money(minor, l.Unit.Currency)
	for _, r := range []string{"damaged", "label", "shelf", "goodwill"} {
		p.Reasons = append(p.Reasons, ReasonChoice{Reason: r, Label: t.T("kiosk.price." + r), Chosen: r == s.Choice.Reason})
	}
	if s.Choice.Typed == "" || s.Choice.Reason == "" || busy[SetPrice](s) {
		p.Keys.Enter.Rest = p.Keys.Enter.Label
	}
	return p, true
}

// HelpPage explains how paying goes.
type HelpPage struct {
	Frame
	Title   string
	Steps   []HelpStep
	Call    string // "" when somebody was called
	Sent    string
	StaffIn string
	Back    string
}

// HelpStep is one step, with its picture.
type HelpStep struct {
	Picture Pictogram
	Text    string
}

// Help answers the page that explains.
func (s State) Help() HelpPage {
	t := s.texts()
	p := HelpPage{Frame: s.Frame(), Title: t.T("kiosk.help.title"), StaffIn: t.T("kiosk.staff.enter"), Back: t.T("kiosk.garment.back")}
	w := waysOf(s.checkout())
	p.Steps = []HelpStep{{w.picture(), w.say(t, "kiosk.help.begin")}, {PictureCard, t.T("kiosk.help.pay")}, {PictureSlip, t.T("kiosk.help.receipt")}}
	if s.called() || busy[CallAssociate](s) {
		p.Sent = p.Frame.Call.Label
	} else {
		p.Call = p.Frame.Call.Label
	}
	if s.checkout().Staff != "" {
		p.StaffIn = ""
	}
	return p
}
