// Package httpd serves the agent's API to the kiosks, the staff page and whoever wants to know how the agent is, over a unix socket
// and loopback TCP. It decides nothing: it finds out who asks, calls a use case in one transaction and shapes the answer.
//
// A POST carries an id made by the client; the same id does the thing once. The stream carries hints: the GET is the truth.
package httpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"showroom/agent/capture"
	"showroom/agent/customer"
	"showroom/agent/fitting"
	"showroom/agent/live"
	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Device is a machine of the shop as the configuration names it.
type Device struct {
	ID    showroom.DeviceID
	Sort  string // "reader", "gateway", "scanner", "settler" or "printer"
	Kind  string
	Rooms []showroom.RoomID
	Else  []string // what else it serves: "tray/t1", "zone/denim", "kiosk/sco1"
}

// Options are what the server tells of the shop. Staff and Health are served as they are, below /staff and at the health paths.
type Options struct {
	Store   showroom.StoreID
	Name    string
	Version string
	Started time.Time
	Devices []Device
	Central bool           // a central service is configured
	Tags    *customer.Tags // nil: nothing about tags is served
	// Captures of what devices say in front of the privacy filter; nil: none can be made.
	Captures *capture.Captures
	Checkout *Checkout // nil: nobody pays here
	Counter  *Counter  // nil: there are no machines at the counter
	Staff    http.Handler
	Health   http.Handler
	Log      *slog.Logger
}

// Server answers. Its Handler may serve any number of listeners at once.
type Server struct {
	db       *store.DB
	rooms    *fitting.Rooms
	sessions *session.Sessions
	board    *live.Board
	opt      Options
	log      *slog.Logger
	handler  http.Handler
	streams  atomic.Int64
}

// maxBody is more than any command needs.
const maxBody = 64 << 10

// New builds the routes. It starts nothing.
func New(db *store.DB, rooms *fitting.Rooms, sessions *session.Sessions, board *live.Board, opt Options) *Server {
	s := &Server{db: db, rooms: rooms, sessions: sessions, board: board, opt: opt, log: opt.Log}
	mux := http.NewServeMux()
	api := humago.New(mux, apiConfig(opt.Version))
	s.routes(api)
	if opt.Tags != nil {
		s.tagRoutes(api)
	}
	if opt.Checkout != nil {
		s.checkoutRoutes(api)
	}
	if opt.Captures != nil {
		s.captureRoutes(api)
	}
	if opt.Counter != nil {
		s.counterRoutes(api)
	}
	mux.HandleFunc("GET "+pathStream, s.serveStream)
	mux.HandleFunc("GET "+pathPicture, s.servePicture)
	if opt.Health != nil {
		for _, p := range []string{"/healthz", "/readyz", "/metrics"} {
			mux.Handle("GET "+p, opt.Health)
		}
	}
	if opt.Staff != nil {
		mux.Handle("/staff", opt.Staff)
		mux.Handle("/staff/", opt.Staff)
	}
	mux.Handle("GET /{$}", http.RedirectHandler("/staff", http.StatusSeeOther))
	s.handler = http.NewCrossOriginProtection().Handler(http.MaxBytesHandler(mux, maxBody))
	return s
}

// apiConfig is OpenAPI 3.1 from the code, without documentation pages from elsewhere and without a $schema in bodies.
func apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("showroom agent", version)
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	c.OpenAPIPath = "/openapi"
	c.AllowAdditionalPropertiesByDefault = true
	c.Transformers = append(c.Transformers, plainProblems)
	return c
}

// Handler is the whole API.
func (s *Server) Handler() http.Handler { return s.handler }

// Streams is how many clients follow the journal now.
func (s *Server) Streams() int64 { return s.streams.Load() }

// closing is where a request finds the channel that is closed when the server has been asked to stop.
type closing struct{}

// Serve answers on the listener until ctx ends, then lets answers under way finish for a moment; streams end at once. It closes
// the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	requests := context.WithValue(context.WithoutCancel(ctx), closing{}, ctx.Done())
	srv := &http.Server{
		Handler:           s.handler,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	return ServeUntil(ctx, srv, l)
}

// ServeUntil has a server answer on the listener until ctx ends, then lets answers under way finish for a moment: when it returns,
// nobody is being answered unless that moment was too short. It closes the listener.
func ServeUntil(ctx context.Context, srv *http.Server, l net.Listener) error {
	const grace = 3 * time.Second
	shut := make(chan error, 1) // one result, always taken below
	unhook := context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		err := srv.Shutdown(late)
		if err != nil {
			err = errors.Join(err, srv.Close())
		}
		shut <- err
	})
	err := srv.Serve(l)
	if unhook() {
		return fmt.Errorf("serve %s: %w", l.Addr(), errors.Join(err, srv.Close()))
	}
	return errors.Join(ctx.Err(), <-shut)
}
