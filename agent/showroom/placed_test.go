package showroom_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	. "showroom/agent/showroom"
)

func TestPlacementsTellWhatHasMoved(t *testing.T) {
	one, two, tray := RoomPlace("1"), RoomPlace("2"), Place{Kind: PlaceTray, ID: "t1"}
	before := []DevicePlace{
		{Device: "a", Kind: "r200", Places: []Place{one}},
		{Device: "b", Kind: "r200", Places: []Place{two}},
		{Device: "c", Kind: "omg"},
		{Device: "d", Kind: "r200", Places: []Place{tray}},
	}
	now := []DevicePlace{
		{Device: "e", Kind: "llrp", Places: []Place{tray}},
		{Device: "b", Kind: "r200", Places: []Place{one}},
		{Device: "a", Kind: "r200", Places: []Place{one}},
		{Device: "c", Kind: "ruuvi"},
	}
	facts, changed, gone := Placements(before, now)
	if diff := cmp.Diff([]DevicePlaced{
		{Device: "e", Of: "llrp", To: []Place{tray}},
		{Device: "b", Of: "r200", From: []Place{two}, To: []Place{one}},
		{Device: "c", Of: "ruuvi"},
		{Device: "d", Of: "r200", From: []Place{tray}},
	}, facts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]DevicePlace{now[0], now[1], now[3]}, changed); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]DeviceID{"d"}, gone); diff != "" {
		t.Error(diff)
	}
	if facts, changed, gone := Placements(now, now); len(facts)+len(changed)+len(gone) != 0 {
		t.Errorf("nothing has moved: %v %v %v", facts, changed, gone)
	}
}
