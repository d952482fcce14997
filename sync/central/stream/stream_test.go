package stream_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"showroom/devices/devicetest"
	"showroom/sync/central/stream"
)

func open(t *testing.T, cfg stream.Config) *stream.Engine {
	t.Helper()
	e, err := stream.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func publish(t *testing.T, e *stream.Engine, l stream.Lane, from, to int64, after uint64) uint64 {
	t.Helper()
	seq, err := e.PublishBatch(t.Context(), stream.Batch{Lane: l, From: from, To: to, Count: int(to - from + 1), LastSum: "ab", Body: fmt.Appendf(nil, "%d-%d", from, to)}, after)
	if err != nil {
		t.Fatalf("batch %d-%d after %d: %v", from, to, after, err)
	}
	return seq
}

// Subjects have rules for what may stand in them; names from outside have not.
func TestAnyNameMakesALane(t *testing.T) {
	e := open(t, stream.Config{Dir: t.TempDir()})
	names := []string{"a", "A", "a.b", "a b", "*", ">", "=", "=2E", "", "ğüş", "\x00\xff", "a/b"}
	for _, name := range names {
		publish(t, e, stream.Lane{Device: name, Epoch: "e", Lane: "facts"}, 1, 1, 0)
	}
	for _, name := range names {
		l := stream.Lane{Device: name, Epoch: "e", Lane: "facts"}
		if b, err := e.LastBatch(t.Context(), l); err != nil || b.Lane != l || b.To != 1 {
			t.Errorf("lane of %q: %+v, %v", name, b, err)
		}
	}
}

func TestPublishingIsConditional(t *testing.T) {
	e := open(t, stream.Config{Dir: t.TempDir()})
	l := stream.Lane{Device: "d", Epoch: "e", Lane: "facts"}
	if _, err := e.LastBatch(t.Context(), l); !errors.Is(err, stream.ErrNone) {
		t.Errorf("the last batch of an empty lane: %v", err)
	}
	first := publish(t, e, l, 1, 5, 0)
	publish(t, e, stream.Lane{Device: "other", Epoch: "e", Lane: "facts"}, 1, 1, 0)
	for _, after := range []uint64{0, first + 1, first + 9} {
		if _, err := e.PublishBatch(t.Context(), stream.Batch{Lane: l, From: 6, To: 6, Count: 1}, after); !errors.Is(err, stream.ErrConflict) {
			t.Errorf("publishing after %d: %v, want a conflict", after, err)
		}
	}
	publish(t, e, l, 6, 6, first)
	b, err := e.LastBatch(t.Context(), l)
	if err != nil || b.From != 6 || b.To != 6 || b.Count != 1 || b.LastSum != "ab" || string(b.Body) != "6-6" {
		t.Errorf("the last batch is %+v, %v", b, err)
	}
}

// Batches of many lanes lie between each other; each lane is found from any number on.
func TestBatchAfter(t *testing.T) {
	e := open(t, stream.Config{Dir: t.TempDir()})
	lanes := []stream.Lane{{Device: "a", Epoch: "e", Lane: "facts"}, {Device: "b", Epoch: "e", Lane: "facts"}, {Device: "c", Epoch: "e", Lane: "facts"}}
	ends, seqs := make([]int64, len(lanes)), make([]uint64, len(lanes))
	for i := range 60 {
		n := i * i % len(lanes) // unevenly
		if i > 40 {
			n = 2
		}
		to := ends[n] + 1 + int64(i%4)
		seqs[n] = publish(t, e, lanes[n], ends[n]+1, to, seqs[n])
		ends[n] = to
	}
	for n, l := range lanes {
		for after := int64(0); after <= ends[n]; after++ {
			b, err := e.BatchAfter(t.Context(), l, after)
			switch {
			case after == ends[n] && errors.Is(err, stream.ErrNone):
			case err != nil || b.Lane != l || b.From > after+1 || b.To <= after:
				t.Errorf("%s after %d of %d: %d-%d, %v", l.Device, after, ends[n], b.From, b.To, err)
			}
		}
	}
}

// Purging takes what is old and never the last batch, so a lane goes on where it was.
func TestPurgeKeepsTheCursor(t *testing.T) {
	e := open(t, stream.Config{Dir: t.TempDir()})
	l, other := stream.Lane{Device: "d", Epoch: "e", Lane: "facts"}, stream.Lane{Device: "o", Epoch: "e", Lane: "facts"}
	if err := e.PurgeBatches(t.Context(), l, time.Now()); err != nil {
		t.Errorf("purging an empty lane: %v", err)
	}
	seqs := []uint64{0}
	for i := range int64(5) {
		seqs = append(seqs, publish(t, e, l, i+1, i+1, seqs[i]))
		publish(t, e, other, i+1, i+1, uint64(2*i))
	}
	third, err := e.BatchAfter(t.Context(), l, 2)
	if err != nil {
		t.Fatal(err)
	}
	first := func() int64 {
		t.Helper()
		b, err := e.BatchAfter(t.Context(), l, 0)
		if err != nil {
			t.Fatal(err)
		}
		return b.From
	}
	if err := e.PurgeBatches(t.Context(), l, third.Received); err != nil || first() != 3 {
		t.Errorf("what came before the third: %v, the first left is %d", err, first())
	}
	if err := e.PurgeBatches(t.Context(), l, time.Now().Add(time.Hour)); err != nil || first() != 5 {
		t.Errorf("everything: %v, the first left is %d", err, first())
	}
	publish(t, e, l, 6, 6, seqs[5])
	if b, err := e.BatchAfter(t.Context(), other, 0); err != nil || b.From != 1 {
		t.Errorf("the other lane begins at %d, %v", b.From, err)
	}
}

func TestEntriesAndPicturesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	e, err := stream.Open(t.Context(), stream.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	life := e.Incarnation()
	entries := []stream.Entry{
		{Bucket: "item", Key: "1", Value: []byte(`1`)}, {Bucket: "item", Key: "2", Value: []byte(`2`)}, {Bucket: "item", Key: "1", Value: []byte(`3`)},
		{Bucket: "item", Key: "2", Deleted: true},
	}
	if last, err := e.PublishEntries(t.Context(), entries); err != nil || last != 4 {
		t.Fatalf("published up to %d, %v", last, err)
	}
	if err := e.PutPicture(t.Context(), "ab", []byte("picture")); err != nil {
		t.Fatal(err)
	}
	e.Close()
	e = open(t, stream.Config{Dir: dir})
	if e.Incarnation() != life {
		t.Error("a restart began another life of the feed")
	}
	if has, err := e.HasPicture(t.Context(), "ab"); err != nil || !has {
		t.Errorf("the picture is gone: %v", err)
	}
	var got []string
	ctx, cancel := context.WithCancel(t.Context())
	err = e.TailEntries(ctx, func(en stream.Entry) error {
		got = append(got, fmt.Sprintf("%d %s %s %t %s", en.Version, en.Bucket, en.Key, en.Deleted, en.Value))
		return nil
	}, cancel)
	want := []string{"3 item 1 false 3", "4 item 2 true "}
	if !errors.Is(err, context.Canceled) || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("read %q, want %q; %v", got, want, err)
	}
}

// node starts a server, alone or as the node of a cluster whose members meet at these routes.
func node(t *testing.T, n int, always bool, routes []string) *server.Server {
	t.Helper()
	opts := &server.Options{
		ServerName: fmt.Sprint("n", n), Host: "127.0.0.1", Port: -1, HTTPHost: "127.0.0.1", HTTPPort: -1,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: always, NoSigs: true, NoLog: true,
	}
	if routes != nil {
		own, err := netip.ParseAddrPort(routes[n])
		if err != nil {
			t.Fatal(err)
		}
		opts.Cluster = server.ClusterOpts{Name: "c", Host: own.Addr().String(), Port: int(own.Port())}
		for _, route := range routes {
			opts.Routes = append(opts.Routes, &url.URL{Scheme: "nats", Host: route})
		}
	}
	srv, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	return srv
}

func ready(t *testing.T, nodes ...*server.Server) {
	t.Helper()
	for _, n := range nodes {
		if !n.ReadyForConnections(patience) {
			t.Fatalf("node %s is not ready", n.Name())
		}
	}
}

func monitor(srv *server.Server) string { return "http://" + srv.MonitorAddr().String() }

// The same code runs on three nodes and goes on without one of them.
func TestClusterOfThree(t *testing.T) {
	if testing.Short() {
		t.Skip("elects leaders")
	}
	var nodes []*server.Server
	routes := []string{devicetest.FreeAddress(t), devicetest.FreeAddress(t), devicetest.FreeAddress(t)}
	for n := range routes {
		nodes = append(nodes, node(t, n, true, routes))
	}
	ready(t, nodes...)
	cfg := stream.Config{URL: nodes[0].ClientURL() + "," + nodes[1].ClientURL() + "," + nodes[2].ClientURL()}
	for _, n := range nodes {
		cfg.Monitor = append(cfg.Monitor, monitor(n))
	}
	e := untilOpen(t, cfg)
	l := stream.Lane{Device: "d", Epoch: "e", Lane: "facts"}
	seq := publish(t, e, l, 1, 5, 0)
	nodes[2].Shutdown()
	nodes[2].WaitForShutdown()
	// While a leader is chosen, both may fail; whether the batch was taken is what LastBatch tells.
	eventually(t, "two nodes of three take a batch", func(ctx context.Context) error {
		_, err := e.PublishBatch(ctx, stream.Batch{Lane: l, From: 6, To: 9, Count: 4}, seq)
		if errors.Is(err, stream.ErrConflict) {
			return nil
		}
		return err
	})
	var last stream.Batch
	eventually(t, "two nodes of three answer", func(ctx context.Context) (err error) {
		last, err = e.LastBatch(ctx, l)
		return err
	})
	if last.From != 6 || last.To != 9 {
		t.Errorf("the last batch is %+v", last)
	}
}

// patience is how long a cluster may take to choose its leaders.
const patience = 3 * time.Minute

// eventually tries until it works, ten seconds each time.
func eventually(t *testing.T, what string, try func(ctx context.Context) error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err := try(ctx)
		cancel()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// untilOpen opens when the cluster has chosen its leaders.
func untilOpen(t *testing.T, cfg stream.Config) *stream.Engine {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		e, err := stream.Open(t.Context(), cfg)
		if err == nil {
			t.Cleanup(e.Close)
			return e
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// A node that acknowledges before it has written would lose what a shop has been told is safe.
func TestNodeThatDoesNotSyncIsRefused(t *testing.T) {
	good, bad := node(t, 0, true, nil), node(t, 1, false, nil)
	ready(t, good, bad)
	_, err := stream.Open(t.Context(), stream.Config{URL: good.ClientURL(), Monitor: []string{monitor(good), monitor(bad)}})
	if err == nil || !strings.Contains(err.Error(), monitor(bad)) || !strings.Contains(err.Error(), "sync_interval: always") {
		t.Errorf("Open: %v, want an error that names the node and the cure", err)
	}
}
