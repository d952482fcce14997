// Package live is what is true now and is no fact: whether a device does its job, whether the central service can be reached. It
// is never written down and starts empty with every start of the agent.
//
// A Board is told by whoever knows and looked at by whoever shows. It keeps the newest of each thing, so a slow screen misses
// steps, never the outcome. There is no stream to resume: after a wake-up a screen looks again.
package live

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Device is the newest status of a device, and what only its history tells.
type Device struct {
	devices.Status
	// Since is when the State began; a new reason for the same state does not begin it again.
	Since time.Time
	// Reconnects is how often the device came up again after having been down. The first time is none.
	Reconnects uint64
}

// Sync is how this shop and the central service stand.
type Sync struct {
	Connected bool
	Since     time.Time // when Connected became what it is; kept by the Board
	LastOK    time.Time // last answer of the service that meant yes; zero for never
	Waiting   int64     // facts the service has not acknowledged yet
	Error     string    // why not Connected, for engineers; "" when connected
}

// Snapshot is everything on a Board at one moment.
type Snapshot struct {
	Version uint64
	Devices []Device // by id
	Sync    Sync
}

// Board holds what is true now. All methods may be called from any goroutine and none waits for anything but the others.
type Board struct {
	mu        sync.Mutex // guards all below
	version   uint64
	changed   chan struct{}
	devices   map[showroom.DeviceID]*known
	crowds    map[showroom.DeviceID]Crowd
	sync      Sync
	synced    bool
	capture   Capture
	strangers []devices.Stranger
	counters  map[showroom.KioskID]Counter
}

type known struct {
	Device
	wasUp   bool
	dropped bool // down since it was last up
}

// NewBoard makes a Board with nothing on it.
func NewBoard() *Board {
	return &Board{changed: make(chan struct{}), devices: make(map[showroom.DeviceID]*known), crowds: make(map[showroom.DeviceID]Crowd), counters: make(map[showroom.KioskID]Counter)}
}

// SetDevice replaces what is known of the device. Screens are woken when its state, reason or advice is another, not for
// counters and times.
func (b *Board) SetDevice(s devices.Status) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.devices[s.Device]
	if k == nil {
		k = &known{Device: Device{Status: s, Since: s.At}}
		b.devices[s.Device] = k
		b.wake()
	} else {
		before := k.Status
		k.Status = s
		if s.State != before.State {
			k.Since = s.At
		}
		if s.State != before.State || s.Reason != before.Reason || s.Advice != before.Advice {
			b.wake()
		}
	}
	k.count()
}

func (k *known) count() {
	switch k.State {
	case devices.Down:
		k.dropped = k.wasUp
	case devices.Up:
		if k.dropped {
			k.Reconnects++
		}
		k.wasUp, k.dropped = true, false
	}
}

// SetSync replaces how the shop and the central service stand; s.Since is ignored, at is when s was found to be so. Screens are
// woken when the connection or the error is another, not for what is waiting.
func (b *Board) SetSync(at time.Time, s Sync) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.sync
	s.Since = before.Since
	if !b.synced || s.Connected != before.Connected {
		s.Since = at
	}
	b.sync = s
	if !b.synced || s.Connected != before.Connected || s.Error != before.Error {
		b.wake()
	}
	b.synced = true
}

// wake announces a change worth looking at. The caller holds mu.
func (b *Board) wake() {
	b.version++
	close(b.changed)
	b.changed = make(chan struct{})
}

// Changed answers a channel that is closed at the next change worth looking at. Take it before looking, and no change is missed.
func (b *Board) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// Version counts the changes worth looking at since NewBoard. It only grows.
func (b *Board) Version() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.version
}

// Device answers what is known of a device, or false when it has never been heard of.
func (b *Board) Device(id showroom.DeviceID) (Device, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.devices[id]
	if !ok {
		return Device{}, false
	}
	return k.Device, true
}

// Sync answers how the shop and the central service stand; the zero Sync before anybody has said.
func (b *Board) Sync() Sync {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sync
}

// Snapshot copies everything at one moment.
func (b *Board) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Snapshot{Version: b.version, Sync: b.sync, Devices: make([]Device, 0, len(b.devices))}
	for _, k := range b.devices {
		s.Devices = append(s.Devices, k.Device)
	}
	slices.SortFunc(s.Devices, func(a, b Device) int { return cmp.Compare(a.Device, b.Device) })
	return s
}
