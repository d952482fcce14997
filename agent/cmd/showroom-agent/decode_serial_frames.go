package main

import (
	"encoding/binary"
	"fmt"
	"strings"

	"showroom/devices/rfid/r200"
	"showroom/devices/rfid/r2000"
	"showroom/devices/rfid/thingmagic"
)

// serialProtocols are the names serialProtocolOf knows.
func serialProtocols() []string { return []string{"r200", "r200_aadd", "thingmagic", "r2000_a0"} }

// serialProtocolOf is a fresh decoder. Of an r200 it takes both framings by either name.
func serialProtocolOf(name string) (serialProtocol, bool) {
	switch name {
	case "r200", "r200_aadd":
		var d r200.Decoder
		return serialProtocol{
			feed: d.Feed, idle: d.Idle, waiting: d.Waiting,
			skipped: func() uint64 { return d.Stats().Skipped },
			next:    func() (map[string]any, bool) { return describe(d.Next, describeR200) },
			judges:  []func([]byte) error{func(p []byte) error { _, err := r200.ParseFrame(p); return err }},
		}, true
	case "thingmagic":
		d := thingmagic.Decoder{From: thingmagic.FromEither}
		judge := func(from thingmagic.Speaker) func([]byte) error {
			return func(p []byte) error { _, err := thingmagic.ParseFrame(p, from); return err }
		}
		return serialProtocol{
			feed: d.Feed, idle: d.Idle, waiting: d.Waiting,
			skipped: func() uint64 { return d.Stats().Skipped },
			next:    func() (map[string]any, bool) { return describe(d.Next, describeThingMagic) },
			judges:  []func([]byte) error{judge(thingmagic.FromModule), judge(thingmagic.FromHost)},
		}, true
	case "r2000_a0":
		var d r2000.Decoder
		var wire []byte
		return serialProtocol{
			feed: d.Feed, idle: d.Idle, waiting: d.Waiting,
			skipped: func() uint64 { return d.Stats().Skipped },
			wire:    func() []byte { return wire },
			next: func() (map[string]any, bool) {
				return describe(d.Next, func(f r2000.Frame) map[string]any {
					wire = f.Append(wire[:0])
					return describeR2000(f)
				})
			},
			judges: []func([]byte) error{func(p []byte) error { _, err := r2000.ParseFrame(p); return err }},
		}, true
	}
	return serialProtocol{}, false
}

// describe is the next frame, in words, before the decoder is touched again.
func describe[F any](next func() (F, bool), words func(F) map[string]any) (map[string]any, bool) {
	f, ok := next()
	if !ok {
		return nil, false
	}
	return words(f), true
}

func describeR200(f r200.Frame) map[string]any {
	code := hexByte(byte(f.Code))
	if tag, ok := f.Tag(); ok {
		return map[string]any{
			"type": "notification", "command": code, "rssi_dbm": tag.RSSI, "pc": hexWord(tag.PC), "epc": tag.EPC.String(),
			"tag_crc": upperHex(f.Params[len(f.Params)-2:]), "tag_crc_ok": true, // or the decoder had refused it
		}
	}
	if code, ok := f.Refused(); ok {
		meaning := code.String()
		if code == r200.ErrorInventory {
			meaning = "inventory failed: no tag or tag CRC error"
		}
		return map[string]any{"type": "error", "code": hexByte(byte(code)), "meaning": meaning}
	}
	if f.Type == r200.TypeCommand {
		return describeR200Command(f)
	}
	d := map[string]any{"type": "response", "command": code}
	if f.Type == r200.TypeNotification {
		d["type"] = "notification"
	}
	if text, ok := f.Version(); ok {
		d["info_type"], d["text"] = f.Params[0], text
	} else if len(f.Params) == 1 {
		d["ok"] = f.OK()
	} else {
		d["params"] = upperHex(f.Params)
	}
	return d
}

func describeR200Command(f r200.Frame) map[string]any {
	d := map[string]any{"type": "command"}
	p := f.Params
	switch {
	case f.Code == r200.CodeSinglePoll && len(p) == 0:
		d["name"] = "single_poll"
	case f.Code == r200.CodeMultiPoll && len(p) == 3:
		d["name"], d["count"] = "multi_poll", binary.BigEndian.Uint16(p[1:])
	case f.Code == r200.CodeStop && len(p) == 0:
		d["name"] = "stop_multi_poll"
	case f.Code == r200.CodeHardwareVersion && len(p) == 1:
		d["name"] = "get_hardware_version"
	case f.Code == r200.CodeSetPower && len(p) == 2:
		d["name"], d["dbm"] = "set_tx_power", float64(binary.BigEndian.Uint16(p))/100
	case f.Code == r200.CodeSetSelectMode && len(p) == 1:
		d["name"], d["mode"] = "set_select_mode", p[0]
	case f.Code == r200.CodeSetBaud && len(p) == 2:
		d["name"], d["baud"] = "set_baud", 100*int(binary.BigEndian.Uint16(p))
	case f.Code == r200.CodeSetRegion && len(p) == 1:
		d["name"], d["region"] = "set_region", r200.Region(p[0]).String()
	default:
		d["command"], d["params"] = hexByte(byte(f.Code)), upperHex(p)
	}
	return d
}

func describeThingMagic(f thingmagic.Frame) map[string]any {
	d := map[string]any{"opcode": hexByte(byte(f.Opcode))}
	if f.From == thingmagic.FromHost {
		nameThingMagic(f, d)
		return d
	}
	d["status"] = "0x" + hexWord(uint16(f.Status))
	if tag, ok := f.Tag(); ok {
		d["kind"] = "tag"
		d["rssi_dbm"], d["antenna_tx"], d["antenna_rx"], d["freq_khz"] = tag.RSSI, tag.TX, tag.RX, tag.KHz
		d["timestamp_ms"], d["phase"], d["protocol"] = tag.Millis, tag.Phase, tag.Protocol
		d["data_bits"], d["epc_bits"] = tag.DataBits, tag.EPCBits
		d["pc"], d["epc"], d["tag_crc"], d["tag_crc_ok"] = hexWord(tag.PC), tag.EPC.String(), hexWord(tag.CRC), true
		if tag.DataBits > 0 {
			d["data"] = upperHex(tag.Data)
		}
		return d
	}
	switch {
	case f.KeepAlive():
		d["kind"] = "keepalive"
	case f.Opcode == thingmagic.OpRead && f.Status != thingmagic.StatusOK:
		d["kind"] = strings.ReplaceAll(f.Status.String(), " ", "_")
	default:
		d["kind"], d["data"] = "answer", upperHex(f.Data)
	}
	return d
}

func nameThingMagic(f thingmagic.Frame, d map[string]any) {
	p := f.Data
	switch {
	case f.Opcode == thingmagic.OpVersion && len(p) == 0:
		d["name"] = "get_version"
	case f.Opcode == thingmagic.OpContinuous && len(p) > 3 && p[2] == 1:
		d["name"] = "start_continuous_read"
	case f.Opcode == thingmagic.OpContinuous && len(p) == 3 && p[2] == 2:
		d["name"] = "stop_continuous_read"
	case f.Opcode == thingmagic.OpSetOption && len(p) == 3 && p[0] == 1 && p[1] == 0x0C && p[2] == 0:
		d["name"] = "disable_read_filter"
	case f.Opcode == thingmagic.OpSetAntennas && len(p) >= 2:
		d["name"], d["data"] = "set_antennas", upperHex(p)
	case f.Opcode == thingmagic.OpSetProtocol && len(p) == 2:
		d["name"], d["protocol"] = "set_protocol", p[1]
	case f.Opcode == thingmagic.OpSetRegion && len(p) == 1:
		d["name"], d["region"] = "set_region", thingmagic.Region(p[0]).String()
	case f.Opcode == thingmagic.OpSetPower && len(p) == 2:
		d["name"], d["dbm"] = "set_read_power", float64(binary.BigEndian.Uint16(p))/100
	default:
		d["data"] = upperHex(p)
	}
}

func describeR2000(f r2000.Frame) map[string]any {
	d := map[string]any{"addr": f.Address, "cmd": hexByte(byte(f.Code))}
	if tag, ok := f.Tag(); ok {
		d["kind"], d["freq_index"], d["antenna_index"] = "tag", tag.Freq, tag.Antenna
		d["pc"], d["epc"], d["rssi_raw"] = hexWord(tag.PC), tag.EPC.String(), tag.RSSIRaw
	} else if end, ok := f.RoundEnd(); ok {
		d["kind"], d["antenna_index"], d["read_rate"], d["total_reads"] = "round_end", end.Antenna, end.Rate, end.Reads
	} else {
		d["data"] = upperHex(f.Data)
	}
	return d
}

func hexByte(b byte) string { return fmt.Sprintf("0x%02X", b) }

func hexWord(w uint16) string { return fmt.Sprintf("%04X", w) }
