package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestThisRepository is the check itself: the repository keeps to the plan.
func TestThisRepository(t *testing.T) {
	found, err := check("../..", house())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

// plant writes a module of the given files and returns what the check says about it, a violation a line.
func plant(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files["go.mod"] = "module showroom\n"
	for name, text := range files {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := check(root, house())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, v := range found {
		lines = append(lines, v.String())
	}
	return strings.Join(lines, "\n")
}

func TestPlantedViolations(t *testing.T) {
	for _, row := range []struct{ name, file, text, want string }{
		{"upwards", "agent/showroom/x.go", `package showroom; import _ "showroom/agent/store"`, "agent/showroom/x.go:1: imports showroom/agent/store: the domain's rules know no technology and nothing above them; it may import agent/gs1"},
		{"sideways", "agent/fitting/x.go", `package fitting; import _ "showroom/agent/checkout"`, "it knows no other use case and no transport; it may import agent/presence, agent/store,"},
		{"a face beside a face", "agent/httpd/x.go", `package httpd; import _ "showroom/agent/staff"`, "what faces people and machines stands side by side"},
		{"kiosk reads the database", "kiosk/view/x.go", `package view; import _ "showroom/agent/store"`, "a screen holds no truth"},
		{"kiosk knows the domain", "kiosk/view/x.go", `package view; import _ "showroom/agent/showroom"`, "a screen holds no truth; it may import agent/localapi, agent/lang"},
		{"contract knows the domain", "agent/localapi/x.go", `package localapi; import _ "showroom/agent/showroom"`, "has its own types, so that the domain can change under it; it may import nothing"},
		{"driver reads config", "devices/rfid/r200/x.go", `package r200; import _ "showroom/config"`, "a codec turns bytes into frames"},
		{"codec opens a port", "devices/rfid/x.go", `package rfid; import _ "showroom/devices/link"`, "knows no port and no broker"},
		{"agent knows the centre", "agent/app/x.go", `package app; import _ "showroom/sync/central/stream"`, "kiosk and central service are other programs"},
		{"stranger of others", "agent/presence/x.go", `package presence; import _ "github.com/spf13/viper"`, "imports github.com/spf13/viper: presence decides from readings and time; rules do no I/O; of others it may import nothing"},
		{"uuid on the ground", "agent/gs1/x.go", `package gs1; import _ "github.com/google/uuid"`, "imports nothing; of others it may import nothing"},
		{"cobra outside main", "agent/app/x.go", `package app; import _ "github.com/spf13/cobra"`, "imports github.com/spf13/cobra"},
		{"fyne/app in a screen", "kiosk/screen/room/x.go", `package room; import _ "fyne.io/fyne/v2/app"`, "which is for kiosk/cmd/showroom-kiosk alone: it brings cgo"},
		{"fyne/app in a kiosk test", "kiosk/screen/room/x_test.go", `package room; import _ "fyne.io/fyne/v2/app"`, "every screen is tested headless"},
		{"second database", "sync/uplink/x.go", `package uplink; import _ "database/sql"`, "there is one writer"},
		{"second sqlite", "agent/ingest/x.go", `package ingest; import _ "github.com/mattn/go-sqlite3"`, "all SQL is in the store"},
		{"second serial port", "devices/pos/zvt/x.go", `package zvt; import _ "go.bug.st/serial"`, "which is for devices/link alone"},
		{"second MQTT client", "agent/app/x.go", `package app; import _ "github.com/eclipse/paho.mqtt.golang"`, "which is for devices/mqttlink alone"},
		{"broker in the client", "devices/mqttlink/x.go", `package mqttlink; import _ "github.com/mochi-mqtt/server/v2"`, "which is for devices/mqttlink/broker alone"},
		{"nats in a part", "sync/central/feed/x.go", `package feed; import _ "github.com/nats-io/nats.go/jetstream"`, "which is for sync/central/stream alone"},
		{"own supervisor", "agent/ingest/x.go", `package ingest; import _ "github.com/thejerf/suture/v4"`, "which is for agent/app alone"},
		{"no row", "agent/loyalty/x.go", `package loyalty`, "agent/loyalty has no row in scripts/depcheck/table.go: give it a row"},
		{"file in sync", "sync/sync.go", `package sync`, "there is no Go file directly in sync/"},
		{"empty name", "devices/rfid/util/x.go", `package util`, "a package called util says nothing of the shop"},
		{"init", "agent/live/x.go", `package live; func init() {}`, "init runs before anybody asked"},
		{"print", "agent/live/x.go", `package live; import "fmt"; func f() { fmt.Println() }`, "fmt.Println writes to a terminal nobody watches"},
		{"print by another name", "agent/live/x.go", `package live; import p "fmt"; func f() { p.Printf("") }`, "fmt.Printf writes to a terminal"},
		{"old logger", "agent/live/x.go", `package live; import "log"; func f() { log.Print() }`, "imports log: records go through the slog.Logger"},
		{"sleep", "agent/live/x.go", `package live; import "time"; func f() { time.Sleep(1) }`, "time.Sleep cannot be interrupted"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := plant(t, map[string]string{row.file: row.text})
			if !strings.Contains(got, row.want) || !strings.HasPrefix(got, row.file+":1: ") || strings.Contains(got, "\n") {
				t.Errorf("got\n%s\nwant one line with\n%s", got, row.want)
			}
		})
	}
}

func TestAllowed(t *testing.T) {
	got := plant(t, map[string]string{
		"agent/fitting/x.go":             `package fitting; import (_ "showroom/agent/store"; _ "showroom/agent/gs1"; _ "showroom/devices"; _ "github.com/google/uuid"; _ "log/slog")`,
		"agent/fitting/x_test.go":        `package fitting; import (_ "showroom/agent/httpd"; _ "database/sql"; "fmt"; "time"); func f() { fmt.Println(); time.Sleep(1) }`,
		"agent/session/x.go":             `package session; import (_ "showroom/agent/fitting"; _ "showroom/agent/live")`,
		"agent/app/x.go":                 `package app; import (_ "showroom/config"; _ "showroom/devices/rfid/r200"; _ "showroom/agent/httpd"; _ "github.com/thejerf/suture/v4")`,
		"devices/rfid/r200/x.go":         `package r200; import (_ "showroom/devices/rfid"; _ "showroom/agent/showroom")`,
		"kiosk/screen/room/x.go":         `package room; import (_ "showroom/kiosk/screen/touch"; _ "fyne.io/fyne/v2/widget"; _ "golang.org/x/image/draw")`,
		"kiosk/cmd/showroom-kiosk/x.go":  `package main; import ("fmt"; _ "fyne.io/fyne/v2/app"; _ "showroom/kiosk/screen"); func main() { fmt.Println() }`,
		"sync/central/stream/x.go":       `package stream; import (_ "github.com/nats-io/nats.go/jetstream"; _ "github.com/nats-io/nats-server/v2/server")`,
		"scripts/demo/x.go":              `package main; import (_ "showroom/agent/app"; _ "showroom/sync/central"; _ "github.com/chromedp/chromedp")`,
		"scripts/tools/go.mod":           "module tools\n",
		"scripts/tools/x.go":             `package common`,
		"agent/staff/third_party/odd.go": `package util`,
		"agent/store/testdata/odd.go":    `package helper`,
	})
	if got != "" {
		t.Errorf("refused:\n%s", got)
	}
}

// TestImportsGoDown keeps the table itself in order: a row lists only lower floors, or packages of its own tree.
func TestImportsGoDown(t *testing.T) {
	c := checker{rows: house()}
	for _, r := range c.rows {
		if r.why == "" && r.floor <= mains {
			t.Errorf("%s refuses without a reason", r.dir)
		}
		tree := strings.TrimSuffix(strings.TrimSuffix(r.dir, "..."), "/")
		for _, name := range r.own {
			dir := strings.TrimSuffix(strings.TrimSuffix(name, "..."), "/")
			target, ok := c.rowOf(dir)
			if dir == "" || matches(dir+"/...", tree) || matches(tree+"/...", dir) || strings.HasSuffix(name, "...") && !ok {
				continue
			}
			if !ok || target.floor >= r.floor {
				t.Errorf("%s lists %s, which stands on the same floor or higher, or has no row", r.dir, name)
			}
		}
	}
}

func TestRootWithoutModule(t *testing.T) {
	if _, err := check(t.TempDir(), house()); err == nil || !strings.Contains(err.Error(), "go.mod") {
		t.Errorf("check returned %v", err)
	}
}
