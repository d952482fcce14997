// Command showroom-sim is a shop's devices without the shop: it plays a scenario over simulated serial ports, TCP and an MQTT broker.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"showroom/agent/showroom"
	"showroom/devices/sim"
	"showroom/devices/sim/terminals"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal asks, the second one insists.
	context.AfterFunc(ctx, stop)
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// flags are what the command line says.
type flags struct {
	scenario, catalogue, truth string
	hold, allKinds             bool
	listen                     map[string]string
	sim.Options
}

func root() *cobra.Command {
	f := flags{Options: sim.Options{Links: "links", Broker: "mqtt://127.0.0.1:1883"}}
	cmd := &cobra.Command{
		Use:   "showroom-sim",
		Short: "The shop's devices, simulated: a scenario over serial ports, TCP and MQTT",
		Long: "showroom-sim plays a scenario: garments are carried into fitting rooms and out again, loan tags and phones walk by, codes are\n" +
			"scanned. Readers, gateways and scanners of every kind tell of it over serial ports that the operating system simulates, over\n" +
			"TCP and over an MQTT broker, and have faults when they are told to. --all-kinds is a shop with one of each.\n\n" +
			"What can go wrong at a terminal that takes money, with spoil TERMINAL:\n" + spoils(),
		Example: "  showroom-sim --links /tmp/links --broker mqtt://127.0.0.1:1883 --control /tmp/sim.sock\n" +
			"  showroom-sim tell /tmp/sim.sock 'carry \"White Plimsolls\" size 41 into fr2 as shoe'\n" +
			"  showroom-sim --all-kinds --control /tmp/sim.sock\n" +
			"  showroom-sim tell /tmp/sim.sock 'fault thingmagic hot'",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return run(cmd.Context(), f, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&f.scenario, "scenario", "", "file of the scenario (default: that of the demonstration)")
	cmd.Flags().BoolVar(&f.hold, "hold", false, "nothing happens but what the control socket is told, in whichever shop")
	cmd.Flags().BoolVar(&f.allKinds, "all-kinds", false, "play a shop with one device of every kind, each in trouble once")
	cmd.Flags().StringVar(&f.catalogue, "catalogue", "", "CSV file of the products (default: those of the demonstration)")
	cmd.Flags().StringVar(&f.Links, "links", f.Links, "folder in which each serial device has its port")
	cmd.Flags().StringVar(&f.Broker, "broker", f.Broker, "MQTT broker that the devices on the network publish to")
	cmd.Flags().StringVar(&f.Control, "control", "", "unix socket that takes one line and answers one: "+strings.Join(append(sim.Verbs(), "tags", "state", "ledger"), ", "))
	cmd.Flags().StringToStringVar(&f.listen, "listen", nil, "where a terminal of the scenario listens instead, as okc1=127.0.0.1:4100")
	cmd.Flags().StringVar(&f.truth, "truth", "", "file to which what really happens is appended as JSON lines")
	cmd.Flags().Float64Var(&f.Speed, "speed", 1, "how many times faster than written the scenario is played")
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.AddCommand(tell(), printerCommand(), terminalCommand())
	cmd.MarkFlagsMutuallyExclusive("all-kinds", "scenario")
	return cmd
}

// spoils lists what goes wrong with payments, by kind.
func spoils() string {
	var b strings.Builder
	for _, kind := range []sim.TerminalKind{sim.OKC, sim.ZVT} {
		fmt.Fprintf(&b, "  %s: %s\n", kind, strings.Join(terminals.Words(kind), ", "))
	}
	return b.String()
}

func tell() *cobra.Command {
	return &cobra.Command{
		Use:   "tell SOCKET LINE",
		Short: "Tell a running showroom-sim what is to happen, and print what it says",
		Long: "tell says one line to the control socket of a running showroom-sim: an action as it stands in a scenario, state for what hangs where, or\n" +
			"tags for all tags with what to enrol them by, or ledger TERMINAL for what a terminal has really moved.",
		Example: "  showroom-sim tell /tmp/sim.sock 'pull fr1'\n" +
			"  showroom-sim tell /tmp/sim.sock tags",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			answer, err := sim.Tell(cmd.Context(), args[0], args[1])
			if err == nil {
				fmt.Fprintln(cmd.OutOrStdout(), answer)
			}
			return err
		},
	}
}

func run(ctx context.Context, f flags, out io.Writer) (err error) {
	o := f.Options
	o.Log = out
	if o.Speed <= 0 || o.Speed > 1000 {
		return errors.New("--speed is a number above 0, up to 1000")
	}
	if o.Scenario, err = scenario(f); err != nil {
		return err
	}
	o.Payments, o.Listen = terminals.Make, f.addresses()
	if f.hold {
		o.Scenario = o.Scenario.Calm()
	}
	if o.Catalogue, err = catalogue(f.catalogue); err != nil {
		return err
	}
	if f.truth != "" {
		file, err := os.OpenFile(f.truth, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return fmt.Errorf("open truth: %w", err)
		}
		o.Truth = file
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	s, err := sim.New(o)
	if err != nil {
		return sim.In(f.name(), err)
	}
	return s.Run(ctx)
}

// addresses are where terminals listen.
func (f flags) addresses() map[showroom.DeviceID]string {
	all := map[showroom.DeviceID]string{}
	for id, address := range f.listen {
		all[showroom.DeviceID(id)] = address
	}
	return all
}

func (f flags) name() string {
	switch {
	case f.scenario != "":
		return f.scenario
	case f.allKinds:
		return "all-kinds.scenario"
	case f.hold:
		return "hold.scenario"
	}
	return "demo.scenario"
}

func scenario(f flags) (sim.Scenario, error) {
	switch {
	case f.scenario != "":
	case f.allKinds:
		return sim.AllKinds()
	case f.hold:
		return sim.Hold()
	default:
		return sim.Demo()
	}
	text, err := os.ReadFile(f.scenario)
	if err != nil {
		return sim.Scenario{}, fmt.Errorf("read scenario: %w", err)
	}
	s, err := sim.ParseScenario(string(text))
	return s, sim.In(f.scenario, err)
}

func catalogue(file string) (sim.Catalogue, error) {
	if file == "" {
		return sim.DemoCatalogue()
	}
	r, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open catalogue: %w", err)
	}
	defer r.Close()
	return sim.ReadCatalogue(r)
}
