//go:build torture

package torture

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/scripts/shop"
	"showroom/sync/profileapi"
)

var (
	agentKills   = flag.Int("agent-kills", 100, "how often the agent is killed")
	centralKills = flag.Int("central-kills", 30, "how often the central service is killed")
	seed         = flag.Uint64("seed", 0, "of the moments; 0 picks one and prints it")
)

// build makes the programs of the shop.
func build(t *testing.T) (bin string) {
	t.Helper()
	bin = t.TempDir()
	for _, p := range []string{"agent/cmd/showroom-agent", "sync/cmd/showroom-central", "devices/cmd/showroom-sim"} {
		cmd := exec.Command("go", "build", "-o", bin+"/", "./"+p)
		cmd.Dir = filepath.Join("..", "..")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", p, err, out)
		}
	}
	return bin
}

func TestNothingIsLostOrDoubledWhenProgramsAreKilled(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("seed %d", *seed)
	dice := rand.New(rand.NewPCG(*seed, 1))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := openShop(ctx, t)
	w := newWitness(s)
	clients, stopClients := context.WithCancel(ctx)
	defer stopClients()
	var running sync.WaitGroup
	running.Go(func() { w.follow(clients) })
	for i, kiosk := range []string{"fr1", "fr2", "fr3"} {
		dice := rand.New(rand.NewPCG(*seed, uint64(10+i)))
		running.Go(func() { w.tap(clients, kiosk, dice) })
	}
	running.Go(func() { carryAbout(clients, s, rand.New(rand.NewPCG(*seed, 20))) })

	killThem(ctx, t, s, dice)

	rest(ctx, 2*time.Second)
	stopClients()
	running.Wait()
	sent := waitUntilSent(ctx, t, w)
	atCentre := centralEvents(ctx, t, s)
	s.Stop()
	check(t, s, w, sent, atCentre)
}

func openShop(ctx context.Context, t *testing.T) *shop.Shop {
	t.Helper()
	dir, err := os.MkdirTemp("", "torture")
	if err != nil {
		t.Fatal(err)
	}
	s, err := shop.New(shop.Options{Bin: build(t), Dir: dir, Hold: true, Alone: true, Brisk: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the shop is kept in %s", dir)
			return
		}
		os.RemoveAll(dir)
	})
	if err := s.StartCentral(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Import(ctx, filepath.Join("..", "..", "devices", "sim", "demo", "catalogue.csv")); err != nil {
		t.Fatal(err)
	}
	if err := s.StartAgent(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.StartSim(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

// carryAbout carries garments in and out of the three rooms for as long as ctx lasts.
func carryAbout(ctx context.Context, s *shop.Shop, dice *rand.Rand) {
	names := []string{"White Plimsolls", "Blue Plimsolls"}
	sizes := []string{"39", "40", "41", "42"}
	in := map[string]bool{}
	for n := 0; ctx.Err() == nil; n++ {
		room := []string{"fr1", "fr2", "fr3"}[n%3]
		tag := fmt.Sprintf("t%d", dice.IntN(9))
		if in[tag] {
			_, _ = s.Tell(ctx, "take "+tag+" out")
			delete(in, tag)
		} else if _, err := s.Tell(ctx, fmt.Sprintf("carry %q size %s into %s as %s", names[dice.IntN(2)], sizes[dice.IntN(4)], room, tag)); err == nil {
			in[tag] = true
		}
		rest(ctx, time.Duration(300+dice.IntN(700))*time.Millisecond)
	}
}

// killThem kills the agent and the central service at random moments and starts them again.
func killThem(ctx context.Context, t *testing.T, s *shop.Shop, dice *rand.Rand) {
	t.Helper()
	var turns []string
	for range *agentKills {
		turns = append(turns, "agent")
	}
	for range *centralKills {
		turns = append(turns, "central")
	}
	dice.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
	for n, who := range turns {
		rest(ctx, time.Duration(50+dice.IntN(2500))*time.Millisecond)
		var err error
		if who == "agent" {
			s.AgentProcess.Kill()
			rest(ctx, time.Duration(dice.IntN(200))*time.Millisecond)
			err = s.StartAgent(ctx)
		} else {
			s.CentralProcess.Kill()
			rest(ctx, time.Duration(dice.IntN(2000))*time.Millisecond)
			err = s.StartCentral(ctx)
		}
		if err != nil {
			t.Fatalf("kill %d, %s: %v", n, who, err)
		}
	}
}

// waitUntilSent waits until the centre has what is in the journal, and answers up to which row: what is carried into a room last arrives
// a moment later.
func waitUntilSent(ctx context.Context, t *testing.T, w *witness) (sent int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		var status localapi.Status
		if err := w.get(ctx, "/v1/status", &status); err == nil {
			if status.Unsent == 0 && sent > 0 {
				return sent
			}
			sent = status.Seq
		}
		if ctx.Err() != nil {
			t.Fatalf("still unsent: %d", status.Unsent)
		}
		rest(ctx, 100*time.Millisecond)
	}
}

// centralEvents answers every event the centre has of the shop's journal, by id, with how often it is there.
func centralEvents(ctx context.Context, t *testing.T, s *shop.Shop) map[string]int {
	t.Helper()
	client, err := profileapi.NewClient(profileapi.Options{URL: s.Central, Token: shop.OperatorToken})
	if err != nil {
		t.Fatal(err)
	}
	var status struct {
		Epoch string `json:"epoch"`
	}
	if err := newWitness(s).get(ctx, "/v1/status", &status); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, lane := range []showroom.Lane{showroom.LaneFacts, showroom.LaneObservations} {
		for after := int64(0); ; {
			page, err := client.Events(ctx, shop.Store, status.Epoch, string(lane), after, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Events {
				count[e.ID]++
			}
			if page.Next == 0 {
				break
			}
			after = page.Next
		}
	}
	return count
}

// check compares what the witness was told and what the centre has with the journal of the agent. The centre must have what was sent,
// and may have what came behind it.
func check(t *testing.T, s *shop.Shop, w *witness, sent int64, atCentre map[string]int) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(s.Dir(), "agent"), MachineID: machine(t), Clock: func() showroom.Moment {
		return showroom.Moment{Wall: time.Now()}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.IntegrityCheck(t.Context()); err != nil {
		t.Errorf("integrity: %v", err)
	}
	journal := map[string]showroom.Row{} // by stream id
	made, cancelled, uploaded := map[string]int{}, map[string]int{}, 0
	var missing []string
	each(t, db, func(r showroom.Row) {
		journal[r.StreamID()] = r
		tally(t, r, made, cancelled)
		if r.Lane.Uploaded() {
			times := atCentre[r.ID()]
			if times == 1 || r.Seq <= sent {
				uploaded++
			}
			if times > 1 || times == 0 && r.Seq <= sent {
				missing = append(missing, fmt.Sprintf("%s x%d", r.ID(), times))
			}
		}
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	lost, unkept, twice, uncancelled := w.misses(journal, made, cancelled)
	t.Logf(`
  kills                        agent %d, central service %d
  journal rows                 %d, of them for the centre %d
  events at the centre         %d
  seen on the stream           %d, of them gone %d; resets %d
  requests answered with 2xx   %d, of them gone %d, doubled %d
  cancellations with 2xx       %d, of them gone %d
  taps sent again              %d, answered differently %d; refused %d`,
		*agentKills, *centralKills, len(journal), uploaded, len(atCentre), len(w.seen), lost, w.resets,
		len(w.promised), unkept, twice, len(w.cancels), uncancelled, w.retried, len(w.doubles), w.refused)
	slices.Sort(missing)
	if len(missing) > 0 || len(atCentre) != uploaded {
		t.Errorf("the centre has %d events of %d; not exactly once there: %v", len(atCentre), uploaded, missing[:min(len(missing), 10)])
	}
	if lost+unkept+twice+uncancelled+w.resets+len(w.doubles) > 0 {
		t.Error("see the table: something a client saw is gone or doubled")
	}
	if len(w.seen) == 0 || len(w.promised) == 0 {
		t.Error("the witness saw nothing, so this proves nothing")
	}
}

// misses counts what a client was told and what is not so: rows that are gone, requests that were never made, or twice, and
// cancellations that came to nothing. The caller holds mu.
func (w *witness) misses(journal map[string]showroom.Row, made, cancelled map[string]int) (lost, unkept, twice, uncancelled int) {
	for id, kind := range w.seen {
		if r, there := journal[id]; !there || string(r.Kind) != kind {
			lost++
		}
	}
	for id := range w.promised {
		switch made[id] {
		case 0:
			unkept++
		case 1:
		default:
			twice++
		}
	}
	for id := range w.cancels {
		if cancelled[id] != 1 {
			uncancelled++
		}
	}
	return lost, unkept, twice, uncancelled
}

// each calls look with every row of the journal, in order.
func each(t *testing.T, db *store.DB, look func(showroom.Row)) {
	t.Helper()
	const atOnce = 1000
	for seq := int64(0); ; {
		rows, err := db.Since(t.Context(), seq, atOnce)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			seq = r.Seq
			look(r)
		}
		if len(rows) < atOnce {
			return
		}
	}
}

// tally counts what the journal says was made and cancelled.
func tally(t *testing.T, r showroom.Row, made, cancelled map[string]int) {
	t.Helper()
	var body struct {
		Request string `json:"request"`
	}
	switch r.Kind {
	case showroom.KindRequestMade, showroom.KindRequestCancelled:
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Errorf("row %d: %v", r.Seq, err)
			return
		}
	}
	switch r.Kind {
	case showroom.KindRequestMade:
		made[body.Request]++
	case showroom.KindRequestCancelled:
		cancelled[body.Request]++
	}
}

// machine is the id the agent has bound the journal to; any other would begin a new epoch.
func machine(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("/etc/machine-id")
	if err == nil && len(b) > 0 {
		return string(b[:len(b)-1])
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	return host
}
