package dryrun

import (
	"errors"
	"fmt"
	"io"
	"time"

	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices/recording"
)

// Outcome is one thing that comes of a recording: what the engines decide, or what became of a device.
type Outcome struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // that of a presence.Change; "zone" of a radio tag; "device"; "scan"
	// EPC is the garment's, Tag what the recording calls a radio tag.
	EPC  string            `json:"epc,omitempty"`
	Tag  string            `json:"tag,omitempty"`
	From string            `json:"from,omitempty"` // "room/2"; empty is nowhere, or the unknown zone
	To   string            `json:"to,omitempty"`
	Why  *showroom.Figures `json:"why,omitempty"` // the figures that decided
	// Device is whose state is another now, or who has scanned a Code of that sort.
	Device showroom.DeviceID `json:"device,omitempty"`
	State  string            `json:"state,omitempty"`
	Reason string            `json:"reason,omitempty"`
	Code   string            `json:"code,omitempty"`
}

// Played says how much a recording held.
type Played struct {
	Tags      int       `json:"tag_reads"`
	Sightings int       `json:"sightings"`
	Scans     int       `json:"scans"`
	From      time.Time `json:"from,omitzero"`
	To        time.Time `json:"to,omitzero"`
	Decisions int       `json:"decisions"`
	Dropped   uint64    `json:"dropped"`   // readings the recorder had no time for
	Bad       int       `json:"bad_lines"` // of the file
}

// PlayRecording plays what a shop recorded through both engines, in the time of the recording, and tells every decision in order. It
// begins with an empty shop whose devices are all down, as an agent does. tell's error ends it.
func PlayRecording(from *recording.Player, garments presence.Config, floor zones.Config, tell func(Outcome) error) (Played, error) {
	r := rerun{garments: presence.New(garments), floor: zones.New(floor), tell: tell, states: map[showroom.DeviceID]string{}}
	for {
		reading, err := from.Next()
		r.played.Bad, r.played.Dropped = from.Bad(), from.Dropped()
		if errors.Is(err, io.EOF) {
			return r.played, nil
		}
		if err == nil {
			err = r.take(reading)
		}
		if err != nil {
			return r.played, fmt.Errorf("play recording: %w", err)
		}
	}
}

// rerun is one recording being played.
type rerun struct {
	garments *presence.Engine
	floor    *zones.Engine
	states   map[showroom.DeviceID]string
	played   Played
	tell     func(Outcome) error
}

func (r *rerun) take(reading recording.Reading) error {
	if r.played.From.IsZero() {
		r.played.From = reading.At
	}
	r.played.To = reading.At
	if err := r.advance(reading.At); err != nil {
		return err
	}
	switch {
	case reading.Tag != nil:
		r.played.Tags++
		return r.moved(r.garments.Observe(*reading.Tag))
	case reading.Sighting != nil:
		r.played.Sightings++
		return r.walked(r.floor.Observe(*reading.Sighting))
	case reading.Scan != nil:
		r.played.Scans++
		return r.say(Outcome{At: reading.At, Kind: "scan", Device: reading.Scan.Scanner, Code: string(reading.Scan.Kind)})
	}
	return r.device(reading)
}

// advance lets time pass for both engines.
func (r *rerun) advance(to time.Time) error {
	return errors.Join(r.moved(r.garments.Advance(to)), r.walked(r.floor.Advance(to)))
}

func (r *rerun) device(reading recording.Reading) error {
	s := reading.Status
	if now := s.State.String() + " " + s.Reason; r.states[s.Device] != now {
		r.states[s.Device] = now
		if err := r.say(Outcome{At: reading.At, Kind: "device", Device: s.Device, State: s.State.String(), Reason: s.Reason}); err != nil {
			return err
		}
	}
	return errors.Join(r.moved(r.garments.Device(s.Device, s.State, reading.At)), r.walked(r.floor.Gateway(s.Device, s.State, reading.At)))
}

func (r *rerun) moved(changes []presence.Change) error {
	for _, c := range changes {
		err := r.say(Outcome{At: c.At, Kind: c.Kind.String(), EPC: c.EPC.String(), From: c.From.String(), To: c.To.String(), Why: &c.Why})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *rerun) walked(changes []zones.Change) error {
	for _, c := range changes {
		err := r.say(Outcome{At: c.At, Kind: "zone", Tag: string(c.ID), From: c.From.String(), To: c.To.String(), Why: &c.Why})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *rerun) say(d Outcome) error {
	r.played.Decisions++
	return r.tell(d)
}
