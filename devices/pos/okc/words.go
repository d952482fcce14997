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

// ParseAnswer reads the body of a frame of a device. Whatever in it could carry the number of a card is masked before anybody sees it.
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
	a.mask()
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

func (a *Answer) mask() {
	if a.Progress != nil {
		a.Progress.Text = pan.Mask(a.Progress.Text)
	}
	if a.Status != nil {
		a.Status.Fault = pan.Mask(a.Status.Fault)
	}
	if a.Refusal != nil {
		a.Refusal.Code, a.Refusal.Text = pan.Mask(a.Refusal.Code), pan.Mask(a.Refusal.Text)
	}
	if d := a.Document; d != nil {
		d.Code = pan.Mask(d.Code)
		for _, slip := range [][]string{d.Slip, d.MerchantSlip} {
			for i := range slip {
				slip[i] = pan.Mask(slip[i])
			}
		}
		for i := range d.Payments {
			p := &d.Payments[i]
			p.Card, p.Last4, p.Auth = pan.Mask(p.Card), lastFour(p.Last4), pan.Mask(p.Auth)
		}
	}
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
