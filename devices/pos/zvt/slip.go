package zvt

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"showroom/agent/showroom"
)

// slips are the lines a terminal wants printed, by whose receipt they are.
type slips struct{ customer, merchant, admin []string }

// Receipts, as TLV 1F07 numbers them.
const (
	receiptMerchant = 1
	receiptAdmin    = 3
)

// lastLine is the bit of a line's attribute that says that the receipt ends.
const lastLine = 0x80

// take takes a line or a block.
func (s *slips) take(m Message, c Charset) {
	if m.Code == CodePrintLine {
		text := strings.TrimRight(c.Text(m.Text), " \r\n")
		if m.Attribute != nil && *m.Attribute&lastLine != 0 && text == "" {
			return // paper feed
		}
		s.add(m.TLVs, text)
		return
	}
	lines, ok := find(m.TLVs, tagLines)
	if !ok {
		return
	}
	for _, t := range lines.Children {
		if t.Tag == tagText {
			s.add(m.TLVs, strings.TrimRight(c.Text(t.Value), " \r\n"))
		}
	}
}

func (s *slips) add(about []TLV, text string) {
	kind := byte(0)
	if t, ok := find(about, tagReceipt); ok && len(t.Value) > 0 {
		kind = t.Value[0]
	}
	switch kind {
	case receiptMerchant:
		s.merchant = append(s.merchant, text)
	case receiptAdmin:
		s.admin = append(s.admin, text)
	default:
		s.customer = append(s.customer, text)
	}
}

// madeUp is a slip of what the terminal has said about a payment, for terminals that send no lines. The words are those the
// terminals of the German credit trade print.
func madeUp(m Message, c Charset, amount showroom.Money, at time.Time) []string {
	var lines []string
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, fmt.Sprintf("%-16s%s", label, value))
		}
	}
	add("Terminal-ID", m.TerminalID)
	add("TA-Nr", m.Trace)
	add("Beleg-Nr", m.Receipt)
	add("Karte", m.CardName)
	if last := m.Last4(); last != "" {
		add("Kartennr.", "************"+last)
	}
	if !at.IsZero() {
		add("Datum", at.Format("02.01.2006 15:04:05"))
	}
	add("Genehmigung", m.Auth)
	add("Betrag", plain(amount))
	for line := range strings.FieldsFuncSeq(c.Text(m.Extra), func(r rune) bool { return r == '\r' || r == '\n' }) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

// plain is an amount as the terminals write it.
func plain(m showroom.Money) string {
	if m.IsZero() {
		return ""
	}
	scale := int64(1)
	for range m.Currency.Digits() {
		scale *= 10
	}
	if scale == 1 {
		return fmt.Sprintf("%s %d", m.Currency, m.Minor)
	}
	return fmt.Sprintf("%s %d,%0*d", m.Currency, m.Minor/scale, m.Currency.Digits(), m.Minor%scale)
}

// kinds are what the headings of slips begin to call a movement of money, in German and English. That of a reversal names what it undoes
// too, and that of a refund may say how it is paid.
var kinds = []struct {
	kind  showroom.SettlementKind
	words []string
}{
	{showroom.Reversal, []string{"storn", "reversal", "void"}},
	{showroom.Refund, []string{"gutschrift", "erstattung", "rückerstattung", "retoure", "refund"}},
	{showroom.Payment, []string{"zahlung", "kartenzahlung", "kauf", "payment", "purchase"}},
}

// kind is which way money went, as far as a terminal says: empty where it does not.
func (r report) kind() showroom.SettlementKind {
	if r.status != nil && number(r.status.OrigTrace) > 0 {
		return showroom.Reversal
	}
	headings := headings(slices.Concat(r.slips.customer, r.slips.merchant))
	for _, k := range kinds {
		for _, h := range headings {
			for _, w := range k.words {
				if strings.HasPrefix(h, w) {
					return k.kind
				}
			}
		}
	}
	return ""
}

// headings are the words of a slip's short lines without a number, in small letters. A line that says that there is none of something
// is no heading.
func headings(lines []string) (all []string) {
	for _, line := range lines {
		words := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		no := func(w string) bool { return strings.HasPrefix(w, "kein") || w == "no" || w == "ohne" }
		if len(words) > 3 || strings.ContainsAny(line, "0123456789") || slices.ContainsFunc(words, no) {
			continue
		}
		all = append(all, words...)
	}
	return all
}
