// Package config is the agent's one YAML file: plain structs, the defaults, and a loader that reports everything that is
// wrong with the file in one go, each fault with its line and with what to write instead.
//
//	cfg, err := config.Load("/etc/showroom/showroom.yaml")
//
// The order is Default, then the file over it, then Validate. Unknown keys are faults: a misspelt key that is silently
// ignored looks like a working setting. Numbers carry their unit in the file ("2s", "20dBm", "200MB") and the matching type
// in Go, so that nobody has to guess seconds from milliseconds.
//
// Other packages do not import config: the composition root converts each section into that package's own options.
// Everything here is a plain value; nothing is safe to change while another goroutine reads it, and nothing needs to be: a new
// file is read by restarting the agent.
package config

import (
	"path/filepath"
	"time"
)

// Config is the whole file. Each field is one section.
type Config struct {
	Store        Store         `yaml:"store"`
	StateDir     string        `yaml:"state_dir"` // database, socket, pictures; on flash that survives a reboot
	LocalAPI     LocalAPI      `yaml:"local_api"`
	Kiosks       []Kiosk       `yaml:"kiosks"`
	Rooms        []Room        `yaml:"rooms"`
	Trays        []Tray        `yaml:"trays"`
	Zones        []Zone        `yaml:"zones"`
	Readers      []Reader      `yaml:"readers"`
	Gateways     []Gateway     `yaml:"gateways"`
	Scanners     []Scanner     `yaml:"scanners"`
	Scan         Scan          `yaml:"scan"`
	Settlers     []Settler     `yaml:"settlers"`
	Printers     []Printer     `yaml:"printers"`
	Checkout     SelfCheckout  `yaml:"checkout"`
	Tills        []Till        `yaml:"tills"`
	Security     []Security    `yaml:"security"`
	Radio        Radio         `yaml:"radio"`
	Broker       Broker        `yaml:"broker"`
	Presence     Presence      `yaml:"presence"`
	Fitting      Fitting       `yaml:"fitting"`
	Staff        []Staff       `yaml:"staff"`
	StaffSession time.Duration `yaml:"staff_session"` // a signed-in phone asks for the PIN again after this
	Central      Central       `yaml:"central"`
	Retention    Retention     `yaml:"retention"`
	Recording    Recording     `yaml:"recording"`
	Log          Log           `yaml:"log"`
}

// SocketPath is where the agent's unix socket lives: local_api.socket, or agent.sock in the state folder.
func (c Config) SocketPath() string {
	if c.LocalAPI.Socket != "" {
		return c.LocalAPI.Socket
	}
	return filepath.Join(c.StateDir, "agent.sock")
}

// Store says which shop this is. ID, Name and CompanyPrefixes have no default: two shops sharing an id would be one shop to
// head office, and a wrong company prefix makes every garment a stranger's property.
type Store struct {
	ID                string    `yaml:"id"`                  // as head office knows it
	Name              string    `yaml:"name"`                // as a shopper knows it
	Timezone          string    `yaml:"timezone"`            // IANA name
	BusinessDayStarts ClockTime `yaml:"business_day_starts"` // a sale at 01:00 belongs to the evening before
	Currency          string    `yaml:"currency"`            // ISO 4217
	Languages         []string  `yaml:"languages"`           // ISO 639-1, first is what an idle kiosk speaks
	// CompanyPrefixes are the GS1 company prefixes of the shop's own goods. Tags of any other prefix are the shopper's own
	// property: counted in memory and dropped.
	CompanyPrefixes []string `yaml:"company_prefixes"`
}

// LocalAPI is where kiosks, the staff page and a metrics scraper find the agent.
type LocalAPI struct {
	Socket string `yaml:"socket"` // path; empty: agent.sock in state_dir
	Listen string `yaml:"listen"` // host:port, loopback only; also serves /metrics
}

// KioskMode is what a kiosk is for.
type KioskMode string

// The modes of a kiosk.
const (
	FittingRoom KioskMode = "fitting-room" // size requests for one room
	Checkout    KioskMode = "checkout"     // self-checkout
	Welcome     KioskMode = "welcome"      // at the door: find, ask, pick up
)

// Kiosk is one touch screen. A fitting-room kiosk names its room; no other mode does.
//
// Tray and Scanner name what stands beside the screen, each beside one kiosk only. A Settler and a Printer may serve several checkout
// kiosks; those who pay wait for each other.
type Kiosk struct {
	ID      string    `yaml:"id"`
	Mode    KioskMode `yaml:"mode"`
	Room    string    `yaml:"room"`
	Tray    string    `yaml:"tray"`
	Scanner string    `yaml:"scanner"`
	Settler string    `yaml:"settler"`
	Printer string    `yaml:"printer"`
}

// Broker is the MQTT broker: the embedded one, or with Embedded false the one at URL.
type Broker struct {
	Embedded bool   `yaml:"embedded"`
	Listen   string `yaml:"listen"` // embedded: host:port; anything but loopback needs Users
	URL      string `yaml:"url"`    // external: mqtt://host:1883 or mqtts://host:8883
	// Username and PasswordFile are how the agent signs in at an external broker; both empty: anonymously.
	Username     string       `yaml:"username"`
	PasswordFile string       `yaml:"password_file"`
	Users        []BrokerUser `yaml:"users"` // embedded: who may connect; empty: anybody on loopback
}

// BrokerUser is one account of the embedded broker. The password is the first line of PasswordFile.
type BrokerUser struct {
	Name         string `yaml:"name"`
	PasswordFile string `yaml:"password_file"`
}

// Fitting says how long a size request may wait before more people are told, and what garments in a room are no shopper.
type Fitting struct {
	EscalateAfter      time.Duration `yaml:"escalate_after"`       // nobody accepted: the whole team is told
	EscalateAgainAfter time.Duration `yaml:"escalate_again_after"` // still nobody: the manager is told
	RequestExpires     time.Duration `yaml:"request_expires"`      // still nobody: it is given up
	AskedPause         time.Duration `yaml:"asked_pause"`          // instead of presence.visit_pause while something asked for is to be brought
	// CarriedOpensAfter is presence.visit_opens_after for garments that come from another room: somebody clears up. Longer than
	// presence.depart_after, or garments put down for a moment would open a visit before they count as gone.
	CarriedOpensAfter time.Duration `yaml:"carried_opens_after"`
	PileSize          int           `yaml:"pile_size"`   // so many garments within pile_within are stock on the move, not a shopper; 0: never
	PileWithin        time.Duration `yaml:"pile_within"` // a trolley is heard bit by bit
	RestockFor        time.Duration `yaml:"restock_for"` // staff who hang stock in a room and forget to say when they are done
}

// Role is what a member of staff may do.
type Role string

// The roles, each including the one before it. A technician sees devices and no shoppers.
const (
	Associate  Role = "associate"
	Manager    Role = "manager"
	Technician Role = "technician"
)

// Staff is one person who may sign in at the staff page.
type Staff struct {
	ID      string `yaml:"id"`
	Name    string `yaml:"name"`
	Role    Role   `yaml:"role"`
	PINHash Secret `yaml:"pin_hash"` // argon2id in PHC string form
}

// Central is head office's service. Without a URL the shop works alone, for as long as it likes.
type Central struct {
	URL string `yaml:"url"` // https; plain http on loopback only
	// Device is what this agent is called at the centre, empty for the store's id. A shop with several agents names each.
	Device    string `yaml:"device"`
	TokenFile string `yaml:"token_file"` // the device's bearer token, first line of the file
	Token     Secret `yaml:"token"`      // the same written here, for demos; not both
	// PollWait is how long a request for changes waits at the centre. Below 30s, where many proxies cut idle requests.
	PollWait    time.Duration `yaml:"poll_wait"`
	BatchEvents int           `yaml:"batch_events"` // the most events in one upload
	BatchDelay  time.Duration `yaml:"batch_delay"`  // how long the first event waits for company
}

// Retention says how long the journal keeps rows that are no longer needed. Facts the centre has not acknowledged are never removed.
type Retention struct {
	Facts        time.Duration `yaml:"facts"`        // after the acknowledgement, so that a daily digest can replay
	Observations time.Duration `yaml:"observations"` // consented only
	Local        time.Duration `yaml:"local"`        // for screens; never leaves the shop
	DiskFloor    Bytes         `yaml:"disk_floor"`   // below this much free space the oldest observations go
	Pictures     Bytes         `yaml:"pictures"`     // of the catalogue take this much; those needed longest ago make room
}

// LogLevel is the least serious record that is written.
type LogLevel string

// The log levels.
const (
	LevelDebug LogLevel = "debug" // shows EPCs: for the workshop, not for the shop
	LevelInfo  LogLevel = "info"
	LevelWarn  LogLevel = "warn"
	LevelError LogLevel = "error"
)

// LogFormat is how a record is written.
type LogFormat string

// The log formats.
const (
	FormatText LogFormat = "text"
	FormatJSON LogFormat = "json"
)

// Log goes to standard error, where the service manager collects it.
type Log struct {
	Level  LogLevel  `yaml:"level"`
	Format LogFormat `yaml:"format"`
}
