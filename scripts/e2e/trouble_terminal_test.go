package e2e

import (
	"context"
	"net"
	"testing"

	"showroom/agent/localapi"
	"showroom/devices/sim/printersim"
	"showroom/kiosk/view"
	"showroom/scripts/shop"
)

// TestTroubleAtTheTerminal: what a payment terminal and a receipt printer can do to a shopper.
func TestTroubleAtTheTerminal(t *testing.T) {
	t.Parallel()
	printer, address := openPrinter(t)
	one, two := openDesks(t, countries()["euro"], shop.Options{Printer: address})
	one.terminalRefuses()
	one.terminalIsAway(two)
	one.printerHasNoPaper(printer)
	one.balanced(2)
}

// openPrinter stands a receipt printer at a port until the test ends.
func openPrinter(t *testing.T) (p *printersim.Printer, address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p = printersim.New(printersim.Options{Width: 48})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1) // one result
	go func() { ended <- p.Listen(ctx, l) }()
	t.Cleanup(func() { cancel(); <-ended })
	return p, l.Addr().String()
}

// terminalRefuses: it is busy, it has no paper, it does not know the money.
func (d desk) terminalRefuses() {
	d.t.Helper()
	d.holds(white40)
	for _, refusal := range []struct{ words, tr, en string }{
		{"refuse 9C", "Ödeme cihazı meşgul", "The payment device is busy"},
		{"decline CC", "Ödeme cihazında kâğıt bitti", "The payment device is out of paper"},
		{"refuse 6F", "Ödeme cihazı çalışmıyor", "The payment device is not working"},
		{"decline 05", "Ödeme onaylanmadı", "The payment was declined"},
		{"decline 64", "Kart okunamadı", "The card could not be read"},
	} {
		d.tell("spoil %s %s", d.Terminal(), refusal.words)
		d.isRefused(refusal.tr, refusal.en)
	}
}

// terminalIsAway before somebody pays and while somebody does.
func (d desk) terminalIsAway(other desk) {
	d.t.Helper()
	was := *d.now().Basket
	d.tell("pull %s", d.Terminal())
	other.tells("Ödeme cihazı hazır değil", "The payment device is not ready")
	d.isRefused("Ödeme cihazı çalışmıyor", "The payment device is not working")
	d.tell("plug %s", d.Terminal())
	d.untilUp(d.Terminal())
	d.tell("spoil %s hang told", d.Terminal())
	d.presses()
	d.eventually("the terminal has taken the money", func() error { return d.moved(1) })
	d.tell("pull %s", d.Terminal())
	d.tells("Lütfen tekrar ödemeyin", "Please do not pay again")
	d.tell("plug %s", d.Terminal())
	d.leaves(was.Due)
}

// printerHasNoPaper: a sale without paper is one all the same, and its receipt is behind the code.
func (d desk) printerHasNoPaper(p *printersim.Printer) {
	t := d.t
	t.Helper()
	d.untilUp("p1")
	was := d.holds(white41)
	p.PaperOut(true)
	d.presses()
	d.untilStage(localapi.StageReceipt)
	d.tells("Kâğıt bitti", "Out of paper")
	if page := d.screen.now().Receipt(); page.QR == "" || page.QR != d.now().Paid.Receipt {
		t.Errorf("without paper the code is %q", page.QR)
	}
	p.PaperOut(false)
	d.screen.until("there is paper again", func(st view.State) bool { return st.Receipt().Print.Rest == "" })
	p.PaperLeft(20) // it ends in the middle, and goes on with the next roll
	d.screen.loop.Send(view.TapPrint{})
	d.until("the receipt is being printed", func(now localapi.Checkout) bool { return now.Paid.Printed == "asked" && now.Paid.Printer == "out" })
	d.tells("Kâğıt bitti", "Out of paper")
	p.PaperOut(false)
	d.tells("Fişiniz hazır", "Your receipt is printed")
	if _, err := fetch(t.Context(), d.now().Paid.Receipt, nil); err != nil {
		t.Error(err)
	}
	d.leaves(was.Due)
}
