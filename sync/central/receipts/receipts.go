// Package receipts knows where the sales lie that have arrived, so that a shopper's receipt can be shown.
//
// It is an index in memory, rebuilt at every start by reading the stream of batches from its first message. Of a sale it keeps the
// token that opens its receipt and its place in the stream, and nothing of what was bought: that is read from the stream when somebody
// asks. Retention takes a receipt away with the batch it came in.
package receipts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"showroom/agent/receipt"
	"showroom/agent/showroom"
	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// Streams is what the index is made from; *stream.Engine is one.
type Streams interface {
	TailBatches(ctx context.Context, f func(stream.Batch) error, caughtUp func()) error
	NextBatch(ctx context.Context, l stream.Lane, seq uint64) (stream.Batch, error)
}

// place is where an event lies.
type place struct {
	lane  *stream.Lane // shared by all events of a lane
	batch uint64       // its place in the stream
	id    string
}

// Index is safe for concurrent use.
type Index struct {
	streams Streams
	plain   *profileapi.Decompressor
	log     *slog.Logger
	ready   chan struct{} // closed when everything that was stored at the start has been read

	mu      sync.RWMutex
	lanes   map[stream.Lane]*stream.Lane
	sales   map[string]place   // by token
	returns map[string][]place // by device and sale
	bad     int64
}

// New makes an empty index.
func New(s Streams, log *slog.Logger) (*Index, error) {
	d, err := profileapi.NewDecompressor(profileapi.MaxBatchBytes)
	if err != nil {
		return nil, err
	}
	return &Index{
		streams: s, plain: d, log: log, ready: make(chan struct{}),
		lanes: map[stream.Lane]*stream.Lane{}, sales: map[string]place{}, returns: map[string][]place{},
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

// Count is how many sales are known, how many of them had something come back, and how many batches or events could not be read.
func (x *Index) Count() (sales, returned int, bad int64) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.sales), len(x.returns), x.bad
}

// add notes the sales and returns of a batch. What can not be read is counted and does not stop the others.
func (x *Index) add(b stream.Batch) {
	events, err := x.decode(b)
	if err != nil {
		x.mu.Lock()
		x.bad++
		x.mu.Unlock()
		x.log.Error("a stored batch can not be read for its sales", "device", b.Device, "from", b.From, "error", err)
		return
	}
	for _, e := range events {
		switch e.Kind() {
		case string(showroom.KindSaleCompleted), string(showroom.KindReturnCompleted):
			x.note(b, e)
		}
	}
}

func (x *Index) decode(b stream.Batch) ([]profileapi.Event, error) {
	plain, err := x.plain.Decompress(b.Body)
	if err != nil {
		return nil, err
	}
	return profileapi.DecodeBatch(plain)
}

func (x *Index) note(b stream.Batch, e profileapi.Event) {
	var said struct {
		Sale struct {
			ID    showroom.SaleID `json:"id"`
			Till  showroom.TillID `json:"till"`
			Token string          `json:"token"`
		} `json:"sale"`
		Return struct {
			Sale showroom.SaleID `json:"sale"`
		} `json:"return"`
	}
	err := json.Unmarshal(e.Data, &said)
	x.mu.Lock()
	defer x.mu.Unlock()
	at := place{x.lane(b.Lane), b.Seq, e.ID}
	switch {
	case err == nil && receipt.IsToken(said.Sale.Token):
		// The first one is the sale: nobody can put another one in its place by sending its token.
		if _, taken := x.sales[said.Sale.Token]; !taken {
			x.sales[said.Sale.Token] = at
		}
	case err == nil && said.Return.Sale != "":
		key := saleKey(b.Device, said.Return.Sale)
		x.returns[key] = append(x.returns[key], at)
	case err == nil && said.Sale.ID != "" && said.Sale.Till != "" && said.Sale.Token == "":
		// Paid at a till, which has given its own receipt.
	default:
		x.bad++
		x.log.Error("a sale or return can not be read", "device", b.Device, "id", e.ID)
	}
}

func saleKey(device string, sale showroom.SaleID) string { return device + "/" + string(sale) }

func (x *Index) lane(l stream.Lane) *stream.Lane {
	if x.lanes[l] == nil {
		x.lanes[l] = &l
	}
	return x.lanes[l]
}

// Find answers the sale of a token, receipt.ErrNone if there is none.
func (x *Index) Find(ctx context.Context, token string) (receipt.Found, error) {
	x.mu.RLock()
	at, ok := x.sales[token]
	x.mu.RUnlock()
	if !ok {
		return receipt.Found{}, receipt.ErrNone
	}
	var said showroom.SaleCompleted
	source, err := x.read(ctx, at, &said)
	if err != nil {
		return receipt.Found{}, err
	}
	found := receipt.Found{Sale: said.Sale}
	found.Store, _, _ = profileapi.ParseSource(source)
	x.mu.RLock()
	returns := x.returns[saleKey(at.lane.Device, said.Sale.ID)]
	x.mu.RUnlock()
	for _, r := range returns {
		var back showroom.ReturnCompleted
		switch _, err := x.read(ctx, r, &back); {
		case err == nil:
			// A journal that begins a new epoch sends again what it does not know to have been heard.
			if !slices.ContainsFunc(found.Returns, func(r showroom.Return) bool { return r.ID == back.Return.ID }) {
				found.Returns = append(found.Returns, back.Return)
			}
		case !errors.Is(err, receipt.ErrNone):
			return receipt.Found{}, err
		}
	}
	return found, nil
}

// read reads the body of an event out of the stream.
func (x *Index) read(ctx context.Context, at place, into any) (source string, err error) {
	b, err := x.streams.NextBatch(ctx, *at.lane, at.batch-1)
	if errors.Is(err, stream.ErrNone) || err == nil && b.Seq != at.batch {
		return "", receipt.ErrNone
	}
	if err != nil {
		return "", err
	}
	events, err := x.decode(b)
	if err != nil {
		return "", fmt.Errorf("read batch at %d: %w", b.From, err)
	}
	for _, e := range events {
		if e.ID != at.id {
			continue
		}
		if err := json.Unmarshal(e.Data, into); err != nil {
			return "", fmt.Errorf("read event %s: %w", e.ID, err)
		}
		return e.Source, nil
	}
	return "", receipt.ErrNone
}
