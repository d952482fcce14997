package main

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"showroom/devices/pos/ecr17"
)

// ecr17Answer is one frame, or what is wrong with the bytes that stand for one.
type ecr17Answer struct {
	Frame   string     `json:"frame_hex"`
	Mode    ecr17.Mode `json:"mode"`
	Kind    string     `json:"kind"`
	Payload *string    `json:"payload_ascii,omitempty"` // bytes that are not ASCII are \xNN
	LRC     string     `json:"lrc_hex,omitempty"`
	Error   *refusal   `json:"error,omitempty"`
}

func decodeECR17Command() *cobra.Command {
	var mode, text string
	cmd := &cobra.Command{
		Use:   "ecr17 --mode MODE HEX... | --lrc-of TEXT",
		Short: "Say what bytes of an Italian payment terminal (ECR17) mean",
		Long: `Say what bytes of an Italian payment terminal (ECR17) mean: one line of JSON for
each frame. With --lrc-of, say the checksum and the frame of a text instead. The
mode is what the terminal folds into its checksum besides the text: std nothing,
stx STX and ETX, noext ETX, stx_noext STX. No agent needs to run.`,
		Example: `  showroom-agent decode ecr17 --mode std 024142037c
  showroom-agent decode ecr17 --mode stx --lrc-of A`,
		RunE: func(cmd *cobra.Command, hexes []string) error {
			m, err := ecr17.ParseMode(mode)
			if err != nil {
				return fmt.Errorf("--mode: %w", err)
			}
			asked := cmd.Flags().Changed("lrc-of")
			if asked == (len(hexes) > 0) {
				return errors.New("give either hexadecimal digits or --lrc-of TEXT")
			}
			var all []ecr17Answer
			if asked {
				frame, err := ecr17.AppendMessage(nil, []byte(text), m)
				if err != nil {
					return fmt.Errorf("--lrc-of: no frame can carry this text: it holds ETX or is longer than %d bytes", ecr17.MaxText)
				}
				all = decodeECR17(frame, m)
			}
			for _, digits := range hexes {
				p, err := decodeHex(bare(digits))
				if err != nil {
					all = append(all, ecr17Answer{Frame: digits, Mode: m, Kind: "unknown", Error: &refusal{"not_hex", err.Error()}})
					continue
				}
				all = append(all, decodeECR17(p, m)...)
			}
			out := jsonLines(cmd.OutOrStdout())
			for _, a := range all {
				if err := out.Encode(a); err != nil {
					return fmt.Errorf("write answer: %w", err)
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&mode, "mode", "", "the checksum: std, stx, noext or stx_noext")
	cmd.Flags().StringVar(&text, "lrc-of", "", "say the checksum of this text")
	_ = cmd.MarkFlagRequired("mode") // it fails only for a flag that does not exist
	return cmd
}

// decodeECR17 reads frames one behind the other. Bytes between them are told together.
func decodeECR17(p []byte, m ecr17.Mode) (all []ecr17Answer) {
	noise := 0 // p[:noise] is
	for {
		f, size, err := ecr17.Parse(p[noise:], m)
		lost := errors.Is(err, ecr17.ErrUnknown) && noise < len(p)
		if lost {
			noise += size
		}
		if lost && noise < len(p) {
			continue
		}
		if noise > 0 || len(p) == 0 {
			all = append(all, ecr17Answer{
				Frame: hex.EncodeToString(p[:noise]), Mode: m, Kind: "unknown", Error: &refusal{"unknown", "no frame begins with these bytes"},
			})
		}
		if p = p[noise:]; len(p) == 0 {
			return all
		}
		all = append(all, ecr17Frame(p[:size], f, m, err))
		if p, noise = p[size:], 0; len(p) == 0 {
			return all
		}
	}
}

func ecr17Frame(p []byte, f ecr17.Frame, m ecr17.Mode, err error) ecr17Answer {
	a := ecr17Answer{Frame: hex.EncodeToString(p), Mode: m, Kind: string(f.Kind)}
	if f.Kind == ecr17.Message || f.Kind == ecr17.Progress {
		a.Payload = new(ascii(f.Text))
	}
	if f.Kind == ecr17.Message {
		a.LRC = hex.EncodeToString([]byte{f.LRC})
	}
	switch {
	case errors.Is(err, ecr17.ErrIncomplete):
		a.Kind, a.Error = "incomplete", &refusal{"incomplete", "the frame's end is missing"}
	case errors.Is(err, ecr17.ErrLRC):
		a.Error = &refusal{"bad_lrc", fmt.Sprintf("the checksum is %02x, and %02x in this mode%s", f.LRC, m.LRC(f.Text), inMode(f))}
	}
	return a
}

// inMode names the mode in which a message would be sound.
func inMode(f ecr17.Frame) string {
	for _, m := range ecr17.Modes() {
		if f.LRC == m.LRC(f.Text) {
			return "; it is right in mode " + string(m)
		}
	}
	return ""
}

func ascii(p []byte) string {
	var out []byte
	for _, b := range p {
		if b >= ' ' && b <= '~' {
			out = append(out, b)
			continue
		}
		out = fmt.Appendf(out, `\x%02x`, b)
	}
	return string(out)
}
