package thingmagic

import (
	"io"
	"time"
)

// setup brings a module from any state into a continuous read, one command at a time. The module forgets all of it with its supply
// voltage and does not tell that it has, so every restart goes through all of it. The zero setup has not begun.
type setup struct {
	begun bool
	step  int       // index of the command in flight; setupSteps when the module has answered all
	asked time.Time // when it was sent; zero when it is still to be sent

	// refused is what the module has said no to, by step. It outlasts a restart of the setup until the step is answered otherwise.
	refused [setupSteps]Status
	// blocked: the module must not be started. Transmitting under the wrong region is against the law.
	blocked bool
}

// The steps, in the order of commands.
const (
	stepStop = iota
	stepVersion
	stepProtocol
	stepAntennas
	stepRegion
	stepPower
	stepFilter
	stepStart
	setupSteps
)

func (o Options) command(step int) Command {
	switch step {
	case stepStop:
		return Stop()
	case stepVersion:
		return Version()
	case stepProtocol:
		return SetProtocol()
	case stepAntennas:
		return SetAntennas(o.Antennas)
	case stepRegion:
		return SetRegion(o.Region)
	case stepPower:
		return SetPower(o.Power)
	case stepFilter:
		return ReadEveryTime()
	}
	return Start()
}

// waiting says whether a command is in flight.
func (s *setup) waiting() bool { return s.begun && s.step < setupSteps && !s.asked.IsZero() }

// answer takes an answer of the module.
func (s *setup) answer(f Frame) {
	if !s.waiting() || f.Opcode != (Options{}).command(s.step).Opcode() {
		return // of the commands before
	}
	switch s.step {
	case stepStop, stepVersion: // either may be refused by a module that works
	default:
		s.refused[s.step] = f.Status
	}
	if s.step == stepRegion && f.Status != StatusOK {
		s.blocked = true
		return
	}
	s.next()
}

func (s *setup) next() {
	s.step++
	s.asked = time.Time{}
}

// fault is the first refusal, with what to do about it; "" for none.
func (s *setup) fault() (reason, advice string) {
	for step, status := range s.refused {
		if status == StatusOK {
			continue
		}
		switch step {
		case stepAntennas:
			return "antennas refused: " + status.String(), "The module has fewer antenna ports than the configuration says. Correct the number."
		case stepRegion:
			return "region refused: " + status.String(), "The reader does not transmit. Use a module made for this region, or correct its region in the configuration."
		case stepPower:
			return "power refused: " + status.String(), "The reader reads with a power of its own choice. Set a power the module can give; 5 to 27 dBm is usual."
		case stepFilter:
			return "read filter refused: " + status.String(), "The reader tells of each tag only once, so garments seem to leave. Use newer firmware."
		case stepProtocol:
			return "Gen2 refused: " + status.String(), "The module can not read this kind of tag. Use one that can."
		}
		return "inventory refused: " + status.String(), "The reader does not search for tags. Switch it off and on."
	}
	return "", ""
}

// keepAsking sends what is due: the next command of the setup, or the whole of it again when a command stays without an answer or
// the sign of life of a running read has been missing for too long.
func (r *Reader) keepAsking(w io.Writer) error {
	s := &r.setup
	waited := r.at.Sub(s.asked)
	switch {
	case !s.begun:
		r.begin()
	case s.blocked:
		if r.at.Sub(r.tried) < r.o.Heartbeat {
			return nil
		}
		r.begin() // somebody may have changed the module
	case s.waiting() && s.step == stepStop && waited >= stopWithin:
		s.next() // nothing was running, and some firmware says nothing to that
	case s.waiting() && s.step != stepStop && waited >= answerWithin:
		r.begin()
	case s.step == setupSteps && r.at.Sub(r.alive) >= r.o.Heartbeat && r.at.Sub(r.tried) >= r.o.Heartbeat:
		r.begin()
	}
	if s.step == setupSteps || !s.asked.IsZero() {
		return nil
	}
	s.asked = r.at
	if s.step == stepStart {
		r.tried = r.at
	}
	return r.send(w, r.o.command(s.step))
}

func (r *Reader) begin() {
	r.setup = setup{begun: true, refused: r.setup.refused}
	r.tried = r.at
	if r.idle.IsZero() {
		r.idle = r.at
	}
}
