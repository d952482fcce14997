package okc

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"showroom/agent/pan"
	"showroom/agent/showroom"
)

// Ask is what a till can ask.
type Ask string

// The requests.
const (
	AskParameters Ask = "parameters"
	AskStatus     Ask = "status"
	AskSubmit     Ask = "submit"
	AskStop       Ask = "stop"
	AskCancel     Ask = "cancel"
	AskLast       Ask = "last"
)

// Request is the body of what a till sends.
type Request struct {
	Ask    Ask                   `json:"ask"`
	ID     showroom.SettlementID `json:"id,omitempty"`
	Basket *Basket               `json:"basket,omitempty"`
}

// Say is what a device can say.
type Say string

// The answers.
const (
	SayParameters Say = "parameters"
	SayStatus     Say = "status"
	SayAccepted   Say = "accepted"
	SayProgress   Say = "progress"
	SayDocument   Say = "document"
	SayRefused    Say = "refused"
	SayNothing    Say = "nothing"
)

// Answer is the body of what a device sends.
type Answer struct {
	Say        Say         `json:"say"`
	Parameters *Parameters `json:"parameters,omitempty"`
	Status     *Status     `json:"status,omitempty"`
	Progress   *Progress   `json:"progress,omitempty"`
	Document   *Document   `json:"document,omitempty"`
	Refusal    *Refusal    `json:"refusal,omitempty"`
	Since      time.Time   `json:"since,omitzero"`
}

// Progress is what a device says to the shopper.
type Progress struct {
	Code string `json:"code"`
	Text string `json:"text,omitempty"`
}

// ParseAnswer reads the body of a frame of a device. Whatever in it could carry the number of a card is masked before anybody sees
// it, and what is longer than anybody needs is cut.
// A body that is no JSON, or lacks what it says it brings, is an error.
func ParseAnswer(body []byte) (Answer, error) {
	var a Answer
	if err := json.Unmarshal(body, &a); err != nil {
		return Answer{}, fmt.Errorf("read answer: %w", err)
	}
	there := map[Say]bool{
		SayParameters: a.Parameters != nil, SayStatus: a.Status != nil, SayAccepted: true, SayProgress: a.Progress != nil,
		SayDocument: a.Document != nil, SayRefused: a.Refusal != nil, SayNothing: true,
	}
	if full, known := there[a.Say]; known && !full {
		return Answer{}, fmt.Errorf("read answer: there is nothing in %q", a.Say)
	}
	a.clean()
	return a, nil
}

// ParseRequest reads the body of a frame of a till.
func ParseRequest(body []byte) (Request, error) {
	var r Request
	if err := json.Unmarshal(body, &r); err != nil {
		return Request{}, fmt.Errorf("read request: %w", err)
	}
	if r.Ask == AskSubmit && r.Basket == nil {
		return Request{}, fmt.Errorf("read request: there is no basket in %q", r.Ask)
	}
	return r, nil
}

// clean makes of what a device says in words what may be kept: no card numbers, and no more than fits into a journal.
func (a *Answer) clean() {
	if p := a.Progress; p != nil {
		words(&p.Code, &p.Text)
	}
	if s := a.Status; s != nil {
		words(&s.Fault, &s.Serial)
	}
	if p := a.Parameters; p != nil {
		words(&p.Serial)
	}
	if r := a.Refusal; r != nil {
		words(&r.Code, &r.Text)
	}
	if d := a.Document; d != nil {
		words(&d.Code, &d.Serial, &d.ETTN, &d.Invoice)
		d.Slip, d.MerchantSlip = slip(d.Slip), slip(d.MerchantSlip)
		for i := range d.Payments {
			p := &d.Payments[i]
			p.Last4 = lastFour(p.Last4)
			words(&p.Card, &p.Auth)
		}
	}
}

const (
	longestWords = 120     // bytes of what is said in a field, or in a line of a slip
	longestSlip  = 8 << 10 // bytes of a slip that are kept
)

func words(fields ...*string) {
	for _, f := range fields {
		if *f = pan.Mask(*f); len(*f) > longestWords {
			*f = strings.ToValidUTF8((*f)[:longestWords], "")
		}
	}
}

// slip is a copy of a slip. Of a very long one the middle is left out: the seal stands at its end, and the device has printed all of it.
func slip(lines []string) []string {
	size := 0
	for i := range lines {
		words(&lines[i])
		size += len(lines[i]) + 1
	}
	if size <= longestSlip {
		return lines
	}
	first, last, kept := 0, len(lines), 0
	for kept < longestSlip && first < last-1 {
		kept += len(lines[first]) + len(lines[last-1]) + 2
		first, last = first+1, last-1
	}
	return append(append(lines[:first:first], "[...]"), lines[last:]...)
}

// lastFour is what may be kept of a card's number: its last four digits, whatever else a device put there.
func lastFour(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	return digits[max(0, len(digits)-4):]
}
