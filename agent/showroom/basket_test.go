package showroom_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	. "showroom/agent/showroom"
)

func at(seconds int) Moment {
	return Moment{Wall: time.Date(2026, 11, 22, 12, 0, seconds, 0, time.UTC), Boot: "b", Mono: time.Duration(seconds) * time.Second}
}

func shirt(id string, pieces int) Line {
	return Line{ID: LineID(id), GTIN: "00614141007349", Quantity: pieces, Unit: lira(24990), VATBasisPoints: 1000, Source: FromScan}
}

func tagged(t *testing.T, id, epc string) Line {
	t.Helper()
	l := shirt(id, 1)
	var err error
	if l.EPC, err = gs1.ParseEPC(epc); err != nil {
		t.Fatal(err)
	}
	l.Source = FromTray
	return l
}

const epc1, epc2 = "3034257BF400B7800004CB2F", "3034257BF400B7800004CB30"

// must does what a story takes for granted.
func must(t *testing.T) func(Basket, error) Basket {
	return func(b Basket, err error) Basket {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

func TestABasketIsFilledAndPaid(t *testing.T) {
	ok := must(t)
	b := Basket{ID: "b1", Kiosk: "sco1", State: BasketOpen, Currency: "TRY"}
	b = ok(b.Add(shirt("l1", 1), at(1)))
	b = ok(b.Add(shirt("l2", 2), at(2))) // the same again is one line
	b = ok(b.Add(tagged(t, "l3", epc1), at(3)))
	b = ok(b.Add(tagged(t, "l4", epc2), at(4))) // two serials of one item are two garments
	if _, err := b.Add(tagged(t, "l5", epc1), at(5)); ErrorCode(err) != CodeConflict {
		t.Errorf("one garment twice: %v", err)
	}
	if got := b.Pieces(); got != 5 || len(b.Lines) != 3 || b.Version != 4 || b.Changed != at(4) {
		t.Errorf("%d pieces in %+v", got, b)
	}
	before := b
	b = ok(b.SetQuantity("l1", 1, at(6)))
	if before.Lines[0].Quantity != 3 {
		t.Error("the basket before has changed too")
	}
	b = ok(b.SetQuantity("l4", 0, at(7)))
	if _, err := b.SetQuantity("l3", 2, at(8)); ErrorCode(err) != CodeInvalid {
		t.Errorf("two of one garment: %v", err)
	}
	if _, err := b.SetQuantity("l4", 1, at(8)); ErrorCode(err) != CodeNotFound {
		t.Errorf("a line that has gone: %v", err)
	}
	b = ok(b.Freeze("s1", at(9)))
	for name, change := range map[string]func() (Basket, error){
		"add":      func() (Basket, error) { return b.Add(shirt("l9", 1), at(10)) },
		"quantity": func() (Basket, error) { return b.SetQuantity("l1", 2, at(10)) },
		"freeze":   func() (Basket, error) { return b.Freeze("s2", at(10)) },
		"abandon":  func() (Basket, error) { return b.Abandon(at(10)) },
		"resume":   func() (Basket, error) { return b.Resume("sco2", at(10)) },
		"claim":    func() (Basket, error) { return b.Claim("k1", at(10)) },
	} {
		if got, err := change(); ErrorCode(err) != CodeConflict || !cmp.Equal(got, b, cmp.Comparer(func(a, b gs1.EPC) bool { return a == b })) {
			t.Errorf("%s while it is being paid for: %v", name, err)
		}
	}
	thawed := ok(b.Thaw(at(11)))
	if !thawed.Open() || thawed.Settlement != "" {
		t.Errorf("%+v", thawed)
	}
	b = ok(b.Sell(at(12)))
	if _, err := b.Sell(at(13)); err == nil || !b.State.Ended() {
		t.Error("sold twice")
	}
}

func TestAWishIsNotPaidUntilItIsSeen(t *testing.T) {
	ok := must(t)
	b := Basket{ID: "b1", State: BasketOpen, Currency: "TRY"}
	wish := shirt("w1", 1)
	wish.Wish, wish.Source = true, FromRoom
	b = ok(b.Add(wish, at(1)))
	if _, err := b.Freeze("s1", at(2)); ErrorCode(err) != CodeInvalid || b.Pieces() != 0 {
		t.Errorf("wishes were paid for: %v", err)
	}
	b = ok(b.Add(tagged(t, "l1", epc1), at(3)))
	if len(b.Lines) != 1 || b.Lines[0].ID != "w1" || b.Lines[0].Wish || len(b.Payable()) != 1 {
		t.Errorf("%+v", b.Lines)
	}
}

// Wishes come with their tags or without, one piece or several; what is seen takes the place of the wish for that very garment first.
func TestWishesAreFulfilledPieceByPiece(t *testing.T) {
	ok := must(t)
	other, own, several := tagged(t, "w1", epc2), tagged(t, "w2", epc1), shirt("w3", 3)
	b := Basket{State: BasketOpen, Currency: "TRY"}
	for _, w := range []Line{other, own, several} {
		w.Wish = true
		b = ok(b.Add(w, at(1)))
	}
	if _, held := b.Holds(own.EPC); held || b.Pieces() != 0 {
		t.Errorf("a wish is held: %+v", b.Lines)
	}
	before := b
	b = ok(b.Add(tagged(t, "l1", epc1), at(2)))
	if l, held := b.Holds(own.EPC); !held || l.ID != "w2" || len(b.Lines) != 3 {
		t.Errorf("the garment itself: %+v", b.Lines)
	}
	b = ok(b.Add(shirt("l2", 2), at(3)))
	var got []string
	for _, l := range b.Lines {
		got = append(got, fmt.Sprintf("%s: %d %v", l.ID, l.Quantity, l.Wish))
	}
	if diff := cmp.Diff([]string{"w1: 1 true", "w3: 1 true", "w2: 1 false", "l2: 2 false"}, got); diff != "" {
		t.Errorf("two pieces without a tag (-want +got):\n%s", diff)
	}
	if len(before.Lines) != 3 || before.Lines[2].Quantity != 3 {
		t.Errorf("the basket before has changed: %+v", before.Lines)
	}
}

func TestAParkedBasketGoesToOneTill(t *testing.T) {
	ok := must(t)
	b := ok(Basket{ID: "b1", Kiosk: "sco1", State: BasketOpen, Currency: "TRY"}.Add(shirt("l1", 1), at(1)))
	b = ok(b.Park("7421", "till", at(2)))
	b = ok(b.Claim("k1", at(3)))
	if _, err := b.Claim("k2", at(4)); ErrorCode(err) != CodeTaken {
		t.Errorf("two tills have it: %v", err)
	}
	b = ok(b.Claim("k1", at(5))) // it asks again
	b = ok(b.Park("7421", "till", at(6)))
	b = ok(b.Resume("sco2", at(7)))
	if b.Kiosk != "sco2" || b.Code != "" || b.Till != "" || !b.Open() {
		t.Errorf("%+v", b)
	}
	if b = ok(b.Abandon(at(8))); !b.State.Ended() {
		t.Errorf("%+v", b)
	}
}

func TestWhatABasketDoesNotTake(t *testing.T) {
	ok := must(t)
	b := Basket{State: BasketOpen, Currency: "TRY"}
	for name, l := range map[string]Line{
		"no piece":         shirt("l", 0),
		"too many":         shirt("l", MostPieces+1),
		"another currency": {GTIN: "1", Quantity: 1, Unit: Money{Minor: 1, Currency: "EUR"}},
		"no price":         {GTIN: "1", Quantity: 1},
		"a negative price": {GTIN: "1", Quantity: 1, Unit: lira(-1)},
		"a lorry":          {GTIN: "1", Quantity: 1, Unit: lira(MostPrice + 1)},
	} {
		if _, err := b.Add(l, at(1)); ErrorCode(err) != CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	b = ok(b.Add(shirt("l", MostPieces), at(1)))
	if _, err := b.Add(shirt("m", 1), at(1)); ErrorCode(err) != CodeInvalid {
		t.Errorf("one piece too many: %v", err)
	}
}

// Or whoever is let have a stained shirt for half would have five.
func TestAPriceOfStaffIsForThePiecesTheySaw(t *testing.T) {
	ok := must(t)
	b := ok(Basket{State: BasketOpen, Currency: "TRY"}.Add(shirt("l", 2), at(1)))
	b.Lines[0].Overridden = "a stain"
	if _, err := b.SetQuantity("l", 3, at(2)); ErrorCode(err) != CodeForbidden {
		t.Errorf("one more at the price of staff: %v", err)
	}
	if b = ok(b.SetQuantity("l", 2, at(2))); b.Pieces() != 2 {
		t.Errorf("as many as before are %d", b.Pieces())
	}
	if b = ok(b.SetQuantity("l", 1, at(2))); b.Pieces() != 1 {
		t.Errorf("one less are %d", b.Pieces())
	}
}

func TestASettlementIsConcluded(t *testing.T) {
	open := Settlement{ID: "s1", Kind: Payment, Amount: lira(24990), State: SettlementAsked, Started: at(1)}
	for name, c := range map[string]struct {
		result Result
		want   SettlementState
	}{
		"nothing was heard":           {Result{}, SettlementUnsure},
		"approved":                    {Result{Outcome: Approved, Amount: lira(24990)}, SettlementApproved},
		"approved without an amount":  {Result{Outcome: Approved}, SettlementApproved},
		"another amount":              {Result{Outcome: Approved, Amount: lira(2499)}, SettlementUnsure},
		"the amount in another money": {Result{Outcome: Approved, Amount: Money{Minor: 24990, Currency: "EUR"}}, SettlementUnsure},
		"declined":                    {Result{Outcome: Declined, Reason: DeclinedByCard}, SettlementDeclined},
		"a word nobody knows":         {Result{Outcome: "maybe"}, SettlementUnsure},
	} {
		got, err := open.Conclude(c.result, at(2))
		if err != nil || got.State != c.want {
			t.Errorf("%s: %s, %v; want %s", name, got.State, err, c.want)
		}
	}
	other, _ := open.Conclude(Result{Outcome: Approved, Amount: lira(2499)}, at(2))
	other, err := other.Conclude(Result{Code: "no answer"}, at(3))
	if err != nil || other.Result.Amount != lira(2499) {
		t.Errorf("a device that says nothing more has said %+v, %v", other.Result, err)
	}
	if _, err := other.Decide(Approved, "elif", "the slip", at(4)); !errors.Is(err, ErrOtherSum) {
		t.Errorf("another sum was decided to be the one asked for: %v", err)
	}
	unsure, _ := open.Conclude(Result{}, at(2))
	if _, err := unsure.Decide(Approved, "elif", "", at(3)); ErrorCode(err) != CodeInvalid {
		t.Errorf("decided without a reason: %v", err)
	}
	if _, err := open.Decide(Approved, "elif", "the slip", at(3)); ErrorCode(err) != CodeConflict {
		t.Errorf("decided while the device is still asked: %v", err)
	}
	decided, err := unsure.Decide(Approved, "elif", "the slip", at(3))
	if err != nil || decided.State != SettlementApproved || decided.By != "elif" {
		t.Errorf("%+v, %v", decided, err)
	}
	if _, err := decided.Conclude(Result{Outcome: Declined}, at(4)); ErrorCode(err) != CodeConflict {
		t.Errorf("a closed settlement was concluded again: %v", err)
	}
	late, err := unsure.Conclude(Result{Outcome: Declined, Reason: DeclinedTimeout}, at(5)) // the device remembers after all
	if err != nil || late.State != SettlementDeclined {
		t.Errorf("%+v, %v", late, err)
	}
}

func TestWhatOffersTookOffIsForgottenWhenABasketOpensAgain(t *testing.T) {
	b := Basket{State: BasketOpen, Currency: "TRY", Lines: []Line{{
		ID: "l1", Quantity: 1, Unit: lira(100), Reductions: []Reduction{{Offer: "o", Amount: lira(10)}},
	}}}
	frozen, err := b.Freeze("s1", Moment{})
	if err != nil {
		t.Fatal(err)
	}
	aside, err := frozen.Park("123456", "till", Moment{})
	if err != nil {
		t.Fatal(err)
	}
	thawed, err := frozen.Thaw(Moment{})
	if err != nil {
		t.Fatal(err)
	}
	resumed, err := aside.Resume("sco2", Moment{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(aside.Lines[0].Reductions); n != 1 {
		t.Errorf("set aside it has %d", n)
	}
	if len(thawed.Lines[0].Reductions)+len(resumed.Lines[0].Reductions) != 0 {
		t.Errorf("%+v and %+v", thawed.Lines[0].Reductions, resumed.Lines[0].Reductions)
	}
	if len(b.Lines[0].Reductions) != 1 {
		t.Error("the old basket has changed")
	}
}
