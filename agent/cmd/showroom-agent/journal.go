package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/config"
)

// journalFlags say which rows are wanted.
type journalFlags struct {
	config, state        string
	lane, kind, subject  string
	after, limit, tail   int64
	since, until         string
	sinceTime, untilTime time.Time
}

func journalCommand() *cobra.Command {
	f := &journalFlags{}
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "Read the facts of the shop, also while the agent runs",
		Long: `Read the facts of the shop, also while the agent runs.

The journal is read where it lies and never written: nothing is locked, and nothing is
changed. A row is known by epoch/lane/lane_seq everywhere and by its seq in this shop.`,
		Example: `  showroom-agent journal list --tail 20
  showroom-agent journal list --kind settlement.concluded --since 2026-11-22
  showroom-agent journal show 4711
  showroom-agent journal export --lane facts > facts.jsonl`,
	}
	flags := cmd.PersistentFlags()
	flags.StringVar(&f.config, "config", defaultConfig, "configuration file that names the state folder")
	flags.StringVar(&f.state, "state", "", "state folder, instead of the one in the configuration")
	return group(cmd, journalListCommand(f), journalShowCommand(f), journalExportCommand(f))
}

// choose adds the flags that leave rows out.
func (f *journalFlags) choose(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.lane, "lane", "", "only this lane: facts, observations or local")
	flags.StringVar(&f.kind, "kind", "", "only this kind, or those that begin with it and a point: \"settlement\"")
	flags.StringVar(&f.subject, "subject", "", "only rows about this: \"basket/...\"")
	flags.Int64Var(&f.after, "after", 0, "only rows behind this seq")
	flags.StringVar(&f.since, "since", "", "only rows of this time and later: 2026-11-22 or 2026-11-22T14:05:00Z")
	flags.StringVar(&f.until, "until", "", "only rows before this time")
}

func journalListCommand(f *journalFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Print one line for each row",
		Example: "  showroom-agent journal list --tail 20",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			return f.read(cmd.Context(), func(r showroom.Row) error {
				_, err := fmt.Fprintf(out, "%d\t%s\t%s/%d\t%s\t%s\n", r.Seq, r.At.Wall.UTC().Format(time.RFC3339), r.Lane, r.LaneSeq, r.Kind, r.Subject)
				return err
			})
		},
	}
	f.choose(cmd)
	cmd.Flags().Int64Var(&f.tail, "tail", 0, "only the last so many of them")
	cmd.Flags().Int64Var(&f.limit, "limit", 0, "at most so many")
	return cmd
}

func journalShowCommand(f *journalFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "show SEQ|EPOCH/LANE/LANE_SEQ",
		Short: "Print one row with what it says",
		Example: `  showroom-agent journal show 4711
  showroom-agent journal show 01H.../facts/17`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			found := errors.New("found")
			err := f.read(cmd.Context(), func(r showroom.Row) error {
				if fmt.Sprint(r.Seq) != args[0] && rowID(r) != args[0] {
					return nil
				}
				return cmp.Or(printRow(cmd.OutOrStdout(), r, "  "), found)
			})
			switch {
			case errors.Is(err, found):
				return nil
			case err == nil:
				return fmt.Errorf("there is no row %s in the journal, or not any more", args[0])
			}
			return err
		},
	}
}

func journalExportCommand(f *journalFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "export",
		Short:   "Print rows with what they say, one JSON object a line",
		Example: "  showroom-agent journal export --lane facts --since 2026-11-01 > november.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.read(cmd.Context(), func(r showroom.Row) error { return printRow(cmd.OutOrStdout(), r, "") })
		},
	}
	f.choose(cmd)
	cmd.Flags().Int64Var(&f.limit, "limit", 0, "at most so many")
	return cmd
}

func rowID(r showroom.Row) string { return fmt.Sprintf("%s/%s/%d", r.Epoch, r.Lane, r.LaneSeq) }

// exportedRow is a row of the journal as JSON.
type exportedRow struct {
	Seq     int64           `json:"seq"`
	ID      string          `json:"id"`
	Kind    showroom.Kind   `json:"kind"`
	Version int             `json:"version"`
	Subject string          `json:"subject"`
	At      time.Time       `json:"at"`
	Clock   string          `json:"clock"`
	SHA256  string          `json:"sha256"`
	Body    json.RawMessage `json:"body"` // null: it was forgotten
}

func printRow(out io.Writer, r showroom.Row, indent string) error {
	e := json.NewEncoder(out)
	e.SetIndent("", indent)
	e.SetEscapeHTML(false)
	row := exportedRow{Seq: r.Seq, ID: rowID(r), Kind: r.Kind, Version: r.Version, Subject: r.Subject, At: r.At.Wall, Clock: string(r.At.Quality), SHA256: fmt.Sprintf("%x", r.SHA256), Body: r.Body}
	if len(r.Body) == 0 {
		row.Body = json.RawMessage("null")
	}
	return e.Encode(row)
}

// read passes the rows that are wanted on, in order.
func (f *journalFlags) read(ctx context.Context, each func(showroom.Row) error) error {
	if err := f.times(); err != nil {
		return err
	}
	switch showroom.Lane(f.lane) {
	case "", showroom.LaneFacts, showroom.LaneObservations, showroom.LaneLocal:
	default:
		return fmt.Errorf("--lane %s is none of facts, observations and local", f.lane)
	}
	dir := f.state
	if dir == "" {
		cfg, err := config.Load(f.config)
		if err != nil {
			return err
		}
		dir = cfg.StateDir
	}
	j, err := store.OpenJournal(ctx, dir)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no journal in %s yet; start the agent once, or name another folder with --state", dir)
	}
	if err != nil {
		return err
	}
	defer j.Close()
	var last []showroom.Row
	given := int64(0)
	const atOnce = 500
	for after := f.after; ; {
		rows, err := j.Since(ctx, after, atOnce)
		if err != nil || len(rows) == 0 {
			for _, r := range last {
				if err := each(r); err != nil {
					return err
				}
			}
			return err
		}
		for _, r := range rows {
			after = r.Seq
			if !f.wants(r) {
				continue
			}
			if f.tail > 0 {
				if last = append(last, r); int64(len(last)) > f.tail {
					last = last[1:]
				}
				continue
			}
			if err := each(r); err != nil {
				return err
			}
			if given++; given == f.limit {
				return nil
			}
		}
	}
}

func (f *journalFlags) wants(r showroom.Row) bool {
	kind := string(r.Kind)
	return (f.lane == "" || f.lane == string(r.Lane)) &&
		(f.kind == "" || f.kind == kind || strings.HasPrefix(kind, f.kind+".")) &&
		(f.subject == "" || f.subject == r.Subject) &&
		(f.sinceTime.IsZero() || !r.At.Wall.Before(f.sinceTime)) &&
		(f.untilTime.IsZero() || r.At.Wall.Before(f.untilTime))
}

func (f *journalFlags) times() error {
	for _, t := range []struct {
		name, text string
		to         *time.Time
	}{{"since", f.since, &f.sinceTime}, {"until", f.until, &f.untilTime}} {
		if t.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, t.text)
		if err != nil {
			at, err = time.Parse(time.DateOnly, t.text)
		}
		if err != nil {
			return fmt.Errorf("--%s %s is neither a date such as 2026-11-22 nor a time such as 2026-11-22T14:05:00Z", t.name, t.text)
		}
		*t.to = at
	}
	return nil
}
