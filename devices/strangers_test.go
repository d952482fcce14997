package devices_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"showroom/devices"
)

func TestTopicRoot(t *testing.T) {
	for topic, want := range map[string]string{
		"home/OMG_1/BTtoMQTT/AABBCCDDEEFF": "home/OMG_1",
		"home/OMG_1/LWT":                   "home/OMG_1",
		"/gw/ac233fc00001/status":          "/gw/ac233fc00001",
		"espresense/devices/irk:77/hall":   "espresense/devices",
		"ruuvi/C8:25:2D/F4:1F":             "ruuvi/C8:25:2D",
		"one":                              "one",
		"one/two":                          "one/two",
		"":                                 "",
		"//":                               "/",
		"a//b/c":                           "a//b",
		"theengs/AABBCCDDEEFF":             "theengs/…",
		"/ble/aa:bb:cc:dd:ee:ff":           "/ble/…",
		"AA-BB-CC-DD-EE-FF":                "…",
		"BT/fda50693a4e24fb1afcfc6eb07647825-10001-7": "BT/…",
		"cafe/face":                            "cafe/face",
		"ble/AABBCCDDEEFF/rssi":                "ble/…",
		"BLE2MQTT-1A2B/a4:c1:38:00:11:22/180f": "BLE2MQTT-1A2B/…",
		"a4c138001122/battery/level":           "…/battery",
		"ruuvi/C8252D000001/F41F2D000002":      "ruuvi/C8252D000001",
		"ruuvi/F41F2D000002":                   "ruuvi/…",
	} {
		if got := devices.TopicRoot(topic); got != want {
			t.Errorf("%q: %q, want %q", topic, got, want)
		}
	}
}

func TestStrangersAreCountedAndBounded(t *testing.T) {
	var s devices.Strangers
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	s.Note(devices.StrangerUnknown, "broker", "omg", "home/OMG", at)
	s.Note(devices.StrangerUnknown, "broker", "omg", "home/OMG", at.Add(time.Minute))
	s.Note(devices.StrangerRefused, "broker", "omg", "", at)
	want := []devices.Stranger{
		{Kind: devices.StrangerRefused, Via: "broker", Name: "omg", Count: 1, First: at, Last: at},
		{Kind: devices.StrangerUnknown, Via: "broker", Name: "omg", Topic: "home/OMG", Clients: 1, Count: 2, First: at, Last: at.Add(time.Minute)},
	}
	if diff := cmp.Diff(want, s.List()); diff != "" {
		t.Error(diff)
	}
	for i := range 1000 {
		s.Note(devices.StrangerUnknown, "broker", "x", fmt.Sprint("wild", i), at.Add(time.Hour+time.Duration(i)*time.Second))
	}
	list := s.List()
	if len(list) != devices.MaxStrangers {
		t.Fatalf("%d are kept", len(list))
	}
	for _, one := range list {
		if one.Last.Before(at.Add(time.Hour + (1000-devices.MaxStrangers)*time.Second)) {
			t.Errorf("an old one is kept: %+v", one)
		}
	}
}

func TestStrangersNamesAreMadeReadable(t *testing.T) {
	var s devices.Strangers
	s.Note(devices.StrangerUnknown, "broker", "a\x00\x1b[31m\n\xff"+strings.Repeat("ı", 200), "t\n", time.Time{})
	one := s.List()[0]
	if n := len([]rune(one.Name)); n > 64 || !utf8.ValidString(one.Name) || strings.ContainsAny(one.Name+one.Topic, "\x00\x1b\n") {
		t.Errorf("%d characters: %q at %q", n, one.Name, one.Topic)
	}
}

// TestADeviceWithNewNamesIsOneStranger: many take another client id whenever they connect. Who is refused is told by that id.
func TestADeviceWithNewNamesIsOneStranger(t *testing.T) {
	var s devices.Strangers
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	s.Note(devices.StrangerUnknown, "broker", "", "home/OMG", at) // as the roll call does
	for i := range 3 {
		s.Note(devices.StrangerUnknown, "broker", fmt.Sprint("ESP", i), "home/OMG", at.Add(time.Minute))
		s.Note(devices.StrangerUnknown, "broker", fmt.Sprint("ESP", i), "home/OMG", at.Add(time.Minute))
	}
	s.Note(devices.StrangerUnknown, "serial port", "ttyUSB0", "", at)
	s.Note(devices.StrangerUnknown, "serial port", "ttyUSB1", "", at)
	for _, name := range []string{"a", "b"} {
		s.Note(devices.StrangerRefused, "broker", name, "home/OMG", at)
	}
	want := []devices.Stranger{
		{Kind: devices.StrangerUnknown, Via: "broker", Topic: "home/OMG", Clients: 3, Count: 7, First: at, Last: at.Add(time.Minute)},
		{Kind: devices.StrangerRefused, Via: "broker", Name: "a", Topic: "home/OMG", Count: 1, First: at, Last: at},
		{Kind: devices.StrangerRefused, Via: "broker", Name: "b", Topic: "home/OMG", Count: 1, First: at, Last: at},
		{Kind: devices.StrangerUnknown, Via: "serial port", Name: "ttyUSB0", Count: 1, First: at, Last: at},
		{Kind: devices.StrangerUnknown, Via: "serial port", Name: "ttyUSB1", Count: 1, First: at, Last: at},
	}
	if diff := cmp.Diff(want, s.List()); diff != "" {
		t.Error(diff)
	}
	for i := range 1000 {
		s.Note(devices.StrangerUnknown, "broker", fmt.Sprint("wild", i), "home/OMG", at)
	}
	if got := s.List()[0]; got.Clients != devices.MaxStrangers || got.Count != 1007 {
		t.Errorf("%+v", got)
	}
}
