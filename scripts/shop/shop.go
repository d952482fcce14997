// Package shop sets up a whole small shop from the real programs on this machine: central service, agent, simulated readers and, if
// wanted, a kiosk. The demo, the torture and the end-to-end tests run on it. Everything is on loopback, on ports nobody uses, in one
// folder.
package shop

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"showroom/agent/staff"
)

// Store, Token and PIN are those of every shop made here.
const (
	Store         = "kadikoy"
	Token         = "demo-shop-token"
	OperatorToken = "demo-operator-token"
	Associate     = "Elif"
	PIN           = "471100"
)

//go:embed *.tmpl kinds.mapping.json
var files embed.FS

func templates() *template.Template { return template.Must(template.ParseFS(files, "*.tmpl")) }

// Options say what the shop has.
type Options struct {
	Bin      string // folder of the programs
	Dir      string // state of everything; made if absent
	Scenario string // file for the simulated readers; "" is their own
	Hold     bool   // the simulated shop does only what it is told through its control
	// Own are readers that the caller plays itself. The simulated shop has the others and holds.
	Own []string
	// Kinds gives the shop a device of every kind instead of its three fitting rooms; see [Rooms] and [Gateways]. It holds.
	Kinds bool
	// Floor gives the shop what the scenario of the demonstration has beside its fitting rooms: a sales floor of two zones and a
	// scanner in room 1. Its third reader is of another kind.
	Floor bool
	// Checkout gives the shop the kiosk sco1 where people pay, with a tray, a scanner and a [Shop.Terminal]. With Hold or Own it holds.
	Checkout bool
	// Euro has the shop sell in euro, under no country's law, and speak English first. Its clocks are set to UTC.
	Euro bool
	// Pair gives the checkout a twin, sco2, with a tray, tray2, and a scanner, till2, of its own. They share the terminal.
	Pair bool
	// Printer is the address of a receipt printer that the checkout has; "" for none.
	Printer string
	// Also are further sections of the agent's configuration.
	Also string
	// Line lays a line to the central service that can be cut: [Shop.Line].
	Line bool
	// Guests gives the shop a network for shoppers, in which it shows their receipts itself.
	Guests bool
	// Brisk shortens what a person would wait for: departure, pauses.
	Brisk bool
	// Alone gives the shop a loopback address that nobody else is given. The ports of 127.0.0.1 are for a person to read: while a program
	// of the shop does not listen at its own, anybody who asks for a port may get it, and so may any connection that is made.
	Alone bool
	// Patient has the checkout wait ten minutes before it asks whether somebody is still there: a machine that tests may be slow.
	Patient bool
}

// Shop is one shop. Its processes are started and stopped one by one or all together.
type Shop struct {
	opt Options
	// URLs of the agent and the central service.
	Agent, Central string
	Control        string // unix socket of the simulated shop
	Config         string // the agent's file
	Socket         string // the agent's, for the kiosk
	Broker         string // URL of the agent's MQTT broker
	Line           *Line  // nil unless wanted

	CentralProcess, AgentProcess, SimProcess *Process
}

// New writes the configuration and prepares the processes. Nothing runs yet.
func New(opt Options) (*Shop, error) {
	dir, err := filepath.Abs(opt.Dir)
	if err != nil {
		return nil, err
	}
	opt.Dir = dir
	for _, sub := range []string{"agent", "central", "links", "logs"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, fmt.Errorf("make folder of the shop: %w", err)
		}
	}
	host := "127.0.0.1"
	if opt.Alone {
		host = net.IPv4(127, byte(1+rand.IntN(254)), byte(rand.IntN(256)), byte(1+rand.IntN(254))).String()
	}
	ports, err := freePorts(host, 7)
	if err != nil {
		return nil, err
	}
	s := &Shop{
		opt:     opt,
		Agent:   "http://" + ports[0],
		Central: "http://" + ports[1],
		Broker:  "mqtt://" + ports[2],
		Config:  filepath.Join(dir, "agent.yaml"),
		Control: filepath.Join(dir, "sim.sock"),
		Socket:  filepath.Join(dir, "agent", "agent.sock"),
	}
	if opt.Line {
		if s.Line, err = newLine(ports[1]); err != nil {
			return nil, err
		}
	}
	if err := s.write(ports); err != nil {
		return nil, err
	}
	s.processes(ports)
	return s, nil
}

func (s *Shop) processes(ports []string) {
	logs := filepath.Join(s.opt.Dir, "logs")
	program := func(name string) string { return filepath.Join(s.opt.Bin, name) }
	s.CentralProcess = NewProcess(logs, program("showroom-central"), "serve", "--listen", ports[1],
		"--state-dir", filepath.Join(s.opt.Dir, "central"), "--shops", filepath.Join(s.opt.Dir, "shops.json"), "--token", Store+"="+Token, "--token", "operator="+OperatorToken)
	s.AgentProcess = NewProcess(logs, program("showroom-agent"), "run", "--config", s.Config)
	sim := []string{"--links", filepath.Join(s.opt.Dir, "links"), "--broker", s.Broker, "--control", s.Control}
	if s.opt.Checkout {
		sim = append(sim, "--listen", "okc1="+ports[4], "--listen", "pt1="+ports[5])
	}
	switch {
	case s.opt.Scenario != "":
		sim = append(sim, "--scenario", s.opt.Scenario)
	case s.opt.Hold:
		sim = append(sim, "--hold")
	}
	s.SimProcess = NewProcess(logs, program("showroom-sim"), sim...)
}

// Port is where a serial reader's port is linked.
func (s *Shop) Port(reader string) string { return filepath.Join(s.opt.Dir, "links", reader) }

// writeScenario writes the scenario of a shop without the caller's own readers, in which nothing happens by itself.
func (s *Shop) writeScenario() error {
	var text strings.Builder
	for _, r := range []struct{ id, kind string }{{"fr1", "zebra topic ziotc/fr1 heartbeat 1s"}, {"fr2", "r200"}, {"fr3", "r200"}} {
		if !slices.Contains(s.opt.Own, r.id) {
			fmt.Fprintf(&text, "reader %s %s\n", r.id, r.kind)
		}
	}
	if s.opt.Checkout {
		if s.opt.Pair {
			text.WriteString("reader tray2 r200\nscanner till2\n")
		}
		text.WriteString("reader tray r200\nscanner till\nterminal okc1 okc listen 127.0.0.1:4100\nterminal pt1 zvt listen 127.0.0.1:20007\n")
	}
	s.opt.Scenario = filepath.Join(s.opt.Dir, "own.scenario")
	return os.WriteFile(s.opt.Scenario, []byte(text.String()), 0o644)
}

// Dir is the folder everything is in.
func (s *Shop) Dir() string { return s.opt.Dir }

// Program answers a process over one of the shop's programs, with its log beside the others.
func (s *Shop) Program(name string, env []string, args ...string) *Process {
	p := NewProcess(filepath.Join(s.opt.Dir, "logs"), filepath.Join(s.opt.Bin, name), args...)
	p.env = env
	return p
}

// Command answers a process over a program of the machine.
func (s *Shop) Command(path string, args ...string) *Process {
	return NewProcess(filepath.Join(s.opt.Dir, "logs"), path, args...)
}

// write writes the configuration, and the scenario where the simulated shop has none of its own for it.
func (s *Shop) write(ports []string) error {
	hash, err := staff.HashPIN(PIN)
	if err != nil {
		return fmt.Errorf("make PIN: %w", err)
	}
	about := map[string]any{
		"Store": Store, "State": filepath.Join(s.opt.Dir, "agent"), "Listen": ports[0], "Central": s.Central, "Broker": ports[2],
		"Links": filepath.Join(s.opt.Dir, "links"), "Token": Token, "PINHash": hash, "Associate": Associate, "Brisk": s.opt.Brisk,
		"Kinds": s.opt.Kinds, "Floor": s.opt.Floor, "LLRP": ports[3], "Mapping": s.mapping(), "Rooms": Rooms(), "Gateways": Gateways(),
		"Checkout": s.opt.Checkout, "Terminal": s.Terminal(), "OKC": ports[4], "ZVT": ports[5], "Euro": s.opt.Euro,
		"Uplink": s.uplink(), "Guests": "",
		"Pair": s.opt.Pair, "Patient": s.opt.Patient, "Printer": s.opt.Printer, "Also": s.opt.Also,
	}
	if s.opt.Guests {
		about["Guests"] = ports[6]
	}
	devices := "rooms.yaml.tmpl"
	switch {
	case s.opt.Kinds:
		devices = "kinds.yaml.tmpl"
		err = s.writeKinds(about)
	case len(s.opt.Own) > 0, s.opt.Checkout && s.opt.Hold:
		err = s.writeScenario()
	}
	if err != nil {
		return err
	}
	return errors.Join(writeFrom(s.Config, about, "agent.yaml.tmpl", devices), writeFrom(filepath.Join(s.opt.Dir, "shops.json"), about, "shops.json.tmpl"))
}

// writeFrom writes one file from templates.
func writeFrom(path string, about map[string]any, parts ...string) error {
	var out bytes.Buffer
	for _, part := range parts {
		if err := templates().ExecuteTemplate(&out, part, about); err != nil {
			return fmt.Errorf("write %s: %w", filepath.Base(path), err)
		}
	}
	return os.WriteFile(path, out.Bytes(), 0o600)
}

// uplink is where the agent looks for the central service.
func (s *Shop) uplink() string {
	if s.Line == nil {
		return s.Central
	}
	return s.Line.URL()
}

// StartCentral starts the central service and waits until it answers.
func (s *Shop) StartCentral(ctx context.Context) error {
	return s.start(ctx, s.CentralProcess, s.Central+"/readyz")
}

// StartAgent starts the agent and waits until it answers.
func (s *Shop) StartAgent(ctx context.Context) error {
	return s.start(ctx, s.AgentProcess, s.Agent+"/readyz")
}

// StartSim starts the simulated readers and waits until they can be told what to do.
func (s *Shop) StartSim(ctx context.Context) error {
	if err := s.SimProcess.Start(); err != nil {
		return err
	}
	return s.alive(ctx, s.SimProcess, func(ctx context.Context) error {
		c, err := (&net.Dialer{}).DialContext(ctx, "unix", s.Control)
		if err == nil {
			err = c.Close()
		}
		return err
	})
}

func (s *Shop) start(ctx context.Context, p *Process, ready string) error {
	if err := p.Start(); err != nil {
		return err
	}
	return s.alive(ctx, p, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, ready, nil)
		if err != nil {
			return err
		}
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		r.Body.Close()
		if r.StatusCode != http.StatusOK {
			return errors.New(r.Status)
		}
		return nil
	})
}

// startsWithin is how long a program may take until it answers. It is no promise: machines that test are slow.
const startsWithin = 3 * time.Minute

// alive waits until the program answers; one that ends first is answered with the end of its log.
func (s *Shop) alive(ctx context.Context, p *Process, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startsWithin)
	defer cancel()
	done := p.Done()
	ended := errors.New("it ended")
	err := until(ctx, filepath.Base(p.name)+" answers", func(ctx context.Context) error {
		select {
		case <-done:
			cancel()
			return ended
		default:
			return try(ctx)
		}
	})
	if err != nil {
		return fmt.Errorf("%w\n%s", err, p.Tail())
	}
	return nil
}

// Terminal is the device that takes money at the checkout: a payment terminal for euro, a fiscal device for lira.
func (s *Shop) Terminal() string {
	if s.opt.Euro {
		return "pt1"
	}
	return "okc1"
}

// Import fills the catalogue of the central service, with the offers that lie beside it.
func (s *Shop) Import(ctx context.Context, csv string) error {
	if s.opt.Euro {
		var err error
		if csv, err = s.inEuro(csv); err != nil {
			return err
		}
	}
	offers := filepath.Join(filepath.Dir(csv), "offers.json")
	p := s.Program("showroom-central", nil, "import", csv, "--offers", offers, "--url", s.Central, "--token", OperatorToken, "--store", Store)
	return p.run(ctx, "import catalogue")
}

// inEuro writes a catalogue in lira anew as one in euro with the same figures, and answers where.
func (s *Shop) inEuro(csv string) (string, error) {
	from, to := filepath.Dir(csv), filepath.Join(s.opt.Dir, "euro")
	if err := os.MkdirAll(to, 0o755); err != nil {
		return "", fmt.Errorf("make folder of the catalogue: %w", err)
	}
	pictures, err := filepath.Abs(filepath.Join(from, "pictures"))
	if err == nil {
		err = os.Symlink(pictures, filepath.Join(to, "pictures"))
	}
	for _, name := range []string{filepath.Base(csv), "offers.json"} {
		var text []byte
		if err == nil {
			text, err = os.ReadFile(filepath.Join(from, name))
		}
		if err == nil {
			text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("TRY"), []byte("EUR")), []byte(" TL"), []byte(" €"))
			err = os.WriteFile(filepath.Join(to, name), text, 0o644)
		}
	}
	if err != nil {
		return "", fmt.Errorf("write catalogue in euro: %w", err)
	}
	return filepath.Join(to, filepath.Base(csv)), nil
}

// Lend enrols a loan tag and hands it out.
func (s *Shop) Lend(ctx context.Context, label, identity string) error {
	p := s.Program("showroom-agent", nil, "tag", "enrol", "--socket", s.Socket, "--label", label, identity)
	return p.run(ctx, "lend a tag")
}

// Stop stops everything, sources first, and waits until it is gone.
func (s *Shop) Stop() {
	s.SimProcess.Stop()
	s.AgentProcess.Stop()
	s.CentralProcess.Stop()
	if s.Line != nil {
		s.Line.close()
	}
}

// freePorts answers n addresses of a host that nobody listens on.
func freePorts(host string, n int) ([]string, error) {
	var addresses []string
	for range n {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close() // all of them held until the last is found
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}
