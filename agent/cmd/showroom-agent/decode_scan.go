package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/scan"
)

// scanAnswer is what a scanned code means, one JSON object a line.
type scanAnswer struct {
	Text          string           `json:"text"`
	Symbology     scan.Symbology   `json:"symbology,omitempty"` // the identifier the scanner sent, such as ]E0
	Symbol        string           `json:"symbol,omitempty"`
	Kind          devices.ScanKind `json:"kind,omitempty"`
	GTIN          gs1.GTIN         `json:"gtin14,omitempty"`
	Serial        string           `json:"serial,omitempty"`
	ElementString string           `json:"gs1_element_string,omitempty"`
	NoRead        bool             `json:"no_read,omitempty"`
	Error         *refusal         `json:"error,omitempty"`
}

func decodeScanCommand() *cobra.Command {
	var rules scan.Rules
	var prefixes []string
	cmd := &cobra.Command{
		Use:   "scan",
		Short: "Say what a bar code scanner sends, read from standard input",
		Long: `Say what a bar code scanner sends, read from standard input: one line of JSON
for each code. A code that claims to be something and is not is answered with
an error that has a code.`,
		Example: `  printf ']C10109506000134352\03521A1\n' | showroom-agent decode scan
  echo SR:C:42 | showroom-agent decode scan --prefix customer=SR:C:`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, p := range prefixes {
				kind, text, ok := strings.Cut(p, "=")
				kinds := []devices.ScanKind{devices.ScanCustomer, devices.ScanReceipt, devices.ScanOrder, devices.ScanItem}
				if !ok || text == "" || !slices.Contains(kinds, devices.ScanKind(kind)) {
					return fmt.Errorf("--prefix %q is not KIND=TEXT; the kinds are customer, receipt, order and item", p)
				}
				rules.Prefixes = append(rules.Prefixes, scan.Prefix{Text: text, Kind: devices.ScanKind(kind)})
			}
			thrown, err := decodeScans(cmd.InOrStdin(), jsonLines(cmd.OutOrStdout()), rules)
			if thrown > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "lines thrown away: %d (too long, not UTF-8, or with control characters)\n", thrown)
			}
			return err
		},
	}
	cmd.Flags().StringArrayVar(&prefixes, "prefix", nil, "KIND=TEXT: what codes that begin with TEXT are, customer, receipt, order or item; may be given again")
	cmd.Flags().BoolVar(&rules.ElementStrings, "gs1", false, "read texts without a symbology identifier as element strings")
	cmd.Flags().BoolVar(&rules.UPCE, "upce", false, "read eight digits without a symbology identifier as UPC-E")
	return cmd
}

// decodeScans answers every line of in; the last one needs no end. It returns how many lines were no text.
func decodeScans(in io.Reader, out *json.Encoder, rules scan.Rules) (thrown uint64, err error) {
	d := scan.Decoder{GapEnds: true}
	buf := make([]byte, 4096)
	for err == nil {
		var n int
		n, err = in.Read(buf)
		d.Feed(buf[:n])
		if wrong := answerScans(&d, out, rules); wrong != nil {
			return d.Stats().Bad, wrong
		}
	}
	if err != io.EOF {
		return d.Stats().Bad, fmt.Errorf("read standard input: %w", err)
	}
	d.Idle()
	err = answerScans(&d, out, rules)
	return d.Stats().Bad, err
}

func answerScans(d *scan.Decoder, out *json.Encoder, rules scan.Rules) error {
	for line, ok := d.Next(); ok; line, ok = d.Next() {
		if err := out.Encode(decodeScan(line, rules)); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
	}
	return nil
}

func decodeScan(line string, rules scan.Rules) scanAnswer {
	c, err := rules.Read(line)
	if err != nil {
		a := scanAnswer{Text: line}
		if fault, ok := errors.AsType[*scan.Error](err); ok {
			a.Error = &refusal{fault.Code, err.Error()}
		} else {
			a.NoRead = true // the only other error there is
		}
		return a
	}
	return scanAnswer{
		Text: c.Text, Symbology: c.Symbology, Symbol: c.Symbology.Name(), Kind: c.Kind,
		GTIN: c.GTIN, Serial: c.Serial, ElementString: c.Elements.Bracketed(),
	}
}
