package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/kiosk/view"
	"showroom/scripts/shop"
)

func TestOneGarmentEndToEnd(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	s := openShop(t, "fr3")
	line := plug(s, "fr3")
	k, other := openKiosk(s, "fr2"), openKiosk(s, "fr3")
	s.untilUp("fr2")
	s.untilUp("fr3")
	d := openDisplay(k)
	empty := d.photograph("empty", k.now())
	p := openPhone(s, browser, "/staff/queue")

	s.tell(`carry "White Plimsolls" size 41 into fr2 as shoes`)
	k.until("the shoes are shown", showsPiece(white41))
	room := d.photograph("room", k.now())
	shoes := k.room().Garments[0].EPC
	checkCard(t, k.now())
	k.loop.Send(view.TapGarment{EPC: shoes})
	k.until("the shoes are open", func(st view.State) bool { return st.Route == view.RouteGarment })
	open := d.photograph("garment", k.now())
	checkSizes(t, k.now())
	if a, b, c := colours(empty), colours(room), colours(open); a < 2 || b < a+500 || c < a+500 {
		t.Errorf("the screens have %d, %d and %d colours, which is no photograph of shoes", a, b, c)
	}

	p.note(`article[id^="request-"]`)
	k.asks(shoes, white40)
	asked := k.untilRequest(white40, "requested")
	p.shown("request-" + asked.ID)
	p.tap(fmt.Sprintf(`//article[@id="request-%s"]//form[contains(@action, "/accept")]/button`, asked.ID))
	if r := k.untilRequest(white40, "on_the_way", "accepted"); r.By != shop.Associate {
		t.Errorf("the shopper is told that %q brings it", r.By)
	}
	p.quiet()
	p.tap(fmt.Sprintf(`//article[@id="request-%s"]//form[contains(@action, "/deliver")]/button`, asked.ID))
	k.untilRequest(white40, "delivered")
	p.until("the request is gone", fmt.Sprintf(`!document.getElementById("request-%s")`, asked.ID))
	tapToPage(k, p, shoes)
	p.calm()

	s.tell(`take shoes out`)
	k.until("the shoes have left", func(st view.State) bool { return len(roomOf(st).Garments) == 0 && st.Route == view.RouteRoom })
	k.loop.Send(view.TapLeave{})
	k.loop.Send(view.TapDone{})
	k.until("the room is free", func(st view.State) bool { return st.Route == view.RouteIdle && roomOf(st).Visit == "" })
	byteToKiosk(other, line)

	s.untilSent()
	s.shownAtCentre(shoes, asked.ID)
	kinds := s.exactlyOnce()
	for _, kind := range []showroom.Kind{showroom.KindGarmentArrived, showroom.KindVisitOpened, showroom.KindGarmentJoined, showroom.KindRequestMade,
		showroom.KindRequestAccepted, showroom.KindRequestDelivered, showroom.KindGarmentDeparted, showroom.KindVisitEnded} {
		if kinds[kind] == 0 {
			t.Errorf("the journal has no %s: %v", kind, kinds)
		}
	}
}

// checkCard wants the shoes as a shopper in Türkiye sees them.
func checkCard(t *testing.T, st view.State) {
	t.Helper()
	page := st.Room(time.Now())
	if len(page.Cards) != 1 {
		t.Fatalf("the room shows %d cards", len(page.Cards))
	}
	got := page.Cards[0]
	if got.Picture == "" {
		t.Error("the card has no picture")
	}
	got.EPC, got.Picture = "", ""
	var want view.Card
	for _, w := range whites(t) {
		if w.gtin == white41 {
			want = view.Card{Name: w.name, Detail: "41  ·  Beyaz", Price: lang.For(lang.Turkish).Money(w.price, "TRY")}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("card (-want +got):\n%s", diff)
	}
}

// checkSizes wants the sizes in their order, with where each is by the shop's books: one of the 41s hangs here.
func checkSizes(t *testing.T, st view.State) {
	t.Helper()
	page, open := st.Garment(time.Now())
	if !open {
		t.Fatal("the garment's page is not open")
	}
	var want, got []string
	for _, w := range whites(t) {
		switch {
		case w.gtin == white41:
			want = append(want, w.size+" here")
		case w.stock > 0:
			want = append(want, w.size+" to bring")
		default:
			want = append(want, w.size+" nowhere")
		}
	}
	for _, size := range page.Sizes {
		got = append(got, size.Label+[]string{" to bring", " here", " elsewhere", " nowhere"}[size.Presence])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
	if page.Name == "" || page.Price == "" || len(page.Pictures) < 2 || len(page.Texts) == 0 || page.Status == "" {
		t.Errorf("the page lacks something: %+v", page)
	}
}

// tapToPage tells how long it takes from a tap in the room until the associate's phone shows it.
func tapToPage(k *kiosk, p *phone, shoes string) {
	k.s.t.Helper()
	can := slices.DeleteFunc(whites(k.s.t), func(w ware) bool { return w.stock == 0 || w.gtin == white41 || w.gtin == white40 })
	var took []time.Duration
	for i := range 5 {
		gtin := can[i%len(can)].gtin
		p.quiet()
		k.loop.Send(view.TapBack{})
		tapped := k.asks(shoes, gtin)
		var r string
		k.until("the agent has the request", func(st view.State) bool {
			asked, there := requestOf(roomOf(st), gtin)
			r = asked.ID
			return there && asked.State == "requested"
		})
		took = append(took, p.shown("request-"+r).Sub(tapped))
		k.loop.Send(view.TapCancel{Request: r})
		k.untilRequest(gtin, "cancelled")
		p.until("the request is gone", fmt.Sprintf(`!document.getElementById("request-%s")`, r))
	}
	k.loop.Send(view.TapBack{})
	tell(k.s.t, "from the tap in the room to the request on the phone", took)
}

// byteToKiosk tells how long it takes from the first byte of a tag on the serial line until the kiosk shows the garment. The room has a
// visitor already, because a garment alone opens no visit for some seconds.
func byteToKiosk(k *kiosk, line *cable) {
	k.s.t.Helper()
	first := tag(k.s.t, white41, 1000)
	line.hang(first)
	k.until("somebody is in the room", showsCard(first.String()))
	var took []time.Duration
	for serial := range uint64(10) {
		epc := tag(k.s.t, white40, 1001+serial)
		w := k.watch(showsCard(epc.String()))
		wrote := line.hang(epc)
		took = append(took, k.wait("the garment is shown", w).Sub(wrote))
		line.unhook(epc)
	}
	tell(k.s.t, "from the first byte of a tag to the kiosk showing it, a round of inventory being 50 ms and an arrival three of them", took)
}

func tell(t *testing.T, what string, took []time.Duration) {
	t.Helper()
	slices.Sort(took)
	t.Logf("%s: p50 %v, max %v of %d", what, took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond), len(took))
}

// shownAtCentre wants the story on the page of the central service.
func (s *testShop) shownAtCentre(texts ...string) {
	s.t.Helper()
	all := ""
	for _, kind := range []showroom.Kind{showroom.KindGarmentArrived, showroom.KindRequestDelivered, showroom.KindVisitEnded} {
		page, err := fetch(s.t.Context(), s.Central+"/events?kind="+string(kind), func(r *http.Request) { r.SetBasicAuth("operator", shop.OperatorToken) })
		s.must(err)
		if !strings.Contains(page, string(kind)) {
			s.t.Errorf("the events page shows no %s", kind)
		}
		all += page
	}
	for _, text := range texts {
		if !strings.Contains(all, text) {
			s.t.Errorf("the events page does not show %s", text)
		}
	}
}
