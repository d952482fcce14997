package loop_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/kiosk/agentclient"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/loop"
	"showroom/kiosk/view"
)

// kiosk is a loop beside a fake agent.
type kiosk struct {
	t      *testing.T
	loop   *loop.Loop
	agent  *kiosktest.Agent
	server *httptest.Server
	shown  chan view.State // capacity 1: the newest state; an unread one is replaced
	last   view.State
}

func start(t *testing.T, k localapi.KioskState) *kiosk {
	t.Helper()
	shop, err := kiosktest.OpenShop("../screen/testdata/pictures")
	if err != nil {
		t.Fatal(err)
	}
	kk := &kiosk{t: t, agent: kiosktest.NewAgent(shop, k), shown: make(chan view.State, 1)}
	kk.server = httptest.NewServer(kk.agent)
	c, err := agentclient.New(kk.server.URL, "fr2", agentclient.Options{MinDelay: time.Millisecond, MaxDelay: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	kk.loop = loop.New(c, view.Start("tr"), kk.show, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1) // the answer of Run
	go func() { done <- kk.loop.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != context.Canceled {
			t.Errorf("Run returned %v", err)
		}
		kk.server.CloseClientConnections()
		kk.server.Close()
	})
	return kk
}

func (k *kiosk) show(s view.State) {
	select {
	case <-k.shown:
	default:
	}
	k.shown <- s
}

// until waits for a state.
func (k *kiosk) until(what string, is func(view.State) bool) view.State {
	k.t.Helper()
	deadline := time.After(time.Minute)
	for {
		if is(k.last) {
			return k.last
		}
		select {
		case k.last = <-k.shown:
		case <-deadline:
			k.t.Fatalf("never: %s; last %+v", what, k.last)
		}
	}
}

func garments(t *testing.T) localapi.KioskState {
	t.Helper()
	shop, err := kiosktest.OpenShop("../screen/testdata/pictures")
	if err != nil {
		t.Fatal(err)
	}
	return kiosktest.Visited("tr", kiosktest.Hang(shop.Polo("tr"), 2))
}

func TestAVisitFromArrivalToFarewell(t *testing.T) {
	k := start(t, kiosktest.Empty("tr"))
	k.until("idle", func(s view.State) bool { return s.Loaded && s.Route == view.RouteIdle })
	visit := garments(t)
	k.agent.Change(func(s *localapi.KioskState) { *s = visit })
	k.until("room", func(s view.State) bool { return s.Route == view.RouteRoom })

	k.loop.Send(view.TapBring{GTIN: "00614141000244", For: "00614141000243"})
	s := k.until("requested", func(s view.State) bool { return len(s.Pending) == 0 && len(s.Kiosk.Room.Requests) == 1 })
	id := s.Kiosk.Room.Requests[0].ID
	k.loop.Send(view.TapCancel{Request: id})
	k.until("cancelled", func(s view.State) bool { return len(s.Pending) == 0 && s.Kiosk.Room.Requests[0].State == "cancelled" })

	k.agent.Change(func(s *localapi.KioskState) { s.ToCheckout = true })
	k.until("a checkout", func(s view.State) bool { return s.Kiosk.ToCheckout })
	k.loop.Send(view.TapTransfer{})
	k.until("the code", func(s view.State) bool { return s.Route == view.RouteTransfer && s.ListCode == kiosktest.Listed().Code })
	k.loop.Send(view.TapBack{})

	k.loop.Send(view.TapLanguage{Language: "en"})
	k.until("english", func(s view.State) bool { return len(s.Pending) == 0 && s.Kiosk.Language == "en" })
	k.loop.Send(view.TapCall{})
	k.until("called", func(s view.State) bool { return s.Kiosk.Room.Called })
	k.loop.Send(view.TapLeave{})
	k.loop.Send(view.TapDone{})
	k.until("idle again", func(s view.State) bool { return s.Route == view.RouteIdle })
}

func TestARefusedCommandIsTriedAgainUnderTheSameID(t *testing.T) {
	k := start(t, garments(t))
	k.until("room", func(s view.State) bool { return s.Route == view.RouteRoom })
	k.agent.Refuse("unavailable")
	k.loop.Send(view.TapBring{GTIN: "00614141000244"})
	s := k.until("refused", func(s view.State) bool { return s.Toast.Retry != 0 })
	k.agent.Refuse("")
	k.loop.Send(view.TapRetry{Ticket: s.Toast.Retry})
	k.until("requested", func(s view.State) bool { return len(s.Kiosk.Room.Requests) == 1 && len(s.Pending) == 0 })
	if got := len(k.agent.State().Room.Requests); got != 1 {
		t.Errorf("%d requests were made", got)
	}
}

func TestALostAgentIsNoticedAndFoundAgain(t *testing.T) {
	k := start(t, garments(t))
	k.until("room", func(s view.State) bool { return s.Route == view.RouteRoom && s.Link == view.Live })
	for range 3 { // each time the connection breaks, what changed meanwhile is there afterwards
		k.server.CloseClientConnections()
		k.agent.Change(func(s *localapi.KioskState) { s.Room.Unknown++ })
		want := k.agent.State().Room.Unknown
		s := k.until("found again", func(s view.State) bool {
			return s.Link == view.Live && s.Kiosk.Room.Unknown == want
		})
		if len(s.Kiosk.Room.Garments) != 1 {
			t.Error("the garments are gone")
		}
	}
}

func TestWhatWasScannedIsPutAside(t *testing.T) {
	shop, err := kiosktest.OpenShop("../screen/testdata/pictures")
	if err != nil {
		t.Fatal(err)
	}
	k := start(t, kiosktest.Empty("tr"))
	k.until("idle", func(s view.State) bool { return s.Loaded && s.Route == view.RouteIdle })
	k.agent.Change(func(s *localapi.KioskState) { s.Scan = kiosktest.ScannedPiece(shop.Polo("tr"), 3) })
	k.until("the card", func(s view.State) bool { return s.Route == view.RouteScan })
	k.loop.Send(view.TapBack{})
	k.until("idle again", func(s view.State) bool {
		return s.Route == view.RouteIdle && len(s.Pending) == 0 && s.Kiosk.Scan == nil
	})
	if k.agent.State().Scan != nil {
		t.Error("the agent still shows it")
	}
}
