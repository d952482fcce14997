package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"showroom/agent/dryrun"
	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/config"
)

// zoneLine is one change of zone, one JSON object a line.
type zoneLine struct {
	File       string           `json:"file"`
	At         time.Time        `json:"at"`
	Tag        string           `json:"tag"`
	From       string           `json:"from"`
	To         string           `json:"to"`
	Confidence float64          `json:"confidence"`
	Dwell      float64          `json:"dwell_s"`
	Why        showroom.Figures `json:"why"`
}

// scoreLine is what --truth adds for a file and for all of them.
type scoreLine struct {
	File         string  `json:"file,omitempty"`
	Files        int     `json:"files,omitempty"` // of the total
	Rows         int     `json:"rows"`
	BadRows      int     `json:"bad_rows"`
	Accuracy     float64 `json:"accuracy"`
	Switches     int     `json:"switches"`
	TrueSwitches int     `json:"true_switches"`
	Seconds      int     `json:"seconds"`
}

// leftOutLine is one track judged by numbers chosen on the others, or all of these together.
type leftOutLine struct {
	LeftOut      string  `json:"left_out,omitempty"`
	Tracks       int     `json:"tracks_left_out,omitempty"` // of the total
	Accuracy     float64 `json:"accuracy"`
	Switches     int     `json:"switches"`
	TrueSwitches int     `json:"true_switches"`
	Seconds      int     `json:"seconds"`
	Chosen       *chosen `json:"chosen,omitempty"`
}

type chosen struct {
	Margin string `json:"margin"`
	Dwell  int    `json:"dwell"`
	Rise   string `json:"rise"`
	Stir   string `json:"stir"`
	Settle string `json:"settle"`
}

func replayCommand() *cobra.Command {
	var r replay
	cmd := &cobra.Command{
		Use:   "replay --zones ZONES.yaml FILE.csv...",
		Short: "Decide which zones recorded radio tags were in, without an agent",
		Long: `Decide which zones recorded radio tags were in, without an agent: one line of
JSON for each change; a tag in no zone is in "unknown". Every FILE is a recording
of its own, with the columns ts_unix, gateway_mac, tag_mac and rssi_dbm (empty when
the gateway tells none) in any order; further ones are ignored. Rows that can not
be right are left out, told on standard error with their line and counted. So are
gateways that ZONES.yaml does not have.

With --truth the columns x_m and y_m say where the tag was, every zone needs a
polygon, and a summary line follows each file: how many seconds the decision was
right for, judged once a second without allowing for any delay, and how often
decided and true zone switched. With several files there is one for all of them.

With --leave-one-out each file is a track: the numbers of the rule are chosen on all
others and scored on it, which tells how they would do in a shop they do not know.

ZONES.yaml:

` + indent(config.FloorExample()),
		Example: "  showroom-agent replay --zones zones.yaml monday.csv\n  showroom-agent replay --zones zones.yaml --truth walk1.csv walk2.csv",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			r.out, r.complaints = json.NewEncoder(cmd.OutOrStdout()), cmd.ErrOrStderr()
			return r.run(files)
		},
	}
	cmd.Flags().StringVar(&r.zones, "zones", "", "floor plan (needed)")
	cmd.Flags().BoolVar(&r.truth, "truth", false, "score the decisions by the columns x_m and y_m")
	cmd.Flags().BoolVar(&r.leaveOneOut, "leave-one-out", false, "print how well chosen numbers do on files they were not chosen on")
	_ = cmd.MarkFlagRequired("zones") // the flag is there
	cmd.AddCommand(replayRecordingCommand())
	return cmd
}

func indent(text []byte) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\n  ")
}

// replay is one run of the command.
type replay struct {
	zones              string
	truth, leaveOneOut bool
	out                *json.Encoder
	complaints         io.Writer
}

func (r *replay) run(files []string) error {
	plan, err := config.LoadFloor(r.zones)
	if err != nil {
		return err
	}
	r.truth = r.truth || r.leaveOneOut
	if r.leaveOneOut && len(files) < 2 {
		return errors.New("replay: --leave-one-out needs two files at least")
	}
	floor := floorOf(plan)
	if r.truth {
		for _, z := range plan.Zones {
			if len(z.Polygon) == 0 {
				return fmt.Errorf("replay: zone %q has no polygon, so that nobody can say what is true", z.ID)
			}
		}
	}
	var total scoreLine
	var sum dryrun.ZoneScore
	tracks := make([]dryrun.Track, 0, len(files))
	for _, file := range files {
		track, badRows, err := r.read(file)
		if err != nil {
			return err
		}
		r.mentionStrangers(file, track, floor)
		total.Rows, total.BadRows = total.Rows+track.Rows(), total.BadRows+badRows
		if r.leaveOneOut {
			tracks = append(tracks, track)
			continue
		}
		score, err := floor.Replay(track, func(c zones.Change) error { return r.out.Encode(lineOf(file, c)) })
		if err != nil {
			return fmt.Errorf("write change: %w", err)
		}
		sum.Add(score)
		if r.truth {
			line := scoreLine{File: file, Rows: track.Rows(), BadRows: badRows}
			if err := r.out.Encode(line.with(score)); err != nil {
				return fmt.Errorf("write score: %w", err)
			}
		}
	}
	if r.leaveOneOut {
		return r.table(files, floor.LeaveOneOut(tracks))
	}
	if r.truth && len(files) > 1 {
		total.Files = len(files)
		if err := r.out.Encode(total.with(sum)); err != nil {
			return fmt.Errorf("write score: %w", err)
		}
	}
	return nil
}

func (l scoreLine) with(s dryrun.ZoneScore) scoreLine {
	l.Accuracy, l.Switches, l.TrueSwitches, l.Seconds = rounded(s.Accuracy()), s.Switches, s.TrueSwitches, s.Seconds
	return l
}

// read reads one file and complains about its rows.
func (r *replay) read(file string) (dryrun.Track, int, error) {
	const most = 20
	in, err := os.Open(file)
	if err != nil {
		return dryrun.Track{}, 0, fmt.Errorf("open recording: %w", err)
	}
	defer in.Close()
	bad := 0
	track, err := dryrun.ReadTrack(in, r.truth, config.PlainMAC, func(line int, why string) {
		if bad++; bad <= most {
			fmt.Fprintf(r.complaints, "%s:%d: %s\n", file, line, why)
		}
	})
	if bad > most {
		fmt.Fprintf(r.complaints, "%s: %d more rows left out\n", file, bad-most)
	}
	if err != nil {
		return dryrun.Track{}, bad, fmt.Errorf("%s: %w", file, err)
	}
	return track, bad, nil
}

// mentionStrangers complains about gateways of a recording that the floor plan does not have: nothing comes of their rows, and most often
// one of the two files has another name for them.
func (r *replay) mentionStrangers(file string, track dryrun.Track, floor dryrun.Floor) {
	const most = 5
	var strangers []string
	for _, g := range track.Gateways() {
		if _, known := floor.Config.Gateways[g]; !known {
			strangers = append(strangers, string(g))
		}
	}
	if len(strangers) == 0 {
		return
	}
	more := ""
	if len(strangers) > most {
		more = fmt.Sprintf(" and %d more", len(strangers)-most)
		strangers = strangers[:most]
	}
	fmt.Fprintf(r.complaints, "%s: not heard, since no zone of %s has these gateways: %s%s\n", file, r.zones, strings.Join(strangers, ", "), more)
}

func (r *replay) table(files []string, left []dryrun.LeftOut) error {
	var sum dryrun.ZoneScore
	for i, l := range left {
		sum.Add(l.Score)
		p := l.Profile
		line := leftOutLine{LeftOut: filepath.Base(files[i]), Chosen: &chosen{
			Margin: config.DB(p.Margin).String(), Dwell: p.Dwell, Rise: config.DB(p.Rise).String(), Stir: config.DB(p.Stir).String(), Settle: p.Settle.String(),
		}}
		if err := r.out.Encode(line.with(l.Score)); err != nil {
			return fmt.Errorf("write score: %w", err)
		}
	}
	if err := r.out.Encode(leftOutLine{Tracks: len(left)}.with(sum)); err != nil {
		return fmt.Errorf("write score: %w", err)
	}
	return nil
}

func (l leftOutLine) with(s dryrun.ZoneScore) leftOutLine {
	l.Accuracy, l.Switches, l.TrueSwitches, l.Seconds = rounded(s.Accuracy()), s.Switches, s.TrueSwitches, s.Seconds
	return l
}

func lineOf(file string, c zones.Change) zoneLine {
	return zoneLine{
		File: file, At: c.At.UTC(), Tag: string(c.ID), From: zoneName(c.From), To: zoneName(c.To),
		Confidence: rounded(c.Confidence), Dwell: rounded(c.Dwell.Seconds()), Why: c.Why,
	}
}

// zoneName is a zone's id; a floor plan has none of the name of the unknown one.
func zoneName(zone showroom.Place) string {
	if zone.IsZero() {
		return config.UnknownZone
	}
	return zone.ID
}

func rounded(v float64) float64 { return float64(int(v*1000+0.5)) / 1000 }

// floorOf is the plan as the engine sees it.
func floorOf(plan config.Floor) dryrun.Floor {
	p := zones.RetailProfile()
	c := plan.Profile
	p.Window, p.Stale, p.Away = c.Window, c.Stale, c.Away
	p.Margin, p.Slack, p.Dwell = presence.DB(c.Margin), presence.DB(c.Slack), c.Dwell
	p.Settle, p.Recent, p.Patience, p.MinSamples = c.Settle, c.Recent, c.Patience, c.MinSamples
	f := dryrun.Floor{
		Config: zones.Config{Gateways: make(map[showroom.DeviceID]zones.Mount), Profile: p},
		Stands: make(map[showroom.DeviceID]dryrun.Spot),
	}
	for _, z := range plan.Zones {
		place := showroom.Place{Kind: showroom.PlaceZone, ID: z.ID}
		f.Outlines = append(f.Outlines, dryrun.Outline{Zone: place, Contains: z.Polygon.Contains})
		for _, mac := range z.Gateways {
			f.Config.Gateways[showroom.DeviceID(mac)] = zones.Mount{Zone: place}
		}
	}
	for _, g := range plan.Gateways {
		m := f.Config.Gateways[showroom.DeviceID(g.MAC)]
		m.Gain = presence.DB(g.Gain)
		f.Config.Gateways[showroom.DeviceID(g.MAC)] = m
		if g.X != 0 || g.Y != 0 {
			f.Stands[showroom.DeviceID(g.MAC)] = dryrun.Spot{X: float64(g.X), Y: float64(g.Y)}
		}
	}
	return f
}
