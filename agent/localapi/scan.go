package localapi

import "time"

// Scan is the code that was last shown to the kiosk's scanner, until it is put aside, its visit ends, or it has been there for long
// enough. The kiosk is told what the code means and never what it says.
type Scan struct {
	ID   string    `json:"id"` // another one for each showing, of the same code too
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	// GTIN and Product are those of an item.
	GTIN    string   `json:"gtin,omitempty"`
	Product *Product `json:"product,omitempty"`
}

// What a code can mean.
const (
	ScanItem       = "item"       // a piece of the catalogue
	ScanUnknown    = "unknown"    // a piece the catalogue does not know
	ScanUnreadable = "unreadable" // showing it came to nothing
	ScanCustomer   = "customer"
	ScanReceipt    = "receipt"
	ScanOrder      = "order"
	ScanOther      = "other" // sound, and nothing the shop knows
)
