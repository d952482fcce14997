package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"showroom/agent/localapi"
)

func tagCommand() *cobra.Command {
	flags := &runningFlags{}
	cmd := &cobra.Command{
		Use:   "tag",
		Short: "Enrol radio tags and account for sold garments, by the running agent",
		Example: `  showroom-agent tag enrol --label "Loan tag 7" AC:23:3F:A0:32:08
  showroom-agent tag list
  showroom-agent tag return "Loan tag 7"
  showroom-agent tag sold 3034257BF7194E4000001A85`,
	}
	flags.add(cmd)
	return group(cmd, enrolCommand(flags), handOutCommand(flags), returnCommand(flags), listCommand(flags),
		garmentsCommand(flags, "sold", "Garments belong to who bought them: their tags are no longer read", localapi.PathGarmentsSold),
		garmentsCommand(flags, "returned", "Sold garments are the shop's again", localapi.PathGarmentsReturned))
}

func enrolCommand(flags *runningFlags) *cobra.Command {
	e := localapi.EnrolCommand{}
	cmd := &cobra.Command{
		Use:   "enrol --label LABEL IDENTITY",
		Short: "Make a radio tag known and hand it out",
		Long: `Make a radio tag known and hand it out.

IDENTITY is what the tag sends: the address printed on it, an iBeacon's UUID-major-minor, an Eddystone's
namespace-instance, or altbeacon:ID or irk:KEY. "-" reads it from standard input. It is kept nowhere.`,
		Example: `  showroom-agent tag enrol --label "Loan tag 7" AC:23:3F:A0:32:08
  showroom-agent tag enrol --label "Loan tag 8" --put-away fda50693-a4e2-4fb1-afcf-c6eb07647825-10001-8
  showroom-agent tag enrol --kind basket --label "Basket 12" 00112233445566778899-00000000000c`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			identities, err := argsOrLines(cmd, args)
			if err != nil {
				return err
			}
			if len(identities) != 1 {
				return fmt.Errorf("%d identities on standard input, want one", len(identities))
			}
			e.ID, e.Identity = newCommandID(), identities[0]
			return tell[localapi.Tag](cmd, flags, localapi.PathTags, e)
		},
	}
	cmd.Flags().StringVar(&e.Label, "label", "", "what is written on the tag")
	cmd.Flags().StringVar(&e.Kind, "kind", "loan", "what it is for: loan, basket or app")
	cmd.Flags().BoolVar(&e.PutAway, "put-away", false, "nobody carries it yet")
	_ = cmd.MarkFlagRequired("label") // the flag is there
	return cmd
}

func handOutCommand(flags *runningFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "hand-out LABEL",
		Short:   "Hand out a loan tag that is put away",
		Example: `  showroom-agent tag hand-out "Loan tag 7"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return tellTag(cmd, flags, args[0], localapi.PathTagHandOut, localapi.Command{ID: newCommandID()})
		},
	}
}

func returnCommand(flags *runningFlags) *cobra.Command {
	back := localapi.ReturnCommand{}
	cmd := &cobra.Command{
		Use:   "return LABEL",
		Short: "Take a radio tag back: nobody listens for it any more",
		Example: `  showroom-agent tag return "Loan tag 7"
  showroom-agent tag return --give-up "Loan tag 7"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			back.ID = newCommandID()
			return tellTag(cmd, flags, args[0], localapi.PathTagReturn, back)
		},
	}
	cmd.Flags().BoolVar(&back.GiveUp, "give-up", false, "forget a loan tag that will not be handed out again")
	return cmd
}

func listCommand(flags *runningFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "Print every enrolled radio tag as a JSON line",
		Example: "  showroom-agent tag list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			agent, err := flags.find()
			if err != nil {
				return err
			}
			var all localapi.Tags
			if err := agent.ask(cmd.Context(), localapi.PathTags, nil, &all); err != nil {
				return err
			}
			lines := json.NewEncoder(cmd.OutOrStdout())
			for _, tag := range all.Tags {
				if err := lines.Encode(tag); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func garmentsCommand(flags *runningFlags, name, short, path string) *cobra.Command {
	return &cobra.Command{
		Use:   name + " EPC...",
		Short: short,
		Example: "  showroom-agent tag " + name + " 3034257BF7194E4000001A85 3034257BF7194E4000001A86\n" +
			"  showroom-agent tag " + name + " - < epcs.txt",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			epcs, err := argsOrLines(cmd, args)
			if err != nil {
				return err
			}
			return tell[localapi.GarmentsCounted](cmd, flags, path, localapi.GarmentsCommand{ID: newCommandID(), EPCs: epcs})
		},
	}
}

// argsOrLines answers the arguments, or the lines of standard input where "-" stands alone.
func argsOrLines(cmd *cobra.Command, args []string) ([]string, error) {
	if len(args) != 1 || args[0] != "-" {
		return args, nil
	}
	const limit = 1 << 20
	var all []string
	lines := bufio.NewScanner(io.LimitReader(cmd.InOrStdin(), limit))
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			all = append(all, line)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	return all, nil
}

// tell sends a command and prints the answer as a JSON line.
func tell[Answer any](cmd *cobra.Command, flags *runningFlags, path string, body any) error {
	agent, err := flags.find()
	if err != nil {
		return err
	}
	var answer Answer
	if err := agent.ask(cmd.Context(), path, body, &answer); err != nil {
		return err
	}
	return json.NewEncoder(cmd.OutOrStdout()).Encode(answer)
}

// tellTag is tell about the tag with a label, or an id.
func tellTag(cmd *cobra.Command, flags *runningFlags, label, path string, body any) error {
	agent, err := flags.find()
	if err != nil {
		return err
	}
	id, err := tagNamed(cmd.Context(), agent, label)
	if err != nil {
		return err
	}
	return tell[localapi.Tag](cmd, flags, strings.Replace(path, "{tag}", url.PathEscape(id), 1), body)
}

func tagNamed(ctx context.Context, agent *running, label string) (id string, err error) {
	var all localapi.Tags
	if err := agent.ask(ctx, localapi.PathTags, nil, &all); err != nil {
		return "", err
	}
	for _, tag := range all.Tags {
		if tag.Label == label || tag.ID == label {
			return tag.ID, nil
		}
	}
	return "", fmt.Errorf("there is no tag called %q; \"showroom-agent tag list\" names them all", label)
}

// newCommandID makes the id under which the agent does a thing once.
func newCommandID() string { return uuid.NewString() }
