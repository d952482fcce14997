package sim_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/devices/devicetest"
	"showroom/devices/sim"
)

// notes takes lines from another goroutine.
type notes struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// run runs a simulator until stop is called.
func run(t *testing.T, text string, o sim.Options) (stop func()) {
	t.Helper()
	var err error
	if o.Scenario, err = sim.ParseScenario(text); err != nil {
		t.Fatal(err)
	}
	o.Catalogue = small(t)
	s, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the simulator ended with %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// listens waits until somebody answers at the socket: its file is there a moment before.
func listens(t *testing.T, socket string) {
	t.Helper()
	until(t, "the socket", func() bool {
		c, err := net.Dial("unix", socket)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

// tellSocket says one line and answers the answer.
func tellSocket(t *testing.T, path, line string) string {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintln(c, line)
	answer, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return strings.TrimSuffix(answer, "\n")
}

func TestControl(t *testing.T) {
	dir := t.TempDir()
	links, socket := filepath.Join(dir, "links"), filepath.Join(dir, "s")
	var truth notes
	stop := run(t, "reader fr2 r200\nreader fr3 r200\n", sim.Options{Links: links, Control: socket, Truth: &truth})
	listens(t, socket)

	talk(t, socket, []said{
		{`carry "white plimsolls" size 41 into fr2 as shoe`, `ok carry "white plimsolls" size 41 into fr2 as shoe`},
		{`carry "white plimsolls" size 41 into fr2 as shoe`, "ok already"},
		{`carry foreign into fr2 as shirt`, "ok carry foreign into fr2 as shirt"},
		{"take shirt out", "ok take shirt out"},
		{"take shirt out", "error: shirt is in no room"},
		{"dance", `error: "dance" is nothing to do: want carry, take, move, gather, enter, leave, ask, restock, pull, plug, fault, garbage, silence, scan, walk or spoil`},
		{"", "error: the line ends where what to do is wanted"},
		{"pull fr3", "ok pull fr3"},
		{"state", `ok [{"reader":"fr2","kind":"r200","pulled":false,"tags":["shoe"]},{"reader":"fr3","kind":"r200","pulled":true,"tags":[]}]`},
	})
	if _, err := os.Lstat(filepath.Join(links, "fr3")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the pulled port is still there: %v", err)
	}
	if answer := tellSocket(t, socket, "plug fr3"); answer != "ok plug fr3" {
		t.Error(answer)
	}
	var tags []sim.Tag
	if err := json.Unmarshal([]byte(strings.TrimPrefix(tellSocket(t, socket, "tags"), "ok ")), &tags); err != nil {
		t.Fatal(err)
	}
	if len(tags) != 2 || tags[0].Name != "shoe" || tags[0].In != "fr2" || tags[0].Size != "41" || tags[1].In != "" {
		t.Errorf("tags %+v", tags)
	}

	var feed devicetest.Feed
	leave := drive(t, filepath.Join(links, "fr2"), &feed)
	feed.WaitReads(t, 5)
	for _, read := range feed.Tags() {
		if read.EPC != tags[0].EPC {
			t.Errorf("read %+v, want %v", read, tags[0].EPC)
		}
	}
	_ = leave()

	// Somebody hangs on the line and says nothing; the shop closes all the same.
	idle, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	stop()
	for _, path := range []string{socket, filepath.Join(links, "fr2"), filepath.Join(links, "fr3")} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left behind: %v", path, err)
		}
	}
	if diff := cmp.Diff([]string{"arrived fr2", "arrived fr2", "departed fr2", "pulled fr3", "plugged fr3"}, happenings(t, &truth)); diff != "" {
		t.Errorf("truth (-want +got):\n%s", diff)
	}
}

// said is a line to the simulator and what it is to answer.
type said struct{ line, want string }

func talk(t *testing.T, socket string, dialogue []said) {
	t.Helper()
	for _, say := range dialogue {
		if diff := cmp.Diff(say.want, tellSocket(t, socket, say.line)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", say.line, diff)
		}
	}
}

// happenings are what a simulator says has happened, and at which reader.
func happenings(t *testing.T, truth *notes) (what []string) {
	t.Helper()
	for line := range strings.Lines(truth.String()) {
		var truth sim.Truth
		if err := json.Unmarshal([]byte(line), &truth); err != nil {
			t.Fatal(err)
		}
		what = append(what, truth.What+" "+string(truth.Reader))
	}
	return what
}

// TestScenarioLoops: the events come in their order and begin again.
func TestScenarioLoops(t *testing.T) {
	var log notes
	stop := run(t, `reader fr2 r200
at 1m carry unknown into fr2 as a
at 2m take a out
at 2m pull fr2
at 3m plug fr2
loop every 4m
`, sim.Options{Links: t.TempDir(), Log: &log, Speed: 1000})
	until(t, "the third loop", func() bool { return strings.Count(log.String(), "plug fr2") >= 3 })
	stop()
	var said []string
	for line := range strings.Lines(log.String()) {
		said = append(said, strings.TrimSpace(line[8:]))
	}
	loop := []string{"carry unknown into fr2 as a", "take a out", "pull fr2", "plug fr2"}
	want := append([]string{"the shop is open: 1 devices, 4 events"}, append(append(loop, loop...), loop...)...)
	if diff := cmp.Diff(want, said[:min(len(said), len(want))]); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// TestOldSocketIsReplaced: what a killed simulator left there is in nobody's way; a file that is no socket is not touched.
func TestOldSocketIsReplaced(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "s")
	old, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	old.SetUnlinkOnClose(false)
	_ = old.Close()
	stop := run(t, "reader fr2 r200\n", sim.Options{Links: dir, Control: socket})
	listens(t, socket)
	stop()

	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	scenario, err := sim.ParseScenario("reader fr2 r200\n")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.New(sim.Options{Scenario: scenario, Catalogue: small(t), Links: dir, Control: file})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(context.Background()); err == nil {
		t.Error("a file was taken for a socket")
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "precious" {
		t.Errorf("the file is now %q, %v", text, err)
	}
}

// TestTell: whoever enrols the loan tags of a simulated shop is told what they are.
func TestTell(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "s")
	b, _ := devicetest.Broker(t)
	run(t, "reader fr1 r200\ngateway hall omg topic home/OMG\nbeacon loan major 1 minor 7 near hall\n", sim.Options{Links: filepath.Join(dir, "links"), Control: socket, Broker: b.URL()})
	listens(t, socket)
	for line, want := range map[string]string{
		"pull fr1": "pull fr1",
		"tags":     `[{"tag":"loan","identity":"` + sim.Beacon{Major: 1, Minor: 7}.Identity() + `","near":"hall"}]`,
	} {
		if got, err := sim.Tell(t.Context(), socket, line); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", line, got, err, want)
		}
	}
	for line, want := range map[string]string{"pull fr9": "fr9", "pull fr1\nplug fr1": "one line"} {
		if got, err := sim.Tell(t.Context(), socket, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v, want an error with %s", line, got, err, want)
		}
	}
	if _, err := sim.Tell(t.Context(), socket+"x", "state"); err == nil {
		t.Error("nobody is there and answers")
	}
}
