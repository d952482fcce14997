package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"showroom/agent/localapi"
)

func terminalCommand() *cobra.Command {
	flags := &runningFlags{}
	cmd := &cobra.Command{
		Use:   "terminal",
		Short: "Speak to a payment terminal through the running agent",
		Long: `Speak to a payment terminal through the running agent.

The agent owns the line to the terminal. What moves money is written into the journal before the
terminal is asked, like any other payment.`,
		Example: `  showroom-agent terminal status pt1
  showroom-agent terminal pay pt1 --minor 100 --currency EUR --reason "after the repair"
  showroom-agent terminal repeat pt1
  showroom-agent terminal end-of-day pt1`,
	}
	flags.add(cmd)
	report := func(use, short, path string, asks bool) *cobra.Command {
		return &cobra.Command{
			Use: use + " TERMINAL", Short: short, Example: "  showroom-agent terminal " + use + " pt1", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				if asks {
					return tell[localapi.TerminalReport](cmd, flags, machinePath(path, args[0]), nil)
				}
				return tell[localapi.TerminalReport](cmd, flags, machinePath(path, args[0]), localapi.Command{ID: newCommandID()})
			},
		}
	}
	return group(cmd,
		report("status", "Print how the terminal is", localapi.PathTerminal, true),
		terminalPayCommand(flags),
		report("repeat", "Print the terminal's last receipt again", localapi.PathTerminalRepeat, false),
		endOfDayCommand(flags))
}

func endOfDayCommand(flags *runningFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "end-of-day TERMINAL",
		Short: "Close the terminal's books of the day",
		Long: `Close the terminal's books of the day. The terminal sends them to the bank, which can take minutes: what it
says meanwhile is printed, and it is waited for as long as it works. Until then nobody can pay there.`,
		Example: "  showroom-agent terminal end-of-day pt1",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			agent, err := flags.find()
			if err != nil {
				return err
			}
			report, err := agent.endOfDay(cmd.Context(), args[0], cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return json.NewEncoder(cmd.OutOrStdout()).Encode(report)
		},
	}
}

// endOfDay closes a terminal's day and says on w what happens meanwhile.
func (r *running) endOfDay(ctx context.Context, terminal string, w io.Writer) (report localapi.TerminalReport, err error) {
	const still = 10 * time.Second
	began := time.Now()
	var mu sync.Mutex // guards w
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, format+"\n", args...)
	}
	ctx, stop := context.WithCancel(ctx)
	var ticking sync.WaitGroup
	defer ticking.Wait()
	defer stop()
	ticking.Go(func() {
		tick := time.NewTicker(still)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				say("still working after %s", time.Since(began).Round(time.Second))
			}
		}
	})
	said := ""
	err = r.follow(ctx, machinePath(localapi.PathTerminalEndOfDay, terminal), localapi.Command{ID: newCommandID()}, func(line []byte) error {
		var step localapi.TerminalStep
		if err := json.Unmarshal(line, &step); err != nil {
			return fmt.Errorf("understand the agent's answer: %w", err)
		}
		switch {
		case step.Error != "":
			return errors.New(step.Error)
		case step.Report != nil:
			report = *step.Report
		default:
			if now := strings.TrimSpace(step.Progress + " " + step.Text); now != said {
				say("%s", now)
				said = now
			}
		}
		return nil
	})
	if err == nil && report.Device == "" {
		err = errors.New("the agent stopped before the terminal was done; \"showroom-agent terminal status\" tells how it is")
	}
	return report, err
}

func machinePath(path, device string) string {
	return strings.Replace(path, "{device}", url.PathEscape(device), 1)
}

func terminalPayCommand(flags *runningFlags) *cobra.Command {
	var (
		order localapi.ChargeCommand
		waits = 3 * time.Minute
	)
	cmd := &cobra.Command{
		Use:   "pay TERMINAL",
		Short: "Take money without a basket, and wait for what becomes of it",
		Long: `Take money without a basket, and wait for what becomes of it.

Exit code 0: the money was taken. 1: it was not, or nobody knows; then staff decide on their page.`,
		Example: `  showroom-agent terminal pay pt1 --minor 100 --currency EUR --reason "after the repair"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			order.ID = newCommandID()
			agent, err := flags.find()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), waits)
			defer cancel()
			charge, err := agent.charge(ctx, args[0], order)
			if err != nil {
				return err
			}
			if err := json.NewEncoder(cmd.OutOrStdout()).Encode(charge); err != nil {
				return err
			}
			if charge.State != "approved" {
				return fmt.Errorf("the payment %s is %s", charge.Settlement, charge.State)
			}
			return nil
		},
	}
	cmd.Flags().Int64Var(&order.Amount.Minor, "minor", 0, "amount in the minor unit of the currency: 100 is one euro")
	cmd.Flags().StringVar(&order.Amount.Currency, "currency", "", "currency of the terminal, such as EUR")
	cmd.Flags().StringVar(&order.Reason, "reason", "", "why; it is kept in the journal")
	cmd.Flags().DurationVar(&waits, "wait", waits, "how long to wait for the end; the payment goes on without us")
	for _, name := range []string{"minor", "currency", "reason"} {
		_ = cmd.MarkFlagRequired(name) // the flag is there
	}
	return cmd
}

// charge asks for a payment and looks at it until it has an end or ctx ends.
func (r *running) charge(ctx context.Context, terminal string, order localapi.ChargeCommand) (charge localapi.Charge, err error) {
	const every = 300 * time.Millisecond
	if err := r.ask(ctx, machinePath(localapi.PathTerminalPay, terminal), order, &charge); err != nil {
		return charge, err
	}
	look := strings.Replace(localapi.PathCharge, "{settlement}", url.PathEscape(charge.Settlement), 1)
	for charge.State == "waiting" || charge.State == "started" {
		select {
		case <-ctx.Done():
			return charge, fmt.Errorf("the payment %s is still %s; look at the staff page what becomes of it", charge.Settlement, charge.State)
		case <-time.After(every):
		}
		if err := r.ask(ctx, look, nil, &charge); err != nil {
			return charge, err
		}
	}
	return charge, nil
}

func printCommand() *cobra.Command {
	flags := &runningFlags{}
	cmd := &cobra.Command{
		Use:     "print",
		Short:   "Print through the running agent",
		Example: "  showroom-agent print test p1",
	}
	flags.add(cmd)
	return group(cmd, &cobra.Command{
		Use:     "test PRINTER",
		Short:   "Print a receipt of nothing, with every letter one may need",
		Example: "  showroom-agent print test p1",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return tell[localapi.Printed](cmd, flags, machinePath(localapi.PathPrinterTest, args[0]), localapi.Command{ID: newCommandID()})
		},
	})
}
