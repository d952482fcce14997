// Package central is the service in head office that the shops send their facts to and get their catalogue from. It wires the parts
// and owns the HTTP server; stream keeps, ingest takes in, feed gives out, fleet, receipts and web show.
package central

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"showroom/agent/pan"
	"showroom/agent/receipt/receiptweb"
	"showroom/sync/central/feed"
	"showroom/sync/central/fleet"
	"showroom/sync/central/ingest"
	"showroom/sync/central/receipts"
	"showroom/sync/central/stream"
	"showroom/sync/central/web"
	"showroom/sync/profileapi"
)

// shutdownTimeout is how long requests under way may take when the service ends. Long polls end at once.
const shutdownTimeout = 10 * time.Second

// service is a running central service.
type service struct {
	cfg    Config
	log    *slog.Logger
	engine *stream.Engine
	ingest *ingest.Ingest
	feed   *feed.Feed
	fleet  *fleet.Index
	web    *web.Web
	access access

	sales    *receipts.Index
	receipts *receiptweb.Pages

	answers profileapi.Answers
}

// Run serves until ctx ends, and answers nil if it ended in order.
func Run(ctx context.Context, cfg Config) error {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Log = slog.New(pan.Handler(cfg.Log.Handler())) // whoever asks may put card numbers into an address
	if cfg.KeepEvents <= 0 {
		cfg.KeepEvents = 10_000
	}
	if err := cfg.validate(); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	unlock, err := lock(cfg.StateDir)
	if err != nil {
		return err
	}
	defer unlock()
	s, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.engine.Close()
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return s.run(ctx, listener)
}

// lock keeps a second process out of the folder for as long as this one lives.
func lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make state folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock state folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("state folder %s is used by another process: %w", dir, err)
	}
	return func() { f.Close() }, nil
}

func open(ctx context.Context, cfg Config) (*service, error) {
	streams := cfg.Cluster
	streams.Log = cfg.Log
	streams.Dir = filepath.Join(cfg.StateDir, "streams")
	engine, err := stream.Open(ctx, streams)
	if err != nil {
		return nil, err
	}
	s := &service{cfg: cfg, log: cfg.Log, engine: engine, access: newAccess(cfg)}
	if err := s.parts(); err != nil {
		engine.Close()
		return nil, err
	}
	return s, nil
}

func (s *service) parts() (err error) {
	if s.ingest, err = ingest.New(s.engine, s.log); err != nil {
		return err
	}
	if s.feed, err = feed.New(s.engine, slices.Collect(maps.Keys(s.cfg.Shops)), s.log); err != nil {
		return err
	}
	if s.fleet, err = fleet.New(s.engine, s.cfg.KeepEvents, s.cfg.KeepBatches, s.log); err != nil {
		return err
	}
	if s.sales, err = receipts.New(s.engine, s.log); err != nil {
		return err
	}
	s.receipts = receiptweb.New(receiptweb.Options{Sales: s.sales, Keys: s.cfg.receiptKeys(), Sellers: s.cfg.sellers(), Log: s.log})
	s.web, err = web.New(s.fleet, s.feed, s.cfg.KeepEvents, s.log)
	return err
}

// run starts the parts, joins them all, and answers why the first of them ended.
func (s *service) run(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var parts sync.WaitGroup
	start := func(what string, run func(context.Context) error) {
		parts.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				cancel(fmt.Errorf("%s: %w", what, err))
			}
		})
	}
	start("fleet index", s.fleet.Run)
	start("feed index", s.feed.Run)
	start("receipt index", s.sales.Run)
	if s.cfg.KeepBatches > 0 {
		start("retention", s.retain)
	}
	start("http server", func(ctx context.Context) error { return s.serve(ctx, listener) })
	if s.cfg.Listening != nil {
		s.cfg.Listening(listener.Addr())
	}
	parts.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// retain removes what has been kept long enough, now and every hour. A lane that can not be purged is tried again the next hour.
func (s *service) retain(ctx context.Context) error {
	select {
	case <-s.fleet.Ready():
	case <-ctx.Done():
		return ctx.Err()
	}
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		for _, l := range s.fleet.Lanes() {
			if err := s.engine.PurgeBatches(ctx, l.Lane, time.Now().Add(-s.cfg.KeepBatches)); err != nil && ctx.Err() == nil {
				s.log.Error("removing old batches failed", "device", l.Device, "epoch", l.Epoch, "lane", l.Lane.Lane, "error", err)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *service) serve(ctx context.Context, listener net.Listener) error {
	srv := &http.Server{
		Handler:           s.routes(),
		BaseContext:       func(net.Listener) context.Context { return ctx }, // ends the long polls
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       5 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1) // holds the one error of Serve
	go func() {
		if s.cfg.TLSCert != "" {
			ended <- srv.ServeTLS(listener, s.cfg.TLSCert, s.cfg.TLSKey)
		} else {
			ended <- srv.Serve(listener)
		}
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := srv.Shutdown(stop)
	if err != nil {
		err = errors.Join(err, srv.Close())
	}
	<-ended
	return err
}
