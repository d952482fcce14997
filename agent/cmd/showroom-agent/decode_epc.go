package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"showroom/agent/gs1"
)

// epcAnswer is what a tag says, one JSON object a line.
type epcAnswer struct {
	EPC           string     `json:"epc_hex"`
	Scheme        gs1.Scheme `json:"scheme"`
	Filter        *uint8     `json:"filter,omitempty"`
	Partition     *int       `json:"partition,omitempty"`
	CompanyPrefix string     `json:"company_prefix,omitempty"`
	ItemRef       string     `json:"indicator_item_ref,omitempty"` // of trade items; other schemes have a reference
	Reference     string     `json:"reference,omitempty"`
	Piece         *uint8     `json:"piece,omitempty"`
	Total         *uint8     `json:"total,omitempty"`
	Serial        string     `json:"serial,omitempty"`
	GTIN          *gs1.GTIN  `json:"gtin14"` // null for what is no trade item
	PureURI       string     `json:"pure_identity_uri,omitempty"`
	TagURI        string     `json:"tag_uri,omitempty"`
	ElementString string     `json:"gs1_element_string"`
	DigitalLink   string     `json:"digital_link,omitempty"`
}

// refusal says why something cannot be decoded.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type epcRefusal struct {
	EPC   string  `json:"epc_hex"`
	Error refusal `json:"error"`
}

func decodeEPCCommand() *cobra.Command {
	var word string
	cmd := &cobra.Command{
		Use:   "epc HEX...",
		Short: "Say what the EPC of a tag means",
		Long: `Say what the EPC of a tag means, one line of JSON for each. What cannot be
decoded is answered with an error that has a code and names the field. Blanks,
colons and dashes between the digits mean nothing.`,
		Example: "  showroom-agent decode epc 3074257BF7194E4000001A85\n  showroom-agent decode epc --pc 3000 3174257BF4499602D2000000",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, hexes []string) error {
			identify := gs1.Identify
			if word != "" {
				pc, err := strconv.ParseUint(word, 16, 16)
				if err != nil || len(word) != 4 {
					return fmt.Errorf("--pc %q is not a word of four hexadecimal digits", word)
				}
				identify = func(epc gs1.EPC) (gs1.Identity, error) { return gs1.IdentifyTag(gs1.PC(pc), epc) }
			}
			out := jsonLines(cmd.OutOrStdout())
			for _, hex := range hexes {
				if err := out.Encode(decodeEPC(hex, identify)); err != nil {
					return fmt.Errorf("write answer: %w", err)
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&word, "pc", "", "PC word of the tag, as its reader tells it")
	return cmd
}

// jsonLines writes values as one line of JSON each, links as they are.
func jsonLines(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

func decodeEPC(hex string, identify func(gs1.EPC) (gs1.Identity, error)) any {
	epc, err := gs1.ParseEPC(bare(hex))
	var id gs1.Identity
	if err == nil {
		id, err = identify(epc)
	}
	if err != nil {
		r := refusal{Message: err.Error()}
		if fault, ok := errors.AsType[*gs1.EPCError](err); ok {
			r.Code = fault.Code
		}
		return epcRefusal{hex, r}
	}
	a := epcAnswer{
		EPC: epc.String(), Scheme: id.Scheme, CompanyPrefix: id.CompanyPrefix, Serial: id.Serial,
		PureURI: id.PureURI(), TagURI: id.TagURI(), ElementString: id.ElementString(), DigitalLink: id.DigitalLink(),
	}
	if gtin := id.GTIN(); gtin != "" {
		a.GTIN = &gtin
	}
	if partition, ok := id.Partition(); ok {
		a.Partition = &partition
	}
	if id.Scheme != gs1.GID96 {
		a.Filter = &id.Filter
	}
	switch id.Scheme {
	case gs1.SGTIN96, gs1.SGTIN198:
		a.ItemRef = id.Reference
	case gs1.ITIP110, gs1.ITIP212:
		a.ItemRef, a.Piece, a.Total = id.Reference, &id.Piece, &id.Total
	case gs1.SGTINPlus: // the reference is the GTIN
	default:
		a.Reference = id.Reference
	}
	return a
}
