package r2000

import (
	"bytes"
	"io"
	"time"
)

// tour is where a reader is: first it is asked who it is and told how to transmit, then it goes round its antennas, one command at
// a time. The zero tour has not begun.
type tour struct {
	step  int
	asked time.Time // when the command in flight was sent; zero when it is still to be sent
	rest  time.Time // not before then
	turn  int       // index of the antenna in Options.Antennas
	done  int       // rounds of this lap that came to their end

	// What the reader has refused; 0 for nothing. They outlast a new beginning until they are answered otherwise.
	region, power Result
	// trouble is how the last round of each antenna failed; 0 when it did not.
	trouble [MaxAntennas]Result
}

// The steps. The last two are the lap.
const (
	stepBegin = iota
	stepVersion
	stepAskRegion
	stepSetRegion
	stepPower
	stepAntenna
	stepRound
)

// command is the command of the step the reader is at.
func (r *Reader) command() Command {
	switch r.tour.step {
	case stepVersion:
		return Version()
	case stepAskRegion:
		return AskRegion()
	case stepSetRegion:
		return SetRegion(r.o.Region)
	case stepPower:
		return SetPower(byte((r.o.Power + 50) / 100))
	case stepAntenna:
		return SetAntenna(r.antenna())
	}
	return Inventory(1)
}

// antenna is the one whose turn it is.
func (r *Reader) antenna() int { return r.o.Antennas[r.tour.turn] }

// keepAsking sends what is due: the next command, or the first one again when the reader does not answer.
func (r *Reader) keepAsking(w io.Writer) error {
	t := &r.tour
	switch {
	case t.step == stepBegin:
		r.begin()
	case t.asked.IsZero():
	case t.step == stepRound:
		if r.at.Sub(latest(t.asked, r.heard)) < roundWithin {
			return nil
		}
		r.nextAntenna() // its end got lost ...
		turn := t.turn
		r.begin() // ... or the reader was switched off and on, and has forgotten its power
		t.turn = turn
	case r.at.Sub(t.asked) >= answerWithin:
		r.begin() // it may have been switched off and on, and forgotten its power
	}
	if !t.asked.IsZero() || r.at.Before(t.rest) {
		return nil
	}
	t.asked = r.at
	return r.send(w, r.command())
}

func (r *Reader) begin() {
	t := &r.tour
	*t = tour{step: stepVersion, rest: t.rest, region: t.region, power: t.power, trouble: t.trouble}
	if r.idle.IsZero() {
		r.idle = r.at
	}
}

func (r *Reader) goTo(step int) {
	r.tour.step, r.tour.asked = step, time.Time{}
}

// answer takes a frame that is no tag: on with the tour, if it is what the tour waits for.
func (r *Reader) answer(f Frame) {
	t := &r.tour
	c := r.command()
	if t.step == stepBegin || t.asked.IsZero() || f.Code != c.code || bytes.Equal(f.Data, c.data[:c.size]) {
		return // late, or our own words: a half-duplex adapter echoes
	}
	result, ok := f.Result()
	switch t.step {
	case stepVersion:
		r.goTo(stepAskRegion)
	case stepAskRegion:
		if band := r.o.Region.band(); bytes.Equal(f.Data, band[:]) {
			t.region = 0
			r.goTo(stepPower) // flash wears out
			return
		}
		r.goTo(stepSetRegion)
	case stepSetRegion:
		if t.region = failure(result, ok); t.region != 0 {
			// Transmitting under the wrong region is against the law. Somebody may change the reader, so it is asked again.
			r.goTo(stepBegin)
			t.rest = r.at.Add(r.o.SilentAfter / 2)
			return
		}
		r.goTo(stepPower)
	case stepPower:
		t.power = failure(result, ok)
		r.goTo(stepAntenna)
	case stepAntenna:
		if why := failure(result, ok); why != 0 {
			t.trouble[r.antenna()-1] = why
			r.nextAntenna()
			return
		}
		r.goTo(stepRound)
	case stepRound:
		r.endRound(f, result, ok)
	}
}

// endRound takes the end of a round, or the reason why there was none.
func (r *Reader) endRound(f Frame, result Result, failed bool) {
	if end, ok := f.RoundEnd(); ok && end.Antenna&3 != (r.antenna()-1)&3 {
		return // of a round given up before
	}
	if failed && !result.everyday() {
		r.tour.trouble[r.antenna()-1] = result
	} else {
		r.tour.trouble[r.antenna()-1] = 0
		r.tour.done++
		r.idle = time.Time{} // "no tag" is the end of a round as well
	}
	r.nextAntenna()
}

func (r *Reader) nextAntenna() {
	t := &r.tour
	t.turn++
	if t.turn < len(r.o.Antennas) {
		r.goTo(stepAntenna)
		return
	}
	if t.done == 0 {
		t.rest = r.at.Add(restAfter) // no antenna works: ask now and then, not as fast as the line can
	}
	t.turn, t.done = 0, 0
	r.goTo(stepAntenna)
}

// failure is what went wrong; 0 for nothing. An answer that is no result is a failure as well.
func failure(result Result, ok bool) Result {
	switch {
	case !ok:
		return ResultFail
	case result == ResultSuccess:
		return 0
	}
	return result
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
