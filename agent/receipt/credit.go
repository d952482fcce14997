package receipt

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"showroom/agent/lang"
	"showroom/agent/showroom"
)

// Codes of UNTDID 1001.
const (
	typeInvoice    = "380"
	typeCreditNote = "381"
)

var errReturn = errors.New("what came back does not add up")

// newReturn is a return of a sale with these lines. Its tax at each rate is shared out among the lines by what is given back for them.
func newReturn(b showroom.Return, sold []showroom.Line, zone *time.Location) (Return, error) {
	back := Return{At: b.At.In(zone), Amount: Amount(b.Amount)}
	ofLines, ofRates := int64(0), int64(0)
	rates := make([]int, len(b.Lines))
	for i, l := range b.Lines {
		at := slices.IndexFunc(sold, func(s showroom.Line) bool { return s.ID == l.Line })
		if at < 0 || l.Quantity < 1 || l.Quantity > sold[at].Quantity || l.Amount.Minor < 0 || l.Amount.Currency != b.Amount.Currency {
			return Return{}, errReturn
		}
		rates[i] = sold[at].VATBasisPoints
		ofLines += l.Amount.Minor
		back.Pieces += l.Quantity
		back.Lines = append(back.Lines, ReturnedLine{
			Line: strconv.Itoa(at + 1), Quantity: l.Quantity, Amount: Amount(l.Amount), Tax: Amount{Currency: b.Amount.Currency},
		})
	}
	for _, v := range b.VAT {
		weights, gross := make([]int64, len(b.Lines)), int64(0)
		for i, l := range b.Lines {
			if rates[i] == v.BasisPoints {
				weights[i] = l.Amount.Minor
				gross += l.Amount.Minor
			}
		}
		if gross != v.Gross.Minor || v.Net.Minor+v.Tax.Minor != gross || v.Tax.Minor < 0 || v.Net.Minor < 0 {
			return Return{}, errReturn
		}
		for i, tax := range showroom.Spread(v.Tax.Minor, weights) {
			back.Lines[i].Tax.Minor += tax
		}
		back.VAT = append(back.VAT, newVAT(v))
		ofRates += v.Gross.Minor
	}
	if ofLines != b.Amount.Minor || ofRates != b.Amount.Minor {
		return Return{}, errReturn
	}
	return back, nil
}

// Credit is the credit note of the n-th return, from 1: a receipt of its own, of what came back and what was given for it. It is false
// when there is no such return. It is a copy as the receipt is, and names no fiscal document: that of a return is the fiscal device's
// slip or what the shop has its customer sign.
func (r Receipt) Credit(n int) (Receipt, bool) {
	if n < 1 || n > len(r.Returns) {
		return Receipt{}, false
	}
	b := r.Returns[n-1]
	none := Amount{Currency: b.Amount.Currency}
	c := Receipt{
		Number: b.Number, IssuedAt: b.At, TypeCode: typeCreditNote, Currency: r.Currency, Language: r.Language, Seller: r.Seller, VAT: b.VAT,
		Totals:    Totals{Pieces: b.Pieces, Lines: none, Net: none, Tax: none, Gross: b.Amount, Paid: none, Due: b.Amount, Reduced: none},
		Preceding: &Preceding{Number: r.Number, IssuedAt: r.IssuedAt},
	}
	if r.Fiscal != nil {
		c.Preceding.ETTN = r.Fiscal.ETTN
	}
	if r.URL != "" {
		c.URL = r.URL + "?return=" + strconv.Itoa(n)
	}
	for i, l := range b.Lines {
		line := r.credited(l)
		line.ID = strconv.Itoa(i + 1)
		c.Lines = append(c.Lines, line)
		c.Totals.Lines.Minor += line.Net.Minor
		c.Totals.Tax.Minor += line.Tax.Minor
	}
	c.Totals.Net = c.Totals.Lines
	if len(r.Payments) == 1 { // it goes back the way it came; to which card, only the device knows
		p := r.Payments[0]
		c.Payments = []Payment{{Kind: p.Kind, Code: p.Code, Amount: b.Amount}}
		c.Totals.Paid, c.Totals.Due = b.Amount, none
	}
	return c, true
}

// credited is a line of a credit note: what offers had taken off is not given back.
func (r Receipt) credited(back ReturnedLine) Line {
	at, err := strconv.Atoi(back.Line)
	if err != nil || at < 1 || at > len(r.Lines) {
		return Line{} // cannot be: newReturn has found it
	}
	l := r.Lines[at-1]
	l.Quantity, l.Allowances = back.Quantity, nil
	l.Gross, l.Tax, l.Net = back.Amount, back.Tax, back.Amount
	l.Net.Minor -= l.Tax.Minor
	l.GrossBase, l.Base = l.Gross, l.Net
	off := l.UnitGross.Minor*int64(l.Quantity) - l.Gross.Minor
	if off <= 0 {
		return l
	}
	l.GrossBase.Minor += off
	full := showroom.Money(l.GrossBase)
	l.Base.Minor = max(full.Minor-full.VATInside(l.basisPoints).Minor, l.Net.Minor)
	net := l.Base
	net.Minor -= l.Net.Minor
	l.Allowances = []Allowance{{Reason: reduced(), Gross: Amount{off, l.Gross.Currency}, Net: net}}
	return l
}

// reduced is why less is given back than the price.
func reduced() showroom.Text {
	text := showroom.Text{}
	for _, tag := range lang.Tags() {
		text[string(tag)] = lang.For(tag).T("receipt.credit.reduced")
	}
	return text
}
