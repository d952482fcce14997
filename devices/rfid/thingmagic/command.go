package thingmagic

import (
	"encoding/binary"
	"fmt"
)

// Region is the radio rule set a module transmits under. The wrong one is against the law.
type Region byte

// Regions of the Mercury API.
const (
	RegionEU Region = 0x08 // EU3, 865.6-867.6 MHz; also Türkiye
	RegionUS Region = 0x0D // NA2: the part of 902-928 MHz that the small modules can do
)

// ParseRegion reads "EU" or "US".
func ParseRegion(s string) (Region, error) {
	switch s {
	case "EU":
		return RegionEU, nil
	case "US":
		return RegionUS, nil
	}
	return 0, fmt.Errorf("parse region %q: want EU or US", s)
}

// String is what ParseRegion reads.
func (r Region) String() string {
	switch r {
	case RegionEU:
		return "EU"
	case RegionUS:
		return "US"
	}
	return fmt.Sprintf("region %02X", byte(r))
}

// MaxAntennas is how many ports the largest module has.
const MaxAntennas = 4

// Command is something to tell a module. It is a plain value.
type Command struct {
	op   Opcode
	data [16]byte
	size int
}

func command(op Opcode, data ...byte) Command {
	c := Command{op: op, size: len(data)}
	copy(c.data[:], data)
	return c
}

// Opcode is the command's opcode; the answer carries the same.
func (c Command) Opcode() Opcode { return c.op }

// Append appends the frame of the command to dst.
func (c Command) Append(dst []byte) []byte {
	return Frame{From: FromHost, Opcode: c.op, Data: c.data[:c.size]}.Append(dst)
}

// Version asks what the module is.
func Version() Command { return command(OpVersion) }

// SetProtocol makes Gen2 the protocol of the tags. A module has none when it gets power.
func SetProtocol() Command { return command(OpSetProtocol, 0, protocolGen2) }

// SetAntennas makes the module search with its first n ports in turn, at most MaxAntennas. Each sends and listens.
func SetAntennas(n int) Command {
	if n <= 1 {
		return command(OpSetAntennas, 1, 1)
	}
	c := command(OpSetAntennas, 2)
	for port := 1; port <= min(n, MaxAntennas); port++ {
		c.data[c.size], c.data[c.size+1] = byte(port), byte(port)
		c.size += 2
	}
	return c
}

// SetRegion sets the radio rule set. The module forgets it without power.
func SetRegion(r Region) Command { return command(OpSetRegion, byte(r)) }

// SetPower sets the transmit power in hundredths of a dBm. The module forgets it without power.
func SetPower(centiDBm uint16) Command {
	return command(OpSetPower, binary.BigEndian.AppendUint16(nil, centiDBm)...)
}

// ReadEveryTime switches the module's filter off, which tells of each tag only once.
func ReadEveryTime() Command { return command(OpSetOption, 1, 0x0C, 0) }

// Start begins a continuous read of Gen2 tags, each record with all the module knows. Only Stop ends it.
func Start() Command {
	return command(OpContinuous,
		0, 0, // no timeout
		1, byte(OpRead), 0, 0, protocolGen2,
		7, byte(OpRead), recordOption, recordSearch>>8, recordSearch&0xFF,
		0x03, 0xE8, // a keep-alive every 1000 ms
		recordFields>>8, recordFields&0xFF)
}

// Stop ends a continuous read. The module may take a second or two over it.
func Stop() Command { return command(OpContinuous, 0, 0, 2) }
