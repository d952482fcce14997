package fitting_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestAJacketIsTriedOnAnotherSizeIsBroughtAndTheShopperLeaves(t *testing.T) {
	s := newShop(t)
	worn := tag(jacket38, 1)
	s.arrives(worn, "2")
	if now := s.look("2"); now.Visit.ID != "" || len(now.Garments) != 1 {
		t.Fatalf("carried past the curtain: %+v", now)
	}
	s.later(5 * time.Second)
	now := s.look("2")
	if now.Visit.ID == "" || now.Garments[0].Visit != now.Visit.ID {
		t.Fatalf("after the dwell nobody is there: %+v", now)
	}
	if v := now.Garments[0].Variants; len(v) != 2 || v[0].ToBring != 2 || !v[0].Here || v[1].ToBring != 1 || v[1].Here {
		t.Fatalf("variants: %+v", v)
	}
	r := s.mustRequest("2", jacket40, false)
	if again := s.mustRequest("2", jacket40, false); again.ID != r.ID {
		t.Errorf("two taps made two requests")
	}
	if v := s.look("2").Garments[0].Variants[1]; v.ToBring != 0 {
		t.Errorf("a promised piece is still offered: %+v", v)
	}
	s.update(func(tx *store.Tx) error {
		if _, err := s.rooms.Accept(tx, r.ID, "elif", "Elif"); err != nil {
			return err
		}
		_, err := s.rooms.Deliver(tx, r.ID)
		return err
	})
	brought := tag(jacket40, 7)
	s.arrives(brought, "2")
	s.departs(worn, "2")
	s.departs(brought, "2")
	s.later(59 * time.Second)
	if s.look("2").Visit.ID == "" {
		t.Error("the visit ended by tags alone")
	}
	s.later(2 * time.Second)
	if now := s.look("2"); now.Visit.ID != "" || len(now.Garments) != 0 {
		t.Errorf("after the pause: %+v", now)
	}
	want := []showroom.Kind{
		showroom.KindGarmentArrived, showroom.KindVisitOpened, showroom.KindGarmentJoined, showroom.KindRequestMade,
		showroom.KindRequestAccepted, showroom.KindRequestDelivered, showroom.KindGarmentArrived,
		showroom.KindGarmentDeparted, showroom.KindGarmentDeparted, showroom.KindVisitEnded,
	}
	if diff := cmp.Diff(want, s.told()); diff != "" {
		t.Errorf("the journal tells (-want +got):\n%s", diff)
	}
}

func TestAGarmentLeftOnTheHookIsNoShopper(t *testing.T) {
	s := newShop(t)
	left, next := tag(jacket38, 1), tag(jacket38, 2)
	s.arrives(left, "2")
	s.later(5 * time.Second)
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "2", "", showroom.EndDone) })
	s.later(time.Hour)
	now := s.look("2")
	if now.Visit.ID != "" || now.LeftBehind != 1 || len(now.Garments) != 0 {
		t.Fatalf("a left garment opened a visit: %+v", now)
	}
	s.arrives(next, "2")
	s.later(5 * time.Second)
	now = s.look("2")
	if now.Visit.ID == "" || len(now.Garments) != 1 || now.LeftBehind != 1 {
		t.Fatalf("the next shopper: %+v", now)
	}
	if v := now.Garments[0].Variants[0]; v.ToBring != 2 {
		t.Errorf("of 3 pieces one is tried on and one hangs there for the taking, to bring %d, want 2", v.ToBring)
	}
}

func TestAGarmentOfAnEarlierVisitDoesNotKeepTheRoomTaken(t *testing.T) {
	s := newShop(t)
	s.arrives(tag(jacket38, 1), "2")
	s.later(5 * time.Second)
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "2", "", showroom.EndDone) })
	next := tag(jacket38, 2)
	s.arrives(next, "2")
	s.later(5 * time.Second)
	s.departs(next, "2")
	s.later(59 * time.Second)
	if s.look("2").Visit.ID == "" {
		t.Error("the visit ended before the pause was over")
	}
	s.later(2 * time.Second)
	if now := s.look("2"); now.Visit.ID != "" || now.LeftBehind != 1 {
		t.Errorf("after the pause of an empty room: %+v", now)
	}
}

func TestTheOnlyPieceIsTriedInAnotherRoom(t *testing.T) {
	s := newShop(t)
	only := tag(jacket40, 1)
	s.arrives(only, "1")
	s.arrives(tag(jacket38, 1), "2")
	s.later(5 * time.Second)
	if v := s.look("2").Garments[0].Variants[1]; v.ToBring != 0 || !v.TriedElsewhere {
		t.Fatalf("the kiosk does not say that somebody is trying it: %+v", v)
	}
	if v := s.look("1").Garments[0].Variants[1]; v.TriedElsewhere {
		t.Errorf("room 1 is told to wait for its own piece: %+v", v)
	}
	if _, err := s.request("2", jacket40, false); showroom.ErrorCode(err) != showroom.CodeUnavailable {
		t.Errorf("asked without waiting: %v", err)
	}
	r := s.mustRequest("2", jacket40, true)
	if r.State != showroom.SizeWaiting {
		t.Fatalf("state %s", r.State)
	}
	s.later(10 * time.Minute)
	if got := s.stateOf(r.ID); got != showroom.SizeWaiting {
		t.Errorf("freed by time alone: %s", got)
	}
	s.departs(only, "1")
	s.later(0)
	if got := s.stateOf(r.ID); got != showroom.SizeRequested {
		t.Errorf("the piece is free and the request is %s", got)
	}
}

func TestUnavailableCorrectsTheStockUntilTheFeedKnowsBetter(t *testing.T) {
	s := newShop(t)
	s.arrives(tag(jacket38, 1), "2")
	s.later(5 * time.Second)
	r := s.mustRequest("2", jacket40, false)
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Unavailable(tx, r.ID)
		return err
	})
	if v := s.look("2").Garments[0].Variants[1]; v.ToBring != 0 {
		t.Errorf("after the associate looked, to bring %d", v.ToBring)
	}
	if !slices.Contains(s.told(), showroom.KindStockCorrected) {
		t.Error("the correction is no fact")
	}
	s.stock(jacket40, 4, 2)
	if v := s.look("2").Garments[0].Variants[1]; v.ToBring != 4 {
		t.Errorf("after a newer figure of the feed, to bring %d", v.ToBring)
	}
}

func TestARequestIsRaisedAndCancelledWithTheVisit(t *testing.T) {
	s := newShop(t)
	s.arrives(tag(jacket38, 1), "2")
	s.later(5 * time.Second)
	r := s.mustRequest("2", jacket40, false)
	s.later(91 * time.Second)
	s.later(90 * time.Second)
	raised := 0
	for _, k := range s.told() {
		if k == showroom.KindRequestEscalated {
			raised++
		}
	}
	if raised != 2 {
		t.Errorf("raised %d times", raised)
	}
	s.later(21 * time.Minute)
	if got := s.stateOf(r.ID); got != showroom.SizeCancelled {
		t.Errorf("nobody is there to receive it and it is %s", got)
	}
}

func TestARequestNobodyTakesExpires(t *testing.T) {
	s := newShop(t)
	s.arrives(tag(jacket40, 1), "1")
	s.arrives(tag(jacket38, 1), "2")
	s.later(5 * time.Second)
	untaken, taken := s.mustRequest("2", jacket38, false), s.mustRequest("1", jacket38, false)
	waiting := s.mustRequest("2", jacket40, true)
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Accept(tx, taken.ID, "elif", "Elif")
		return err
	})
	for range 3 { // somebody is in both rooms all the time
		s.later(9*time.Minute + 59*time.Second)
		for _, room := range []showroom.RoomID{"1", "2"} {
			if err := s.rooms.Touch(t.Context(), room); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := s.stateOf(untaken.ID); got != showroom.SizeRequested {
		t.Errorf("before its time it is %s", got)
	}
	s.later(3 * time.Second)
	for id, want := range map[showroom.RequestID]showroom.RequestState{
		untaken.ID: showroom.SizeCancelled, waiting.ID: showroom.SizeCancelled, taken.ID: showroom.SizeAccepted,
	} {
		if got := s.stateOf(id); got != want {
			t.Errorf("after its time it is %s, want %s", got, want)
		}
	}
}

func TestATapBeforeTheDwellOpensTheVisit(t *testing.T) {
	s := newShop(t)
	if _, err := s.request("2", jacket40, false); showroom.ErrorCode(err) != showroom.CodeConflict {
		t.Errorf("asked from an empty room: %v", err)
	}
	s.arrives(tag(jacket38, 1), "2")
	s.mustRequest("2", jacket40, false)
	if s.look("2").Visit.ID == "" {
		t.Error("somebody taps and nobody is there")
	}
}

func TestUnknownTagIsShownAsUnknown(t *testing.T) {
	s := newShop(t)
	s.arrives(tag(unlisted, 1), "2")
	if now := s.look("2"); now.Unknown != 1 || len(now.Garments) != 0 {
		t.Errorf("%+v", now)
	}
}

// Newer tags tell the number as it is printed, in place of the shop's prefix and a rest.
func TestAPieceWithANewerTagIsKnown(t *testing.T) {
	s := newShop(t)
	epc, err := gs1.ParseEPC("F71" + string(jacket38) + "004C0")
	if err != nil {
		t.Fatal(err)
	}
	s.arrives(epc, "2")
	if now := s.look("2"); now.Unknown != 0 || len(now.Garments) != 1 || now.Garments[0].GTIN != jacket38 {
		t.Errorf("%+v", now)
	}
}

func TestARestartLeavesTheRoomAndMarksItUnconfirmed(t *testing.T) {
	s := newShop(t)
	worn := tag(jacket38, 1)
	s.arrives(worn, "2")
	s.later(5 * time.Second)
	var known []presence.Occupancy
	s.update(func(tx *store.Tx) (err error) {
		known, err = s.rooms.Restore(tx)
		return err
	})
	if len(known) != 1 || known[0].EPC != worn || known[0].Place != showroom.RoomPlace("2") {
		t.Fatalf("restored %+v", known)
	}
	if now := s.look("2"); now.Visit.ID == "" || !now.Garments[0].Unconfirmed {
		t.Fatalf("after the restart: %+v", now)
	}
	s.apply(presence.Change{Kind: presence.Confirmed, EPC: worn, From: showroom.RoomPlace("2"), To: showroom.RoomPlace("2")})
	if s.look("2").Garments[0].Unconfirmed {
		t.Error("read again and still unconfirmed")
	}
}

func TestAGarmentConfirmedDuringAVisitJoinsIt(t *testing.T) {
	s := newShop(t)
	carried, worn := tag(jacket38, 1), tag(jacket38, 2)
	s.arrives(carried, "2")
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Restore(tx)
		return err
	})
	s.arrives(worn, "2")
	s.later(5 * time.Second)
	s.apply(presence.Change{Kind: presence.Confirmed, EPC: carried, From: showroom.RoomPlace("2"), To: showroom.RoomPlace("2")})
	now := s.look("2")
	if len(now.Garments) != 2 || now.Garments[0].Visit != now.Visit.ID || now.Garments[1].Visit != now.Visit.ID {
		t.Fatalf("a garment in the room belongs to nobody: %+v", now)
	}
	if v := now.Garments[0].Variants[0]; v.ToBring != 1 {
		t.Errorf("of 3 pieces two are tried on, to bring %d", v.ToBring)
	}
}

func TestARoomThatIsGoneKeepsNobodyWaiting(t *testing.T) {
	s := newShop(t)
	s.arrives(tag(jacket38, 1), "2")
	s.later(5 * time.Second)
	r := s.mustRequest("2", jacket40, false)
	smaller := fitting.New(s.db, fitting.Options{
		Rooms: []showroom.Room{{ID: "1", Name: "Kabin 1"}}, Clock: s.now, NewID: s.newID, Log: slog.New(slog.DiscardHandler),
	})
	if _, err := smaller.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.stateOf(r.ID); got != showroom.SizeCancelled {
		t.Errorf("it is still to be brought to a room that is gone: %s", got)
	}
}

func TestAMoveChangesTheVisit(t *testing.T) {
	s := newShop(t)
	worn := tag(jacket38, 1)
	s.arrives(worn, "1")
	s.arrives(tag(jacket38, 2), "2")
	s.later(5 * time.Second)
	s.apply(presence.Change{Kind: presence.Moved, EPC: worn, From: showroom.RoomPlace("1"), To: showroom.RoomPlace("2")})
	one, two := s.look("1"), s.look("2")
	if len(one.Garments) != 0 || len(two.Garments) != 2 || two.Garments[1].Visit != two.Visit.ID {
		t.Errorf("room 1 %+v\nroom 2 %+v", one, two)
	}
}
