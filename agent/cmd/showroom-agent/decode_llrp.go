package main

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"showroom/devices/rfid/llrp"
)

func decodeLLRPCommand() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "llrp",
		Short: "Say what a message of an LLRP reader means, its body read from standard input",
		Long: `Say what a message of an LLRP reader means: one line of JSON with the standard's
names. Standard input is the message's body, the bytes behind the header of ten.
What a message does not tell is null. Bytes are base64. No agent needs to run.`,
		Example: "  showroom-agent decode llrp --type ROAccessReport < report.bytes",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			kind, err := llrp.ParseType(name)
			if err != nil {
				return fmt.Errorf("--type: %w; write the message's name, like ROAccessReport or RO_ACCESS_REPORT", err)
			}
			body, err := readAtMost(cmd.InOrStdin(), llrp.MaxMessage)
			if err != nil {
				return err
			}
			m, err := llrp.Decode(kind, body)
			if err != nil && headed(body) {
				return fmt.Errorf("%w; this begins with the header of a message: leave out its %d bytes", err, headerBytes)
			}
			if err != nil {
				return err
			}
			if err := jsonLines(cmd.OutOrStdout()).Encode(m); err != nil {
				return fmt.Errorf("write answer: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "type", "", "the message: ROAccessReport, ReaderEventNotification, GetReaderConfigResponse, ...")
	_ = cmd.MarkFlagRequired("type") // it fails only for a flag that does not exist
	return cmd
}

// headerBytes are in front of the body: 16 bits that end with the type, 32 with the length of the whole, 32 with an ID.
const headerBytes = 10

// headed says whether a whole message is there and not only its body.
func headed(p []byte) bool {
	return len(p) >= headerBytes && int(binary.BigEndian.Uint32(p[2:])) == len(p)
}

// readAtMost is all of in, which must not be longer than limit bytes.
func readAtMost(in io.Reader, limit int) ([]byte, error) {
	p, err := io.ReadAll(io.LimitReader(in, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	if len(p) > limit {
		return nil, fmt.Errorf("standard input is longer than the %d bytes a message can have", limit)
	}
	return p, nil
}
