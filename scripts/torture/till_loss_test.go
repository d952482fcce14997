//go:build torture

package torture

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/scripts/shop"
)

var (
	tillKills      = flag.Int("till-kills", 50, "how often the agent is killed while tills speak, over each kind of broker")
	brokerRestarts = flag.Int("broker-restarts", 8, "at how many of them Mosquitto is stopped and started too")
)

// TestNoSaleOfATillIsLost has four tills speak without a pause, over Mosquitto and over the agent's own broker, while the agent is killed
// again and again. Then every sale for which a till has had its acknowledgement is in the journal, once.
//
// Who acknowledges to the till differs. The agent's own broker does so once the event is in the journal. Mosquitto does so at once, and
// keeps the event in the agent's session until the agent acknowledges it, which it does once the event is in the journal; what was on its
// way when the agent was killed Mosquitto brings again. So both promise the till the same, and the same is counted.
func TestNoSaleOfATillIsLost(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("seed %d", *seed)
	bin := build(t)
	for n, name := range []string{"embedded", "mosquitto"} {
		t.Run(name, func(t *testing.T) {
			c := openCounter(t, bin, name == "mosquitto", rand.New(rand.NewPCG(*seed, uint64(300+n))))
			c.suffer()
			c.audit(name)
		})
	}
}

// counter is where four staffed tills stand, with the agent of their shop and the broker between them.
type counter struct {
	t        *testing.T
	shop     *shop.Shop
	broker   *shop.Process // nil: the agent's own
	url      string
	dice     *rand.Rand
	tills    []*cashier
	restarts int
	gone     int    // events that had been acknowledged by the agent's own broker and were not in the journal after a kill
	absorbed uint64 // events that came again, as far as the agent lived to tell
	begun    time.Time

	seq   int64                     // up to where the journal has been read
	there map[string]map[string]int // how often each event of each till is in it
}

func openCounter(t *testing.T, bin string, external bool, dice *rand.Rand) *counter {
	t.Helper()
	dir, err := os.MkdirTemp("", "tills") // a unix socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	s, err := shop.New(shop.Options{Bin: bin, Dir: dir, Hold: true, Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{t: t, shop: s, url: strings.TrimPrefix(s.Broker, "mqtt://"), dice: dice, begun: time.Now(), there: map[string]map[string]int{}}
	t.Cleanup(func() {
		s.Stop()
		if c.broker != nil {
			c.broker.Stop()
		}
		if t.Failed() {
			t.Logf("the shop is kept in %s", dir)
			return
		}
		os.RemoveAll(dir)
	})
	for _, id := range []string{"k1", "k2", "k3", "k4"} {
		c.tills = append(c.tills, newCashier(id, c.url))
	}
	c.configure(external)
	if external {
		c.startBroker()
	}
	c.must(s.StartAgent(t.Context()))
	c.introduce()
	return c
}

func (c *counter) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// configure gives the shop its tills, and Mosquitto its file, where there is one.
func (c *counter) configure(external bool) {
	c.t.Helper()
	text, err := os.ReadFile(c.shop.Config)
	c.must(err)
	said := string(text) + "tills: [{id: k0}, {id: k1}, {id: k2}, {id: k3}, {id: k4}]\n"
	if external {
		program, err := exec.LookPath("mosquitto")
		if err != nil {
			c.t.Skip("Mosquitto is not installed")
		}
		own := fmt.Sprintf("embedded: true\n  listen: %s\n", c.url)
		if !strings.Contains(said, own) {
			c.t.Fatal("the shop's configuration has another broker")
		}
		said = strings.Replace(said, own, fmt.Sprintf("embedded: false\n  url: mqtt://%s\n", c.url), 1)
		// A shop that wants nothing lost has its broker keep all there is for the agent, also over a restart.
		file, kept := filepath.Join(c.shop.Dir(), "mosquitto.conf"), filepath.Join(c.shop.Dir(), "kept")
		c.must(os.Mkdir(kept, 0o777))
		host, port, err := net.SplitHostPort(c.url) // a shop has an address of its own
		c.must(err)
		c.must(os.WriteFile(file, fmt.Appendf(nil, "listener %s %s\nallow_anonymous true\nuser root\npersistence true\npersistence_location %s/\nmax_queued_messages 0\n",
			port, host, kept), 0o644))
		c.broker = c.shop.Command(program, "-c", file)
	}
	c.must(os.WriteFile(c.shop.Config, []byte(said), 0o600))
}

func (c *counter) startBroker() {
	c.t.Helper()
	c.must(c.broker.Start())
	c.await("the broker listens", func() bool { return newCashier("probe", c.url).connect() == nil })
}

func (c *counter) await(what string, is func() bool) {
	c.t.Helper()
	for late := time.Now().Add(time.Minute); !is(); rest(c.t.Context(), 10*time.Millisecond) {
		if time.Now().After(late) {
			c.t.Fatalf("%s: not in a minute", what)
		}
	}
}

// introduce waits until the broker knows the agent: from then on it keeps what is said. Another till does that, whose sales are not counted.
func (c *counter) introduce() {
	c.t.Helper()
	first := newCashier("k0", c.url)
	c.await("the agent is heard of", func() bool {
		first.speak(c.t.Context(), time.Now().Add(20*time.Millisecond))
		return len(c.journal()["k0"]) > 0
	})
	first.hangUp()
}

// suffer kills the agent, again and again, at random moments of a burst.
func (c *counter) suffer() {
	c.t.Helper()
	ctx, stop := context.WithCancel(c.t.Context())
	defer stop()
	var speaking sync.WaitGroup
	for _, k := range c.tills {
		speaking.Go(func() { k.speak(ctx, time.Time{}) })
	}
	for n := range *tillKills {
		rest(ctx, time.Duration(20+c.dice.IntN(400))*time.Millisecond)
		c.absorbed += c.duplicates() // a moment too early: those of its last breath are not counted
		c.shop.AgentProcess.Kill()
		if c.broker == nil {
			c.look()
		}
		if c.broker != nil && n%max(1, *tillKills/max(1, *brokerRestarts)) == 0 && c.restarts < *brokerRestarts {
			c.restarts++
			c.broker.Stop()
			rest(ctx, time.Duration(c.dice.IntN(100))*time.Millisecond)
			c.startBroker()
		}
		rest(ctx, time.Duration(c.dice.IntN(100))*time.Millisecond)
		c.must(c.shop.StartAgent(ctx))
	}
	rest(ctx, time.Second)
	stop()
	speaking.Wait()
	for _, k := range c.tills { // what is still in the tills goes out
		k.finish()
		k.speak(c.t.Context(), time.Time{})
	}
	c.await("all that was acknowledged is in the journal", func() bool { return c.missing(c.journal()) == 0 })
	c.absorbed += c.duplicates()
	c.shop.AgentProcess.Stop()
}

// look counts what the agent's own broker has acknowledged and the journal does not have.
func (c *counter) look() { c.t.Helper(); c.gone += c.missing(c.journal()) }

func (c *counter) missing(journal map[string]map[string]int) (n int) {
	for _, k := range c.tills {
		for _, id := range k.acknowledged() {
			if journal[k.id][id] == 0 {
				n++
			}
		}
	}
	return n
}

// journal is how often each event of each till is there by now.
func (c *counter) journal() map[string]map[string]int {
	c.t.Helper()
	j, err := store.OpenJournal(c.t.Context(), filepath.Join(c.shop.Dir(), "agent"))
	c.must(err)
	defer j.Close()
	for more := true; more; {
		rows, err := j.Since(c.t.Context(), c.seq, 10_000)
		c.must(err)
		more = len(rows) > 0
		for _, r := range rows {
			c.seq = r.Seq
			switch r.Kind {
			case showroom.KindTillReported:
				var e showroom.TillReported
				c.must(json.Unmarshal(r.Body, &e))
				if c.there[string(e.Till)] == nil {
					c.there[string(e.Till)] = map[string]int{}
				}
				c.there[string(e.Till)][e.Event]++
			case showroom.KindTillGap:
				c.t.Errorf("numbers are missing: %s", r.Body)
			}
		}
	}
	return c.there
}

// duplicates is what the agent says has come again since it started.
func (c *counter) duplicates() (n uint64) {
	r, err := http.Get(c.shop.Agent + "/metrics")
	if err != nil {
		return 0
	}
	defer r.Body.Close()
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), `showroom_till_events_total{result="duplicate"} %d`, &n); err == nil {
			return n
		}
	}
	return 0
}

// audit compares what tills were promised with the journal, and prints the table.
func (c *counter) audit(name string) {
	c.t.Helper()
	journal := c.journal()
	said, sent, promised, kept, doubled, never := 0, 0, 0, 0, 0, 0
	for _, k := range c.tills {
		said, sent, promised = said+k.said(), sent+k.sent, promised+len(k.acknowledged())
		kept += len(journal[k.id])
		for _, n := range journal[k.id] {
			if n > 1 {
				doubled++
			}
		}
		never += len(journal[k.id]) - k.known(journal[k.id])
	}
	lost := c.missing(journal)
	db, err := store.Open(c.t.Context(), store.Options{Dir: filepath.Join(c.shop.Dir(), "agent"), MachineID: machine(c.t), Clock: func() showroom.Moment {
		return showroom.Moment{Wall: time.Now()}
	}})
	c.must(err)
	defer db.Close()
	if err := db.IntegrityCheck(c.t.Context()); err != nil {
		c.t.Errorf("integrity: %v", err)
	}
	var dead []store.DeadLetter
	c.must(db.View(c.t.Context(), func(v *store.View) (err error) {
		dead, err = v.DeadLetters(10)
		return err
	}))
	c.t.Logf(`%s, in %v
  kills of the agent           %d; Mosquitto stopped at %d of them
  sales of four tills          %d, sent %d times
  acknowledged to the till     %d, of them lost %d; right after a kill %d
  in the journal               %d, of them doubled %d, never said %d
  came again and absorbed      %d at least
  not understood               %d`,
		name, time.Since(c.begun).Round(time.Second), *tillKills, c.restarts, said, sent, promised, lost, c.gone, kept, doubled, never, c.absorbed, len(dead))
	if lost+c.gone+doubled+never+len(dead) > 0 || kept != said || promised != said {
		c.t.Error("see the table")
	}
	if said < 20**tillKills || c.absorbed == 0 && *tillKills >= 20 {
		c.t.Error("too little happened for this to prove anything")
	}
}
