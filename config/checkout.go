package config

import (
	"time"
)

// SettlerKind is what kind of device takes money.
type SettlerKind string

// The kinds of settler.
const (
	ZVT   SettlerKind = "zvt"   // payment terminals that speak ZVT, serial or TCP
	ECR17 SettlerKind = "ecr17" // Italian terminals; decoded and not driven by this release, so naming one is refused
	OKC   SettlerKind = "okc"   // Turkish cash registers of the new generation: payment and fiscal slip in one act, TCP
)

// Fiscal says that devices of the kind put the seal of the law on a sale.
func (k SettlerKind) Fiscal() bool { return k == OKC }

// Settler is one device that takes money.
type Settler struct {
	ID   string      `yaml:"id"`
	Kind SettlerKind `yaml:"kind"`
	// Port is that of a Reader: a serial name, usb:VID:PID[:serial] or tcp://host:port.
	Port string `yaml:"port"`
	Baud int    `yaml:"baud"` // serial only
	// PasswordFile holds the device's password in its first line; empty for what the kind has by default.
	PasswordFile string   `yaml:"password_file"`
	Currency     string   `yaml:"currency"` // ISO 4217; empty: store.currency
	Quirks       []string `yaml:"quirks"`   // what this model does otherwise, by the names the driver gives them
	Timers       Timers   `yaml:"timers"`
}

// Timers are how long a device that takes money is waited for. Who waits too short a time has more payments in doubt, and nothing is
// charged wrongly; who waits long keeps the shopper. Those that a kind has no use for are zero.
type Timers struct {
	FrameGap    time.Duration `yaml:"frame_gap"`    // zvt, serial: longest pause inside a frame, T1
	Acknowledge time.Duration `yaml:"acknowledge"`  // zvt, serial: for a frame to be acknowledged, T2
	Answer      time.Duration `yaml:"answer"`       // for a request to be answered, T3 of zvt
	Quiet       time.Duration `yaml:"quiet"`        // between two words of a device that is busy with a payment, T4 of zvt
	Longest     time.Duration `yaml:"longest"`      // okc: for a payment in all
	Heartbeat   time.Duration `yaml:"heartbeat"`    // without a word, before an idle device is asked how it is
	SilentAfter time.Duration `yaml:"silent_after"` // okc: without a word, before the device counts as silent
}

// PrinterModel is how a receipt printer wants to be spoken to.
type PrinterModel string

// The models of printer.
const (
	Epson   PrinterModel = "epson"
	Datecs  PrinterModel = "datecs"
	Generic PrinterModel = "generic" // ESC/POS as most understand it
	Raster  PrinterModel = "raster"  // letters are sent as a picture: for printers without Turkish ones
)

// Printer is one receipt printer.
type Printer struct {
	ID     string       `yaml:"id"`
	Model  PrinterModel `yaml:"model"`
	Port   string       `yaml:"port"`
	Baud   int          `yaml:"baud"`   // serial only
	Width  int          `yaml:"width"`  // characters in a line
	Drawer bool         `yaml:"drawer"` // a cash drawer hangs on it
}

// Country is whose law a checkout follows.
type Country string

// The countries a checkout knows the law of. Plain is none, for a demonstration.
const (
	Turkey  Country = "TR"
	Germany Country = "DE"
	Austria Country = "AT"
	Italy   Country = "IT"
	Plain   Country = "plain"
)

// SelfCheckout is what checkout kiosks have in common.
type SelfCheckout struct {
	Profile Country `yaml:"profile"` // empty: TR where store.currency is TRY, else plain
	Bag     string  `yaml:"bag"`     // the item number of the bag that is asked about before paying; empty for none
	// InvoiceLimit is the sum above which a sale goes to the till, in store.currency: "9900.00". Empty for none.
	InvoiceLimit string        `yaml:"invoice_limit"`
	IdleAfter    time.Duration `yaml:"idle_after"` // without a touch, before the kiosk asks whether somebody is there
	Opens        string        `yaml:"opens"`      // "09:00"; with Closes, or both empty for always
	Closes       string        `yaml:"closes"`
	// ReceiptURL is where the central service shows receipts: https://host/r. Without it no QR code is shown.
	ReceiptURL string `yaml:"receipt_url"`
	// Seller is who the receipt says has sold.
	Seller Seller `yaml:"seller"`
	// ReceiptLANURL is where guests in the shop's own network find them; empty where there is no guest network.
	ReceiptLANURL string `yaml:"receipt_lan_url"`
	// ReceiptLANListen is where the agent shows them there: host:port, the host an address in that network. Nothing else is had there.
	ReceiptLANListen string `yaml:"receipt_lan_listen"`
}

// Seller is the company behind the shop, as a printed receipt names it. Name is empty for store.name.
type Seller struct {
	Name      string `yaml:"name"`
	TaxID     string `yaml:"tax_id"`     // under profile TR a VKN of ten digits or a TCKN of eleven
	TaxOffice string `yaml:"tax_office"` // Türkiye: where the VKN is kept
	Register  string `yaml:"register"`   // in Türkiye the MERSIS number
	Street    string `yaml:"street"`
	District  string `yaml:"district"`
	City      string `yaml:"city"`
	PostCode  string `yaml:"post_code"`
	Country   string `yaml:"country"` // ISO 3166-1, two letters
	Phone     string `yaml:"phone"`
}

// Hours answer when self-checkout opens and closes, since midnight; both zero for always.
func (c SelfCheckout) Hours() (opens, closes time.Duration) {
	return sinceMidnight(c.Opens), sinceMidnight(c.Closes)
}

func sinceMidnight(text string) time.Duration {
	var t ClockTime
	if setClockTime(&t, text) != nil {
		return 0
	}
	return time.Duration(t)
}

// CheckoutProfile is the profile that counts.
func (c Config) CheckoutProfile() Country {
	switch {
	case c.Checkout.Profile != "":
		return c.Checkout.Profile
	case c.Store.Currency == "TRY":
		return Turkey
	}
	return Plain
}

// Till is one staffed till of the shop. Only configured tills are heard.
type Till struct {
	ID string `yaml:"id"`
}

// Security is one deactivator or detacher, told over MQTT which garments were paid for.
type Security struct {
	ID      string `yaml:"id"`
	Topic   string `yaml:"topic"`
	KeyFile string `yaml:"key_file"` // its first line is the key its commands are signed with
	// Kiosks and Tills are those beside which it stands; with neither it serves those beside which nothing stands.
	Kiosks []string `yaml:"kiosks"`
	Tills  []string `yaml:"tills"`
}

// Password is the settler's own; empty without an error when no file is set.
func (s Settler) Password() (Secret, error) {
	if s.PasswordFile == "" {
		return "", nil
	}
	return ReadSecret(s.PasswordFile)
}

// Key is what commands to the device are signed with.
func (s Security) Key() (Secret, error) { return ReadSecret(s.KeyFile) }

// DefaultSettler is what an entry of settlers without a known kind starts from.
func DefaultSettler() Settler { return DefaultSettlerOf("") }

// DefaultSettlerOf is what an entry of settlers starts from. The timers are those of the kind's protocol.
func DefaultSettlerOf(kind SettlerKind) Settler {
	s := Settler{Kind: kind, Baud: 9600}
	switch kind {
	case ZVT:
		s.Timers = Timers{
			FrameGap: 200 * time.Millisecond, Acknowledge: 5 * time.Second, Answer: 5 * time.Second, Quiet: 180 * time.Second,
			Heartbeat: time.Minute,
		}
	case OKC:
		s.Timers = Timers{
			Answer: 5 * time.Second, Quiet: 30 * time.Second, Longest: 5 * time.Minute, Heartbeat: 5 * time.Second,
			SilentAfter: 15 * time.Second,
		}
	}
	return s
}

// DefaultPrinter is what an entry of printers starts from.
func DefaultPrinter() Printer { return Printer{Model: Generic, Baud: 19200, Width: 48} }
