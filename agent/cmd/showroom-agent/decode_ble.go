package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"showroom/devices/ble"
	"showroom/devices/ble/gateway"
)

// advAnswer is one beacon in an advertisement, or that there is none, one JSON object a line.
type advAnswer struct {
	Adv    string `json:"adv_hex"`
	Format string `json:"format"`

	UUID        string  `json:"uuid,omitempty"`
	Major       *uint16 `json:"major,omitempty"`
	Minor       *uint16 `json:"minor,omitempty"`
	MfgID       *uint16 `json:"mfg_id,omitempty"`
	BeaconID    string  `json:"beacon_id,omitempty"`
	MfgReserved *uint8  `json:"mfg_reserved,omitempty"`
	Namespace   string  `json:"namespace,omitempty"`
	Instance    string  `json:"instance,omitempty"`
	URL         string  `json:"url,omitempty"`
	EID         string  `json:"eid,omitempty"`
	At0m        *int8   `json:"tx_at_0m,omitempty"`
	At1m        *int    `json:"rssi_at_1m,omitempty"`
	// NotPower: what stands for the strength at one metre is none a tag can have.
	NotPower    bool     `json:"not_a_power,omitempty"`
	BatteryMV   *uint16  `json:"battery_mv,omitempty"`
	Temperature *float64 `json:"temperature_c,omitempty"`
	AdvCount    *uint32  `json:"adv_count,omitempty"`
	Uptime      *uint32  `json:"uptime_ds,omitempty"`

	LocalName   string   `json:"local_name,omitempty"`
	TxPower     *int8    `json:"tx_power_ad,omitempty"`
	CompanyID   *uint16  `json:"company_id,omitempty"`   // of an advertisement without a beacon
	ServiceUUID string   `json:"service_uuid,omitempty"` // the same
	Error       *refusal `json:"error,omitempty"`
}

func decodeAdvCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "adv HEX...",
		Short: "Say what Bluetooth advertisements mean",
		Long: `Say what Bluetooth advertisements mean: one line of JSON for each beacon in
them, or one that says that the format is unknown. A scan response is appended
to its advertisement. What is damaged is answered with an error that has a code.
Blanks, colons and dashes between the digits mean nothing.`,
		Example: "  showroom-agent decode adv 0201061AFF4C000215FDA50693A4E24FB1AFCFC6EB0764782500010002C5",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, hexes []string) error {
			out := jsonLines(cmd.OutOrStdout())
			for _, digits := range hexes {
				for _, a := range decodeAdv(digits) {
					if err := out.Encode(a); err != nil {
						return fmt.Errorf("write answer: %w", err)
					}
				}
			}
			return nil
		},
	}
}

func decodeAdv(digits string) []advAnswer {
	common := advAnswer{Adv: digits, Format: "unknown"}
	payload, err := decodeHex(bare(digits))
	if err != nil {
		common.Error = &refusal{"not_hex", err.Error()}
		return []advAnswer{common}
	}
	var adv ble.Advertisement
	if err := adv.Read(payload); err != nil {
		common.Error = &refusal{"overrun", err.Error()}
	}
	common.LocalName = strings.ToValidUTF8(string(adv.Name), "\uFFFD")
	if adv.HasTxPower {
		common.TxPower = &adv.TxPower
	}
	var all []advAnswer
	for _, f := range adv.Frames {
		all = append(all, common.beacon(f))
	}
	if len(all) > 0 {
		return all
	}
	if len(adv.Manufacturers) > 0 {
		common.CompanyID = &adv.Manufacturers[0].Company
	}
	if len(adv.Services) > 0 {
		uuid := adv.Services[0].UUID
		common.ServiceUUID = uuid.String()
		if short, ok := uuid.Short(); ok {
			common.ServiceUUID = fmt.Sprintf("%04x", short)
		}
	}
	return []advAnswer{common}
}

// beacon is a with what a beacon says.
func (a advAnswer) beacon(f ble.Frame) advAnswer {
	a.Format = f.Format()
	if power := f.Power(); power.Known() {
		a.At1m = new(int(power.DBm()))
	}
	switch f := f.(type) {
	case ble.IBeacon:
		a.UUID, a.Major, a.Minor = f.UUID.String(), &f.Major, &f.Minor
		a.At1m, a.NotPower = new(int(f.At1m)), !f.Power().Known()
	case ble.AltBeacon:
		a.MfgID, a.BeaconID, a.MfgReserved = &f.Company, hex.EncodeToString(f.ID[:]), &f.Reserved
		a.At1m, a.NotPower = new(int(f.At1m)), !f.Power().Known()
	case ble.EddystoneUID:
		a.Namespace, a.Instance, a.At0m = hex.EncodeToString(f.Namespace[:]), hex.EncodeToString(f.Instance[:]), &f.At0m
	case ble.EddystoneURL:
		a.URL, a.At0m = f.URL, &f.At0m
	case ble.EddystoneEID:
		a.EID, a.At0m = hex.EncodeToString(f.EID[:]), &f.At0m
	case ble.EddystoneTLM:
		a.AdvCount, a.Uptime = &f.Advertisements, &f.Uptime
		if f.Millivolts > 0 {
			a.BatteryMV = &f.Millivolts
		}
		if celsius, ok := f.Celsius(); ok {
			a.Temperature = &celsius
		}
	}
	return a
}

// heardAnswer is one radio a gateway has heard.
type heardAnswer struct {
	Gateway  *string  `json:"gateway"` // null when the message does not tell
	MAC      string   `json:"mac,omitempty"`
	RSSI     *float64 `json:"rssi"` // null when it is none
	Beacon   string   `json:"beacon,omitempty"`
	At1m     *float64 `json:"rssi_at_1m,omitempty"`
	Smoothed bool     `json:"smoothed,omitempty"`
	Time     int64    `json:"ts_unix,omitempty"`
}

type gatewayRefusal struct {
	Gateway *string `json:"gateway"`
	Error   refusal `json:"error"`
}

func decodeGatewayCommand() *cobra.Command {
	var format, topic string
	cmd := &cobra.Command{
		Use:   "gateway --format FORMAT --topic TOPIC",
		Short: "Say what a Bluetooth gateway published, read from standard input",
		Long: `Say what a Bluetooth gateway published, read from standard input: one line of
JSON for each radio it heard. What it does not make sense of is answered with an
error that has a code. What it says of its own health is told on standard error.

The answer names every radio, enrolled or not. Treat it as personal data.`,
		Example: `  mosquitto_sub -C 1 -t home/OMG_1/BTtoMQTT/# | showroom-agent decode gateway --format omg --topic home/OMG_1/BTtoMQTT
  echo offline | showroom-agent decode gateway --format espresense --topic espresense/rooms/fitting/status`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			decoder, err := gateway.NewDecoder(gateway.Format(format))
			if err != nil {
				return fmt.Errorf("--format %q is not known; write one of %s", format, gatewayFormats())
			}
			payload, err := io.ReadAll(cmd.InOrStdin())
			if err != nil {
				return fmt.Errorf("read standard input: %w", err)
			}
			m := decoder.Decode(topic, payload)
			if m.Other {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s publishes nothing of radios or of its health under %s\n", format, topic)
			}
			if m.Health != gateway.Untold {
				fmt.Fprintf(cmd.ErrOrStderr(), "the gateway %sis %s\n", called(m.Gateway), m.Health)
			}
			return answerGateway(jsonLines(cmd.OutOrStdout()), m)
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "what the gateway speaks: "+gatewayFormats())
	cmd.Flags().StringVar(&topic, "topic", "", "the topic it was published under")
	_ = cmd.MarkFlagRequired("format") // there is such a flag
	_ = cmd.MarkFlagRequired("topic")
	return cmd
}

func gatewayFormats() string {
	var names []string
	for _, f := range gateway.Formats() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// called is a name with a blank behind it; "" for none.
func called(name string) string {
	if name == "" {
		return ""
	}
	return name + " "
}

func answerGateway(out *json.Encoder, m gateway.Message) error {
	var name *string
	if m.Gateway != "" {
		name = &m.Gateway
	}
	var all []any
	for i := range m.Records {
		all = append(all, heard(name, &m.Records[i]))
	}
	if m.Bad > 0 {
		message := m.Why
		if m.Row > 0 {
			message = fmt.Sprintf("row %d: %s", m.Row, m.Why)
		}
		if m.Bad > 1 {
			message += fmt.Sprintf(", and %d more", m.Bad-1)
		}
		all = append(all, gatewayRefusal{name, refusal{"not_understood", message}})
	}
	for _, a := range all {
		if err := out.Encode(a); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
	}
	return nil
}

func heard(name *string, r *gateway.Record) heardAnswer {
	a := heardAnswer{Gateway: name, Smoothed: r.Smoothed}
	if !r.Address.IsZero() {
		a.MAC = r.Address.Reveal()
	}
	if r.RSSI.Known() {
		a.RSSI = new(r.RSSI.DBm())
	}
	if r.Power.Known() {
		a.At1m = new(r.Power.DBm())
	}
	if !r.Time.IsZero() {
		a.Time = r.Time.Unix()
	}
	if ids := r.Identities(); len(ids) > 0 && ids[0].Beacon() {
		a.Beacon = ids[0].Reveal()
	}
	return a
}
