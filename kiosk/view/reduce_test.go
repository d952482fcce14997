package view_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

// story plays a kiosk: messages in, commands out, a second apart.
type story struct {
	t     *testing.T
	shop  *kiosktest.Shop
	state view.State
	at    time.Time
	last  []view.Command // of the last message, without touches
}

func begin(t *testing.T, first localapi.KioskState) *story {
	t.Helper()
	s := &story{t: t, shop: shop(t), at: kiosktest.Noon()}
	s.tell(view.StateLoaded{Kiosk: first})
	return s
}

func shop(t *testing.T) *kiosktest.Shop {
	t.Helper()
	s, err := kiosktest.OpenShop("../screen/testdata/pictures")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *story) tell(m view.Msg) {
	s.at = s.at.Add(time.Second)
	var cmds []view.Command
	s.state, cmds = view.Reduce(s.state, m, s.at)
	s.last = slices.DeleteFunc(cmds, func(c view.Command) bool { return c == view.Touch{} })
}

// load tells the truth again after change, newer than before.
func (s *story) load(change func(*localapi.KioskState)) {
	k := s.state.Kiosk
	if k.Room != nil {
		room := *k.Room
		room.Garments, room.Requests = slices.Clone(room.Garments), slices.Clone(room.Requests)
		k.Room = &room
	}
	change(&k)
	k.Now = k.Now.Add(s.at.Sub(s.state.Heard))
	s.tell(view.StateLoaded{Kiosk: k})
}

func (s *story) expect(want ...view.Command) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.last); diff != "" && len(want)+len(s.last) > 0 {
		s.t.Fatalf("commands (-want +got):\n%s", diff)
	}
}

const (
	poloM = "00614141000243"
	poloL = "00614141000244"
)

func poloRoom(t *testing.T) localapi.KioskState {
	return kiosktest.Visited("tr", kiosktest.Hang(shop(t).Polo("tr"), 2))
}

func (s *story) openPolo() {
	s.tell(view.TapGarment{EPC: s.state.Kiosk.Room.Garments[0].EPC})
}

func (s *story) garment() view.GarmentPage {
	s.t.Helper()
	p, ok := s.state.Garment(s.at)
	if !ok {
		s.t.Fatal("no garment is open")
	}
	return p
}

func TestAShopperAsksForASizeAndItComes(t *testing.T) {
	s := begin(t, poloRoom(t))
	if s.state.Route != view.RouteRoom || s.state.Room(s.at).Title != "1 ürün" {
		t.Fatalf("route %v, title %q", s.state.Route, s.state.Room(s.at).Title)
	}
	s.openPolo()
	if p := s.garment(); p.Status != "Kabininizde" || p.Action.Kind != view.NoAction || p.Hint == "" {
		t.Fatalf("the garment at hand: status %q, action %v, hint %q", p.Status, p.Action, p.Hint)
	}
	s.tell(view.TapVariant{GTIN: poloL})
	if got := s.garment().Action.Label; got != "L beden getirin" {
		t.Fatalf("button says %q", got)
	}
	s.tell(s.garment().Action.Msg())
	s.expect(view.SendRequest{Ticket: 1, GTIN: poloL, For: poloM})
	if p := s.garment().Progress; p == nil || p.Text != "Gönderiliyor…" || p.Stage != view.Sending {
		t.Fatalf("while sending: %+v", p)
	}

	r := kiosktest.Asked(s.shop.Polo("tr"), 3, "requested")
	s.tell(view.CommandDone{Ticket: 1, Request: &r})
	s.expect(view.Reload{})
	if p := s.garment().Progress; p == nil || p.Stage != view.Requested || p.Cancel == "" {
		t.Fatalf("answered: %+v", p)
	}
	s.load(func(k *localapi.KioskState) {
		r.State, r.By, r.Version = "accepted", "Elif", 2
		k.Room.Requests = []localapi.Request{r}
	})
	if got := s.garment().Progress.Text; got != "Elif ilgileniyor" {
		t.Errorf("accepted says %q", got)
	}
	s.load(func(k *localapi.KioskState) { k.Room.Requests[0].State = "on_the_way" })
	if p := s.garment().Progress; p.Text != "Elif getiriyor" || p.Cancel != "" {
		t.Errorf("on the way: %q, cancel %q", p.Text, p.Cancel)
	}
	s.load(func(k *localapi.KioskState) {
		k.Room.Requests[0].State, k.Room.Requests[0].Changed = "delivered", k.Now
	})
	if got := s.state.Progress(s.at); len(got) != 1 || got[0].Stage != view.Delivered {
		t.Fatalf("delivered: %+v", got)
	}
	due, ok := s.state.Deadline(s.at)
	if !ok {
		t.Fatal("a delivered request goes away by itself, and nothing is due")
	}
	if got := s.state.Progress(due); len(got) != 0 {
		t.Errorf("at the deadline there is still %+v", got)
	}
	if again, ok := s.state.Deadline(due); ok {
		t.Errorf("after the deadline something is due at %v: the kiosk would never rest", again)
	}
}

func TestASecondTapAsksOnce(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.tell(view.TapBring{GTIN: poloL, For: poloM})
	s.expect(view.SendRequest{Ticket: 1, GTIN: poloL, For: poloM})
	s.tell(view.TapBring{GTIN: poloL, For: poloM})
	s.expect()
	r := kiosktest.Asked(s.shop.Polo("tr"), 3, "requested")
	s.tell(view.CommandDone{Ticket: 1, Request: &r})
	s.tell(view.TapBring{GTIN: poloL, For: poloM})
	s.expect()
	s.tell(view.TapCall{})
	s.expect(view.CallAssociate{Ticket: 2})
	s.tell(view.TapCall{})
	s.expect()
}

func TestAFailedCommandIsTriedAgainAsTheSame(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.tell(view.TapBring{GTIN: poloL, For: poloM})
	sent := s.last
	s.tell(view.CommandFailed{Ticket: 1})
	toast := s.state.Frame().Toast
	if toast.Text != "Mağazaya ulaşamadık." || toast.Msg != (view.TapRetry{Ticket: 1}) || toast.Retry == "" {
		t.Fatalf("toast %+v", toast)
	}
	if got := s.state.Progress(s.at); len(got) != 0 {
		t.Errorf("a failed request is shown as under way: %+v", got)
	}
	s.tell(view.TapRetry{Ticket: 1})
	s.expect(sent...)
	if got := s.state.Frame().Toast.Text; got != "" {
		t.Errorf("the toast stays: %q", got)
	}
	s.tell(view.TapRetry{Ticket: 1})
	s.expect()
}

func TestARefusalForGoodOffersNoRetryAndGoesAway(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.tell(view.TapBring{GTIN: poloL})
	s.tell(view.CommandFailed{Ticket: 1, Code: "conflict"})
	if got := s.state.Frame().Toast; got.Text == "" || got.Retry != "" {
		t.Fatalf("toast %+v", got)
	}
	due, ok := s.state.Deadline(s.at)
	if !ok {
		t.Fatal("nothing is due")
	}
	s.at = due
	s.tell(view.Tick{})
	if got := s.state.Frame().Toast.Text; got != "" || len(s.state.Pending) != 0 {
		t.Errorf("toast %q, pending %v", got, s.state.Pending)
	}
}

func TestEveryRefusalHasWords(t *testing.T) {
	for _, language := range []string{"tr", "en"} {
		for _, code := range []string{"", "invalid", "not_found", "conflict", "taken", "too_large", "unauthorized", "forbidden", "rate_limited", "unavailable", "internal", "new one"} {
			k := poloRoom(t)
			k.Language = language
			s := begin(t, k)
			s.tell(view.TapBring{GTIN: poloL})
			s.tell(view.CommandFailed{Ticket: 1, Code: code})
			if text := s.state.Frame().Toast.Text; text == "" || text[0] == '[' {
				t.Errorf("%s %q: %q", language, code, text)
			}
		}
	}
}

func TestNothingOfAShopperStaysForTheNext(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.openPolo()
	s.tell(view.TapBring{GTIN: poloL, For: poloM})
	s.tell(view.CommandFailed{Ticket: 1})
	s.tell(view.TapSeen{Request: "r1"})
	s.tell(view.TapLeave{})
	s.tell(view.TapDone{})
	s.expect(view.EndVisit{Ticket: 2, Visit: "v1"})
	if !s.state.Leave().Sending {
		t.Error("the page does not say that it is on its way")
	}
	empty := kiosktest.Empty("tr")
	s.tell(view.CommandDone{Ticket: 2, Kiosk: &empty})
	want := view.State{Kiosk: empty, Loaded: true, Link: view.Live, Heard: s.at}
	got := s.state
	if got.Route != view.RouteIdle || got.Open != want.Open || got.Pending != nil || got.Seen != nil || got.Toast != want.Toast {
		t.Errorf("after the visit: %+v", got)
	}
}

func TestAnotherVisitForgetsTheOneBefore(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.openPolo()
	s.load(func(k *localapi.KioskState) { k.Room.Visit = "v2" })
	if s.state.Route != view.RouteRoom || s.state.Open != (view.Open{}) {
		t.Errorf("route %v, open %+v", s.state.Route, s.state.Open)
	}
}

func TestForgettingSaysSo(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.tell(view.TapLeave{})
	s.tell(view.TapForget{})
	s.expect(view.EndVisit{Ticket: 1, Visit: "v1", Forget: true})
	empty := kiosktest.Empty("tr")
	s.tell(view.CommandDone{Ticket: 1, Kiosk: &empty})
	if got := s.state.Frame().Toast.Text; got != "Ziyaretiniz unutuldu." {
		t.Errorf("toast %q", got)
	}
}

func TestAnOlderAnswerDoesNotOvertakeANewerOne(t *testing.T) {
	k := poloRoom(t)
	k.Seq = "e1.10"
	s := begin(t, k)
	old := kiosktest.Empty("tr")
	old.Seq = "e1.9"
	s.tell(view.StateLoaded{Kiosk: old})
	if s.state.Route != view.RouteRoom {
		t.Error("an older state was taken")
	}
	old.Seq = "e2.1" // the agent's database was made anew
	s.tell(view.StateLoaded{Kiosk: old})
	if s.state.Route != view.RouteIdle {
		t.Error("a state of a new epoch was refused")
	}
}

func TestTheLanguageChangesAtOnceAndBackWhenRefused(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.tell(view.TapLanguage{Language: "en"})
	s.expect(view.SetLanguage{Ticket: 1, Language: "en"})
	if got := s.state.Room(s.at).Title; got != "1 garment" {
		t.Errorf("title %q", got)
	}
	s.tell(view.TapLanguage{Language: "en"})
	s.expect()
	s.tell(view.CommandFailed{Ticket: 1, Code: "internal"})
	if got := s.state.Room(s.at).Title; got != "1 ürün" {
		t.Errorf("after a refusal the title is %q", got)
	}
}

func TestCancellingIsSaidAtOnceAndSentOnce(t *testing.T) {
	s := begin(t, poloRoom(t))
	r := kiosktest.Asked(s.shop.Polo("tr"), 3, "requested")
	s.load(func(k *localapi.KioskState) { k.Room.Requests = []localapi.Request{r} })
	s.tell(view.TapCancel{Request: r.ID})
	s.expect(view.CancelRequest{Ticket: 1, Request: r.ID})
	if p := s.state.Progress(s.at)[0]; p.Cancel != "" || p.Text != "İptal ediliyor…" {
		t.Errorf("while cancelling: %+v", p)
	}
	s.tell(view.TapCancel{Request: r.ID})
	s.expect()
	r.State, r.Version = "cancelled", 2
	s.tell(view.CommandDone{Ticket: 1, Request: &r})
	if got := s.state.Progress(s.at); len(got) != 0 {
		t.Errorf("cancelled, and still %+v", got)
	}
}

func TestACallIsNotSaidToBeHeardBeforeItIs(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.tell(view.TapCall{})
	if got := s.state.Frame().Call; got.Label != "Gönderiliyor…" {
		t.Errorf("on its way it says %q", got.Label)
	}
	s.tell(view.CommandFailed{Ticket: 1})
	if got := s.state.Frame().Call; got.Sent {
		t.Errorf("not answered, it says %q", got.Label)
	}
	s.tell(view.TapRetry{Ticket: 1})
	k := s.state.Kiosk
	room := *k.Room
	room.Called, k.Room = true, &room
	s.tell(view.CommandDone{Ticket: 1, Kiosk: &k})
	if got := s.state.Frame().Call.Label; got != "Görevlimize haber verdik." {
		t.Errorf("answered, it says %q", got)
	}
}

func TestTouchesArePassedOnNowAndThen(t *testing.T) {
	s, at := view.State{}, kiosktest.Noon()
	touches := 0
	for range 25 { // seconds
		var cmds []view.Command
		s, cmds = view.Reduce(s, view.TapNothing{}, at)
		touches += len(cmds)
		at = at.Add(time.Second)
	}
	if touches != 3 {
		t.Errorf("%d touches in 25 seconds, want 3", touches)
	}
}

func TestReduceLeavesTheOldStateAlone(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.tell(view.TapBring{GTIN: poloL})
	before := s.state
	pending, requests := slices.Clone(before.Pending), slices.Clone(before.Kiosk.Room.Requests)
	r := kiosktest.Asked(s.shop.Polo("tr"), 3, "requested")
	for _, m := range []view.Msg{view.CommandDone{Ticket: 1, Request: &r}, view.CommandFailed{Ticket: 1}, view.TapBring{GTIN: "00614141000242"}, view.TapSeen{Request: "x"}} {
		view.Reduce(before, m, s.at)
	}
	if diff := cmp.Diff(pending, before.Pending); diff != "" {
		t.Errorf("pending changed:\n%s", diff)
	}
	if diff := cmp.Diff(requests, before.Kiosk.Room.Requests); diff != "" {
		t.Errorf("requests changed:\n%s", diff)
	}
}

func TestBeforeTheAgentIsHeard(t *testing.T) {
	p := view.Start("tr").Idle()
	if p.Text != "Bir dakika, hemen dönüyoruz…" || p.Call.Label != "" {
		t.Errorf("text %q, call %q", p.Text, p.Call.Label)
	}
}

func TestAnAnsweredCallIsSaid(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.load(func(k *localapi.KioskState) { k.Room.Called = true })
	s.load(func(k *localapi.KioskState) { k.Room.Called = false })
	if s.state.Toast.Key != "kiosk.toast.coming" {
		t.Errorf("the shopper is told %q", s.state.Toast.Key)
	}
}
