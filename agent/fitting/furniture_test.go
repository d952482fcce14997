package fitting_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// furniture answers where the tags are that the store remembers as such.
func (s *shop) furniture() map[gs1.EPC]string {
	s.t.Helper()
	all := map[gs1.EPC]string{}
	if err := s.db.View(s.t.Context(), func(v *store.View) error {
		tags, err := v.StaticTags()
		for _, t := range tags {
			all[t.EPC] = t.Place.String()
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func TestFurnitureIsRememberedUntilItIsGone(t *testing.T) {
	s := newRow(t)
	rail, shelf, worn := tag(jacket38, 1), tag(jacket38, 2), tag(jacket38, 3)
	tray := showroom.Place{Kind: showroom.PlaceTray, ID: "t1"}
	s.arrives(rail, "1")
	s.apply(presence.Change{Kind: presence.Departed, Static: true, EPC: rail, From: showroom.RoomPlace("1")},
		presence.Change{Kind: presence.Learned, Static: true, EPC: shelf, To: tray})
	s.arrives(worn, "2")
	if diff := cmp.Diff(map[gs1.EPC]string{rail: "room/1", shelf: "tray/t1"}, s.furniture()); diff != "" {
		t.Fatal(diff)
	}
	if now := s.look("1"); len(now.Garments) != 0 {
		t.Errorf("furniture hangs in the room: %+v", now)
	}
	s.arrives(rail, "3") // somebody has taken it off the rail
	s.apply(presence.Change{Kind: presence.Released, EPC: shelf, From: tray})
	if left := s.furniture(); len(left) != 0 {
		t.Errorf("still furniture: %v", left)
	}
}

// A restart must not take furniture for garments anew: what the engine is told is what it would have known.
func TestFurnitureOutlivesARestart(t *testing.T) {
	s := newRow(t)
	rail := tag(jacket38, 1)
	room := showroom.RoomPlace("1")
	s.apply(presence.Change{Kind: presence.Learned, Static: true, EPC: rail, To: room})
	var known []presence.Occupancy
	s.update(func(tx *store.Tx) (err error) {
		known, err = s.rooms.Restore(tx)
		return err
	})
	if len(known) != 1 || known[0] != (presence.Occupancy{EPC: rail, Place: room, Static: true}) {
		t.Fatalf("known: %+v", known)
	}
	profile := presence.RetailProfile()
	engine := presence.New(presence.Config{Profile: profile, Antennas: map[presence.Antenna]presence.Mount{{Reader: "r", Number: 1}: {Place: room}}})
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	tell := func(changes []presence.Change) { s.apply(append([]presence.Change(nil), changes...)...) }
	tell(engine.Restore(known, at))
	tell(engine.Device("r", devices.Up, at))
	for range 600 {
		at = at.Add(100 * time.Millisecond)
		tell(engine.Observe(devices.TagRead{Reader: "r", Antenna: 1, EPC: rail, RSSI: devices.DBm(-45), At: at}))
	}
	s.wait(time.Minute)
	if s.opened() != 0 || len(s.look("1").Garments) != 0 {
		t.Errorf("a rail opened %d visits", s.opened())
	}
	tell(engine.Advance(at.Add(time.Hour)))
	if left := s.furniture(); len(left) != 0 {
		t.Errorf("gone, and still furniture: %v", left)
	}
}
