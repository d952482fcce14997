package view

import (
	"slices"
	"strconv"

	"showroom/agent/lang"
	"showroom/agent/localapi"
)

// Total is what is to be paid. It stands in the same place on every page of a checkout.
type Total struct {
	Label, Amount string
	Rows          []Row // what it is made of, above it
	Note          string
}

// Row is one amount with its name.
type Row struct {
	Label, Amount string
}

// Press is a button of a page. Rest says why it can not be pressed now, "" when it can.
type Press struct {
	Label, Rest string
}

// BasketPage is what a shopper is about to buy.
type BasketPage struct {
	Frame
	Title    string // "7 ürün: doğru mu?"
	Hint     string // what to do when something is missing
	Reading  bool   // the tray is not done yet
	Notes    []Note
	Notice   NoticeView
	Lines    []BasketLine
	Empty    string
	Picture  Pictogram // of what Empty says
	Total    Total
	Pay      Press
	Park     string
	Search   string
	Coupon   string
	Abandon  string
	Staff    StaffBar
	Up, Down string // labels of the arrows
}

// NoticeView is something that did not work, in words; Title is "" when there is nothing.
type NoticeView struct {
	ID          string
	Title, Text string
	Close       string
}

// StaffBar is what staff can do here; Name is "" when nobody has unlocked the kiosk.
type StaffBar struct {
	Name    string
	Release string // "" when the tray holds nothing for staff
	Toggle  string // closes or opens the kiosk
	Open    bool   // what Toggle does
	Lock    string
}

// BasketLine is one line of the basket.
type BasketLine struct {
	ID         string
	Picture    string // sha256
	Name       string
	Detail     string // "M · Lacivert"
	Price      string
	Was        string   // struck through beside it; only what the law lets be shown, never the price an offer is taken off
	Off        []string // what offers have taken off: "İkincisi yarı fiyatına: 374,50 ₺ düşüldü"
	Quantity   int
	Count      string // the quantity in words, "" where there can be only one
	Less, More string // labels, "" where the quantity can not be changed
	Remove     string // label, "" where it has to be taken off the tray
	Tag        string // "Tepside"; of a wish, what has to be done with it
	Wish       bool
	Price1     string // what one costs, where there are several
	Change     string // label that changes the price; staff only
}

// Basket answers the page of the basket.
func (s State) Basket() BasketPage {
	t, b, c := s.texts(), s.basket(), s.checkout()
	w := waysOf(c)
	p := BasketPage{
		Frame: s.Frame(), Title: t.N("kiosk.basket.count", b.Pieces), Hint: w.say(t, "kiosk.basket.missing"), Notes: s.basketNotes(t), Notice: s.notice(t),
		Total: s.total(t), Pay: Press{Label: t.T("kiosk.basket.pay"), Rest: s.rest(t)}, Park: t.T("kiosk.basket.till"),
		Search: t.T("kiosk.basket.search"), Coupon: t.T("kiosk.basket.coupon"), Abandon: t.T("kiosk.basket.abandon"), Staff: s.staffBar(t),
		Up: t.T("kiosk.basket.up"), Down: t.T("kiosk.basket.down"),
	}
	if p.Reading = c.Tray != nil && c.Tray.Reading; p.Reading {
		p.Hint = t.T("kiosk.basket.reading")
	}
	for _, l := range slices.Backward(b.Lines) { // the last one that came is the one a shopper looks for
		if !l.Wish {
			p.Lines = append(p.Lines, s.basketLine(t, l))
		}
	}
	for _, l := range b.Lines {
		if l.Wish {
			p.Lines = append(p.Lines, s.basketLine(t, l))
		}
	}
	switch {
	case len(p.Lines) > 0 && b.Pieces == 0: // wishes alone: none of them can be counted yet
		p.Title = t.T("kiosk.basket.wishes")
		if !p.Reading {
			p.Hint = ""
		}
	case len(p.Lines) == 0:
		p.Title, p.Hint, p.Empty = t.T("kiosk.basket.empty"), "", w.say(t, "kiosk.basket.begin")
		p.Picture = w.picture()
	}
	return p
}

func (s State) rest(t *lang.Texts) string {
	if key := s.resting(); key != "" {
		return t.T(key)
	}
	return ""
}

func (s State) basketLine(t *lang.Texts, l localapi.BasketLine) BasketLine {
	v := BasketLine{
		ID: l.ID, Picture: l.Picture, Name: l.Name, Detail: joined(l.Size, l.Colour), Price: amount(t, l.Due), Quantity: l.Quantity, Wish: l.Wish,
	}
	if v.Name == "" {
		v.Name = l.GTIN
	}
	for _, p := range s.Pending { // what was asked for, until the agent has answered
		if c, ok := p.Command.(SetQuantity); ok && !p.Failed && c.Line == l.ID {
			v.Quantity = c.Quantity
		}
	}
	if w := l.Was; !l.Wish && w != nil && w.Currency == l.Unit.Currency && w.Minor > l.Unit.Minor {
		v.Was = amount(t, localapi.Money{Minor: w.Minor * int64(l.Quantity), Currency: w.Currency})
	}
	for _, r := range l.Reductions {
		v.Off = append(v.Off, t.T("kiosk.basket.off", "name", r.Name, "amount", amount(t, r.Amount)))
	}
	switch {
	case l.Wish:
		v.Tag, v.Remove = waysOf(s.checkout()).say(t, "kiosk.basket.wish"), t.T("kiosk.basket.remove")
	case l.OnTray:
		v.Tag = t.T("kiosk.basket.on_tray")
	case l.Tagged:
		v.Remove = t.T("kiosk.basket.remove")
	default:
		v.Count, v.Less, v.More = strconv.Itoa(v.Quantity), t.T("kiosk.basket.less"), t.T("kiosk.basket.more")
		if v.Quantity <= 1 {
			v.Less, v.Remove = "", t.T("kiosk.basket.remove")
		}
		if v.Quantity >= mostPieces {
			v.More = ""
		}
		if l.Quantity > 1 {
			v.Price1 = t.T("kiosk.basket.each", "price", amount(t, l.Unit))
		}
	}
	if v.Quantity == 0 {
		v.Tag, v.Count, v.Less, v.More, v.Remove = t.T("kiosk.basket.removing"), "", "", "", ""
		return v
	}
	if s.checkout().Staff != "" && !l.Wish {
		v.Change = t.T("kiosk.price.change")
		if !l.OnTray {
			v.Remove = t.T("kiosk.basket.remove")
		}
	}
	return v
}

// basketNotes is what is to be known about the tray and the scanner.
func (s State) basketNotes(t *lang.Texts) (out []Note) {
	c := s.checkout()
	if c.Tray != nil && c.Tray.Held > 0 {
		out = append(out, Note{NoteUnknown, t.N("kiosk.basket.held", c.Tray.Held)})
	}
	if c.Tray != nil && c.Tray.Elsewhere > 0 {
		out = append(out, Note{NoteUnknown, t.N("kiosk.basket.elsewhere", c.Tray.Elsewhere)})
	}
	if key := waysOf(c).fault(c); key != "" {
		out = append(out, Note{NoteFault, t.T(key)})
	}
	return out
}

// notice is what did not work, unless it was put aside or waits under a sheet.
func (s State) notice(t *lang.Texts) NoticeView {
	n := s.checkout().Notice
	if n == nil || n.ID == s.Choice.Aside || n.ID == s.Choice.Met {
		return NoticeView{}
	}
	key := "kiosk.notice." + noticeCode(t, n.Code)
	v := NoticeView{ID: n.ID, Title: t.T(key + ".title"), Text: t.T(key + ".text"), Close: t.T("kiosk.scan.close")}
	if n.Name != "" {
		v.Title, v.Text = n.Name, v.Title+". "+v.Text
	}
	return v
}

// noticeCode is the code as texts know it. A code of a later agent is one thing that did not work.
func noticeCode(t *lang.Texts, code string) string {
	if t.Has("kiosk.notice." + code + ".title") {
		return code
	}
	return "other"
}

// total is what is to be paid, with what it is made of.
func (s State) total(t *lang.Texts) Total {
	b := s.basket()
	v := Total{Label: t.T("kiosk.basket.total"), Amount: amount(t, b.Due)}
	if b.Reduced.Minor != 0 {
		v.Rows = append(v.Rows, Row{t.T("kiosk.basket.gross"), amount(t, b.Gross)},
			Row{t.T("kiosk.basket.reduced"), amount(t, localapi.Money{Minor: -abs(b.Reduced.Minor), Currency: b.Reduced.Currency})})
	}
	var tax int64
	for _, r := range b.VAT {
		tax += r.Tax.Minor
	}
	switch {
	case tax == 0:
	case len(b.VAT) == 1:
		v.Note = t.T("kiosk.basket.vat_rate", "rate", rate(t, b.VAT[0].BasisPoints), "amount", amount(t, b.VAT[0].Tax))
	default:
		v.Note = t.T("kiosk.basket.vat", "amount", amount(t, localapi.Money{Minor: tax, Currency: b.Due.Currency}))
	}
	return v
}

// rate writes basis points as percent: 1000 is 10, 750 is 7,5.
func rate(t *lang.Texts, points int) string {
	if points%100 == 0 {
		return strconv.Itoa(points / 100)
	}
	decimal := "."
	if t.Tag() == lang.Turkish {
		decimal = ","
	}
	part := strconv.Itoa(100 + points%100)[1:]
	if part[1] == '0' {
		part = part[:1]
	}
	return strconv.Itoa(points/100) + decimal + part
}

func (s State) staffBar(t *lang.Texts) StaffBar {
	c := s.checkout()
	if c.Staff == "" {
		return StaffBar{}
	}
	v := StaffBar{Name: s.staffName(), Toggle: t.T("kiosk.staff.close"), Lock: t.T("kiosk.staff.lock")}
	if c.Stage == localapi.StageClosed {
		v.Toggle, v.Open = t.T("kiosk.staff.open"), true
	}
	if c.Tray != nil && c.Tray.Held > 0 {
		v.Release = t.T("kiosk.staff.release")
	}
	return v
}

// staffName is the name on the badge of who has unlocked the kiosk.
func (s State) staffName() string {
	c := s.checkout()
	for _, a := range c.Associates {
		if a.ID == c.Staff {
			return a.Name
		}
	}
	return c.Staff
}

func amount(t *lang.Texts, m localapi.Money) string {
	if m.Currency == "" && m.Minor == 0 {
		return ""
	}
	return t.Money(m.Minor, m.Currency)
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
