package ble_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/ble"
)

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"AC:23:3F:A0:32:08":   "ac233fa03208",
		"ac233fA03208":        "ac233fa03208",
		"AC-23-3F-A0-32-08":   "",
		"AC:23:3F:A0:32:0":    "",
		"AC23:3F:A0:32:08:12": "",
		"ac233fa0320g":        "",
		"":                    "",
		"000000000000":        "000000000000",
	} {
		a, ok := ble.ParseAddress(text)
		if ok != (want != "") || ok && a.Reveal() != want {
			t.Errorf("%q: %s %v", text, a.Reveal(), ok)
		}
	}
}

func TestAddressesThatChangeAreNoKeys(t *testing.T) {
	for _, c := range []struct {
		address string
		kind    ble.AddressKind
		lasting bool
	}{
		{"58782076bc24", ble.Public, true},
		{"58782076bc24", ble.Random, false}, // resolvable
		{"18782076bc24", ble.Random, false}, // non-resolvable
		{"c8782076bc24", ble.Random, true},  // static
		{"88782076bc24", ble.Random, false}, // reserved
		{"58782076bc24", ble.KindUntold, false},
		{"18782076bc24", ble.KindUntold, false},
		{"ac233fa03208", ble.KindUntold, true},
		{"c8252d8e9c2c", ble.KindUntold, true},
		{"000000000000", ble.Public, false},
	} {
		a, _ := ble.ParseAddress(c.address)
		id, ok := a.Identity(c.kind)
		if ok != c.lasting || ok && id.Reveal() != "mac:"+c.address {
			t.Errorf("%s of kind %d: identity %q %v, want %v", c.address, c.kind, id.Reveal(), ok, c.lasting)
		}
	}
}

func TestIdentitiesAsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"iBeacon:FDA50693A4E24FB1AFCFC6EB07647825:10001:19641": "ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:10001:19641",
		"altbeacon:2f234454cf6d4a0fadf2f4911ba9ffa600050003":   "altbeacon:2f234454cf6d4a0fadf2f4911ba9ffa600050003",
		"eddystone-uid:00112233445566778899:000000000001":      "eddystone-uid:00112233445566778899:000000000001",
		"eddystone-eid:000102030405060708090A0b0c0d0e0f":       "eddystone-eid:000102030405060708090a0b0c0d0e0f",
		"irk:000102030405060708090a0b0c0d0e0f":                 "irk:000102030405060708090a0b0c0d0e0f",
		"mac:AC:23:3F:A0:32:08":                                "mac:ac233fa03208",
		"ibeacon:fda50693a4e24fb1afcfc6eb07647825:70000:1":     "",
		"ibeacon:fda50693a4e24fb1afcfc6eb07647825:1":           "",
		"ibeacon:fda5:1:1":                                     "",
		"eddystone-eid-now:4549445f74657374":                   "",
		"mac:planted":                                          "",
		"planted":                                              "",
	} {
		id, err := ble.ParseIdentity(text)
		if id.Reveal() != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, id.Reveal(), err)
		}
		if err != nil && (!errors.Is(err, ble.ErrIdentity) || strings.Contains(err.Error(), "planted")) {
			t.Errorf("%q: error %v", text, err)
		}
	}
}

// TestNothingPrints: whatever a programmer does with them, logs do not show whose radio it was.
func TestNothingPrints(t *testing.T) {
	raw := [32]byte(bytes.Repeat([]byte{0xDE, 0xAD, 0xBE, 0xEF}, 8))
	id, _ := ble.IBeacon{UUID: ble.UUID(raw[:16])}.Identity()
	values := []any{ble.Address(raw[:6]), id, ble.Secret(raw), ble.Pseudonym(raw), struct{ A any }{id}, []ble.Address{ble.Address(raw[:6])}, &id, ble.Ring{Current: raw},
		ble.EIDBeacon{Key: [16]byte(raw[:16])}, resolver(t, ble.EIDBeacon{Key: [16]byte(raw[:16])}), ble.NewFilter(nil, nil, nil), ble.Renewal{Ring: ble.Ring{Current: raw}, Previous: ble.Pseudonym(raw)}}
	var said bytes.Buffer
	text, structured := slog.New(slog.NewTextHandler(&said, nil)), slog.New(slog.NewJSONHandler(&said, nil))
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%X", "% x", "%d", "%q", "%s", "%c", "%b", "%o"} {
			fmt.Fprintf(&said, verb+"\n", v)
		}
		text.Info("heard", "radio", v)
		structured.Info("heard", "radio", v)
		p, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		said.Write(p)
	}
	all := strings.ToLower(said.String())
	for _, verb := range []string{"%02x%02x", "%02x %02x", "%d %d", "%d, %d", "%d,%d", "%#x, %#x", "%c %c", "%b %b", "%o %o"} {
		if planted := fmt.Sprintf(verb, raw[0], raw[1]); strings.Contains(all, planted) {
			t.Errorf("%q shows in:\n%s", planted, all)
		}
	}
	if n := strings.Count(all, "(withheld)"); n < 15*len(values) {
		t.Errorf("withheld %d times only:\n%s", n, all)
	}
}

var (
	spring = ble.Secret{1}
	summer = ble.Secret{2}
	autumn = ble.Secret{3}
)

// keys rotate on the first of June and of September.
func keys(at time.Time) ble.Ring {
	switch month := at.Month(); {
	case month < time.June:
		return ble.Ring{Current: spring}
	case month < time.September:
		return ble.Ring{Current: summer, Previous: spring}
	}
	return ble.Ring{Current: autumn, Previous: summer}
}

// enrol is an Enrolled that knows the identities under one key.
func enrol(t *testing.T, secret ble.Secret, identities ...string) ble.Enrolled {
	t.Helper()
	known := map[ble.Pseudonym]devices.RadioID{}
	for n, text := range identities {
		id, err := ble.ParseIdentity(text)
		if err != nil {
			t.Fatal(err)
		}
		known[secret.Pseudonym(id)] = devices.RadioID(fmt.Sprintf("tag-%d", n+1))
	}
	return func(p ble.Pseudonym) (devices.RadioID, bool) {
		id, ok := known[p]
		return id, ok
	}
}

func parse(t *testing.T, text string) ble.Identity {
	t.Helper()
	id, err := ble.ParseIdentity(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestFilterAcrossRotations(t *testing.T) {
	const tag = "mac:ac233fa03208"
	f := ble.NewFilter(keys, enrol(t, spring, tag), nil)
	for month, want := range map[time.Month]bool{time.May: true, time.June: true, time.August: true, time.September: false} {
		id, ok := f.Pass(time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC), parse(t, tag))
		if ok != want || ok && id != "tag-1" {
			t.Errorf("in %v: %q %v, want %v", month, id, ok, want)
		}
	}
}

// TestRenewals: who is found under the previous key is told with its name under the current one, and nobody else is.
func TestRenewals(t *testing.T) {
	const tag, stranger = "mac:ac233fa03208", "mac:ac233fa03209"
	var told []ble.Renewal
	f := ble.NewFilter(keys, enrol(t, spring, tag), nil).TellRenewals(func(r ble.Renewal) { told = append(told, r) })
	for _, month := range []time.Month{time.May, time.June, time.September} {
		f.Pass(time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC), parse(t, stranger), parse(t, tag))
	}
	want := ble.Renewal{Ring: ble.Ring{Current: summer, Previous: spring}, Previous: spring.Pseudonym(parse(t, tag)), Current: summer.Pseudonym(parse(t, tag))}
	if len(told) != 1 || told[0] != want {
		t.Errorf("told %d times, want once, in June", len(told))
	}
}

// TestTagsPutAwayDoNotPass: they are the shop's, and nobody carries them.
func TestTagsPutAwayDoNotPass(t *testing.T) {
	const tag = "mac:ac233fa03208"
	renewed := 0
	putAway := func(p ble.Pseudonym) (devices.RadioID, bool) { return "", p == spring.Pseudonym(parse(t, tag)) }
	f := ble.NewFilter(keys, putAway, nil).TellRenewals(func(ble.Renewal) { renewed++ })
	for _, month := range []time.Month{time.May, time.June} {
		if id, ok := f.Pass(time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC), parse(t, tag)); ok || id != "" {
			t.Errorf("passes in %v as %q", month, id)
		}
	}
	if renewed != 1 {
		t.Errorf("renewed %d times, want once, so that it can be handed out later", renewed)
	}
}

func TestFilterLetsOnlyTheEnrolledPass(t *testing.T) {
	const tag, other = "ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:1:2", "ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:1:3"
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	f := ble.NewFilter(keys, enrol(t, spring, "mac:ac233fa03208", tag), nil)
	if id, ok := f.Pass(at, parse(t, other), parse(t, tag)); !ok || id != "tag-2" {
		t.Errorf("a tag with an unknown name beside a known one: %q %v", id, ok)
	}
	for name, ids := range map[string][]ble.Identity{"another tag": {parse(t, other)}, "nobody": {{}}, "none": nil} {
		if id, ok := f.Pass(at, ids...); ok {
			t.Errorf("%s passes as %q", name, id)
		}
	}
	none := ble.NewFilter(func(time.Time) ble.Ring { return ble.Ring{} }, enrol(t, ble.Secret{}, tag), nil)
	if _, ok := none.Pass(at, parse(t, tag)); ok {
		t.Error("a tag passes without a key")
	}
}

func TestFilterResolvesRotatingIdentifiers(t *testing.T) {
	key := [16]byte{7}
	beacon := ble.EIDBeacon{Key: key, Exponent: 10, Started: started}
	at := started.Add(100 * time.Hour)
	enrolled := enrol(t, spring, "eddystone-eid:"+hex.EncodeToString(key[:]))
	now, _ := ble.EddystoneEID{EID: ble.EID(key, 360000, 10)}.Identity()
	if id, ok := ble.NewFilter(keys, enrolled, resolver(t, beacon)).Pass(at, now); !ok || id != "tag-1" {
		t.Errorf("%q %v", id, ok)
	}
	if _, ok := ble.NewFilter(keys, enrolled, nil).Pass(at, now); ok {
		t.Error("passes without a resolver")
	}
	strange, _ := ble.EddystoneEID{EID: [8]byte{1}}.Identity()
	anybody := func(ble.Pseudonym) (devices.RadioID, bool) { return "anybody", true }
	if _, ok := ble.NewFilter(keys, anybody, resolver(t, beacon)).Pass(at, strange); ok {
		t.Error("an identifier that nobody can resolve became a key")
	}
}

// TestSameBytesOfTwoKinds: an Eddystone namespace and an identity key of the same bytes are two tags.
func TestSameBytesOfTwoKinds(t *testing.T) {
	a := parse(t, "eddystone-uid:00010203040506070809:0a0b0c0d0e0f")
	b := parse(t, "irk:000102030405060708090a0b0c0d0e0f")
	if spring.Pseudonym(a).Equal(spring.Pseudonym(b)) || spring.Pseudonym(a).Equal(summer.Pseudonym(a)) {
		t.Error("two share a pseudonym")
	}
	if !spring.Pseudonym(a).Equal(spring.Pseudonym(a)) {
		t.Error("a pseudonym changes")
	}
}

func TestPassingAllocatesNothing(t *testing.T) {
	f := ble.NewFilter(keys, enrol(t, summer, "mac:ac233fa03208"), nil)
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	ids := []ble.Identity{parse(t, "irk:000102030405060708090a0b0c0d0e0f"), parse(t, "mac:ac233fa03209")}
	f.Pass(at, ids...)
	if n := testing.AllocsPerRun(100, func() { f.Pass(at, ids...) }); n > 0 {
		t.Errorf("%v allocations for somebody who does not pass, want none", n)
	}
}

func BenchmarkPass(b *testing.B) {
	nobody := func(ble.Pseudonym) (devices.RadioID, bool) { return "", false }
	f := ble.NewFilter(keys, nobody, nil)
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		f.Pass(at, ble.IRK([16]byte{1}))
	}
}
