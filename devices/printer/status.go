package printer

import (
	"errors"

	"showroom/devices"
)

// Why nothing is printed. A [Printer.Print] that ends before anything was printed wraps one of them.
var (
	ErrPaperOut  = errors.New("no paper")
	ErrCoverOpen = errors.New("cover open")
	ErrFault     = errors.New("printer at fault")
	ErrOffline   = errors.New("printer not reached")
	// ErrUncertain: it was begun, and nobody knows how much of it is on paper. It is not printed again by itself.
	ErrUncertain = errors.New("perhaps printed in part")
)

// State is what a printer says of itself.
type State struct {
	Connected bool // a line is open
	Heard     bool // it has answered since
	Mute      bool // it has been asked and does not answer
	Offline   bool
	Cover     bool // open
	PaperOut  bool
	PaperLow  bool
	Fault     bool // the knife, or something nobody can cure from here
}

// Ready says whether a slip can be printed, and if not, why.
func (s State) ready(speaks bool) error {
	switch {
	case !s.Connected:
		return ErrOffline
	case s.Cover:
		return ErrCoverOpen
	case s.PaperOut:
		return ErrPaperOut
	case s.Fault || s.Offline:
		return ErrFault
	case s.Mute && speaks, !s.Mute && !s.Heard:
		return ErrOffline
	}
	return nil
}

// status is the state in the words of all devices.
func (s State) status(speaks bool) (state devices.State, reason, advice string) {
	switch {
	case !s.Connected:
		return devices.Down, "port lost", "Check the printer's cable and power."
	case s.Cover:
		return devices.Fault, "cover open", "Close the printer's cover."
	case s.PaperOut:
		return devices.Fault, "paper out", "Put a new roll of paper in. What was begun goes on by itself."
	case s.Fault:
		return devices.Fault, "printer fault", "Switch the printer off, take the paper out of the knife, and switch it on."
	case s.Offline:
		return devices.Fault, "offline", "Press the printer's feed button until it is online."
	case s.Mute && speaks:
		return devices.Silent, "no answer", "Check the printer's power, its cable and its baud rate."
	case s.PaperLow:
		return devices.Up, "paper low", "Have a new roll of paper ready."
	}
	return devices.Up, "", ""
}

// Answers to DLE EOT 1 to 4, one byte each. Two bits are always set and three never, which tells them from XON, XOFF and the answer
// to GS r.
const (
	answerMask, answerBits   byte = 0x93, 0x12
	confirmMask, confirmBits byte = 0x90, 0x00

	offlineBit       byte = 0x08 // 1
	coverBit         byte = 0x04 // 2
	knifeBit         byte = 0x08 // 3
	unrecoverableBit byte = 0x20 // 3
	lowBits          byte = 0x0C // 4
	outBits          byte = 0x60 // 4

	xon  byte = 0x11
	xoff byte = 0x13
)

// questions is how many kinds of DLE EOT are asked.
const questions = 4

// take is the state after an answer to DLE EOT n.
func (s State) take(n int, answer byte) State {
	s.Heard, s.Mute = true, false
	switch n {
	case 1:
		s.Offline = answer&offlineBit != 0
	case 2:
		s.Cover = answer&coverBit != 0
	case 3:
		s.Fault = answer&(knifeBit|unrecoverableBit) != 0
	case 4:
		s.PaperLow, s.PaperOut = answer&lowBits != 0, answer&outBits != 0
	}
	return s
}
