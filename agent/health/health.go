// Package health tells machines how the agent is: metrics for Prometheus, two plain questions for load balancers and scripts, and
// systemd's notify protocol.
//
// Alive means that the database answers; ready means that it can be written. The central service being away makes the agent
// neither dead nor unready: offline is a normal state and must never cause a restart.
package health

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"showroom/agent/ingest"
	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// Options are where the figures come from. Broker is nil without an embedded one, Tills without staffed tills.
type Options struct {
	Version string
	Devices []showroom.DeviceID // configured, in order
	Ingest  func() ingest.Stats
	Streams func() int64
	Broker  func() Broker
	Tills   func() Tills
	Central bool
	Log     *slog.Logger
}

// Broker is what the embedded broker has counted.
type Broker struct {
	Clients  int64  // connected now
	Received uint64 // messages clients have published
	Dropped  uint64 // messages slow subscribers did not take
	Denied   uint64 // sign-ins and topics refused
}

// Tills is what has been counted of the messages of staffed tills.
type Tills struct {
	Taken      uint64 // events taken for the first time
	Duplicates uint64 // events that had been taken before
	Twice      uint64 // events that were taken, and had the number of the one before
	Foreign    uint64 // events that were taken, with amounts in another currency than the shop's
	Dead       uint64 // messages nobody understood
}

// Health answers. Its Handler may be used from any goroutine.
type Health struct {
	db      *store.DB
	board   *live.Board
	opt     Options
	handler http.Handler
}

// New makes a Health. It starts nothing.
func New(db *store.DB, board *live.Board, opt Options) *Health {
	h := &Health{db: db, board: board, opt: opt}
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&figures{h: h},
	)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.serveAlive)
	mux.HandleFunc("GET /readyz", h.serveReady)
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	h.handler = mux
	return h
}

// Handler serves /healthz, /readyz and /metrics.
func (h *Health) Handler() http.Handler { return h.handler }

// patience is how long the database may take to answer before the agent counts as stuck.
const patience = 5 * time.Second

func (h *Health) alive(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := h.db.Head(ctx)
	return err
}

func (h *Health) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := errors.Join(h.db.Update(ctx, func(*store.Tx) error { return nil }), h.db.Reserve())
	if failing := h.opt.Ingest(); failing.Failure != "" {
		err = errors.Join(err, fmt.Errorf("changes of the rooms can not be saved since %s: %s", failing.Failing.Format(time.TimeOnly), failing.Failure))
	}
	return err
}

func (h *Health) serveAlive(w http.ResponseWriter, r *http.Request) {
	answer(w, h.alive(r.Context()))
}

func (h *Health) serveReady(w http.ResponseWriter, r *http.Request) {
	answer(w, h.ready(r.Context()))
}

func answer(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, err)
		return
	}
	fmt.Fprintln(w, "ok")
}

// Run tells systemd that the agent is ready and, as long as the database answers, that it is alive. Without systemd it only waits.
func (h *Health) Run(ctx context.Context) error {
	if _, err := daemon.SdNotify(false, daemon.SdNotifyReady); err != nil {
		h.opt.Log.Warn("Service manager can not be told that the agent is ready", "err", err)
	}
	defer func() { _, _ = daemon.SdNotify(false, daemon.SdNotifyStopping) }()
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	tick := time.NewTicker(every / 3)
	defer tick.Stop()
	for {
		if err := h.alive(ctx); err == nil {
			_, _ = daemon.SdNotify(false, daemon.SdNotifyWatchdog+"\nSTATUS="+h.line())
		} else if ctx.Err() == nil {
			h.opt.Log.Error("Database does not answer", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// line is the agent's state in one line.
func (h *Health) line() string {
	up := 0
	for _, id := range h.opt.Devices {
		if d, ok := h.board.Device(id); ok && d.State == devices.Up {
			up++
		}
	}
	line := fmt.Sprintf("%d of %d devices up", up, len(h.opt.Devices))
	if sync := h.board.Sync(); h.opt.Central && !sync.Connected {
		line += fmt.Sprintf("; central service not reached, %d events waiting", sync.Waiting)
	}
	return line
}
