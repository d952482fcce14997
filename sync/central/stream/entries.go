package stream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// publishAhead is how many entries are under way before the first is acknowledged. A fuller pipe blocks the publisher.
const publishAhead = 512

// Entry is the newest state of one key of the feed.
type Entry struct {
	Bucket  string
	Key     string
	Version uint64 // set by the stream
	Deleted bool
	Value   []byte // JSON; nil when deleted
}

const headerDeleted = "Deleted"

// Incarnation names this life of the feed: another one counts its versions anew.
func (e *Engine) Incarnation() string {
	return strconv.FormatInt(e.feed.CachedInfo().Created.UnixNano(), 36)
}

// LastVersion answers the newest version of the whole feed, 0 for none.
func (e *Engine) LastVersion(ctx context.Context) (uint64, error) {
	info, err := e.feed.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("look at feed: %w", err)
	}
	return info.State.LastSeq, nil
}

// PublishEntries stores the entries in the order given and answers the version of the last. After an error some of them are
// stored, from the first on.
func (e *Engine) PublishEntries(ctx context.Context, entries []Entry) (uint64, error) {
	acks := make([]jetstream.PubAckFuture, 0, len(entries))
	for _, en := range entries {
		msg := nats.NewMsg("feed." + token(en.Bucket) + "." + token(en.Key))
		msg.Data = en.Value
		if en.Deleted {
			msg.Header.Set(headerDeleted, "1")
		}
		ack, err := e.js.PublishMsgAsync(msg, jetstream.WithExpectStream(streamFeed), jetstream.WithStallWait(askTimeout))
		if err != nil {
			return 0, fmt.Errorf("store entry of feed: %w", err)
		}
		acks = append(acks, ack)
	}
	last := uint64(0)
	for _, ack := range acks {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case err := <-ack.Err():
			return 0, fmt.Errorf("store entry of feed: %w", err)
		case a := <-ack.Ok():
			last = max(last, a.Sequence)
		}
	}
	return last, nil
}

// TailEntries hands over the newest state of every key in the order of versions, then every change as it comes. It ends with ctx or
// with f's error.
func (e *Engine) TailEntries(ctx context.Context, f func(Entry) error, caughtUp func()) error {
	return e.tail(ctx, e.feed, func(m jetstream.Msg, meta *jetstream.MsgMetadata) error {
		parts := strings.Split(m.Subject(), ".")
		if len(parts) != 3 {
			return fmt.Errorf("subject %q is not one of the feed", m.Subject())
		}
		bucket, err1 := untoken(parts[1])
		key, err2 := untoken(parts[2])
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		en := Entry{Bucket: bucket, Key: key, Version: meta.Sequence.Stream, Deleted: m.Headers().Get(headerDeleted) != ""}
		if !en.Deleted {
			en.Value = m.Data()
		}
		return f(en)
	}, caughtUp)
}
