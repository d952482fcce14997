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
