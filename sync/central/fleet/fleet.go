// Package fleet knows which devices there are, how far each lane has come, and the newest events, for people to look at.
//
// It is an index in memory, rebuilt at every start by reading the stream of batches from its first message; it decides nothing and may
// be thrown away. What it keeps is bounded: one line for each lane and visit to forget, and the newest events in full.
//
// # Forgotten visits
//
// A shop that forgets a visit empties the bodies in its journal and sends visit.forgotten. From the moment the index reads it, no body
// of an event about that visit is shown any more, whichever device sent it and whether it came before or after; the index drops those
// it holds. The event itself - that something of that kind happened, where and when - stays, as it does in the shop's journal, with
// the sum of its body.
//
// The messages in the stream are not rewritten, because the shop's journal and the stream are compared by the sums of the bodies. A
// body that was uploaded before its visit was forgotten lies in the stream's files until retention removes its batch: never, unless the
// service is told for how long to keep batches, and the last batch of a lane stays in any case. What keeps it from being read is the
// set of forgotten visits, which is rebuilt with the index; a batch that stays beyond its time is not shown, because the word that
// forgets something in it may be gone. No part of the service hands out stored bodies but through this index,
// and the receipts of sales, which tell of no visit.
// While the service starts, a body may be indexed before the word that forgets it: nothing is shown before the index is complete.
package fleet

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"showroom/agent/showroom"
	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// Streams is what the index is made from; *stream.Engine is one.
type Streams interface {
	TailBatches(ctx context.Context, f func(stream.Batch) error, caughtUp func()) error
	BatchAfter(ctx context.Context, l stream.Lane, after int64) (stream.Batch, error)
	NextBatch(ctx context.Context, l stream.Lane, seq uint64) (stream.Batch, error)
}

// Lane is how one lane of one journal stands.
type Lane struct {
	stream.Lane
	Store    string
	AckedTo  int64     // everything up to here is durable
	Events   int64     // how many are stored
	Missing  int64     // numbers between them that the shop had to evict
	LastSeen time.Time // when the newest batch came
}

// Event is one event as it may be shown.
type Event struct {
	profileapi.Event
	Store    string
	Device   string
	Position int64 // order in which the index read it; what a page begins after
	Received time.Time
	// Forgotten: the body is not to be shown any more, or never came.
	Forgotten bool
}

// Filter says which events are wanted; empty fields want all.
type Filter struct{ Store, Device, Kind string }

func (f Filter) wants(e *Event) bool {
	return (f.Store == "" || f.Store == e.Store) && (f.Device == "" || f.Device == e.Device) && (f.Kind == "" || f.Kind == e.Kind())
}

// maxShown is the largest body kept for showing.
const maxShown = 64 << 10

// Index is safe for concurrent use.
type Index struct {
	streams Streams
	plain   *profileapi.Decompressor
	log     *slog.Logger
	keepFor time.Duration // how long batches are kept; for ever if zero
	ready   chan struct{} // closed when everything that was stored at the start has been read

	mu        sync.RWMutex
	lanes     map[stream.Lane]*Lane
	recent    []Event         // a ring; Position p is at p % len
	next      int64           // Position of the next event
	forgotten map[string]bool // subjects of visits
	also      map[string]bool // ids of single events: how a visit's garments came before it opened and where they went
	bad       int64
}

// New makes an index that holds the newest keep events in full. keepFor is how long batches are kept, for ever if zero.
func New(s Streams, keep int, keepFor time.Duration, log *slog.Logger) (*Index, error) {
	d, err := profileapi.NewDecompressor(profileapi.MaxBatchBytes)
	if err != nil {
		return nil, err
	}
	return &Index{
		streams: s, plain: d, log: log, keepFor: keepFor, ready: make(chan struct{}),
		lanes: map[stream.Lane]*Lane{}, recent: make([]Event, max(keep, 1)), forgotten: map[string]bool{}, also: map[string]bool{},
	}, nil
}

// Run keeps the index up to date until ctx ends. It may be called once.
func (x *Index) Run(ctx context.Context) error {
	return x.streams.TailBatches(ctx, func(b stream.Batch) error {
		x.add(b)
		return nil
	}, func() { close(x.ready) })
}

// Ready is closed when the index knows everything that was stored when it was started.
func (x *Index) Ready() <-chan struct{} { return x.ready }

// add takes a batch in. One that can not be read is counted and does not stop the others.
func (x *Index) add(b stream.Batch) {
	events, err := x.decode(b)
	x.mu.Lock()
	defer x.mu.Unlock()
	l := x.lanes[b.Lane]
	if l == nil {
		l = &Lane{Lane: b.Lane}
		x.lanes[b.Lane] = l
	}
	l.AckedTo, l.LastSeen = b.To, b.Received
	l.Events += int64(b.Count)
	l.Missing += b.To - b.From + 1 - int64(b.Count)
	if err != nil {
		x.bad++
		x.log.Error("a stored batch can not be read", "device", b.Device, "epoch", b.Epoch, "lane", b.Lane.Lane, "from", b.From, "error", err)
		return
	}
	for _, e := range events {
		l.Store, _, _ = profileapi.ParseSource(e.Source)
		if x.keepFor > 0 && time.Since(b.Received) > x.keepFor {
			continue
		}
		x.keep(Event{Event: e, Store: l.Store, Device: b.Device, Received: b.Received})
	}
}

func (x *Index) decode(b stream.Batch) ([]profileapi.Event, error) {
	plain, err := x.plain.Decompress(b.Body)
	if err != nil {
		return nil, err
	}
	return profileapi.DecodeBatch(plain)
}

// keep adds an event to the ring, and forgets what it says is to be forgotten.
func (x *Index) keep(e Event) {
	if e.Kind() == string(showroom.KindVisitForgotten) {
		x.forget(e.Data)
	}
	// The ring outlives the batch: it must not hold on to all of it for the sake of one body.
	e.Data = slices.Clone(e.Data)
	e.Forgotten = e.Data == nil || x.forgotten[e.Subject] || x.also[e.ID]
	if e.Forgotten || len(e.Data) > maxShown {
		e.Data = nil
	}
	e.Position = x.next
	x.recent[x.next%int64(len(x.recent))] = e
	x.next++
}

// forget drops the bodies of a visit and remembers to drop those to come.
func (x *Index) forget(data json.RawMessage) {
	var said showroom.VisitForgotten
	if err := json.Unmarshal(data, &said); err != nil || said.Visit == "" {
		x.bad++
		x.log.Error("a visit to forget can not be read", "error", err)
		return
	}
	subject := showroom.VisitSubject(said.Visit)
	x.forgotten[subject] = true
	for _, id := range said.Also {
		x.also[id] = true
	}
	for i := range x.recent {
		if x.recent[i].Subject == subject || x.also[x.recent[i].ID] {
			x.recent[i].Data, x.recent[i].Forgotten = nil, true
		}
	}
}

// Lanes answers every lane, by store, device, epoch and lane.
func (x *Index) Lanes() []Lane {
	x.mu.RLock()
	defer x.mu.RUnlock()
	lanes := make([]Lane, 0, len(x.lanes))
	for _, l := range x.lanes {
		lanes = append(lanes, *l)
	}
	slices.SortFunc(lanes, func(a, b Lane) int {
		return cmp.Or(strings.Compare(a.Store, b.Store), strings.Compare(a.Device, b.Device),
			strings.Compare(a.Epoch, b.Epoch), strings.Compare(a.Lane.Lane, b.Lane.Lane))
	})
	return lanes
}

// Recent answers at most limit of the kept events that the filter wants, newest first, with a Position below before; 0 begins with the
// newest of all. more says that there are older ones.
func (x *Index) Recent(f Filter, before int64, limit int) (events []Event, more bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if before <= 0 || before > x.next {
		before = x.next
	}
	oldest := max(x.next-int64(len(x.recent)), 0)
	for p := before - 1; p >= oldest; p-- {
		e := &x.recent[p%int64(len(x.recent))]
		if !f.wants(e) {
			continue
		}
		if len(events) == limit {
			return events, true
		}
		events = append(events, *e)
	}
	return events, false
}

// Totals answers how many events and visits to forget the index has read, and how many batches or events it could not read.
func (x *Index) Totals() (events, forgotten, bad int64) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.next, int64(len(x.forgotten)), x.bad
}

// Refs reads at most limit events of a lane after the lane sequence number given, straight from the stream and without their bodies.
// next is where to go on, 0 at the end.
func (x *Index) Refs(ctx context.Context, l stream.Lane, after int64, limit int) (refs []profileapi.EventRef, next int64, err error) {
	b, err := x.streams.BatchAfter(ctx, l, after)
	for ; ; b, err = x.streams.NextBatch(ctx, l, b.Seq) {
		if errors.Is(err, stream.ErrNone) {
			return refs, 0, nil
		}
		if err != nil {
			return nil, 0, err
		}
		events, err := x.decode(b)
		if err != nil {
			return nil, 0, fmt.Errorf("read batch at %d: %w", b.From, err)
		}
		for _, e := range events {
			_, _, seq, _ := profileapi.ParseEventID(e.ID)
			if seq <= after {
				continue
			}
			if len(refs) == limit {
				return refs, after, nil
			}
			refs = append(refs, profileapi.EventRef{ID: e.ID, Kind: e.Kind()})
			after = seq
		}
	}
}
