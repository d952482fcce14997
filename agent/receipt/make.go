package receipt

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"showroom/agent/showroom"
)

// New makes the receipt of a sale and of what has come back of it. url is where it can be had, empty if nowhere. It refuses a sale
// whose sums do not fit its lines: a receipt says nothing that does not add up.
func New(s showroom.Sale, returns []showroom.Return, seller Seller, url string) (Receipt, error) {
	currency := s.Totals.Due.Currency
	totals, err := showroom.AddUp(currency, s.Lines)
	if err != nil {
		return Receipt{}, fmt.Errorf("add up sale %s: %w", s.ID, err)
	}
	if totals.Due != s.Totals.Due || totals.Tax != s.Totals.Tax {
		return Receipt{}, fmt.Errorf("sale %s: its lines come to %d, not to %d %s", s.ID, totals.Due.Minor, s.Totals.Due.Minor, currency)
	}
	zone := seller.zone()
	r := Receipt{
		Number: strconv.FormatInt(s.Number, 10), IssuedAt: s.At.In(zone), TypeCode: typeInvoice, Currency: string(currency),
		BusinessDay: s.BusinessDay, Language: s.Language, Seller: seller, Kiosk: string(s.Kiosk), Till: string(s.Till), URL: url,
	}
	for i, l := range s.Lines {
		line, err := newLine(l)
		if err != nil {
			return Receipt{}, fmt.Errorf("line %s of sale %s: %w", l.ID, s.ID, err)
		}
		line.ID = strconv.Itoa(i + 1)
		r.Lines = append(r.Lines, line)
	}
	r.addSums(totals)
	for _, t := range s.Tenders {
		r.pay(t)
	}
	if f := s.Fiscal; f != nil {
		r.Fiscal = &Fiscal{f.Device, f.Z, f.Receipt, f.EKU, f.ETTN, f.Invoice, f.Info, f.At.In(zone)}
		if f.Invoice != "" {
			r.Number = f.Invoice
		}
	}
	for i, b := range returns {
		back, err := newReturn(b, s.Lines, zone)
		if err != nil {
			return Receipt{}, fmt.Errorf("return %s of sale %s: %w", b.ID, s.ID, err)
		}
		back.Number = r.Number + "-" + strconv.Itoa(i+1)
		r.Returns = append(r.Returns, back)
	}
	return r, nil
}

// JSON is the receipt for machines.
func (r Receipt) JSON() ([]byte, error) { return json.MarshalIndent(r, "", "  ") }

func (s Seller) zone() *time.Location {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func newLine(l showroom.Line) (Line, error) {
	gross, err := l.Gross()
	if err != nil {
		return Line{}, err
	}
	due, err := l.Due()
	if err != nil {
		return Line{}, err
	}
	// Tax is reckoned of what is due, as the till does; what the offers took off has its share of the rest.
	tax, base := due.VATInside(l.VATBasisPoints), gross
	base.Minor -= gross.VATInside(l.VATBasisPoints).Minor
	net := due
	net.Minor -= tax.Minor
	line := Line{
		Quantity: l.Quantity, UnitCode: "C62", Name: l.Name, Size: l.Size, Colour: l.Colour, SKU: l.SKU, GTIN: string(l.GTIN),
		UnitGross: Amount(l.Unit), Gross: Amount(due), GrossBase: Amount(gross), Base: Amount(base), Net: Amount(net), Tax: Amount(tax),
		Category: category(l.VATBasisPoints), Rate: rate(l.VATBasisPoints), basisPoints: l.VATBasisPoints,
	}
	weights := make([]int64, len(l.Reductions))
	for i, r := range l.Reductions {
		weights[i] = r.Amount.Minor
	}
	told := showroom.Spread(gross.Minor-due.Minor, weights)
	shares := showroom.Spread(base.Minor-net.Minor, weights)
	for i, r := range l.Reductions {
		line.Allowances = append(line.Allowances, Allowance{
			Reason: r.Name, Gross: Amount{told[i], gross.Currency}, Net: Amount{shares[i], gross.Currency},
		})
	}
	return line, nil
}

func (r *Receipt) addSums(t showroom.Totals) {
	net := t.Due
	net.Minor -= t.Tax.Minor
	none := Amount{Currency: t.Due.Currency}
	r.Totals = Totals{
		Pieces: t.Pieces, Lines: Amount(net), Net: Amount(net), Tax: Amount(t.Tax), Gross: Amount(t.Due),
		Paid: none, Due: Amount(t.Due), Reduced: Amount(t.Reduced),
	}
	for _, v := range t.VAT {
		r.VAT = append(r.VAT, newVAT(v))
	}
}

func newVAT(v showroom.VATSum) VAT {
	return VAT{
		Category: category(v.BasisPoints), Rate: rate(v.BasisPoints),
		Taxable: Amount(v.Net), Tax: Amount(v.Tax), Gross: Amount(v.Gross),
	}
}

func (r *Receipt) pay(t showroom.Tender) {
	last4 := t.Card.Last4[max(len(t.Card.Last4)-4, 0):] // whatever a terminal called its last four digits
	r.Payments = append(r.Payments, Payment{
		Kind: string(t.Kind), Code: meansCode(t.Kind), Amount: Amount(t.Amount), Card: t.Card.Name, Last4: last4,
		Auth: t.Reference.Auth, Trace: t.Reference.Trace, Device: t.Reference.TerminalID,
	})
	r.Totals.Paid.Minor += t.Amount.Minor
	r.Totals.Due.Minor -= t.Amount.Minor
}

// meansCode is a code of UNTDID 4461.
func meansCode(kind showroom.TenderKind) string {
	switch kind {
	case showroom.TenderCash:
		return "10"
	case showroom.TenderCard:
		return "48"
	}
	return "ZZZ"
}

// category is a code of UNTDID 5305: standard rate, whatever it is, or none.
func category(basisPoints int) string {
	if basisPoints <= 0 {
		return "Z"
	}
	return "S"
}

// rate is so many basis points in per cent without needless zeros.
func rate(basisPoints int) string {
	text := fmt.Sprintf("%d.%02d", basisPoints/100, basisPoints%100)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
