package view_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

func (s *story) at60(seconds int) { s.at = s.at.Add(time.Duration(seconds)*time.Second - time.Second) }

// becomes tells a state of the agent that is newer than the last.
func (s *story) becomes(k localapi.KioskState) { s.tell(view.StateLoaded{Kiosk: k}) }

// answered tells the agent's answer to the last command.
func (s *story) answered(t view.Ticket, k localapi.KioskState) {
	s.tell(view.CommandDone{Ticket: t, Kiosk: &k})
}

func (s *story) on(route view.Route) {
	s.t.Helper()
	if s.state.Route != route {
		s.t.Fatalf("the page is %v, not %v", s.state.Route, route)
	}
}

func TestAShopperPays(t *testing.T) {
	s := begin(t, kiosktest.Counter("tr"))
	s.on(view.RouteAttract)
	basket := s.shop.Shopping("tr")
	s.becomes(basket)
	s.on(view.RouteBasket)
	page := s.state.Basket()
	if page.Title != "5 ürün: doğru mu?" || page.Total.Amount != "6.422,40 ₺" || page.Pay.Rest != "" {
		t.Errorf("the basket says %q, %q, %q", page.Title, page.Total.Amount, page.Pay.Rest)
	}
	if page.Lines[0].Name != "Kanvas Günlük Ayakkabı" || page.Lines[0].Was != "2.490,00 ₺" {
		t.Errorf("the first line is not the one that came last: %+v", page.Lines[0])
	}
	s.tell(view.TapPay{})
	s.expect(view.PayBasket{Ticket: 1, Due: basket.Checkout.Basket.Due})
	s.tell(view.TapPay{}) // an impatient finger
	s.expect()
	s.answered(1, kiosktest.Paying(basket, "present_card"))
	s.on(view.RoutePay)
	if p := s.state.Pay(); p.Title != "Kartınızı okutun" || p.Total.Amount != "6.422,40 ₺" || p.Picture != view.PictureCard {
		t.Errorf("the payment says %+v", p)
	}
	s.becomes(kiosktest.Paid(kiosktest.Paying(basket, "printing")))
	s.on(view.RouteReceipt)
	if r := s.state.Receipt(); r.QR == "" || r.Total.Amount != "6.422,40 ₺" || r.Print.Rest != "" || r.Finish != "Kâğıt fiş istemiyorum" {
		t.Errorf("the receipt says %+v", r)
	}
	s.tell(view.TapFinish{})
	s.expect(view.FinishReceipt{Ticket: 2})
	s.answered(2, kiosktest.Counter("tr"))
	s.on(view.RouteThanks)
	due, ok := s.state.Deadline(s.at)
	if !ok || due.Sub(s.at) != view.ThanksFor {
		t.Errorf("thanks end at %v", due)
	}
	s.at = due
	s.tell(view.Tick{})
	s.on(view.RouteAttract)
}

func TestAPaymentIsStoppedOnlyWhileItCanBe(t *testing.T) {
	for progress, want := range map[string]bool{"present_card": true, "enter_pin": true, "authorising": true, "printing": false, "remove_card": false, "unrecorded": false} {
		if page := begin(t, kiosktest.Paying(shop(t).Shopping("tr"), progress)).state.Pay(); (page.Abort != "") != want {
			t.Errorf("%s: the button says %q", progress, page.Abort)
		}
	}
}

func TestPayingWaitsForWhatIsNotSettled(t *testing.T) {
	for name, change := range map[string]func(*localapi.Checkout){
		"held":    func(c *localapi.Checkout) { c.Tray.Held = 1 },
		"reading": func(c *localapi.Checkout) { c.Tray.Reading = true },
		"nothing": func(c *localapi.Checkout) { b := *c.Basket; b.Pieces = 0; c.Basket = &b },
	} {
		s := begin(t, kiosktest.Changed(shop(t).Shopping("tr"), change))
		if s.state.Basket().Pay.Rest == "" {
			t.Errorf("%s: it does not say why paying waits", name)
		}
		s.tell(view.TapPay{})
		if len(s.last) != 0 {
			t.Errorf("%s: commands %v", name, s.last)
		}
	}
	s := begin(t, shop(t).Shopping("tr"))
	s.tell(view.TapQuantity{Line: s.state.Kiosk.Checkout.Basket.Lines[2].ID, Quantity: 3})
	s.tell(view.TapPay{}) // the sum on the screen is an old one
	s.expect()
}

func TestBagsAreAskedForOnceBeforePaying(t *testing.T) {
	k := kiosktest.Changed(shop(t).Shopping("tr"), func(c *localapi.Checkout) {
		c.Bag = &localapi.BasketLine{GTIN: "08690000000012", Name: "Poşet", Unit: kiosktest.Lira(50)}
	})
	s := begin(t, k)
	s.tell(view.TapPay{})
	s.expect()
	s.on(view.RouteBag)
	s.tell(view.TapBags{Quantity: 2})
	s.expect(view.SetBags{Ticket: 1, Quantity: 2})
	if c := s.state.Bag().Choices; !c[2].Chosen || s.state.Bag().Pay.Rest == "" {
		t.Errorf("choices %+v", c)
	}
	lines := append([]localapi.BasketLine{}, k.Checkout.Basket.Lines...)
	lines = append(lines, localapi.BasketLine{ID: "bag", GTIN: "08690000000012", Name: "Poşet", Quantity: 2, Unit: kiosktest.Lira(50), Gross: kiosktest.Lira(100)})
	bagged := kiosktest.Changed(kiosktest.Fill(k, lines...), func(c *localapi.Checkout) { c.Tray.Pieces = 2 })
	s.answered(1, bagged)
	s.on(view.RouteBag) // the new total is on it
	s.tell(view.TapPay{})
	s.expect(view.PayBasket{Ticket: 2, Due: bagged.Checkout.Basket.Due})
}

func TestWhatWasRemovedComesBack(t *testing.T) {
	s := begin(t, shop(t).Shopping("tr"))
	tees := s.state.Kiosk.Checkout.Basket.Lines[2] // two of them
	s.tell(view.TapQuantity{Line: tees.ID})
	s.expect(view.SetQuantity{Ticket: 1, Line: tees.ID})
	if l := s.state.Basket().Lines[1]; l.Tag != "Çıkarılıyor…" || l.Remove != "" {
		t.Errorf("the line says %+v", l)
	}
	rest := append([]localapi.BasketLine{}, s.state.Kiosk.Checkout.Basket.Lines[:2]...)
	without := kiosktest.Fill(kiosktest.Counter("tr"), rest...)
	s.answered(1, without)
	toast := s.state.Frame().Toast
	if toast.Retry != "Geri al" || toast.Msg != view.Msg(view.TapUndo{}) {
		t.Fatalf("toast %+v", toast)
	}
	s.tell(toast.Msg)
	s.expect(view.AddItem{Ticket: 2, GTIN: tees.GTIN, Quantity: 2})
	one := tees
	one.ID, one.Quantity, one.Gross, one.Reductions = "new", 1, tees.Unit, nil
	s.answered(2, kiosktest.Fill(kiosktest.Counter("tr"), append(rest, one)...))
	s.expect(view.SetQuantity{Ticket: 3, Line: "new", Quantity: 2})
	s.tell(view.TapUndo{}) // there is nothing left to undo
	s.expect()
}

func TestATaggedGarmentIsNotBroughtBackByItsBarCode(t *testing.T) {
	l := kiosktest.Line(shop(t).Polo("tr"), 2, 1)
	l.Tagged = true
	s := begin(t, kiosktest.Fill(kiosktest.Counter("tr"), l))
	s.tell(view.TapQuantity{Line: l.ID})
	if toast := s.state.Frame().Toast; toast.Text == "" || toast.Retry != "" {
		t.Errorf("toast %+v", toast)
	}
	onTray := kiosktest.Tray(kiosktest.Line(shop(t).Polo("tr"), 2, 1))
	s = begin(t, kiosktest.Fill(kiosktest.Counter("tr"), onTray...))
	if l := s.state.Basket().Lines[0]; l.Remove != "" || l.Count != "" || l.Tag != "Tepside" {
		t.Errorf("what lies on the tray says %+v", l)
	}
}

func TestAWishIsNotBroughtBackAsSomethingToPay(t *testing.T) {
	wish := kiosktest.Line(shop(t).Polo("tr"), 2, 2)
	wish.Wish = true
	s := begin(t, kiosktest.Fill(kiosktest.Counter("tr"), wish))
	s.tell(view.TapQuantity{Line: wish.ID})
	s.expect(view.SetQuantity{Ticket: 1, Line: wish.ID})
	if toast := s.state.Frame().Toast; toast.Text != "Çıkarıldı. Geri eklemek için okutun." || toast.Retry != "" {
		t.Errorf("toast %+v", toast)
	}
	s.tell(view.TapUndo{})
	s.expect()
}

func TestSearchFollowsWhatIsTyped(t *testing.T) {
	s := begin(t, kiosktest.Counter("tr"))
	s.tell(view.TapSearch{})
	s.tell(view.TapKey{Rune: 'ş'})
	s.expect(view.Search{Ticket: 1, Query: "ş"})
	s.tell(view.TapKey{Rune: 'a'})
	s.expect(view.Search{Ticket: 2, Query: "şa"})
	shirt := kiosktest.Line(s.shop.Tee("tr"), 0, 1)
	s.tell(view.Searched{Ticket: 2, Found: localapi.Found{Query: "şa", Items: []localapi.BasketLine{shirt}}})
	s.tell(view.Searched{Ticket: 1, Found: localapi.Found{Query: "ş"}}) // overtaken
	if p := s.state.Search(); len(p.Found) != 1 || p.None != "" {
		t.Fatalf("found %+v", p)
	}
	s.tell(view.TapFound{GTIN: shirt.GTIN})
	s.expect(view.AddItem{Ticket: 3, GTIN: shirt.GTIN, Quantity: 1})
	s.answered(3, kiosktest.Fill(kiosktest.Counter("tr"), shirt))
	s.on(view.RouteBasket)
	s.tell(view.TapSearch{})
	s.tell(view.TapKey{Rune: 'x'})
	s.tell(view.CommandFailed{Ticket: 4})
	if toast := s.state.Frame().Toast; toast.Retry != "" {
		t.Errorf("an old search is offered again: %+v", toast)
	}
}

func TestAWishListAsksForItsGarments(t *testing.T) {
	wish := kiosktest.Line(shop(t).Tee("tr"), 0, 1)
	wish.Wish, wish.Tagged = true, true
	s := begin(t, kiosktest.Fill(kiosktest.Counter("tr"), wish))
	if p := s.state.Basket(); p.Title != "Şimdi ürünlerinizi getirin" || p.Hint != "" || p.Empty != "" || len(p.Lines) != 1 {
		t.Errorf("nothing has come yet: %+v", p)
	}
}

func TestSearchSaysWhatCanNotBeHad(t *testing.T) {
	s := begin(t, kiosktest.Counter("tr"))
	s.tell(view.TapSearch{})
	s.tell(view.TapKey{Rune: 'ş'})
	unpriced, gone := kiosktest.Line(s.shop.Tee("tr"), 0, 1), kiosktest.Line(s.shop.Tee("tr"), 1, 1)
	unpriced.Notice, gone.Notice = localapi.NoticeNoPrice, localapi.NoticeNoStock
	s.tell(view.Searched{Ticket: 1, Found: localapi.Found{Query: "ş", Items: []localapi.BasketLine{unpriced, gone}}})
	found := s.state.Search().Found
	if f := found[0]; f.Note != "Fiyatı yok, görevlimize sorun" || f.Price != "" || !f.Resting {
		t.Errorf("without a price: %+v", f)
	}
	if f := found[1]; f.Note != "Stokta görünmüyor" || f.Price == "" || f.Resting {
		t.Errorf("none in stock: %+v", f)
	}
	s.tell(view.TapFound{GTIN: gone.GTIN})
	s.answered(2, kiosktest.Told(s.shop.Shopping("tr"), localapi.NoticeMostPieces))
	s.on(view.RouteBasket) // where it says why nothing came of it
}

func TestStaffUnlockAndChangeAPrice(t *testing.T) {
	k := shop(t).Shopping("tr")
	s := begin(t, k)
	line := k.Checkout.Basket.Lines[3].ID
	s.tell(view.TapPrice{Line: line}) // not for shoppers
	s.on(view.RouteBasket)
	s.tell(view.TapStaff{})
	s.tell(view.TapPerson{ID: "elif"})
	for _, r := range "48x21" {
		s.tell(view.TapKey{Rune: r})
	}
	if p := s.state.Unlock(); p.Dots != 4 || p.Text != "Elif" {
		t.Fatalf("unlock %+v", p)
	}
	s.tell(view.TapEnter{})
	s.expect(view.Unlock{Ticket: 1, Staff: "elif", PIN: "4821"})
	wrong := kiosktest.Told(k, localapi.NoticeWrongPIN)
	s.answered(1, wrong)
	s.on(view.RouteUnlock)
	if p := s.state.Unlock(); p.Dots != 0 || p.Notice.Title != "PIN yanlış" {
		t.Fatalf("after a wrong PIN %+v", p)
	}
	for _, r := range "4821" {
		s.tell(view.TapKey{Rune: r})
	}
	s.tell(view.TapEnter{})
	in := kiosktest.Changed(k, func(c *localapi.Checkout) { c.Staff = "elif" })
	s.answered(2, in)
	s.on(view.RouteBasket)
	s.tell(view.TapPrice{Line: line})
	for _, r := range "199900" {
		s.tell(view.TapKey{Rune: r})
	}
	s.tell(view.TapEnter{}) // without a reason it means nothing
	s.expect()
	if p, ok := s.state.Price(); !ok || p.Typed != "1.999,00 ₺" {
		t.Errorf("price %+v", p)
	}
	s.tell(view.TapReason{Reason: "damaged"})
	s.tell(view.TapEnter{})
	s.expect(view.SetPrice{Ticket: 3, Line: line, Unit: kiosktest.Lira(1999_00), Reason: "damaged"})
	s.answered(3, in)
	s.on(view.RouteBasket)
	s.at60(60)
	s.tell(view.Tick{})
	s.at60(20)
	s.tell(view.Tick{})
	s.expect(view.AbandonBasket{Ticket: 4})
}

func TestUnknownSaysDoNotPayAgain(t *testing.T) {
	paying := kiosktest.Paying(shop(t).Shopping("tr"), "please_wait")
	s := begin(t, kiosktest.Changed(paying, func(c *localapi.Checkout) { c.Stage = localapi.StageUnknown }))
	s.on(view.RouteUnknown)
	w := s.state.Unknown()
	if w.Title != "Lütfen tekrar ödemeyin" || w.Code != "A7C9D4" || w.Total.Amount != "6.422,40 ₺" || w.Call == "" {
		t.Errorf("unknown %+v", w)
	}
	s.tell(view.TapPay{})
	s.expect()
}

func TestAStageOfALaterAgentIsClosed(t *testing.T) {
	s := begin(t, kiosktest.Changed(kiosktest.Counter("tr"), func(c *localapi.Checkout) { c.Stage = "ballet" }))
	s.on(view.RouteClosed)
	if w := s.state.Closed(); w.Text != "Lütfen diğer kasaları kullanın." {
		t.Errorf("closed %+v", w)
	}
	for _, stage := range []string{localapi.StagePaying, localapi.StageReceipt, localapi.StageParked, localapi.StageUnknown, localapi.StageBasket} {
		s = begin(t, kiosktest.Changed(kiosktest.Counter("tr"), func(c *localapi.Checkout) { c.Stage = stage })) // with nothing else said
		s.state.Basket()
		s.state.Pay()
		s.state.Receipt()
		s.state.Parked()
		s.state.Unknown()
	}
}

func TestStoppingIsShownUntilTheDeviceSaysMore(t *testing.T) {
	paying := func(progress string) localapi.KioskState {
		return kiosktest.Changed(kiosktest.Counter("tr"), func(c *localapi.Checkout) {
			c.Stage, c.Pay = localapi.StagePaying, &localapi.Pay{Settlement: "s1", Progress: progress, CanAbort: true}
		})
	}
	s := begin(t, paying("please_wait"))
	s.tell(view.TapAbort{})
	abort, ok := s.last[0].(view.AbortPayment)
	if !ok {
		t.Fatalf("commands: %+v", s.last)
	}
	s.answered(abort.Ticket, paying("please_wait"))
	if p := s.state.Pay(); !p.Aborting {
		t.Errorf("the agent has the wish and the device has not decided, and the page shows nothing of it: %+v", p)
	}
	s.becomes(paying("enter_pin"))
	if p := s.state.Pay(); p.Aborting || p.Abort == "" {
		t.Errorf("the device goes on, and the page does not: %+v", p)
	}
	s.tell(view.TapAbort{})
	s.tell(view.CommandFailed{Ticket: s.last[0].(view.AbortPayment).Ticket})
	if p := s.state.Pay(); p.Aborting {
		t.Error("the wish was not heard, and can not be said again")
	}
}

func TestManyTapsOfEverySortBreakNothing(t *testing.T) {
	taps := []view.Msg{view.TapSearch{}, view.TapCoupon{}, view.TapResume{}, view.TapHelp{}, view.TapStaff{}, view.TapPerson{}, view.TapKey{Rune: '7'}, view.TapErase{},
		view.TapDigits{}, view.TapEnter{}, view.TapFound{}, view.TapQuantity{}, view.TapUndo{}, view.TapBags{Quantity: -3}, view.TapPay{}, view.TapAbort{}, view.TapPark{},
		view.TapAbandon{}, view.TapPrint{}, view.TapFinish{}, view.TapNotice{}, view.TapPrice{}, view.TapReason{}, view.TapLock{}, view.TapRelease{}, view.TapOpen{},
		view.TapBack{}, view.TapCall{}, view.TapDone{}, view.TapLeave{}, view.TapGarment{}, view.Tick{}, view.Disconnected{}, view.Connected{}}
	for i := range taps {
		for j := range taps {
			s := begin(t, kiosktest.Changed(kiosktest.Counter("tr"), func(c *localapi.Checkout) { c.Staff = fmt.Sprint("x"[:i%2]) }))
			for _, m := range []view.Msg{taps[i], taps[j], taps[(i*j)%len(taps)]} {
				s.tell(m)
				s.state.Frame()
			}
		}
	}
}

// Where nobody can pay, whoever was told to wait can still ask what became of their payment; what is not known yet does not stay up.
func TestAPaymentIsLookedUpAtAClosedCheckout(t *testing.T) {
	closed := kiosktest.Changed(kiosktest.Counter("tr"), func(c *localapi.Checkout) { c.Stage, c.Closed = localapi.StageClosed, "terminal" })
	s := begin(t, closed)
	s.on(view.RouteClosed)
	if s.state.Closed().Lookup == "" {
		t.Fatal("there is no button for a code")
	}
	s.tell(view.TapResume{})
	s.on(view.RouteCode)
	if p := s.state.Code(); p.Title != "Ödemeniz" {
		t.Errorf("it asks for %q", p.Title)
	}
	for _, r := range "471108" {
		s.tell(view.TapKey{Rune: r})
	}
	s.tell(view.TapEnter{})
	s.expect(view.ResumeBasket{Ticket: 1, Code: "471108"})
	looked := kiosktest.Changed(kiosktest.Counter("tr"), func(c *localapi.Checkout) {
		c.Stage, c.Parked = localapi.StageUnknown, &localapi.Parked{Number: 12, Code: "471108", Due: kiosktest.Lira(129_900), Reason: "looked_up"}
	})
	s.answered(1, looked)
	s.on(view.RouteUnknown)
	w := s.state.Unknown()
	if w.Title != "Lütfen tekrar ödemeyin" || !strings.Contains(w.Text, "hâlâ") || w.Code != "471108" || w.Total.Amount != "1.299,00 ₺" || w.Close != "Tamam" {
		t.Errorf("looked up: %+v", w)
	}
	s.at60(60)
	s.tell(view.Tick{})
	s.at60(20)
	s.tell(view.Tick{})
	s.expect(view.FinishReceipt{Ticket: 2})
	s.answered(2, closed)
	s.on(view.RouteClosed)

	s.tell(view.TapResume{})
	s.at60(61)
	s.tell(view.Tick{})
	s.at60(20)
	s.tell(view.Tick{})
	s.on(view.RouteClosed) // nobody typed on
}
