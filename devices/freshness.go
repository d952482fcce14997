package devices

import "time"

const (
	// tooOld is how much later than usual a message may arrive and still tell about now.
	tooOld = 10 * time.Second
	// settleTime is for how long a clock that looks wrong must run like a clock before it is believed. Messages a device has kept
	// for us while it could not reach the broker come in a burst: their clock runs faster than ours.
	settleTime = 5 * time.Second
	// steady is how far the delay of live messages varies.
	steady = 2 * time.Second
	// drift is how fast a quartz may run away: 500 millionths.
	drift = 2000
)

// Freshness tells live messages from kept ones by the time stamps of a device whose clock may be wrong by any amount. What is
// compared is not the clocks but how the difference between them behaves: for live messages it stays, for a backlog it shrinks.
// The zero value trusts the device's clock until it has reason not to. It is not safe for concurrent use.
type Freshness struct {
	known  bool
	delay  time.Duration // of live messages: arrival by our clock less time stamp by the device's
	at     time.Time     // when delay was last seen
	strays bool          // messages that do not fit delay are being watched
	stray  time.Duration // the delay of the first of them
	since  time.Time     // when it arrived
}

// Live says whether a message stamped by the device and arrived at tells about now. A message without a stamp does.
func (f *Freshness) Live(stamp, at time.Time) bool {
	if stamp.IsZero() {
		return true
	}
	delay := at.Sub(stamp)
	switch {
	case f.known && delay <= f.delay+tooOld:
		// Earlier than usual means that the network was quick, or that the device's clock has been set forward.
		f.learn(min(delay, f.delay+max(at.Sub(f.at), 0)/drift), at)
		return true
	case !f.known && delay.Abs() <= tooOld:
		f.learn(delay, at)
		return true
	case !f.strays || (delay-f.stray).Abs() > steady:
		f.strays, f.stray, f.since = true, delay, at
	case at.Sub(f.since) >= settleTime:
		f.learn(delay, at)
		return true
	}
	return false
}

func (f *Freshness) learn(delay time.Duration, at time.Time) {
	f.known, f.delay, f.at, f.strays = true, delay, at, false
}
