package stream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Lane names one lane of one journal.
type Lane struct{ Device, Epoch, Lane string }

func (l Lane) subject() string {
	return "in." + token(l.Device) + "." + token(l.Epoch) + "." + token(l.Lane)
}

func laneOf(subject string) (Lane, error) {
	parts := strings.Split(subject, ".")
	if len(parts) != 4 {
		return Lane{}, fmt.Errorf("subject %q is not one of a lane", subject)
	}
	device, err1 := untoken(parts[1])
	epoch, err2 := untoken(parts[2])
	lane, err3 := untoken(parts[3])
	return Lane{device, epoch, lane}, errors.Join(err1, err2, err3)
}

// Batch is what one upload brought.
type Batch struct {
	Lane
	From, To int64  // lane sequence numbers it covers, both inclusive
	Count    int    // of events in it; fewer than From and To say when the shop had to evict some
	LastSum  string // SHA-256 in hex of the body of the last event
	Body     []byte // as it came, compressed
	// Seq is the batch's place in the stream and Received when it came there; set by the stream.
	Seq      uint64
	Received time.Time
}

const (
	headerFrom  = "From"
	headerTo    = "To"
	headerCount = "Count"
	headerSum   = "Sum"
)

// LastBatch answers the last batch of the lane, ErrNone before the first.
func (e *Engine) LastBatch(ctx context.Context, l Lane) (Batch, error) {
	raw, err := e.in.GetLastMsgForSubject(ctx, l.subject())
	return readBatch(raw, err)
}

// BatchAfter answers the first batch of the lane that brings something after the lane sequence number given, ErrNone when there is
// none.
func (e *Engine) BatchAfter(ctx context.Context, l Lane, after int64) (Batch, error) {
	last, err := e.LastBatch(ctx, l)
	if err != nil {
		return Batch{}, err
	}
	if last.To <= after {
		return Batch{}, ErrNone
	}
	return e.search(ctx, last, func(b Batch) bool { return b.To > after })
}

// PurgeBatches removes what came to the lane before the moment. The last batch stays, however old: it is the cursor.
func (e *Engine) PurgeBatches(ctx context.Context, l Lane, before time.Time) error {
	last, err := e.LastBatch(ctx, l)
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	keep, err := e.search(ctx, last, func(b Batch) bool { return !b.Received.Before(before) })
	if err != nil {
		return err
	}
	if err := e.in.Purge(ctx, jetstream.WithPurgeSubject(l.subject()), jetstream.WithPurgeSequence(keep.Seq)); err != nil {
		return fmt.Errorf("purge lane: %w", err)
	}
	return nil
}

// search answers the first batch of the lane of last that is wanted; last is, if no other. It halves the stream, because wherever a
// lane's batches lie in it, their numbers and times rise: once one is wanted, all later ones are.
func (e *Engine) search(ctx context.Context, last Batch, wanted func(Batch) bool) (Batch, error) {
	best := last
	for low, high := uint64(1), last.Seq; low < high; {
		middle := low + (high-low)/2
		raw, err := e.in.GetMsg(ctx, middle, jetstream.WithGetMsgSubject(last.subject()))
		b, err := readBatch(raw, err)
		if err != nil {
			return Batch{}, err
		}
		if wanted(b) {
			best, high = b, middle
		} else {
			low = b.Seq + 1
		}
	}
	return best, nil
}

// NextBatch answers the batch of the lane that follows the one at seq in the stream, ErrNone when there is none.
func (e *Engine) NextBatch(ctx context.Context, l Lane, seq uint64) (Batch, error) {
	raw, err := e.in.GetMsg(ctx, seq+1, jetstream.WithGetMsgSubject(l.subject()))
	return readBatch(raw, err)
}

// PublishBatch stores the batch if the last one of its lane is still at sequence after, 0 for none, and answers its own. It answers
// ErrConflict if not. After any other error the batch may or may not be stored: LastBatch tells.
func (e *Engine) PublishBatch(ctx context.Context, b Batch, after uint64) (uint64, error) {
	msg := nats.NewMsg(b.subject())
	msg.Header.Set(headerFrom, strconv.FormatInt(b.From, 10))
	msg.Header.Set(headerTo, strconv.FormatInt(b.To, 10))
	msg.Header.Set(headerCount, strconv.Itoa(b.Count))
	msg.Header.Set(headerSum, b.LastSum)
	msg.Data = b.Body
	ack, err := e.js.PublishMsg(ctx, msg, jetstream.WithExpectLastSequencePerSubject(after), jetstream.WithExpectStream(streamIn))
	if api, ok := errors.AsType[*jetstream.APIError](err); ok &&
		(api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant) {
		return 0, ErrConflict
	}
	if err != nil {
		return 0, fmt.Errorf("store batch: %w", err)
	}
	return ack.Sequence, nil
}

// TailBatches hands over every batch of all lanes in the order in which they came, from the first and then as they come. It ends with
// ctx or with f's error. A message that is no batch is an error: nobody else may write to the stream.
func (e *Engine) TailBatches(ctx context.Context, f func(Batch) error, caughtUp func()) error {
	return e.tail(ctx, e.in, func(m jetstream.Msg, meta *jetstream.MsgMetadata) error {
		b, err := batchOf(m.Subject(), m.Headers(), m.Data())
		if err != nil {
			return err
		}
		b.Seq, b.Received = meta.Sequence.Stream, meta.Timestamp
		return f(b)
	}, caughtUp)
}

func readBatch(raw *jetstream.RawStreamMsg, err error) (Batch, error) {
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Batch{}, ErrNone
	}
	if err != nil {
		return Batch{}, fmt.Errorf("read batch: %w", err)
	}
	b, err := batchOf(raw.Subject, raw.Header, raw.Data)
	b.Seq, b.Received = raw.Sequence, raw.Time
	return b, err
}

func batchOf(subject string, h nats.Header, body []byte) (Batch, error) {
	lane, err := laneOf(subject)
	from, err1 := strconv.ParseInt(h.Get(headerFrom), 10, 64)
	to, err2 := strconv.ParseInt(h.Get(headerTo), 10, 64)
	count, err3 := strconv.Atoi(h.Get(headerCount))
	if err := errors.Join(err, err1, err2, err3); err != nil {
		return Batch{}, fmt.Errorf("read batch on %s: %w", subject, err)
	}
	return Batch{Lane: lane, From: from, To: to, Count: count, LastSum: h.Get(headerSum), Body: body}, nil
}
