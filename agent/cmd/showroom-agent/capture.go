package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"showroom/agent/localapi"
)

func captureCommand() *cobra.Command {
	flags := &runningFlags{}
	cmd := &cobra.Command{
		Use:   "capture",
		Short: "Record what a device really says, in front of the privacy filter, by the running agent",
		Long: `Record what a device really says, in front of the privacy filter, by the running agent.

A capture holds tags of people's own property. It is for commissioning: one device, at most
15 minutes, and every screen of the shop says so while it runs. It ends by itself and does not
go on after a restart. Its start and end are written into the journal, with the reason; what it
holds is not. The file is for the agent's user only and is deleted after 24 hours.

The file has a line of JSON for each piece: "us" since the start, "dir" in or out, the "topic"
of a message, and "hex". Read one of a serial reader with

  showroom-agent decode serial --protocol r200 --capture < FILE`,
		Example: `  showroom-agent capture start r1 --for 10m --reason "no tags at antenna 2"
  showroom-agent capture status
  showroom-agent capture stop
  showroom-agent capture delete`,
	}
	flags.add(cmd)
	return group(cmd, captureStartCommand(flags), captureStopCommand(flags), captureStatusCommand(flags), captureDeleteCommand(flags))
}

func captureStartCommand(flags *runningFlags) *cobra.Command {
	var (
		order localapi.CaptureCommand
		lasts = 5 * time.Minute
	)
	cmd := &cobra.Command{
		Use:     "start DEVICE --reason WHY",
		Short:   "Begin a capture of one device",
		Example: `  showroom-agent capture start r1 --for 10m --reason "no tags at antenna 2"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if lasts%time.Second != 0 {
				return fmt.Errorf("--for %v is not in whole seconds", lasts)
			}
			order.ID, order.Device, order.Seconds = newCommandID(), args[0], int(lasts/time.Second)
			return tell[localapi.CaptureStatus](cmd, flags, localapi.PathCaptureStart, order)
		},
	}
	cmd.Flags().DurationVar(&lasts, "for", lasts, "how long, at most 15m")
	cmd.Flags().StringVar(&order.Reason, "reason", "", "why; it is kept in the journal")
	_ = cmd.MarkFlagRequired("reason") // the flag is there
	return cmd
}

func captureStopCommand(flags *runningFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "stop",
		Short:   "End the capture that runs",
		Example: "  showroom-agent capture stop",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return tell[localapi.CaptureStatus](cmd, flags, localapi.PathCaptureStop, localapi.Command{ID: newCommandID()})
		},
	}
}

func captureStatusCommand(flags *runningFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Print the capture that runs and the files that are kept",
		Example: "  showroom-agent capture status",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return tell[localapi.CaptureStatus](cmd, flags, localapi.PathCapture, nil)
		},
	}
}

func captureDeleteCommand(flags *runningFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "delete [FILE]",
		Short: "Delete one recording, or all that are finished",
		Example: `  showroom-agent capture delete r1-20261122T074200.000Z.jsonl
  showroom-agent capture delete`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			gone := localapi.CaptureDelete{ID: newCommandID()}
			if len(args) > 0 {
				gone.Name = args[0]
			}
			return tell[localapi.CaptureStatus](cmd, flags, localapi.PathCaptureDelete, gone)
		},
	}
}
