// Package localapi is the contract between the agent and the screens beside it: the kiosk and the staff page. It holds paths and
// bodies and nothing else; both sides convert at their own edge.
//
// The API is HTTP and JSON over a unix socket or TCP. A stream event only says that something changed: the GET is the truth.
// Amounts are minor units, times are RFC 3339 in UTC, durations are seconds. Fields may be added; readers ignore what they do not
// know. Every refusal is a Problem.
package localapi

import "time"

// Paths of the API. {kiosk} and the like stand for one escaped path segment.
const (
	PathKiosk         = "/v1/kiosks/{kiosk}"                           // GET KioskState
	PathRequests      = "/v1/kiosks/{kiosk}/requests"                  // POST RequestCommand -> Request
	PathRequestCancel = "/v1/kiosks/{kiosk}/requests/{request}/cancel" // POST Command -> Request
	PathLanguage      = "/v1/kiosks/{kiosk}/language"                  // POST LanguageCommand -> KioskState
	PathDone          = "/v1/kiosks/{kiosk}/done"                      // POST Command -> KioskState
	PathForget        = "/v1/kiosks/{kiosk}/forget"                    // POST Command -> KioskState
	PathCall          = "/v1/kiosks/{kiosk}/call"                      // POST Command -> KioskState
	PathScanAside     = "/v1/kiosks/{kiosk}/scans/{scan}/aside"        // POST Command -> KioskState
	PathTouch         = "/v1/kiosks/{kiosk}/touch"                     // POST, no body: somebody is there
	PathPicture       = "/v1/pictures/{sha256}"                        // GET the file
	PathStream        = "/v1/stream"                                   // GET text/event-stream
	PathRooms         = "/v1/rooms"                                    // GET Rooms
	PathDevices       = "/v1/devices"                                  // GET Devices
	PathQueue         = "/v1/queue"                                    // GET Queue (staff)
	PathStatus        = "/v1/status"                                   // GET Status
)

// KioskState is everything a kiosk shows, as of Seq.
type KioskState struct {
	Kiosk     string    `json:"kiosk"`
	Mode      string    `json:"mode"` // "fitting-room", "checkout", "welcome"
	Store     string    `json:"store"`
	Language  string    `json:"language"`
	Languages []string  `json:"languages"`
	Seq       string    `json:"seq"` // id of the stream this state is at least as new as
	Now       time.Time `json:"now"`
	// Offline: the central service can not be reached. Nothing on this screen needs it.
	Offline bool  `json:"offline"`
	Room    *Room `json:"room,omitempty"` // fitting-room mode
	// ToCheckout: there is a checkout that can go on with what hangs in this room, see PathToCheckout.
	ToCheckout bool     `json:"to_checkout,omitempty"`
	Scan       *Scan    `json:"scan,omitempty"`
	Capture    *Capture `json:"capture,omitempty"`
	// Checkout mode.
	Checkout *Checkout `json:"checkout,omitempty"`
}

// Room is a fitting room as its kiosk and the staff page show it.
type Room struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Reader Reader `json:"reader"`
	// Visit is empty when nobody is there.
	Visit    string    `json:"visit,omitempty"`
	Opened   time.Time `json:"opened,omitzero"`
	Garments []Garment `json:"garments"` // newest last
	// Unknown is how many tags of the shop hang there that the catalogue does not know.
	Unknown int `json:"unknown"`
	// LeftBehind is how many garments hang there from a visit that is over.
	LeftBehind int `json:"left_behind"`
	// Piled is how many garments are on their way with somebody who carries stock; nobody is trying them on.
	Piled int `json:"piled,omitempty"`
	// Restock is nil unless staff hang garments for sale here.
	Restock  *Restock  `json:"restock,omitempty"`
	Requests []Request `json:"requests"` // of this visit, newest first
	Called   bool      `json:"called"`   // somebody waits for an associate
}

// Reader is whether the machine that watches a room does its job.
type Reader struct {
	Device string    `json:"device"`
	State  string    `json:"state"` // "up", "silent", "fault", "down"
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since,omitzero"`
}

// Faulty says that what the room shows may be old.
func (r Reader) Faulty() bool { return r.State != "up" }

// Partly says that the reader still answers: what it reads is shown, and what it does not read proves nothing.
func (r Reader) Partly() bool { return r.State == "fault" }

// Garment is one piece hanging in the room. EPC tells two of the same kind apart.
type Garment struct {
	EPC  string `json:"epc"`
	GTIN string `json:"gtin"`
	// Unconfirmed: known from before a restart, not read since.
	Unconfirmed bool    `json:"unconfirmed,omitempty"`
	LeftBehind  bool    `json:"left_behind,omitempty"`
	Product     Product `json:"product"`
}

// Product is a style with all its pieces, texts in the language of the session. Size and colour of the garment at hand are
// those of the variant with its GTIN.
type Product struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Brand       string    `json:"brand,omitempty"`
	Description string    `json:"description,omitempty"`
	Composition string    `json:"composition,omitempty"`
	Care        string    `json:"care,omitempty"`
	Pictures    []string  `json:"pictures"` // sha256, main first
	Variants    []Variant `json:"variants"` // by colour, then size as a person sorts them
}

// Variant is one size of one colour.
type Variant struct {
	GTIN      string   `json:"gtin"`
	Size      string   `json:"size,omitempty"`
	Colour    string   `json:"colour,omitempty"`
	ColourHex string   `json:"colour_hex,omitempty"`
	Pictures  []string `json:"pictures,omitempty"` // of this colour; empty: those of the product
	// Price is nil when the shop has none for it today.
	Price *Money `json:"price,omitempty"`
	// ToBring is how many an associate could bring now.
	ToBring int `json:"to_bring"`
	// TriedElsewhere: none to bring, but one hangs in another room and may come free.
	TriedElsewhere bool `json:"tried_elsewhere,omitempty"`
	// Here: a piece of it hangs in this room.
	Here bool `json:"here,omitempty"`
}

// Money is an amount in minor units.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Request is a size request as a screen shows it. State is one of waiting, requested, accepted, on_the_way, delivered,
// unavailable, cancelled.
type Request struct {
	ID      string `json:"id"`
	Room    string `json:"room"`
	GTIN    string `json:"gtin"`
	Product string `json:"product"` // name, in the language asked for
	Size    string `json:"size,omitempty"`
	Colour  string `json:"colour,omitempty"`
	Picture string `json:"picture,omitempty"`
	State   string `json:"state"`
	By      string `json:"by,omitempty"` // first name of the associate, while open
	// Made and Changed are wall times for showing; Age is seconds since it was made by the monotonic clock.
	Made      time.Time `json:"made"`
	Changed   time.Time `json:"changed"`
	Age       int       `json:"age"`
	Escalated int       `json:"escalated"`
	Version   int       `json:"version"`
	// Stock helps the associate look: pieces to bring by the shop's books.
	Stock int `json:"stock"`
}

// Command is the body of a tap. ID is made by the client, once per tap; a repeat of the same id answers as the first time.
type Command struct {
	ID string `json:"id"`
	// Visit is the one that is to end or to be forgotten, so that a tap that comes late does not meet the next shopper's. Empty means
	// the one that is open. Other commands ignore it.
	Visit string `json:"visit,omitempty"`
}

// RequestCommand asks for a piece.
type RequestCommand struct {
	ID   string `json:"id"`
	GTIN string `json:"gtin"`          // the piece to bring
	For  string `json:"for,omitempty"` // GTIN of the garment it was asked from
	// Wait: be told when the piece somebody is trying comes free.
	Wait bool `json:"wait,omitempty"`
}

// LanguageCommand changes the language of the session.
type LanguageCommand struct {
	ID       string `json:"id"`
	Language string `json:"language"`
}

// Rooms is every room of the shop.
type Rooms struct {
	Rooms []Room `json:"rooms"`
}

// Call is somebody waiting for an associate.
type Call struct {
	ID   string    `json:"id"`
	Room string    `json:"room"`
	Made time.Time `json:"made"`
	Age  int       `json:"age"`
}

// Queue is what associates have to do, the longest waiting first.
type Queue struct {
	Requests []Request `json:"requests"`
	Calls    []Call    `json:"calls"`
}

// Device is a machine of the shop and how it is.
type Device struct {
	ID         string    `json:"id"`
	Sort       string    `json:"sort"` // "reader", "gateway", "scanner", "settler", "printer"
	Kind       string    `json:"kind"`
	Place      string    `json:"place,omitempty"`
	State      string    `json:"state"`
	Reason     string    `json:"reason,omitempty"`
	Advice     string    `json:"advice,omitempty"`
	Since      time.Time `json:"since,omitzero"`
	LastData   time.Time `json:"last_data,omitzero"`
	Reconnects uint64    `json:"reconnects"`
	Good       uint64    `json:"frames_good"`
	Bad        uint64    `json:"frames_bad"`
	Skipped    uint64    `json:"bytes_skipped"`
	Foreign    uint64    `json:"tags_foreign"`
	Stale      uint64    `json:"messages_stale"`
	// Crowd is how much of radios that nobody enrolled a gateway has heard in the last minute. They are not told apart.
	Crowd int `json:"crowd,omitempty"`
}

// Devices is every configured machine, and what was noticed beside them.
type Devices struct {
	Devices []Device   `json:"devices"`
	NotOurs []Stranger `json:"not_ours"`
}

// Status is how the agent is.
type Status struct {
	Version   string    `json:"version"`
	Store     string    `json:"store"`
	Started   time.Time `json:"started"`
	Epoch     string    `json:"epoch"`
	Seq       int64     `json:"seq"`
	Clock     string    `json:"clock"`
	Central   Central   `json:"central"`
	Unsent    int64     `json:"unsent"` // events the central service does not have yet
	Catalogue int64     `json:"catalogue_items"`
}

// Central is the state of the connection to the central service.
type Central struct {
	Configured bool      `json:"configured"`
	Connected  bool      `json:"connected"`
	Since      time.Time `json:"since,omitzero"`
	LastOK     time.Time `json:"last_ok,omitzero"`
	Error      string    `json:"error,omitempty"`
}

// Stream events, by their "event" field. The id of a Changed event is epoch.seq and may be given back as Last-Event-ID.
const (
	EventChanged = "changed" // data: Change. Facts were committed; GET again
	EventLive    = "live"    // data: Change without Seq; device health or sync state moved; GET again
	EventReset   = "reset"   // the id given is unknown or pruned; GET everything and follow from here
)

// Change is the data of a stream event.
type Change struct {
	Kind    string `json:"kind,omitempty"`
	Subject string `json:"subject,omitempty"`
}

// Problem is a refusal (RFC 9457, application/problem+json). Code is stable and translated on the screen.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Code   string `json:"code"`
}

func (p *Problem) Error() string {
	if p.Detail != "" {
		return p.Detail
	}
	return p.Title
}
