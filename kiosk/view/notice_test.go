package view_test

import (
	"slices"
	"testing"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

// Whoever opens the page of a coupon is not told there what went wrong before; it waits on the page below.
func TestAnOlderNoticeIsNotAboutWhatIsTyped(t *testing.T) {
	declined := kiosktest.Told(shop(t).Shopping("tr"), localapi.NoticeDeclined)
	s := begin(t, declined)
	before := s.state.Basket().Notice
	if before.Title == "" {
		t.Fatal("nothing is told")
	}
	for name, c := range map[string]struct {
		open  view.Msg
		shows func() view.NoticeView
	}{
		"coupon": {view.TapCoupon{}, func() view.NoticeView { return s.state.Code().Notice }},
		"staff":  {view.TapStaff{}, func() view.NoticeView { return s.state.Unlock().Notice }},
	} {
		s.tell(c.open)
		if n := c.shows(); n.Title != "" {
			t.Errorf("%s: %q", name, n.Title)
		}
		s.tell(view.TapBack{})
		if n := s.state.Basket().Notice; n != before {
			t.Errorf("%s: behind it stands %+v", name, n)
		}
	}
	s.tell(view.TapCoupon{})
	s.becomes(kiosktest.Told(declined, localapi.NoticeNoCoupon))
	if n := s.state.Code().Notice; n.Title == "" || n == before {
		t.Errorf("a coupon that is refused says %+v", n)
	}
}

// Struck through is only the price of before that the feed names: what an offer takes off is said in words, as off already.
func TestALineStrikesOnlyThePriceOfBefore(t *testing.T) {
	off := []localapi.Reduction{{Name: "2. ürüne %50", Amount: kiosktest.Lira(100_00)}}
	was, tee := kiosktest.Lira(900_00), shop(t).Tee("tr")
	one := kiosktest.Line(tee, 0, 2)
	one.Unit, one.Gross = kiosktest.Lira(400_00), kiosktest.Lira(800_00)
	for name, c := range map[string]struct {
		change func(*localapi.BasketLine)
		want   string
	}{
		"nothing off":            {func(*localapi.BasketLine) {}, ""},
		"an offer":               {func(l *localapi.BasketLine) { l.Reductions = off }, ""},
		"a lower price":          {func(l *localapi.BasketLine) { l.Was = &was }, "1.800,00 ₺"},
		"both":                   {func(l *localapi.BasketLine) { l.Was, l.Reductions = &was, off }, "1.800,00 ₺"},
		"a higher price":         {func(l *localapi.BasketLine) { w := kiosktest.Lira(1_00); l.Was = &w }, ""},
		"before, in other money": {func(l *localapi.BasketLine) { l.Was = &localapi.Money{Minor: 900_00, Currency: "EUR"} }, ""},
		"what is only wished for": {func(l *localapi.BasketLine) {
			l.Wish, l.Was = true, &was
		}, ""},
	} {
		l := one
		c.change(&l)
		if got := begin(t, kiosktest.Fill(kiosktest.Counter("tr"), l)).state.Basket().Lines[0]; got.Was != c.want {
			t.Errorf("%s: before it cost %q, want %q", name, got.Was, c.want)
		} else if len(l.Reductions) > 0 && !slices.Equal(got.Off, []string{"2. ürüne %50: 100,00 ₺ düşüldü"}) {
			t.Errorf("%s: it says %q", name, got.Off)
		}
	}
}
