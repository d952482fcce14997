package receipt

import (
	"strings"

	"showroom/agent/lang"
	"showroom/agent/showroom"
)

// Slip is the receipt as it is printed on paper in a language, for a printer of any kind. Where it can be had on a phone stands below
// as a QR code.
func (r Receipt) Slip(tag lang.Tag) showroom.Slip {
	w := words{r, lang.For(tag)}
	slip := showroom.Slip{{Text: w.shop(), Centre: true, Large: true, Bold: true}}
	text := func(text string) { slip = append(slip, showroom.SlipLine{Text: text, Centre: true}) }
	row := func(name, value string) { slip = append(slip, showroom.SlipLine{Text: name, Right: value}) }
	rule := func() { slip = append(slip, showroom.SlipLine{Rule: true}) }
	for _, line := range w.seller() {
		text(line)
	}
	slip = append(slip, showroom.SlipLine{})
	for _, p := range w.head() {
		row(p.Name, p.Value)
	}
	rule()
	for _, l := range r.Lines {
		row(w.name(l), w.Money(l.GrossBase))
		if detail := w.detail(l); detail != "" {
			row("  "+detail, "")
		}
		for _, a := range l.Allowances {
			row("  "+a.Reason.In(string(tag)), w.Less(a.Gross))
		}
	}
	rule()
	slip = append(slip, showroom.SlipLine{Text: w.total(), Right: w.Money(r.Totals.Gross), Large: true, Bold: true})
	if r.Totals.Reduced.Minor != 0 {
		row(w.T("receipt.reduced"), w.Money(r.Totals.Reduced))
	}
	for _, p := range r.Payments {
		name, detail := w.payment(p)
		row(name, w.Money(p.Amount))
		if detail != "" {
			row("  "+detail, "")
		}
	}
	rule()
	for _, v := range r.VAT {
		row(w.rateOf(v.Rate), w.Money(v.Tax))
		row("  "+w.T("receipt.net"), w.Money(v.Taxable))
	}
	row(w.T("receipt.vat_included"), "")
	if list := w.fiscal(); list != nil {
		rule()
		for _, p := range list {
			row(p.Name, p.Value)
		}
	}
	rule()
	text(w.copyOf())
	if r.URL != "" {
		slip = append(slip, showroom.SlipLine{}, showroom.SlipLine{QR: r.URL})
		text(w.T("receipt.scan"))
	}
	slip = append(slip, showroom.SlipLine{})
	text(w.thanks())
	return plain(slip)
}

// plain writes what no code page of a printer has: the sign of the lira, and the dots between details.
func plain(slip showroom.Slip) showroom.Slip {
	write := strings.NewReplacer("₺", "TL", " · ", ", ", "×", "x")
	for i := range slip {
		slip[i].Text = write.Replace(lastSign(slip[i].Text))
		slip[i].Right = write.Replace(lastSign(slip[i].Right))
	}
	return slip
}

// lastSign writes the sign that English money has in front behind it, as its letters are read: "₺1,234.50" as "1,234.50 ₺". It is done
// before the letters take the sign's place, for there are things called "TL500".
func lastSign(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		before, rest, found := strings.Cut(word, "₺")
		if found && (before == "" || before == "-") && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			words[i] = before + rest + " ₺"
		}
	}
	return strings.Join(words, " ")
}
