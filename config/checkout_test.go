package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"showroom/config"
)

const shopLines = "store: {id: moda, name: Moda, currency: EUR, company_prefixes: [\"0614141\"]}\n"

// One row for each thing that can be wrong with how people pay, and the fault it must give.
func TestCheckoutFaults(t *testing.T) {
	const pt = "settlers: [{id: pt, kind: zvt, port: 'tcp://h:20007'}]\n"
	for _, row := range []struct{ name, text, want string }{
		{"settler of no kind", "settlers: [{id: pt, port: /dev/x}]", `settlers[0].kind: is missing; write one of zvt, okc`},
		{"a kind that is only decoded", "settlers: [{id: pt, kind: ecr17, port: /dev/x}]", `settlers[0].kind: is ecr17, which this release can decode and not drive`},
		{"settler without port", "settlers: [{id: pt, kind: zvt}]", `settlers[0].port: is missing`},
		{"cash register on a cable", "settlers: [{id: pt, kind: okc, port: /dev/x}]", `settlers[0].port: "/dev/x" is not an address`},
		{"two settlers on one port", "settlers: [{id: a, kind: zvt, port: /dev/x}, {id: b, kind: zvt, port: /dev/x}]", `settlers[1].port: "/dev/x" is already that of settlers[0]`},
		{"settler by a printer's name", pt + "printers: [{id: pt, port: /dev/p}]", `printers[0].id: "pt" is already the id of settlers[0]`},
		{"odd rate", "settlers: [{id: a, kind: zvt, port: /dev/x, baud: 9601}]", `settlers[0].baud: 9601 is no rate`},
		{"odd currency", "settlers: [{id: a, kind: zvt, port: /dev/x, currency: euro}]", `settlers[0].currency: "euro" is not a currency`},
		{"relative password", "settlers: [{id: a, kind: zvt, port: /dev/x, password_file: pw}]", `settlers[0].password_file: "pw" depends on the folder`},
		{"impatience", "settlers: [{id: a, kind: zvt, port: /dev/x, timers: {answer: 1ms}}]", `settlers[0].timers.answer: 1ms is not between 50ms and 1m; write 5s`},
		{"no end of a payment", "settlers: [{id: a, kind: zvt, port: /dev/x, timers: {longest: 5m}}]", `settlers[0].timers.longest: is nothing that devices of kind zvt are waited for; remove it`},
		{"frames of a register", "settlers: [{id: a, kind: okc, port: 'tcp://h:1', timers: {frame_gap: 1s}}]", `settlers[0].timers.frame_gap: is nothing that devices of kind okc are waited for; remove it`},
		{"silence longer than all", "settlers: [{id: a, kind: okc, port: 'tcp://h:1', timers: {quiet: 10m}}]", `settlers[0].timers.longest: 5m is less than quiet, so one silence would end every payment; write at least 10m`},
		{"silent between heartbeats", "settlers: [{id: a, kind: okc, port: 'tcp://h:1', timers: {heartbeat: 10s}}]", `settlers[0].timers.silent_after: 15s is less than two heartbeats, so one late answer would make the device silent; write 20s`},
		{"unknown printer", "printers: [{id: p, model: laser, port: /dev/p}]", `printers[0].model: "laser" is not known; write one of epson, datecs, generic, raster`},
		{"narrow printer", "printers: [{id: p, port: /dev/p, width: 10}]", `printers[0].width: 10 is not between 24 and 72; write 48`},
		{"kiosk with a settler that is not there", pt + "kiosks: [{id: k, mode: checkout, settler: pt2}]", `kiosks[0].settler: there is no settler "pt2"; write one of pt or add it to settlers`},
		{"welcome kiosk that takes money", pt + "kiosks: [{id: k, mode: welcome, settler: pt}]", `kiosks[0].settler: is for checkout kiosks`},
		{"unknown law", "checkout: {profile: FR}", `checkout.profile: "FR" is not known; write one of TR, DE, AT, IT, plain`},
		{"bag by its name", "checkout: {bag: carrier}", `checkout.bag: "carrier" is not an item number`},
		{"limit with a comma", "checkout: {invoice_limit: '9.900,00'}", `checkout.invoice_limit: "9.900,00" is not a sum`},
		{"impatient kiosk", "checkout: {idle_after: 1s}", `checkout.idle_after: 1s is not between 15s and 10m; write 1m`},
		{"opens at noon o'clock", "checkout: {opens: noon, closes: '22:00'}", `checkout.opens: "noon" is not a time of day`},
		{"opens and never closes", "checkout: {opens: '09:00'}", `checkout.opens: stands without the other end of the day`},
		{"receipts nowhere", "checkout: {receipt_url: receipts}", `checkout.receipt_url: is not a URL`},
		{"receipts nobody shows", "checkout: {receipt_lan_url: 'http://192.0.2.2:8461/r'}", `checkout.receipt_lan_url: stands without receipt_lan_listen`},
		{"receipts shown nowhere", "checkout: {receipt_lan_url: 'http://192.0.2.2:8461/r', receipt_lan_listen: guests}", `checkout.receipt_lan_listen: "guests" is not host:port`},
		{"country by its name", "checkout: {seller: {country: Germany}}", `checkout.seller.country: "Germany" is not a country`},
		{"two tills of one name", "tills: [{id: k1}, {id: k1}]", `tills[1].id: "k1" is already the id of tills[0]`},
		{"security without topic", "security: [{id: e, key_file: /k}]", `security[0].topic: is missing`},
		{"security for all", "security: [{id: e, topic: showroom/#, key_file: /k}]", `security[0].topic: "showroom/#" is a filter`},
		{"security without key", "security: [{id: e, topic: a/b}]", `security[0].key_file: is missing`},
		{"security beside nothing", "security: [{id: e, topic: a/b, key_file: /k, kiosks: [sco9]}]", `security[0].kiosks[0]: there is no checkout kiosk "sco9"`},
		{"security beside a till that is not there", "tills: [{id: k1}]\nsecurity: [{id: e, topic: a/b, key_file: /k, tills: [k2]}]", `security[0].tills[0]: there is no till "k2"; write one of k1 or add it to tills`},
		{"two beside one till", "tills: [{id: k1}]\nsecurity: [{id: e, topic: a/b, key_file: /k, tills: [k1]}, {id: f, topic: a/c, key_file: /k, tills: [k1]}]", `security[1].tills[0]: security[0] stands beside "k1" already`},
		{"two that serve the rest", "security: [{id: e, topic: a/b, key_file: /k}, {id: f, topic: a/c, key_file: /k}]", `security[1]: names no kiosks and no tills, as security[0]`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := config.Parse([]byte(shopLines+row.text), "showroom.yaml")
			if err == nil || !strings.Contains(err.Error(), row.want) || strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("got\n%v\nwant the one fault\n%s", err, row.want)
			}
		})
	}
}

func TestWhoseLawACheckoutFollows(t *testing.T) {
	for text, want := range map[string]struct {
		profile config.Country
		note    string
	}{
		"kiosks: [{id: k, mode: checkout, settler: pt}]":                             {config.Plain, ""},
		"kiosks: [{id: k, mode: checkout}]":                                          {config.Plain, "kiosks[0].settler: is missing, so nobody can pay here; baskets go to the till"},
		"checkout: {profile: DE}\nkiosks: [{id: k, mode: checkout, settler: pt}]":    {config.Germany, "kiosks[0]: nobody can pay here: the law of DE asks for a fiscal device that this release does not drive"},
		"checkout: {profile: TR}\nkiosks: [{id: k, mode: checkout, settler: pt}]":    {config.Turkey, "kiosks[0].settler: nobody can pay here: under profile TR the device must be of kind okc"},
		"checkout: {profile: TR}\nkiosks: [{id: k, mode: checkout, settler: yazar}]": {config.Turkey, ""},
	} {
		cfg, err := config.Parse([]byte(shopLines+"settlers: [{id: pt, kind: zvt, port: 'tcp://h:20007'}, {id: yazar, kind: okc, port: 'tcp://h:4100'}]\n"+text), "showroom.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if cfg.CheckoutProfile() != want.profile {
			t.Errorf("%s: profile %s, want %s", text, cfg.CheckoutProfile(), want.profile)
		}
		if notes := cfg.Notes(); want.note != "" && !slices.Contains(notes, want.note) || want.note == "" && len(notes) > 0 {
			t.Errorf("%s: notes %q, want %q", text, notes, want.note)
		}
	}
}

// What is not written stays the protocol's, whatever order the keys stand in.
func TestTimersOfASettler(t *testing.T) {
	cfg, err := config.Parse([]byte(shopLines+"settlers: [{id: pt, timers: {answer: 8s}, port: 'tcp://h:20007', kind: zvt}, {id: o, kind: okc, port: 'tcp://h:4100', timers: {quiet: 20s}}]"), "showroom.yaml")
	if err != nil {
		t.Fatal(err)
	}
	patient, hasty := config.DefaultSettlerOf(config.ZVT).Timers, config.DefaultSettlerOf(config.OKC).Timers
	patient.Answer, hasty.Quiet = 8*time.Second, 20*time.Second
	if got := cfg.Settlers[0].Timers; got != patient {
		t.Errorf("%+v, want %+v", got, patient)
	}
	if got := cfg.Settlers[1].Timers; got != hasty {
		t.Errorf("%+v, want %+v", got, hasty)
	}
	want := []string{"settlers[1].timers: are shorter than the protocol's, so that more payments stay in doubt than need be"}
	if notes := cfg.Notes(); !slices.Equal(notes, want) {
		t.Errorf("notes %q, want %q", notes, want)
	}
}

func TestHoursOfACheckout(t *testing.T) {
	cfg, err := config.Parse([]byte(shopLines+"checkout: {opens: '09:00', closes: '22:30'}"), "showroom.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if opens, closes := cfg.Checkout.Hours(); opens != 9*time.Hour || closes != 22*time.Hour+30*time.Minute {
		t.Errorf("open from %s to %s", opens, closes)
	}
}
