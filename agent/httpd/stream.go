package httpd

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
)

const (
	// keepAlive is how often a silent stream says that it is alive; clients give up after three of them.
	keepAlive = 15 * time.Second
	// slowClient is how long one write may take before the client is cut off: it comes back and reads from its own id.
	slowClient = 10 * time.Second
	// burst is how many rows one look into the journal reads. A client further behind gets them in several looks.
	burst = 200
)

// stream is one client following the journal: a plain handler, because the stream carries hints and not documents.
type stream struct {
	s   *Server
	w   http.ResponseWriter
	rc  *http.ResponseController
	seq int64 // of the last row written
	// live is the version of the board the client has been told of.
	live uint64
	stop <-chan struct{} // closed when the server is asked to stop; nil for never
}

func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	st := &stream{s: s, w: w, rc: http.NewResponseController(w)}
	// The server's own write limit is for answers that end.
	_ = st.rc.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	s.streams.Add(1)
	defer s.streams.Add(-1)
	if stop, ok := r.Context().Value(closing{}).(<-chan struct{}); ok {
		st.stop = stop
	}
	if err := st.run(r.Context(), r.Header.Get("Last-Event-ID")); err != nil && r.Context().Err() == nil {
		s.log.Debug("Stream ended", "err", err)
	}
}

func (st *stream) run(ctx context.Context, last string) error {
	if err := st.begin(ctx, last); err != nil {
		return err
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		changed, live := st.s.db.Changed(), st.s.board.Changed()
		if err := st.rows(ctx); err != nil {
			return err
		}
		if err := st.hint(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-st.stop:
			return nil
		case <-changed:
		case <-live:
		case <-alive.C:
			if err := st.write(": alive\n\n"); err != nil {
				return err
			}
		}
	}
}

// begin finds where the client left off. A client without an id, with one of another epoch, or with one already pruned is told to
// read everything anew and is followed from here.
func (st *stream) begin(ctx context.Context, last string) error {
	st.live = st.s.board.Version()
	head, err := st.s.db.Head(ctx)
	if err != nil {
		return err
	}
	epoch, seq, ok := parseStreamID(last)
	if ok && head.Resumes(epoch, seq) {
		st.seq = seq
		return st.write(": following\n\n")
	}
	st.seq = head.Seq
	return st.write("id: %s.%d\nevent: %s\ndata: {}\n\n", head.Epoch, head.Seq, localapi.EventReset)
}

func parseStreamID(id string) (epoch string, seq int64, ok bool) {
	epoch, number, found := strings.Cut(id, ".")
	seq, err := strconv.ParseInt(number, 10, 64)
	return epoch, seq, found && err == nil && epoch != "" && seq >= 0
}

// rows writes everything the journal has after what was last written.
func (st *stream) rows(ctx context.Context) error {
	for {
		rows, err := st.s.db.Since(ctx, st.seq, burst)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := st.row(row); err != nil {
				return err
			}
		}
		if len(rows) < burst {
			return nil
		}
	}
}

// hint says that what is live has moved on since the client was last told.
func (st *stream) hint() error {
	version := st.s.board.Version()
	if version == st.live {
		return nil
	}
	st.live = version
	return st.write("event: %s\ndata: {}\n\n", localapi.EventLive)
}

func (st *stream) row(row showroom.Row) error {
	data, err := json.Marshal(localapi.Change{Kind: string(row.Kind), Subject: row.Subject})
	if err != nil {
		return fmt.Errorf("encode change: %w", err)
	}
	if err := st.write("id: %s\nevent: %s\ndata: %s\n\n", row.StreamID(), localapi.EventChanged, data); err != nil {
		return err
	}
	st.seq = row.Seq
	return nil
}

func (st *stream) write(format string, args ...any) error {
	_ = st.rc.SetWriteDeadline(time.Now().Add(slowClient))
	if _, err := fmt.Fprintf(st.w, format, args...); err != nil {
		return fmt.Errorf("write to stream: %w", err)
	}
	if err := st.rc.Flush(); err != nil {
		return fmt.Errorf("flush stream: %w", err)
	}
	return nil
}
