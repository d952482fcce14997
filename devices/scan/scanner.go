package scan

import (
	"context"
	"io"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Feed takes what a Scanner sees. All methods may be called from any goroutine and none blocks.
type Feed interface {
	// Scan takes a code somebody has shown, also one that could not be read: once for each showing, and never lost.
	Scan(devices.Scan)
	// Status replaces what is known of the device. It is never lost.
	Status(devices.Status)
}

// Options are what a Scanner needs to know. Device is required.
type Options struct {
	Device showroom.DeviceID
	Rules  Rules
	// Gap is the pause that ends a code, for scanners that send no end; 0 means that they do.
	Gap time.Duration
	// Repeat is for how long the same code again is the same showing, counted from when it was last seen: a label left in the beam
	// is not bought twice. 0 means 1.5 s, less than 0 that every reading counts.
	Repeat time.Duration
	// SilentAfter is after how long without a word the scanner counts as silent; 0 means never: most say nothing while nobody
	// shows them anything.
	SilentAfter time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Idle is after how long without a byte the port is to answer that nothing comes: no longer than the pause that ends a code, or two
// codes shown one after the other would be one. 0 leaves it to the port.
func (o Options) Idle() time.Duration { return min(o.Gap, longestIdle) }

const (
	defaultRepeat = 1500 * time.Millisecond
	// longestIdle is a wait in which nobody notices that the deadlines are late.
	longestIdle = 200 * time.Millisecond
	// deadLine is a pause longer than any inside a code, for scanners that send an end.
	deadLine = 500 * time.Millisecond
	// reportEvery is how often changed counters are told.
	reportEvery = time.Second
	// faultAfter broken lines in a row are a fault: the line is set wrongly. A single one is noise.
	faultAfter = 5
	// endlessAfter codes without an end, and nothing else, are a scanner that sends none.
	endlessAfter = 2
	// maxRecent is how many different codes are remembered for Repeat.
	maxRecent = 16
)

// Scanner reads one scanner over one connection. Make a new one for the next connection.
type Scanner struct {
	o   Options
	dec Decoder

	at      time.Time // when the bytes in hand arrived
	heard   time.Time // the last sound line, or the start
	broken  int       // broken lines in a row
	endless int       // of them, those that were sound but for their end
	wrong   uint64    // sound lines that claim to be something and are not
	recent  []showing

	status   devices.Status
	changed  bool // status has something the feed does not know
	reported time.Time
}

// showing is a code and when it was last seen.
type showing struct {
	text string
	at   time.Time
}

// New makes a Scanner.
func New(o Options) *Scanner {
	if o.Repeat == 0 {
		o.Repeat = defaultRepeat
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Scanner{o: o, dec: Decoder{GapEnds: o.Gap > 0}, status: devices.Status{Device: o.Device}}
}

// Run reads until ctx ends or the port fails, and returns why; the last Status is then Down. r.Read must come back every now and
// then with (0, nil) when nothing arrives, as link.Port does: all deadlines are looked at between reads, so they are as exact as
// that. Run may be called once.
func (s *Scanner) Run(ctx context.Context, r io.Reader, feed Feed) error {
	err := s.loop(ctx, r, feed)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
		s.become(devices.Down, "stopped", "")
	default:
		err = &devices.Error{Op: "read codes", Device: s.o.Device, Err: err}
		s.become(devices.Down, "port lost", "Check the scanner's cable and power.")
	}
	s.at = s.o.Now()
	s.report(feed)
	return err
}

func (s *Scanner) loop(ctx context.Context, r io.Reader, feed Feed) error {
	buf := make([]byte, 1024)
	s.at = s.o.Now()
	s.heard = s.at
	if s.o.SilentAfter <= 0 {
		s.become(devices.Up, "", "")
		s.report(feed)
	}
	pause := deadLine
	if s.o.Gap > 0 {
		pause = s.o.Gap
	}
	var quiet time.Time // since when no byte has come
	for ctx.Err() == nil {
		n, err := r.Read(buf)
		if err != nil {
			return err
		}
		s.at = s.o.Now()
		before := s.dec.Stats()
		long := before.Long
		switch {
		case n > 0:
			quiet = s.at
			s.dec.Feed(buf[:n])
		case s.dec.Waiting() > 0 && s.at.Sub(quiet) >= pause:
			s.dec.Idle()
		}
		for line, ok := s.dec.Next(); ok; line, ok = s.dec.Next() {
			s.take(line, feed)
			before = s.dec.Stats() // those before it did not come in a row
		}
		now := s.dec.Stats()
		s.broken += int(now.Bad - before.Bad - (now.Long - before.Long))
		s.endless += int(now.Endless - before.Endless)
		if now.Long > long { // somebody has shown a whole page, and waits
			feed.Scan(devices.Scan{Scanner: s.o.Device, Kind: devices.ScanUnreadable, At: s.at})
		}
		s.judge()
		if s.changed || s.frames() != s.status.Frames && s.at.Sub(s.reported) >= reportEvery {
			s.report(feed)
		}
	}
	return ctx.Err()
}

// take makes of a line what it means.
func (s *Scanner) take(line string, feed Feed) {
	s.heard, s.status.LastData, s.broken = s.at, s.at, 0
	s.endless = 0
	s.become(devices.Up, "", "")
	code, err := s.o.Rules.Read(line)
	if err != nil {
		code = Code{Kind: devices.ScanUnreadable}
	}
	if err != nil && err != ErrNoRead {
		s.wrong++
	}
	if !s.again(line) {
		feed.Scan(devices.Scan{Scanner: s.o.Device, Kind: code.Kind, GTIN: code.GTIN, Serial: code.Serial, Text: code.Text, At: s.at})
	}
}

// again says whether a line is one showing with the last of its kind.
func (s *Scanner) again(line string) bool {
	if s.o.Repeat < 0 {
		return false
	}
	kept, found := s.recent[:0], false
	for _, r := range s.recent {
		switch {
		case s.at.Sub(r.at) >= s.o.Repeat:
		case r.text == line:
			found = true
		default:
			kept = append(kept, r)
		}
	}
	if len(kept) == maxRecent {
		kept = kept[:copy(kept, kept[1:])]
	}
	s.recent = append(kept, showing{line, s.at})
	return found
}

// judge notices a line set wrongly, and silence.
func (s *Scanner) judge() {
	switch {
	case s.endless >= endlessAfter && s.endless == s.broken:
		s.become(devices.Fault, "no end", "The scanner sends nothing behind its codes. Set it to send CR behind each, or write its gap into the configuration.")
	case s.broken >= faultAfter:
		s.become(devices.Fault, "garbage", "Check that the scanner's baud rate, parity and data bits are those of the configuration.")
	case s.o.SilentAfter > 0 && s.at.Sub(s.heard) >= s.o.SilentAfter:
		s.become(devices.Silent, "no data", "Check the scanner's power and that it sends over this port.")
	}
}

func (s *Scanner) become(state devices.State, reason, advice string) {
	if s.status.State == state && s.status.Reason == reason {
		return
	}
	s.status.State, s.status.Reason, s.status.Advice = state, reason, advice
	s.changed = true
}

func (s *Scanner) frames() devices.Frames {
	n := s.dec.Stats()
	return devices.Frames{Good: n.Good - s.wrong, Bad: n.Bad + s.wrong, Skipped: n.Skipped}
}

func (s *Scanner) report(feed Feed) {
	s.status.At, s.status.Frames = s.at, s.frames()
	s.changed, s.reported = false, s.at
	feed.Status(s.status)
}
