package config

import "time"

// ReaderKind is a reader's protocol.
type ReaderKind string

// The kinds of reader this release speaks to.
const (
	R200       ReaderKind = "r200"       // MagicRF R200/M100 modules, serial or TCP; one antenna
	ThingMagic ReaderKind = "thingmagic" // ThingMagic M6E Nano, M7E Hecto and M6e, serial or TCP; up to 4 antennas, from 1 without a gap
	R2000      ReaderKind = "r2000"      // readers on Impinj's R2000 and E710 chips, serial or TCP; up to 8 antennas
	LLRP       ReaderKind = "llrp"       // fixed readers of most makers, TCP
	ZebraIOTC  ReaderKind = "zebra-iotc" // Zebra IoT Connector, MQTT
	Impinj     ReaderKind = "impinj"     // Impinj IoT device interface, MQTT
	Template   ReaderKind = "template"   // whatever a mapping file describes, MQTT
)

// readerKinds are all kinds, in the order in which they are proposed.
func readerKinds() []ReaderKind {
	return []ReaderKind{R200, ThingMagic, R2000, LLRP, ZebraIOTC, Impinj, Template}
}

// Serial says that readers of the kind are modules on a serial line, or on a serial server's TCP port.
func (k ReaderKind) Serial() bool { return k == R200 || k == ThingMagic || k == R2000 }

// MQTT says that readers of the kind publish at a broker.
func (k ReaderKind) MQTT() bool { return k == ZebraIOTC || k == Impinj || k == Template }

// Region is the radio rule set the reader transmits under. The wrong one is against the law.
type Region string

// The regions whose frames are known from recordings.
const (
	RegionEU Region = "EU" // 865-868 MHz; also Türkiye
	RegionUS Region = "US" // 902-928 MHz
)

// Reader is one RFID reader. Only configured readers are heard. A key that the reader's kind has no use for stays zero: what a reader
// over LLRP or MQTT sends with is set at the reader itself.
type Reader struct {
	ID   string     `yaml:"id"`
	Kind ReaderKind `yaml:"kind"`
	// Port is /dev/serial/by-id/..., usb:VID:PID[:serial], another path or tcp://host:port; for llrp tcp://host[:5084].
	Port   string `yaml:"port"`
	Baud   int    `yaml:"baud"` // serial only
	Region Region `yaml:"region"`
	Power  DBm    `yaml:"power"` // transmit power at the antenna connector; more reaches the next room. llrp: 0 leaves it as the reader is set
	Topic  string `yaml:"topic"` // the MQTT filter of all this reader publishes
	// Template is the path of the mapping file of a reader of kind template, as decode reading --format template:FILE takes it.
	Template string `yaml:"template"`
	// Heartbeat is how often the reader is asked for, or expected to give, a sign of life. 0 for readers that have none.
	Heartbeat time.Duration `yaml:"heartbeat"`
	// SilentAfter without any sign of life makes the reader "silent", which is not an empty room. At least twice Heartbeat.
	SilentAfter time.Duration `yaml:"silent_after"`
	Antennas    []Antenna     `yaml:"antennas"` // those that hear better or worse than the rest; the others need no entry
}

// Antenna corrects what one antenna of a reader reports.
type Antenna struct {
	Number int `yaml:"number"`
	Floor  DBm `yaml:"floor"` // instead of presence.floor; 0 means that one
	Gain   DB  `yaml:"gain"`  // added to every strength before anything is compared: what a longer cable loses
}

// GatewayFormat is the dialect a Bluetooth gateway speaks.
type GatewayFormat string

// The formats of gateways.
const (
	OMG        GatewayFormat = "omg"        // OpenMQTTGateway
	Theengs    GatewayFormat = "theengs"    // Theengs Gateway
	ESPresense GatewayFormat = "espresense" // ESPresense
	Minew      GatewayFormat = "minew"      // Minew G and MG series
	Ruuvi      GatewayFormat = "ruuvi"      // Ruuvi Gateway
)

// Gateway is one Bluetooth gateway. Only configured gateways are heard, and of what they hear only enrolled tags.
type Gateway struct {
	ID     string        `yaml:"id"`
	Format GatewayFormat `yaml:"format"`
	Topic  string        `yaml:"topic"`  // the MQTT filter of what it hears
	Health string        `yaml:"health"` // the filter of what Topic leaves out of its health; empty when Topic covers it
	Name   string        `yaml:"name"`   // what it calls itself, where several publish under one filter; empty takes all
	// SilentAfter without any message makes the gateway "silent". At least twice the interval at which it tells its own figures, for
	// an empty shop says nothing.
	SilentAfter time.Duration `yaml:"silent_after"`
	Gain        DB            `yaml:"gain"` // added to every strength: what its place behind a pillar costs
}

// Scanner is one bar code scanner.
type Scanner struct {
	ID string `yaml:"id"`
	// Port is that of a Reader, or /dev/input/by-id/...-event-kbd for a scanner that types like a keyboard. Such a one is
	// taken for the agent alone and must be set to the US keyboard.
	Port string        `yaml:"port"`
	Baud int           `yaml:"baud"` // serial only; scanners with a USB plug of their own do not mind
	Gap  time.Duration `yaml:"gap"`  // the pause that ends a code, for scanners that send no CR or LF; 0: they do
	// Repeat is for how long the same code again is the same showing: a label left in the beam is not bought twice.
	Repeat time.Duration `yaml:"repeat"`
}

// Scan says what scanned codes mean.
type Scan struct {
	Prefixes []ScanPrefix `yaml:"prefixes"` // how the shop's own codes begin; of several that fit, the longest counts
	NoRead   []string     `yaml:"no_read"`  // what a scanner sends when it could not read; empty: what they usually send
	// ElementStrings: the scanners do not say what symbol they have read, and texts that are no GTIN are GS1 element strings.
	ElementStrings bool `yaml:"element_strings"`
	// UPCE: the scanners do not say what symbol they have read, and eight digits are a UPC-E where they can be an EAN-8 too.
	UPCE bool `yaml:"upce"`
}

// ScanKind is what a code means to the shop.
type ScanKind string

// The kinds of code.
const (
	ScanCustomer ScanKind = "customer" // a person showing who they are
	ScanReceipt  ScanKind = "receipt"
	ScanOrder    ScanKind = "order"
	ScanItem     ScanKind = "item"
)

// ScanPrefix says what a code that begins with Text means.
type ScanPrefix struct {
	Text string   `yaml:"text"`
	Kind ScanKind `yaml:"kind"`
}

// Radio says how ids of enrolled radio tags are kept.
type Radio struct {
	KeyRotates time.Duration `yaml:"key_rotates"` // a new key for the ids this often; the old one goes with its last tag
}

// Recording is what is kept of chosen devices to find a fault: readings behind the privacy filter, no text of a person, no tag that
// is not the shop's. Off while Devices is empty.
type Recording struct {
	Dir     string   `yaml:"dir"`      // path; empty: recordings in state_dir
	MaxSize Bytes    `yaml:"max_size"` // of its files together; the older half goes
	Devices []string `yaml:"devices"`  // ids of readers, gateways and scanners
}
