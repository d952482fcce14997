package e2e

import (
	"bytes"
	"context"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"showroom/agent/showroom"
	"showroom/devices/mqttlink"
	"showroom/scripts/shop"
)

// ears listen at the broker and remember which radios the gateways have told of.
type ears struct {
	mu     sync.Mutex // guards radios
	radios map[string]bool
}

// address is that of a radio, as one gateway or another writes it.
var address = regexp.MustCompile(`\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b|\b[0-9A-Fa-f]{12}\b`)

// eavesdrop listens until the end of the test.
func (s *kinds) eavesdrop() *ears {
	s.t.Helper()
	client, err := mqttlink.Dial(s.t.Context(), mqttlink.Options{URL: s.Broker, ClientID: "ears"})
	s.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	e := &ears{radios: map[string]bool{}}
	var listening sync.WaitGroup
	for _, filter := range []string{"home/#", "espresense/#", "/gw/#", "ruuvi/#"} {
		messages, err := client.Subscribe(ctx, filter)
		s.must(err)
		listening.Go(func() {
			for m := range messages {
				e.take(m.Topic + " " + string(m.Payload))
			}
		})
	}
	s.t.Cleanup(func() {
		_ = client.Close() // the broker may be gone already
		cancel()
		listening.Wait()
	})
	return e
}

func (e *ears) take(said string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, text := range address.FindAllString(said, -1) {
		switch digits := strings.ToLower(strings.ReplaceAll(text, ":", "")); digits {
		case "ac233fc001ea", "c8252d8e9c2c": // gateways of the shop
		default:
			e.radios[digits] = true
		}
	}
}

// passersBy stops the shop and looks for everybody who went by, and for what loan tags send, in everything the shop has written down.
func (s *kinds) passersBy(e *ears) {
	s.t.Helper()
	var passed uint64
	for _, id := range shop.Gateways() {
		passed += s.watch.now().devices[id].Foreign
	}
	s.AgentProcess.Stop()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.radios) < 20 || passed < 100 {
		s.t.Errorf("%d radios were told of, and %d times one was counted that is not the shop's", len(e.radios), passed)
	}
	forms := [][]byte{[]byte(secretCustomer)}
	for digits := range e.radios {
		raw, err := hex.DecodeString(digits)
		s.must(err)
		colons := strings.Join(regexp.MustCompile("..").FindAllString(digits, -1), ":")
		for _, text := range []string{digits, colons} {
			forms = append(forms, []byte(text), []byte(strings.ToUpper(text)))
		}
		slices.Reverse(raw)
		forms = append(forms, slices.Clone(raw))
		slices.Reverse(raw)
		forms = append(forms, raw)
	}
	if found := s.written([][]byte{[]byte(shop.Stroller)}); len(found) == 0 {
		s.t.Error("not even what is written on a loan tag is in a file, so this search proves nothing")
	}
	if found := s.written(forms); len(found) > 0 {
		s.t.Errorf("somebody who went by, or what a loan tag sends, is written down in %q", found)
	}
	s.toldOfZones()
}

// written searches all that the agent and the centre have written. What the simulated shop logs is what really happened.
func (s *kinds) written(forms [][]byte) (found []string) {
	s.t.Helper()
	for _, folder := range []string{"agent", "central", "logs/showroom-agent.log", "logs/showroom-central.log"} {
		s.must(filepath.WalkDir(filepath.Join(s.Dir(), folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path)
			if err == nil && slices.ContainsFunc(forms, func(form []byte) bool { return bytes.Contains(content, form) }) {
				found = append(found, path)
			}
			return err
		}))
	}
	return found
}

// toldOfZones wants the journal of the stopped agent to tell where loan tags went, each step and no other.
func (s *kinds) toldOfZones() {
	s.t.Helper()
	moves := 0
	for _, row := range s.journal() {
		if row.Kind == showroom.KindTagMoved {
			moves++
		}
	}
	const stroller = 6 // to the door, away, to the door, away, to the door, to another gateway
	if want := len(shop.Gateways()) + stroller; moves != want {
		s.t.Errorf("loan tags have moved %d times, want %d", moves, want)
	}
}
