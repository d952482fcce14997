package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"showroom/config"
	"showroom/sync/central"
)

func serveCommand() *cobra.Command {
	var (
		cfg       central.Config
		tokens    []string
		tokenFile string
		shops     string
		keepDays  int
		debug     bool
	)
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve until interrupted", Args: cobra.NoArgs,
		Long: `Serve until interrupted.

Without a certificate the service listens on this machine only. Tokens are DEVICE=TOKEN; the name "operator" is the one that opens
the pages, the list of events and the imports. A token file holds one such line each; empty lines and lines beginning with # are
skipped.

Receipts are shown to anybody who has their token, at /r/TOKEN. What they say of a shop stands in the shops' file, by store:

  {"s1": {"seller": {"name": "...", "trading_name": "...", "vat_identifier": "...", "tax_office": "...", "time_zone": "Europe/Istanbul",
          "postal_address": {"line": "...", "subdivision": "...", "city": "...", "post_code": "...", "country_code": "TR"}}}}

"receipt_keys" beside "seller" are keys, in hexadecimal digits, of agents that do not make theirs from their token.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			level := slog.LevelInfo
			if debug {
				level = slog.LevelDebug
			}
			cfg.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
			if err := addTokens(&cfg, tokens, tokenFile); err != nil {
				return err
			}
			if err := addShops(&cfg, shops); err != nil {
				return err
			}
			cfg.KeepBatches = time.Duration(keepDays) * 24 * time.Hour
			cfg.Listening = func(addr net.Addr) { fmt.Fprintln(cmd.OutOrStdout(), "listening on", addr) }
			return central.Run(cmd.Context(), cfg)
		},
	}
	f := cmd.Flags()
	f.StringVar(&cfg.Listen, "listen", "127.0.0.1:8470", "address and port to serve")
	f.StringVar(&cfg.StateDir, "state-dir", "", "folder for everything that is kept (required)")
	f.StringArrayVar(&tokens, "token", nil, "DEVICE=TOKEN, may be repeated; seen by everybody on this machine")
	f.StringVar(&tokenFile, "token-file", "", "file of DEVICE=TOKEN lines")
	f.StringVar(&shops, "shops", "", "JSON file of what receipts say of the shops, by store; an import for any other store is refused")
	f.StringVar(&cfg.TLSCert, "tls-cert", "", "PEM file of the certificate")
	f.StringVar(&cfg.TLSKey, "tls-key", "", "PEM file of its key")
	f.IntVar(&cfg.KeepEvents, "keep-events", 10_000, "newest events shown on the events page")
	f.IntVar(&keepDays, "keep-days", 0, "days for which what the shops sent is kept, and their receipts, which are made of it; 0 for ever")
	f.StringVar(&cfg.Cluster.URL, "nats-url", "", "external NATS cluster instead of streams in this process")
	f.StringVar(&cfg.Cluster.Credentials, "nats-creds", "", "credentials file for the cluster")
	f.StringArrayVar(&cfg.Cluster.Monitor, "nats-monitor", nil, "http://HOST:PORT of a node's monitoring, one for every node")
	f.IntVar(&cfg.Cluster.Replicas, "nats-replicas", 3, "copies the cluster keeps")
	f.BoolVar(&debug, "debug", false, "log more")
	if err := cmd.MarkFlagRequired("state-dir"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

// addShops reads the shops' file, if there is one.
func addShops(cfg *central.Config, file string) error {
	if file == "" {
		return nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read shops: %w", err)
	}
	if err := cfg.ParseShops(bytes.NewReader(content)); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	var faults []error
	for _, store := range slices.Sorted(maps.Keys(cfg.Shops)) {
		s := cfg.Shops[store].Seller
		if s.Address.Country == "TR" && s.TaxID != "" && !config.TurkishTaxID(s.TaxID) {
			faults = append(faults, fmt.Errorf("%s: shop %s: %q is no Turkish tax number, or has a digit that is wrong; write the ten digits of the VKN, or the eleven of the TCKN", file, store, s.TaxID))
		}
	}
	return errors.Join(faults...)
}

// addTokens reads the tokens of the command line and the file, and answers everything that is wrong with them.
func addTokens(cfg *central.Config, tokens []string, file string) error {
	var faults []error
	for _, t := range tokens {
		if err := cfg.ParseToken(t); err != nil {
			faults = append(faults, fmt.Errorf("--token: %w", err))
		}
	}
	if file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read token file: %w", err)
		}
		lines := bufio.NewScanner(bytes.NewReader(content))
		for n := 1; lines.Scan(); n++ {
			line := strings.TrimSpace(lines.Text())
			if line == "" || line[0] == '#' {
				continue
			}
			if err := cfg.ParseToken(line); err != nil {
				faults = append(faults, fmt.Errorf("%s:%d: %w", file, n, err))
			}
		}
		faults = append(faults, lines.Err())
	}
	return errors.Join(faults...)
}
