package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"showroom/agent/app"
	"showroom/agent/dryrun"
	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices/sim"
)

// simulateCommand holds what is tried without a shop.
func simulateCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:     "simulate",
		Short:   "Try the agent's rules on a shop that is not there",
		Example: "  showroom-agent simulate fitting --scenario ten-rooms --seed 7",
	}, simulateFittingCommand(), simulateZonesCommand(), simulateWordsCommand())
}

func simulateWordsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "words",
		Short:   "Print the words a scenario is written in",
		Example: "  showroom-agent simulate words",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(cmd.OutOrStdout(), sim.Grammar())
			return err
		},
	}
}

// simulation is what the command line says.
type simulation struct {
	seed      uint64
	seeds     string
	scenarios []string
	config    string
	catalogue string
	verbose   bool
	table     bool
}

func simulateFittingCommand() *cobra.Command {
	var s simulation
	cmd := &cobra.Command{
		Use:   "fitting",
		Short: "Judge which garment is in which fitting room",
		Long: `Play a scenario in simulated time through the presence engine and the rules of
the fitting rooms, and compare what they decide with what really happens. One
line of JSON for each run, and with several seeds one that counts them all
together. Nothing on the machine is changed and no agent is needed; the same seed
and scenario always give the same lines.

Scenarios that come with the program: ` + strings.Join(dryrun.Names(), ", ") + `.
A file is written in the words that showroom-agent simulate words prints.

` + dryrun.Figures(),
		Example: `  showroom-agent simulate fitting --scenario ten-rooms --seed 7
  showroom-agent simulate fitting --scenario trolley --verbose | grep wrong
  showroom-agent simulate fitting --scenario ten-rooms,still-tag --seeds 1..200 --table`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(s.scenarios) == 0 {
				return errors.New("--scenario names none; leave it out for all that come with the program")
			}
			for i, name := range s.scenarios {
				if err := s.run(cmd, name, i == 0); err != nil {
					return err
				}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&s.scenarios, "scenario", dryrun.Names(), "scenarios by name or file, played one after the other")
	flags.Uint64Var(&s.seed, "seed", 0, "play with these dice; 0: as the scenario says")
	flags.StringVar(&s.seeds, "seeds", "", "play once with each of them, like 1..200")
	flags.StringVar(&s.config, "config", "", "take rooms and numbers from this configuration file instead of the defaults")
	flags.StringVar(&s.catalogue, "catalogue", "", "what the shop sells, a CSV file as the central service imports it")
	flags.BoolVar(&s.verbose, "verbose", false, "also a line for every decision")
	flags.BoolVar(&s.table, "table", false, "a table of all runs of each scenario together instead of JSON")
	cmd.MarkFlagsMutuallyExclusive("seed", "seeds")
	cmd.MarkFlagsMutuallyExclusive("verbose", "seeds")
	cmd.MarkFlagsMutuallyExclusive("verbose", "table")
	return cmd
}

func (s simulation) run(cmd *cobra.Command, name string, heading bool) error {
	o, err := s.options(name)
	if err != nil {
		return err
	}
	first, last, err := s.dice(o.Scenario.Seed)
	if err != nil {
		return err
	}
	out := jsonLines(cmd.OutOrStdout())
	var wrote error
	if s.verbose {
		o.Told = func(d dryrun.Judgement) {
			if wrote == nil {
				wrote = out.Encode(d)
			}
		}
	}
	total := dryrun.Report{Scenario: name}
	err = dryrun.Each(cmd.Context(), o, first, last, func(r dryrun.Report) error {
		r.Scenario = name
		total.Add(r)
		if s.table {
			return nil
		}
		return out.Encode(r)
	})
	switch {
	case err != nil:
		return sim.In(name, err)
	case wrote != nil:
		return fmt.Errorf("write decision: %w", wrote)
	case s.table:
		return total.Table(cmd.OutOrStdout(), heading)
	case first != last:
		return out.Encode(total)
	}
	return nil
}

func (s simulation) options(name string) (o dryrun.Options, err error) {
	if o.Scenario, err = dryrun.Read(name); err != nil {
		return o, err
	}
	if o.Catalogue, err = sim.DemoCatalogue(); err != nil {
		return o, err
	}
	if s.catalogue != "" {
		file, err := os.Open(s.catalogue)
		if err != nil {
			return o, fmt.Errorf("--catalogue: %w", err)
		}
		defer file.Close()
		if o.Catalogue, err = sim.ReadCatalogue(file); err != nil {
			return o, fmt.Errorf("%s: %w", s.catalogue, err)
		}
	}
	if s.config == "" {
		_, numbers := app.Rules(config.Default())
		o.Rules, err = dryrun.Like(o.Scenario, presence.RetailProfile(), numbers)
		return o, err
	}
	cfg, err := config.Load(s.config)
	if err != nil {
		return o, err
	}
	own, err := gs1.NewPrefixes(cfg.Store.CompanyPrefixes)
	if err != nil {
		return o, fmt.Errorf("read company prefixes: %w", err)
	}
	o.Rules.Own = own.Own
	o.Rules.Presence, o.Rules.Fitting = app.Rules(cfg)
	o.Rules.Silent = make(map[showroom.DeviceID]time.Duration, len(cfg.Readers))
	for _, r := range cfg.Readers {
		o.Rules.Silent[showroom.DeviceID(r.ID)] = r.SilentAfter
	}
	return o, nil
}

// dice are the seeds to play with.
func (s simulation) dice(own uint64) (first, last uint64, err error) {
	if s.seeds == "" {
		if s.seed != 0 {
			own = s.seed
		}
		return own, own, nil
	}
	low, high, ranged := strings.Cut(s.seeds, "..")
	if !ranged {
		high = low
	}
	first, errLow := strconv.ParseUint(low, 10, 32)
	last, errHigh := strconv.ParseUint(high, 10, 32)
	if errLow != nil || errHigh != nil || last < first {
		return 0, 0, fmt.Errorf("--seeds %q are none; write them like 1..200, or a single one", s.seeds)
	}
	return first, last, nil
}
