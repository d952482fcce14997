package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/sync/downlink"
	"showroom/sync/profileapi"
	"showroom/sync/uplink"
)

// centre makes the client of the central service. The token is read anew for each request, so that a renewed one needs no restart.
func (a *agent) centre() (*profileapi.Client, error) {
	if _, err := a.badge.token(); err != nil {
		return nil, fmt.Errorf("find token of the central service: %w", err)
	}
	return profileapi.NewClient(profileapi.Options{URL: a.cfg.Central.URL, Bearer: a.badge.token})
}

// runClock compares the clocks now and then: a wall time the central service agrees with can be trusted.
func (a *agent) runClock(ctx context.Context) error {
	client, err := a.centre()
	if err != nil {
		return err
	}
	for {
		next := time.Hour
		if server, err := client.Time(ctx); err == nil {
			a.clock.agree(a.clock.Now(), server)
		} else {
			next = time.Minute
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(next):
		}
	}
}

func (a *agent) runUplink(ctx context.Context) error {
	client, err := a.centre()
	if err != nil {
		return err
	}
	up, err := uplink.New(a.db, client, uplink.Options{
		Store: a.cfg.Store.ID, Device: cmp.Or(a.cfg.Central.Device, a.cfg.Store.ID), Log: a.log,
		BatchEvents: a.cfg.Central.BatchEvents, BatchDelay: a.cfg.Central.BatchDelay, RetryMax: retryMax,
		NewEpoch: func(ctx context.Context, lane showroom.LaneEnd, centre int64) error {
			return a.db.Update(ctx, func(tx *store.Tx) error {
				return tx.NewEpoch(lane.Epoch, fmt.Sprintf("the central service has %s up to %d, written here up to %d", lane.Lane, centre, lane.Last))
			})
		},
		Report: a.sentTo,
	})
	if err != nil {
		return err
	}
	return up.Run(ctx)
}

// retryMax is how long a shop waits at most before it tries the central service again: a person who has plugged the network back in
// should not wonder.
const retryMax = 30 * time.Second

func (a *agent) runDownlink(ctx context.Context) error {
	client, err := a.centre()
	if err != nil {
		return err
	}
	down, err := downlink.New(catalogue{a.db}, client, downlink.Options{
		Store: a.cfg.Store.ID, PollWait: a.cfg.Central.PollWait, RetryMax: retryMax, Log: a.log,
		Report: a.heardFrom, Wanted: a.db.PictureWanted(),
	})
	if err != nil {
		return err
	}
	return down.Run(ctx)
}

// sentTo notes on the board how the sending goes. Before its first try the uplink knows only how much there is to send.
func (a *agent) sentTo(s uplink.Sync) {
	a.syncing.Lock()
	defer a.syncing.Unlock()
	now := a.board.Sync()
	now.Waiting = s.Waiting
	if s.Connected || s.Err != nil {
		now.Connected, now.Error = s.Connected, text(s.Err)
	}
	if s.LastOK.After(now.LastOK) {
		now.LastOK = s.LastOK
	}
	a.board.SetSync(time.Now(), now)
}

// heardFrom notes on the board that the feed answered or did not: with nothing to send, it is the feed that notices first.
func (a *agent) heardFrom(s downlink.Sync) {
	a.syncing.Lock()
	defer a.syncing.Unlock()
	known := a.board.Sync()
	if s.Connected || s.Err != nil {
		known.Connected, known.Error = s.Connected, text(s.Err)
	}
	if s.LastOK.After(known.LastOK) {
		known.LastOK = s.LastOK
	}
	a.board.SetSync(time.Now(), known)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// catalogue lets the feed fill the store.
type catalogue struct{ db *store.DB }

const feedCursor = "feed"

// Cursor answers where the feed goes on.
func (c catalogue) Cursor(ctx context.Context) (cursor string, err error) {
	err = c.db.View(ctx, func(v *store.View) error {
		cursor, err = v.Cursor(feedCursor)
		return err
	})
	return cursor, err
}

// Apply saves a page, its cursor and the word to the screens in one transaction.
func (c catalogue) Apply(ctx context.Context, p downlink.Page) error {
	return c.db.Update(ctx, func(tx *store.Tx) error {
		if p.Cursor == "" {
			tx.FromSnapshot()
		} else if err := tx.SetCursor(feedCursor, p.Cursor); err != nil {
			return err
		}
		if err := put(tx, p); err != nil {
			return err
		}
		if touched := p.Buckets(); len(touched) > 0 {
			_, err := tx.Append(showroom.CatalogueChanged{Buckets: touched})
			return err
		}
		return nil
	})
}

func put(tx *store.Tx, p downlink.Page) error {
	for _, v := range p.Products {
		if err := tx.PutProduct(v.Value, v.Version); err != nil {
			return err
		}
	}
	for _, v := range p.Items {
		if err := tx.PutItem(v.Value, v.Version); err != nil {
			return err
		}
	}
	for _, v := range p.Prices {
		if err := tx.PutPrices(v.Value.GTIN, v.Value.Periods, v.Version); err != nil {
			return err
		}
	}
	for _, v := range p.Offers {
		if err := tx.PutOffer(v.Value, v.Version); err != nil {
			return err
		}
	}
	for _, v := range p.Stock {
		if err := tx.PutStock(v.Value, v.Version); err != nil {
			return err
		}
	}
	for _, d := range p.Deleted {
		if err := tx.Delete(store.Bucket(d.Bucket), d.Key, d.Version); err != nil {
			return err
		}
	}
	return nil
}

// Sweep removes what the centre does not have any more.
func (c catalogue) Sweep(ctx context.Context, bucket profileapi.Bucket, keep func(string) bool) error {
	return c.db.Update(ctx, func(tx *store.Tx) error {
		removed, err := tx.Sweep(store.Bucket(bucket), keep)
		if err != nil || removed == 0 {
			return err
		}
		_, err = tx.Append(showroom.CatalogueChanged{Buckets: []string{string(bucket)}})
		return err
	})
}

// MissingPictures answers pictures that are named and not here.
func (c catalogue) MissingPictures(ctx context.Context, n int) ([]string, error) {
	return c.db.MissingPictures(ctx, n)
}

// PutPicture keeps a picture and tells the screens that it is there now.
func (c catalogue) PutPicture(ctx context.Context, sha string, r io.Reader) error {
	if err := c.db.PutPicture(ctx, sha, r); err != nil {
		return err
	}
	return c.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Append(showroom.CatalogueChanged{Buckets: []string{"picture"}})
		return err
	})
}
