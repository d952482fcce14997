package localapi

// Paths of the machines of the counter, for engineers. They are answered over the unix socket only, except those of tills.
const (
	PathTerminal         = "/v1/terminals/{device}"            // GET TerminalReport
	PathTerminalRepeat   = "/v1/terminals/{device}/repeat"     // POST Command -> TerminalReport: its last receipt again
	PathTerminalEndOfDay = "/v1/terminals/{device}/end-of-day" // POST Command -> TerminalStep after TerminalStep, a line each, as long as it takes
	PathTerminalPay      = "/v1/terminals/{device}/pay"        // POST ChargeCommand -> Charge
	PathCharge           = "/v1/charges/{settlement}"          // GET Charge
	PathPrinterTest      = "/v1/printers/{device}/test"        // POST Command -> Printed
	PathTillClaim        = "/v1/tills/{till}/claim"            // POST CodeCommand -> what agent/till calls Offered
	PathTillGiveBack     = "/v1/tills/{till}/give-back"        // POST GiveBackCommand
)

// TerminalReport is what a payment terminal says about itself.
type TerminalReport struct {
	Device string   `json:"device"`
	Status string   `json:"status,omitempty"` // "ready" when it was asked how it is and is well
	Lines  []string `json:"lines,omitempty"`
}

// TerminalStep is what happens while a terminal does something that takes its time. The last one has Report or Error.
type TerminalStep struct {
	Progress string          `json:"progress,omitempty"` // a word of ours
	Text     string          `json:"text,omitempty"`     // the terminal's own words
	Report   *TerminalReport `json:"report,omitempty"`
	Error    string          `json:"error,omitempty"`
}

// ChargeCommand has a terminal take money without a basket.
type ChargeCommand struct {
	Command
	Amount Money  `json:"amount"`
	Reason string `json:"reason"`
}

// Charge is how such a payment stands: "waiting" before the terminal has been asked, then "started", "unknown", "approved" or "declined".
type Charge struct {
	Settlement string   `json:"settlement"`
	State      string   `json:"state"`
	Reason     string   `json:"reason,omitempty"`
	Slip       []string `json:"slip,omitempty"`
}

// Printed says that paper came out.
type Printed struct {
	Device string `json:"device"`
}

// GiveBackCommand sets a basket aside again that a till has.
type GiveBackCommand struct {
	Command
	Basket string `json:"basket"`
}
