package app_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/config"
)

// placed runs an agent over a shop once and answers every fact about places that its journal then holds.
func placed(t *testing.T, cfg config.Config) (facts []showroom.DevicePlaced) {
	t.Helper()
	_, stop := start(t, cfg)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	for _, e := range journal(t, cfg) {
		if p, ok := e.(showroom.DevicePlaced); ok {
			facts = append(facts, p)
		}
	}
	return facts
}

func journal(t *testing.T, cfg config.Config) (events []showroom.Event) {
	t.Helper()
	at := showroom.Moment{Wall: time.Now().UTC(), Boot: "b", Quality: showroom.ClockNTP}
	db, err := store.Open(t.Context(), store.Options{Dir: cfg.StateDir, MachineID: "m", Clock: func() showroom.Moment { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(t.Context(), func(tx *store.Tx) error { // a garment of the time before the move
		_, err := tx.Append(showroom.GarmentArrived{EPC: epc(t), Place: showroom.RoomPlace("1")})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Since(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		e, err := showroom.DecodeEvent(r.Kind, r.Version, r.Body)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

func epc(t *testing.T) gs1.EPC {
	t.Helper()
	e, err := gs1.ParseEPC("3034257BF400B7800004CB2F")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAMovedReaderIsAFactWithADate(t *testing.T) {
	cfg := shop(t)
	cfg.Rooms = append(cfg.Rooms, config.Room{ID: "2", Name: "Kabin 2"})
	one, two, kiosk := showroom.RoomPlace("1"), showroom.RoomPlace("2"), showroom.Place{Kind: showroom.PlaceKiosk, ID: "k1"}
	want := []showroom.DevicePlaced{{Device: "fr1", Of: "r200", To: []showroom.Place{one}}}
	for range 2 { // the second start has nothing to tell
		if diff := cmp.Diff(want, placed(t, cfg)); diff != "" {
			t.Fatalf("at first (-want +got):\n%s", diff)
		}
	}
	cfg.Rooms[0].Reader, cfg.Rooms[0].Antennas = "", nil
	cfg.Rooms[1].Reader, cfg.Rooms[1].Antennas = "fr1", []int{1}
	scanner := config.DefaultScanner()
	scanner.ID, scanner.Port = "s1", cfg.StateDir+"/not-there-either"
	cfg.Scanners, cfg.Kiosks[0].Scanner = []config.Scanner{scanner}, "s1"
	want = append(want,
		showroom.DevicePlaced{Device: "fr1", Of: "r200", From: []showroom.Place{one}, To: []showroom.Place{two}},
		showroom.DevicePlaced{Device: "s1", Of: "scanner", To: []showroom.Place{kiosk}})
	if diff := cmp.Diff(want, placed(t, cfg)); diff != "" {
		t.Fatalf("after the reader was moved (-want +got):\n%s", diff)
	}
	cfg.Scanners, cfg.Kiosks[0].Scanner = nil, ""
	want = append(want, showroom.DevicePlaced{Device: "s1", Of: "scanner", From: []showroom.Place{kiosk}})
	if diff := cmp.Diff(want, placed(t, cfg)); diff != "" {
		t.Fatalf("after the scanner was taken away (-want +got):\n%s", diff)
	}
	arrivals := 0
	for _, e := range journal(t, cfg) {
		if a, ok := e.(showroom.GarmentArrived); ok {
			arrivals++
			if a.Place != one {
				t.Errorf("what was told of room 1 is now told of %s", a.Place)
			}
		}
	}
	if arrivals == 0 {
		t.Error("nothing was told before the move")
	}
}
