package terminals_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/devicetest"
	"showroom/devices/sim"
	"showroom/devices/sim/terminals"
)

// TestTerminals: both kinds stand in a shop, where they can be pulled, plugged, spoilt and asked what they have moved.
func TestTerminals(t *testing.T) {
	scenario, err := sim.ParseScenario("terminal okc1 okc listen 127.0.0.1:1\nterminal pt1 zvt listen 127.0.0.1:1\n")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[showroom.DeviceID]sim.TerminalKind{"okc1": sim.OKC, "pt1": sim.ZVT}
	addresses := map[showroom.DeviceID]string{"okc1": devicetest.FreeAddress(t), "pt1": devicetest.FreeAddress(t)}
	dir, err := os.MkdirTemp("", "sim") // a unix socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	s, err := sim.New(sim.Options{Scenario: scenario, Links: dir, Control: socket, Payments: terminals.Make, Listen: addresses})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	until(t, func() bool { _, err := sim.Tell(ctx, socket, "state"); return err == nil })
	for id, address := range addresses {
		isSpoilt(t, socket, id, kinds[id])
		isPulled(t, socket, id, address)
	}
	for _, line := range []string{"ledger fr1", "spoil fr1 fine", "spoil okc1"} {
		if got, err := sim.Tell(ctx, socket, line); err == nil {
			t.Errorf("%s: %q, want an error", line, got)
		}
	}
}

// isSpoilt has a terminal suffer a fault, and be asked for one that it does not know and for all that it does.
func isSpoilt(t *testing.T, socket string, id showroom.DeviceID, kind sim.TerminalKind) {
	t.Helper()
	for line, want := range map[string]string{
		"ledger " + string(id):                   "[]",
		"spoil " + string(id) + " hang approved": "spoil " + string(id) + " hang approved",
	} {
		if got, err := sim.Tell(t.Context(), socket, line); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", line, got, err, want)
		}
	}
	if got, err := sim.Tell(t.Context(), socket, "spoil "+string(id)+" explode"); err == nil || !strings.Contains(err.Error(), "explode") {
		t.Errorf("an unknown fault: %q, %v", got, err)
	}
	_, err := sim.Tell(t.Context(), socket, "spoil "+string(id)+" help")
	for _, word := range terminals.Words(kind) {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("help of %s does not tell of %q: %v", id, word, err)
		}
	}
}

// isPulled pulls the cable of a terminal, where nobody answers then, and plugs it in again.
func isPulled(t *testing.T, socket string, id showroom.DeviceID, address string) {
	t.Helper()
	for _, step := range []struct {
		line   string
		answer bool
	}{{"pull", false}, {"plug", true}} {
		if _, err := sim.Tell(t.Context(), socket, step.line+" "+string(id)); err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", address)
		if (err == nil) != step.answer {
			t.Errorf("%s after %s: dialled with %v", id, step.line, err)
		}
		if err == nil {
			_ = c.Close()
		}
	}
}

// TestNobodyTakesMoney: a shop that has a terminal needs to be told what stands behind it.
func TestNobodyTakesMoney(t *testing.T) {
	scenario, err := sim.ParseScenario("terminal okc1 okc listen 127.0.0.1:1\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sim.New(sim.Options{Scenario: scenario, Links: t.TempDir()}); err == nil {
		t.Error("there is a terminal without anything behind it")
	}
	if _, err := sim.ParseScenario("terminal pt1 ecr17 listen 127.0.0.1:1\n"); err == nil {
		t.Error("a kind that nobody simulates is taken")
	}
}

func until(t *testing.T, ready func() bool) {
	t.Helper()
	end := time.After(time.Minute)
	for !ready() {
		select {
		case <-end:
			t.Fatal("the simulated shop does not open")
		case <-time.After(10 * time.Millisecond):
		}
	}
}
