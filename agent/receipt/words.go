package receipt

import (
	"strconv"
	"strings"

	"showroom/agent/lang"
)

// words writes a receipt in one language. Page, PDF and slip say the same in the same words.
type words struct {
	r Receipt
	*lang.Texts
}

// pair is a name and what stands beside it.
type pair struct{ Name, Value string }

func (w words) Money(a Amount) string { return w.Texts.Money(a.Minor, w.r.Currency) }

// Less is an amount that is taken off.
func (w words) Less(a Amount) string {
	a.Minor = -a.Minor
	return w.Money(a)
}

func (w words) shop() string {
	if w.r.Seller.Shop != "" {
		return w.r.Seller.Shop
	}
	return w.r.Seller.Name
}

// seller is who sold, under the name over the door.
func (w words) seller() []string {
	s := w.r.Seller
	var lines []string
	add := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			lines = append(lines, text)
		}
	}
	if s.Shop != "" {
		add(s.Name)
	}
	add(s.Address.Street)
	city := strings.TrimSpace(s.Address.PostCode + " " + s.Address.City)
	if s.Address.District != "" {
		city = strings.TrimSpace(s.Address.PostCode + " " + s.Address.District + " / " + s.Address.City)
	}
	add(city)
	add(s.Phone)
	if s.TaxOffice != "" {
		add(w.T("receipt.tax_office") + ": " + s.TaxOffice)
	}
	if s.TaxID != "" {
		name := "receipt.vat_id"
		if s.Address.Country == turkey {
			name = "receipt.tax_id"
		}
		if s.taxScheme() == schemeTCKN {
			name = "receipt.tax_id.person"
		}
		add(w.T(name) + ": " + s.TaxID)
	}
	if s.Register != "" {
		add(w.T("receipt.register") + ": " + s.Register)
	}
	return lines
}

// credit says whether money went back.
func (w words) credit() bool { return w.r.TypeCode == typeCreditNote }

// say is a text of receipts, or the one a credit note has in its place.
func (w words) say(key string) string {
	if w.credit() {
		return w.T("receipt.credit." + key)
	}
	return w.T("receipt." + key)
}

func (w words) title() string  { return w.say("title") }
func (w words) total() string  { return w.say("total") }
func (w words) thanks() string { return w.say("thanks") }

// head are the receipt's own numbers.
func (w words) head() []pair {
	list := []pair{{w.say("number"), w.r.Number}, {w.T("receipt.date"), w.DateTime(w.r.IssuedAt)}}
	if p := w.r.Preceding; p != nil {
		list = append(list, pair{w.T("receipt.credit.of"), p.Number}, pair{w.T("receipt.credit.bought"), w.DateTime(p.IssuedAt)})
	}
	if w.r.Kiosk != "" {
		list = append(list, pair{w.T("receipt.kiosk"), w.r.Kiosk})
	}
	if w.r.Till != "" {
		list = append(list, pair{w.T("receipt.till"), w.r.Till})
	}
	return list
}

// detail is what tells a line from others of its name.
func (w words) detail(l Line) string {
	var parts []string
	for _, p := range []string{l.Size, l.Colour.In(string(w.Tag()))} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if l.Quantity != 1 {
		parts = append(parts, w.Number(int64(l.Quantity))+" × "+w.Money(l.UnitGross))
	}
	return strings.Join(parts, " · ")
}

func (w words) name(l Line) string {
	if name := l.Name.In(string(w.Tag())); name != "" {
		return name
	}
	return l.GTIN
}

// rateOf is "20" as the language writes it.
func (w words) rateOf(rate string) string {
	if w.Tag() == lang.Turkish {
		rate = strings.ReplaceAll(rate, ".", ",")
	}
	return w.T("receipt.vat_rate", "rate", rate)
}

// payment is how it was paid, and what the card's holder can compare.
func (w words) payment(p Payment) (name, detail string) {
	paid := "receipt.paid."
	if w.credit() {
		paid = "receipt.credit.paid."
	}
	name = w.T(paid + "other")
	if w.Has(paid + p.Kind) {
		name = w.T(paid + p.Kind)
	}
	var parts []string
	if p.Card != "" {
		parts = append(parts, p.Card)
	}
	if p.Last4 != "" {
		parts = append(parts, "**** "+p.Last4)
	}
	if p.Auth != "" {
		parts = append(parts, w.T("receipt.approval")+" "+p.Auth)
	}
	return name, strings.Join(parts, " · ")
}

// copyOf says what the document is that this is a copy of.
func (w words) copyOf() string {
	switch f := w.r.Fiscal; {
	case f == nil:
		return w.T("receipt.copy.none")
	case f.ETTN != "":
		return w.T("receipt.copy.invoice")
	}
	return w.T("receipt.copy.slip")
}

// fiscal are the numbers of that document.
func (w words) fiscal() []pair {
	f := w.r.Fiscal
	if f == nil {
		return nil
	}
	list := []pair{
		{w.T("receipt.fiscal.device"), f.Device}, {w.T("receipt.fiscal.z"), whole(f.Z)},
		{w.T("receipt.fiscal.receipt"), whole(f.Receipt)}, {w.T("receipt.fiscal.eku"), whole(f.EKU)},
		{w.T("receipt.fiscal.invoice"), f.Invoice}, {w.T("receipt.fiscal.ettn"), f.ETTN},
	}
	kept := list[:0]
	for _, p := range list {
		if p.Value != "" {
			kept = append(kept, p)
		}
	}
	return append(kept, pair{w.T("receipt.fiscal.date"), w.DateTime(f.At)})
}

// whole writes a number of a document, which has no groups; none for 0.
func whole(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

const turkey = "TR"
