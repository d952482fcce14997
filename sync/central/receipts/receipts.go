// Package receipts knows where the sales lie that have arrived, so that a shopper's receipt can be shown.
//
// It is an index in memory, rebuilt at every start by reading the stream of batches from its first message. Of a sale it keeps the
// token that opens its receipt and its place in the stream, and nothing of what was bought: that is read from the stream when somebody
// asks. Retention takes a receipt away with the batch it came in; until the next start the index knows that it was here.
//
// A sale takes 45 to 90 bytes of memory, 70 of them on average (BenchmarkMemoryOfASale), and is known for as long as the stream keeps its
// batch. Where that is for ever, a chain of fifty shops that sells a thousand times a day in each needs 1.3 GB more every year.
package receipts

import (
	"context"
	"encoding/base64"
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

// place is where an event lies. There are as many as there were sales: it has no pointers, so that nobody has to follow them.
type place struct {
	batch uint64 // its place in the stream
	lane  uint32 // its place in the list of lanes
	nth   uint32 // of the events of its batch, which never change
}

// key is what is in a token.
type key [20]byte

func keyOf(token string) (k key, ok bool) {
	if !receipt.IsToken(token) {
		return k, false
	}
	n, err := base64.RawURLEncoding.Decode(k[:], []byte(token))
	return k, err == nil && n == len(k)
}

// Index is safe for concurrent use.
type Index struct {
	streams Streams
	plain   *profileapi.Decompressor
	log     *slog.Logger
	ready   chan struct{} // closed when everything that was stored at the start has been read

	mu      sync.RWMutex // guards the rest
	lanes   []stream.Lane
	number  map[stream.Lane]uint32 // of each lane in the list
	sales   map[key]place
	returns map[string][]place // by device and sale
	bad     int64
	last    uint64 // batch that was read
	holes   bool   // some of the stream was removed before it was read
}

// New makes an empty index.
func New(s Streams, log *slog.Logger) (*Index, error) {
	d, err := profileapi.NewDecompressor(profileapi.MaxBatchBytes)
	if err != nil {
		return nil, err
	}
	return &Index{
		streams: s, plain: d, log: log, ready: make(chan struct{}),
		number: map[stream.Lane]uint32{}, sales: map[key]place{}, returns: map[string][]place{},
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
	x.mu.Lock()
	x.holes = x.holes || b.Seq != x.last+1
	x.last = b.Seq
	if err != nil {
		x.bad++
	}
	x.mu.Unlock()
	if err != nil {
		x.log.Error("a stored batch can not be read for its sales", "device", b.Device, "from", b.From, "error", err)
		return
	}
	for i, e := range events {
		switch e.Kind() {
		case string(showroom.KindSaleCompleted), string(showroom.KindReturnCompleted):
			x.note(b, i, e)
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

// note notes the i-th event of a batch.
func (x *Index) note(b stream.Batch, i int, e profileapi.Event) {
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
	at := place{b.Seq, x.lane(b.Lane), uint32(i)} //nolint:gosec // a batch has a few hundred events
	token, genuine := keyOf(said.Sale.Token)
	switch {
	case err == nil && genuine:
		// The first one is the sale: nobody can put another one in its place by sending its token.
		if _, taken := x.sales[token]; !taken {
			x.sales[token] = at
		}
	case err == nil && said.Return.Sale != "":
		of := saleKey(b.Device, said.Return.Sale)
		x.returns[of] = append(x.returns[of], at)
	case err == nil && said.Sale.ID != "" && said.Sale.Till != "" && said.Sale.Token == "":
		// Paid at a till, which has given its own receipt.
	default:
		x.bad++
		x.log.Error("a sale or return can not be read", "device", b.Device, "id", e.ID)
	}
}

func saleKey(device string, sale showroom.SaleID) string { return device + "/" + string(sale) }

// lane answers the place of a lane in the list.
func (x *Index) lane(l stream.Lane) uint32 {
	n, known := x.number[l]
	if !known {
		n = uint32(len(x.lanes)) //nolint:gosec // there are a few for each shop
		x.lanes, x.number[l] = append(x.lanes, l), n
	}
	return n
}

// Find answers the sale of a token; receipt.ErrNone if there is none, receipt.ErrGone if it is kept no longer, and receipt.ErrAbsent if
// there is none and some had been removed before this index was made.
func (x *Index) Find(ctx context.Context, token string) (receipt.Found, error) {
	k, genuine := keyOf(token)
	x.mu.RLock()
	at, ok := x.sales[k]
	holes := x.holes
	x.mu.RUnlock()
	switch {
	case !genuine, !ok && !holes:
		return receipt.Found{}, receipt.ErrNone
	case !ok:
		return receipt.Found{}, receipt.ErrAbsent
	}
	var said showroom.SaleCompleted
	lane, source, err := x.read(ctx, at, &said)
	if errors.Is(err, errPurged) {
		return receipt.Found{}, receipt.ErrGone
	}
	if err != nil {
		return receipt.Found{}, err
	}
	found := receipt.Found{Sale: said.Sale}
	found.Store, _, _ = profileapi.ParseSource(source)
	x.mu.RLock()
	returns := x.returns[saleKey(lane.Device, said.Sale.ID)]
	x.mu.RUnlock()
	for _, r := range returns {
		var back showroom.ReturnCompleted
		switch _, _, err := x.read(ctx, r, &back); {
		case err == nil:
			// A journal that begins a new epoch sends again what it does not know to have been heard.
			if !slices.ContainsFunc(found.Returns, func(r showroom.Return) bool { return r.ID == back.Return.ID }) {
				found.Returns = append(found.Returns, back.Return)
			}
		case !errors.Is(err, errPurged):
			return receipt.Found{}, err
		}
	}
	return found, nil
}

// errPurged is a batch that retention has taken, or an event whose body was forgotten.
var errPurged = errors.New("kept no longer")

// read reads the body of an event out of the stream, and answers which lane it came by and who has sent it.
func (x *Index) read(ctx context.Context, at place, into any) (lane stream.Lane, source string, err error) {
	x.mu.RLock()
	lane = x.lanes[at.lane]
	x.mu.RUnlock()
	b, err := x.streams.NextBatch(ctx, lane, at.batch-1)
	if errors.Is(err, stream.ErrNone) || err == nil && b.Seq != at.batch {
		return lane, "", errPurged
	}
	if err != nil {
		return lane, "", err
	}
	events, err := x.decode(b)
	if err != nil {
		return lane, "", fmt.Errorf("read batch at %d: %w", b.From, err)
	}
	if int(at.nth) >= len(events) || events[at.nth].Data == nil {
		return lane, "", errPurged
	}
	e := events[at.nth]
	if err := json.Unmarshal(e.Data, into); err != nil {
		return lane, "", fmt.Errorf("read event %s: %w", e.ID, err)
	}
	return lane, e.Source, nil
}
