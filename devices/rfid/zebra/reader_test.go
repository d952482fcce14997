package zebra_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/rfid"
	"showroom/devices/rfid/zebra"
)

const ownEPC = "3034257BF7194E4000001A85"

func TestConformanceOverBroker(t *testing.T) {
	devicetest.Run(t, func(t *testing.T) devicetest.Bench {
		b, sub := devicetest.OverBroker(t, "ziotc/r1/data")
		driver := zebra.New(rfid.Options{Device: "r1", Topic: "ziotc/r1/#", SilentAfter: devicetest.Silence})
		b.Run = func(ctx context.Context, feed *devicetest.Feed) error { return driver.Run(ctx, sub, feed) }
		b.Tag = []byte(`{"type":"SIMPLE","data":{"idHex":"` + ownEPC + `","antenna":1,"peakRssi":-50}}`)
		b.Half = []byte(`{"type":"SIMPLE","data":{"idHex":"` + ownEPC)
		b.Alive = []byte(`{"type":"HEARTBEAT","status":"ok"}`)
		return b
	})
}

// subscriber is a function as an rfid.Subscriber.
type subscriber func(ctx context.Context, filter string) (<-chan devices.Message, error)

func (f subscriber) Subscribe(ctx context.Context, filter string) (<-chan devices.Message, error) {
	return f(ctx, filter)
}

// scene is a driver on a subscription, in the time of the test's bubble.
type scene struct {
	feed     *devicetest.Feed
	messages chan devices.Message
}

func play(t *testing.T, story func(t *testing.T, s scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := scene{feed: &devicetest.Feed{}, messages: make(chan devices.Message, 1024)}
		own, err := gs1.ParseEPC(ownEPC)
		if err != nil {
			t.Fatal(err)
		}
		reader := zebra.New(rfid.Options{Device: "r1", Topic: "ziotc/r1/#", Own: func(e gs1.EPC) bool { return e == own }})
		ctx, cancel := context.WithCancel(context.Background())
		var driver sync.WaitGroup
		driver.Go(func() {
			_ = reader.Run(ctx, subscriber(func(context.Context, string) (<-chan devices.Message, error) { return s.messages, nil }), s.feed)
		})
		defer driver.Wait()
		defer cancel()
		story(t, s)
	})
}

// say delivers a tag read that the reader stamped at a time of its own clock.
func (s scene) say(stamp time.Time, retained bool) {
	p := fmt.Sprintf(`{"type":"SIMPLE","timestamp":%q,"data":{"idHex":%q,"peakRssi":-50}}`, stamp.Format("2006-01-02T15:04:05.000-0700"), ownEPC)
	s.messages <- devices.Message{Topic: "ziotc/r1/data", Payload: []byte(p), Retained: retained, At: time.Now()}
	synctest.Wait()
}

func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// stale waits for the counters to be told and answers how many messages were too old.
func (s scene) stale() uint64 {
	pass(2 * time.Second)
	return s.feed.Last().Frames.Stale
}

func TestRetainedMessagesAreNoReads(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		s.say(time.Now(), true)
		if n := s.stale(); n != 1 || s.feed.Reads() != 0 || s.feed.Last().State == devices.Up {
			t.Errorf("a retained message: %d stale, %d reads, status %+v", n, s.feed.Reads(), s.feed.Last())
		}
	})
}

func TestBacklogAfterAnOutageMakesNoReads(t *testing.T) {
	for name, clock := range map[string]time.Duration{"right clock": 0, "clock a day behind": -24 * time.Hour, "clock an hour ahead": time.Hour} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T, s scene) {
				// For a reader whose clock is wrong this is the time it takes to be believed.
				for range 80 {
					s.say(time.Now().Add(clock), false)
					pass(100 * time.Millisecond)
				}
				known, dropped := s.feed.Reads(), s.stale()
				if known < 20 || clock == 0 && dropped > 0 {
					t.Fatalf("%d of 80 live messages were read, %d dropped", known, dropped)
				}
				pass(10 * time.Minute)
				// Ten minutes of messages in a second, and then live ones again.
				for i := range 550 {
					s.say(time.Now().Add(clock-10*time.Minute+time.Duration(i)*time.Second), false)
					pass(2 * time.Millisecond)
				}
				if n := s.feed.Reads(); n != known {
					t.Errorf("a backlog made %d reads", n-known)
				}
				s.say(time.Now().Add(clock), false)
				if n := s.feed.Reads(); n != known+1 {
					t.Errorf("%d reads of the live message behind the backlog", n-known)
				}
				if n := s.stale() - dropped; n != 550 {
					t.Errorf("%d counted as stale, want 550", n)
				}
			})
		})
	}
}

func TestBacklogBeforeAnythingElseMakesNoReads(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		for i := range 300 {
			s.say(time.Now().Add(-10*time.Minute+time.Duration(i)*time.Second), false)
			pass(10 * time.Millisecond)
		}
		s.say(time.Now(), false)
		if n := s.feed.Reads(); n != 1 {
			t.Errorf("%d reads, want the live one", n)
		}
	})
}

// TestSlowBacklogMakesNoReads: the reader sends three minutes a minute of what it has kept.
func TestSlowBacklogMakesNoReads(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		begin := time.Now()
		for time.Since(begin) < 4*time.Minute {
			s.say(begin.Add(-10*time.Minute+3*time.Since(begin)), false)
			pass(200 * time.Millisecond)
		}
		if n := s.feed.Reads(); n != 0 {
			t.Errorf("a backlog made %d reads", n)
		}
	})
}

func TestReaderWhoseClockIsSetBackIsBelievedAgain(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		s.say(time.Now(), false)
		for range 100 {
			pass(100 * time.Millisecond)
			s.say(time.Now().Add(-time.Hour), false)
		}
		if n := s.feed.Reads(); n < 40 || n > 60 {
			t.Errorf("%d reads in ten seconds, want those of the last five", n)
		}
	})
}

// A reader that talks and is not understood has another trouble than one that says nothing.
func TestGarbageIsNoSilence(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		for range 4 {
			s.messages <- devices.Message{Payload: []byte("not JSON"), At: time.Now()}
			pass(10 * time.Second)
		}
		if last := s.feed.Last(); last.State != devices.Silent || last.Reason != "garbage" || last.Frames.Bad != 4 {
			t.Errorf("status %+v, want garbage", last)
		}
		pass(time.Minute)
		if last := s.feed.Last(); last.State != devices.Silent || last.Reason != "no heartbeat" {
			t.Errorf("status %+v after the last garbage, want no heartbeat", last)
		}
	})
}

func TestSilenceAndHeartbeats(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		beat := func() {
			s.messages <- devices.Message{Payload: []byte(`{"type":"HEARTBEAT"}`), At: time.Now()}
			synctest.Wait()
		}
		pass(31 * time.Second)
		if last := s.feed.Last(); last.State != devices.Silent || last.Reason != "no heartbeat" {
			t.Errorf("status %+v before the first word, want silent", last)
		}
		for range 20 {
			beat()
			pass(20 * time.Second)
			if st := s.feed.Last().State; st != devices.Up {
				t.Fatalf("state %v between heartbeats", st)
			}
		}
		pass(20 * time.Second)
		if st := s.feed.Last().State; st != devices.Silent {
			t.Errorf("state %v without heartbeats", st)
		}
		if n := len(s.feed.Statuses()); n > 25 {
			t.Errorf("%d statuses for 20 heartbeats", n)
		}
	})
}

func TestForeignTagsAndGarbage(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		for _, p := range []string{
			`{"data":{"idHex":"E2003411B802011383257C3D"}}`,
			`{"data":{"idHex":"` + ownEPC + `","PC":"29A9"}}`,
			`not json at all`,
			`{"data":{"idHex":"` + ownEPC + `","antenna":3}}`,
		} {
			s.messages <- devices.Message{Payload: []byte(p), At: time.Now()}
		}
		pass(3 * time.Second)
		want := devices.Frames{Good: 3, Bad: 1, Foreign: 2}
		if got := s.feed.Last().Frames; got != want {
			t.Errorf("counted %+v, want %+v", got, want)
		}
		tags := s.feed.Tags()
		if len(tags) != 1 || tags[0].Antenna != 3 || tags[0].RSSI.Known() || tags[0].Reader != "r1" || tags[0].At.IsZero() {
			t.Errorf("reads %+v, want the shop's one at antenna 3 with unknown strength", tags)
		}
	})
}

func TestLostBrokerIsAnError(t *testing.T) {
	messages := make(chan devices.Message)
	close(messages)
	var feed devicetest.Feed
	reader := zebra.New(rfid.Options{Device: "r1", Topic: "#"})
	err := reader.Run(t.Context(), subscriber(func(context.Context, string) (<-chan devices.Message, error) { return messages, nil }), &feed)
	if !errors.Is(err, rfid.ErrBroker) {
		t.Errorf("got %v, want %v", err, rfid.ErrBroker)
	}
	if last := feed.Last(); last.State != devices.Down || last.Reason != "broker" {
		t.Errorf("status %+v, want down for the broker", last)
	}
}
