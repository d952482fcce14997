// Package web shows people what the central service knows: the fleet, the events and the catalogue, as complete HTML after a plain GET,
// and answers the few questions machines ask about it. It changes nothing.
package web

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"showroom/agent/showroom"
	"showroom/sync/central/feed"
	"showroom/sync/central/fleet"
	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

//go:embed pages/*.html
var pages embed.FS

const (
	eventsPerPage   = 50
	productsPerPage = 100
	// refreshSeconds is how often a page of which the newest is shown loads itself again.
	refreshSeconds = 5
	maxRefs        = 10_000
)

// Fleet is what is known of devices and events; *fleet.Index is one.
type Fleet interface {
	Lanes() []fleet.Lane
	Recent(f fleet.Filter, before int64, limit int) ([]fleet.Event, bool)
	Refs(ctx context.Context, l stream.Lane, after int64, limit int) ([]profileapi.EventRef, int64, error)
}

// Catalogue is what is in the feed; *feed.Feed is one.
type Catalogue interface {
	Products(skip, limit int) (total int, page []profileapi.Change)
	Count(bucket profileapi.Bucket) int
}

var (
	_ Fleet     = (*fleet.Index)(nil)
	_ Catalogue = (*feed.Feed)(nil)
)

// Web is safe for concurrent use.
type Web struct {
	fleet     Fleet
	catalogue Catalogue
	kept      int
	log       *slog.Logger
	pages     *template.Template
	answers   profileapi.Answers
}

// New makes a Web. kept is how many events the fleet keeps for showing.
func New(f Fleet, c Catalogue, kept int, log *slog.Logger) (*Web, error) {
	t, err := template.New("").Funcs(template.FuncMap{"stamp": stamp, "shown": shown, "pretty": pretty}).ParseFS(pages, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("read page templates: %w", err)
	}
	return &Web{fleet: f, catalogue: c, kept: kept, log: log, pages: t}, nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// shown is stamp for people; the heading says UTC.
func shown(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

func pretty(body json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		return string(body)
	}
	return b.String()
}

// page is what every page has.
type page struct {
	Page    string
	Title   string
	Refresh int // seconds; 0 for never
}

func (s *Web) render(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer // whole before the first byte goes out
	if err := s.pages.ExecuteTemplate(&b, name, data); err != nil {
		s.log.Error("making a page failed", "page", name, "error", err)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'")
	_, _ = w.Write(b.Bytes()) // whoever has gone does not read it
}

// ServeFleet answers GET /.
func (s *Web) ServeFleet(w http.ResponseWriter, _ *http.Request) {
	s.render(w, "fleet", struct {
		page
		Lanes []fleet.Lane
	}{page{"fleet", "Fleet", refreshSeconds}, s.fleet.Lanes()})
}

// ServeEvents answers GET /events?store=&device=&kind=&before=.
func (s *Web) ServeEvents(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	filter := fleet.Filter{Store: q.Get("store"), Device: q.Get("device"), Kind: q.Get("kind")}
	before, err := strconv.ParseInt(q.Get("before"), 10, 64)
	if err != nil {
		before = 0
	}
	events, more := s.fleet.Recent(filter, before, eventsPerPage)
	data := struct {
		page
		Filter   fleet.Filter
		Filtered bool
		Kinds    []string
		Events   []fleet.Event
		Older    string
		Kept     int
	}{page{"events", "Events", 0}, filter, filter != fleet.Filter{}, kinds(), events, "", s.kept}
	if before == 0 {
		data.Refresh = refreshSeconds
	}
	if more {
		q.Set("before", strconv.FormatInt(events[len(events)-1].Position, 10))
		data.Older = (&url.URL{Path: "/events", RawQuery: q.Encode()}).String()
	}
	s.render(w, "events", data)
}

// kinds are the kinds a shop sends. Others are shown too; they are only not offered as a filter.
func kinds() []string {
	list := []showroom.Kind{
		showroom.KindVisitOpened, showroom.KindVisitEnded, showroom.KindVisitForgotten, showroom.KindGarmentArrived,
		showroom.KindGarmentMoved, showroom.KindGarmentDeparted, showroom.KindGarmentJoined, showroom.KindRequestMade,
		showroom.KindRequestFreed, showroom.KindRequestAccepted, showroom.KindRequestOnTheWay, showroom.KindRequestDelivered,
		showroom.KindRequestUnavailable, showroom.KindRequestCancelled, showroom.KindRequestEscalated, showroom.KindStaffCalled,
		showroom.KindStaffCallAnswered, showroom.KindStockCorrected, showroom.KindEvicted,
	}
	names := make([]string, len(list))
	for i, k := range list {
		names[i] = string(k)
	}
	slices.Sort(names)
	return names
}

// product is a row of the catalogue page.
type product struct {
	ID, Brand, Picture string
	Version            int64
	Names              []name
}

type name struct{ Language, Text string }

// ServeCatalogue answers GET /catalogue?skip=.
func (s *Web) ServeCatalogue(w http.ResponseWriter, r *http.Request) {
	skip, err := strconv.Atoi(r.URL.Query().Get("skip"))
	if err != nil || skip < 0 {
		skip = 0
	}
	total, changes := s.catalogue.Products(skip, productsPerPage)
	data := struct {
		page
		Total    int
		Items    int
		Products []product
		Next     string
	}{page{"catalogue", "Catalogue", 0}, total, s.catalogue.Count(profileapi.BucketItem), nil, ""}
	for _, c := range changes {
		var p profileapi.Product
		if err := json.Unmarshal(c.Value, &p); err != nil {
			s.log.Error("a product in the feed can not be read", "key", c.Key, "error", err)
			continue
		}
		row := product{ID: p.ID, Brand: p.Brand, Version: c.Version}
		for _, language := range []string{"tr", "en"} {
			if t := p.Name[language]; t != "" {
				row.Names = append(row.Names, name{language, t})
			}
		}
		if len(p.Pictures) > 0 {
			row.Picture = p.Pictures[0]
		}
		data.Products = append(data.Products, row)
	}
	if next := skip + productsPerPage; next < total {
		data.Next = "/catalogue?skip=" + strconv.Itoa(next)
	}
	s.render(w, "catalogue", data)
}

// ServeRefs answers GET /v1/events: the ids and kinds of a lane in order, from the stream itself.
func (s *Web) ServeRefs(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	lane := stream.Lane{Device: q.Get("device"), Epoch: q.Get("epoch"), Lane: q.Get("lane")}
	after, err1 := strconv.ParseInt(cmp.Or(q.Get("after"), "0"), 10, 64)
	limit, err2 := strconv.Atoi(cmp.Or(q.Get("limit"), "1000"))
	if errors.Join(err1, err2) != nil || after < 0 || limit < 1 || lane.Device == "" || lane.Epoch == "" || lane.Lane == "" {
		s.answers.Problem(w, &profileapi.Problem{
			Type: profileapi.TypeInvalid, Title: "Invalid question", Status: http.StatusBadRequest,
			Detail: "The query needs device, epoch and lane; after and limit are numbers.",
		})
		return
	}
	refs, next, err := s.fleet.Refs(r.Context(), lane, after, min(limit, maxRefs))
	if err != nil {
		s.log.Error("listing a lane failed", "error", err)
		s.answers.Problem(w, &profileapi.Problem{Type: profileapi.TypeUnavailable, Title: "Not now", Status: http.StatusServiceUnavailable})
		return
	}
	if refs == nil {
		refs = []profileapi.EventRef{}
	}
	s.answers.JSON(w, r, http.StatusOK, profileapi.Events{Events: refs, Next: next})
}
