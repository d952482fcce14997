package okc

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"showroom/agent/showroom"
)

// prepare asks the device how it is and makes the basket it will understand. Nothing it does moves money: what is refused here is
// Declined.
func (t *Settler) prepare(ctx context.Context, s showroom.Settlement) (Basket, *showroom.Result) {
	refuse := func(why showroom.DeclineReason, code string) (Basket, *showroom.Result) {
		return Basket{}, new(declined(why, code))
	}
	status, err := t.device.Status(ctx)
	if err != nil {
		return refuse(notReady(err))
	}
	p, err := t.device.Parameters(ctx)
	if err != nil {
		return refuse(notReady(err))
	}
	switch {
	case status.Fault != "":
		return refuse(showroom.DeclinedDevice, status.Fault)
	case status.Paper == PaperOut:
		return refuse(showroom.DeclinedPaper, "")
	case status.Unfinished != "":
		return refuse(showroom.DeclinedBusy, CodeUnfinished)
	case status.Busy:
		return refuse(showroom.DeclinedBusy, "")
	case s.Amount.Currency != p.Currency:
		return refuse(showroom.DeclinedCurrency, string(p.Currency))
	case s.Amount.Minor <= 0:
		return refuse(showroom.DeclinedByDevice, CodeSums)
	}
	b, why, code := basketOf(s, p, t.o.Language)
	if why != "" {
		return refuse(why, code)
	}
	return b, nil
}

// notReady is why a device that was asked how it is can not be used.
func notReady(err error) (showroom.DeclineReason, string) {
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return reasonOf(refusal.Reason), refusal.Code
	}
	if errors.Is(err, ErrNotSent) {
		return showroom.DeclinedDevice, CodeNotSent
	}
	return showroom.DeclinedDevice, CodeNoAnswer
}

// basketOf makes of a settlement what the device is to register. why is empty unless the device can not, or must not.
func basketOf(s showroom.Settlement, p Parameters, language string) (b Basket, why showroom.DeclineReason, code string) {
	b = Basket{
		ID: s.ID, Currency: p.Currency, Total: s.Amount.Minor,
		Tenders: []Tender{{Kind: showroom.TenderCard, Amount: s.Amount.Minor}},
	}
	switch s.Kind {
	case showroom.Payment:
		b.Act, b.Info = Sale, p.InvoiceLimit > 0 && b.Total > p.InvoiceLimit
	case showroom.Refund:
		b.Act = Refund
	case showroom.Reversal:
		b.Act = Void
		of, ok := numberOf(s.Of)
		switch {
		case !ok:
			return b, showroom.DeclinedByDevice, CodeForgotten
		case s.Of.TerminalID != "" && s.Of.TerminalID != p.Serial:
			return b, showroom.DeclinedByDevice, CodeOtherOne
		}
		b.Of = of
		return b, "", ""
	default:
		return b, showroom.DeclinedByDevice, ""
	}
	totals, err := showroom.AddUp(p.Currency, s.Lines)
	if err != nil || totals.Due != s.Amount {
		return b, showroom.DeclinedByDevice, CodeSums
	}
	for _, v := range totals.VAT {
		g, ok := p.GroupOf(v.BasisPoints)
		if !ok {
			return b, showroom.DeclinedByDevice, CodeNoGroup
		}
		b.VAT = append(b.VAT, Tax{Group: g.Group, BasisPoints: v.BasisPoints, Gross: v.Gross.Minor, Tax: v.Tax.Minor})
	}
	for _, l := range s.Lines {
		b.Lines = append(b.Lines, itemOf(l, p, language))
	}
	return b, "", ""
}

// itemOf is a line whose sums have been reckoned before, so that they fit, and whose rate has a group.
func itemOf(l showroom.Line, p Parameters, language string) Item {
	gross, _ := l.Gross()
	due, _ := l.Due()
	g, _ := p.GroupOf(l.VATBasisPoints)
	return Item{
		Name: nameOf(l.Name.In(language)), GTIN: string(l.GTIN), Quantity: l.Quantity, Unit: l.Unit.Minor,
		Reduced: gross.Minor - due.Minor, Due: due.Minor, Section: g.Section, Group: g.Group, BasisPoints: l.VATBasisPoints,
	}
}

// longestName is how many letters of a name go on a slip.
const longestName = 40

func nameOf(name string) string {
	name = strings.Join(strings.Fields(strings.ToValidUTF8(name, "")), " ")
	if letters := []rune(name); len(letters) > longestName {
		return string(letters[:longestName])
	}
	return name
}

// numberOf is what a sale is found by, out of its Reference.
func numberOf(r showroom.Reference) (Number, bool) {
	receipt, err := strconv.Atoi(r.Receipt)
	z, err2 := strconv.Atoi(r.Trace)
	return Number{Z: z, Receipt: receipt}, err == nil && err2 == nil && receipt > 0 && z > 0
}

// sealed is the Result of a closed document. One that is not what was asked for is nothing a program can decide.
func sealed(s showroom.Settlement, doc Document) showroom.Result {
	r := resultOf(doc)
	if doc.Act != actOf(s.Kind) || !sameTax(s, doc) || !paidInFull(doc) {
		r.Code, r.Final = CodeSums, true
		return r
	}
	r.Outcome = showroom.Approved
	return r
}

func actOf(k showroom.SettlementKind) Act {
	switch k {
	case showroom.Reversal:
		return Void
	case showroom.Refund:
		return Refund
	}
	return Sale
}

// sameTax says whether the device has sealed the sums that were sent. A void seals those of the sale it undoes.
func sameTax(s showroom.Settlement, doc Document) bool {
	if s.Kind == showroom.Reversal {
		return true
	}
	totals, err := showroom.AddUp(s.Amount.Currency, s.Lines)
	if err != nil || len(totals.VAT) != len(doc.VAT) {
		return false
	}
	for _, v := range totals.VAT {
		found := false
		for _, tax := range doc.VAT {
			found = found || tax.BasisPoints == v.BasisPoints && tax.Gross == v.Gross.Minor && tax.Tax == v.Tax.Minor
		}
		if !found {
			return false
		}
	}
	return true
}

// paidInFull says whether the payments are the document's total.
func paidInFull(doc Document) bool {
	var sum int64
	for _, p := range doc.Payments {
		sum += p.Amount
	}
	return sum == doc.Total
}

// resultOf is what a document tells, without an outcome.
func resultOf(doc Document) showroom.Result {
	r := showroom.Result{
		Code:      doc.Code,
		Amount:    showroom.Money{Minor: doc.Total, Currency: doc.Currency},
		Reference: showroom.Reference{TerminalID: doc.Serial, At: doc.At},
		Slip:      doc.Slip, MerchantSlip: doc.MerchantSlip,
	}
	if doc.Receipt > 0 {
		r.Reference.Receipt, r.Reference.Trace = strconv.Itoa(doc.Receipt), strconv.Itoa(doc.Z)
	}
	for _, p := range doc.Payments {
		if p.Kind == showroom.TenderCard {
			r.Card, r.Reference.Auth = showroom.Card{Name: p.Card, Last4: p.Last4}, p.Auth
			break
		}
	}
	if doc.State == Closed {
		r.Fiscal = &showroom.Fiscal{
			Device: doc.Serial, Z: doc.Z, Receipt: doc.Receipt, EKU: doc.EKU, ETTN: doc.ETTN, Invoice: doc.Invoice, Info: doc.Info, At: doc.At,
		}
	}
	return r
}
