// Package ingest takes in what the shops send, each event exactly once in effect.
//
// A batch is looked at (its ids must be the numbers it claims, in order), and published on the condition that its lane ends where
// the batch begins. Only the stream's acknowledgement is passed on to the shop. Whatever does not fit is answered with where the lane
// does end; so a repetition, an overlap, a gap and a race between two deliveries are one case, and none of them needs a memory of
// what was seen.
package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// Streams is where batches are kept; *stream.Engine is one.
type Streams interface {
	LastBatch(ctx context.Context, l stream.Lane) (stream.Batch, error)
	PublishBatch(ctx context.Context, b stream.Batch, after uint64) (uint64, error)
}

// Counts are totals since the start.
type Counts struct{ Batches, Events, OutOfOrder, Refused, Failed int64 }

// Ingest answers POST /v1/ingest. It is safe for concurrent use.
type Ingest struct {
	streams Streams
	log     *slog.Logger
	plain   *profileapi.Decompressor
	answers profileapi.Answers

	mu   sync.Mutex
	ends map[stream.Lane]end // what was last seen; the stream decides, this only saves asking it

	batches, events, outOfOrder, refused, failed atomic.Int64
}

// end is where a lane ends.
type end struct {
	seq uint64 // of its last batch in the stream, 0 for none
	to  int64
	sum string // of its last body
}

// New makes an Ingest.
func New(s Streams, log *slog.Logger) (*Ingest, error) {
	d, err := profileapi.NewDecompressor(profileapi.MaxBatchBytes)
	if err != nil {
		return nil, err
	}
	return &Ingest{streams: s, log: log, plain: d, ends: map[stream.Lane]end{}}, nil
}

// Counts answers the totals.
func (in *Ingest) Counts() Counts {
	return Counts{in.batches.Load(), in.events.Load(), in.outOfOrder.Load(), in.refused.Load(), in.failed.Load()}
}

// Serve takes in one batch from the device that has identified itself.
func (in *Ingest) Serve(w http.ResponseWriter, r *http.Request, device string) {
	to, err := in.accept(w, r, device)
	if err == nil {
		in.answers.JSON(w, r, http.StatusOK, profileapi.IngestResult{AckedTo: to, ServerTime: time.Now().UTC()})
		return
	}
	p, refused := profileapi.AsProblem(err)
	switch {
	case !refused:
		in.failed.Add(1)
		in.log.Error("storing a batch failed", "device", device, "error", err)
		p = &profileapi.Problem{
			Type: profileapi.TypeUnavailable, Title: "Not stored", Status: http.StatusServiceUnavailable,
			Detail: "Whether the batch is stored is not known. Send it again.", RetryAfter: time.Second,
		}
	case p.Type == profileapi.TypeOutOfOrder:
		in.outOfOrder.Add(1)
	default:
		in.refused.Add(1)
		in.log.Warn("refused a batch", "device", device, "error", err)
	}
	in.answers.Problem(w, p)
}

func (in *Ingest) accept(w http.ResponseWriter, r *http.Request, device string) (int64, error) {
	b, err := claim(r, device)
	if err != nil {
		return 0, err
	}
	if r.Header.Get("Content-Encoding") != profileapi.Zstd { // the stream keeps batches as they come, and keeps many
		return 0, &profileapi.Problem{
			Type: profileapi.TypeInvalid, Title: "Not compressed", Status: http.StatusUnsupportedMediaType,
			Detail: "Send the batch with Content-Encoding: zstd.",
		}
	}
	plain, raw, err := profileapi.ReadBody(w, r, stream.MaxMessage, in.plain)
	if err != nil {
		return 0, err
	}
	if err := check(&b, plain); err != nil {
		return 0, err
	}
	b.Body = raw
	return b.To, in.append(r.Context(), b)
}

// claim reads what the batch says of itself.
func claim(r *http.Request, device string) (stream.Batch, error) {
	q := r.URL.Query()
	from, err1 := strconv.ParseInt(q.Get("from"), 10, 64)
	to, err2 := strconv.ParseInt(q.Get("to"), 10, 64)
	b := stream.Batch{Lane: stream.Lane{Device: device, Epoch: q.Get("epoch"), Lane: q.Get("lane")}, From: from, To: to}
	if errors.Join(err1, err2) != nil || from < 1 || to < from || !name(b.Epoch) || !name(b.Lane.Lane) {
		return b, invalid("The query needs epoch, lane, from and to, with 1 <= from <= to.")
	}
	return b, nil
}

// name says whether s can be an epoch or a lane.
func name(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '/' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// check compares the events with what the batch says of itself. Numbers may be missing, but not be out of order, and the last one must
// be there: it is the cursor.
func check(b *stream.Batch, plain []byte) error {
	events, err := profileapi.DecodeBatch(plain)
	if err != nil {
		return invalid("The body is not a batch of CloudEvents: " + err.Error())
	}
	next := b.From
	for i := range events {
		e := &events[i]
		epoch, lane, seq, ok := profileapi.ParseEventID(e.ID)
		if !ok || epoch != b.Epoch || lane != b.Lane.Lane || seq < next || seq > b.To {
			return invalid(fmt.Sprintf("Event %d has the id %.100q, which is not the next of %s/%s in %d to %d.", i+1, e.ID, b.Epoch, b.Lane.Lane, b.From, b.To))
		}
		if _, device, ok := profileapi.ParseSource(e.Source); !ok || device != b.Device {
			return &profileapi.Problem{
				Type: profileapi.TypeForbidden, Title: "Wrong device", Status: http.StatusForbidden,
				Detail: fmt.Sprintf("The token is that of device %s; event %d says it comes from %.200q.", b.Device, i+1, e.Source),
			}
		}
		if sum, err := hex.DecodeString(e.SHA256); err != nil || len(sum) != sha256.Size && len(sum) != 0 {
			return invalid(fmt.Sprintf("Event %d has a sha256 that is none.", i+1))
		}
		next = seq + 1
	}
	if next != b.To+1 {
		return invalid(fmt.Sprintf("The batch says it goes up to %d but has no event of that number.", b.To))
	}
	last := &events[len(events)-1]
	b.Count, b.LastSum = len(events), last.SHA256
	if last.Data != nil {
		sum := sha256.Sum256(last.Data)
		b.LastSum = hex.EncodeToString(sum[:])
	}
	return nil
}

// append publishes the batch if its lane ends where it begins. The end is asked of the stream once more before a refusal: what was
// remembered may be older than what another gateway wrote.
func (in *Ingest) append(ctx context.Context, b stream.Batch) error {
	at, known := in.remembered(b.Lane)
	for try := 0; ; try++ {
		if !known || b.From != at.to+1 {
			var err error
			if at, err = in.ask(ctx, b.Lane); err != nil {
				return err
			}
		}
		if b.From != at.to+1 {
			return &profileapi.Problem{
				Type: profileapi.TypeOutOfOrder, Title: "Not what comes next", Status: http.StatusConflict,
				Detail:      fmt.Sprintf("The lane %s/%s of %s ends at %d.", b.Epoch, b.Lane.Lane, b.Device, at.to),
				ExpectedSeq: at.to + 1, LastSHA256: at.sum,
			}
		}
		seq, err := in.streams.PublishBatch(ctx, b, at.seq)
		if errors.Is(err, stream.ErrConflict) && try < 3 {
			known = false
			continue
		}
		if err != nil {
			in.forget(b.Lane)
			return err
		}
		in.remember(b.Lane, end{seq, b.To, b.LastSum})
		in.batches.Add(1)
		in.events.Add(int64(b.Count))
		return nil
	}
}

func (in *Ingest) ask(ctx context.Context, l stream.Lane) (end, error) {
	last, err := in.streams.LastBatch(ctx, l)
	if errors.Is(err, stream.ErrNone) {
		return end{}, nil
	}
	return end{last.Seq, last.To, last.LastSum}, err
}

func (in *Ingest) remembered(l stream.Lane) (end, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	at, ok := in.ends[l]
	return at, ok
}

func (in *Ingest) remember(l stream.Lane, at end) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if at.seq >= in.ends[l].seq {
		in.ends[l] = at
	}
}

func (in *Ingest) forget(l stream.Lane) {
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.ends, l)
}

func invalid(detail string) error {
	return &profileapi.Problem{Type: profileapi.TypeInvalid, Title: "Invalid batch", Status: http.StatusBadRequest, Detail: detail}
}
