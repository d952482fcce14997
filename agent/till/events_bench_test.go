package till_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/google/uuid"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/agent/till"
	"showroom/devices/mqttlink"
)

// TestMain is also what the benchmark's own programs begin with: each receiver has a process to itself, whose time the kernel counts.
func TestMain(m *testing.M) {
	if who := os.Getenv("TILL_RECEIVER"); who != "" {
		if err := receive(who, os.Args[1], os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// receive has one of the receivers take so many events, and says how much of the processors it has used for them.
func receive(who, url, dir, events string) error {
	n, err := strconv.Atoi(events)
	if err != nil {
		return err
	}
	ready := func() time.Duration { fmt.Println("ready"); return used() }
	done := func(before time.Duration) { fmt.Println("done", int64(used()-before)) }
	if who == "agent" {
		return receiveDurably(url, dir, n, ready, done)
	}
	return receiveOnly(url, n, ready, done)
}

// used is the processor time of this process so far, in the kernel too.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// receiveOnly is the limit: the library as it is, acknowledging at once, and nothing done with an event.
func receiveOnly(url string, n int, ready func() time.Duration, done func(before time.Duration)) error {
	all := make(chan struct{})
	var got atomic.Int64
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(url).SetClientID("limit").SetCleanSession(false))
	if t := c.Connect(); t.Wait() && t.Error() != nil {
		return t.Error()
	}
	if t := c.Subscribe("showroom/v1/ist-01/pos/+/event", 1, func(mqtt.Client, mqtt.Message) {
		if got.Add(1) == int64(n) {
			close(all)
		}
	}); t.Wait() && t.Error() != nil {
		return t.Error()
	}
	before := ready()
	<-all
	done(before)
	return nil
}

// receiveDurably is the agent's part of it: its client, its rules and its store.
func receiveDurably(url, dir string, n int, ready func() time.Duration, done func(before time.Duration)) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	db, tills, err := shopOfFour(ctx, dir)
	if err != nil {
		return err
	}
	c, events, err := mqttlink.DialEvents(ctx, mqttlink.Options{URL: url, ClientID: "ist-01/tills", Queue: till.Backlog}, tills.EventTopics())
	if err != nil {
		return err
	}
	ended := make(chan error, 2) // one from each
	go func() { ended <- tills.Listen(ctx, events) }()
	go func() { ended <- tills.Run(ctx) }()
	before := ready()
	for changed := db.Changed(); tills.Counters().Taken < uint64(n); changed = db.Changed() {
		select {
		case <-changed:
		case err := <-ended:
			return errors.Join(err, c.Err())
		case <-time.After(2 * time.Millisecond): // a commit is told before its events are counted
		}
	}
	done(before)
	if c := tills.Counters(); c.Dead > 0 {
		return fmt.Errorf("counted %+v", c)
	}
	rows, err := db.Since(ctx, 0, 2*n)
	if err != nil {
		return err
	}
	if len(rows) != n {
		return fmt.Errorf("%d rows are in the journal, want %d", len(rows), n)
	}
	return c.Close()
}

// shopOfFour is a store with four tills.
func shopOfFour(ctx context.Context, dir string) (*store.DB, *till.Tills, error) {
	clock := func() showroom.Moment {
		return showroom.Moment{Wall: time.Now().UTC(), Boot: "b", Mono: time.Hour, Quality: showroom.ClockNTP}
	}
	db, err := store.Open(ctx, store.Options{Dir: dir, MachineID: "m", Clock: clock})
	if err != nil {
		return nil, nil, err
	}
	tills, err := till.New(db, till.Options{
		Store: "ist-01", Tills: []showroom.TillID{"k1", "k2", "k3", "k4"}, Tags: &shop{}, Language: "tr", Currency: "TRY", Clock: clock, NewID: uuid.NewString,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	return db, tills, err
}

// day is what four tills say: sales of three pieces, each with its beginning, its items and its end. Each event is of its own topic.
type spoken struct {
	topic string
	body  []byte
}

func day(b *testing.B, n int) (all []spoken) {
	b.Helper()
	seq := map[string]int64{}
	for sale := 0; len(all) < n; sale++ {
		k := fmt.Sprintf("k%d", sale%4+1)
		offered := till.Offered{Currency: "TRY", Lines: []till.EventLine{
			{Line: 1, GTIN: trousers, Quantity: 1, UnitPrice: 99_990, VATRate: 1000, VAT: 9090},
			{Line: 2, GTIN: shirt, Quantity: 1, UnitPrice: 54_990, Discount: 4990, VATRate: 1000, VAT: 4545},
			{Line: 3, GTIN: shirt, Quantity: 1, UnitPrice: 54_990, VATRate: 1000, VAT: 4999},
		}, Totals: till.EventTotals{Gross: 209_970, Discount: 4990, Due: 204_980, VAT: 18_634}}
		say := func(e till.Event) {
			seq[k]++
			e.ID, e.Seq, e.Ticket = uuid.Must(uuid.NewV7()).String(), seq[k], fmt.Sprintf("%06d", sale)
			body, err := json.Marshal(e)
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, spoken{"showroom/v1/ist-01/pos/" + k + "/event", body})
		}
		whole := event(1, offered)
		part := whole
		part.Lines, part.Tenders, part.Totals = nil, nil, nil
		part.Type = till.SaleStarted
		say(part)
		part.Type = till.ItemAdded
		for _, l := range offered.Lines {
			part.Lines = []till.EventLine{l}
			say(part)
		}
		say(whole)
	}
	return all[:n]
}

// publish says all of it as quickly as the broker takes it, with so many events on the way at a time.
func publish(b *testing.B, c mqtt.Client, all []spoken) {
	b.Helper()
	const onTheWay = 500
	var waiting []mqtt.Token
	wait := func() {
		if t := waiting[0]; t.Wait() && t.Error() != nil {
			b.Fatal(t.Error())
		}
		waiting = waiting[1:]
	}
	for _, s := range all {
		if len(waiting) == onTheWay {
			wait()
		}
		waiting = append(waiting, c.Publish(s.topic, 1, false, s.body))
	}
	for len(waiting) > 0 {
		wait()
	}
}

// round is what one receiver needed for all events.
type round struct {
	took, cpu time.Duration
}

// run has a receiver of its own process take what is published meanwhile.
func run(b *testing.B, who, url string, all []spoken) (r round) {
	b.Helper()
	publisher := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(url).SetClientID("k"))
	if t := publisher.Connect(); t.Wait() && t.Error() != nil {
		b.Fatal(t.Error())
	}
	defer publisher.Disconnect(250)
	cmd := exec.Command(os.Args[0], url, b.TempDir(), strconv.Itoa(len(all)))
	cmd.Env = append(os.Environ(), "TILL_RECEIVER="+who)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	said := bufio.NewScanner(out)
	expect(b, said, "ready")
	began := time.Now()
	publish(b, publisher, all)
	cpu, err := strconv.ParseInt(expect(b, said, "done"), 10, 64)
	r = round{time.Since(began), time.Duration(cpu)}
	if _, rest := io.Copy(io.Discard, out); rest != nil || err != nil {
		b.Fatal(err, rest)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	return r
}

// expect reads the next line, which begins with a word, and answers the rest of it.
func expect(b *testing.B, said *bufio.Scanner, word string) string {
	b.Helper()
	if !said.Scan() {
		b.Fatalf("it ended before it was %s", word)
	}
	rest, ok := strings.CutPrefix(said.Text(), word)
	if !ok {
		b.Fatalf("it said %q instead of %s", said.Text(), word)
	}
	return strings.TrimSpace(rest)
}

func median[T cmp.Ordered](of []T) T { return slices.Sorted(slices.Values(of))[len(of)/2] }

// Rows 1 and 2: what four tills say over Mosquitto with QoS 1, until it is durable and acknowledged, against a subscriber that does
// nothing, and against Telegraf where it is installed. In turn, each round with a receiver and a broker of its own.
func BenchmarkRow1Row2TillEvents(b *testing.B) {
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		b.Skip("Mosquitto is not installed")
	}
	for _, window := range []int{1000, 20} { // 20 is Mosquitto's own
		b.Run(fmt.Sprint("inflight ", window), func(b *testing.B) {
			start := func() string { // one that keeps nothing for those of the round before
				return mosquitto(b, program, fmt.Sprintf("max_inflight_messages %d\nmax_queued_messages 0\n", window))
			}
			benchmarkTillEvents(b, start)
		})
	}
}

func benchmarkTillEvents(b *testing.B, broker func() (url string)) {
	const events, rounds = 50_000, 5
	peer, err := exec.LookPath("telegraf")
	if err != nil {
		b.Log("Telegraf is not installed, so nothing is compared with it")
	}
	var rate, cpu, perSecond, per100k, rateOfPeer, cpuOfPeer []float64
	for b.Loop() {
		for range rounds {
			all := day(b, events)
			limit := run(b, "limit", broker(), all)
			ours := run(b, "agent", broker(), all)
			rate = append(rate, limit.took.Seconds()/ours.took.Seconds())
			cpu = append(cpu, ours.cpu.Seconds()/limit.cpu.Seconds())
			perSecond = append(perSecond, events/ours.took.Seconds())
			per100k = append(per100k, ours.cpu.Seconds()*100_000/events)
			b.Logf("limit %v, CPU %v; agent %v, CPU %v", limit.took, limit.cpu, ours.took, ours.cpu)
			if peer != "" {
				theirs := runTelegraf(b, peer, broker(), all)
				rateOfPeer = append(rateOfPeer, theirs.took.Seconds()/ours.took.Seconds())
				cpuOfPeer = append(cpuOfPeer, ours.cpu.Seconds()/theirs.cpu.Seconds())
				b.Logf("Telegraf %v, CPU %v", theirs.took, theirs.cpu)
			}
		}
	}
	b.ReportMetric(median(perSecond), "events/s")
	b.ReportMetric(median(rate), "rate/limit>=0.7")
	b.ReportMetric(median(per100k), "cpu-s/100k")
	b.ReportMetric(median(cpu), "cpu/limit<=1.8")
	if peer != "" {
		b.ReportMetric(median(rateOfPeer), "rate/telegraf>=1.5")
		b.ReportMetric(median(cpuOfPeer), "cpu/telegraf")
	}
}
