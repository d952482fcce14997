package rfid_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/rfid"
)

var noon = time.Date(2026, 9, 11, 12, 0, 0, 0, time.UTC)

// TestClocksThatAreWrong: live messages of a reader whose clock is off by any amount are live once it has run like a clock for
// five seconds, and what it has kept while it was away is not.
func TestClocksThatAreWrong(t *testing.T) {
	for _, off := range []time.Duration{0, time.Hour, -24 * time.Hour} {
		var f rfid.Freshness
		at := noon
		live := 0
		for range 80 { // eight seconds
			at = at.Add(100 * time.Millisecond)
			if f.Live(at.Add(off), at) {
				live++
			}
		}
		if live < 29 || off == 0 && live != 80 {
			t.Errorf("clock off by %v: %d of 80 messages are live", off, live)
		}
		at = at.Add(10 * time.Minute)
		for i := range 550 {
			at = at.Add(2 * time.Millisecond)
			if f.Live(at.Add(off-10*time.Minute+time.Duration(i)*time.Second), at) {
				t.Fatalf("clock off by %v: message %d of a backlog is live", off, i)
			}
		}
		if !f.Live(at.Add(off), at) {
			t.Errorf("clock off by %v: the live message behind the backlog is not", off)
		}
		if !f.Live(time.Time{}, at) {
			t.Error("a message without a stamp is not live")
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2025, 10, 7, 15, 4, 46, 123e6, time.UTC)
	for text, want := range map[string]time.Time{
		"2025-10-07T15:04:46.123+0000":   at,
		"2025-10-07T18:04:46.123+03:00":  at,
		"2025-10-07T15:04:46.123000000Z": at,
		"2025-10-07T15:04:46.1230000Z":   at,
		"2025-10-07T15:04:46Z":           at.Truncate(time.Second),
		"2025-10-07T15:04:46":            {},
		"2025-13-07T15:04:46Z":           {},
		"2025-10-07T15:04:46.123+0":      {},
		"":                               {},
	} {
		if got, ok := rfid.ParseTime([]byte(text)); !got.Equal(want) || ok == want.IsZero() {
			t.Errorf("%q: %v, %t", text, got, ok)
		}
	}
}

func TestObjects(t *testing.T) {
	for text, want := range map[string]struct{ good, bad int }{
		`{}{}`:              {2, 0},
		"{}\n{}\n":          {2, 0},
		`[{},{}][{}]`:       {3, 0},
		`[]`:                {0, 0},
		`[{},7]`:            {1, 1},
		`[{}`:               {1, 1},
		`[[{}]]`:            {0, 1},
		`{"a":[1,{"b":2}]}`: {1, 0},
		`{"a":}`:            {0, 1},
		`{}x{}`:             {1, 1},
		`7`:                 {0, 1},
		``:                  {0, 0},
	} {
		o := rfid.NewObjects([]byte(text))
		good := 0
		for o.Next() {
			if _, err := o.Skip(); err != nil {
				o.Fail()
			} else {
				good++
			}
		}
		if good != want.good || o.Bad() != want.bad {
			t.Errorf("%q: %d objects, %d bad, want %+v", text, good, o.Bad(), want)
		}
	}
}

func TestStrengthThatMeansNothingIsUnknown(t *testing.T) {
	for v, want := range map[float64]devices.RSSI{-70: -7000, -0.5: -50, 0: devices.UnknownRSSI, 3: devices.UnknownRSSI, -1e9: devices.UnknownRSSI} {
		if got := rfid.Strength(v, 1); got != want {
			t.Errorf("%v: %v, want %v", v, got, want)
		}
	}
	if got := rfid.Strength(-5234, 100); got != -5234 {
		t.Errorf("hundredths: %v", got)
	}
}

// broker is a subscription that ends, or that there is none of.
type broker struct{ err error }

func (b broker) Subscribe(context.Context, string) (<-chan devices.Message, error) {
	messages := make(chan devices.Message)
	close(messages)
	return messages, b.err
}

func TestLostBrokerIsAnError(t *testing.T) {
	refused := errors.New("no")
	for want, b := range map[error]broker{rfid.ErrBroker: {}, refused: {refused}} {
		var feed devicetest.Feed
		reader := rfid.NewReader(rfid.Options{Device: "r1", Topic: "#"}, func(devices.Message, func(rfid.Event)) int { return 0 })
		err := reader.Run(t.Context(), b, &feed)
		if _, ok := errors.AsType[*devices.Error](err); !ok || !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if last := feed.Last(); last.State != devices.Down || last.Reason != "broker" || last.Advice == "" {
			t.Errorf("status %s", fmt.Sprint(last))
		}
	}
}
