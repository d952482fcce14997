package agentclient

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"showroom/agent/localapi"
)

// Notice is what Follow hears.
type Notice int

// The notices there are.
const (
	Connected Notice = iota // the agent is there; load, for nobody knows what was missed
	Changed                 // something changed; load
	Lost                    // the agent is not heard any more; said once until it is Connected again
)

// ErrSilent is why a stream ended on which nothing was heard for too long.
var ErrSilent = errors.New("the agent is silent")

// Follow listens to the agent until ctx ends, and then returns its error. A stream that breaks, or on which not even a keep-alive
// is heard, is opened again, resuming at the last event heard. hear is called on Follow's own goroutine and must not block.
func (c *Client) Follow(ctx context.Context, hear func(Notice)) error {
	var last string
	lost := false
	for try := 0; ; try++ {
		err := c.stream(ctx, &last, func(n Notice) {
			try, lost = 0, false
			hear(n)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !lost {
			lost = true
			hear(Lost)
		}
		if err := c.pause(ctx, try); err != nil {
			return err
		}
	}
}

// stream reads one connection. It always returns an error: streams do not end well.
func (c *Client) stream(ctx context.Context, last *string, hear func(Notice)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(c.options.Idle, func() { cancel(ErrSilent) })
	defer silence.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(localapi.PathStream), nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Accept", "text/event-stream")
	if *last != "" {
		req.Header.Set("Last-Event-ID", *last)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("open stream: %w", because(ctx, err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return fmt.Errorf("open stream: the agent answered %s, %s", resp.Status, resp.Header.Get("Content-Type"))
	}
	hear(Connected)
	err = readEvents(resp.Body, func() { silence.Reset(c.options.Idle) }, func(e event) {
		if e.hasID {
			*last = e.id
		}
		switch e.kind {
		case localapi.EventChanged, localapi.EventLive, localapi.EventReset:
			hear(Changed)
		}
	})
	return fmt.Errorf("read stream: %w", because(ctx, err))
}

// because says why a context ended rather than that it did.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// event is one event of a stream. Its data is of no interest: the GET is the truth.
type event struct {
	kind  string
	id    string
	hasID bool
}

// maxLine is more than any line of the agent needs; a longer one ends the stream.
const maxLine = 64 << 10

// readEvents reads text/event-stream. alive is called for every line, keep-alive comments too.
func readEvents(r io.Reader, alive func(), emit func(event)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), maxLine)
	var e event
	for lines.Scan() {
		alive()
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" {
			if e != (event{}) {
				emit(e)
			}
			e = event{}
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			e.kind = value
		case "id":
			if !strings.ContainsRune(value, 0) {
				e.id, e.hasID = value, true
			}
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF // an event without its blank line does not count
}
