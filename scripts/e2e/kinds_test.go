package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"showroom/devices/sim"
	"showroom/kiosk/view"
	"showroom/scripts/shop"
)

// TestEveryKindOfDevice runs one shop with a reader of each kind, a gateway of each format and a scanner. Each device goes through its
// troubles, all of them at the same time, while a watchman sees to it that no device has those of another. Rooms whose reader is
// through with them are used for what else there is to see in such a shop.
func TestEveryKindOfDevice(t *testing.T) {
	t.Parallel()
	s := openKinds(t)
	s.up()
	passing := s.eavesdrop()
	s.enrol()
	s.hangGarments()
	s.untilInZones()

	var rooms, others sync.WaitGroup
	defer others.Wait()
	defer rooms.Wait()
	for _, w := range s.wards() {
		group := &others
		if slices.Contains(roomsForRules(), w.reader) {
			group = &rooms
		}
		group.Go(func() { s.note(w.reader, w.course()) })
	}
	others.Go(func() { s.note("gateways", s.gateways()) })
	others.Go(func() { s.note("scanner", s.scanner()) })
	s.strangers()
	rooms.Wait()
	s.sold()
	s.restock()
	s.capture()
	others.Wait()
	s.watch.goHome()
	s.passersBy(passing)
}

// kinds is a shop with a device of every kind, its kiosks and who watches over it.
type kinds struct {
	*testShop
	watch  *watchman
	kiosks map[string]*kiosk // by room
	pieces map[string]string // EPC of what hung there first, by what the simulated shop calls the tag
}

func openKinds(t *testing.T) *kinds {
	t.Helper()
	s := &kinds{testShop: openShopWith(t, shop.Options{Kinds: true}), kiosks: map[string]*kiosk{}}
	for _, room := range shop.Rooms() {
		s.kiosks[room] = openKiosk(s.testShop, room)
	}
	s.watch = watchOver(s.testShop)
	return s
}

// note has the test fail with what went wrong in a part of it.
func (s *kinds) note(part string, err error) {
	if err != nil {
		s.t.Errorf("%s: %v", part, err)
	}
}

// order has the simulated shop do something.
func (s *kinds) order(format string, args ...any) error {
	_, err := s.Tell(s.t.Context(), fmt.Sprintf(format, args...))
	return err
}

// orders is order for several things, one after the other.
func (s *kinds) orders(all ...string) error {
	for _, line := range all {
		if err := s.order("%s", line); err != nil {
			return err
		}
	}
	return nil
}

// up waits until every device works, and has the watchman mind them.
func (s *kinds) up() {
	s.t.Helper()
	s.must(s.watch.await("every device works", func(now sight) error {
		for id, d := range now.devices {
			if d.State != "up" {
				return fmt.Errorf("%s is %s: %s", id, d.State, d.Reason)
			}
		}
		return nil
	}))
	for id := range s.watch.now().devices {
		s.watch.leave(id)
	}
}

// hangGarments hangs one garment into each room but calm, into which it hangs one for each of the readers.
func (s *kinds) hangGarments() {
	s.t.Helper()
	for _, room := range shop.Rooms() {
		if room != "calm" {
			s.tell(`carry "White Plimsolls" size 41 into %s as in-%s`, room, room)
		}
	}
	for _, w := range s.wards() {
		s.tell(`carry "White Plimsolls" size 40 into calm as beside-%s`, w.reader)
	}
	var err error
	s.pieces, err = s.tags()
	s.must(err)
	for _, room := range shop.Rooms() {
		if room != "calm" {
			s.kiosks[room].until("its garment is shown", showsCard(s.pieces["in-"+room]))
			s.watch.keep(room, s.pieces["in-"+room])
		}
	}
	s.must(s.watch.await("the calm room has its garments", func(now sight) error {
		for _, w := range s.wards() {
			if err := now.hangs("calm", s.pieces["beside-"+w.reader], true); err != nil {
				return err
			}
		}
		return nil
	}))
}

// tags answers which tags the garments of the simulated shop have.
func (s *kinds) tags() (map[string]string, error) {
	answer, err := s.Tell(s.t.Context(), "tags")
	if err != nil {
		return nil, err
	}
	var all []sim.Tag
	if err := json.Unmarshal([]byte(strings.TrimPrefix(answer, "ok ")), &all); err != nil {
		return nil, err
	}
	pieces := map[string]string{}
	for _, tag := range all {
		pieces[tag.Name] = tag.EPC.String()
	}
	return pieces, nil
}

// agent runs the agent's program as an engineer does who has typed the arguments.
func (s *kinds) agent(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "showroom-agent"), append(args, "--socket", s.Socket)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("showroom-agent %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// ward is a reader with its rooms, and the course of troubles it goes through.
type ward struct {
	s        *kinds
	reader   string
	rooms    []string
	troubles []trouble
	// garbage is how it is called that garbage comes; the zero trouble for a reader in whose garbage tags are left that can be read.
	garbage trouble
}

// trouble is what is done to a reader, and how health and kiosk then are to call it.
type trouble struct {
	order         string // to the simulated shop, with the reader in place of %s
	state, reason string
}

// wards are all readers but the one of the calm room. Pulling is the first trouble of each.
func (s *kinds) wards() []ward {
	all := []ward{
		{reader: "r200", troubles: []trouble{
			{"pull %s", "down", "not plugged in"}, {"fault %s power", "fault", "power refused: command refused"}, {"silence %s", "silent", "no answer"}}},
		{reader: "thingmagic", troubles: []trouble{
			{"pull %s", "down", "not plugged in"}, {"fault %s power", "fault", "power refused: power too high"}, {"fault %s hot", "fault", "temperature throttle"},
			{"fault %s antenna", "fault", "high return loss"}, {"silence %s", "silent", "no answer"}}},
		{reader: "r2000", rooms: []string{"left", "right"}, troubles: []trouble{
			{"pull %s", "down", "not plugged in"}, {"fault %s power", "fault", "power refused: power not set"}, {"fault %s antenna", "fault", "antenna 1: antenna missing"}, {"silence %s", "silent", "no answer"}}},
		{reader: "llrp", troubles: []trouble{
			{"pull %s", "down", "not connected"}, {"fault %s power", "fault", "reader exception"}, {"fault %s hot", "fault", "reader exception"},
			{"fault %s antenna", "fault", "antenna 1 is gone"}, {"silence %s", "silent", "no answer"}}},
		{reader: "zebra", troubles: []trouble{
			{"pull %s", "silent", "no heartbeat"}, {"fault %s power", "silent", "no heartbeat"}, {"silence %s", "silent", "no heartbeat"}}},
		{reader: "impinj", troubles: []trouble{
			{"pull %s", "silent", "no message"}, {"fault %s power", "silent", "no message"}, {"silence %s", "silent", "no message"}}},
		{reader: "template", troubles: []trouble{
			{"pull %s", "silent", "no message"}, {"fault %s power", "silent", "no message"}, {"silence %s", "silent", "no message"}}},
	}
	for i := range all {
		all[i].s = s
		if all[i].reader != "llrp" {
			all[i].garbage = trouble{"garbage %s for 1h", "silent", "garbage"}
		}
		if all[i].rooms == nil {
			all[i].rooms = []string{all[i].reader}
		}
	}
	return all
}

// course has the reader go through everything. In the end it is as well as before.
func (w ward) course() error {
	w.s.watch.touch(w.reader)
	for i, t := range w.troubles {
		if err := w.s.order(t.order, w.reader); err != nil {
			return err
		}
		if err := w.ill(t); err != nil {
			return err
		}
		heal := "fault " + w.reader + " off"
		if i == 0 {
			if err := w.besides(); err != nil {
				return err
			}
			heal = "plug " + w.reader
		}
		if err := errors.Join(w.s.order("%s", heal), w.well("it works again after "+t.order)); err != nil {
			return err
		}
	}
	if err := w.disturbed(); err != nil {
		return err
	}
	w.s.watch.leave(w.reader)
	return nil
}

// ill waits until health and kiosks tell of a trouble.
func (w ward) ill(t trouble) error {
	what := fmt.Sprintf("health tells of %q", fmt.Sprintf(t.order, w.reader))
	if err := w.s.watch.await(what, func(now sight) error { return now.is(w.reader, t.state, t.reason) }); err != nil {
		return err
	}
	return w.shown(what, func(st view.State) bool {
		r := roomOf(st).Reader
		return r.State == t.state && r.Reason == t.reason && tellsOfTrouble(st)
	})
}

// well waits until the reader works and the kiosks tell of no trouble.
func (w ward) well(what string) error {
	if err := w.s.watch.await(what, func(now sight) error { return now.is(w.reader, "up", "") }); err != nil {
		return err
	}
	return w.shown(what, func(st view.State) bool { return roomOf(st).Reader.State == "up" && !tellsOfTrouble(st) })
}

// shown waits until the kiosks of all rooms have the garment still and show what somebody likes.
func (w ward) shown(what string, likes func(view.State) bool) error {
	for _, room := range w.rooms {
		k, epc := w.s.kiosks[room], w.s.pieces["in-"+room]
		if _, err := k.sees(what, k.watch(func(st view.State) bool { return showsCard(epc)(st) && likes(st) })); err != nil {
			return err
		}
	}
	return nil
}

// besides looks at the calm room while the reader is unplugged: a garment leaves it and another one comes. So it is not for want of time
// that the garments of the reader's own rooms stay.
func (w ward) besides() error {
	gone, guest := "beside-"+w.reader, "guest-of-"+w.reader
	if err := w.s.orders("take "+gone+" out", `carry "White Plimsolls" size 41 into calm as `+guest); err != nil {
		return err
	}
	pieces, err := w.s.tags()
	if err != nil {
		return err
	}
	k := w.s.kiosks["calm"]
	if _, err := k.sees("somebody else's garment is shown", k.watch(showsPieceOf(pieces[guest]))); err != nil {
		return err
	}
	return w.s.watch.await("somebody else's garment has left", func(now sight) error {
		return errors.Join(now.hangs("calm", pieces[gone], false), now.hangs("calm", pieces[guest], true))
	})
}

// disturbed disturbs the reader until that is counted, and waits until it reads again.
func (w ward) disturbed() error {
	before := w.s.watch.now().devices[w.reader]
	if err := w.s.order("garbage %s for 1h", w.reader); err != nil {
		return err
	}
	if err := w.s.watch.await("what is damaged is counted", func(now sight) error {
		d := now.devices[w.reader]
		if d.Bad+d.Skipped < before.Bad+before.Skipped+3 {
			return fmt.Errorf("%d frames are bad and %d bytes skipped, before it were %d and %d", d.Bad, d.Skipped, before.Bad, before.Skipped)
		}
		return nil
	}); err != nil {
		return err
	}
	if w.garbage.state != "" {
		if err := w.ill(w.garbage); err != nil {
			return err
		}
	}
	if err := w.s.order("fault %s off", w.reader); err != nil {
		return err
	}
	before = w.s.watch.now().devices[w.reader]
	if err := w.s.watch.await("it reads again after garbage", func(now sight) error {
		if d := now.devices[w.reader]; !d.LastData.After(before.LastData) {
			return fmt.Errorf("nothing was read since %v", d.LastData)
		}
		return nil
	}); err != nil {
		return err
	}
	return w.well("it works after garbage")
}

// tellsOfTrouble: the kiosk says on its page that the room is not watched.
func tellsOfTrouble(st view.State) bool {
	return slices.ContainsFunc(st.Room(time.Now()).Notes, func(n view.Note) bool { return n.Kind == view.NoteFault && n.Text != "" })
}

// showsPieceOf: the kiosk has a card for that tag, whatever its page is.
func showsPieceOf(epc string) func(view.State) bool {
	return func(st view.State) bool {
		return slices.ContainsFunc(st.Room(time.Now()).Cards, func(c view.Card) bool { return c.EPC == epc && c.Name != "" })
	}
}
