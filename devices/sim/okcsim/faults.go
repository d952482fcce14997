package okcsim

import "time"

// Trouble is what can go wrong with one basket.
type Trouble string

// The troubles. Those that happen at a step need one.
const (
	Pull          Trouble = "pull"           // the cable is pulled at a step
	Hang          Trouble = "hang"           // at a step the device stops for a while, or until Restart
	Late          Trouble = "late"           // from a step on it works and says nothing for a while
	NoPaper       Trouble = "no_paper"       // the paper ends before the slip
	PaperLater    Trouble = "paper_later"    // so it does, and the device waits for a new roll for as long as that takes
	OtherCurrency Trouble = "other_currency" // it refuses the currency
	Busy          Trouble = "busy"           // it refuses because it is busy
	CardRefused   Trouble = "card_refused"   // the bank says no
	ShopperStops  Trouble = "shopper_stops"  // somebody presses the red key
	NoCard        Trouble = "no_card"        // nobody shows a card
	BankOffline   Trouble = "bank_offline"   // the bank is not reached
	Tells         Trouble = "tells"          // it says the Card's number wherever there is room for words
)

// Step is how far the device is with a basket.
type Step int

// The steps. Between two of them passes a beat.
const (
	Unheard  Step = iota // the request is lost on its way
	Heard                // the device has it, and has said nothing
	Accepted             // it has said so
	Card                 // the shopper shows a card
	Approved             // the bank has said yes: money has moved
	Printed              // the slip is out, the document closed
	Told                 // half of the answer is on the line
)

// Steps are all there are.
func Steps() []Step { return []Step{Unheard, Heard, Accepted, Card, Approved, Printed, Told} }

// Fault is what goes wrong with the next basket.
type Fault struct {
	Trouble Trouble
	At      Step
	// For is how long a Hang or a Late lasts; 0 is until Restart.
	For  time.Duration
	Card string // of Tells
}

// Script makes the next baskets go wrong, one fault each. A basket without a fault takes the zero one.
func (d *Device) Script(faults ...Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.script = append(d.script, faults...)
}

// Forget drops what is left of the script.
func (d *Device) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.script = nil
}

// TakePaper has the paper end.
func (d *Device) TakePaper() { d.paper(true) }

// PutPaper puts a new roll in. What waited for it is printed.
func (d *Device) PutPaper() { d.paper(false) }

func (d *Device) paper(out bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.noPaper = out
	d.advance(d.o.Now())
	if !out && d.now != nil && d.now.entry.State == unfinished {
		d.print(d.o.Now())
	}
}

// Hesitate has nobody show a card until ShowCard. The device waits, and says so.
func (d *Device) Hesitate() { d.card(false) }

// ShowCard has whoever hesitates show a card, and all after them.
func (d *Device) ShowCard() { d.card(true) }

func (d *Device) card(shown bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.advance(d.o.Now())
	d.hesitates = !shown
}

// Break gives the device a fault in its own words; "" ends it.
func (d *Device) Break(words string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = words
}

// Unplug pulls the cable once.
func (d *Device) Unplug() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut()
}

// Restart switches the device off and on: it forgets no document, goes on with what it had begun, and whoever was connected is not.
func (d *Device) Restart() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut()
	now := d.o.Now()
	d.hungUntil, d.muteUntil = now, now
	d.advance(now)
}

// CloseDay prints the Z report: the next receipt is the first of a new day.
func (d *Device) CloseDay() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.advance(d.o.Now())
	d.z, d.receipt = d.z+1, 0
}
