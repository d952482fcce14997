package recording

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"showroom/devices"
)

// ErrVersion is that a recording was made by a later program.
var ErrVersion = errors.New("recording is of a later version")

// longest is how far from its beginning a recording can tell a time, in microseconds.
const longest = math.MaxInt64 / int64(time.Microsecond)

// Player reads a recording.
type Player struct {
	lines   *bufio.Scanner
	begin   time.Time
	line    int
	bad     int
	dropped uint64
}

// NewPlayer begins at the beginning of from.
func NewPlayer(from io.Reader) *Player {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	return &Player{lines: lines}
}

// Next is the next reading; io.EOF at the end. A line that is none, such as the last one before a power cut, is counted and passed
// over.
func (p *Player) Next() (Reading, error) {
	for p.lines.Scan() {
		p.line++
		if len(p.lines.Bytes()) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(p.lines.Bytes(), &l); err != nil {
			p.bad++
			continue
		}
		switch {
		case l.Version > version:
			return Reading{}, fmt.Errorf("line %d: %w: %d", p.line, ErrVersion, l.Version)
		case l.Begin != nil:
			p.begin = *l.Begin
			continue
		case l.Dropped > 0:
			p.dropped += l.Dropped
			continue
		case p.begin.IsZero(), l.After > longest, l.After < -longest: // a piece of a recording tells no time
			p.bad++
			continue
		}
		r, err := l.reading(p.begin.Add(time.Duration(l.After) * time.Microsecond))
		if err != nil || r == (Reading{At: r.At}) {
			p.bad++
			continue
		}
		return r, nil
	}
	if err := p.lines.Err(); err != nil {
		return Reading{}, fmt.Errorf("play recording, line %d: %w", p.line+1, err)
	}
	return Reading{}, io.EOF
}

// Bad is how many lines so far were none.
func (p *Player) Bad() int { return p.bad }

// Dropped is how many readings so far the recorder had no time for.
func (p *Player) Dropped() uint64 { return p.dropped }

// Feed takes what a recording holds.
type Feed interface {
	Tag(devices.TagRead)
	Status(devices.Status)
	Sighting(devices.Sighting)
	Scan(devices.Scan)
}

// Play feeds the whole recording at the pace it was made, times speed, with the times at which it happens now; speed 0 means as fast
// as it can be read, with the times of the recording. It returns nil at the end, or why it stopped.
func (p *Player) Play(ctx context.Context, feed Feed, speed float64) error {
	var first, started time.Time
	for {
		r, err := p.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if speed > 0 {
			if first.IsZero() {
				first, started = r.At, time.Now()
			}
			due := started.Add(time.Duration(float64(r.At.Sub(first)) / speed))
			if err := wait(ctx, time.Until(due)); err != nil {
				return err
			}
			r = r.at(time.Now())
		} else if err := ctx.Err(); err != nil {
			return err
		}
		r.feed(feed)
	}
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// at is the reading as if it came at another time. The pointers are the Player's own, made for this reading alone.
func (r Reading) at(at time.Time) Reading {
	r.At = at
	switch {
	case r.Tag != nil:
		r.Tag.At = at
	case r.Status != nil:
		r.Status.At = at
	case r.Sighting != nil:
		r.Sighting.At = at
	case r.Scan != nil:
		r.Scan.At = at
	}
	return r
}

func (r Reading) feed(to Feed) {
	switch {
	case r.Tag != nil:
		to.Tag(*r.Tag)
	case r.Status != nil:
		to.Status(*r.Status)
	case r.Sighting != nil:
		to.Sighting(*r.Sighting)
	case r.Scan != nil:
		to.Scan(*r.Scan)
	}
}
