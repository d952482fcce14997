package showroom

// Slip is something to be printed on a roll of paper, line by line, whatever the printer. It ends with a cut where the printer has a
// knife.
type Slip []SlipLine

// SlipLine is one line of a Slip. Only one of its parts is used, in the order of the fields: a code, a rule, or text. A line with
// nothing in it is an empty one.
type SlipLine struct {
	QR  string `json:"qr,omitempty"`  // a QR code, in the middle
	EAN string `json:"ean,omitempty"` // the digits of a GTIN-13 or GTIN-8 as a bar code with its digits below
	// Rule is a line from edge to edge.
	Rule bool `json:"rule,omitempty"`
	// Text begins at the left edge and goes on in the next line when it is too long; Right stands at the right edge.
	Text   string `json:"text,omitempty"`
	Right  string `json:"right,omitempty"`
	Centre bool   `json:"centre,omitempty"`
	Bold   bool   `json:"bold,omitempty"`
	Large  bool   `json:"large,omitempty"` // twice as wide and high
}
