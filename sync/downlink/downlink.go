// Package downlink brings the catalogue, prices, stock and pictures from the central service into the shop.
//
// It waits at the centre for changes after the cursor that the catalogue itself keeps, and hands every page over together with the
// next cursor, so that the two are saved in one transaction: a page is applied entirely or asked for again. When the centre no
// longer knows the cursor, all buckets are read anew and what the centre no longer has is swept out; until then the old catalogue
// goes on serving.
//
// A value that can not be right - a GTIN with a wrong check digit, a negative price - is logged, counted and left out. It never
// holds up the rest.
package downlink

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/sync/profileapi"
)

// Catalogue is what is kept in the shop.
type Catalogue interface {
	// Cursor answers what the last Apply saved, "" if nothing ever was.
	Cursor(ctx context.Context) (string, error)
	// Apply saves the page and its cursor in one transaction. What it names replaces what was there, whatever the versions: they
	// start again from 1 when the centre begins a new life.
	Apply(ctx context.Context, p Page) error
	// Sweep deletes every key of the bucket for which keep answers false. Keys are those of Deletion.
	Sweep(ctx context.Context, bucket profileapi.Bucket, keep func(key string) bool) error
	// MissingPictures answers at most n sums in hex of pictures that products and items name and that are not here.
	MissingPictures(ctx context.Context, n int) ([]string, error)
	// PutPicture saves what r gives. When r fails with anything but io.EOF, nothing may be kept.
	PutPicture(ctx context.Context, sha string, r io.Reader) error
}

// Centre is what is asked; *profileapi.Client is one.
type Centre interface {
	Changes(ctx context.Context, store, cursor string, wait time.Duration, limit int) (profileapi.Changes, error)
	Snapshot(ctx context.Context, bucket profileapi.Bucket, store, after string, limit int) (profileapi.Snapshot, error)
	Picture(ctx context.Context, sha string) (io.ReadCloser, error)
}

// Page is a piece of the feed. Keys in it are distinct, so the order in which it is applied does not matter.
type Page struct {
	// Cursor is to be saved with the page; "" leaves the saved one as it is.
	Cursor   string
	Products []Versioned[showroom.Product]
	Items    []Versioned[showroom.Item]
	Prices   []Versioned[ItemPrices]
	Offers   []Versioned[showroom.Offer]
	Stock    []Versioned[showroom.Stock]
	Deleted  []Deletion
}

// Buckets names the buckets the page touches.
func (p Page) Buckets() []string {
	touched := map[profileapi.Bucket]bool{
		profileapi.BucketProduct: len(p.Products) > 0, profileapi.BucketItem: len(p.Items) > 0,
		profileapi.BucketPrice: len(p.Prices) > 0, profileapi.BucketOffer: len(p.Offers) > 0, profileapi.BucketStock: len(p.Stock) > 0,
	}
	for _, d := range p.Deleted {
		touched[d.Bucket] = true
	}
	var names []string
	for _, b := range profileapi.Buckets() {
		if touched[b] {
			names = append(names, string(b))
		}
	}
	return names
}

// Versioned is a value with the version the centre gave it.
type Versioned[T any] struct {
	Version int64
	Value   T
}

// ItemPrices is every price of an item, now and planned. It replaces all prices of that item.
type ItemPrices struct {
	GTIN    gs1.GTIN
	Periods []showroom.Price
}

// Deletion names something that is no more: a product or an offer by its id, everything else by its GTIN of 14 digits.
type Deletion struct {
	Bucket  profileapi.Bucket
	Key     string
	Version int64
}

// Sync is how the connection stands.
type Sync struct {
	Connected bool      // the last question was answered, whatever the answer
	LastOK    time.Time // of the last good answer; zero before the first
	Err       error     // why the last try failed; nil if it did not
	BadValues int64     // left out since the start
}

// Options are set once. Zero numbers mean the value named.
type Options struct {
	Store  string
	Report func(Sync) // called from one goroutine at a time whenever something changed; may be nil
	Now    func() time.Time
	// Wanted has something in it when pictures may be missing though no page was applied; nil for never.
	Wanted <-chan struct{}
	Log    *slog.Logger

	PollWait time.Duration // how long a question waits at the centre; 25 s
	PageSize int           // most changes in a page; 1000
	RetryMin time.Duration // first pause after a failure is random below twice this; 1 s
	RetryMax time.Duration // pauses do not grow beyond; 60 s
}

// Downlink is the connection of one catalogue to one centre.
type Downlink struct {
	catalogue Catalogue
	centre    Centre
	opts      Options
	state     Sync // of the feed's goroutine
}

// New makes a Downlink. It does nothing until Run.
func New(cat Catalogue, c Centre, o Options) (*Downlink, error) {
	if o.Store == "" {
		return nil, errors.New("downlink needs a store")
	}
	o.PollWait = min(cmp.Or(o.PollWait, 25*time.Second), profileapi.MaxWait)
	o.PageSize = min(cmp.Or(o.PageSize, 1000), profileapi.MaxPage)
	o.RetryMin = cmp.Or(o.RetryMin, time.Second)
	o.RetryMax = cmp.Or(o.RetryMax, time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Downlink{catalogue: cat, centre: c, opts: o}, nil
}

// Run follows the feed and fetches pictures until ctx ends, and answers its error, or the catalogue's when that cannot be read or
// written.
func (d *Downlink) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	applied := make(chan struct{}, 1) // "there may be new pictures"; one note is enough, more are dropped
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := d.fetchPictures(ctx, applied); err != nil {
			cancel(err)
		}
	}()
	err := d.follow(ctx, applied)
	cancel(err)
	<-done
	return context.Cause(ctx)
}

// follow asks for changes for ever.
func (d *Downlink) follow(ctx context.Context, applied chan<- struct{}) error {
	retry := d.newRetry()
	for {
		err := d.poll(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, new(catalogueError)):
			return err
		case err != nil:
			if err := wait(ctx, d.failed(err, retry)); err != nil {
				return err
			}
			continue
		}
		retry.Reset()
		d.report(func(s *Sync) { s.Connected, s.LastOK, s.Err = true, d.opts.Now(), nil })
		select {
		case applied <- struct{}{}:
		default:
		}
	}
}

// poll asks once and applies the answer.
func (d *Downlink) poll(ctx context.Context) error {
	cursor, err := d.catalogue.Cursor(ctx)
	if err != nil {
		return catalogueError{"read cursor", err}
	}
	patience := d.opts.PollWait
	if !d.state.Connected {
		patience = 0 // whether the centre is there at all should not take as long as the news it may have
	}
	answer, err := d.centre.Changes(ctx, d.opts.Store, cursor, patience, d.opts.PageSize)
	if p, ok := profileapi.AsProblem(err); ok && p.Type == profileapi.TypeResync {
		return d.resync(ctx)
	}
	if err != nil || answer.Cursor == cursor {
		return err
	}
	return d.apply(ctx, answer.Changes, answer.Cursor)
}

func (d *Downlink) apply(ctx context.Context, changes []profileapi.Change, cursor string) error {
	page := d.convert(changes)
	page.Cursor = cursor
	if err := d.catalogue.Apply(ctx, page); err != nil {
		return catalogueError{"apply page", err}
	}
	return nil
}

// resync reads every bucket anew. The cursor is saved last: whatever stops it before, it starts over.
func (d *Downlink) resync(ctx context.Context) error {
	d.opts.Log.Warn("centre does not know our cursor, reading everything anew")
	cursor := ""
	for _, bucket := range profileapi.Buckets() {
		follow, err := d.readBucket(ctx, bucket)
		if err != nil {
			return err
		}
		if cursor == "" {
			cursor = follow
		}
	}
	return d.apply(ctx, nil, cursor)
}

// readBucket replaces a bucket by the centre's and answers where its changes are to be followed from.
func (d *Downlink) readBucket(ctx context.Context, bucket profileapi.Bucket) (cursor string, err error) {
	keep := map[string]bool{}
	after := ""
	for {
		page, err := d.centre.Snapshot(ctx, bucket, d.opts.Store, after, d.opts.PageSize)
		if err != nil {
			return "", err
		}
		if cursor == "" {
			cursor = page.Cursor
		}
		for _, c := range page.Changes {
			keep[d.localKey(c)] = !d.elsewhere(c)
		}
		if err := d.apply(ctx, page.Changes, ""); err != nil {
			return "", err
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if err := d.catalogue.Sweep(ctx, bucket, func(key string) bool { return keep[key] }); err != nil {
		return "", catalogueError{"sweep bucket " + string(bucket), err}
	}
	return cursor, nil
}

// catalogueError is a failure on our side of the line: asking again does not help.
type catalogueError struct {
	what string
	err  error
}

func (e catalogueError) Error() string { return e.what + " of catalogue: " + e.err.Error() }
func (e catalogueError) Unwrap() error { return e.err }

// failed notes a failure, logging only the first of a row, and answers how long to rest.
func (d *Downlink) failed(err error, retry *backoff.ExponentialBackOff) time.Duration {
	if d.state.Err == nil {
		d.opts.Log.Warn("asking for changes failed, will try again", "error", err)
	}
	p, answered := profileapi.AsProblem(err)
	d.report(func(s *Sync) { s.Connected, s.Err = answered, err })
	pause := retry.NextBackOff()
	if answered {
		pause = max(pause, p.RetryAfter)
	}
	return pause
}

func (d *Downlink) report(change func(*Sync)) {
	change(&d.state)
	if d.opts.Report != nil {
		d.opts.Report(d.state)
	}
}

// newRetry makes a backoff with full jitter.
func (d *Downlink) newRetry() *backoff.ExponentialBackOff {
	b := &backoff.ExponentialBackOff{InitialInterval: d.opts.RetryMin, RandomizationFactor: 1, Multiplier: 2, MaxInterval: d.opts.RetryMax / 2}
	b.Reset()
	return b
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
