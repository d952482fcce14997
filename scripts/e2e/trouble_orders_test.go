package e2e

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
	"showroom/scripts/shop"
)

// TestOddOrders: shoppers do everything in the wrong order, and screens say things twice or too late. Nothing of it changes what is
// paid for, and nothing is paid for twice.
func TestOddOrders(t *testing.T) {
	t.Parallel()
	one, two := openDesks(t, countries()["euro"], shop.Options{})
	one.odd(http.StatusConflict, "pay for nothing", localapi.PathPay, localapi.PayCommand{Command: command(), Due: localapi.Money{Currency: "EUR"}})
	one.odd(http.StatusConflict, "stop nothing", localapi.PathPayAbort, command())
	one.odd(http.StatusConflict, "park nothing", localapi.PathBasketPark, command())
	one.oddQuantities()
	one.oddDues()
	one.whilePaying(two)
	one.parkedTwice(two)
	one.manyLines()
	one.balanced(3)
}

// odd does something that can not be done.
func (d desk) odd(want int, what, path string, body any) {
	d.t.Helper()
	if status, answer := d.tries(path, body); status != want {
		d.t.Errorf("%s: %d, want %d: %s", what, status, want, answer)
	}
}

func line(id string) string { return strings.Replace(localapi.PathBasketLine, "{line}", id, 1) }

func pieces(n int) localapi.QuantityCommand {
	return localapi.QuantityCommand{Command: command(), Quantity: n}
}

// oddQuantities asks for as many pieces as nobody has.
func (d desk) oddQuantities() {
	d.t.Helper()
	l := d.holds(white40).Lines[0]
	for _, n := range []int{-1, 100, 1000, 1 << 40} {
		if status, answer := d.tries(line(l.ID), pieces(n)); status/100 == 5 {
			d.t.Errorf("%d pieces: %d: %s", n, status, answer)
		}
		if b := d.now().Basket; b == nil || b.Pieces != 1 {
			d.t.Fatalf("%d pieces have made %+v of the basket", n, b)
		}
	}
	d.does(line(l.ID), pieces(99))
	if due := d.now().Basket.Due; due.Minor != 99*l.Unit.Minor {
		d.t.Errorf("99 of %+v come to %+v", l.Unit, due)
	}
	d.does(localapi.PathBasketItems, localapi.ItemCommand{Command: command(), GTIN: white40})
	d.tells("Daha fazla eklenemiyor", "No more can be added")
	d.does(line(l.ID), pieces(0))
	d.odd(http.StatusNotFound, "a line that is gone", line(l.ID), pieces(1))
	d.odd(http.StatusUnprocessableEntity, "pay for an empty basket", localapi.PathPay, localapi.PayCommand{Command: command(), Due: localapi.Money{Currency: "EUR"}})
	d.unmoved(0)
}

// oddDues pays another sum than what is due.
func (d desk) oddDues() {
	d.t.Helper()
	due := d.holds(white41).Due
	for _, other := range []localapi.Money{
		{Minor: due.Minor - 1, Currency: "EUR"}, {Minor: 0, Currency: "EUR"}, {Minor: -due.Minor, Currency: "EUR"}, {Minor: due.Minor, Currency: "TRY"}, {Minor: due.Minor},
	} {
		d.does(localapi.PathPay, localapi.PayCommand{Command: command(), Due: other})
		if now := d.now(); now.Stage != localapi.StageBasket || now.Notice == nil || now.Notice.Code != localapi.NoticeDueChanged {
			d.t.Errorf("%+v was seen: the kiosk is at %s and says %+v", other, now.Stage, now.Notice)
		}
	}
	d.tells("Tutar değişti", "The total has changed")
	status, answer := d.tries(localapi.PathPay, map[string]any{"id": "comma", "due": map[string]any{"minor": "1899,90", "currency": "EUR"}})
	if status/100 != 4 {
		d.t.Errorf("a sum with a comma: %d: %s", status, answer)
	}
	d.unmoved(0)
}

// whilePaying does everything else while the device asks for a card.
func (d desk) whilePaying(other desk) {
	t := d.t
	t.Helper()
	was := *d.now().Basket
	d.tell("spoil %s hesitate", d.Terminal())
	pay := localapi.PayCommand{Command: command(), Due: was.Due}
	d.does(localapi.PathPay, pay)
	d.does(localapi.PathPay, pay) // the same again
	d.does(localapi.PathPay, localapi.PayCommand{Command: command(), Due: was.Due})
	d.asksForCard()
	heard := d.device(d.scanner).Good
	d.scans(beanie)
	d.eventually("the scan is heard", func() error {
		if d.device(d.scanner).Good == heard {
			return errors.New("it is not")
		}
		return nil
	})
	d.tell(`carry "Team Shirt" size M into tray as late`)
	d.odd(http.StatusConflict, "remove while paying", line(was.Lines[0].ID), pieces(0))
	d.odd(http.StatusConflict, "park while paying", localapi.PathBasketPark, command())
	d.odd(http.StatusConflict, "give up while paying", localapi.PathBasketAbandon, command())
	d.odd(http.StatusConflict, "a coupon while paying", localapi.PathBasketCoupon, localapi.CodeCommand{Command: command(), Code: "HOSGELDIN"})
	d.odd(http.StatusConflict, "add while paying", localapi.PathBasketItems, localapi.ItemCommand{Command: command(), GTIN: white41})
	d.does(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true}) // a screen that is late
	for _, next := range []string{"tr", "en", "tr"} {
		d.screen.loop.Send(view.TapLanguage{Language: next})
		d.screen.until("it speaks "+next, func(st view.State) bool { return st.Kiosk.Language == next && st.Route == view.RoutePay })
	}
	other.holds(beanie) // so the scan before it has come to nothing; the other kiosk waits for the same terminal, and thinks better of it
	other.presses()
	other.tells("Lütfen sıranızı bekleyin", "Please wait your turn")
	other.screen.loop.Send(view.TapAbort{})
	other.tells("Ödeme durduruldu", "The payment was stopped")
	other.does(localapi.PathBasketAbandon, command())
	now := d.now()
	if now.Stage != localapi.StagePaying || now.Basket.Pieces != was.Pieces || now.Pay.Amount != was.Due {
		t.Errorf("while %+v is being paid for the kiosk shows %+v", was, now)
	}
	d.showsCard()
	paid := d.untilStage(localapi.StageReceipt).Paid
	if paid.Due != was.Due {
		t.Errorf("paid %+v, want %+v", paid.Due, was.Due)
	}
	d.odd(http.StatusConflict, "pay again", localapi.PathPay, localapi.PayCommand{Command: command(), Due: was.Due})
	if after := d.now(); after.Stage == localapi.StagePaying {
		t.Error("it is paid for again")
	}
	d.unmoved(1)
	d.does(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
	left := d.until("what came too late begins the next basket", func(now localapi.Checkout) bool { return now.Basket != nil && now.Basket.Pieces == 1 })
	if l := left.Basket.Lines[0]; !l.Tagged {
		t.Errorf("the next basket has %+v", l)
	}
	d.tell("take late out")
	d.until("the tray is empty", func(now localapi.Checkout) bool { return now.Tray.Pieces == 0 && !now.Tray.Reading })
}

// parkedTwice sets a basket aside and goes on with it at both kiosks.
func (d desk) parkedTwice(other desk) {
	d.t.Helper()
	was := d.holds(white40, white41)
	d.does(localapi.PathBasketPark, command())
	code := d.untilStage(localapi.StageParked).Parked.Code
	other.does(localapi.PathBasketResume, localapi.CodeCommand{Command: command(), Code: "000" + code[:3]})
	other.tells("Bu kodla sepet bulamadık", "We found no basket by this code")
	resume := localapi.CodeCommand{Command: command(), Code: code}
	other.does(localapi.PathBasketResume, resume)
	other.does(localapi.PathBasketResume, resume)
	other.does(localapi.PathBasketResume, localapi.CodeCommand{Command: command(), Code: code})
	d.does(localapi.PathBasketResume, localapi.CodeCommand{Command: command(), Code: code})
	if b := d.now().Basket; b != nil {
		d.t.Errorf("the same basket is at both kiosks: %+v", b)
	}
	if b := other.now().Basket; b == nil || b.Due != was.Due || b.ID != was.ID {
		d.t.Fatalf("the second kiosk has %+v, want %+v", b, was)
	}
	other.pays()
	d.does(localapi.PathBasketResume, localapi.CodeCommand{Command: command(), Code: code})
	if now := d.now(); now.Basket != nil || now.Stage == localapi.StagePaying {
		d.t.Errorf("what is paid for can be paid for again: %+v", now)
	}
	d.does(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
}

// manyLines buys one of everything.
func (d desk) manyLines() {
	d.t.Helper()
	var found localapi.Found
	for _, query := range []string{"a", "e", "i", "o", "t", "s", "m", "b"} {
		var more localapi.Found
		d.must(d.get(strings.ReplaceAll(localapi.PathSearch, "{kiosk}", d.id)+"?q="+query, &more))
		found.Items = append(found.Items, more.Items...)
	}
	for _, item := range found.Items {
		d.does(localapi.PathBasketItems, localapi.ItemCommand{Command: command(), GTIN: item.GTIN})
	}
	b := d.now().Basket
	if b.Pieces != len(found.Items) || b.Pieces < 20 {
		d.t.Errorf("%d pieces of %d were put in", b.Pieces, len(found.Items))
	}
	var due int64
	for _, l := range b.Lines {
		due += l.Due.Minor
	}
	if due != b.Due.Minor {
		d.t.Errorf("the lines come to %d, the basket to %+v", due, b.Due)
	}
	d.t.Logf("%d lines, %d pieces, %+v", len(b.Lines), b.Pieces, b.Due)
	d.pays()
}
