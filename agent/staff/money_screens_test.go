package staff_test

import (
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/agent/store"
)

// busySaturday is a shop in which everything about money that can go wrong has just done so.
func busySaturday(t *testing.T) (*shop, *counterDesk) {
	t.Helper()
	d := &counterDesk{}
	s := newShop(t, func(o *staff.Options) { o.Desks, o.Tills = d, d })
	lira := func(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }
	gown := showroom.Line{ID: "l1", GTIN: dress, Name: showroom.Text{"tr": "Yarasa Kollu Uzun Saten Abiye Elbise", "en": "Long satin evening dress with batwing sleeves"}, Size: "38", Quantity: 1,
		Unit: lira(349_990), VATBasisPoints: 1000, Source: showroom.FromTray}
	linen := showroom.Line{ID: "l2", GTIN: shirt, Name: showroom.Text{"tr": "Kısa Kollu Keten Gömlek", "en": "Short-sleeved linen shirt"}, Size: "M", Quantity: 3, Unit: lira(79_990), VATBasisPoints: 1000,
		Source: showroom.FromScan, Reductions: []showroom.Reduction{{Offer: "3for2", Name: showroom.Text{"tr": "3 al 2 öde"}, Amount: lira(79_990)}}}
	blazer := showroom.Line{ID: "l3", GTIN: jacket, Name: showroom.Text{"tr": "Yün Blazer Ceket", "en": "Wool blazer"}, Size: "L", Quantity: 1, Unit: lira(429_900), VATBasisPoints: 1000, Source: showroom.FromScan}
	s.update(func(tx *store.Tx) error {
		now := tx.Now()
		ago := func(d time.Duration) showroom.Moment {
			return showroom.Moment{Wall: now.Wall.Add(-d), Boot: now.Boot, Mono: now.Mono - d}
		}
		settlement := func(id, kind, basket, sale, device string, minor int64, state showroom.SettlementState, why showroom.DeclineReason, past time.Duration) error {
			return tx.PutSettlement(showroom.Settlement{ID: showroom.SettlementID(id), Kind: showroom.SettlementKind(kind), Device: showroom.DeviceID(device), Basket: showroom.BasketID(basket),
				Sale: showroom.SaleID(sale), Amount: lira(minor), State: state, Result: showroom.Result{Reason: why}, Started: ago(past), Changed: ago(past), By: "elif", Why: "beden uymadı"})
		}
		sale := func(id string, number int64, till string, past time.Duration, releases []store.Release, lines ...showroom.Line) error {
			made := showroom.Sale{ID: showroom.SaleID(id), Number: number, Kiosk: "sco1", Till: showroom.TillID(till), Basket: showroom.BasketID("of-" + id), Settlement: showroom.SettlementID("paid-" + id), Lines: lines, At: ago(past).Wall}
			totals, err := showroom.AddUp("TRY", lines)
			made.Totals = totals
			if err != nil {
				return err
			}
			return tx.PutSale(made, releases)
		}
		basket := func(id string, number int, code string, state showroom.BasketState, till string, past time.Duration, lines ...showroom.Line) error {
			return tx.PutBasket(showroom.Basket{ID: showroom.BasketID(id), Kiosk: "sco1", State: state, Currency: "TRY", Lines: lines, Number: number, Code: code, Till: showroom.TillID(till), Opened: ago(past), Changed: ago(past)})
		}
		for _, err := range []error{
			basket("b1", 41, "K7P4", showroom.BasketAside, "", 4*time.Minute, gown, linen),
			basket("b2", 42, "M3RT", showroom.BasketAtTill, "kasa-1", 2*time.Minute, blazer),
			settlement("s1", "payment", "b1", "", "okc1", 509_970, showroom.SettlementUnsure, "", 5*time.Minute),
			settlement("s2", "payment", "b2", "", "okc1", 429_900, showroom.SettlementAsked, "", 20*time.Second),
			sale("v1", 1041, "", 50*time.Minute, nil, gown, linen),
			sale("v2", 1042, "", 38*time.Minute, []store.Release{
				{ID: "r1", GTIN: jacket, Sale: "v2", State: store.ReleaseFailed, Changed: ago(37 * time.Minute), Detail: "no answer"},
				{ID: "r2", GTIN: shirt, Sale: "v2", State: store.ReleaseFailed, Changed: ago(37 * time.Minute), Detail: "fault: pin jammed"},
				{ID: "r3", GTIN: jacket, Sale: "v2", State: store.ReleaseFailed, Changed: ago(37 * time.Minute), Detail: "not all pieces were sold"},
			}, blazer, linen),
			sale("v3", 0, "kasa-1", 20*time.Minute, nil, linen),
			settlement("g1", "refund", "", "v2", "okc1", 429_900, showroom.SettlementDeclined, showroom.DeclinedByCard, 3*time.Minute),
			settlement("g2", "refund", "", "v1", "okc1", 53_326, showroom.SettlementApproved, "", 9*time.Minute),
			tx.PutDeadLetter(store.DeadLetter{Till: "kasa-1", Topic: "showroom/v1/s1/pos/kasa-1/event", Reason: "taken, but its basket was not closed: The basket has been paid.", Body: []byte(`{"event_id":"0197f2a1-5d1c-7a51-9a53-0f6d5f1c2e11","type":"sale.completed","seq":118,"ticket_no":"000118"}`)}),
			tx.PutSettlement(showroom.Settlement{ID: "s3", Kind: showroom.Payment, Device: "okc1", Amount: lira(129_900), State: showroom.SettlementDeclined, By: "elif", Why: "banka listesinde yok", Started: ago(70 * time.Minute), Changed: ago(40 * time.Minute),
				Later: showroom.Result{Outcome: showroom.Approved, Amount: lira(129_900)}}),
			tx.PutTakeBack(store.TakeBack{ID: "t1", Sale: "v1", GTIN: dress, Since: ago(8 * time.Minute)}),
			tx.PutReturn(showroom.Return{ID: "back", Sale: "v1", Lines: []showroom.ReturnedLine{{Line: "l2", Quantity: 1, Amount: lira(53_326)}}, Amount: lira(53_326), By: "elif", Why: "beden uymadı", At: ago(9 * time.Minute).Wall}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return s, d
}

// whole saves the page from its top to its end, a screen at a time.
func (b *browser) whole(name string) {
	b.s.t.Helper()
	b.script(`window.scrollTo(0, 0)`)
	b.picture(name)
	for i := range 6 {
		before := b.text(`String(window.scrollY)`)
		b.script(`window.scrollBy(0, 680)`)
		if b.text(`String(window.scrollY)`) == before {
			return
		}
		b.picture(name + "-" + string(rune('b'+i)))
	}
}

func TestPicturesOfMoney(t *testing.T) {
	if !*update {
		t.Skip("pictures are for people; -update draws them anew")
	}
	empty := newShop(t, func(o *staff.Options) { d := &counterDesk{}; o.Desks, o.Tills = d, d })
	b := newBrowser(empty)
	b.signIn("Elif")
	b.open("/staff/checkout")
	b.picture("money-empty")

	s, d := busySaturday(t)
	b = newBrowser(s)
	b.signIn("Elif")
	for _, language := range []string{"tr", "en"} {
		b.open("/staff/queue")
		b.script(`document.querySelector("[lang=` + language + `][name=language]").click()`)
		b.until(`document.documentElement.lang === "` + language + `"`)
		b.open("/staff/checkout")
		b.whole("money-" + language)
		b.open("/staff/checkout/settlements/s1")
		b.whole("money-unknown-" + language)
		b.open("/staff/checkout/find?number=99999")
		b.picture("money-find-" + language)
		b.open("/staff/checkout/sales/v1")
		b.picture("money-sale-back-" + language)
		b.open("/staff/checkout/sales/v2")
		b.whole("money-sale-" + language)
	}
	b.script(`document.querySelector("[name='line.l2']").value = "2"; document.querySelector("#why").value = "too big"`)
	d.refuse = showroom.Errorf(showroom.CodeConflict, "Of this line 1 can still come back.")
	b.tap(`//button[@value="refund"]`)
	b.sees("any more")
	b.picture("money-sale-refused")
	b.script(`document.querySelector("#why").required = false; document.querySelector("#why").value = ""`)
	b.tap(`//button[@value="refund"]`)
	b.sees("say why")
	b.picture("money-sale-no-reason")
	b.open("/staff/checkout/settlements/s1")
	b.script(`document.querySelectorAll("[required]").forEach(e => e.required = false); document.querySelector("#why").value = "the bank says so"`)
	b.tap(`//button[text()="Decide"]`)
	b.sees("how you know")
	b.picture("money-unknown-undecided")
	b.calm()
}
