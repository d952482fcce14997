package e2e

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/kiosk/view"
	"showroom/scripts/shop"
)

func TestCentralIsAway(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.untilUp("fr2")
	k := openKiosk(s, "fr2")
	elif := signIn(s)

	s.CentralProcess.Kill()
	k.until("the kiosk says calmly that head office is away", func(st view.State) bool { return st.Kiosk.Offline && st.Frame().Banner != "" })
	s.tell(`carry "White Plimsolls" size 41 into fr2 as shoes`)
	k.until("the shoes are shown", showsPiece(white41))
	k.asks(k.room().Garments[0].EPC, white40)
	asked := k.untilRequest(white40, "requested")
	elif.taps(asked.ID, "accept")
	k.untilRequest(white40, "accepted", "on_the_way")
	elif.taps(asked.ID, "deliver")
	k.untilRequest(white40, "delivered")
	k.loop.Send(view.TapCall{})
	k.until("somebody is called", func(st view.State) bool { return roomOf(st).Called })
	k.loop.Send(view.TapLanguage{Language: "en"})
	k.until("the kiosk speaks English", func(st view.State) bool { return st.Kiosk.Language == "en" && len(st.Pending) == 0 })
	k.loop.Send(view.TapBack{})
	k.loop.Send(view.TapLeave{})
	k.loop.Send(view.TapDone{})
	k.until("the room is free", func(st view.State) bool { return st.Route == view.RouteIdle && roomOf(st).Visit == "" })
	if n := s.status().Unsent; n < 7 {
		t.Errorf("%d events wait for head office", n)
	}

	s.must(s.StartCentral(t.Context()))
	k.until("head office is back", func(st view.State) bool { return !st.Kiosk.Offline })
	kinds := s.exactlyOnce()
	for _, kind := range []showroom.Kind{showroom.KindGarmentArrived, showroom.KindVisitOpened, showroom.KindRequestMade, showroom.KindRequestAccepted,
		showroom.KindRequestDelivered, showroom.KindStaffCalled, showroom.KindVisitEnded} {
		if kinds[kind] != 1 {
			t.Errorf("%s is written down %d times", kind, kinds[kind])
		}
	}
}

func TestTheAgentIsKilled(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.untilUp("fr2")
	k := openKiosk(s, "fr2")
	s.tell(`carry "White Plimsolls" size 41 into fr2 as shoes`)
	k.until("the shoes are shown", showsPiece(white41))
	s.untilSent()
	s.CentralProcess.Kill() // so that what follows is unsent
	shoes := k.room().Garments[0].EPC
	k.asks(shoes, white40)
	asked := k.untilRequest(white40, "requested")
	elif := signIn(s)
	elif.taps(asked.ID, "accept")
	accepted := k.untilRequest(white40, "accepted", "on_the_way")
	before, unsent, epoch := s.room("2"), s.status().Unsent, s.status().Epoch
	var queue localapi.Queue
	s.must(s.get(localapi.PathQueue, &queue))

	for range 3 {
		s.AgentProcess.Kill()
		k.until("the kiosk notices", func(st view.State) bool { return st.Link == view.Lost })
		if st := k.now(); len(roomOf(st).Garments) != 1 || st.Frame().Banner == "" {
			t.Errorf("while the agent is dead the kiosk shows %q and\n%s", st.Frame().Banner, told(st.Kiosk))
		}
		s.must(s.StartAgent(t.Context()))
		k.until("the kiosk has the agent back", func(st view.State) bool { return st.Link == view.Live })
	}
	if got := s.status(); got.Unsent != unsent || got.Epoch != epoch || unsent < 2 {
		t.Errorf("unsent %d in epoch %s, before the kill %d in %s", got.Unsent, got.Epoch, unsent, epoch)
	}
	same := cmp.Options{
		cmpopts.IgnoreFields(localapi.Room{}, "Reader"), cmpopts.IgnoreFields(localapi.Garment{}, "Unconfirmed"), cmpopts.IgnoreFields(localapi.Request{}, "Age"),
	}
	if diff := cmp.Diff(before, s.room("2"), same); diff != "" {
		t.Errorf("room 2 (-before +after the kills):\n%s", diff)
	}
	var now localapi.Queue
	s.must(s.get(localapi.PathQueue, &now))
	if diff := cmp.Diff(queue, now, same); diff != "" {
		t.Errorf("queue (-before +after the kills):\n%s", diff)
	}
	if accepted.By != shop.Associate || len(now.Requests) != 1 {
		t.Errorf("the request was %+v, the queue is %+v", accepted, now)
	}
	s.eventually("the reader confirms the shoes", func() error {
		if r := s.room("2"); len(r.Garments) != 1 || r.Garments[0].Unconfirmed {
			return errors.New("unconfirmed")
		}
		return nil
	})
	signIn(s).taps(asked.ID, "deliver")
	k.untilRequest(white40, "delivered")

	s.must(s.StartCentral(t.Context()))
	kinds := s.exactlyOnce()
	if kinds[showroom.KindVisitOpened] != 1 || kinds[showroom.KindRequestMade] != 1 || kinds[showroom.KindGarmentArrived] != 1 || kinds[showroom.KindGarmentDeparted] != 0 {
		t.Errorf("the journal has %v", kinds)
	}
}
