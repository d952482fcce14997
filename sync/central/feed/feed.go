// Package feed serves the catalogue, prices, stock and pictures to the shops, and takes them in from head office.
//
// The truth is a stream that keeps the newest state of each key; an entry's version is its place in that stream. Every gateway process
// reads the stream once into an index in memory, from which it answers all shops: there is no consumer per shop. A long poll sleeps
// until something changes in a bucket it wants.
//
// A cursor is the life of the feed, a mark of the filter, and a version. A cursor of another life or filter, or from a future that this
// feed has not seen, is answered with resync-required: following it would leave holes that nobody notices.
//
// Deleted keys stay in the feed as deletions, so that a shop that was away for a year still hears of them.
package feed

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// Streams is where entries and pictures are kept; *stream.Engine is one.
type Streams interface {
	TailEntries(ctx context.Context, f func(stream.Entry) error, caughtUp func()) error
	PublishEntries(ctx context.Context, entries []stream.Entry) (uint64, error)
	LastVersion(ctx context.Context) (uint64, error)
	Incarnation() string
	Pictures
}

// Counts are totals since the start, and how many long polls wait now.
type Counts struct{ Polls, Changes, Resyncs, Imports, Waiting int64 }

// Feed is safe for concurrent use.
type Feed struct {
	streams Streams
	stores  []string // sorted; none: nobody knows
	log     *slog.Logger
	index   *index
	ready   chan struct{}
	answers profileapi.Answers
	body    *profileapi.Decompressor
	// importing is held while an import compares and publishes: two at once would each see half of the other.
	importing sync.Mutex

	polls, changes, resyncs, imports atomic.Int64
}

// maxImport is the most bytes of an import, decompressed: some 500,000 items.
const maxImport = 512 << 20

// New makes a Feed. stores are all shops there are; none means that nobody knows.
func New(s Streams, stores []string, log *slog.Logger) (*Feed, error) {
	body, err := profileapi.NewDecompressor(maxImport)
	if err != nil {
		return nil, err
	}
	return &Feed{streams: s, stores: slices.Sorted(slices.Values(stores)), log: log, index: newIndex(), ready: make(chan struct{}), body: body}, nil
}

// Run keeps the index up to date until ctx ends. It may be called once.
func (f *Feed) Run(ctx context.Context) error {
	return f.streams.TailEntries(ctx, func(e stream.Entry) error {
		f.index.add(e)
		return nil
	}, func() { close(f.ready) })
}

// Ready is closed when the index knows everything that was in the feed when it was started.
func (f *Feed) Ready() <-chan struct{} { return f.ready }

// Counts answers the totals.
func (f *Feed) Counts() Counts {
	return Counts{f.polls.Load(), f.changes.Load(), f.resyncs.Load(), f.imports.Load(), int64(f.index.waiters())}
}

// ServeChanges answers GET /v1/changes.
func (f *Feed) ServeChanges(w http.ResponseWriter, r *http.Request) {
	f.polls.Add(1)
	q := r.URL.Query()
	store := q.Get("store")
	after, err := f.parseCursor(r.Context(), q.Get("cursor"), store)
	if err != nil {
		f.refuse(w, err)
		return
	}
	limit := bounded(q.Get("max"), 1000, profileapi.MaxPage)
	seconds := bounded(q.Get("wait"), 0, int(profileapi.MaxWait/time.Second))
	entries, upTo, more := f.next(r.Context(), partsFor(store), after, limit, time.Duration(seconds)*time.Second)
	f.changes.Add(int64(len(entries)))
	f.answers.JSON(w, r, http.StatusOK, profileapi.Changes{Cursor: f.cursor(upTo, store), Changes: wire(entries), More: more})
}

// next waits until there is something after the version, or for so long.
func (f *Feed) next(ctx context.Context, parts []string, after uint64, limit int, wait time.Duration) ([]stream.Entry, uint64, bool) {
	note, stop := f.index.wait(parts) // before looking, so that nothing falls between
	defer stop()
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		entries, upTo, more := f.index.after(parts, after, limit)
		if len(entries) > 0 || wait == 0 {
			return entries, upTo, more
		}
		select {
		case <-note:
		case <-timeout.C:
			wait = 0
		case <-ctx.Done():
			return nil, after, false
		}
	}
}

// ServeSnapshot answers GET /v1/snapshot/{bucket}. Pages go by version: what changes while somebody reads moves to the end and is read
// there, or by following the cursor.
func (f *Feed) ServeSnapshot(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	store, part := q.Get("store"), r.PathValue("bucket")
	if part == string(profileapi.BucketStock) {
		part = stockPart(store)
	}
	after, err := parseVersion(q.Get("after"))
	if err != nil {
		f.refuse(w, &profileapi.Problem{Type: profileapi.TypeInvalid, Title: "Invalid after", Status: http.StatusBadRequest, Detail: "Use the next of the page before."})
		return
	}
	// Before the page is read: a deletion between the two is then followed rather than lost.
	head, _ := f.index.at()
	page := profileapi.Snapshot{Cursor: f.cursor(head, store)}
	entries, upTo, more := f.index.after([]string{part}, after, bounded(q.Get("limit"), 1000, profileapi.MaxPage))
	if more {
		page.Next = strconv.FormatUint(upTo, 36)
	}
	live := entries[:0]
	for _, e := range entries {
		if !e.Deleted {
			live = append(live, e)
		}
	}
	page.Changes = wire(live)
	f.answers.JSON(w, r, http.StatusOK, page)
}

func wire(entries []stream.Entry) []profileapi.Change {
	changes := make([]profileapi.Change, len(entries))
	for i, e := range entries {
		changes[i] = profileapi.Change{Bucket: profileapi.Bucket(e.Bucket), Key: e.Key, Version: int64(e.Version), Deleted: e.Deleted, Value: e.Value}
	}
	return changes
}

// partsFor names the parts a shop follows.
func partsFor(store string) []string {
	parts := []string{string(profileapi.BucketProduct), string(profileapi.BucketItem), string(profileapi.BucketPrice), string(profileapi.BucketOffer)}
	if store != "" {
		parts = append(parts, stockPart(store))
	}
	return parts
}

func (f *Feed) cursor(version uint64, store string) string {
	return f.streams.Incarnation() + "." + filterMark(store) + "." + strconv.FormatUint(version, 36)
}

// filterMark stands for what the cursor was made for: under another filter the same version would skip what that filter adds.
func filterMark(store string) string {
	h := fnv.New32a()
	for _, part := range partsFor(store) {
		_, _ = h.Write([]byte(part + "\n")) // a hash takes everything
	}
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

// parseCursor answers the version in a cursor that can be followed, else a *Problem.
func (f *Feed) parseCursor(ctx context.Context, cursor, store string) (uint64, error) {
	if cursor == "" {
		return 0, nil
	}
	life, rest, _ := strings.Cut(cursor, ".")
	mark, version, _ := strings.Cut(rest, ".")
	v, err := parseVersion(version)
	if err != nil || version == "" || life != f.streams.Incarnation() || mark != filterMark(store) {
		return 0, f.resync()
	}
	if head, _ := f.index.at(); v > head { // another gateway may be ahead of us; nobody is ahead of the stream
		last, err := f.streams.LastVersion(ctx)
		if err != nil {
			return 0, err
		}
		if v > last {
			return 0, f.resync()
		}
	}
	return v, nil
}

func (f *Feed) resync() error {
	f.resyncs.Add(1)
	return &profileapi.Problem{
		Type: profileapi.TypeResync, Title: "Cursor can not be followed", Status: http.StatusConflict,
		Detail: "Read " + profileapi.PathSnapshot + " for every bucket and follow from the first page's cursor.",
	}
}

func (f *Feed) refuse(w http.ResponseWriter, err error) {
	p, ok := profileapi.AsProblem(err)
	if !ok {
		f.log.Error("answering from the feed failed", "error", err)
		p = &profileapi.Problem{Type: profileapi.TypeUnavailable, Title: "Not now", Status: http.StatusServiceUnavailable, RetryAfter: time.Second}
	}
	f.answers.Problem(w, p)
}

func parseVersion(s string) (uint64, error) {
	if s == "" {
		return 0, nil
	}
	v, err := strconv.ParseUint(s, 36, 63)
	if err != nil {
		return 0, fmt.Errorf("read version: %w", err)
	}
	return v, nil
}

// bounded reads a number from a query: fallback if there is none above 0, never more than most.
func bounded(s string, fallback, most int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return fallback
	}
	return min(n, most)
}

// Count answers how many keys a bucket that all shops share has.
func (f *Feed) Count(bucket profileapi.Bucket) int { return len(f.index.keys(string(bucket))) }

// Products answers how many products there are and at most limit of them after the first skip, in the order of their versions.
func (f *Feed) Products(skip, limit int) (total int, page []profileapi.Change) {
	keys := f.index.keys(string(profileapi.BucketProduct))
	for _, key := range keys[min(skip, len(keys)):min(skip+limit, len(keys))] {
		if e, ok := f.index.current(string(profileapi.BucketProduct), key); ok {
			page = append(page, wire([]stream.Entry{e})...)
		}
	}
	return len(keys), page
}
