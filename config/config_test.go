package config_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/config"
)

var update = flag.Bool("update", false, "write the golden files")

// shop is the least that makes a configuration valid.
const shop = "store: {id: izmir, name: İzmir, company_prefixes: [\"0614141\"]}\n"

func TestFiveDifferentFaultsAreReportedTogether(t *testing.T) {
	_, err := config.Load("testdata/faults.yaml")
	var faults config.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("Load returned %v, want Faults", err)
	}
	type place struct {
		Line int
		Path string
	}
	var got []place
	for _, f := range faults {
		got = append(got, place{f.Line, f.Path})
		if f.Instead == "" || f.Problem == "" || f.File != "faults.yaml" {
			t.Errorf("incomplete fault: %+v", f)
		}
	}
	want := []place{
		{8, "kiosks[0].room"},         // dangling reference
		{18, "readers[0].power"},      // wrong unit
		{19, "readers[1].id"},         // duplicated id
		{23, "presence.arrive_withn"}, // unknown key
		{24, "presence.depart_after"}, // impossible beside presence.window
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	golden(t, "testdata/faults.golden.txt", err.Error()+"\n")
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestDefaultLacksOnlyWhatNoDefaultCanKnow(t *testing.T) {
	var faults config.Faults
	if err := config.Default().Validate(); !errors.As(err, &faults) {
		t.Fatalf("Validate returned %v, want Faults", err)
	}
	var paths []string
	for _, f := range faults {
		paths = append(paths, f.Path)
	}
	if diff := cmp.Diff([]string{"store.id", "store.name", "store.company_prefixes"}, paths); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	cfg, err := config.Parse([]byte(shop), "shop.yaml")
	if err != nil {
		t.Fatalf("the least configuration is refused: %v", err)
	}
	want := config.Default()
	want.Store.ID, want.Store.Name, want.Store.CompanyPrefixes = "izmir", "İzmir", []string{"0614141"}
	if diff := cmp.Diff(want, cfg); diff != "" {
		t.Errorf("Parse changed a default (-want +got):\n%s", diff)
	}
}

// TestExampleShowsTheDefaults holds the example to its first comment: what is not the shop's own shows its default.
func TestExampleShowsTheDefaults(t *testing.T) {
	got, err := config.Parse(config.Example(), "config.example.yaml")
	if err != nil {
		t.Fatalf("the example is refused:\n%v", err)
	}
	for i, r := range got.Readers {
		r.ID, r.Port, r.Topic = "", "", ""
		if diff := cmp.Diff(config.DefaultReaderOf(r.Kind), r); diff != "" {
			t.Errorf("readers[%d] (-default +example):\n%s", i, diff)
		}
	}
	for i, g := range got.Gateways {
		g.ID, g.Format, g.Topic, g.Health = "", "", "", ""
		if diff := cmp.Diff(config.DefaultGateway(), g); diff != "" {
			t.Errorf("gateways[%d] (-default +example):\n%s", i, diff)
		}
	}
	for i, s := range got.Scanners {
		s.ID, s.Port = "", ""
		if diff := cmp.Diff(config.DefaultScanner(), s); diff != "" {
			t.Errorf("scanners[%d] (-default +example):\n%s", i, diff)
		}
	}
	for i, s := range got.Settlers {
		s.ID, s.Port = "", ""
		if diff := cmp.Diff(config.DefaultSettlerOf(s.Kind), s); diff != "" {
			t.Errorf("settlers[%d] (-default +example):\n%s", i, diff)
		}
	}
	for i, p := range got.Printers {
		p.ID, p.Model, p.Port = "", config.DefaultPrinter().Model, ""
		if diff := cmp.Diff(config.DefaultPrinter(), p); diff != "" {
			t.Errorf("printers[%d] (-default +example):\n%s", i, diff)
		}
	}
	want := config.Default()
	want.Store.ID, want.Store.Name, want.Store.CompanyPrefixes = got.Store.ID, got.Store.Name, got.Store.CompanyPrefixes
	want.Kiosks, want.Rooms, want.Trays, want.Zones, want.Staff = got.Kiosks, got.Rooms, got.Trays, got.Zones, got.Staff
	want.Readers, want.Gateways, want.Scanners, want.Scan.Prefixes = got.Readers, got.Gateways, got.Scanners, got.Scan.Prefixes
	want.Settlers, want.Printers, want.Tills, want.Security = got.Settlers, got.Printers, got.Tills, got.Security
	// [] in the file, nil by default
	want.Broker.Users, want.Scan.NoRead, want.Recording.Devices = got.Broker.Users, got.Scan.NoRead, got.Recording.Devices
	if len(got.Broker.Users) != 0 || len(got.Scan.NoRead) != 0 || len(got.Recording.Devices) != 0 || len(got.Security) != 0 {
		t.Error("the example has broker users, security devices, words of scanners or recordings by default")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("example (-default +example):\n%s", diff)
	}
}

func TestExampleShowsEveryKey(t *testing.T) {
	sections := map[string]string{}
	for _, part := range regexp.MustCompile(`(?m)^[a-z_]+:[^\n]*\n([ #][^\n]*\n|\n)*`).FindAllString(string(config.Example()), -1) {
		key, rest, _ := strings.Cut(part, ":")
		sections[key] = rest
	}
	var shown func(section reflect.Type, text, path string)
	shown = func(section reflect.Type, text, path string) {
		for i := range section.NumField() {
			f := section.Field(i)
			key, at := f.Tag.Get("yaml"), path+f.Tag.Get("yaml")
			if path == "" {
				var there bool
				if text, there = sections[key]; !there {
					t.Errorf("the example has no section %s", key)
					continue
				}
			} else if !regexp.MustCompile(`(?m)^[ #-]+` + key + `:`).MatchString(text) {
				t.Errorf("the example does not show %s", at)
			}
			inner := f.Type
			if inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				shown(inner, text, at+".")
			}
		}
	}
	shown(reflect.TypeFor[config.Config](), "", "")
}

func TestValues(t *testing.T) {
	cfg, err := config.Parse([]byte(shop+`
state_dir: /srv/state
presence: {floor: -70.5dBm, move_margin: 4dB, neighbour_margin: 4dB, move_rise: 1dB, visit_pause: 1m30s}
retention: {disk_floor: 1GB}
readers: [{id: a, kind: r200, port: "tcp://192.0.2.1:4001", power: 26dBm}]
rooms: [{id: 2, name: Geniş Oda, reader: a, antennas: [1]}]
central: {url: "http://127.0.0.1:8470", token: geheim}
`), "shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := config.DefaultReader()
	want.ID, want.Kind, want.Port, want.Power = "a", config.R200, "tcp://192.0.2.1:4001", 26
	if diff := cmp.Diff([]config.Reader{want}, cfg.Readers); diff != "" {
		t.Errorf("readers (-want +got):\n%s", diff)
	}
	p := cfg.Presence
	if p.Floor != -70.5 || p.MoveMargin != 4 || p.MoveRise != 1 || p.VisitPause != 90*time.Second || p.Window != 8*time.Second {
		t.Errorf("presence is %+v", p)
	}
	if cfg.Retention.DiskFloor != 1_000_000_000 || cfg.Rooms[0].ID != "2" || cfg.Rooms[0].Name != "Geniş Oda" {
		t.Errorf("got %v and %+v", cfg.Retention.DiskFloor, cfg.Rooms[0])
	}
	if got := cfg.SocketPath(); got != "/srv/state/agent.sock" {
		t.Errorf("SocketPath is %s", got)
	}
	if token, err := cfg.Central.Bearer(); err != nil || token.Reveal() != "geheim" {
		t.Errorf("Bearer is %q, %v", token.Reveal(), err)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	c := config.Central{Token: "geheim"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("central", "config", c, "token", c.Token)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%q", c.Token), log.String(), string(asJSON)} {
		if strings.Contains(text, "geheim") || !strings.Contains(text, "hidden") {
			t.Errorf("printed %s", text)
		}
	}
}

func TestReadSecretTakesTheFirstLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte(" söz \nrest"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := (config.BrokerUser{PasswordFile: path}).Password(); err != nil || got.Reveal() != "söz" {
		t.Errorf("Password is %q, %v", got.Reveal(), err)
	}
	if err := os.WriteFile(path, []byte("\nsöz"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (config.Central{TokenFile: path}).Bearer(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("an empty first line gives %v, want an error naming the file", err)
	}
}

func TestLoadNamesAFileThatIsNotThere(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "missing.yaml"))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "missing.yaml") {
		t.Errorf("Load returned %v", err)
	}
}

// FuzzParse: any text gives a valid configuration or faults that say where and what instead.
func FuzzParse(f *testing.F) {
	f.Add(config.Example())
	f.Add([]byte(shop))
	faulty, err := os.ReadFile("testdata/faults.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(faulty)
	for _, text := range []string{"", "---\n...", "a: &x [*x]\n<<: *x", "? [a]\n: b", "store:\n\tid: x", "readers: [{}, [], 1, null]", "{", "log: !!map {level: |\n  x}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		cfg, err := config.Parse(text, "fuzz.yaml")
		if err == nil {
			if err := cfg.Validate(); err != nil {
				t.Fatalf("Parse let through what Validate refuses: %v", err)
			}
			return
		}
		var faults config.Faults
		if !errors.As(err, &faults) || len(faults) == 0 {
			t.Fatalf("Parse returned %#v, want Faults", err)
		}
		for i, fault := range faults {
			if fault.Problem == "" || fault.Instead == "" || strings.Contains(fault.String(), "\n") {
				t.Fatalf("unusable fault: %+v", fault)
			}
			if i > 0 && faults[i-1].Line > fault.Line {
				t.Fatalf("faults are out of order: %v", faults)
			}
		}
	})
}
