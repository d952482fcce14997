package r200

import (
	"encoding/binary"
	"fmt"
)

// Region is the radio rule set a module transmits under. The wrong one is against the law.
type Region byte

// Regions of the R200 user protocol.
const (
	RegionUS Region = 0x02 // 902-928 MHz
	RegionEU Region = 0x03 // 865-868 MHz; also Türkiye
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

// Command is something to tell a module. It is a plain value.
type Command struct {
	code   Code
	params [3]byte
	size   int
}

// Code is the command's code; the response carries the same.
func (c Command) Code() Code { return c.code }

// Append appends the frame of the command to dst.
func (c Command) Append(dst []byte, framing Framing) []byte {
	return Frame{Framing: framing, Type: TypeCommand, Code: c.code, Params: c.params[:c.size]}.Append(dst)
}

// SinglePoll asks for one round of inventory.
func SinglePoll() Command { return Command{code: CodeSinglePoll} }

// MultiPoll starts rounds of inventory, after which the module falls silent. Every round answers its tags, or error 15.
func MultiPoll(rounds uint16) Command {
	c := Command{code: CodeMultiPoll, params: [3]byte{0x22}, size: 3} // 22 is reserved by the protocol
	binary.BigEndian.PutUint16(c.params[1:], rounds)
	return c
}

// Stop ends a multi poll.
func Stop() Command { return Command{code: CodeStop} }

// HardwareVersion asks what the module is.
func HardwareVersion() Command { return Command{code: CodeHardwareVersion, size: 1} }

// SetRegion sets the radio rule set. The module forgets it without power.
func SetRegion(r Region) Command {
	return Command{code: CodeSetRegion, params: [3]byte{byte(r)}, size: 1}
}

// SetPower sets the transmit power in hundredths of a dBm. The module forgets it without power.
func SetPower(centiDBm uint16) Command {
	c := Command{code: CodeSetPower, size: 2}
	binary.BigEndian.PutUint16(c.params[:], centiDBm)
	return c
}
