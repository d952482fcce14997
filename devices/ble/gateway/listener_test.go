package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/devices"
	"showroom/devices/ble"
	"showroom/devices/ble/gateway"
	"showroom/devices/devicetest"
)

var storeKey = ble.Secret{1, 2, 3}

// enrolled lets the tags pass, as tag-1, tag-2 and so on.
func enrolled(t testing.TB, tags ...string) *ble.Filter {
	t.Helper()
	known := map[ble.Pseudonym]devices.RadioID{}
	for n, tag := range tags {
		id, err := ble.ParseIdentity(tag)
		if err != nil {
			t.Fatal(err)
		}
		known[storeKey.Pseudonym(id)] = devices.RadioID(fmt.Sprintf("tag-%d", n+1))
	}
	return ble.NewFilter(func(time.Time) ble.Ring { return ble.Ring{Current: storeKey} },
		func(p ble.Pseudonym) (devices.RadioID, bool) { id, ok := known[p]; return id, ok }, nil)
}

// subscriber is a function as a gateway.Subscriber.
type subscriber func(ctx context.Context, filter string) (<-chan devices.Message, error)

func (f subscriber) Subscribe(ctx context.Context, filter string) (<-chan devices.Message, error) {
	return f(ctx, filter)
}

// words is what a gateway of each format says: of an enrolled tag, and of a radio that nobody enrolled.
func words() map[gateway.Format]struct{ topic, tag, other string } {
	const advertisement = "0201061AFF4C000215FDA50693A4E24FB1AFCFC6EB0764782500010002C5"
	return map[gateway.Format]struct{ topic, tag, other string }{
		gateway.OMG:        {"home/gw1/BTtoMQTT", `{"id":"AC:23:3F:A0:32:08","rssi":-60}`, `{"id":"AC:23:3F:A0:32:09","rssi":-60}`},
		gateway.Theengs:    {"home/gw1/BTtoMQTT/AC233FA03208", `{"id":"AC:23:3F:A0:32:08","rssi":-60}`, `{"id":"AC:23:3F:A0:32:09","rssi":-60}`},
		gateway.ESPresense: {"espresense/devices/x/gw1", `{"mac":"ac233fa03208","id":"ac233fa03208","rssi":-60}`, `{"mac":"ac233fa03209","id":"ac233fa03209","rssi":-60}`},
		gateway.Minew:      {"/gw/ac233fc001ea/status", `[{"mac":"AC233FA03208","rssi":-60}]`, `[{"type":"Gateway","mac":"AC233FC001EA"}]`},
		gateway.Ruuvi:      {"ruuvi/AC:23:3F:C0:01:EA/AC:23:3F:A0:32:08", `{"rssi":-60,"data":"` + advertisement + `"}`, `{"rssi":-60,"data":"020106"}`},
	}
}

func TestConformanceOverBroker(t *testing.T) {
	for format, say := range words() {
		t.Run(string(format), func(t *testing.T) {
			devicetest.Run(t, func(t *testing.T) devicetest.Bench {
				b, sub := devicetest.OverBroker(t, say.topic)
				tag := "mac:ac233fa03208"
				if format == gateway.Ruuvi { // whose address is in its topic, always the same here
					tag = "ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:1:2"
				}
				driver := listen(t, gateway.Options{Device: "gw1", Format: format, Topic: say.topic, Filter: enrolled(t, tag), SilentAfter: devicetest.Silence})
				b.Run = func(ctx context.Context, feed *devicetest.Feed) error { return driver.Run(ctx, sub, feed) }
				b.Tag, b.Alive = []byte(say.tag), []byte(say.other)
				b.Half = b.Tag[:len(b.Tag)/2]
				return b
			})
		})
	}
}

func listen(t testing.TB, o gateway.Options) *gateway.Listener {
	t.Helper()
	l, err := gateway.NewListener(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// scene is a Listener on two subscriptions, in the time of the test's bubble.
type scene struct {
	feed           *devicetest.Feed
	topics, health chan devices.Message
	stop           func()
}

const enrolledTag = "AC233FA03208"

func play(t *testing.T, format gateway.Format, story func(t *testing.T, s scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := scene{feed: &devicetest.Feed{}, topics: make(chan devices.Message, 1024), health: make(chan devices.Message, 16)}
		listener := listen(t, gateway.Options{Device: "gw1", Format: format, Name: "AC:23:3F:C0:01:EA", Topic: "topics", Health: "health", Filter: enrolled(t, "mac:"+enrolledTag)})
		ctx, cancel := context.WithCancel(context.Background())
		var driver sync.WaitGroup
		driver.Go(func() {
			_ = listener.Run(ctx, subscriber(func(_ context.Context, filter string) (<-chan devices.Message, error) {
				if filter == "health" {
					return s.health, nil
				}
				return s.topics, nil
			}), s.feed)
		})
		s.stop = func() { cancel(); driver.Wait() }
		defer s.stop()
		story(t, s)
	})
}

// say delivers a row of Minew's about a radio, stamped at a time of the gateway's own clock.
func (s scene) say(mac string, stamp time.Time, retained bool) {
	p := fmt.Sprintf(`[{"type":"Gateway","mac":"AC233FC001EA"},{"timestamp":%q,"mac":%q,"rssi":-60}]`, stamp.Format(time.RFC3339), mac)
	s.topics <- devices.Message{Topic: "/gw/ac233fc001ea/status", Payload: []byte(p), Retained: retained, At: time.Now()}
	synctest.Wait()
}

// publish delivers anything at all.
func (s scene) publish(to chan devices.Message, topic, p string, retained bool) {
	to <- devices.Message{Topic: topic, Payload: []byte(p), Retained: retained, At: time.Now()}
	synctest.Wait()
}

func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// frames waits for the counters to be told.
func (s scene) frames() devices.Frames {
	pass(2 * time.Second)
	return s.feed.Last().Frames
}

func TestSightings(t *testing.T) {
	play(t, gateway.Minew, func(t *testing.T, s scene) {
		s.say(enrolledTag, time.Now(), false)
		s.say("AC233FA03209", time.Now(), false)
		want := devices.Sighting{Gateway: "gw1", ID: "tag-1", RSSI: devices.DBm(-60), TxPower: devices.UnknownRSSI, At: time.Now()}
		if got := s.feed.Sightings(); len(got) != 1 || got[0] != want {
			t.Errorf("heard %+v, want %+v", got, want)
		}
		if got, want := s.frames(), (devices.Frames{Good: 2, Foreign: 1}); got != want || s.feed.Last().State != devices.Up {
			t.Errorf("counted %+v, want %+v; %v", got, want, s.feed.Last().State)
		}
	})
}

func TestRetainedAndOldMessagesAreNoSightings(t *testing.T) {
	play(t, gateway.Minew, func(t *testing.T, s scene) {
		s.say(enrolledTag, time.Now(), true)
		if st := s.feed.Last().State; st != devices.Down {
			t.Errorf("state %v for a retained message", st)
		}
		s.say(enrolledTag, time.Now(), false)
		for i := range 100 {
			s.say(enrolledTag, time.Now().Add(-time.Hour+time.Duration(i)*time.Second), false)
			pass(10 * time.Millisecond)
		}
		if n := len(s.feed.Sightings()); n != 1 {
			t.Errorf("%d sightings, want the live one", n)
		}
		if n := s.frames().Stale; n != 101 {
			t.Errorf("%d counted as stale, want 101", n)
		}
	})
}

func TestLastWill(t *testing.T) {
	play(t, gateway.ESPresense, func(t *testing.T, s scene) {
		const status, room = "espresense/rooms/AC233FC001EA/status", "AC233FC001EA"
		radio := `{"mac":"ac233fa03208","id":"ac233fa03208","rssi":-60}`
		s.publish(s.health, status, "online", true)
		if st := s.feed.Last().State; st == devices.Up {
			t.Error("up because of a retained word")
		}
		s.publish(s.topics, "espresense/devices/x/"+room, radio, false)
		if st := s.feed.Last().State; st != devices.Up {
			t.Errorf("state %v while it tells of radios", st)
		}
		s.publish(s.health, status, "offline", false)
		if last := s.feed.Last(); last.State != devices.Down || last.Reason != "gateway offline" || last.Advice == "" || last.LastData.IsZero() {
			t.Errorf("status %+v after the last will", last)
		}
		pass(time.Hour)
		if last := s.feed.Last(); last.State != devices.Down || last.Reason != "gateway offline" {
			t.Errorf("status %+v an hour later, want no change", last)
		}
		s.publish(s.health, status, "online", false)
		if st := s.feed.Last().State; st != devices.Up {
			t.Errorf("state %v when it is back", st)
		}
		pass(5 * time.Minute)
		if st := s.feed.Last().State; st != devices.Silent {
			t.Errorf("state %v when it is back and says nothing", st)
		}
		s.publish(s.health, status, "offline", true)
		if st := s.feed.Last().State; st != devices.Down {
			t.Errorf("state %v for a retained last will, which is true until it is replaced", st)
		}
	})
}

func TestSilence(t *testing.T) {
	play(t, gateway.OMG, func(t *testing.T, s scene) {
		pass(5 * time.Minute)
		if last := s.feed.Last(); last.State != devices.Silent || last.Reason != "no message" || last.Advice == "" {
			t.Errorf("status %+v before the first word", last)
		}
		for range 10 {
			s.publish(s.topics, "home/AC233FC001EA/SYStoMQTT", `{"uptime":1}`, false)
			pass(2 * time.Minute)
			if st := s.feed.Last().State; st != devices.Up {
				t.Fatalf("state %v in an empty shop", st)
			}
		}
		s.publish(s.topics, "home/AC233FC001EA/commands/MQTTtoBT", `{}`, false)
		pass(3 * time.Minute)
		if st := s.feed.Last().State; st != devices.Silent {
			t.Errorf("state %v: a command to the gateway is no word of it", st)
		}
	})
}

func TestOthersGatewaysAndGarbage(t *testing.T) {
	play(t, gateway.OMG, func(t *testing.T, s scene) {
		radio := `{"id":"AC:23:3F:A0:32:08","rssi":-60}`
		s.publish(s.topics, "home/AnotherOne/BTtoMQTT", radio, false)
		s.publish(s.topics, "home/AnotherOne/LWT", "offline", false)
		s.publish(s.topics, "home/ac233fc001ea/BTtoMQTT", "garbage", false)
		if got, want := s.frames(), (devices.Frames{Bad: 3}); got != want || len(s.feed.Sightings()) > 0 {
			t.Errorf("counted %+v, want %+v; heard %v", got, want, s.feed.Sightings())
		}
		pass(245 * time.Second)
		s.publish(s.topics, "home/ac233fc001ea/BTtoMQTT", "garbage", false)
		pass(245 * time.Second)
		if last := s.feed.Last(); last.State != devices.Silent || last.Reason != "no message" {
			t.Errorf("status %+v long after the last garbage", last)
		}
		for range 5 {
			s.publish(s.topics, "home/ac233fc001ea/BTtoMQTT", "garbage", false)
			pass(time.Minute)
		}
		if last := s.feed.Last(); last.State != devices.Silent || last.Reason != "garbage" || last.Advice == "" {
			t.Errorf("status %+v, want garbage", last)
		}
		s.publish(s.topics, "home/ac233fc001ea/BTtoMQTT", radio, false)
		if len(s.feed.Sightings()) != 1 || s.feed.Last().State != devices.Up {
			t.Error("its own radio is not heard")
		}
	})
}

func TestCrowdIsCountedByTheMinute(t *testing.T) {
	play(t, gateway.Minew, func(t *testing.T, s scene) {
		pass(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute)))
		first := time.Now()
		for range 30 {
			s.say("AC233FA03209", time.Now(), false)
			s.say(enrolledTag, time.Now(), false)
			pass(time.Second)
		}
		if got := s.feed.Crowds(); len(got) != 0 {
			t.Errorf("told before the minute is over: %v", got)
		}
		pass(31 * time.Second) // nobody comes, and still it is told
		s.say("AC233FA03209", time.Now(), false)
		s.stop()
		got := s.feed.Crowds()
		if len(got) != 2 || got[0].Heard != 30 || !got[0].Minute.Equal(first) || got[1].Heard != 1 || !got[1].Minute.Equal(first.Add(time.Minute)) || got[0].Gateway != "gw1" {
			t.Errorf("crowds %+v", got)
		}
	})
}

// TestNobodyUnenrolledIsNamed plants every address and beacon of the data file, one of them enrolled, and looks for them in
// everything that comes out.
func TestNobodyUnenrolledIsNamed(t *testing.T) {
	for _, p := range payloads(t) {
		for _, damaged := range []bool{false, true} {
			raw := p.bytes(t)
			if damaged {
				raw = raw[:len(raw)-len(raw)/8-1]
			}
			var said bytes.Buffer
			old := slog.Default()
			slog.SetDefault(slog.New(slog.NewTextHandler(&said, nil)))
			messages := make(chan devices.Message, 2)
			messages <- devices.Message{Topic: p.Topic, Payload: raw, At: time.Now()}
			messages <- devices.Message{Topic: p.Topic, Payload: raw, At: time.Now(), Retained: true}
			close(messages)
			f := &devicetest.Feed{}
			l := listen(t, gateway.Options{Device: "gw1", Format: gateway.Format(p.Group), Topic: "#", Filter: enrolled(t, "mac:"+enrolledTag)})
			err := l.Run(t.Context(), subscriber(func(context.Context, string) (<-chan devices.Message, error) { return messages, nil }), f)
			slog.SetDefault(old)

			m := decoder(t, gateway.Format(p.Group)).Decode(p.Topic, raw)
			fmt.Fprintf(&said, "%v %+v %+v %+v %+v %q", err, err, f.Sightings(), f.Crowds(), f.Statuses(), m.Why)
			for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s"} {
				fmt.Fprintf(&said, verb, m.Records)
				fmt.Fprintf(&said, verb, m)
				fmt.Fprintf(&said, verb, l)
			}
			for _, s := range p.Expect {
				planted := []string{s.MAC, colons(s.MAC)}
				if s.Beacon != "" {
					planted = append(planted, strings.Split(s.Beacon, ":")[1])
				}
				for _, word := range planted {
					if strings.Contains(strings.ToLower(said.String()), word) {
						t.Errorf("%s: %s shows", p.ID, word)
					}
				}
			}
			for _, s := range f.Sightings() {
				if s.ID != "tag-1" || p.ID != "minew-01" {
					t.Errorf("%s: %q was heard", p.ID, s.ID)
				}
			}
		}
	}
}

func colons(mac string) string {
	var parts []string
	for i := 0; i < len(mac); i += 2 {
		parts = append(parts, mac[i:i+2])
	}
	return strings.Join(parts, ":")
}

func TestLostBrokerIsAnError(t *testing.T) {
	refused := errors.New("refused")
	for name, c := range map[string]struct {
		health string
		refuse string
		want   error
	}{
		"channel closed":        {"", "", gateway.ErrBroker},
		"health channel closed": {"health", "", gateway.ErrBroker},
		"topic refused":         {"health", "topic", refused},
		"health refused":        {"health", "health", refused},
	} {
		t.Run(name, func(t *testing.T) {
			f := &devicetest.Feed{}
			l := listen(t, gateway.Options{Device: "gw1", Format: gateway.OMG, Topic: "topic", Health: c.health, Filter: enrolled(t)})
			err := l.Run(t.Context(), subscriber(func(_ context.Context, filter string) (<-chan devices.Message, error) {
				if filter == c.refuse {
					return nil, refused
				}
				messages := make(chan devices.Message)
				if c.health == "" || filter == "health" {
					close(messages)
				}
				return messages, nil
			}), f)
			if _, ok := errors.AsType[*devices.Error](err); !ok || !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if last := f.Last(); last.State != devices.Down || last.Reason != "broker" {
				t.Errorf("status %+v, want down for the broker", last)
			}
		})
	}
}
