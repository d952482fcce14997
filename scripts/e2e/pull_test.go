package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/kiosk/view"
)

func TestCableIsPulled(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	s := openShop(t)
	rooms := map[string]*kiosk{}
	for i, id := range []string{"fr1", "fr2", "fr3"} {
		s.untilUp(id)
		rooms[id] = openKiosk(s, id)
		s.tell(`carry "White Plimsolls" size 4%d into %s as shoes-%s`, i%2, id, id)
	}
	for _, k := range rooms {
		k.until("the shoes are shown", func(st view.State) bool { return len(st.Room(time.Now()).Cards) == 1 && st.Route == view.RouteRoom })
	}
	p := openPhone(s, browser, "/staff/devices")
	for i, id := range []string{"fr2", "fr1"} {
		pullAndPlug(s, p, rooms, id, i)
	}
	p.calm()
	s.exactlyOnce()
}

// pullAndPlug pulls the cable of one reader and puts it back. Meanwhile a garment goes in and out of another room, so that a departure's
// time passes: the room whose reader is gone must keep its garments and the others must go on.
func pullAndPlug(s *testShop, p *phone, rooms map[string]*kiosk, id string, n int) {
	s.t.Helper()
	k, third := rooms[id], rooms["fr3"]
	before := hanging(k.now())
	p.mark(id)
	pulled := time.Now()
	s.tell("pull %s", id)
	atKiosk := k.until("the reader is gone", faulty).Sub(pulled)
	onPage := p.marked(id).Sub(pulled)
	if state := s.device(id); state.State == "up" || state.Reason == "" || state.Advice == "" {
		s.t.Errorf("the agent says of a pulled reader %+v", state)
	}
	s.tell(`carry "White Plimsolls" size 39 into fr3 as guest-%d`, n)
	third.until("the guest is shown", func(st view.State) bool { return len(hanging(st)) == 2 })
	s.tell(`take guest-%d out`, n)
	third.until("the guest has left", func(st view.State) bool { return len(hanging(st)) == 1 })
	for other, kiosk := range rooms {
		st := kiosk.now()
		if other != id && faulty(st) {
			s.t.Errorf("the reader of %s is pulled and the kiosk of %s says that its own is gone", id, other)
		}
		if len(hanging(st)) != 1 || st.Route != view.RouteRoom {
			s.t.Errorf("the reader of %s is pulled and the kiosk of %s shows\n%s", id, other, told(st.Kiosk))
		}
	}
	if notes := k.now().Room(time.Now()).Notes; !slices.ContainsFunc(notes, func(n view.Note) bool { return n.Kind == view.NoteFault }) {
		s.t.Errorf("the shopper is not told that the room is not watched: %+v", notes)
	}
	if diff := cmp.Diff(before, hanging(k.now())); diff != "" {
		s.t.Errorf("the room whose reader is gone (-before +now):\n%s", diff)
	}

	plugged := time.Now()
	s.tell("plug %s", id)
	backAtKiosk := k.until("the reader is back", func(st view.State) bool { return !faulty(st) }).Sub(plugged)
	p.until("the page has it back", fmt.Sprintf(`document.querySelector("#device-%s .word.up") !== null`, id))
	if diff := cmp.Diff(before, hanging(k.now())); diff != "" {
		s.t.Errorf("after the reader is back (-before +now):\n%s", diff)
	}
	s.t.Logf("%s pulled: the kiosk knows after %v, the phone shows it after %v; plugged: the kiosk knows after %v", id,
		atKiosk.Round(time.Millisecond), onPage.Round(time.Millisecond), backAtKiosk.Round(time.Millisecond))
}

func faulty(st view.State) bool { return roomOf(st).Reader.Faulty() }

// hanging are the tags on the room's page.
func hanging(st view.State) (tags []string) {
	for _, c := range st.Room(time.Now()).Cards {
		tags = append(tags, c.EPC)
	}
	return tags
}

// mark has the page write down when it shows for the first time that a device does not work.
func (p *phone) mark(device string) {
	p.s.t.Helper()
	ask[bool](p, fmt.Sprintf(`(() => {
		window.gone = 0;
		const look = () => { if (!document.querySelector("#device-%s .word.up")) window.gone ||= Date.now(); };
		new MutationObserver(look).observe(document.body, {childList: true, subtree: true, attributes: true, characterData: true});
		return true;
	})()`, device))
}

func (p *phone) marked(device string) time.Time {
	p.s.t.Helper()
	p.until(device+" is shown as gone", `window.gone > 0`)
	return time.UnixMilli(int64(ask[float64](p, `window.gone`)))
}
