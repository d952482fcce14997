// Package devices says what the shop's machines see, in neutral words: a tag was read, a device is up or silent or at fault.
// No protocol and no wire type comes this far.
//
// A tag read is a sample: it is never stored, and when nobody has time for it it is dropped and counted. The state of a device is
// not a sample: the newest one always arrives.
package devices

import (
	"fmt"
	"math"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// RSSI is a received signal strength in hundredths of a dBm. UnknownRSSI means that the reader does not tell; it is never 0 dBm.
type RSSI int16

// UnknownRSSI is the strength of a read whose reader tells none.
const UnknownRSSI RSSI = math.MinInt16

// DBm makes an RSSI of a value in dBm. Values no radio can mean, NaN among them, are UnknownRSSI.
func DBm(v float64) RSSI {
	if !(v > -200 && v < 100) {
		return UnknownRSSI
	}
	return RSSI(math.Round(v * 100))
}

// Known says whether the reader told a strength.
func (r RSSI) Known() bool { return r != UnknownRSSI }

// DBm is the strength in dBm; NaN when unknown.
func (r RSSI) DBm() float64 {
	if !r.Known() {
		return math.NaN()
	}
	return float64(r) / 100
}

// TagRead is one reading of one tag by one antenna. At is when it arrived here, by our own clock (with its monotonic reading):
// readers' clocks are not trusted.
type TagRead struct {
	Reader  showroom.DeviceID
	Antenna int // from 1; 1 for readers with a single antenna
	EPC     gs1.EPC
	RSSI    RSSI
	At      time.Time
}

// ScanKind is what a scanned code means to the shop.
type ScanKind string

// The kinds. Whose code begins as the shop's own do is told by that beginning, never guessed.
const (
	ScanItem     ScanKind = "item"     // a trade item: GTIN is set
	ScanCustomer ScanKind = "customer" // a person showing who they are
	ScanReceipt  ScanKind = "receipt"
	ScanOrder    ScanKind = "order"
	ScanOther    ScanKind = "other" // sound, and nothing the shop knows
	// ScanUnreadable is a showing that came to nothing: the scanner could not read, or the code claims to be something and is not.
	// It has neither Text nor GTIN.
	ScanUnreadable ScanKind = "unreadable"
)

// MaxScanText is how long the text of a Scan can be, in bytes.
const MaxScanText = 1024

// Scan is one code that somebody has shown to a scanner.
type Scan struct {
	Scanner showroom.DeviceID
	Kind    ScanKind
	GTIN    gs1.GTIN // of an item; else empty
	Serial  string   // of an item whose code tells it
	Text    string   // what the code says, valid UTF-8; it may name a person and is not for logs
	At      time.Time
}

// State is whether a device does its job. Silence, a fault and "nothing there" are three different things.
type State int8

// The states. Down is the zero State: before anything has been heard, a device is not there.
const (
	Down   State = iota // not connected: no port, no cable, no network
	Up                  // connected and answering, tags or no tags
	Silent              // connected, but it has stopped answering
	Fault               // it answers that something is wrong
)

// String is the state as it stands in metrics and the API.
func (s State) String() string {
	switch s {
	case Up:
		return "up"
	case Silent:
		return "silent"
	case Fault:
		return "fault"
	}
	return "down"
}

// Frames counts what came over a link since its source was made.
type Frames struct {
	Good    uint64 // frames or messages understood
	Bad     uint64 // damaged, or understood as nothing
	Skipped uint64 // bytes thrown away between frames
	Foreign uint64 // tags that are not the shop's: the shopper's own property, dropped unseen
	Stale   uint64 // retained or old messages that say nothing about now
}

// Status is the newest a source says of its device. A later Status replaces an earlier one.
type Status struct {
	Device showroom.DeviceID
	State  State
	Reason string // short, for engineers, stable enough to group by: "port closed", "no answer"
	Advice string // what to do about it, in words; "" when nothing
	At     time.Time
	// LastData is when the device last said anything sensible; zero for never.
	LastData time.Time
	Frames   Frames
}

// Feed takes what a source sees. All methods may be called from any goroutine and none blocks.
type Feed interface {
	// Tag offers a sample. It is dropped and counted when the shop has no time for it.
	Tag(TagRead)
	// Status replaces what is known of the device. It is never lost.
	Status(Status)
}

// RadioID is the neutral id of an enrolled radio tag, given by whoever enrolled it. It tells nothing of the tag's radio.
type RadioID = showroom.RadioID

// Sighting is one gateway hearing one enrolled radio tag once. It is a sample like a TagRead. Radios that nobody enrolled never
// become one. At is when it arrived here, by our own clock: gateways' clocks are not trusted.
type Sighting struct {
	Gateway showroom.DeviceID
	ID      RadioID
	RSSI    RSSI
	TxPower RSSI // the strength at one metre that the tag claims; UnknownRSSI when it claims none that can be true
	At      time.Time
}

// MostMessage is how many bytes of a message are held, with its topic and what the protocol needs. A Zebra reader's batch is a few
// kilobytes.
const MostMessage = 256 << 10

// Message is what came over a message broker, before any protocol has looked at it. The receiver owns Payload.
type Message struct {
	Topic   string
	Payload []byte
	// Missing is how many bytes of a message that was too long to be held are not in Payload, which is its beginning.
	Missing int
	// Retained: the broker kept it for whoever came later. It may be of any age and says nothing about now.
	Retained bool
	At       time.Time // when it arrived here
}

// Delivery is a message that its broker keeps until Acknowledge is called, once the message has been dealt with for good; without it,
// the message comes again at the next connection. Acknowledge may be called from any goroutine, and does nothing after the
// connection has gone.
type Delivery struct {
	Message
	Acknowledge func()
}

// Own answers whether a tag belongs to the shop. Sources ask it before anything else sees the tag; a tag that is not the
// shop's is counted and forgotten. It must be fast, safe for concurrent use and must not block.
type Own func(gs1.EPC) bool

// Error is what went wrong with a device, for engineers.
type Error struct {
	Op     string            // what was tried, a verb phrase: "open port"
	Device showroom.DeviceID // may be empty where the caller knows
	Err    error
	Hint   string // what to check, in words; may be empty
}

func (e *Error) Error() string {
	s := e.Op
	if e.Device != "" {
		s = fmt.Sprintf("%s of %s", e.Op, e.Device)
	}
	return fmt.Sprintf("%s: %v", s, e.Err)
}

// Unwrap answers the cause.
func (e *Error) Unwrap() error { return e.Err }
