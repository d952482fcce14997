package central

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"showroom/sync/profileapi"
)

// access says who a caller is. Tokens are compared by their sums, so that how long a comparison takes says nothing about a token.
type access struct {
	devices  map[[sha256.Size]byte]string
	operator [sha256.Size]byte
	open     bool // there is no operator token
	hosts    bool // only requests that name this machine are answered
}

func newAccess(cfg Config) access {
	a := access{
		devices: map[[sha256.Size]byte]string{}, operator: sha256.Sum256([]byte(cfg.OperatorToken)),
		open: cfg.OperatorToken == "", hosts: cfg.TLSCert == "",
	}
	for device, token := range cfg.Tokens {
		a.devices[sha256.Sum256([]byte(token))] = device
	}
	return a
}

func (a access) device(r *http.Request) (string, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	device, known := a.devices[sha256.Sum256([]byte(token))]
	return device, ok && known
}

func (a access) isOperator(r *http.Request) bool {
	if a.open {
		return true
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		_, token, ok = r.BasicAuth()
	}
	return ok && sha256.Sum256([]byte(token)) == a.operator
}

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+profileapi.PathIngest, s.device(s.ingest.Serve))
	mux.HandleFunc("GET "+profileapi.PathChanges, s.anyDevice(s.whenReady(s.feed.Ready(), s.feed.ServeChanges)))
	mux.HandleFunc("GET "+profileapi.PathSnapshot, s.anyDevice(s.whenReady(s.feed.Ready(), s.feed.ServeSnapshot)))
	mux.HandleFunc("GET "+profileapi.PathTime, s.anyDevice(s.serveTime))
	mux.HandleFunc("GET "+profileapi.PathPicture, s.anybody(s.feed.ServePicture))
	mux.HandleFunc("PUT "+profileapi.PathPicture, s.operator(s.feed.ServePutPicture))
	mux.HandleFunc("POST "+profileapi.PathImport, s.operator(s.whenReady(s.feed.Ready(), s.feed.ServeImport)))
	mux.HandleFunc("GET "+profileapi.PathEvents, s.operator(s.web.ServeRefs))
	mux.HandleFunc("GET /{$}", s.operator(s.whenReady(s.fleet.Ready(), s.web.ServeFleet)))
	mux.HandleFunc("GET /events", s.operator(s.whenReady(s.fleet.Ready(), s.web.ServeEvents)))
	mux.HandleFunc("GET /catalogue", s.operator(s.whenReady(s.feed.Ready(), s.web.ServeCatalogue)))
	mux.HandleFunc("GET /r/{name}", s.whenReady(s.sales.Ready(), s.receipts.Serve))
	mux.HandleFunc("GET /metrics", s.operator(s.serveMetrics))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", s.serveReady)
	return s.local(mux)
}

// local refuses, where there is no TLS, requests for another host: a page in a browser on this machine could otherwise reach the
// service under a name of its own.
func (s *service) local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if s.access.hosts && !profileapi.IsLoopback(strings.Trim(host, "[]")) {
			s.answers.Problem(w, &profileapi.Problem{
				Type: profileapi.TypeForbidden, Title: "Not this host", Status: http.StatusForbidden, Detail: "Without a certificate the service is for this machine only.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *service) device(next func(w http.ResponseWriter, r *http.Request, device string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		device, ok := s.access.device(r)
		if !ok {
			s.unauthorized(w)
			return
		}
		next(w, r, device)
	}
}

func (s *service) anyDevice(next http.HandlerFunc) http.HandlerFunc {
	return s.device(func(w http.ResponseWriter, r *http.Request, _ string) { next(w, r) })
}

func (s *service) operator(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.access.isOperator(r) {
			w.Header().Set("WWW-Authenticate", `Basic realm="showroom central", charset="UTF-8"`)
			s.unauthorized(w)
			return
		}
		next(w, r)
	}
}

// anybody lets in devices and the operator.
func (s *service) anybody(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := s.access.device(r); ok {
			next(w, r)
			return
		}
		s.operator(next)(w, r)
	}
}

func (s *service) unauthorized(w http.ResponseWriter) {
	s.answers.Problem(w, &profileapi.Problem{
		Type: profileapi.TypeUnauthorized, Title: "Unknown token", Status: http.StatusUnauthorized, Detail: "Send the token this service has for you.",
	})
}

// whenReady refuses until an index is complete. An answer from half of the feed's would move a shop's cursor past the other half; half
// of the fleet's does not yet know all that is to be forgotten.
func (s *service) whenReady(ready <-chan struct{}, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-ready:
			next(w, r)
		default:
			s.answers.Problem(w, &profileapi.Problem{
				Type: profileapi.TypeUnavailable, Title: "Starting", Status: http.StatusServiceUnavailable, RetryAfter: time.Second,
			})
		}
	}
}

func (s *service) serveTime(w http.ResponseWriter, r *http.Request) {
	s.answers.JSON(w, r, http.StatusOK, profileapi.Time{Time: time.Now().UTC()})
}

func (s *service) serveReady(w http.ResponseWriter, _ *http.Request) {
	for what, ready := range map[string]<-chan struct{}{"feed": s.feed.Ready(), "fleet": s.fleet.Ready(), "receipt": s.sales.Ready()} {
		select {
		case <-ready:
		default:
			http.Error(w, "reading the "+what+" index", http.StatusServiceUnavailable)
			return
		}
	}
	fmt.Fprintln(w, "ready")
}

// serveMetrics writes the Prometheus text format.
func (s *service) serveMetrics(w http.ResponseWriter, r *http.Request) {
	in, out := s.ingest.Counts(), s.feed.Counts()
	events, forgotten, bad := s.fleet.Totals()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	metric := func(name, kind, help string, value int64) {
		fmt.Fprintf(w, "# HELP showroom_central_%[1]s %[3]s\n# TYPE showroom_central_%[1]s %[2]s\nshowroom_central_%[1]s %[4]d\n", name, kind, help, value)
	}
	metric("ingest_batches_total", "counter", "Batches stored since the start.", in.Batches)
	metric("ingest_events_total", "counter", "Events stored since the start.", in.Events)
	metric("ingest_out_of_order_total", "counter", "Batches that did not begin where their lane ends.", in.OutOfOrder)
	metric("ingest_refused_total", "counter", "Batches refused as wrong.", in.Refused)
	metric("ingest_failed_total", "counter", "Batches that could not be stored.", in.Failed)
	metric("feed_polls_total", "counter", "Questions for changes.", out.Polls)
	metric("feed_changes_total", "counter", "Changes answered.", out.Changes)
	metric("feed_resyncs_total", "counter", "Cursors that could not be followed.", out.Resyncs)
	metric("feed_imports_total", "counter", "Catalogues imported.", out.Imports)
	metric("feed_waiting", "gauge", "Long polls that wait.", out.Waiting)
	metric("events_indexed", "gauge", "Events read from the stream.", events)
	sales, returned, unread := s.sales.Count()
	metric("receipts", "gauge", "Sales whose receipts can be shown.", int64(sales))
	metric("receipts_returned", "gauge", "Sales of which something came back.", int64(returned))
	metric("receipts_unreadable_total", "counter", "Stored batches or sales that could not be read for receipts.", unread)
	metric("visits_forgotten", "gauge", "Visits whose bodies are not shown.", forgotten)
	metric("unreadable_total", "counter", "Stored batches or events that could not be read.", bad)
	metric("lanes", "gauge", "Lanes of all devices.", int64(len(s.fleet.Lanes())))
	messages, bytes, err := s.engine.Sizes(r.Context())
	if err != nil {
		s.log.Error("reading stream sizes failed", "error", err)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(messages)) {
		metric("stream_"+name+"_messages", "gauge", "Messages in the stream.", int64(messages[name]))
		metric("stream_"+name+"_bytes", "gauge", "Bytes of the stream on disk.", int64(bytes[name]))
	}
}
