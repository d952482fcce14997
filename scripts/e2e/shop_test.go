package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/localapi"
	"showroom/scripts/shop"
)

// GTINs of White Plimsolls in the demo catalogue. It has pieces of both.
const (
	white40 = "00614141000029"
	white41 = "00614141000036"
)

// patience is how long anything may take before it counts as never. It is no promise: machines that test are slow.
const patience = 2 * time.Minute

// testShop is a shop of the real programs, open and stocked.
type testShop struct {
	*shop.Shop
	t *testing.T
}

// openShop opens a shop with the demo catalogue and closes it with the test. The simulated shop plays all readers but own, which the
// test plays itself.
func openShop(t *testing.T, own ...string) *testShop {
	t.Helper()
	return openShopWith(t, shop.Options{Hold: true, Own: own})
}

// openShopWith opens a shop that has what the options say, in a folder of its own.
func openShopWith(t *testing.T, o shop.Options) *testShop {
	t.Helper()
	return openShopAfter(t, o, func(*testShop) {})
}

// openShopAfter is openShopWith where something is to be done before the agent starts.
func openShopAfter(t *testing.T, o shop.Options, prepare func(*testShop)) *testShop {
	t.Helper()
	dir, err := os.MkdirTemp("", "e2e") // a unix socket's path must be short, and t.TempDir is not
	if err != nil {
		t.Fatal(err)
	}
	o.Bin, o.Dir, o.Brisk, o.Alone, o.Patient = bin, dir, true, true, true
	inner, err := shop.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &testShop{Shop: inner, t: t}
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the shop is kept in %s; the agent said last\n%s", dir, s.AgentProcess.Tail())
			return
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s.must(s.StartCentral(t.Context()))
	s.must(s.Import(t.Context(), catalogueFile()))
	prepare(s)
	s.must(s.StartAgent(t.Context()))
	if len(o.Own) < 3 {
		s.must(s.StartSim(t.Context()))
	}
	s.untilStocked()
	return s
}

// untilStocked waits until the catalogue has arrived with its pictures. They come one by one, and each may take its time.
func (s *testShop) untilStocked() {
	s.t.Helper()
	s.eventually("the catalogue has arrived", func() error {
		if s.status().Catalogue == 0 {
			return errors.New("no items")
		}
		return nil
	})
	missing := func() string { return s.metric("showroom_pictures_missing") }
	for before := missing(); before != "0"; before = missing() {
		s.eventually("another picture has arrived", func() error {
			if missing() == before {
				return fmt.Errorf("%s are missing", before)
			}
			return nil
		})
	}
}

func (s *testShop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// eventually tries until try is content.
func (s *testShop) eventually(what string, try func() error) {
	s.t.Helper()
	s.must(s.comes(what, try))
}

// comes is eventually for those who may not end the test: the error is what try was not content with at last.
func (s *testShop) comes(what string, try func() error) error {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting until %s: %w", what, err)
		case <-tick.C:
		}
	}
}

// tell has the simulated shop do something.
func (s *testShop) tell(format string, args ...any) {
	s.t.Helper()
	_, err := s.Tell(s.t.Context(), fmt.Sprintf(format, args...))
	s.must(err)
}

// unheardAfter is how long a scanner's counters may lag behind what it was shown: they are told every second.
const unheardAfter = 10 * time.Second

// shows shows a code to a scanner and waits for what is to come of it, if that is not so already. What is said while the line is being opened is lost,
// so a code that the agent has not heard is shown again; one that it has heard is not, or it might count twice.
func (s *testShop) shows(scanner, code, what string, come func() bool) {
	s.t.Helper()
	heard := func() uint64 { d := s.device(scanner); return d.Good + d.Bad + d.Skipped }
	before, shown := heard(), time.Time{}
	s.eventually(what, func() error {
		if come() {
			return nil
		}
		if time.Since(shown) > unheardAfter && (shown.IsZero() || heard() == before) {
			s.tell("scan %q at %s", code, scanner)
			shown = time.Now()
		}
		return fmt.Errorf("%s was shown to %s at %v, which has heard %d codes since", code, scanner, shown.Format(time.TimeOnly), heard()-before)
	})
}

// get reads a document of the agent.
func (s *testShop) get(path string, into any) error { return s.read(s.t.Context(), path, into) }

func (s *testShop) read(ctx context.Context, path string, into any) error {
	body, err := fetch(ctx, s.Agent+path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(body), into)
}

func fetch(ctx context.Context, url string, dress func(*http.Request)) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	if dress != nil {
		dress(req)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, r.Status, body)
	}
	return string(body), err
}

func (s *testShop) status() (status localapi.Status) {
	s.t.Helper()
	s.must(s.get(localapi.PathStatus, &status))
	return status
}

// room answers a room as the agent shows it.
func (s *testShop) room(id string) localapi.Room {
	s.t.Helper()
	var all localapi.Rooms
	s.must(s.get(localapi.PathRooms, &all))
	for _, r := range all.Rooms {
		if r.ID == id {
			return r
		}
	}
	s.t.Fatalf("there is no room %s", id)
	return localapi.Room{}
}

func (s *testShop) device(id string) localapi.Device {
	s.t.Helper()
	var all localapi.Devices
	s.must(s.get(localapi.PathDevices, &all))
	for _, d := range all.Devices {
		if d.ID == id {
			return d
		}
	}
	s.t.Fatalf("there is no device %s", id)
	return localapi.Device{}
}

func (s *testShop) untilUp(id string) {
	s.t.Helper()
	s.eventually("reader "+id+" works", func() error {
		if d := s.device(id); d.State != "up" {
			return fmt.Errorf("it is %s: %s", d.State, d.Reason)
		}
		return nil
	})
}

// metric answers the value of a metric, named with its labels; "" when there is none.
func (s *testShop) metric(name string) string {
	s.t.Helper()
	body, err := fetch(s.t.Context(), s.Agent+"/metrics", nil)
	s.must(err)
	for line := range strings.Lines(body) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// tag is the tag of a piece of the shop's own, or of another company's whose prefix has as many digits.
func tag(t *testing.T, gtin string, serial uint64) gs1.EPC {
	t.Helper()
	number, err := gs1.ParseGTIN(gtin)
	if err != nil {
		t.Fatal(err)
	}
	piece, err := gs1.NewSGTIN96(number, 7, 1, serial)
	if err != nil {
		t.Fatal(err)
	}
	epc, err := piece.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return epc
}
