package localapi

import "time"

// Paths of restocking.
const (
	PathRestock    = "/v1/rooms/{room}/restock" // POST RestockCommand -> Rooms
	PathRestockAll = "/v1/restock"              // POST RestockCommand -> Rooms
)

// RestockCommand begins or ends restocking. While it is on, what is hung up opens no visit.
type RestockCommand struct {
	ID string `json:"id"`
	On bool   `json:"on"`
	// Seconds is how long it may take at most, 0 for as long as the shop is used to. Beginning it again begins the time anew.
	Seconds int `json:"seconds,omitempty"`
}

// Restock is a room in which staff hang garments for sale. The room ends it by itself at Until.
type Restock struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
}
