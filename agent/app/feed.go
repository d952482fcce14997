package app

import (
	"slices"

	"showroom/agent/ingest"
	"showroom/agent/pan"
	"showroom/devices"
	"showroom/devices/recording"
)

// feed is what a device's driver talks to: what listens, and the recorder where the device is one of those recorded.
type feed struct {
	*ingest.Loop
	recorder *recording.Recorder // nil: not recorded
}

func (a *agent) feed(device string) feed {
	f := feed{Loop: a.loop}
	if slices.Contains(a.cfg.Recording.Devices, device) {
		f.recorder = a.recorder
	}
	return f
}

// Tag hands a reading on.
func (f feed) Tag(r devices.TagRead) {
	f.Loop.Tag(r)
	if f.recorder != nil {
		f.recorder.Tag(r)
	}
}

// Status hands a state on.
func (f feed) Status(s devices.Status) {
	s.Reason, s.Advice = pan.Mask(s.Reason), pan.Mask(s.Advice) // some are the device's own words
	f.Loop.Status(s)
	if f.recorder != nil {
		f.recorder.Status(s)
	}
}

// Sighting hands a sighting on.
func (f feed) Sighting(s devices.Sighting) {
	f.Loop.Sighting(s)
	if f.recorder != nil {
		f.recorder.Sighting(s)
	}
}

// scanFeed is a feed of a scanner.
type scanFeed struct {
	feed
	counter *counter
}

// Scan hands a code on.
func (f scanFeed) Scan(code devices.Scan) {
	f.counter.take(code)
	if f.recorder != nil {
		f.recorder.Scan(code)
	}
}
