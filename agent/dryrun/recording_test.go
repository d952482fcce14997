package dryrun_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/dryrun"
	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices/recording"
)

// tape is a recording of a garment that hangs in room 1 for a minute and of a radio tag beside gateway g1, in which the reader is
// missed for a while.
func tape() string {
	var b strings.Builder
	line := func(at time.Duration, format string, args ...any) {
		fmt.Fprintf(&b, `{"us":%d,`+format+"}\n", append([]any{at.Microseconds()}, args...)...)
	}
	b.WriteString(`{"begin":"2026-11-22T05:00:00Z","version":1}` + "\n")
	line(0, `"status":{"device":"fr1","state":"up"}`)
	line(0, `"status":{"device":"g1","state":"up"}`)
	for at := time.Second; at < time.Minute; at += 250 * time.Millisecond {
		line(at, `"tag":{"reader":"fr1","antenna":1,"epc":"3034257BF7194E4000001A85","rssi_dbm":-45}`)
		line(at, `"sighting":{"gateway":"g1","tag":"7","rssi_dbm":-60}`)
	}
	line(time.Minute, `"status":{"device":"fr1","state":"down","reason":"not plugged in"}`)
	line(10*time.Minute, `"status":{"device":"fr1","state":"up"}`)
	line(10*time.Minute, `"dropped":3`)
	line(12*time.Minute, `"scan":{"scanner":"s1","kind":"order"}`)
	b.WriteString(`{"us":`)
	return b.String()
}

func TestARecordingIsDecidedAgain(t *testing.T) {
	room, zone := showroom.RoomPlace("1"), showroom.Place{Kind: showroom.PlaceZone, ID: "denim"}
	garments := presence.Config{Antennas: map[presence.Antenna]presence.Mount{{Reader: "fr1", Number: 1}: {Place: room}}}
	floor := zones.Config{Gateways: map[showroom.DeviceID]zones.Mount{"g1": {Zone: zone}}}
	begin := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
	var got []string
	played, err := dryrun.PlayRecording(recording.NewPlayer(strings.NewReader(tape())), garments, floor, func(o dryrun.Outcome) error {
		what := strings.Join(strings.Fields(strings.Join([]string{o.Kind, string(o.Device), o.State, o.Reason, o.Code, o.Tag, o.From, ">", o.To}, " ")), " ")
		got = append(got, what)
		if o.Kind == "departed" && o.At.Sub(begin) < 10*time.Minute+10*time.Second {
			t.Errorf("it departed at %v, while the reader was away", o.At.Sub(begin))
		}
		if o.Why == nil && (o.EPC != "" || o.Tag != "") {
			t.Errorf("nobody says why: %+v", o)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"device fr1 up >", "device g1 up >", "arrived > room/1", "zone 7 > zone/denim", "zone 7 zone/denim >",
		"device fr1 down not plugged in >", "device fr1 up >", "departed room/1 >", "scan s1 order >",
	}
	sorted := cmp.Transformer("set", func(list []string) map[string]int {
		set := map[string]int{}
		for _, s := range list {
			set[s]++
		}
		return set
	})
	if diff := cmp.Diff(want, got, sorted); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if played.Tags != 236 || played.Sightings != 236 || played.Scans != 1 || played.Dropped != 3 || played.Bad != 1 || played.To.Sub(played.From) != 12*time.Minute {
		t.Errorf("played %+v", played)
	}
}

func TestAPlayedRecordingStopsWhereNobodyListens(t *testing.T) {
	full := errors.New("full")
	_, err := dryrun.PlayRecording(recording.NewPlayer(strings.NewReader(tape())), presence.Config{}, zones.Config{}, func(dryrun.Outcome) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}
