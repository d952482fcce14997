package e2e

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"showroom/agent/localapi"
	"showroom/kiosk/agentclient"
	"showroom/kiosk/loop"
	"showroom/kiosk/view"
)

// kiosk is the program of a fitting room's screen without the screen: what it knows, and what is tapped on it.
type kiosk struct {
	s      *testShop
	id     string
	client *agentclient.Client
	loop   *loop.Loop

	mu      sync.Mutex // guards the rest
	state   view.State
	watches []*watch
}

// watch waits for the first state that it likes.
type watch struct {
	likes func(view.State) bool
	seen  chan time.Time // capacity 1, written once
}

// openKiosk switches a kiosk on, until the end of the test.
func openKiosk(s *testShop, id string) *kiosk {
	s.t.Helper()
	client, err := agentclient.New("unix://"+s.Socket, id, agentclient.Options{})
	s.must(err)
	k := &kiosk{s: s, id: id, client: client}
	k.loop = loop.New(client, view.Start("tr"), k.render, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan error, 1) // one result
	go func() { ended <- k.loop.Run(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			s.t.Errorf("kiosk %s ended with %v", id, err)
		}
	})
	return k
}

func (k *kiosk) render(st view.State) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state = st
	for i := 0; i < len(k.watches); i++ {
		if w := k.watches[i]; w.likes(st) {
			w.seen <- time.Now()
			k.watches = append(k.watches[:i], k.watches[i+1:]...)
			i--
		}
	}
}

// watch begins to wait for a state, so that the moment is known in which the kiosk has it.
func (k *kiosk) watch(likes func(view.State) bool) *watch {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := &watch{likes: likes, seen: make(chan time.Time, 1)}
	if likes(k.state) {
		w.seen <- time.Now()
	} else {
		k.watches = append(k.watches, w)
	}
	return w
}

// until waits for a state and answers when the kiosk had it.
func (k *kiosk) until(what string, likes func(view.State) bool) time.Time {
	k.s.t.Helper()
	return k.wait(what, k.watch(likes))
}

func (k *kiosk) wait(what string, w *watch) time.Time {
	k.s.t.Helper()
	at, err := k.sees(what, w)
	k.s.must(err)
	return at
}

// sees is wait for those who may not end the test.
func (k *kiosk) sees(what string, w *watch) (time.Time, error) {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case at := <-w.seen:
		return at, nil
	case <-deadline.C:
	case <-k.s.t.Context().Done():
	}
	return time.Time{}, fmt.Errorf("kiosk %s, waiting until %s: it shows page %s, link %d, %q and\n%s", k.id, what, k.now().Route, k.now().Link, says(k.now(), "tr"), told(k.now().Kiosk))
}

func (k *kiosk) now() view.State {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}

// room is what the kiosk knows of its room.
func (k *kiosk) room() localapi.Room { return roomOf(k.now()) }

func roomOf(st view.State) localapi.Room {
	if st.Kiosk.Room == nil {
		return localapi.Room{}
	}
	return *st.Kiosk.Room
}

// asks opens the garment, chooses a piece and taps the button that the page then has. It answers when the finger came down.
func (k *kiosk) asks(epc, gtin string) time.Time {
	k.s.t.Helper()
	k.loop.Send(view.TapGarment{EPC: epc})
	k.loop.Send(view.TapVariant{GTIN: gtin})
	var button view.Msg
	k.until("the page of the piece has its button", func(st view.State) bool {
		page, open := st.Garment(time.Now())
		if !open || st.Open.GTIN != gtin || page.Action.Kind == view.NoAction {
			return false
		}
		button = page.Action.Msg()
		return true
	})
	at := time.Now()
	k.loop.Send(button)
	return at
}

// untilRequest waits until the newest request for a piece is in one of the states.
func (k *kiosk) untilRequest(gtin string, states ...string) (r localapi.Request) {
	k.s.t.Helper()
	k.until(fmt.Sprintf("the request for %s is %s", gtin, strings.Join(states, " or ")), func(st view.State) bool {
		var there bool
		r, there = requestOf(roomOf(st), gtin)
		return there && slices.Contains(states, r.State)
	})
	return r
}

func requestOf(room localapi.Room, gtin string) (localapi.Request, bool) {
	for _, r := range room.Requests {
		if r.GTIN == gtin {
			return r, true
		}
	}
	return localapi.Request{}, false
}

// showsPiece: the kiosk is at the room's page and has a card for a piece of that number.
func showsPiece(gtin string) func(view.State) bool {
	return func(st view.State) bool {
		for _, g := range roomOf(st).Garments {
			if g.GTIN == gtin && showsCard(g.EPC)(st) {
				return true
			}
		}
		return false
	}
}

// showsCard: the kiosk is at the room's page and has a card for that tag.
func showsCard(epc string) func(view.State) bool {
	return func(st view.State) bool {
		if st.Route != view.RouteRoom {
			return false
		}
		for _, c := range st.Room(time.Now()).Cards {
			if c.EPC == epc && c.Name != "" && c.Picture != "" {
				return true
			}
		}
		return false
	}
}

// told is what the kiosk was told, in short.
func told(k localapi.KioskState) string {
	if k.Room == nil {
		return "nothing"
	}
	r := k.Room
	text := fmt.Sprintf("seq %s, offline %v, reader %s (%s), visit %q, unknown %d, left behind %d\n", k.Seq, k.Offline, r.Reader.State, r.Reader.Reason, r.Visit, r.Unknown, r.LeftBehind)
	for _, g := range r.Garments {
		text += fmt.Sprintf("garment %s %s %s\n", g.EPC, g.GTIN, g.Product.Name)
	}
	for _, q := range r.Requests {
		text += fmt.Sprintf("request %s %s %s\n", q.ID, q.GTIN, q.State)
	}
	return text
}
