package r200_test

import (
	"testing"

	"showroom/devices"
	"showroom/devices/rfid/r200"
)

// A module that has no strength to tell says 0, which would be the strongest tag there ever was.
func TestNoStrengthIsNoStrongTag(t *testing.T) {
	for rssi, want := range map[int8]devices.RSSI{-55: -5500, -1: -100, 0: devices.UnknownRSSI, 7: devices.UnknownRSSI, 127: devices.UnknownRSSI} {
		if got := (r200.Tag{RSSI: rssi}).Strength(); got != want {
			t.Errorf("%d is %d, want %d", rssi, got, want)
		}
	}
}
