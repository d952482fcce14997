package till

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Offered is a basket as a till takes it over: the lines to ring up, in the order they came. Amounts are gross, in the minor unit.
type Offered struct {
	Basket   showroom.BasketID `json:"basket"`
	Number   int               `json:"number"` // what people call it
	Currency showroom.Currency `json:"currency"`
	Lines    []EventLine       `json:"lines"`
	Totals   EventTotals       `json:"totals"`
	// Until is for how many seconds the basket is the till's; after that it is free again.
	Until int `json:"until_seconds"`
}

// Claim gives the basket that is set aside under a code to one till, for [showroom.ClaimedFor]. A till that has it and asks again gets
// it again, and the time anew. Refused with CodeNotFound when no basket is set aside under the code, with CodeTaken when another till has
// it, with CodeTooLarge when the till could not tell in one event that it has sold it, and with CodeConflict while a device says that it has
// been paid for and staff have not seen that.
func (t *Tills) Claim(ctx context.Context, till showroom.TillID, code string) (Offered, error) {
	var out Offered
	err := t.db.Update(ctx, func(tx *store.Tx) error {
		if err := t.known(till); err != nil {
			return err
		}
		b, err := tx.BasketByCode(code)
		if err != nil {
			return err
		}
		if b.Pieces() == 0 { // somebody only wishes for what is in it
			return showroom.Errorf(showroom.CodeNotFound, "There is nothing to be paid for in this basket.")
		}
		if moved, err := tx.MovedAfterAll(b.ID, ""); err != nil {
			return err
		} else if moved {
			return showroom.Errorf(showroom.CodeConflict, "The device says that this basket has been paid for. Staff must see to that first.")
		}
		first := b.State != showroom.BasketAtTill
		if b, err = b.Claim(till, tx.Now()); err != nil {
			return err
		}
		if out, err = offer(b); err != nil {
			return err
		}
		if !fits(out) {
			return showroom.Errorf(showroom.CodeTooLarge, "This basket is too long for one sale. Ring its garments up by hand.")
		}
		if err := tx.PutBasket(b); err != nil {
			return err
		}
		said := []showroom.Event{showroom.BasketChanged{Basket: b.ID, Kiosk: b.Kiosk}}
		if first {
			said = append(said, showroom.BasketClaimed{Basket: b.ID, Till: till})
		}
		return tell(tx, said...)
	})
	return out, err
}

// GiveBack sets a basket aside again that a till has and does not want; under the same code anybody may have it. Refused with
// CodeConflict when the till does not have it.
func (t *Tills) GiveBack(ctx context.Context, till showroom.TillID, basket showroom.BasketID) error {
	return t.db.Update(ctx, func(tx *store.Tx) error {
		b, err := tx.Basket(basket)
		if err != nil {
			return err
		}
		if b.State != showroom.BasketAtTill || b.Till != till {
			return showroom.Errorf(showroom.CodeConflict, "This basket is not at till %q.", string(till))
		}
		return t.putAside(tx, b)
	})
}

// Free sets a basket aside again, whichever till has it: somebody looked, and nobody pays for it there.
func (t *Tills) Free(tx *store.Tx, basket showroom.BasketID) error {
	b, err := tx.Basket(basket)
	if err != nil {
		return err
	}
	if b.State != showroom.BasketAtTill {
		return showroom.Errorf(showroom.CodeConflict, "This basket is not at a till.")
	}
	return t.putAside(tx, b)
}

func (t *Tills) putAside(tx *store.Tx, b showroom.Basket) error {
	b, err := b.Park(b.Code, b.Reason, tx.Now())
	if err != nil {
		return err
	}
	totals, err := showroom.AddUp(b.Currency, b.Payable())
	if err != nil {
		return err
	}
	if err := tx.PutBasket(b); err != nil {
		return err
	}
	return tell(tx, showroom.BasketParked{Basket: b.ID, Kiosk: b.Kiosk, Number: b.Number, Due: totals.Due, Reason: b.Reason},
		showroom.BasketChanged{Basket: b.ID, Kiosk: b.Kiosk})
}

func tell(tx *store.Tx, events ...showroom.Event) error {
	for _, e := range events {
		if _, err := tx.Append(e); err != nil {
			return err
		}
	}
	return nil
}

func offer(b showroom.Basket) (Offered, error) {
	out := Offered{Basket: b.ID, Number: b.Number, Currency: b.Currency, Lines: []EventLine{}, Until: int(showroom.ClaimedFor.Seconds())}
	for i, l := range b.Payable() {
		gross, err := l.Gross()
		if err != nil {
			return out, err
		}
		due, err := l.Due()
		if err != nil {
			return out, err
		}
		line := EventLine{
			Line: i + 1, GTIN: l.GTIN, SKU: l.SKU, Name: l.Name.In("en"), Quantity: l.Quantity, Unit: "C62", UnitPrice: l.Unit.Minor,
			Discount: gross.Minor - due.Minor, VATRate: l.VATBasisPoints, VAT: due.VATInside(l.VATBasisPoints).Minor,
		}
		out.Lines = append(out.Lines, line)
		out.Totals.Gross += gross.Minor
		out.Totals.Discount += line.Discount
		out.Totals.Due += due.Minor
		out.Totals.VAT += line.VAT
	}
	return out, nil
}

// Ask is what a till wants about a basket: to have the one under Code, or to give Basket back. One of the two is set.
type Ask struct {
	Request string            `json:"request"` // made by the till; the answer carries it
	Code    string            `json:"code,omitempty"`
	Basket  showroom.BasketID `json:"basket,omitempty"`
}

// Answer is what a till is told. Either Basket is what it has now, or Error why it has none; after giving back both are missing.
type Answer struct {
	Request string    `json:"request"` // empty where none could be read
	Basket  *Offered  `json:"basket,omitempty"`
	Error   *AskError `json:"error,omitempty"`
}

// AskError is why a till was refused.
type AskError struct {
	Code    showroom.Code `json:"code"`
	Message string        `json:"message"`
}

// Answer does what a till asks for in a message, and says on which topic it is told what. A message that is no question, or of no till
// of ours, is nobody's to answer: the topic is empty.
func (t *Tills) Answer(ctx context.Context, topic string, payload []byte) (to string, told []byte, err error) {
	till, known := t.tillOf(topic, "/basket/ask")
	if !known {
		return "", nil, nil
	}
	var ask Ask
	var answer Answer
	if err := askShape.decodeStrictly(payload, &ask); err != nil {
		answer = Answer{Request: requestIn(payload, ask), Error: &AskError{showroom.CodeInvalid, err.Error()}}
	} else {
		answer = t.ask(ctx, till, ask)
	}
	told, err = json.Marshal(answer)
	if err != nil {
		return "", nil, fmt.Errorf("answer till: %w", err)
	}
	return t.prefix() + string(till) + "/basket/answer", told, nil
}

// requestIn is the request of an ask that is wrong somewhere: as far as it was understood, or could be. Empty when there is none.
func requestIn(payload []byte, understood Ask) string {
	if understood.Request == "" {
		var found struct {
			Request string `json:"request"`
		}
		if json.Unmarshal(payload, &found) == nil {
			understood.Request = found.Request
		}
	}
	if tooLong(understood.Request) {
		return ""
	}
	return understood.Request
}

func tooLong(text string) bool { return utf8.RuneCountInString(text) > mostText }

func (t *Tills) ask(ctx context.Context, till showroom.TillID, ask Ask) Answer {
	answer := Answer{Request: ask.Request}
	var err error
	switch {
	case tooLong(ask.Request):
		answer.Request = ""
		err = showroom.Errorf(showroom.CodeInvalid, "The request id has more than %d letters.", mostText)
	case ask.Request == "" || (ask.Code == "") == (ask.Basket == ""):
		err = showroom.Errorf(showroom.CodeInvalid, "Ask with a request id and either a code or a basket.")
	case ask.Code != "":
		var offered Offered
		if offered, err = t.Claim(ctx, till, ask.Code); err == nil {
			answer.Basket = &offered
		}
	default:
		err = t.GiveBack(ctx, till, ask.Basket)
	}
	if code := showroom.ErrorCode(err); code != "" {
		if code == showroom.CodeInternal {
			t.opt.Log.Error("Till can not be answered", "till", string(till), "err", err)
		}
		answer.Error = &AskError{code, showroom.ErrorMessage(err)}
	}
	return answer
}
