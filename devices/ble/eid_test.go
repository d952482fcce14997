package ble_test

import (
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"showroom/devices/ble"
)

func TestEIDVectors(t *testing.T) {
	var file struct {
		Vectors []struct {
			ID       string
			Key      string `json:"identity_key_hex"`
			Counter  uint32 `json:"time_counter_s"`
			Exponent uint8  `json:"rotation_exponent"`
			EID      string `json:"eid_hex"`
		}
	}
	load(t, "testdata/eid_vectors.json", &file)
	if len(file.Vectors) != 6 {
		t.Fatalf("%d vectors in testdata, want 6", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		key := [16]byte(unhex(t, v.Key))
		eid := ble.EID(key, v.Counter, v.Exponent)
		if got := hex.EncodeToString(eid[:]); got != v.EID {
			t.Errorf("%s: %s, want %s", v.ID, got, v.EID)
		}
		at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		r := resolver(t, ble.EIDBeacon{Key: key, Exponent: v.Exponent, Started: at.Add(-time.Duration(v.Counter) * time.Second)})
		if id, ok := r.Resolve([8]byte(unhex(t, v.EID)), at); !ok || id.Reveal() != "eddystone-eid:"+v.Key {
			t.Errorf("%s is not known again: %q", v.ID, id.Reveal())
		}
	}
}

func resolver(t *testing.T, beacons ...ble.EIDBeacon) *ble.Resolver {
	t.Helper()
	r, err := ble.NewResolver(beacons)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var started = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestResolverFollowsItsBeacons(t *testing.T) {
	a := ble.EIDBeacon{Key: [16]byte{1}, Exponent: 10, Started: started}
	b := ble.EIDBeacon{Key: [16]byte{2}, Exponent: 4, Started: started.Add(time.Hour)}
	r := resolver(t, a, b)
	rapid.Check(t, func(t *rapid.T) {
		// Time may go anywhere, as after a clock is set, and beacons' clocks run a little off.
		at := started.Add(time.Duration(rapid.Int64Range(int64(2*time.Hour), int64(1000*time.Hour)).Draw(t, "at")))
		for _, beacon := range []ble.EIDBeacon{a, b} {
			period := time.Second << beacon.Exponent
			off := rapid.Int64Range(-4, 4).Draw(t, "rotations off")
			theirs := at.Sub(beacon.Started)/period*period + time.Duration(off)*period
			id, ok := r.Resolve(ble.EID(beacon.Key, uint32(theirs/time.Second), beacon.Exponent), at)
			if want := off >= -2 && off <= 2; ok != want {
				t.Fatalf("known %v with a clock %d rotations off", ok, off)
			}
			if want := "eddystone-eid:" + hex.EncodeToString(beacon.Key[:]); ok && id.Reveal() != want {
				t.Fatalf("taken for %s, want %s", id.Reveal(), want)
			}
		}
	})
}

func TestResolverBeforeAndAfterTheClocksRange(t *testing.T) {
	r := resolver(t, ble.EIDBeacon{Key: [16]byte{1}, Exponent: 10, Started: started})
	for _, at := range []time.Time{{}, started.Add(-time.Hour), started.Add(200 * 365 * 24 * time.Hour), started.Add(1 << 62)} {
		if _, ok := r.Resolve(ble.EID([16]byte{1}, 0, 10), at); ok {
			t.Errorf("known again at %v", at)
		}
		if _, ok := r.Resolve([8]byte{}, at); ok {
			t.Errorf("no identifier is one at %v", at)
		}
	}
	if _, ok := r.Resolve(ble.EID([16]byte{1}, 0, 10), started.Add(-time.Second)); !ok {
		t.Error("a beacon a second ahead of its start is not known")
	}
}

func TestResolverRefusesWhatDoesNotRotate(t *testing.T) {
	if _, err := ble.NewResolver([]ble.EIDBeacon{{Exponent: 15}, {Exponent: 16}}); !errors.Is(err, ble.ErrRotation) {
		t.Errorf("error %v", err)
	}
}
