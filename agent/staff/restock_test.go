package staff_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"showroom/devices"
)

func TestRestockIsSwitchedOnThePage(t *testing.T) {
	s := newShop(t)
	s.sellsAll()
	s.board.SetDevice(devices.Status{Device: "fr1", State: devices.Up, At: s.now().Wall})
	p := s.signIn("elif")
	rooms := p.press(p.get("/staff/rooms"), "/staff/rooms/2/restock")
	rooms.has(t, "Ürün yerleştiriliyor, bitiş: 14:30", "Şimdi asılan ürünler müşteri sayılmaz.", `/staff/rooms/2/restocked"`, `/staff/rooms/1/restock"`)
	rooms.hasNot(t, `/staff/rooms/2/restock"`)
	s.occupied("2", dress, 1)
	s.later(5 * time.Minute)
	if _, err := s.rooms.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := p.press(rooms, "/staff/restock")
	if n := strings.Count(again.html, "Ürün yerleştiriliyor, bitiş: 14:35"); n != 3 {
		t.Errorf("%d of 3 rooms are restocked:\n%s", n, again.html)
	}
	again.has(t, "1 ürün unutulmuş")
	again.hasNot(t, `action="/staff/restock"`, "Dolu")
	one := p.press(again, "/staff/rooms/2/restocked")
	one.has(t, `action="/staff/restock"`, `action="/staff/restocked"`)
	none := p.press(one, "/staff/restocked")
	none.hasNot(t, "Ürün yerleştiriliyor", `action="/staff/restocked"`)
	if old := p.press(rooms, "/staff/rooms/2/restocked"); old.status != http.StatusOK {
		t.Errorf("a second thumb on the same button: %d", old.status)
	}
	if gone := p.post("/staff/rooms/9/restock", map[string][]string{"command": {"x"}}); gone.status != http.StatusNotFound {
		t.Errorf("a room there is not: %d", gone.status)
	}
	if omer := s.signIn("omer").post("/staff/restock", map[string][]string{"command": {"y"}}); omer.status != http.StatusForbidden {
		t.Errorf("a technician: %d", omer.status)
	}
}
