package central_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"

	"showroom/sync/central"
	"showroom/sync/profileapi"
)

// childDir names the state folder in the environment of a test process that is to be the service and nothing else.
const childDir = "SHOWROOM_CENTRAL_TEST_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	cfg := config(dir)
	cfg.Listening = func(a net.Addr) { fmt.Println(a) }
	if err := central.Run(context.Background(), cfg); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child is the service in a process of its own, to be killed.
type child struct {
	*service
	process *exec.Cmd
}

func startChild(t *testing.T, dir string) child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := child{&service{t: t}, cmd}
	t.Cleanup(c.kill)
	line := bufio.NewScanner(out)
	if !line.Scan() {
		t.Fatalf("the service did not start: %v", cmd.Wait())
	}
	c.url = "http://" + line.Text()
	c.untilReady()
	return c
}

// kill is kill -9.
func (c child) kill() {
	if c.process.ProcessState == nil {
		_ = c.process.Process.Kill() // it may have died already
		_ = c.process.Wait()         // of a kill
	}
}

// courier delivers one device's events without end, following what the centre says, and counts what was acknowledged to it.
type courier struct {
	device, token, epoch string
	next                 int64
	acked                atomic.Int64
}

// run delivers until ctx ends or the service is gone.
func (c *courier) run(ctx context.Context, s *service) {
	client := s.client(c.token)
	for ctx.Err() == nil {
		to := c.next + rand.Int64N(20)
		_, err := client.Ingest(ctx, batch(s.t, c.device, c.epoch, c.next, to))
		if p, ok := profileapi.AsProblem(err); ok && p.Type == profileapi.TypeOutOfOrder {
			if p.ExpectedSeq <= c.acked.Load() {
				s.t.Errorf("%s: %d were acknowledged, the centre has %d", c.device, c.acked.Load(), p.ExpectedSeq-1)
				return
			}
			c.next = p.ExpectedSeq
			continue
		}
		if err != nil {
			return
		}
		c.acked.Store(to)
		c.next = to + 1
	}
}

// What was acknowledged is there after kill -9, once and in order.
func TestNothingAcknowledgedIsLostByKilling(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes")
	}
	dir := t.TempDir()
	couriers := []*courier{
		{device: "agent-1", token: "token-1", epoch: "k1", next: 1},
		{device: "agent-2", token: "token-2", epoch: "k2", next: 1},
	}
	const kills = 20
	for range kills {
		c := startChild(t, dir)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		before := couriers[0].acked.Load() + couriers[1].acked.Load()
		for _, courier := range couriers {
			wg.Go(func() { courier.run(ctx, c.service) })
		}
		progress := rand.Int64N(400)
		eventually(t, "enough has been acknowledged to kill the service", func() bool {
			return couriers[0].acked.Load()+couriers[1].acked.Load() > before+progress
		})
		c.kill()
		cancel()
		wg.Wait()
	}
	s := start(t, config(dir))
	for _, c := range couriers {
		ids := s.ids(c.device, c.epoch, "facts")
		if int64(len(ids)) < c.acked.Load() {
			t.Errorf("%s: %d are stored, %d were acknowledged", c.device, len(ids), c.acked.Load())
		}
		wantIDs(t, ids, upTo(c.epoch, int64(len(ids))))
		t.Logf("%s: %d acknowledged over %d kills, %d stored", c.device, c.acked.Load(), kills, len(ids))
	}
}

// A service that can not write says so and does not acknowledge.
func TestFolderThatCanNotBeWritten(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := central.Run(t.Context(), config(file))
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("Run on a file for a folder: %v", err)
	}
}
