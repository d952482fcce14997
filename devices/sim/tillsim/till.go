package tillsim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"showroom/devices"
	"showroom/devices/mqttlink"
)

// Till is a staffed till. It keeps an event until the broker has acknowledged it, over connections that are lost. One caller at a
// time.
type Till struct {
	prefix string // showroom/v1/<store>/pos/<till>
	dial   func(context.Context) (*mqttlink.Client, error)
	now    func() time.Time
	moods  moods

	mu      sync.Mutex // guards all below
	seq     int64
	tickets int
	link    *mqttlink.Client
	answers <-chan devices.Message
}

// Line is so many pieces of an item, as the contract has it.
type Line struct {
	Line      int    `json:"line"`
	GTIN      string `json:"gtin,omitempty"`
	SKU       string `json:"sku,omitempty"`
	Name      string `json:"name,omitempty"`
	Quantity  int    `json:"qty"`
	Unit      string `json:"unit,omitempty"`
	UnitPrice int64  `json:"unit_price_minor"`
	Discount  int64  `json:"discount_minor"`
	VATRate   int    `json:"vat_rate_bp"`
	VAT       int64  `json:"vat_minor"`
}

// Totals are sums of lines.
type Totals struct {
	Gross    int64 `json:"gross_minor"`
	Discount int64 `json:"discount_minor"`
	Due      int64 `json:"due_minor"`
	VAT      int64 `json:"vat_minor"`
}

// Basket is what the agent offers.
type Basket struct {
	Basket   string `json:"basket"`
	Number   int    `json:"number"`
	Currency string `json:"currency"`
	Lines    []Line `json:"lines"`
	Totals   Totals `json:"totals"`
	Until    int    `json:"until_seconds"`
}

// Refusal is the agent's no.
type Refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (r *Refusal) Error() string { return r.Message }

// NewTill makes a till of a store that reaches its broker by dial. Close it.
func NewTill(store, id string, dial func(context.Context) (*mqttlink.Client, error)) *Till {
	return &Till{prefix: "showroom/v1/" + store + "/pos/" + id, dial: dial, now: time.Now}
}

// Suffer has the next so many events meet a fault.
func (t *Till) Suffer(f Fault, times int) { t.moods.suffer(f, times) }

// Close hangs up.
func (t *Till) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.link == nil {
		return nil
	}
	return t.link.Close()
}

// Claim asks for the basket under a code. A *Refusal is the agent's no.
func (t *Till) Claim(ctx context.Context, code string) (Basket, error) {
	answer, err := t.ask(ctx, map[string]string{"code": code})
	if err != nil {
		return Basket{}, err
	}
	if answer == nil {
		return Basket{}, errors.New("the agent offers no basket and says not why")
	}
	return *answer, nil
}

// GiveBack gives a basket back.
func (t *Till) GiveBack(ctx context.Context, basket string) error {
	_, err := t.ask(ctx, map[string]string{"basket": basket})
	return err
}

func (t *Till) ask(ctx context.Context, what map[string]string) (*Basket, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.connect(ctx); err != nil {
		return nil, err
	}
	what["request"] = uuid.NewString()
	body, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	if err := t.link.Publish(ctx, t.prefix+"/basket/ask", 1, false, body); err != nil {
		return nil, err
	}
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case m, more := <-t.answers:
			if !more {
				return nil, errors.New("ask the agent: connection lost")
			}
			var answer struct {
				Request string   `json:"request"`
				Basket  *Basket  `json:"basket"`
				Error   *Refusal `json:"error"`
			}
			if err := json.Unmarshal(m.Payload, &answer); err != nil {
				return nil, fmt.Errorf("understand the agent: %w", err)
			}
			if answer.Request != what["request"] {
				continue // to something asked before
			}
			if answer.Error != nil {
				return nil, answer.Error
			}
			return answer.Basket, nil
		}
	}
}

// Sell says that a basket was paid in cash, and returns once the broker has acknowledged it.
func (t *Till) Sell(ctx context.Context, b Basket) error {
	t.mu.Lock()
	t.tickets++
	ticket := fmt.Sprintf("%06d", t.tickets)
	t.mu.Unlock()
	event := map[string]any{"type": "sale.completed", "ticket_no": ticket, "currency": b.Currency, "lines": b.Lines, "totals": b.Totals}
	if b.Basket != "" {
		event["basket"] = b.Basket
	}
	if b.Totals.Due != 0 {
		event["tenders"] = []map[string]any{{"kind": "cash", "amount_minor": b.Totals.Due}}
	}
	return t.Say(ctx, event)
}

// Say sends an event, with its id, number and times filled in, again and again until the broker has acknowledged it or ctx ends.
func (t *Till) Say(ctx context.Context, event map[string]any) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.moods.takes(Gap) {
		t.seq++
	}
	t.seq++
	at := t.now()
	event["event_id"], event["seq"] = uuid.NewString(), t.seq
	event["business_day"], event["occurred_at"] = at.Format(time.DateOnly), at.Format(time.RFC3339)
	body, err := json.Marshal(event)
	if err != nil {
		return err
	}
	times := 1
	if t.moods.takes(Duplicate) {
		times = 2
	}
	for range times {
		if err := t.deliver(ctx, body); err != nil {
			return err
		}
	}
	return nil
}

func (t *Till) deliver(ctx context.Context, body []byte) error {
	const pause = 50 * time.Millisecond
	for {
		err := t.connect(ctx)
		if err == nil {
			if err = t.link.Publish(ctx, t.prefix+"/event", 1, false, body); err == nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

// connect dials if there is no connection. The caller holds mu.
func (t *Till) connect(ctx context.Context) error {
	if t.link != nil {
		select {
		case <-t.link.Lost():
			_ = t.link.Close()
			t.link = nil
		default:
			return nil
		}
	}
	link, err := t.dial(ctx)
	if err != nil {
		return err
	}
	answers, err := link.Subscribe(ctx, t.prefix+"/basket/answer")
	if err != nil {
		return errors.Join(err, link.Close())
	}
	t.link, t.answers = link, answers
	return nil
}
