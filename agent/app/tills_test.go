package app_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/config"
	"showroom/devices/devicetest"
	"showroom/devices/mqttlink"
	"showroom/devices/sim/tillsim"
)

// TestTheAgentHearsItsTills: over its own broker, where a till signs in and may do what tills do only, and over another one.
func TestTheAgentHearsItsTills(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, cfg *config.Config) mqttlink.Options{
		"its own broker": func(t *testing.T, cfg *config.Config) mqttlink.Options {
			cfg.Broker.Listen = devicetest.FreeAddress(t)
			file := filepath.Join(cfg.StateDir, "till.password")
			if err := os.WriteFile(file, []byte("secret\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg.Broker.Users = []config.BrokerUser{{Name: "till", PasswordFile: file}}
			return mqttlink.Options{URL: "mqtt://" + cfg.Broker.Listen, ClientID: "k1", Username: "till", Password: "secret"}
		},
		"another broker": func(t *testing.T, cfg *config.Config) mqttlink.Options {
			b, _ := devicetest.Broker(t)
			cfg.Broker.Embedded, cfg.Broker.URL = false, b.URL()
			return mqttlink.Options{URL: b.URL(), ClientID: "k1"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := shop(t)
			cfg.Tills = []config.Till{{ID: "k1"}}
			where := prepare(t, &cfg)
			hearsTill(t, cfg, where)
		})
	}
}

// hearsTill has a till talk over a broker, and the agent write down what it says.
func hearsTill(t *testing.T, cfg config.Config, where mqttlink.Options) {
	t.Helper()
	_, stop := start(t, cfg)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	till := tillsim.NewTill(cfg.Store.ID, "k1", func(ctx context.Context) (*mqttlink.Client, error) { return mqttlink.Dial(ctx, where) })
	defer till.Close()
	isAnswered(ctx, t, till)
	journal, err := store.OpenJournal(ctx, cfg.StateDir)
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	say := func() {
		t.Helper()
		if err := till.Say(ctx, map[string]any{"type": "drawer.opened"}); err != nil {
			t.Fatal(err)
		}
	}
	heard := func() int { return reports(ctx, t, journal) }
	// Another broker keeps nothing for an agent that it does not know yet.
	said := 0
	for ; heard() == 0; said++ {
		say()
	}
	first := said
	for range 3 {
		say()
		said++
	}
	// Its own broker has acknowledged what is in the journal, another one may not have passed it on.
	for heard() < 1+said-first {
		if ctx.Err() != nil {
			t.Fatalf("%d of the last events are in the journal", heard())
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// isAnswered waits until the agent answers a till: then it listens.
func isAnswered(ctx context.Context, t *testing.T, till *tillsim.Till) {
	t.Helper()
	for {
		once, cancel := context.WithTimeout(ctx, time.Second)
		_, err := till.Claim(once, "nobody's")
		cancel()
		if err != nil && err.Error() == "This basket does not exist, or not any more." {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the till is not answered: %v", err)
		}
	}
}

// reports is how much of what tills say is in the journal.
func reports(ctx context.Context, t *testing.T, journal *store.Journal) (n int) {
	t.Helper()
	rows, err := journal.Since(ctx, 0, 10_000)
	if err != nil {
		t.Fatalf("%d events are in the journal: %v", n, err)
	}
	for _, r := range rows {
		if r.Kind == showroom.KindTillReported {
			n++
		}
	}
	return n
}
