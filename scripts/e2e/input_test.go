package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"showroom/agent/localapi"
	"showroom/devices/rfid/r200"
)

func TestBadInput(t *testing.T) {
	t.Parallel()
	s := openShop(t, "fr1", "fr2", "fr3")
	two, three, one := plug(s, "fr2"), plug(s, "fr3"), dialZebra(s)
	s.untilUp("fr2")
	s.untilUp("fr3")
	k := openKiosk(s, "fr2")
	shoes := tag(t, white41, 1)

	deaf := s.deafClient()
	for range 20 {
		three.say(noise())
		three.say(damaged(t))
		one.publish(`{"type":"SIMPLE","data":{"idHex":`)
		one.publish(`[[[[[[[[[[[[`)
		one.publish("\x00\xff\xfe not JSON at all")
	}
	two.hang(shoes)
	k.until("a garment carried meanwhile is shown", showsCard(shoes.String()))

	s.eventually("the serial noise is counted and the reader still works", func() error {
		if d := s.device("fr3"); d.State != "up" || d.Bad < 20 || d.Skipped < 20*uint64(len(noise())) {
			return fmt.Errorf("%+v", d)
		}
		return nil
	})
	s.eventually("the broken messages are counted", func() error {
		one.beat()
		if d := s.device("fr1"); d.State != "up" || d.Bad < 60 {
			return fmt.Errorf("%+v", d)
		}
		return nil
	})
	for _, device := range []string{"fr1", "fr3"} {
		if n := s.metric(fmt.Sprintf(`showroom_frames_total{device=%q,result="bad"}`, device)); n == "" || n == "0" {
			t.Errorf("the metrics have %q bad frames of %s", n, device)
		}
	}
	if r := s.room("3"); len(r.Garments)+r.Unknown+r.LeftBehind > 0 {
		t.Errorf("noise has become garments: %+v", r)
	}
	s.refusals()

	more := tag(t, white40, 2)
	two.hang(more)
	k.until("the next garment is shown as well", showsCard(more.String()))
	s.eventually("the kiosk and the deaf client follow the journal", func() error { // a kiosk that comes anew is counted twice for a moment
		if n := s.metric("showroom_streams"); n != "2" {
			return fmt.Errorf("%s do", n)
		}
		return nil
	})
	s.must(deaf.Close())
	s.eventually("the deaf client is let go", func() error {
		if n := s.metric("showroom_streams"); n != "1" {
			return fmt.Errorf("%s clients follow the journal", n)
		}
		return nil
	})
	s.exactlyOnce()
}

// refusals sends what no kiosk would, and wants each answered so that a person understands it.
func (s *testShop) refusals() {
	s.t.Helper()
	post := func(kiosk string, body []byte) localapi.Problem {
		s.t.Helper()
		req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.Agent+"/v1/kiosks/"+kiosk+"/requests", bytes.NewReader(body))
		s.must(err)
		req.Header.Set("Content-Type", "application/json")
		r, err := http.DefaultClient.Do(req)
		s.must(err)
		defer r.Body.Close()
		answer, err := io.ReadAll(r.Body)
		s.must(err)
		var p localapi.Problem
		if err := json.Unmarshal(answer, &p); err != nil || p.Status != r.StatusCode || p.Detail == "" {
			s.t.Errorf("answered %s %q, which is no problem to understand", r.Status, answer)
		}
		return p
	}
	for what, c := range map[string]struct {
		kiosk  string
		body   []byte
		status int
		code   string
	}{
		"ten megabytes":       {"fr2", bytes.Repeat([]byte("x"), 10<<20), http.StatusRequestEntityTooLarge, "too_large"},
		"no JSON":             {"fr2", []byte(`{"id":`), http.StatusBadRequest, "invalid"},
		"an unknown piece":    {"fr2", []byte(`{"id":"c1","gtin":"00614141999996"}`), http.StatusNotFound, "not_found"},
		"no number at all":    {"fr2", []byte(`{"id":"c2","gtin":"shoes"}`), http.StatusUnprocessableEntity, "invalid"},
		"an unknown kiosk":    {"fr9", []byte(`{"id":"c3","gtin":"` + white40 + `"}`), http.StatusNotFound, "not_found"},
		"a room that is free": {"fr3", []byte(`{"id":"c4","gtin":"` + white40 + `"}`), http.StatusConflict, "conflict"},
	} {
		if p := post(c.kiosk, c.body); p.Status != c.status || p.Code != c.code {
			s.t.Errorf("%s is answered %+v, want %d %s", what, p, c.status, c.code)
		}
	}
}

// deafClient follows the journal and never reads.
func (s *testShop) deafClient() net.Conn {
	s.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(s.t.Context(), "tcp", strings.TrimPrefix(s.Agent, "http://"))
	s.must(err)
	s.t.Cleanup(func() { _ = conn.Close() }) // closed already when all went well
	s.must(conn.(*net.TCPConn).SetReadBuffer(1024))
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", localapi.PathStream, strings.TrimPrefix(s.Agent, "http://"))
	s.must(err)
	s.eventually("the deaf client is counted", func() error {
		if n := s.metric("showroom_streams"); n == "0" {
			return fmt.Errorf("%s clients", n)
		}
		return nil
	})
	return conn
}

// noise is what a loose plug sounds like: no byte of it begins a frame.
func noise() []byte { return bytes.Repeat([]byte{0x00, 0xFF, 0x55, 0x7E}, 8) }

// damaged is the notification of a tag with one bit turned.
func damaged(t *testing.T) []byte {
	t.Helper()
	epc := tag(t, white40, 99)
	p := r200.TagFrame(r200.FramingBB, -48, r200.PC(epc), epc).Append(nil)
	p[12] ^= 0x10
	return p
}
