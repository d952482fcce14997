package showroom

import "strings"

// Identifiers are distinct types so that a room can not be passed where a kiosk is meant. Those that come from the
// configuration (StoreID, RoomID, KioskID, DeviceID, StaffID) are chosen by the store-systems engineer; the others are made by
// the agent or its clients and carry no meaning.
type (
	StoreID   string
	RoomID    string
	KioskID   string
	DeviceID  string
	StaffID   string
	VisitID   string
	RequestID string
	CallID    string
	ProductID string
	// CommandID is made by the client that wants something done. The same id sent twice does the thing once and answers the
	// same both times.
	CommandID string
)

// PlaceKind says what sort of place a tag can be in.
type PlaceKind string

// The kinds of place the shop distinguishes.
const (
	PlaceRoom PlaceKind = "room"
	PlaceTray PlaceKind = "tray"
	PlaceZone PlaceKind = "zone"
	// PlaceKiosk is where a device may stand that no tag is ever heard by.
	PlaceKiosk PlaceKind = "kiosk"
)

// Place is where a tag is. A tag is in at most one place at a time; the zero Place is nowhere.
type Place struct {
	Kind PlaceKind `json:"kind"`
	ID   string    `json:"id"`
}

// RoomPlace is the place that is a fitting room.
func RoomPlace(id RoomID) Place { return Place{Kind: PlaceRoom, ID: string(id)} }

// Room answers the room the place is, or false when it is a tray, a zone or nowhere.
func (p Place) Room() (RoomID, bool) { return RoomID(p.ID), p.Kind == PlaceRoom && p.ID != "" }

// IsZero says that the place is nowhere.
func (p Place) IsZero() bool { return p == Place{} }

// String is the place as "kind/id", the form used in journal subjects and logs; nowhere is "".
func (p Place) String() string {
	if p.IsZero() {
		return ""
	}
	return string(p.Kind) + "/" + p.ID
}

// ParsePlace reads what String wrote. It answers false for anything else.
func ParsePlace(s string) (Place, bool) {
	kind, id, ok := strings.Cut(s, "/")
	p := Place{Kind: PlaceKind(kind), ID: id}
	switch p.Kind {
	case PlaceRoom, PlaceTray, PlaceZone, PlaceKiosk:
		return p, ok && id != ""
	}
	return Place{}, false
}
