package staff_test

import (
	"strings"
	"testing"
	"time"

	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/devices"
)

func TestDevicesStandUnderTheirSortAndStrangersBelow(t *testing.T) {
	s := newShop(t, func(o *staffOptions) {
		o.Devices = []staff.Device{
			{ID: "fr1", Sort: "reader", Kind: "r200", Rooms: []showroom.RoomID{"1"}},
			{ID: "g1", Sort: "gateway", Kind: "omg", Else: []string{"Denim"}},
			{ID: "s1", Sort: "scanner", Kind: "scanner", Else: []string{"sco1"}},
		}
	})
	p := s.signIn("omer")
	none := p.get("/staff/devices")
	none.has(t, "<h3>Okuyucular</h3>", "<h3>Ağ geçitleri</h3>", "<h3>Barkod okuyucular</h3>", "Denim", "Başka bir şey görülmedi.")
	if n := strings.Count(none.html, "Dakikada başkalarının sinyali"); n != 1 {
		t.Errorf("%d devices hear a crowd", n)
	}
	// A scanner hears no tags, and what it is stands above all of them.
	if n := strings.Count(none.html, "Başkalarının etiketleri"); n != 2 {
		t.Errorf("%d devices hear tags", n)
	}
	none.has(t, `<p class="quiet">omg · Denim`, `<p class="quiet">sco1`)
	none.hasNot(t, ">scanner")
	now := s.now().Wall
	s.board.SetCrowd(live.Crowd{Gateway: "g1", Minute: now.Add(-70 * time.Second), Heard: 1234})
	s.board.SetStrangers([]devices.Stranger{
		{Kind: devices.StrangerUnknown, Via: "broker", Name: "<omg>", Topic: "home/OMG_2", Last: now.Add(-5 * time.Minute)},
		{Kind: devices.StrangerUnknown, Via: "broker", Topic: "espresense/rooms", Clients: 12, Last: now},
		{Kind: devices.StrangerRival, Via: "broker", Name: "kadikoy/fr1", Last: now},
		{Kind: devices.StrangerUnknown, Via: "serial port", Name: "/dev/serial/by-id/usb-1a86", Last: now},
	})
	some := p.get("/staff/devices")
	some.has(t, "1.234", "&lt;omg&gt; · home/OMG_2", "MQTT sunucusunda konuşuyor, yapılandırmada yok · son: 5 dk önce",
		"espresense/rooms · 12 istemci adıyla", `<li class="mind">kadikoy/fr1`, "Bu adı ikinci bir program kullanıyor", "/dev/serial/by-id/usb-1a86", "Takılı, yapılandırmada yok")
	some.hasNot(t, "Başka bir şey görülmedi.")
	empty := newShop(t, func(o *staffOptions) { o.Devices = nil })
	empty.signIn("omer").get("/staff/devices").has(t, "Tanımlı cihaz yok.", "Bizim olmayanlar")
}
