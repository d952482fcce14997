package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"showroom/agent/app"
	"showroom/agent/dryrun"
	"showroom/config"
	"showroom/devices/recording"
)

func replayRecordingCommand() *cobra.Command {
	file := defaultConfig
	cmd := &cobra.Command{
		Use:   "recording FILE...",
		Short: "Decide again what a shop's recorded readings mean",
		Long: `Decide again what a shop's recorded readings mean.

The files are those of the configuration's recording section, the older one
first. Each line printed is what one of the engines decides, or what became of a
device; the last one counts what was played. With another floor, gain or margin in
the configuration the same readings may mean something else: that is what this is
for. No agent is needed and nothing is changed.`,
		Example: "  showroom-agent replay recording --config " + defaultConfig + " " + recording.Older + " " + recording.File,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			tape, closeAll, err := spliced(files)
			if err != nil {
				return err
			}
			defer closeAll()
			out := jsonLines(cmd.OutOrStdout())
			garments, _ := app.Rules(cfg)
			played, err := dryrun.PlayRecording(recording.NewPlayer(tape), garments, app.ZoneRules(cfg), func(o dryrun.Outcome) error { return out.Encode(o) })
			if err != nil {
				return err
			}
			return out.Encode(struct {
				Played dryrun.Played `json:"played"`
			}{played})
		},
	}
	cmd.Flags().StringVar(&file, "config", file, "configuration file of the shop")
	return cmd
}

// spliced is the files one after the other.
func spliced(names []string) (tape io.Reader, closeAll func(), err error) {
	var files []*os.File
	closeAll = func() {
		for _, f := range files {
			_ = f.Close() // only read
		}
	}
	var parts []io.Reader
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("open recording: %w", err)
		}
		files, parts = append(files, f), append(parts, f)
	}
	return io.MultiReader(parts...), closeAll, nil
}
