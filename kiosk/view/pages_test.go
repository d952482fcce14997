package view_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

func TestALostAgentKeepsTheScreen(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.tell(view.Disconnected{})
	p := s.state.Room(s.at)
	if p.Banner != "Bir dakika, hemen dönüyoruz…" || len(p.Cards) != 1 {
		t.Errorf("banner %q, %d cards", p.Banner, len(p.Cards))
	}
	s.load(func(*localapi.KioskState) {}) // it was on its way when the agent went
	if s.state.Link != view.Lost {
		t.Error("a state that comes late brings the agent back")
	}
	s.tell(view.Connected{})
	if got := s.state.Frame().Banner; got != "" {
		t.Errorf("connected again, the banner is %q", got)
	}
	s.load(func(k *localapi.KioskState) { k.Offline = true })
	if got := s.state.Frame().Banner; got == "" {
		t.Error("offline has no banner")
	}
}

func TestADeadReaderIsNotAnEmptyRoom(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.load(func(k *localapi.KioskState) { k.Room.Reader.State = "silent" })
	p := s.state.Room(s.at)
	if len(p.Cards) != 1 || len(p.Notes) != 1 || p.Notes[0].Kind != view.NoteFault {
		t.Errorf("%d cards, notes %+v", len(p.Cards), p.Notes)
	}
	s.load(func(k *localapi.KioskState) { k.Room.Garments = nil })
	if p := s.state.Room(s.at); p.Empty != "" {
		t.Errorf("a room nobody watches says %q", p.Empty)
	}
}

func TestNotesAboutTheRoom(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.load(func(k *localapi.KioskState) {
		k.Room.Unknown, k.Room.LeftBehind = 2, 1
		k.Room.Garments[0].Unconfirmed = true
		g := kiosktest.Hang(s.shop.Tee("tr"), 0)
		g.LeftBehind = true
		k.Room.Garments = append(k.Room.Garments, g)
	})
	p := s.state.Room(s.at)
	if len(p.Cards) != 1 || p.Cards[0].Note != "Kontrol ediliyor" {
		t.Errorf("cards %+v", p.Cards)
	}
	if len(p.Notes) != 2 || p.Notes[0].Kind != view.NoteUnknown || p.Notes[1].Kind != view.NoteLeftBehind {
		t.Errorf("notes %+v", p.Notes)
	}
}

func TestAGarmentThatLeavesClosesItsPage(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.openPolo()
	s.load(func(k *localapi.KioskState) { k.Room.Garments = nil })
	if s.state.Route != view.RouteRoom {
		t.Errorf("route %v", s.state.Route)
	}
	if _, ok := s.state.Garment(s.at); ok {
		t.Error("there is still a page")
	}
}

func TestAnUnavailablePieceOffersOthersAndCanBePutAside(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.load(func(k *localapi.KioskState) {
		k.Room.Requests = []localapi.Request{kiosktest.Asked(s.shop.Polo("tr"), 3, "unavailable")}
	})
	p := s.state.Progress(s.at)[0]
	want := []view.Alternative{{Label: "S", GTIN: "00614141000242", For: poloL}, {Label: "L  ·  Kırık beyaz", GTIN: "00614141000343", For: poloL}}
	if diff := cmp.Diff(want, p.Instead); diff != "" {
		t.Errorf("instead (-want +got):\n%s", diff)
	}
	s.tell(view.TapSeen{Request: p.Request})
	if got := s.state.Progress(s.at); len(got) != 0 {
		t.Errorf("put aside, and still %+v", got)
	}
}

func TestAPieceTriedElsewhereCanBeWaitedFor(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.openPolo()
	s.tell(view.TapVariant{GTIN: "00614141000245"})
	p := s.garment()
	if p.Action.Kind != view.Wait || p.Status == "" {
		t.Fatalf("action %+v", p.Action)
	}
	s.tell(p.Action.Msg())
	s.expect(view.SendRequest{Ticket: 1, GTIN: "00614141000245", For: poloM, Wait: true})
}

func TestTheLastPieceIsNotStruckOutWhileItIsBrought(t *testing.T) {
	room := poloRoom(t)
	s := begin(t, room)
	s.openPolo()
	l := slices.IndexFunc(s.garment().Sizes, func(c view.SizeChip) bool { return c.Label == "L" })
	product := room.Room.Garments[0].Product
	i := slices.IndexFunc(product.Variants, func(v localapi.Variant) bool { return v.GTIN == s.garment().Sizes[l].GTIN })
	s.load(func(k *localapi.KioskState) {
		k.Room.Garments[0].Product.Variants[i].ToBring = 0
		k.Room.Requests = []localapi.Request{kiosktest.Asked(product, i, "requested")}
	})
	if c := s.garment().Sizes[l]; !c.Asked || c.Presence == view.Nowhere {
		t.Errorf("size L %+v; it is on its way", c)
	}
}

func TestColoursLeadToTheSameSizeOrToOneThatIsThere(t *testing.T) {
	s := begin(t, poloRoom(t))
	s.openPolo()
	chips := s.garment().Colours
	if len(chips) != 2 || chips[1].GTIN != "00614141000342" {
		t.Fatalf("colours %+v", chips)
	}
	s.tell(view.TapVariant{GTIN: chips[1].GTIN})
	p := s.garment()
	if p.Colour != "Kırık beyaz" || p.Action.Label != "Kırık beyaz, M beden getirin" || len(p.Pictures) != 1 {
		t.Errorf("colour %q, button %q, %d pictures", p.Colour, p.Action.Label, len(p.Pictures))
	}
	s.tell(view.TapVariant{GTIN: "invented"})
	if got := s.garment().Colour; got != "Kırık beyaz" {
		t.Errorf("a piece of another product was chosen: %q", got)
	}
}

func TestEveryPageHasAName(t *testing.T) {
	seen := map[string]bool{}
	for r := view.RouteIdle; r <= view.RoutePrice; r++ {
		if name := r.String(); seen[name] || strings.Contains(name, " ") {
			t.Errorf("page %d is called %q", r, name)
		}
		seen[r.String()] = true
	}
	if name := (view.RoutePrice + 1).String(); !strings.Contains(name, " ") {
		t.Errorf("a page that there is not is called %q", name)
	}
}
