package zvtsim

import "time"

// Step is a moment in a payment, seen from the terminal.
type Step int8

// The steps, in their order.
const (
	Asked     Step = iota // the command is there, and nothing has been said
	Accepted              // 80 00 00 has been said
	Card                  // a card was asked for
	Approved              // the money has moved, and nobody knows
	Told                  // 04 0F has been said
	Slip                  // half of the slip has been said
	Completed             // 06 0F has been said
	steps
)

// Steps is how many steps there are.
const Steps = int(steps)

// Trouble is what goes wrong.
type Trouble int8

// The troubles.
const (
	Fine      Trouble = iota
	Pull              // the line is cut at the step
	Hang              // the terminal says nothing more, and only a new line brings it back
	Late              // it says nothing for the delay, and then goes on
	Decline           // it aborts with the code in place of approving
	Refuse            // it refuses the command with the code
	BusyGoes          // it says that it is busy, and goes on nevertheless
	NoStatus          // it completes without a word about the result
	Padded            // it says two bytes too many behind 80 00 00
	Forgetful         // it approves, and keeps no receipt that could be repeated
	Tells             // it approves, and tells the Card's number wherever a message has room
	troubles
)

// Troubles is how many troubles there are, none among them.
const Troubles = int(troubles)

// Hesitate has nobody show a card until ShowCard.
func (t *Terminal) Hesitate() { t.card(false) }

// ShowCard has whoever hesitates show a card, and all after them.
func (t *Terminal) ShowCard() { t.card(true) }

func (t *Terminal) card(shown bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hesitates = !shown
}

func (t *Terminal) hesitating() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hesitates
}

// Fault is what goes wrong with one settlement.
type Fault struct {
	Trouble Trouble
	Step    Step          // of Pull, Hang and Late
	Code    byte          // of Decline and Refuse: 05 declined, 6F wrong currency, 9C busy, CC no paper, ...
	Delay   time.Duration // of Late; of Pull and Hang before the money has moved: when it does nevertheless
	Card    string        // of Tells
	// Stubborn: a terminal whose line is cut before the money has moved takes the payment nevertheless, after Delay. Until then it
	// is busy.
	Stubborn bool
}
