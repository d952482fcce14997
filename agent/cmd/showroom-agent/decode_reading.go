package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"showroom/devices"
	"showroom/devices/rfid/impinj"
	"showroom/devices/rfid/template"
	"showroom/devices/rfid/zebra"
)

// readingLine is a tag a reader has published, one JSON object a line.
type readingLine struct {
	Reader   *string  `json:"reader"` // null when the message does not name it
	EPC      string   `json:"epc"`
	Antenna  int      `json:"antenna"`
	RSSI     *float64 `json:"rssi_dbm"` // null when not told, never 0
	Reads    int      `json:"reads"`
	Time     *string  `json:"time"` // as the reader wrote it
	TID      string   `json:"tid,omitempty"`
	PC       string   `json:"pc,omitempty"`
	Location string   `json:"location,omitempty"`
}

// readingDecoder calls each for every tag of a message and answers how much of it means nothing.
type readingDecoder func(topic string, payload []byte, each func(readingLine)) (bad int)

// longestPayload is far above what readers publish at once.
const longestPayload = 16 << 20

func decodeReadingCommand() *cobra.Command {
	var format, topic string
	cmd := &cobra.Command{
		Use:   "reading",
		Short: "Say what a reader publishes over MQTT, a message read from standard input",
		Long: `Say what a reader publishes over MQTT: one line of JSON for each tag of the
message on standard input. What is no tag's, heartbeats for example, is left
out; what means nothing is counted on standard error. Tags of all owners are
shown. No agent needs to run.

A template is a JSON file that says where the fields of a message are:
  {"epc": "tag_reads[].epc", "rssi": "tag_reads[].peakRssi", "reader": "readerName"}
With {"form": "keonn_text"} it is the text MAC|epc:rssi@port/mux1/mux2|...`,
		Example: `  echo '{"data":{"idHex":"3034257BF7194E4000001A85","peakRssi":-52}}' | showroom-agent decode reading --format zebra_iotc
  showroom-agent decode reading --format template:gateway.json --topic shop/fr7/tags < message`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			decode, err := readingDecoderOf(format)
			if err != nil {
				return err
			}
			payload, err := readAtMost(cmd.InOrStdin(), longestPayload)
			if err != nil {
				return err
			}
			out := jsonLines(cmd.OutOrStdout())
			var wrong error
			bad := decode(topic, payload, func(r readingLine) { wrong = errors.Join(wrong, out.Encode(r)) })
			if wrong != nil {
				return fmt.Errorf("write answer: %w", wrong)
			}
			if bad > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "parts of the message that mean nothing: %d\n", bad)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "zebra_iotc, zebra_rfd40, impinj_iot or template:FILE")
	cmd.Flags().StringVar(&topic, "topic", "", "topic the message came under; some formats name the reader there")
	_ = cmd.MarkFlagRequired("format") // it fails only for a flag that does not exist
	return cmd
}

func readingDecoderOf(format string) (readingDecoder, error) {
	if file, ok := strings.CutPrefix(format, "template:"); ok {
		return templateDecoder(file)
	}
	switch format {
	case "zebra_iotc":
		return decodeZebra, nil
	case "zebra_rfd40":
		return decodeHandheld, nil
	case "impinj_iot":
		return decodeImpinj, nil
	}
	return nil, fmt.Errorf("--format %q is not known; write one of zebra_iotc, zebra_rfd40, impinj_iot, template:FILE", format)
}

func decodeZebra(_ string, payload []byte, each func(readingLine)) (bad int) {
	p := zebra.NewPayload(payload)
	for o, ok := p.Next(); ok; o, ok = p.Next() {
		if o.Tag {
			each(readingLine{Reader: text(o.Reader), EPC: o.EPC.String(), Antenna: o.Antenna, RSSI: strength(o.RSSI), Reads: o.Reads, Time: text(o.Stamp)})
		}
	}
	return p.Bad()
}

// decodeHandheld reads what the sleds RFD40 and RFD90 publish. They name themselves only at the end of their topic:
// <tenant>/DATA/clients/data1event/<serial>.
func decodeHandheld(topic string, payload []byte, each func(readingLine)) (bad int) {
	var serial *string
	if i := strings.LastIndexByte(topic, '/'); i >= 0 && i+1 < len(topic) {
		serial = new(topic[i+1:])
	}
	return decodeZebra(topic, payload, func(r readingLine) {
		if r.Reader == nil {
			r.Reader = serial
		}
		each(r)
	})
}

func decodeImpinj(_ string, payload []byte, each func(readingLine)) (bad int) {
	p := impinj.NewPayload(payload)
	for e, ok := p.Next(); ok; e, ok = p.Next() {
		if !e.Tag {
			continue
		}
		r := readingLine{Reader: text(e.Reader), EPC: e.EPC.String(), Antenna: e.Antenna, RSSI: strength(e.RSSI), Reads: 1, Time: text(e.Stamp), TID: e.TID.String()}
		if e.PC.Known {
			r.PC = fmt.Sprintf("%04X", e.PC.Word)
		}
		each(r)
	}
	return p.Bad()
}

func templateDecoder(file string) (readingDecoder, error) {
	if file == "" {
		return nil, errors.New("--format template: names no file; write it like template:gateway.json")
	}
	mapping, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--format: %w", err)
	}
	t, err := template.Parse(mapping)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", file, strings.ReplaceAll(err.Error(), "\n", "\n"+file+": "))
	}
	return func(topic string, payload []byte, each func(readingLine)) (bad int) {
		_, bad = t.Each(topic, payload, func(r template.Read) {
			each(readingLine{Reader: text(r.Reader), EPC: r.EPC.String(), Antenna: r.Antenna, RSSI: strength(r.RSSI), Reads: 1, Time: text(r.Stamp), Location: string(r.Location)})
		})
		return bad
	}, nil
}

// text is what a message says; nil for nothing.
func text(p []byte) *string {
	if len(p) == 0 {
		return nil
	}
	return new(string(p))
}

// strength is in dBm; nil when the reader does not tell.
func strength(r devices.RSSI) *float64 {
	if !r.Known() {
		return nil
	}
	return new(r.DBm())
}
