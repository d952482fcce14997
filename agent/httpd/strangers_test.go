package httpd_test

import (
	"testing"
	"time"

	"showroom/agent/live"
	"showroom/agent/localapi"
	"showroom/devices"
)

func TestWhatIsNotOursIsListed(t *testing.T) {
	s := open(t)
	var d localapi.Devices
	if p := s.get("/v1/devices", &d); p != nil || d.NotOurs == nil || len(d.NotOurs) != 0 {
		t.Fatalf("nobody noticed: %+v %v", d, p)
	}
	at := time.Now()
	s.board.SetStrangers([]devices.Stranger{{Kind: devices.StrangerRival, Via: "broker", Name: "kadikoy/r2", Count: 2, First: at, Last: at}})
	s.board.SetCrowd(live.Crowd{Gateway: "r2", Minute: at.Add(-70 * time.Second), Heard: 41})
	if p := s.get("/v1/devices", &d); p != nil {
		t.Fatal(p)
	}
	if n := d.NotOurs; len(n) != 1 || n[0].Kind != "rival" || n[0].Name != "kadikoy/r2" || n[0].Count != 2 || !n[0].Last.Equal(at) {
		t.Errorf("not ours: %+v", n)
	}
	if d.Devices[0].Crowd != 41 {
		t.Errorf("crowd %d", d.Devices[0].Crowd)
	}
	s.board.SetCrowd(live.Crowd{Gateway: "r2", Minute: at.Add(-time.Hour), Heard: 41})
	d = localapi.Devices{}
	if p := s.get("/v1/devices", &d); p != nil || d.Devices[0].Crowd != 0 {
		t.Errorf("an hour later crowd %d %v", d.Devices[0].Crowd, p)
	}
}
