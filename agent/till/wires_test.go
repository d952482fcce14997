package till_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
	"showroom/devices/sim/tillsim"
)

// overBothBrokers runs a test with the shop behind the embedded broker, which asks before it acknowledges, and beside Mosquitto, which
// keeps what is not acknowledged. The shop can keep nothing while failing is set.
func overBothBrokers(t *testing.T, test func(t *testing.T, s *shop, failing *atomic.Bool, url string)) {
	take := func(s *shop, failing *atomic.Bool) func(context.Context, devices.Message) error {
		return func(ctx context.Context, m devices.Message) error {
			if failing.Load() {
				return errors.New("disk full")
			}
			return s.Take(ctx, m)
		}
	}
	t.Run("embedded", func(t *testing.T) {
		s, failing := open(t), new(atomic.Bool)
		b, err := broker.Listen(broker.Options{Listen: "127.0.0.1:0", Events: []string{s.EventTopics()}, Take: take(s, failing)})
		if err != nil {
			t.Fatal(err)
		}
		background(t, b.Run)
		test(t, s, failing, b.URL())
	})
	t.Run("mosquitto", func(t *testing.T) {
		program, err := exec.LookPath("mosquitto")
		if err != nil {
			t.Skip("Mosquitto is not installed")
		}
		s, failing := open(t), new(atomic.Bool)
		url := mosquitto(t, program, "")
		ready := make(chan struct{})
		known := sync.OnceFunc(func() { close(ready) }) // from now on the broker keeps what is said
		background(t, func(ctx context.Context) error {
			for ctx.Err() == nil { // as the supervisor does
				c, events, err := mqttlink.DialEvents(ctx, mqttlink.Options{URL: url, ClientID: "ist-01/tills"}, s.EventTopics())
				if err != nil {
					continue
				}
				known()
				unhook := context.AfterFunc(ctx, func() { _ = c.Close() })
				for e := range events {
					if err := take(s, failing)(ctx, e.Message); err != nil {
						break
					}
					e.Acknowledge()
				}
				unhook()
				_ = c.Close()
			}
			return ctx.Err()
		})
		<-ready
		test(t, s, failing, url)
	})
}

// background runs something until the test ends.
func background(t *testing.T, run func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
}

// mosquitto runs a broker of its own until the test ends, with these lines more in its configuration.
func mosquitto(t testing.TB, program, more string) string {
	t.Helper()
	address := devicetest.FreeAddress(t)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, "listener %s %s\nallow_anonymous true\n%s", port, host, more), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-c", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for late := time.Now().Add(time.Minute); time.Now().Before(late); <-time.After(time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return "mqtt://" + address
		}
	}
	t.Fatal("Mosquitto does not listen")
	return ""
}

// served is a context that ends, and fails the test's wait, after a while.
func served(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func dialler(url, id string) func(context.Context) (*mqttlink.Client, error) {
	return func(ctx context.Context) (*mqttlink.Client, error) {
		return mqttlink.Dial(ctx, mqttlink.Options{URL: url, ClientID: id})
	}
}

func TestATillLosesNothingOverEitherBroker(t *testing.T) {
	overBothBrokers(t, func(t *testing.T, s *shop, failing *atomic.Bool, url string) {
		ctx := served(t)
		sim := tillsim.NewTill("ist-01", "k1", dialler(url, "k1"))
		defer sim.Close()
		drawer := func() map[string]any { return map[string]any{"type": "drawer.opened"} }
		for i := range 30 {
			switch i {
			case 5:
				sim.Suffer(tillsim.Duplicate, 2)
			case 12:
				sim.Suffer(tillsim.Gap, 1)
			case 20:
				failing.Store(true)
				time.AfterFunc(300*time.Millisecond, func() { failing.Store(false) })
			}
			if err := sim.Say(ctx, drawer()); err != nil {
				t.Fatal(err)
			}
		}
		// They are counted after they have been committed.
		s.until("every event is in the journal", func() bool { return s.count(showroom.KindTillReported) == 30 && s.Counters().Taken >= 30 })
		if gaps, c := s.count(showroom.KindTillGap), s.Counters(); gaps != 1 || c.Taken != 30 || c.Dead != 0 {
			t.Errorf("%d gaps, counted %+v", gaps, c)
		}
	})
}

// An event that is too long is kept as far as it goes, and acknowledged: its till would send it again for ever.
func TestAnEventThatIsTooLongIsDealtWithOverEitherBroker(t *testing.T) {
	overBothBrokers(t, func(t *testing.T, s *shop, failing *atomic.Bool, url string) {
		const letters = 900_000
		ctx := served(t)
		sim := tillsim.NewTill("ist-01", "k1", dialler(url, "k1"))
		defer sim.Close()
		if err := sim.Say(ctx, map[string]any{"type": "drawer.opened", "reason": strings.Repeat("x", letters)}); err != nil {
			t.Fatal(err)
		}
		s.until("it is kept", func() bool { return s.Counters().Dead > 0 })
		failing.Store(true) // what is not acknowledged comes again over the next connection
		time.AfterFunc(50*time.Millisecond, func() { failing.Store(false) })
		if err := sim.Say(ctx, map[string]any{"type": "drawer.opened"}); err != nil {
			t.Fatal(err)
		}
		s.until("the next is taken", func() bool { return s.Counters().Taken > 0 })
		dead := s.dead()
		if len(dead) != 1 {
			t.Fatalf("kept %d messages", len(dead))
		}
		var size int
		if _, err := fmt.Sscanf(dead[0].Reason, "the event has %d bytes, at most", &size); err != nil || size < letters || size > letters+1000 {
			t.Errorf("the reason is %q", dead[0].Reason)
		}
		if dead[0].Till != "k1" || !strings.Contains(string(dead[0].Body), `"reason":"xxxx`) {
			t.Errorf("kept of till %q: %.300s", dead[0].Till, dead[0].Body)
		}
	})
}

func TestABasketGoesToATillAndItsTagsAreLetGoOf(t *testing.T) {
	overBothBrokers(t, func(t *testing.T, s *shop, _ *atomic.Bool, url string) {
		s.mu.Lock()
		s.now.Wall = time.Now() // the simulated device looks at the time of a command
		s.mu.Unlock()
		ctx := served(t)
		for name, serve := range map[string]func(context.Context, *mqttlink.Client) error{
			"baskets": func(ctx context.Context, c *mqttlink.Client) error { return s.AnswerAll(ctx, c) },
			"eas1":    func(ctx context.Context, c *mqttlink.Client) error { return s.Serve(ctx, "eas1", c) },
		} {
			c, err := dialler(url, "ist-01/"+name)(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			background(t, func(ctx context.Context) error { return serve(ctx, c) })
		}
		device := tillsim.NewDeactivator("eas1", "showroom/v1/ist-01/eas/eas1", []byte(key))
		device.Suffer(tillsim.RefuseOne, 1)
		c, err := dialler(url, "eas1")(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		ready := make(chan struct{})
		background(t, func(ctx context.Context) error { return device.Run(ctx, c, func() { close(ready) }) })
		<-ready

		b := s.parks("AB12")
		first, second := tillsim.NewTill("ist-01", "k1", dialler(url, "k1")), tillsim.NewTill("ist-01", "k2", dialler(url, "k2"))
		defer first.Close()
		defer second.Close()
		offered := claims(ctx, t, first, "AB12")
		if _, err := second.Claim(ctx, "AB12"); err == nil || err.Error() != "This basket is at the till." {
			t.Errorf("the second till: %v", err)
		}
		if err := first.Sell(ctx, offered); err != nil {
			t.Fatal(err)
		}
		s.until("the basket is sold and its tags are answered for", func() bool {
			return s.basket(b.ID).State == showroom.BasketPaid && s.count(showroom.KindTagReleased) == 2
		})
		got := device.Released()
		pending, failed := s.releases()
		if len(got) != 1 || !slices.Contains([]string{tag(1).String(), tag(2).String()}, got[0]) || len(pending) != 0 || len(failed) != 1 {
			t.Errorf("let go of %v; left %v, staff see %v", got, pending, failed)
		}
		if len(s.dead()) != 0 {
			t.Errorf("nobody understood %+v", s.dead())
		}
	})
}

// claims asks until the agent listens: a broker keeps no question for it.
func claims(ctx context.Context, t *testing.T, sim *tillsim.Till, code string) tillsim.Basket {
	t.Helper()
	for {
		once, cancel := context.WithTimeout(ctx, time.Second)
		b, err := sim.Claim(once, code)
		cancel()
		if err == nil {
			return b
		}
		if ctx.Err() != nil {
			t.Fatalf("no basket: %v", err)
		}
	}
}
