// Command showroom-kiosk shows one fitting room to the person in it, or a checkout to whoever pays there. Everything else, what hangs
// or lies there, who is served in which language, what is due, which associate comes, lives in the agent it is told of.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"showroom/kiosk/screen/panel"
)

// options are the flags.
type options struct {
	agent, kiosk    string
	panel           panel.Profile
	window          bool
	screenshots     string
	screenshotEvery time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "showroom-kiosk:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	var o options
	var profile string
	c := &cobra.Command{
		Use:           "showroom-kiosk --agent ADDRESS --kiosk ID",
		Short:         "Show a fitting room to the person in it, or a checkout to whoever pays",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.panel, err = panel.Parse(profile); err != nil {
				return err
			}
			if o.screenshots != "" && o.screenshotEvery < 100*time.Millisecond {
				return errors.New("--screenshot-every must be 100ms or more")
			}
			return run(cmd.Context(), o, slog.New(slog.NewTextHandler(os.Stderr, nil)))
		},
	}
	f := c.Flags()
	f.StringVar(&o.agent, "agent", "unix:///run/showroom/agent.sock", "address of the agent: unix:///path/of/socket or http://host:port")
	f.StringVar(&o.kiosk, "kiosk", "", "id of this kiosk in the agent's configuration")
	f.StringVar(&profile, "panel", "10in-1280x800", "the panel: 10in-1280x800, 7in-800x480, or ppmm=N for N pixels per millimetre")
	f.BoolVar(&o.window, "window", false, "run in a window instead of the full screen")
	f.StringVar(&o.screenshots, "screenshot-dir", "", "write a picture of the screen into this folder whenever it has changed, named after its page; shoppers' receipts are among them")
	f.DurationVar(&o.screenshotEvery, "screenshot-every", 3*time.Second, "how often to look whether it has")
	if err := c.MarkFlagRequired("kiosk"); err != nil {
		panic(err) // the flag is defined above
	}
	return c
}
