package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
	"showroom/scripts/shop"
	"showroom/sync/profileapi"
)

// Items that a file brings which nobody has looked through.
const (
	unpriced = "00614141700004"
	unheard  = "4006381333931"
)

// TestTroubleAtTheCounter: what a shopper can show, and what a fiscal device can do to them. Each has words of its own, the basket
// stays what it was, and at the end the device's books are the shop's.
func TestTroubleAtTheCounter(t *testing.T) {
	t.Parallel()
	one, two := openDesks(t, countries()["lira"], shop.Options{})
	one.oddBooks()
	one.oddCodes()
	one.oddStock()
	one.oneGarment(two)
	one.lastPiece(two)
	one.deviceRefuses()
	one.deviceHasNoPaper()
	one.deviceIsAway(two)
	one.balanced(6)
}

// oddBooks imports an item without a price, and figures of a stock that has sold more than it knew of.
func (d desk) oddBooks() {
	d.t.Helper()
	before := d.status().Catalogue
	client, err := profileapi.NewClient(profileapi.Options{URL: d.Central, Token: shop.OperatorToken})
	d.must(err)
	_, err = client.Import(d.t.Context(), profileapi.Import{
		Store:    shop.Store,
		Products: []profileapi.Product{{ID: "unpriced", Name: map[string]string{"tr": "Fiyatsız Atkı", "en": "Unpriced Scarf"}}},
		Items:    []profileapi.Item{{GTIN: unpriced, Product: "unpriced"}},
		Stock:    []profileapi.Stock{{GTIN: monospaceM, Quantity: -2}, {GTIN: beanie, Quantity: 1}},
	})
	d.must(err)
	d.eventually("the books have arrived", func() error {
		if now := d.status().Catalogue; now != before+1 {
			return fmt.Errorf("%d items, and %d before", now, before)
		}
		return nil
	})
	if found := d.finds("monospace"); !strings.Contains(found, monospaceM) {
		d.t.Errorf("a shopper may have it in hand, and it is not found: %s", found)
	}
	if found := d.finds("fiyatsız"); strings.Contains(found, unpriced) {
		d.t.Errorf("nobody can pay for it, and it is found: %s", found)
	}
}

// finds searches as somebody types.
func (d desk) finds(query string) string {
	d.t.Helper()
	var found localapi.Found
	d.must(d.get(strings.ReplaceAll(localapi.PathSearch, "{kiosk}", d.id)+"?q="+url.QueryEscape(query), &found))
	text, err := json.Marshal(found)
	d.must(err)
	return string(text)
}

// oddCodes shows codes that are no item's.
func (d desk) oddCodes() {
	d.t.Helper()
	was := d.holds(white40)
	for _, odd := range []struct{ code, tr, en string }{
		{unheard, "Bu ürünü tanımıyoruz", "We do not know this item"},
		{"]E04006381333932", "Kodu okuyamadık", "We could not read the code"}, // its check digit is wrong
		{"https://example.com/menu?table=7", "Bu ürünü tanımıyoruz", "We do not know this item"},
		{"NR", "Kodu okuyamadık", "We could not read the code"},
		{"4006381333932", "Bu ürünü tanımıyoruz", "We do not know this item"}, // nobody says what symbol it was
		{strings.Repeat("A page of text. ", 312), "Kodu okuyamadık", "We could not read the code"},
		{unpriced, "Bu ürünün fiyatı yok", "This item has no price"},
	} {
		d.scans(odd.code)
		d.tells(odd.tr, odd.en)
		d.keeps(was)
	}
	if got := says(d.screen.now(), "tr"); !strings.Contains(got, "Fiyatsız Atkı") {
		d.t.Errorf("which item has no price? %q", got)
	}
}

// oddStock scans a piece of which the books have less than none: the shopper has it in hand.
func (d desk) oddStock() {
	d.t.Helper()
	if b := d.holds(monospaceM); b.Pieces != 2 {
		d.t.Errorf("%d pieces", b.Pieces)
	}
	d.tells("Kayıtlarda stok görünmüyor", "Our books show none in stock")
}

// oneGarment has two kiosks want the same garment: by its tag, which the one that came second is told, and by the bar code of the only
// piece there is, which it is told as well and may buy.
func (d desk) oneGarment(other desk) {
	t := d.t
	t.Helper()
	d.tell(`carry "Team Shirt" size M into tray as shirt`)
	d.until("the shirt lies in the basket", func(now localapi.Checkout) bool { return now.Basket.Pieces == 3 && !now.Tray.Reading })
	d.hesitates()
	other.holds(white41)
	d.tell("move shirt into tray2")
	other.tells("Bu ürün başka bir sepette", "This garment is in another basket")
	now := other.until("the second kiosk has what is its own", func(now localapi.Checkout) bool { return now.Tray.Elsewhere == 1 })
	if now.Basket.Pieces != 1 {
		t.Errorf("the second kiosk sells %+v", now.Basket)
	}
	due := d.now().Basket.Due
	d.showsCard()
	d.leaves(due)
}

// lastPiece has two kiosks scan the bar code of the only piece the books know of. Whoever comes second is told, and may buy it: they
// have one in hand.
func (d desk) lastPiece(other desk) {
	d.t.Helper()
	d.holds(beanie)
	if got := says(d.shown("the basket is shown", func(view.State) bool { return true }), "tr"); strings.Contains(got, "stok") {
		d.t.Errorf("the first one is told %q", got)
	}
	other.holds(beanie)
	other.tells("Kayıtlarda stok görünmüyor", "Our books show none in stock")
	other.pays()
	d.pays()
}

// deviceRefuses: it is busy with something else.
func (d desk) deviceRefuses() {
	d.t.Helper()
	d.holds(white40)
	d.tell("spoil %s busy", d.Terminal())
	d.isRefused("Ödeme cihazı meşgul", "The payment device is busy")
	d.pays()
}

// deviceHasNoPaper: its paper ends when the bank has said yes. Without a slip there is no sale, so the money goes back; with a new roll
// in time there is one.
func (d desk) deviceHasNoPaper() {
	d.t.Helper()
	was := d.holds(white40)
	d.tell("spoil %s no_paper", d.Terminal())
	for range 2 { // the second time there is none from the beginning
		d.isRefused("Ödeme cihazında kâğıt bitti", "The payment device is out of paper")
	}
	d.tell("spoil %s new_paper", d.Terminal())
	d.untilUp(d.Terminal())
	d.tell("spoil %s paper_later", d.Terminal())
	d.presses()
	d.tells("tekrar ödemeyin", "do not pay again")
	d.tell("spoil %s new_paper", d.Terminal())
	d.leaves(was.Due)
}

// deviceIsAway before somebody pays, which nobody can then, and while somebody does.
func (d desk) deviceIsAway(other desk) {
	d.t.Helper()
	was := d.holds(white40)
	d.tell("pull %s", d.Terminal())
	other.tells("Mali cihaz hazır değil", "The fiscal device is not ready")
	d.isRefused("Burada şu anda satış yapılamıyor", "No sale is possible here now")
	d.tell("plug %s", d.Terminal())
	d.untilUp(d.Terminal())
	other.untilStage(localapi.StageAttract)

	d.hesitates()
	d.tell("pull %s", d.Terminal())
	d.tells("Lütfen tekrar ödemeyin", "Please do not pay again")
	if code := d.now().Parked; code == nil || len(code.Code) != 6 {
		d.t.Errorf("there is no code that will show what became of it: %+v", code)
	}
	d.tell("plug %s", d.Terminal())
	d.showsCard()
	d.leaves(was.Due)
}
