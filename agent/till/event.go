package till

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/pan"
	"showroom/agent/showroom"
)

// EventType is what happened at a till.
type EventType string

// The types. Names in ARTS POSLog: a sale.* is a RetailTransaction, an item.* a LineItem, drawer.opened a TenderControlTransaction.
const (
	SaleStarted     EventType = "sale.started"
	ItemAdded       EventType = "item.added"
	ItemVoided      EventType = "item.voided"
	SaleSuspended   EventType = "sale.suspended"
	SaleCompleted   EventType = "sale.completed"
	SaleVoided      EventType = "sale.voided"
	ReturnCompleted EventType = "return.completed"
	DrawerOpened    EventType = "drawer.opened"
)

// EventTypes are all of them.
func EventTypes() []EventType {
	return []EventType{SaleStarted, ItemAdded, ItemVoided, SaleSuspended, SaleCompleted, SaleVoided, ReturnCompleted, DrawerOpened}
}

// What an event may hold. A journal row has room for 64 KiB.
const (
	MaxEvent   = 48 << 10 // bytes
	MaxLines   = showroom.MostLines
	MaxTenders = 50
	mostText   = 200 // letters of one text
)

// Event is what a till says. Amounts are integers in the minor unit of Currency and gross; what came back is positive too. The
// contract with integrators is till.asyncapi.yaml, which a test holds to this type.
type Event struct {
	ID          string            `json:"event_id"` // a UUID; sent again it is the same event
	Type        EventType         `json:"type"`
	Seq         int64             `json:"seq"` // counts the events of this till, from 1 without a gap
	BusinessDay string            `json:"business_day"`
	OccurredAt  time.Time         `json:"occurred_at"`
	Ticket      string            `json:"ticket_no,omitempty"`
	Basket      showroom.BasketID `json:"basket,omitempty"` // the one of a self-checkout that was taken over
	Currency    showroom.Currency `json:"currency,omitempty"`
	Lines       []EventLine       `json:"lines,omitempty"`
	Tenders     []EventTender     `json:"tenders,omitempty"`
	Totals      *EventTotals      `json:"totals,omitempty"`
	Customer    string            `json:"customer_ref,omitempty"` // opaque
	Reason      string            `json:"reason,omitempty"`
	Fiscal      *EventFiscal      `json:"fiscal,omitempty"`
}

// EventLine is so many pieces of an item. GTIN or SKU may be missing, not both.
type EventLine struct {
	Line      int      `json:"line"` // from 1
	GTIN      gs1.GTIN `json:"gtin,omitempty"`
	SKU       string   `json:"sku,omitempty"`
	Name      string   `json:"name,omitempty"`
	Quantity  int      `json:"qty"`
	Unit      string   `json:"unit,omitempty"` // UN/ECE recommendation 20; "C62" is a piece
	UnitPrice int64    `json:"unit_price_minor"`
	Discount  int64    `json:"discount_minor"` // of the whole line
	VATRate   int      `json:"vat_rate_bp"`    // 2000 is 20 %
	VAT       int64    `json:"vat_minor"`      // inside the line
}

// due is what the line costs.
func (l EventLine) due() int64 { return int64(l.Quantity)*l.UnitPrice - l.Discount }

// EventTender is one payment. Cash is what stayed in the drawer: change is taken off.
type EventTender struct {
	Kind   string `json:"kind"` // "cash", "card", "voucher" or "other"
	Amount int64  `json:"amount_minor"`
	Ref    string `json:"ref,omitempty"`
}

// EventTotals are sums of the lines.
type EventTotals struct {
	Gross    int64 `json:"gross_minor"`
	Discount int64 `json:"discount_minor"`
	Due      int64 `json:"due_minor"`
	VAT      int64 `json:"vat_minor"`
}

// EventFiscal is what the till's fiscal device has put its seal on.
type EventFiscal struct {
	Device  string `json:"device"`
	Z       int    `json:"z_no"`
	Receipt int    `json:"receipt_no"`
	ETTN    string `json:"ettn,omitempty"`
}

// ParseEvent reads an event strictly: no unknown or repeated names, no fraction in an amount, sums that add up. What is wrong is said
// in words for an integrator, which do not repeat the event. Card numbers in its free texts are hidden.
func ParseEvent(payload []byte) (Event, error) {
	var e Event
	_, err := parseEvent(payload, &e)
	return e, err
}

// parseEvent reads into an empty event, and answers whether a card number was hidden, so that the payload says more than the event.
func parseEvent(payload []byte, e *Event) (hidden bool, err error) {
	if err := checkSize(len(payload)); err != nil {
		return false, err
	}
	if err := eventShape.decodeStrictly(payload, e); err != nil {
		return false, err
	}
	if err := e.check(); err != nil {
		return false, err
	}
	mask := func(text *string) {
		masked := pan.Mask(*text)
		hidden = hidden || masked != *text
		*text = masked
	}
	mask(&e.Ticket)
	mask(&e.Customer)
	mask(&e.Reason)
	mask((*string)(&e.Basket))
	if e.Fiscal != nil {
		mask(&e.Fiscal.Device)
		mask(&e.Fiscal.ETTN)
	}
	for i := range e.Lines {
		l := &e.Lines[i]
		mask(&l.Name)
		mask(&l.Unit)
		if pan.Found(l.SKU) {
			if _, err := gs1.ParseGTIN(l.SKU); err != nil { // which many tills put there
				mask(&l.SKU)
			}
		}
	}
	for i := range e.Tenders {
		mask(&e.Tenders[i].Ref)
	}
	return hidden, nil
}

func checkSize(bytes int) error {
	if bytes > MaxEvent {
		return fmt.Errorf("the event has %d bytes, at most %d", bytes, MaxEvent)
	}
	return nil
}

func (e *Event) check() error {
	if !isUUID(e.ID) {
		return errors.New("event_id is not a UUID")
	}
	if e.Seq < 1 {
		return errors.New("seq is below 1")
	}
	if _, err := time.Parse(time.DateOnly, e.BusinessDay); err != nil {
		return errors.New("business_day is not a date as 2026-11-22")
	}
	if e.OccurredAt.IsZero() {
		return errors.New("occurred_at is missing")
	}
	if !slices.Contains(EventTypes(), e.Type) {
		return errors.New("type is none of the known ones")
	}
	if len(e.Lines) > MaxLines || len(e.Tenders) > MaxTenders {
		return fmt.Errorf("an event has at most %d lines and %d tenders", MaxLines, MaxTenders)
	}
	for _, t := range [...][2]string{{"ticket_no", e.Ticket}, {"basket", string(e.Basket)}, {"customer_ref", e.Customer}, {"reason", e.Reason}} {
		if err := checkText(t[0], t[1]); err != nil {
			return err
		}
	}
	if err := e.checkLines(); err != nil {
		return err
	}
	if e.Type == SaleCompleted || e.Type == ReturnCompleted {
		return e.checkSums()
	}
	return nil
}

func (e *Event) checkLines() error {
	if len(e.Lines)+len(e.Tenders) > 0 || e.Totals != nil {
		if !currencyCode(string(e.Currency)) {
			return errors.New("currency is not a code of three capital letters")
		}
	}
	seen := make(map[int]bool, len(e.Lines))
	for _, l := range e.Lines {
		switch {
		case l.Line < 1 || seen[l.Line]:
			return fmt.Errorf("line %d is there twice, or below 1", l.Line)
		case l.GTIN == "" && l.SKU == "":
			return fmt.Errorf("line %d has neither gtin nor sku", l.Line)
		case l.Quantity < 1 || l.Quantity > 100_000:
			return fmt.Errorf("line %d: qty is not between 1 and 100000", l.Line)
		case l.UnitPrice < 0 || l.UnitPrice > showroom.MostPrice:
			return fmt.Errorf("line %d: unit_price_minor is below 0 or beyond all prices", l.Line)
		case int64(l.Quantity)*l.UnitPrice > showroom.MostPrice:
			return fmt.Errorf("line %d comes to more than any line may", l.Line)
		case l.Discount < 0 || l.due() < 0:
			return fmt.Errorf("line %d: discount_minor is below 0 or more than the line", l.Line)
		case l.VATRate < 0 || l.VATRate > 10_000 || l.VAT < 0 || l.VAT > l.due():
			return fmt.Errorf("line %d: vat_rate_bp or vat_minor can not be", l.Line)
		}
		seen[l.Line] = true
		for _, t := range [...][2]string{{"sku", l.SKU}, {"name", l.Name}, {"unit", l.Unit}} {
			if err := checkText(t[0], t[1]); err != nil {
				return fmt.Errorf("line %d: %w", l.Line, err)
			}
		}
	}
	for i, t := range e.Tenders {
		if t.Kind != "cash" && t.Kind != "card" && t.Kind != "voucher" && t.Kind != "other" {
			return fmt.Errorf("tender %d: kind is not cash, card, voucher or other", i+1)
		}
		if most := int64(showroom.MostPrice) * MaxLines; t.Amount < -most || t.Amount > most {
			return fmt.Errorf("tender %d: amount_minor is beyond all sums", i+1)
		}
		if err := checkText("ref", t.Ref); err != nil {
			return fmt.Errorf("tender %d: %w", i+1, err)
		}
	}
	return nil
}

// checkSums refuses what money can not be reckoned with. No sum here can run over: the parts are bounded.
func (e *Event) checkSums() error {
	if e.Ticket == "" || len(e.Lines) == 0 || e.Totals == nil {
		return fmt.Errorf("%s needs ticket_no, lines and totals", e.Type)
	}
	var sum EventTotals
	for _, l := range e.Lines {
		sum.Gross += int64(l.Quantity) * l.UnitPrice
		sum.Discount += l.Discount
		sum.Due += l.due()
		sum.VAT += l.VAT
	}
	if sum != *e.Totals {
		return fmt.Errorf("totals are not the sums of the lines, which are gross %d, discount %d, due %d, vat %d", sum.Gross, sum.Discount, sum.Due, sum.VAT)
	}
	var paid int64
	for _, t := range e.Tenders {
		paid += t.Amount
	}
	if paid != sum.Due {
		return fmt.Errorf("tenders come to %d where %d is due; cash is without its change", paid, sum.Due)
	}
	return nil
}

func checkText(name, text string) error {
	n := 0
	for _, r := range text {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return fmt.Errorf("%s holds something that is no letter", name)
		}
		n++
	}
	if n > mostText {
		return fmt.Errorf("%s has %d letters, at most %d", name, n, mostText)
	}
	return nil
}

// isUUID says whether s is one in the usual writing: 32 hexadecimal digits in five groups.
func isUUID(s string) bool {
	const length = 36
	if len(s) != length {
		return false
	}
	for i := range len(s) {
		c := s[i] | ' ' // capital letters too
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

func currencyCode(s string) bool {
	for _, c := range s {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return len(s) == 3
}
