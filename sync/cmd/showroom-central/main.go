// Command showroom-central is the service in head office that the shops send their facts to and get their catalogue from.
//
//	showroom-central serve --state-dir /var/lib/showroom-central --token-file tokens
//	showroom-central import catalogue.csv --store s1
//
// Importing is done by a running service; the command is a client of it. It exits with 0 when all went well, 1 when something
// failed, 2 when the command line is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // receipts tell the shop's time also where there is no /usr/share/zoneinfo

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

// usageError is a wrong command line.
type usageError struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	root := &cobra.Command{
		Use: "showroom-central", Short: "The central service of showroom", Version: version,
		SilenceUsage: true, SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(serveCommand(), importCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "showroom-central:", err)
		if errors.As(err, new(usageError)) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}
