// Package recording keeps what devices said and plays it again, so that a fault of the shop becomes a test by copying one file.
//
// What is kept are neutral readings, and a [Recorder] stands behind the privacy filters: no tag that is not the shop's, no radio
// that nobody enrolled. Of a scanned code it keeps what sort it is and the item's number, never its text; of an enrolled radio tag a
// number that means something within this recording only.
//
// A recording is JSON lines. A line with "begin" says when the lines behind it count from and begins every file and every start of
// the agent; each other line is one reading with the microseconds since then:
//
//	{"begin":"2026-11-22T05:00:00Z","version":1}
//	{"us":1200,"tag":{"reader":"fr1","antenna":1,"epc":"3034257BF7194E4000001A85","rssi_dbm":-48.5}}
//	{"us":1500,"status":{"device":"fr1","state":"silent","reason":"no answer"}}
//	{"us":1700,"sighting":{"gateway":"g1","tag":"1","rssi_dbm":-71,"tx_power_dbm":-59}}
//	{"us":1900,"scan":{"scanner":"s1","kind":"item","gtin":"00614141123452"}}
//	{"us":2100,"dropped":17}
//
// The last says how many readings there was no time, or no room, to write down.
package recording

import (
	"fmt"
	"strconv"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/devices"
)

const version = 1

type line struct {
	Begin    *time.Time `json:"begin,omitempty"`
	Version  int        `json:"version,omitempty"`
	After    int64      `json:"us"`
	Tag      *tag       `json:"tag,omitempty"`
	Status   *status    `json:"status,omitempty"`
	Sighting *sighting  `json:"sighting,omitempty"`
	Scan     *scan      `json:"scan,omitempty"`
	Dropped  uint64     `json:"dropped,omitempty"`
}

type tag struct {
	Reader  showroom.DeviceID `json:"reader"`
	Antenna int               `json:"antenna"`
	EPC     string            `json:"epc"`
	RSSI    *float64          `json:"rssi_dbm,omitempty"` // absent: the reader tells none
}

type status struct {
	Device showroom.DeviceID `json:"device"`
	State  string            `json:"state"`
	Reason string            `json:"reason,omitempty"`
	Advice string            `json:"advice,omitempty"`
}

type sighting struct {
	Gateway showroom.DeviceID `json:"gateway"`
	Tag     string            `json:"tag"`
	RSSI    *float64          `json:"rssi_dbm,omitempty"`
	TxPower *float64          `json:"tx_power_dbm,omitempty"`
}

type scan struct {
	Scanner showroom.DeviceID `json:"scanner"`
	Kind    devices.ScanKind  `json:"kind"`
	GTIN    string            `json:"gtin,omitempty"`
}

func strength(r devices.RSSI) *float64 {
	if !r.Known() {
		return nil
	}
	v := r.DBm()
	return &v
}

func rssi(v *float64) devices.RSSI {
	if v == nil {
		return devices.UnknownRSSI
	}
	return devices.DBm(*v)
}

func tagLine(r devices.TagRead) line {
	return line{Tag: &tag{r.Reader, r.Antenna, r.EPC.String(), strength(r.RSSI)}}
}

func statusLine(s devices.Status) line {
	return line{Status: &status{s.Device, s.State.String(), s.Reason, s.Advice}}
}

func (r *Recorder) sightingLine(s devices.Sighting) line {
	return line{Sighting: &sighting{s.Gateway, r.alias(s.ID), strength(s.RSSI), strength(s.TxPower)}}
}

func scanLine(s devices.Scan) line {
	l := &scan{Scanner: s.Scanner, Kind: s.Kind}
	if s.Kind == devices.ScanItem {
		l.GTIN = string(s.GTIN)
	}
	return line{Scan: l}
}

// Reading is one line of a recording: one of its pointers is set. At is the time it was read, and keeps its distance to the others of
// the same start whatever the wall clock did.
type Reading struct {
	At       time.Time
	Tag      *devices.TagRead
	Status   *devices.Status
	Sighting *devices.Sighting
	Scan     *devices.Scan
}

func (l line) reading(at time.Time) (Reading, error) {
	r := Reading{At: at}
	switch {
	case l.Tag != nil:
		epc, err := gs1.ParseEPC(l.Tag.EPC)
		if err != nil {
			return r, err
		}
		r.Tag = &devices.TagRead{Reader: l.Tag.Reader, Antenna: l.Tag.Antenna, EPC: epc, RSSI: rssi(l.Tag.RSSI), At: at}
	case l.Status != nil:
		state, ok := parseState(l.Status.State)
		if !ok {
			return r, fmt.Errorf("state %q is not known", l.Status.State)
		}
		r.Status = &devices.Status{Device: l.Status.Device, State: state, Reason: l.Status.Reason, Advice: l.Status.Advice, At: at}
	case l.Sighting != nil:
		if _, err := strconv.ParseUint(l.Sighting.Tag, 10, 64); err != nil {
			return r, fmt.Errorf("tag of a sighting: %w", err)
		}
		s := l.Sighting
		r.Sighting = &devices.Sighting{Gateway: s.Gateway, ID: devices.RadioID(s.Tag), RSSI: rssi(s.RSSI), TxPower: rssi(s.TxPower), At: at}
	case l.Scan != nil:
		gtin := gs1.GTIN("")
		if l.Scan.GTIN != "" {
			var err error
			if gtin, err = gs1.ParseGTIN(l.Scan.GTIN); err != nil {
				return r, err
			}
		}
		r.Scan = &devices.Scan{Scanner: l.Scan.Scanner, Kind: l.Scan.Kind, GTIN: gtin, At: at}
	}
	return r, nil
}

func parseState(s string) (devices.State, bool) {
	for _, state := range []devices.State{devices.Down, devices.Up, devices.Silent, devices.Fault} {
		if state.String() == s {
			return state, true
		}
	}
	return 0, false
}
