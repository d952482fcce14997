package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"showroom/agent/dryrun"
	"showroom/agent/showroom"
	"showroom/config"
)

// stillLine is all tags that lay at one distance from the nearest other zone.
type stillLine struct {
	Border   int     `json:"border_m"`
	Tags     int     `json:"tags"`
	Calm     int     `json:"never_switched"`
	Once     int     `json:"switched_once"`
	Restless int     `json:"switched_more"`
	Switches int     `json:"switches"`
	Wrong    float64 `json:"wrong_share"` // of the time
}

func simulateZonesCommand() *cobra.Command {
	var plan string
	var table bool
	var s simulation
	cmd := &cobra.Command{
		Use:   "zones --zones ZONES.yaml",
		Short: "Judge how calmly radio tags stay in their zones",
		Long: `Let radio tags lie still on a floor plan, one at a time and two metres apart all
over the rectangle that its gateways stand in, and count how often each is thought
to have gone to another zone in ten minutes, after one minute to settle. The radio
is simulated: path loss with the distance, every tag and gateway 2 dB apart from
it, people who move (5 dB, another value after a second) and bodies that take 10 to
15 dB from a gateway for up to 20 seconds.

One line of JSON for each whole metre to the nearest other zone, the last one for
4 m and more. All gateways need a place and all zones a polygon; the plan is that
of showroom-agent replay.`,
		Example: "  showroom-agent simulate zones --zones zones.yaml --seeds 1..200 --table",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			first, last, err := s.dice(1)
			if err != nil {
				return err
			}
			floor, err := standing(plan)
			if err != nil {
				return err
			}
			return tellStill(cmd.OutOrStdout(), floor.StillTags(first, last), table)
		},
	}
	cmd.Flags().StringVar(&plan, "zones", "", "floor plan (needed)")
	cmd.Flags().StringVar(&s.seeds, "seeds", "", "play once with each of them, like 1..200; 1 if not told")
	cmd.Flags().BoolVar(&table, "table", false, "a table instead of JSON")
	_ = cmd.MarkFlagRequired("zones") // the flag is there
	return cmd
}

// standing loads a plan that tags can lie on.
func standing(path string) (dryrun.Floor, error) {
	plan, err := config.LoadFloor(path)
	if err != nil {
		return dryrun.Floor{}, err
	}
	floor := floorOf(plan)
	for _, z := range plan.Zones {
		if len(z.Polygon) == 0 {
			return floor, fmt.Errorf("simulate: zone %q has no polygon, so that nobody can say what is true", z.ID)
		}
		for _, mac := range z.Gateways {
			if _, placed := floor.Stands[showroom.DeviceID(mac)]; !placed {
				return floor, fmt.Errorf("simulate: gateway %s has no place on the plan: give its x and y", mac)
			}
		}
	}
	if len(floor.Stands) == 0 {
		return floor, errors.New("simulate: the plan has no gateways")
	}
	return floor, nil
}

func tellStill(w io.Writer, all []dryrun.StillTags, table bool) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	if table {
		fmt.Fprintln(columns, "border\ttags\tnever switched\tonce\tmore often\tswitches\twrong time\t")
	}
	out := json.NewEncoder(w)
	for _, s := range all {
		if s.Tags == 0 {
			continue
		}
		l := stillLine{s.Border, s.Tags, s.Calm, s.Once, s.Restless, s.Moves, rounded(s.WrongShare())}
		if table {
			fmt.Fprintf(columns, "%d m\t%d\t%d\t%d\t%d\t%d\t%.1f %%\t\n", l.Border, l.Tags, l.Calm, l.Once, l.Restless, l.Switches, 100*s.WrongShare())
			continue
		}
		if err := out.Encode(l); err != nil {
			return fmt.Errorf("write line: %w", err)
		}
	}
	return columns.Flush() // keeps the first error
}
