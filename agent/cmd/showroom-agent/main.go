// Command showroom-agent is the in-store agent: it listens to the shop's devices, keeps what happens and serves the screens.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // a Pi image may come without time zones

	"github.com/spf13/cobra"

	"showroom/agent/app"
	"showroom/agent/staff"
	"showroom/config"
	"showroom/devices/sim"
)

// version is set by the build.
var version = "dev"

// Exit codes: 0 all is well, 1 it is not, 2 a file that says how things are to be is wrong.
const (
	exitFailed = 1
	exitConfig = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal asks, the second one insists.
	context.AfterFunc(ctx, stop)
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitCode(err))
	}
}

func exitCode(err error) int {
	if _, wrong := errors.AsType[config.Faults](err); wrong {
		return exitConfig
	}
	if _, wrong := errors.AsType[sim.Faults](err); wrong {
		return exitConfig
	}
	return exitFailed
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "showroom-agent",
		Short: "The in-store agent: devices in, facts kept, screens served",
		Long: `The in-store agent: devices in, facts kept, screens served.

Answers are on standard output, what went wrong is on standard error. Exit code 0:
it is done, also when what was asked about is damaged and the answer says so;
1: it could not be done; 2: a configuration file, floor plan or scenario is wrong.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version,
	}
	cmd.AddCommand(runCommand(), checkCommand(), exampleCommand(), pinCommand(), decodeCommand(), tagCommand(), captureCommand(), journalCommand(), terminalCommand(), printCommand(), replayCommand(), simulateCommand())
	plainly(cmd)
	return cmd
}

const defaultConfig = "/etc/showroom/showroom.yaml"

// group puts commands below one that does nothing itself. Cobra would answer a misspelt one with the help and exit code 0.
func group(cmd *cobra.Command, below ...*cobra.Command) *cobra.Command {
	cmd.Args, cmd.RunE = cobra.NoArgs, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(below...)
	return cmd
}

func runCommand() *cobra.Command {
	file := defaultConfig
	cmd := &cobra.Command{
		Use:     "run",
		Short:   "Run the agent until it is told to stop",
		Example: "  showroom-agent run --config " + defaultConfig,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(file, app.Check)
			if err != nil {
				return err
			}
			return app.Run(cmd.Context(), cfg, app.Options{Version: version, Log: logger(cfg.Log)})
		},
	}
	cmd.Flags().StringVar(&file, "config", file, "configuration file")
	return cmd
}

func checkCommand() *cobra.Command {
	file := defaultConfig
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Say everything that is wrong with the configuration file",
		Example: "  showroom-agent check --config " + defaultConfig,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(file, app.Check)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "%s is right: store %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s\n", file, cfg.Store.ID,
				count(len(cfg.Rooms), "room"), count(len(cfg.Trays), "tray"), count(len(cfg.Zones), "zone"), count(len(cfg.Readers), "reader"),
				count(len(cfg.Gateways), "gateway"), count(len(cfg.Scanners), "scanner"), count(len(cfg.Settlers), "settler"),
				count(len(cfg.Printers), "printer"), count(len(cfg.Tills), "till"), count(len(cfg.Kiosks), "kiosk"))
			for _, note := range cfg.Notes() {
				fmt.Fprintln(out, "note:", note)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "config", file, "configuration file")
	return cmd
}

// count is how many there are, in words.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func exampleCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "example",
		Short:   "Print a configuration file with every key, its default and what it means",
		Example: "  showroom-agent example > showroom.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(config.Example())
			return err
		},
	}
}

func pinCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "hash-pin",
		Short:   "Read a PIN from standard input and print the pin_hash for the configuration file",
		Example: "  echo 471100 | showroom-agent hash-pin",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			line, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), 64))
			if err != nil {
				return fmt.Errorf("read PIN: %w", err)
			}
			hash, err := staff.HashPIN(strings.TrimSpace(string(line)))
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), hash)
			return nil
		},
	}
}

func logger(cfg config.Log) *slog.Logger {
	level := slog.LevelInfo
	switch cfg.Level {
	case config.LevelDebug:
		level = slog.LevelDebug
	case config.LevelWarn:
		level = slog.LevelWarn
	case config.LevelError:
		level = slog.LevelError
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == config.FormatJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
