package sim

import (
	"context"
	"io"
	"os"
)

// AtPort serves a device of another package at a serial port that will be found at path, until ctx ends. serve speaks over one line
// until the line or ctx ends, and closes it; each time a fresh line takes its place. plugged, if not nil, is called each
// time one is there.
func AtPort(ctx context.Context, path string, serve func(context.Context, io.ReadWriteCloser) error, plugged func()) error {
	defer func() { _ = os.Remove(path) }() // it leads nowhere now
	for ctx.Err() == nil {
		l, err := openLine()
		if err != nil {
			return err
		}
		if err := l.linkTo(path); err != nil {
			l.end()
			return err
		}
		if plugged != nil {
			plugged()
		}
		_ = serve(ctx, &served{l}) // however it ended, the next line comes
		l.end()
	}
	return ctx.Err()
}

// served is a line for a device that reads in one goroutine and closes in another.
type served struct{ line *line }

func (s *served) Read(p []byte) (int, error) {
	n, err := s.line.Read(p)
	if n > 0 {
		s.line.taken()
	}
	return n, err
}

// Write loses what the host does not take, as a real line does.
func (s *served) Write(p []byte) (int, error) {
	s.line.say(p)
	return len(p), nil
}

// Close wakes Read and Write.
func (s *served) Close() error { return s.line.Close() }
