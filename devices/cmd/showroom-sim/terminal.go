package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"showroom/devices/pos/zvt"
	"showroom/devices/sim/zvtsim"
)

// movement is money that the simulated terminal has moved, one JSON object a line.
type movement struct {
	Kind    zvtsim.Kind `json:"kind"`
	Amount  int64       `json:"amount_minor"`
	Receipt int         `json:"receipt_no"`
	Trace   int         `json:"trace"`
	Command int         `json:"command"`
	At      time.Time   `json:"at"`
}

func terminalCommand() *cobra.Command {
	var (
		port, listen string
		pace         time.Duration
		faster       int
		lira         bool
	)
	cmd := &cobra.Command{
		Use:   "terminal --listen ADDRESS | --port PATH",
		Short: "A payment terminal that speaks ZVT, over TCP or a serial port",
		Long: `terminal is a payment terminal that speaks ZVT and takes every payment by itself.
What it has really charged it prints as lines of JSON.

Each line on its standard input is what goes wrong with one of the next payments:
pull STEP, hang STEP (each with or without "stubborn DELAY"), late STEP DELAY,
decline CODE, refuse CODE, busy, no-status, padded, forgetful or fine. The steps
are asked, accepted, card, approved, told, slip and completed.`,
		Example: `  showroom-sim terminal --listen 127.0.0.1:20007 --pace 3s
  echo "hang approved" | showroom-sim terminal --port /tmp/links/pt1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := zvtsim.Options{Transport: zvt.TCP, Pace: pace, Timers: zvt.Timers{}.Faster(max(faster, 1)), Booked: tellMovements(cmd.OutOrStdout())}
			if port != "" {
				o.Transport = zvt.Serial
			}
			if lira {
				o.Currency = 0x0949
			}
			return runTerminal(cmd.Context(), zvtsim.New(o), port, listen, cmd.InOrStdin(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "address to take cash registers at, as 127.0.0.1:20007")
	cmd.Flags().StringVar(&port, "port", "", "path of the serial port to make")
	cmd.Flags().DurationVar(&pace, "pace", 2*time.Second, "how long the shopper takes for the card")
	cmd.Flags().IntVar(&faster, "faster", 1, "how many times faster than the protocol's the timers are")
	cmd.Flags().BoolVar(&lira, "lira", false, "take Turkish lira in place of euro")
	cmd.MarkFlagsOneRequired("listen", "port")
	cmd.MarkFlagsMutuallyExclusive("listen", "port")
	return cmd
}

// tellMovements prints movements as they happen, from any goroutine.
func tellMovements(out io.Writer) func(zvtsim.Entry) {
	var mu sync.Mutex // guards out
	return func(e zvtsim.Entry) {
		mu.Lock()
		defer mu.Unlock()
		_ = json.NewEncoder(out).Encode(movement{e.Kind, e.Amount, e.Receipt, e.Trace, e.Command, e.At}) // nobody may be listening
	}
}

// runTerminal serves until ctx ends. Faults are read until their stream ends; that goroutine ends with the program.
func runTerminal(ctx context.Context, t *zvtsim.Terminal, port, listen string, faults io.Reader, say io.Writer) error {
	go func() {
		for lines := bufio.NewScanner(faults); lines.Scan(); {
			f, err := zvtsim.ParseFault(lines.Text())
			if err != nil {
				fmt.Fprintln(say, err)
				continue
			}
			t.Script(f)
		}
	}()
	var err error
	if port != "" {
		err = t.Plug(ctx, port, nil)
	} else {
		err = t.Listen(ctx, listen, func(a net.Addr) { fmt.Fprintln(say, "terminal at", a) })
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
