package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
)

// strangers: what publishes and is not configured is on the list of what is not the shop's, and nothing of the shop's own is.
func (s *kinds) strangers() {
	s.t.Helper()
	s.must(s.watch.await("the stray reader is on the list", func(now sight) error {
		var topics []string
		for _, one := range now.notOurs {
			if one.Via == "broker" {
				topics = append(topics, one.Kind+" "+one.Topic)
			}
		}
		if want := []string{"unknown ziotc/stray"}; !slices.Equal(topics, want) {
			return fmt.Errorf("the list has %q, want %q", topics, want)
		}
		return nil
	}))
}

// roomsForRules are the rooms in which nobody has troubles any more when the rules are looked at. Their readers have their names.
func roomsForRules() []string { return []string{"r200", "zebra"} }

// sold: what was sold is no longer seen, in two rooms.
func (s *kinds) sold() {
	s.t.Helper()
	var epcs []string
	for _, room := range roomsForRules() {
		s.watch.keep(room, "")
		epcs = append(epcs, s.pieces["in-"+room])
	}
	foreign := s.watch.now().devices["zebra"].Foreign
	_, err := s.agent(append([]string{"tag", "sold"}, epcs...)...)
	s.must(err)
	for i, room := range roomsForRules() {
		s.kiosks[room].until("what was sold is no longer shown", func(st view.State) bool { return !showsPieceOf(epcs[i])(st) })
	}
	s.must(s.watch.await("the buyer's garment is counted and nowhere", func(now sight) error {
		if now.devices["zebra"].Foreign <= foreign {
			return errors.New("it is not counted")
		}
		return errors.Join(now.hangs("r200", epcs[0], false), now.hangs("zebra", epcs[1], false))
	}))
}

// restock: where staff hang up stock, garments open no visit, and they do again when staff are through.
func (s *kinds) restock() {
	s.t.Helper()
	for _, room := range roomsForRules() {
		s.finish(room)
	}
	s.setRestock("r200", true)
	s.kiosks["r200"].until("the kiosk knows of the restocking", func(st view.State) bool { return roomOf(st).Restock != nil })
	s.tell(`carry "White Plimsolls" size 41 into r200 as stock`)
	s.must(s.watch.await("the stock hangs there", func(now sight) error {
		if n := now.rooms["r200"].LeftBehind; n != 1 {
			return fmt.Errorf("%d garments hang there", n)
		}
		return nil
	}))
	s.tell(`carry "White Plimsolls" size 40 into zebra as tried`)
	s.must(s.watch.await("somebody is in the other room", func(now sight) error {
		if now.rooms["zebra"].Visit == "" {
			return errors.New("no visit")
		}
		return nil
	}))
	if r := s.watch.now().rooms["r200"]; r.Visit != "" || r.Restock == nil {
		s.t.Errorf("while staff hang up stock the room is %+v", r)
	}
	if st := s.kiosks["r200"].now(); st.Route != view.RouteIdle {
		s.t.Errorf("while staff hang up stock the kiosk shows page %d", st.Route)
	}
	s.setRestock("r200", false)
	s.tell(`carry "White Plimsolls" size 40 into r200 as tried-too`)
	pieces, err := s.tags()
	s.must(err)
	s.kiosks["r200"].until("shoppers are welcome again", showsCard(pieces["tried-too"]))
}

// finish has a shopper leave a room.
func (s *kinds) finish(room string) {
	s.t.Helper()
	k := s.kiosks[room]
	if k.room().Visit != "" {
		k.loop.Send(view.TapLeave{})
		k.loop.Send(view.TapDone{})
	}
	k.until("nobody is there", func(st view.State) bool { return st.Route == view.RouteIdle && roomOf(st).Visit == "" })
}

func (s *kinds) setRestock(room string, on bool) {
	s.t.Helper()
	body, err := json.Marshal(localapi.RestockCommand{ID: fmt.Sprintf("restock-%s-%v", room, on), On: on})
	s.must(err)
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.Agent+strings.Replace(localapi.PathRestock, "{room}", room, 1), bytes.NewReader(body))
	s.must(err)
	req.Header.Set("Content-Type", "application/json")
	r, err := http.DefaultClient.Do(req)
	s.must(err)
	defer r.Body.Close()
	if said, _ := io.ReadAll(r.Body); r.StatusCode != http.StatusOK {
		s.t.Fatalf("restock: %s: %s", r.Status, said)
	}
}

// capture: every screen says that an engineer records a device, until that ends by itself.
func (s *kinds) capture() {
	s.t.Helper()
	shown := func(is bool) func(view.State) bool {
		return func(st view.State) bool { return (st.Frame().Capture != "") == is && (st.Kiosk.Capture != nil) == is }
	}
	watches := map[*kiosk]*watch{}
	for _, k := range s.kiosks {
		watches[k] = k.watch(shown(true))
	}
	_, err := s.agent("capture", "start", "calm", "--for", "5s", "--reason", "no tags at the antenna")
	s.must(err)
	for k, w := range watches {
		k.wait("the kiosk tells of the capture", w)
		k.until("the kiosk tells of the capture no more", shown(false))
	}
	said, err := s.agent("capture", "status")
	s.must(err)
	var status localapi.CaptureStatus
	s.must(json.Unmarshal([]byte(said), &status))
	if status.Running != nil || len(status.Files) != 1 || status.Files[0].Bytes == 0 {
		s.t.Errorf("after the capture: %s", said)
	}
	tape, err := os.Open(filepath.Join(status.Folder, status.Files[0].Name))
	s.must(err)
	defer tape.Close()
	if info, err := tape.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		s.t.Errorf("others may read the capture: %v, %v", info.Mode(), err)
	}
}
