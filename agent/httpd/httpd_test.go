package httpd_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

func TestAKioskShowsItsRoom(t *testing.T) {
	s := open(t)
	s.readerIs(devices.Up, "")
	s.hang(tee, 1)
	var k localapi.KioskState
	if p := s.get("/v1/kiosks/fr2", &k); p != nil {
		t.Fatal(p)
	}
	if k.Store != "Kadıköy Çarşı" || k.Language != "tr" || !k.Offline || k.Room.Reader.Faulty() {
		t.Errorf("kiosk %+v", k)
	}
	g := k.Room.Garments
	if len(g) != 1 || g[0].Product.Name != "Işıltılı İpek Gömlek" || len(g[0].Product.Variants) != 2 {
		t.Fatalf("garments %+v", g)
	}
	v := g[0].Product.Variants
	if v[0].Size != "S" || !v[0].Here || v[1].ToBring != 2 || v[1].Price == nil || v[1].Price.Minor != 129990 {
		t.Errorf("variants %+v", v)
	}
}

func TestATapIsDoneOnceHoweverOftenItIsSent(t *testing.T) {
	s := open(t)
	s.hang(tee, 1)
	ask := localapi.RequestCommand{ID: "tap1", GTIN: string(big), For: string(tee)}
	var first, second localapi.Request
	if p := s.post("/v1/kiosks/fr2/requests", ask, &first); p != nil {
		t.Fatal(p)
	}
	if p := s.post("/v1/kiosks/fr2/requests", ask, &second); p != nil {
		t.Fatal(p)
	}
	if first.ID != second.ID || first.State != "requested" || first.Size != "M" || first.Product != "Işıltılı İpek Gömlek" {
		t.Errorf("first %+v\nsecond %+v", first, second)
	}
	other := ask
	other.GTIN = string(tee)
	if p := s.post("/v1/kiosks/fr2/requests", other, nil); p == nil || p.Code != "conflict" {
		t.Errorf("the same id for something else: %v", p)
	}
	var q localapi.Queue
	if p := s.get("/v1/queue?language=en", &q); p != nil || len(q.Requests) != 1 || q.Requests[0].Product != "Silk Shirt" {
		t.Errorf("queue %+v %v", q, p)
	}
	if p := s.post("/v1/kiosks/fr2/requests/"+first.ID+"/cancel", localapi.Command{ID: "tap2"}, &second); p != nil || second.State != "cancelled" {
		t.Errorf("cancel: %+v %v", second, p)
	}
}

func TestTheLanguageIsOfTheVisit(t *testing.T) {
	s := open(t)
	s.hang(tee, 1)
	var k localapi.KioskState
	if p := s.post("/v1/kiosks/fr2/language", localapi.LanguageCommand{ID: "l1", Language: "en"}, &k); p != nil || k.Language != "en" {
		t.Fatalf("%+v %v", k, p)
	}
	if k.Room.Garments[0].Product.Name != "Silk Shirt" {
		t.Errorf("name %q", k.Room.Garments[0].Product.Name)
	}
	if p := s.post("/v1/kiosks/fr2/language", localapi.LanguageCommand{ID: "l2", Language: "kl"}, nil); p == nil || p.Code != "invalid" {
		t.Errorf("klingon: %v", p)
	}
}

func TestDoneForgetAndCall(t *testing.T) {
	s := open(t)
	s.hang(tee, 1)
	var k localapi.KioskState
	if p := s.post("/v1/kiosks/fr2/requests", localapi.RequestCommand{ID: "r", GTIN: string(big)}, nil); p != nil {
		t.Fatal(p)
	}
	if p := s.post("/v1/kiosks/fr2/call", localapi.Command{ID: "c"}, &k); p != nil || !k.Room.Called {
		t.Fatalf("call: %v %+v", p, k.Room)
	}
	if p := s.post("/v1/kiosks/fr2/done", localapi.Command{ID: "c"}, &k); p == nil || p.Code != "conflict" {
		t.Errorf("an id used for a call also ended the visit: %v", p)
	}
	k = localapi.KioskState{}
	if p := s.post("/v1/kiosks/fr2/forget", localapi.Command{ID: "f"}, &k); p != nil || k.Room.Visit != "" || k.Room.LeftBehind != 1 {
		t.Fatalf("forget: %v %+v", p, k.Room)
	}
	if p := s.post("/v1/kiosks/fr2/done", localapi.Command{ID: "d"}, &k); p != nil {
		t.Errorf("done in an empty room: %v", p)
	}
	if p := s.post("/v1/kiosks/fr2/touch", "", nil); p != nil {
		t.Errorf("touch: %v", p)
	}
}

func TestBadInputIsAnsweredClearly(t *testing.T) {
	s := open(t)
	s.hang(tee, 1)
	for _, c := range []struct {
		name, path, body, code string
	}{
		{"unknown kiosk", "/v1/kiosks/fr9/done", `{"id":"1"}`, "not_found"},
		{"kiosk without a room", "/v1/kiosks/door/done", `{"id":"1"}`, "invalid"},
		{"no JSON", "/v1/kiosks/fr2/done", `{"id":`, "invalid"},
		{"no body", "/v1/kiosks/fr2/done", ``, "invalid"},
		{"no id", "/v1/kiosks/fr2/done", `{"id":""}`, "invalid"},
		{"wrong check digit", "/v1/kiosks/fr2/requests", `{"id":"2","gtin":"00614141000013"}`, "invalid"},
		{"unknown item", "/v1/kiosks/fr2/requests", `{"id":"3","gtin":"00614141999996"}`, "not_found"},
		{"unknown request", "/v1/kiosks/fr2/requests/nope/cancel", `{"id":"4"}`, "not_found"},
		{"ten megabytes", "/v1/kiosks/fr2/done", `{"id":"` + strings.Repeat("x", 10<<20) + `"}`, "too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := s.post(c.path, c.body, nil)
			if p == nil || p.Code != c.code || p.Detail == "" {
				t.Errorf("answered %+v, want %s", p, c.code)
			}
		})
	}
	if p := s.post("/v1/kiosks/fr2/requests", `{"id":"9","gtin":"`+string(big)+`","from_the_future":true}`, nil); p != nil {
		t.Errorf("an unknown field was refused: %v", p)
	}
}

func TestTappingIsForOurOwnScreens(t *testing.T) {
	s := open(t)
	req, err := http.NewRequest(http.MethodPost, s.url+"/v1/kiosks/fr2/done", strings.NewReader(`{"id":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusForbidden {
		t.Errorf("a page from elsewhere ended a visit: %s", r.Status)
	}
}

// follower reads a stream event by event.
type follower struct {
	t    *testing.T
	body io.ReadCloser
	r    *bufio.Reader
}

type event struct{ id, name, data string }

func (s *shop) follow(last string) *follower {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/v1/stream", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { resp.Body.Close() })
	return &follower{t: s.t, body: resp.Body, r: bufio.NewReader(resp.Body)}
}

// next answers the next event; comments are passed over.
func (f *follower) next() (e event) {
	f.t.Helper()
	for {
		line, err := f.r.ReadString('\n')
		if err != nil {
			f.t.Fatal(err)
		}
		switch field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			if e.name != "" {
				return e
			}
			e = event{}
		}
	}
}

func TestTheStreamGoesOnWhereItWasLeft(t *testing.T) {
	s := open(t)
	f := s.follow("")
	reset := f.next()
	if reset.name != localapi.EventReset || reset.id == "" {
		t.Fatalf("a new client is told %+v", reset)
	}
	s.hang(tee, 1)
	arrived := f.next()
	if arrived.name != localapi.EventChanged || !strings.Contains(arrived.data, string(showroom.KindGarmentArrived)) {
		t.Fatalf("then %+v", arrived)
	}
	f.body.Close()
	s.hang(tee, 2)
	s.hang(tee, 3)
	again := s.follow(arrived.id)
	second, third := again.next(), again.next()
	if second.name != localapi.EventChanged || third.name != localapi.EventChanged || second.id == third.id {
		t.Errorf("missed while away: %+v %+v", second, third)
	}
	for _, id := range []string{"nonsense", "another-epoch.1", strings.SplitN(arrived.id, ".", 2)[0] + ".99999"} {
		if e := s.follow(id).next(); e.name != localapi.EventReset {
			t.Errorf("after %q: %+v", id, e)
		}
	}
}

func TestAReaderFaultReachesTheStream(t *testing.T) {
	s := open(t)
	s.readerIs(devices.Up, "")
	f := s.follow("")
	f.next()
	s.readerIs(devices.Down, "port lost")
	for e := f.next(); e.name != localapi.EventLive; e = f.next() {
	}
	var k localapi.KioskState
	if p := s.get("/v1/kiosks/fr2", &k); p != nil || !k.Room.Reader.Faulty() || k.Room.Reader.Reason != "port lost" {
		t.Errorf("%+v %v", k.Room, p)
	}
}

func TestAClientThatNeverReadsCostsTheOthersNothing(t *testing.T) {
	s := open(t)
	stalled, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer stalled.Close()
	if err := stalled.(*net.TCPConn).SetReadBuffer(1 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(stalled, "GET /v1/stream HTTP/1.1\r\nHost: shop\r\n\r\n")
	f := s.follow("")
	f.next()
	const rows = 5000 // several times what the sockets between hold
	s.update(func(tx *store.Tx) error {
		for range rows {
			if _, err := tx.Append(showroom.SessionChanged{Kiosk: "fr2"}); err != nil {
				return err
			}
		}
		return nil
	})
	for range rows {
		if e := f.next(); e.name != localapi.EventChanged {
			t.Fatalf("got %+v", e)
		}
	}
	if p := s.get("/v1/kiosks/fr2", &localapi.KioskState{}); p != nil {
		t.Errorf("after that: %v", p)
	}
}

func TestTheAPIDescribesItself(t *testing.T) {
	s := open(t)
	r, err := http.Get(s.url + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"openapi":"3.1.0"`, `/v1/kiosks/{kiosk}/requests`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the description has no %s", want)
		}
	}
}

func TestPictures(t *testing.T) {
	s := open(t)
	const sum = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" // of "foo"
	if err := s.db.PutPicture(t.Context(), sum, strings.NewReader("foo")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		sum:                     http.StatusOK,
		strings.Repeat("0", 64): http.StatusNotFound,
		"..%2f..%2fshowroom.db": http.StatusUnprocessableEntity,
		strings.ToUpper(sum):    http.StatusUnprocessableEntity,
	} {
		r, err := http.Get(s.url + "/v1/pictures/" + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%s: %s, want %d", path, r.Status, want)
		}
	}
}

func TestAFullDiskIsSaidAndNothingSavedIsLost(t *testing.T) {
	s := openWith(t, store.Options{MaxBytes: 512 << 10})
	s.hang(tee, 1)
	var kept localapi.Request
	if p := s.post("/v1/kiosks/fr2/requests", localapi.RequestCommand{ID: "before", GTIN: string(big)}, &kept); p != nil {
		t.Fatal(p)
	}
	fill := func(tx *store.Tx) error {
		_, err := tx.Append(showroom.CatalogueChanged{Buckets: []string{strings.Repeat("x", 20<<10)}})
		return err
	}
	for i := 0; ; i++ {
		if err := s.db.Update(t.Context(), fill); errors.Is(err, store.ErrDiskFull) {
			break
		} else if err != nil || i > 1000 {
			t.Fatalf("the disk does not fill up: %v", err)
		}
	}
	refused := false
	for i := 0; i < 500 && !refused; i++ { // what little is left takes a few more
		p := s.post("/v1/kiosks/fr2/language", localapi.LanguageCommand{ID: fmt.Sprint("after", i), Language: "en"}, nil)
		if refused = p != nil; refused && (p.Code != "unavailable" || p.Detail == "") {
			t.Errorf("a full disk is answered as %+v", p)
		}
	}
	if !refused {
		t.Error("a full disk refuses nothing")
	}
	var q localapi.Queue
	if p := s.get("/v1/queue", &q); p != nil || len(q.Requests) != 1 || q.Requests[0].ID != kept.ID {
		t.Errorf("what was answered before is gone: %+v %v", q, p)
	}
}
