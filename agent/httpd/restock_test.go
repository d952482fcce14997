package httpd_test

import (
	"testing"

	"showroom/agent/localapi"
)

func TestRestockOverTheAPI(t *testing.T) {
	s := open(t)
	on := localapi.RestockCommand{ID: "1", On: true, Seconds: 600}
	var rooms localapi.Rooms
	for range 2 { // the second time it is the same tap
		if p := s.post("/v1/rooms/2/restock", on, &rooms); p != nil {
			t.Fatal(p)
		}
	}
	r := rooms.Rooms[0].Restock
	if r == nil || r.Until.Sub(r.Since).Seconds() != 600 {
		t.Fatalf("restocked: %+v", r)
	}
	var k localapi.KioskState
	if p := s.get("/v1/kiosks/fr2", &k); p != nil || k.Room.Restock == nil {
		t.Errorf("the kiosk is not told: %+v %v", k.Room, p)
	}
	rooms = localapi.Rooms{}
	if p := s.post("/v1/restock", localapi.RestockCommand{ID: "2"}, &rooms); p != nil || rooms.Rooms[0].Restock != nil {
		t.Errorf("ended everywhere: %+v %v", rooms, p)
	}
	if p := s.post("/v1/restock", localapi.RestockCommand{ID: "3", On: true}, &rooms); p != nil || rooms.Rooms[0].Restock == nil {
		t.Errorf("begun everywhere: %+v %v", rooms, p)
	}
	for code, post := range map[string]func() *localapi.Problem{
		"not_found": func() *localapi.Problem { return s.post("/v1/rooms/9/restock", on, nil) },
		"invalid": func() *localapi.Problem {
			return s.post("/v1/rooms/2/restock", localapi.RestockCommand{ID: "4", On: true, Seconds: -5}, nil)
		},
		"conflict": func() *localapi.Problem { return s.post("/v1/rooms/2/restock", localapi.RestockCommand{ID: "1"}, nil) },
	} {
		if p := post(); p == nil || p.Code != code {
			t.Errorf("%v instead of %s", p, code)
		}
	}
}
