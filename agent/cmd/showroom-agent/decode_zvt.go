package main

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"showroom/devices/pos/zvt"
)

// zvtAnswer is one message of a payment terminal or its cash register.
type zvtAnswer struct {
	Hex       string      `json:"hex"`
	Transport string      `json:"transport"`
	APDU      string      `json:"apdu_hex,omitempty"` // of a serial frame
	Sum       string      `json:"crc_wire_low_high,omitempty"`
	SumOK     *bool       `json:"crc_ok,omitempty"`
	Link      string      `json:"link,omitempty"` // "ack" or "nak" on a serial line
	Class     string      `json:"class,omitempty"`
	Decoded   *zvtDecoded `json:"decoded,omitempty"`
	Error     *refusal    `json:"error,omitempty"`
}

type zvtDecoded struct {
	Code       string  `json:"class_instr"`
	Name       string  `json:"name"`
	Length     int     `json:"length"`
	Malformed  string  `json:"malformed,omitempty"`
	Password   string  `json:"password,omitempty"`
	Config     *byte   `json:"config_byte,omitempty"`
	Service    *byte   `json:"service_byte,omitempty"`
	Status     *byte   `json:"status,omitempty"`
	Minutes    string  `json:"t4_minutes_bcd,omitempty"`
	Terminal   *byte   `json:"terminal_status,omitempty"`
	Attribute  *byte   `json:"attribute,omitempty"`
	TextBytes  *string `json:"text_bytes_hex,omitempty"`
	Text       string  `json:"text,omitempty"`
	Timeout    *byte   `json:"timeout_s,omitempty"`
	Result     *byte   `json:"result_code,omitempty"`
	Amount     *int64  `json:"amount_minor,omitempty"`
	Currency   string  `json:"currency,omitempty"`
	Trace      string  `json:"trace,omitempty"`
	OrigTrace  string  `json:"orig_trace,omitempty"`
	Time       string  `json:"time_hhmmss,omitempty"`
	Date       string  `json:"date_mmdd,omitempty"`
	Expiry     string  `json:"expiry_yymm,omitempty"`
	CardSeq    string  `json:"card_seq,omitempty"`
	Type       *byte   `json:"status_or_payment_type,omitempty"`
	PAN        string  `json:"pan_bcd,omitempty"`
	TerminalID string  `json:"terminal_id,omitempty"`
	VU         string  `json:"vu_number,omitempty"`
	Auth       string  `json:"aid_auth_attr,omitempty"`
	Extra      string  `json:"additional_text,omitempty"`
	Receipt    string  `json:"receipt_no,omitempty"`
	Turnover   string  `json:"turnover_no,omitempty"`
	CardType   *byte   `json:"card_type,omitempty"`
	CardTypeID *byte   `json:"card_type_id,omitempty"`
	CardName   string  `json:"card_name,omitempty"`
	ResultAS   *byte   `json:"result_code_as,omitempty"`
	Maker      string  `json:"bmp_fc,omitempty"`
	Refused    *byte   `json:"error_code,omitempty"`
	Data       *string `json:"data_hex,omitempty"`
	TLV        *[]tlv  `json:"tlv,omitempty"`
}

type tlv struct {
	Tag      string  `json:"tag"`
	Value    *string `json:"value_hex,omitempty"`
	Children *[]tlv  `json:"children,omitempty"`
}

func decodeZVTCommand() *cobra.Command {
	var transport string
	cmd := &cobra.Command{
		Use:   "zvt --transport serial|tcp HEX...",
		Short: "Say what messages of a ZVT payment terminal mean",
		Long: `Say what messages of a ZVT payment terminal, or of its cash register, mean: one
line of JSON for each. Over TCP a message stands bare; over a serial line it is
framed. What is damaged is answered with an error that has a code.

Card numbers are covered, the last four digits excepted. Blanks, colons and
dashes between the digits mean nothing.`,
		Example: `  showroom-agent decode zvt --transport tcp 06010A04000000001250490978
  showroom-agent decode zvt --transport serial "10 02 80 00 00 10 03 F5 1F"`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, hexes []string) error {
			decode := decodeZVTMessage
			switch transport {
			case "serial":
				decode = decodeZVTFrame
			case "tcp":
			default:
				return fmt.Errorf("--transport %q is not known; write serial or tcp", transport)
			}
			out := jsonLines(cmd.OutOrStdout())
			for _, digits := range hexes {
				a := zvtAnswer{Hex: digits, Transport: transport}
				if p, err := decodeHex(bare(digits)); err != nil {
					a.Error = &refusal{"not_hex", err.Error()}
				} else {
					a.Hex = hex.EncodeToString(zvt.Covered(p)) // until the codec has covered it by what it is
					decode(&a, p)
				}
				if err := out.Encode(a); err != nil {
					return fmt.Errorf("write answer: %w", err)
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&transport, "transport", "", "how the message travels: serial or tcp")
	_ = cmd.MarkFlagRequired("transport") // there is such a flag
	return cmd
}

func decodeZVTMessage(a *zvtAnswer, p []byte) {
	apdu, err := zvt.ParseAPDU(p)
	if length, ok := errors.AsType[*zvt.LengthError](err); ok {
		a.Class = "malformed"
		a.Decoded = &zvtDecoded{Code: fmt.Sprintf("%04x", uint16(length.Code)), Name: length.Code.String(), Length: length.Field, Malformed: err.Error()}
		a.Error = &refusal{"bad_length", err.Error()}
		return
	}
	if err != nil {
		a.Error = &refusal{err.Error(), "a message has at least three bytes"}
		return
	}
	a.Hex = hex.EncodeToString(apdu.Append(nil))
	a.Class = apdu.Code.String()
	a.Decoded = zvtMessage(zvt.Decode(apdu))
}

func decodeZVTFrame(a *zvtAnswer, p []byte) {
	var d zvt.Decoder
	d.Feed(p)
	apdu, event := d.Next()
	if _, more := d.Next(); more != zvt.None && event != zvt.None {
		a.Error = &refusal{"not_one_frame", "there is more than one frame or answer"}
		return
	}
	switch event {
	case zvt.Taken, zvt.Damaged:
		a.Link = map[zvt.Event]string{zvt.Taken: "ack", zvt.Damaged: "nak"}[event]
	case zvt.Broken:
		a.SumOK = new(false)
		a.Error = &refusal{"bad_frame", "the check sum or the framing is wrong"}
	case zvt.Garbled:
		a.SumOK = new(true)
		a.Class, a.Error = "malformed", &refusal{"bad_length", "the frame is sound, and the message in it is not as long as it says"}
	case zvt.Frame:
		frame := zvt.AppendFrame(nil, apdu)
		a.Hex, a.SumOK = hex.EncodeToString(frame), new(true)
		a.APDU, a.Sum = hex.EncodeToString(apdu.Append(nil)), hex.EncodeToString(frame[len(frame)-2:])
		a.Class = apdu.Code.String()
		a.Decoded = zvtMessage(zvt.Decode(apdu))
	default:
		a.Error = &refusal{"short", "no frame ends here"}
	}
}

func zvtMessage(m zvt.Message) *zvtDecoded {
	d := &zvtDecoded{
		Code: fmt.Sprintf("%04x", uint16(m.Code)), Name: m.Code.String(), Length: m.Length,
		Password: m.Password, Config: m.Config, Service: m.Service, Status: m.Status, Minutes: m.Minutes, Terminal: m.TerminalStatus,
		Attribute: m.Attribute, Timeout: m.Timeout, Result: (*byte)(m.Result), Amount: m.Amount, Currency: m.Currency,
		Trace: m.Trace, OrigTrace: m.OrigTrace, Time: m.Time, Date: m.Date, Expiry: m.Expiry, CardSeq: m.CardSequence, Type: m.Type,
		PAN: m.PAN, TerminalID: m.TerminalID, VU: m.VU, Auth: m.Auth, Extra: zvt.CP437.Text(m.Extra), Receipt: m.Receipt,
		Turnover: m.Turnover, CardType: m.CardType, CardTypeID: m.CardTypeID, CardName: m.CardName, ResultAS: m.HostCode,
		Maker: m.Maker, Refused: (*byte)(m.Refused), TLV: tlvs(m.TLVs),
	}
	if m.Attribute != nil {
		d.TextBytes, d.Text = new(hex.EncodeToString(m.Text)), zvt.CP437.Text(m.Text)
	}
	if len(m.Rest) > 0 || m.Refused != nil {
		d.Data = new(hex.EncodeToString(m.Rest))
	}
	return d
}

func tlvs(all []zvt.TLV) *[]tlv {
	if all == nil {
		return nil
	}
	out := []tlv{}
	for _, t := range all {
		o := tlv{Tag: fmt.Sprintf("%02x", t.Tag)}
		if t.Constructed() {
			o.Children = tlvs(t.Children)
		} else {
			o.Value = new(hex.EncodeToString(t.Value))
		}
		out = append(out, o)
	}
	return &out
}
