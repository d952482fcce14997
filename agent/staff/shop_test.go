package staff_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"showroom/agent/customer"
	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/agent/store"
	"showroom/devices/devicetest"
)

// The pieces of the stories.
const (
	dress  = gs1.GTIN("00614141000012")
	shirt  = gs1.GTIN("00614141000029")
	jacket = gs1.GTIN("00614141000036")
)

const pin = "470318"

// pinHash is made once: it is slow on purpose.
var pinHash = sync.OnceValue(func() string {
	hash, err := staff.HashPIN(pin)
	if err != nil {
		panic(err)
	}
	return hash
})

// shop is a shop with its staff page on a real store, behind the same protection as in the agent, with a clock the story sets.
type shop struct {
	t     *testing.T
	db    *store.DB
	rooms *fitting.Rooms
	tags  *customer.Tags
	board *live.Board
	log   *bytes.Buffer
	opt   staff.Options
	host  string // nobody else listens there while the page is away
	srv   *httptest.Server
	deaf  atomic.Bool    // the stream answers that it can not
	wait  sync.WaitGroup // for what a browser does beside the story

	mu   sync.Mutex // guards mono and made
	mono time.Duration
	made int
}

func newShop(t *testing.T, change ...func(*staff.Options)) *shop {
	t.Helper()
	s := &shop{t: t, mono: 3 * time.Hour, board: live.NewBoard(), log: &bytes.Buffer{}}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), MachineID: "m", Clock: s.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s.db = db
	t.Cleanup(s.wait.Wait)
	s.rooms = fitting.New(db, fitting.Options{
		Rooms:      []showroom.Room{{ID: "1", Name: "Kabin 1"}, {ID: "2", Name: "Kabin 2"}, {ID: "3", Name: "Kabin 3 (geniş)"}},
		Visits:     showroom.VisitPolicy{OpensAfter: 4 * time.Second, PauseEmpty: time.Minute, PauseIdle: 20 * time.Minute},
		Escalation: showroom.EscalationPolicy{90 * time.Second},
		Clock:      s.now, NewID: s.newID, Log: slog.New(slog.DiscardHandler),
	})
	tags, err := customer.New(t.Context(), db, customer.Options{Clock: s.now, NewID: s.newID, Zones: map[string]string{"shoes": "Ayakkabı"}})
	if err != nil {
		t.Fatal(err)
	}
	s.tags = tags
	s.opt = staff.Options{
		Tags:      tags,
		StoreName: "Nişantaşı", Languages: []string{"tr", "en"}, Session: 12 * time.Hour, Now: s.now,
		People: []staff.Person{
			{ID: "omer", Name: "Ömer", Role: staff.Technician, PINHash: pinHash()},
			{ID: "elif", Name: "Elif", Role: staff.Associate, PINHash: pinHash()},
			{ID: "cagri", Name: "Çağrı", Role: staff.Manager, PINHash: pinHash()},
		},
		Devices:  []staff.Device{{ID: "fr1", Kind: "r200", Rooms: []showroom.RoomID{"1", "2"}}, {ID: "upstairs", Kind: "zebra-iotc", Rooms: []showroom.RoomID{"3"}}},
		Location: time.FixedZone("TRT", 3*60*60),
		Log:      slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&s.opt)
	}
	if s.host, _, err = net.SplitHostPort(devicetest.FreeAddress(t)); err != nil {
		t.Fatal(err)
	}
	s.open()
	return s
}

// open starts the page, as after a restart of the agent.
func (s *shop) open() { s.openAt(net.JoinHostPort(s.host, "0")) }

func (s *shop) openAt(address string) {
	s.t.Helper()
	mux := http.NewServeMux()
	page := staff.New(s.db, s.rooms, s.board, s.opt)
	mux.Handle("/staff", page)
	mux.Handle("/staff/", page)
	mux.HandleFunc("GET /v1/stream", s.serveStream)
	mux.HandleFunc("GET /v1/pictures/{sum}", s.servePicture)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.srv = &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.NewCrossOriginProtection().Handler(http.MaxBytesHandler(mux, 64<<10))}}
	s.srv.Start()
	s.t.Cleanup(s.srv.Close)
}

// serveStream hints at changes as the agent's stream does.
func (s *shop) serveStream(w http.ResponseWriter, r *http.Request) {
	if s.deaf.Load() {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	rc := http.NewResponseController(w)
	for event := "reset"; ; event = "changed" {
		changed := s.db.Changed()
		fmt.Fprintf(w, "event: %s\ndata: {}\n\n", event)
		if rc.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		}
	}
}

func (s *shop) servePicture(w http.ResponseWriter, r *http.Request) {
	f, err := s.db.OpenPicture(r.PathValue("sum"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	http.ServeContent(w, r, "x.jpg", time.Time{}, f)
}

func (s *shop) now() showroom.Moment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return showroom.Moment{Wall: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC).Add(s.mono), Boot: "b", Mono: s.mono, Quality: showroom.ClockNTP}
}

func (s *shop) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	return fmt.Sprintf("id%d", s.made)
}

func (s *shop) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mono += d
}

func (s *shop) update(do func(*store.Tx) error) {
	s.t.Helper()
	if err := s.db.Update(context.WithoutCancel(s.t.Context()), do); err != nil {
		s.t.Fatal(err)
	}
}

// sells puts one product with one item on the shelves, with a picture of testdata when file names one.
func (s *shop) sells(item gs1.GTIN, name string, one showroom.Item, file string, stock int) {
	s.t.Helper()
	product := showroom.Product{ID: showroom.ProductID("p" + item), Name: showroom.Text{"tr": name, "en": name}}
	sum := ""
	var picture []byte
	if file != "" {
		var err error
		if picture, err = os.ReadFile("testdata/pictures/" + file); err != nil {
			s.t.Fatal(err)
		}
		hash := sha256.Sum256(picture)
		sum = hex.EncodeToString(hash[:])
		product.Pictures = []string{sum}
	}
	one.GTIN, one.Product = item, product.ID
	s.update(func(tx *store.Tx) error {
		if err := tx.PutProduct(product, 1); err != nil {
			return err
		}
		if err := tx.PutItem(one, 1); err != nil {
			return err
		}
		return tx.PutStock(showroom.Stock{GTIN: item, Quantity: stock}, 1)
	})
	if picture != nil {
		if err := s.db.PutPicture(s.t.Context(), sum, bytes.NewReader(picture)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// sellsAll is a shop with three products.
func (s *shop) sellsAll() {
	s.sells(dress, "Drapeli Şifon Elbise", showroom.Item{Size: "38", Colour: showroom.Text{"tr": "Bej", "en": "Beige"}, ColourHex: "#d8b79c"}, "dress.jpg", 3)
	s.sells(shirt, "Kısa Kollu Keten Gömlek", showroom.Item{Size: "L", Colour: showroom.Text{"tr": "Çağla yeşili", "en": "Green"}, ColourHex: "#4c5a46"}, "shirt.jpg", 1)
	s.sells(jacket, "Rüzgârlık", showroom.Item{Size: "M", Colour: showroom.Text{"tr": "Gri", "en": "Grey"}, ColourHex: "#a9adab"}, "jacket.jpg", 2)
}

// occupied hangs a piece into a room.
func (s *shop) occupied(room showroom.RoomID, item gs1.GTIN, serial uint64) {
	s.t.Helper()
	sgtin, err := gs1.NewSGTIN96(item, 7, 1, serial)
	if err != nil {
		s.t.Fatal(err)
	}
	epc, err := sgtin.Encode()
	if err != nil {
		s.t.Fatal(err)
	}
	s.update(func(tx *store.Tx) error {
		return tx.PutGarment(showroom.Garment{EPC: epc, GTIN: item, Room: room, Since: tx.Now()})
	})
}

func (s *shop) asks(room showroom.RoomID, want gs1.GTIN) (r showroom.SizeRequest) {
	s.t.Helper()
	s.update(func(tx *store.Tx) (err error) {
		r, err = s.rooms.Request(tx, room, want, "", true)
		return err
	})
	return r
}

func (s *shop) calls(room showroom.RoomID) (c showroom.StaffCall) {
	s.t.Helper()
	s.update(func(tx *store.Tx) (err error) {
		c, err = s.rooms.Call(tx, room)
		return err
	})
	return c
}

func (s *shop) request(id showroom.RequestID) (r showroom.SizeRequest) {
	s.t.Helper()
	err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		r, err = v.Request(id)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// phone is a browser without JavaScript.
type phone struct {
	s *shop
	http.Client
}

func (s *shop) phone() *phone {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &phone{s, http.Client{Jar: jar}}
}

// signIn is a phone on which somebody has signed in.
func (s *shop) signIn(id string) *phone {
	s.t.Helper()
	p := s.phone()
	if a := p.post("/staff/signin", url.Values{"as": {id}, "pin": {pin}}); a.status != http.StatusOK || !strings.HasPrefix(a.path, "/staff/") || a.path == "/staff/signin" {
		s.t.Fatalf("sign in: %d at %s", a.status, a.path)
	}
	return p
}

// page is what a phone ends at after redirects.
type page struct {
	status int
	path   string
	header http.Header
	html   string
}

func (p *phone) do(r *http.Request) page {
	p.s.t.Helper()
	a, err := p.Do(r)
	if err != nil {
		p.s.t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		p.s.t.Fatal(err)
	}
	if missing := regexp.MustCompile(`\[(staff|error|time)\.[a-z_.]+\]`).FindString(string(body)); missing != "" {
		p.s.t.Errorf("%s shows a text that does not exist: %s", a.Request.URL.Path, missing)
	}
	return page{a.StatusCode, a.Request.URL.Path, a.Header, string(body)}
}

func (p *phone) ask(method, path string, form url.Values) *http.Request {
	r, err := http.NewRequestWithContext(p.s.t.Context(), method, p.s.srv.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.s.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (p *phone) get(path string) page {
	p.s.t.Helper()
	return p.do(p.ask(http.MethodGet, path, nil))
}

func (p *phone) post(path string, form url.Values) page {
	p.s.t.Helper()
	return p.do(p.ask(http.MethodPost, path, form))
}

// press finds the form with that address on a page and sends what is in it, as a browser does.
func (p *phone) press(on page, action string) page {
	p.s.t.Helper()
	form := regexp.MustCompile(`(?s)<form method="post" action="` + regexp.QuoteMeta(action) + `".*?</form>`).FindString(on.html)
	if form == "" {
		p.s.t.Fatalf("there is no button %s on\n%s", action, on.html)
	}
	values := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(form, -1) {
		values.Add(m[1], m[2])
	}
	return p.post(action, values)
}

func (a page) has(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.html, text) {
			t.Errorf("%s does not say %q:\n%s", a.path, text, a.html)
		}
	}
}

func (a page) hasNot(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(a.html, text) {
			t.Errorf("%s says %q:\n%s", a.path, text, a.html)
		}
	}
}
