package receipt

import (
	"cmp"
	"fmt"
	"strings"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/showroom"
)

// Aside is the slip of a basket that was set aside, for a till that can not be offered baskets over the network: its number and code,
// and for each item how many pieces there are, what they come to, and a bar code for the till's scanner. It is no receipt, and says so.
func Aside(b showroom.Basket, seller Seller, tag lang.Tag) (showroom.Slip, error) {
	t := lang.For(tag)
	money := func(m showroom.Money) string { return t.Money(m.Minor, string(m.Currency)) }
	totals, err := showroom.AddUp(b.Currency, b.Payable())
	if err != nil {
		return nil, fmt.Errorf("add up a basket: %w", err)
	}
	slip := showroom.Slip{
		{Text: cmp.Or(seller.Shop, seller.Name), Centre: true, Large: true, Bold: true},
		{Text: t.T("receipt.aside.title"), Centre: true, Bold: true},
		{},
		{Text: t.T("receipt.aside.number"), Right: fmt.Sprint(b.Number), Large: true, Bold: true},
		{Text: t.T("receipt.aside.code"), Right: b.Code},
		{Rule: true},
	}
	for _, i := range together(b.Payable()) {
		name := strings.TrimRight(fmt.Sprintf("%d x %s %s", i.pieces, cmp.Or(i.line.Name.In(string(tag)), i.line.SKU), i.line.Size), " ")
		slip = append(slip, showroom.SlipLine{Text: name, Right: money(i.due), Bold: true}, printed(i.line.GTIN), showroom.SlipLine{})
	}
	slip = append(slip, showroom.SlipLine{Rule: true}, showroom.SlipLine{Text: t.T("receipt.total"), Right: money(totals.Due), Large: true, Bold: true})
	if totals.Reduced.Minor != 0 {
		slip = append(slip, showroom.SlipLine{Text: t.T("receipt.reduced"), Right: money(totals.Reduced)})
	}
	return plain(append(slip, showroom.SlipLine{}, showroom.SlipLine{Text: t.T("receipt.aside.unpaid"), Centre: true})), nil
}

// asideItem is all of a basket of one item: two garments of it are two lines there, and one bar code on paper.
type asideItem struct {
	line   showroom.Line
	pieces int
	due    showroom.Money
}

func together(lines []showroom.Line) (all []asideItem) {
	at := map[gs1.GTIN]int{}
	for _, l := range lines {
		i, known := at[l.GTIN]
		if !known {
			i = len(all)
			at[l.GTIN] = i
			all = append(all, asideItem{line: l, due: showroom.Money{Currency: l.Unit.Currency}})
		}
		due, err := l.Due()
		if err != nil {
			continue // AddUp has refused such a line
		}
		all[i].pieces += l.Quantity
		all[i].due.Minor += due.Minor
	}
	return all
}

// printed is an item's number as its bar code; one of a case, which no till scans, as digits.
func printed(item gs1.GTIN) showroom.SlipLine {
	switch digits := item.Short(); len(digits) {
	case 8, 13:
		return showroom.SlipLine{EAN: digits}
	case 12: // an American number is a European one with a zero
		return showroom.SlipLine{EAN: "0" + digits}
	default:
		return showroom.SlipLine{Text: digits, Centre: true}
	}
}
