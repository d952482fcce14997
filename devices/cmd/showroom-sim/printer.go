package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/spf13/cobra"

	"showroom/devices/sim/printersim"
)

// printerCommand is a receipt printer behind a TCP port, whose paper is pictures in a folder.
func printerCommand() *cobra.Command {
	var (
		listen, folder, maker string
		o                     printersim.Options
	)
	makes := map[string]printersim.Make{"epson": printersim.Epson, "datecs": printersim.Datecs, "cheap": printersim.Cheap}
	cmd := &cobra.Command{
		Use:     "printer",
		Short:   "A receipt printer: every slip it cuts is a PNG in a folder",
		Example: "  showroom-sim printer --listen 127.0.0.1:9100 --folder /tmp/slips",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var known bool
			if o.Make, known = makes[maker]; !known {
				return fmt.Errorf("no printer is called %q: epson, datecs or cheap", maker)
			}
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return fmt.Errorf("make the folder for slips: %w", err)
			}
			l, err := new(net.ListenConfig).Listen(cmd.Context(), "tcp", listen)
			if err != nil {
				return fmt.Errorf("listen for the printer's line: %w", err)
			}
			fmt.Fprintln(cmd.OutOrStdout(), "printing on", l.Addr())
			return printTo(cmd.Context(), printersim.New(o), l, folder)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:9100", "address and port of its line")
	cmd.Flags().StringVar(&folder, "folder", "slips", "folder for the pictures")
	cmd.Flags().StringVar(&maker, "make", "epson", "whose printer it is: epson, datecs or cheap")
	cmd.Flags().IntVar(&o.Width, "width", 48, "letters in a line")
	return cmd
}

// printTo serves the printer's line and keeps what it cuts until ctx ends.
func printTo(ctx context.Context, p *printersim.Printer, l net.Listener, folder string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var line sync.WaitGroup
	line.Go(func() { cancel(p.Listen(ctx, l)) })
	defer line.Wait()
	for kept := 0; ; {
		changed := p.Changed()
		for ; kept < len(p.Slips()); kept++ {
			if err := keep(p, kept, filepath.Join(folder, fmt.Sprintf("slip-%03d.png", kept+1))); err != nil {
				cancel(err)
				return err
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		}
	}
}

func keep(p *printersim.Printer, n int, name string) error {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("keep a slip: %w", err)
	}
	if err := errors.Join(p.WriteSlip(f, n), f.Close()); err != nil {
		return fmt.Errorf("keep a slip: %w", err)
	}
	return nil
}
