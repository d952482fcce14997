package till

import (
	"unicode/utf8"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// quick reads an event in one pass, as tills write them. It knows neither escapes nor null, and says nothing about what is wrong: what
// it does not understand is read the thorough way, which has the last word. What both understand they understand alike.
type quick struct {
	text string // strings of the event are pieces of it
	at   int
	bad  bool // it was not understood; nothing after it counts
}

// readQuickly answers false for what has to be read by decodeStrictly; then nothing in e counts.
func readQuickly(payload []byte, e *Event) bool {
	if !utf8.Valid(payload) {
		return false
	}
	q := quick{text: string(payload)}
	const id, kind, seq, day, at = 1, 2, 4, 8, 16
	q.object(id|kind|seq|day|at, func(name string) int {
		switch name {
		case "event_id":
			e.ID = q.string()
			return id
		case "type":
			e.Type = EventType(q.string())
			return kind
		case "seq":
			e.Seq = q.integer()
			return seq
		case "business_day":
			e.BusinessDay = q.string()
			return day
		case "occurred_at":
			q.bad = e.OccurredAt.UnmarshalText([]byte(q.string())) != nil || q.bad
			return at
		case "ticket_no":
			e.Ticket = q.string()
			return 32
		case "basket":
			e.Basket = showroom.BasketID(q.string())
			return 64
		case "currency":
			e.Currency = showroom.Currency(q.string())
			return 128
		case "lines":
			e.Lines = list(&q, (*quick).line)
			return 256
		case "tenders":
			e.Tenders = list(&q, (*quick).tender)
			return 512
		case "totals":
			e.Totals = new(q.totals())
			return 1024
		case "customer_ref":
			e.Customer = q.string()
			return 2048
		case "reason":
			e.Reason = q.string()
			return 4096
		case "fiscal":
			e.Fiscal = new(q.fiscal())
			return 8192
		}
		return 0
	})
	q.space()
	return !q.bad && q.at == len(q.text)
}

func (q *quick) line() (l EventLine) {
	const line, qty, price, discount, rate, vat = 1, 2, 4, 8, 16, 32
	q.object(line|qty|price|discount|rate|vat, func(name string) int {
		switch name {
		case "line":
			l.Line = int(q.integer())
			return line
		case "gtin":
			l.GTIN = q.gtin()
			return 64
		case "sku":
			l.SKU = q.string()
			return 128
		case "name":
			l.Name = q.string()
			return 256
		case "qty":
			l.Quantity = int(q.integer())
			return qty
		case "unit":
			l.Unit = q.string()
			return 512
		case "unit_price_minor":
			l.UnitPrice = q.integer()
			return price
		case "discount_minor":
			l.Discount = q.integer()
			return discount
		case "vat_rate_bp":
			l.VATRate = int(q.integer())
			return rate
		case "vat_minor":
			l.VAT = q.integer()
			return vat
		}
		return 0
	})
	return l
}

func (q *quick) tender() (t EventTender) {
	const kind, amount = 1, 2
	q.object(kind|amount, func(name string) int {
		switch name {
		case "kind":
			t.Kind = q.string()
			return kind
		case "amount_minor":
			t.Amount = q.integer()
			return amount
		case "ref":
			t.Ref = q.string()
			return 4
		}
		return 0
	})
	return t
}

func (q *quick) totals() (t EventTotals) {
	const gross, discount, due, vat = 1, 2, 4, 8
	q.object(gross|discount|due|vat, func(name string) int {
		switch name {
		case "gross_minor":
			t.Gross = q.integer()
			return gross
		case "discount_minor":
			t.Discount = q.integer()
			return discount
		case "due_minor":
			t.Due = q.integer()
			return due
		case "vat_minor":
			t.VAT = q.integer()
			return vat
		}
		return 0
	})
	return t
}

func (q *quick) fiscal() (f EventFiscal) {
	const device, z, receipt = 1, 2, 4
	q.object(device|z|receipt, func(name string) int {
		switch name {
		case "device":
			f.Device = q.string()
			return device
		case "z_no":
			f.Z = int(q.integer())
			return z
		case "receipt_no":
			f.Receipt = int(q.integer())
			return receipt
		case "ettn":
			f.ETTN = q.string()
			return 8
		}
		return 0
	})
	return f
}

// object reads an object. field reads the value of a name and answers the name's bit, 0 for one it does not know; no bit may come
// twice, and all of need must come.
func (q *quick) object(need int, field func(name string) int) {
	seen := 0
	for q.open('{', '}', seen == 0) {
		name := q.string()
		q.expect(':')
		bit := 0
		if !q.bad {
			bit = field(name)
		}
		q.bad = q.bad || bit == 0 || seen&bit != 0
		seen |= bit
	}
	q.bad = q.bad || seen&need != need
}

func list[T any](q *quick, one func(*quick) T) []T {
	all := make([]T, 0, 1)
	for q.open('[', ']', len(all) == 0) {
		all = append(all, one(q))
	}
	return all
}

// open goes to the next member of an object or array, and answers false behind its end.
func (q *quick) open(begin, end byte, first bool) bool {
	if first {
		q.expect(begin)
		if q.is(end) {
			return false
		}
		return !q.bad
	}
	if q.is(end) {
		return false
	}
	q.expect(',')
	return !q.bad
}

func (q *quick) space() {
	for q.at < len(q.text) && (q.text[q.at] == ' ' || q.text[q.at] == '\n' || q.text[q.at] == '\t' || q.text[q.at] == '\r') {
		q.at++
	}
}

// is passes over a sign if it comes next.
func (q *quick) is(sign byte) bool {
	q.space()
	if q.at < len(q.text) && q.text[q.at] == sign {
		q.at++
		return true
	}
	return false
}

func (q *quick) expect(sign byte) { q.bad = !q.is(sign) || q.bad }

func (q *quick) string() string {
	q.expect('"')
	if q.bad {
		return ""
	}
	begin := q.at
	for ; q.at < len(q.text); q.at++ {
		switch c := q.text[q.at]; {
		case c == '"':
			q.at++
			return q.text[begin : q.at-1]
		case c < ' ' || c == '\\':
			q.bad = true
			return ""
		}
	}
	q.bad = true
	return ""
}

func (q *quick) integer() (n int64) {
	negative := q.is('-')
	begin := q.at
	for q.at < len(q.text) && '0' <= q.text[q.at] && q.text[q.at] <= '9' {
		n = 10*n + int64(q.text[q.at]-'0')
		q.at++
	}
	const most = 18 // digits that can not run over
	digits := q.text[begin:q.at]
	if digits == "" || len(digits) > most || len(digits) > 1 && digits[0] == '0' {
		q.bad = true
	}
	if negative {
		return -n
	}
	return n
}

func (q *quick) gtin() gs1.GTIN {
	s := q.string()
	if q.bad || s == "" {
		return ""
	}
	g, err := gs1.ParseGTIN(s)
	q.bad = err != nil
	return g
}
