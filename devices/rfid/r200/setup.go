package r200

import (
	"io"
	"time"
)

// setup brings a module from any state into a running inventory, one command at a time: stop what may still run, ask who is
// there, set region and power, start. The module forgets region and power with its supply voltage and does not tell that it
// has, so every restart goes through all of it. The zero setup has not begun.
type setup struct {
	begun bool
	step  int       // index of the command in flight
	asked time.Time // when it was sent; zero when it is still to be sent

	// What the module has refused, as reasons of a fault; "" for nothing. They outlast a restart of the setup until they are
	// answered otherwise.
	region, power string
	// blocked: the inventory must not be started. Transmitting under the wrong region is against the law.
	blocked bool
}

const setupSteps = 5

// command is the command of a step.
func (o Options) command(step int) Command {
	switch step {
	case 0:
		return Stop()
	case 1:
		return HardwareVersion()
	case 2:
		return SetRegion(o.Region)
	case 3:
		return SetPower(o.Power)
	}
	return MultiPoll(rounds)
}

// waiting says whether a command is in flight that a module answers. Nothing answers the start of the inventory but its rounds.
func (s *setup) waiting() bool { return s.begun && s.step < setupSteps-1 }

func (s *setup) codeInFlight() Code { return Options{}.command(s.step).Code() }

// answer takes a frame that is no tag. An error frame does not say which command it answers; there is only one in flight.
func (s *setup) answer(f Frame) {
	if !s.waiting() {
		return
	}
	code, refused := f.Refused()
	if !refused && f.Code != s.codeInFlight() || code == ErrorFHSS {
		return // of the inventory before
	}
	why := ""
	if refused {
		why = " refused: " + code.String()
	} else if !f.OK() {
		why = " refused"
	}
	switch f := s.codeInFlight(); {
	case f == CodeSetRegion && why != "":
		s.region, s.blocked = "region"+why, true
	case f == CodeSetRegion:
		s.region = ""
	case f == CodeSetPower && why != "":
		s.power = "power" + why
	case f == CodeSetPower:
		s.power = ""
	}
	s.next()
}

func (s *setup) next() {
	s.step++
	s.asked = time.Time{}
}

// refused is the fault a refusal is, with what to do about it; "" for none.
func (s *setup) refused() (reason, advice string) {
	switch {
	case s.region != "":
		return s.region, "The reader does not transmit. Use a module made for this region, or correct its region in the configuration."
	case s.power != "":
		return s.power, "The reader reads with a power of its own choice. Set a power the module can give; 15 to 26 dBm is usual."
	}
	return "", ""
}

// keepAsking sends what is due: the next command of the setup, or the whole of it again when nothing has been heard for too
// long.
func (r *Reader) keepAsking(w io.Writer) error {
	s := &r.setup
	switch {
	case !s.begun:
		r.begin()
	case s.blocked:
		if r.at.Sub(r.tried) < r.o.SilentAfter {
			return nil
		}
		r.begin() // somebody may have changed the module
	case s.waiting():
		if s.asked.IsZero() || r.at.Sub(s.asked) < answerWithin {
			break
		}
		// The module may speak the other framing, or be one of those that do not answer this command; the next command, and the
		// next beginning, will tell.
		s.next()
	case r.at.Sub(r.heard) >= r.o.Heartbeat && r.at.Sub(r.tried) >= r.o.Heartbeat:
		if r.at.Sub(r.heard) >= r.o.SilentAfter || r.status.LastData.IsZero() {
			r.framing = r.framing.other()
		}
		r.begin()
	}
	if !s.asked.IsZero() || s.blocked {
		return nil
	}
	s.asked = r.at
	if !s.waiting() && r.idle.IsZero() {
		r.idle = r.at
	}
	return r.send(w, r.o.command(s.step))
}

func (r *Reader) begin() {
	r.setup = setup{begun: true, region: r.setup.region, power: r.setup.power}
	r.tried = r.at
}
