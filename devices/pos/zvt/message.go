package zvt

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Message is what an APDU says. Digits are as they are packed; a nil pointer and an empty text are what it does not say. No field
// holds a card number.
type Message struct {
	Code   Code
	Length int // of its data

	Password       string
	Config         *byte
	Service        *byte
	Status         *byte // of an intermediate status
	Minutes        string
	TerminalStatus *byte
	Attribute      *byte  // of a line
	Text           []byte // of a line, in the terminal's character set
	Timeout        *byte  // of reading a card, in seconds

	Result       *ResultCode
	Amount       *int64 // in the currency's minor unit
	Currency     string // ISO 4217 numeric, four digits
	Trace        string
	OrigTrace    string
	Time         string // hhmmss
	Date         string // mmdd
	Expiry       string // yymm
	CardSequence string
	Type         *byte  // how it was paid
	PAN          string // with e for each digit nobody is to know
	TerminalID   string
	VU           string // of the contract
	Auth         string
	Extra        []byte // additional text, in the terminal's character set
	Receipt      string
	Turnover     string
	CardType     *byte
	CardTypeID   *byte
	CardName     string
	HostCode     *byte
	Maker        string // field FC
	Totals       bool   // the amount is that of a whole day

	TLVs []TLV // nil without a container, empty with an empty one
	// Refused is why a command was refused.
	Refused *ResultCode
	// Rest is what nobody can divide into fields; of a refusal, all that comes with it.
	Rest []byte
}

// layout divides the data of a message: what stands first by position, then fields, then what is none.
func layout(a APDU) (head []byte, fields []field, rest []byte) {
	switch a.Code {
	case CodePrintLine:
		return lineLayout(a.Data)
	case CodePrintBlock:
		if all, err := parseTLVs(a.Data, 0); err == nil && len(all) > 0 && all[0].Tag != bmpTLV {
			return nil, []field{{bmpTLV, a.Data}}, nil
		}
	case CodeCompletion, CodeAbort:
		if fields, rest, err := parseFields(a.Data); err == nil && a.Code == CodeCompletion || len(a.Data) == 0 {
			return nil, fields, rest
		}
	case CodeProgress:
		return progressLayout(a.Data)
	}
	if a.Code.Refused() {
		if fields, _, err := parseFields(a.Data); err == nil {
			return nil, fields, nil
		}
	}
	n := min(headSize(a.Code), len(a.Data))
	if n < 0 || a.Code.Class() != 0x04 && a.Code.Class() != 0x05 && a.Code.Class() != 0x06 {
		return nil, nil, a.Data
	}
	fields, rest, _ = parseFields(a.Data[n:])
	return a.Data[:n:n], fields, rest
}

// headSize is how many bytes stand before the fields; -1 for a message of no fields.
func headSize(c Code) int {
	switch c {
	case CodeRegistration:
		return 6
	case CodeStatusEnquiry, CodeRepeatReceipt, CodeReversal, CodeEndOfDay, CodeInitialisation, CodeRefund:
		return 3
	case CodeCompletion, CodeAbort, CodeReadCard:
		return 1
	case CodeDisplayText, CodeDisplayTextOld:
		return -1
	}
	return 0
}

// lineLayout: attribute and text, and behind the text a container with some terminals, which no text can hold.
func lineLayout(p []byte) (head []byte, fields []field, rest []byte) {
	for i := 1; i < len(p); i++ {
		if p[i] != bmpTLV {
			continue
		}
		if n, value, err := readLength(p[i+1:]); err != nil || n != len(value) {
			continue
		}
		if fields, _, err := parseFields(p[i:]); err == nil {
			return p[:i:i], fields, nil
		}
	}
	return p, nil, nil
}

func progressLayout(p []byte) (head []byte, fields []field, rest []byte) {
	n := min(len(p), 1)
	if len(p) > 1 && p[1] != bmpTLV || len(p) == 2 {
		n = 2
	}
	fields, rest, _ = parseFields(p[n:])
	return p[:n:n], fields, rest
}

// Decode says what a message means. It takes everything: what it does not understand is in Rest. An APDU of this package's
// decoders holds no card number; of any other the numbers are covered here.
func Decode(a APDU) Message {
	a.Data = slices.Clone(a.Data)
	a.cover()
	m := Message{Code: a.Code, Length: len(a.Data)}
	head, fields, rest := layout(a)
	if a.Code.Refused() {
		m.Refused, m.Rest = new(ResultCode(a.Code.Instr())), a.Data
		return m
	}
	m.takeHead(head)
	for _, f := range fields {
		m.take(f)
	}
	m.Rest = rest
	return m
}

func (m *Message) takeHead(p []byte) {
	switch m.Code {
	case CodePrintLine:
		if len(p) > 0 {
			m.Attribute, m.Text = new(p[0]), p[1:]
		}
	case CodeProgress:
		if len(p) > 0 {
			m.Status = new(p[0])
		}
		if len(p) > 1 {
			m.Minutes = digits(p[1:])
		}
	case CodeCompletion:
		if len(p) > 0 {
			m.TerminalStatus = new(p[0])
		}
	case CodeAbort:
		if len(p) > 0 {
			m.Result = new(ResultCode(p[0]))
		}
	case CodeReadCard:
		if len(p) > 0 {
			m.Timeout = new(p[0])
		}
	default:
		if len(p) >= 3 {
			m.Password = digits(p[:3])
		}
		if len(p) >= 4 {
			m.Config = new(p[3])
		}
		if len(p) >= 6 {
			m.Currency = digits(p[4:6])
		}
	}
}

func (m *Message) take(f field) {
	v := f.value
	switch f.bmp {
	case bmpService:
		m.Service = new(v[0])
	case bmpTimeout:
		m.Timeout = new(v[0])
	case bmpAmount:
		m.Amount = amount(v)
	case bmpTLV:
		m.TLVs, _ = parseTLVs(v, 0) // it has been parsed before
	case bmpType:
		m.Type = new(v[0])
	case bmpResult:
		m.Result = new(ResultCode(v[0]))
	case bmpVU:
		m.VU = Latin1.Text(v)
	case bmpAuth:
		m.Auth = strings.TrimRight(Latin1.Text(trimmed(v)), " ")
	case bmpText:
		m.Extra = v
	case bmpCardType:
		m.CardType = new(v[0])
	case bmpCardTypeID:
		m.CardTypeID = new(v[0])
	case bmpCardName:
		m.CardName = Latin1.Text(trimmed(v))
	case bmpHostCode:
		m.HostCode = new(v[0])
	case bmpTotals:
		m.Totals = true
	default:
		if text := m.packed(f.bmp); text != nil {
			*text = digits(v)
		}
	}
}

// packed is where the digits of a field go; nil for a field nobody asks for.
func (m *Message) packed(bmp byte) *string {
	switch bmp {
	case bmpTrace:
		return &m.Trace
	case bmpOrigTrace:
		return &m.OrigTrace
	case bmpTime:
		return &m.Time
	case bmpDate:
		return &m.Date
	case bmpExpiry:
		return &m.Expiry
	case bmpCardSeq:
		return &m.CardSequence
	case bmpPAN:
		return &m.PAN
	case bmpTerminal:
		return &m.TerminalID
	case bmpCurrency:
		return &m.Currency
	case bmpReceipt:
		return &m.Receipt
	case bmpTurnover:
		return &m.Turnover
	case 0xFC:
		return &m.Maker
	}
	return nil
}

func digits(p []byte) string { return hex.EncodeToString(p) }

// trimmed is p up to its first 00.
func trimmed(p []byte) []byte {
	if i := slices.Index(p, 0); i >= 0 {
		return p[:i]
	}
	return p
}

// amount reads twelve packed digits; nil when they are none.
func amount(p []byte) *int64 {
	n := int64(0)
	for i := range 2 * len(p) {
		d := nibble(p, i)
		if d > 9 {
			return nil
		}
		n = n*10 + int64(d)
	}
	return &n
}

// Last4 are the last four digits of the card's number; "" where they are not known.
func (m Message) Last4() string {
	number, _, _ := strings.Cut(strings.TrimRight(m.PAN, "f"), "d")
	if len(number) < 4 {
		return ""
	}
	last := number[len(number)-4:]
	if strings.ContainsAny(last, "abcdef") {
		return ""
	}
	return last
}

// At is the terminal's own date and time in the year that brings it next to now; zero when it tells none.
func (m Message) At(now time.Time) time.Time {
	if len(m.Date) != 4 || len(m.Time) != 6 {
		return time.Time{}
	}
	best := time.Time{}
	for _, year := range []int{now.Year() - 1, now.Year(), now.Year() + 1} {
		at, err := time.ParseInLocation("20060102150405", time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006")+m.Date+m.Time, now.Location())
		if err == nil && (best.IsZero() || at.Sub(now).Abs() < best.Sub(now).Abs()) {
			best = at
		}
	}
	return best
}
