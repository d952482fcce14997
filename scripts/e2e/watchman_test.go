package e2e

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"showroom/agent/localapi"
)

// watchman looks at every device, room and loan tag of a shop again and again. What changes about a device that nobody has touched, and
// what becomes of a garment that nobody has taken, is wrong. Since when a device is in its state and how often it came back are looked
// at as well, so nothing that happens between two looks is missed.
type watchman struct {
	s *testShop

	mu      sync.Mutex // guards the rest
	seen    sight
	touched map[string]bool   // devices that somebody is doing something to
	hung    map[string]string // the tag that hangs in a room, and no other
	looks   int
	wrong   []string
	// goHome ends the watch and tells the test what was wrong.
	goHome func()
}

// sight is what the shop shows at one moment. It does not change.
type sight struct {
	devices map[string]localapi.Device
	rooms   map[string]localapi.Room
	tags    map[string]localapi.Tag // by label
	notOurs []localapi.Stranger
}

// everyLook is how often the watchman looks.
const everyLook = 50 * time.Millisecond

// watchOver begins to look, until the end of the test. All devices count as touched.
func watchOver(s *testShop) *watchman {
	s.t.Helper()
	w := &watchman{s: s, touched: map[string]bool{}, hung: map[string]string{}}
	s.must(w.look(s.t.Context()))
	for id := range w.seen.devices {
		w.touched[id] = true
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan error, 1) // one result
	go func() { ended <- w.patrol(ctx) }()
	w.goHome = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Errorf("the watchman could not look: %v", err)
		}
		w.report(s.t)
	})
	s.t.Cleanup(w.goHome)
	return w
}

func (w *watchman) patrol(ctx context.Context) error {
	tick := time.NewTicker(everyLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// look looks once. Nobody touches anything meanwhile.
func (w *watchman) look(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var (
		devices localapi.Devices
		rooms   localapi.Rooms
		tags    localapi.Tags
	)
	for path, into := range map[string]any{localapi.PathDevices: &devices, localapi.PathRooms: &rooms, localapi.PathTags: &tags} {
		if err := w.s.read(ctx, path, into); err != nil {
			return err
		}
	}
	now := sight{devices: map[string]localapi.Device{}, rooms: map[string]localapi.Room{}, tags: map[string]localapi.Tag{}, notOurs: devices.NotOurs}
	for _, d := range devices.Devices {
		now.devices[d.ID] = d
		w.compare(d)
	}
	for _, r := range rooms.Rooms {
		now.rooms[r.ID] = r
		if epc, told := w.hung[r.ID]; told && (len(r.Garments) != 1 || r.Garments[0].EPC != epc || r.Unknown+r.LeftBehind > 0) {
			w.complain("in room %s hang %d garments, %d unknown, %d left behind, and %s should alone", r.ID, len(r.Garments), r.Unknown, r.LeftBehind, epc)
		}
	}
	for _, t := range tags.Tags {
		now.tags[t.Label] = t
	}
	w.seen = now
	w.looks++
	return nil
}

func (w *watchman) compare(d localapi.Device) {
	was := w.seen.devices[d.ID]
	if w.touched[d.ID] || was.ID == "" {
		return
	}
	if d.State != was.State || d.Reason != was.Reason || !d.Since.Equal(was.Since) || d.Reconnects != was.Reconnects {
		w.complain("nobody touched %s, and it went from %s %q to %s %q, with %d reconnects", d.ID, was.State, was.Reason, d.State, d.Reason, d.Reconnects-was.Reconnects)
	}
}

func (w *watchman) complain(format string, args ...any) {
	text := time.Now().Format("15:04:05.000 ") + fmt.Sprintf(format, args...)
	if len(w.wrong) < 20 {
		w.wrong = append(w.wrong, text)
	}
}

// touch says that somebody is about to do something to devices.
func (w *watchman) touch(ids ...string) { w.setTouched(true, ids) }

// leave says that devices are well, and to be left alone from now on.
func (w *watchman) leave(ids ...string) { w.setTouched(false, ids) }

func (w *watchman) setTouched(is bool, ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		w.touched[id] = is
	}
}

// keep says that a tag hangs in a room, alone and until it is kept no more, which "" says.
func (w *watchman) keep(room, epc string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hung[room] = epc; epc == "" {
		delete(w.hung, room)
	}
}

func (w *watchman) now() sight {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
}

// await waits for a sight that somebody likes: the error is what they do not like.
func (w *watchman) await(what string, likes func(sight) error) error {
	return w.s.comes(what, func() error { return likes(w.now()) })
}

// report says what was wrong.
func (w *watchman) report(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range w.wrong {
		t.Error(text)
	}
	t.Logf("looked %d times", w.looks)
}

// is wants a device in a state for a reason, with advice where it is not well.
func (s sight) is(id, state, reason string) error {
	d := s.devices[id]
	if d.State != state || d.Reason != reason || (d.State == "up") != (d.Advice == "") {
		return fmt.Errorf("%s is %s %q and one is told %q, want %s %q", id, d.State, d.Reason, d.Advice, state, reason)
	}
	return nil
}

// hangs wants a tag in a room, or not.
func (s sight) hangs(room, epc string, there bool) error {
	for _, g := range s.rooms[room].Garments {
		if g.EPC == epc && !there {
			return fmt.Errorf("%s still hangs in room %s", epc, room)
		}
		if g.EPC == epc {
			return nil
		}
	}
	if there {
		return fmt.Errorf("%s does not hang in room %s", epc, room)
	}
	return nil
}
