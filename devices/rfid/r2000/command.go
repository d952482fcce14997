package r2000

import "fmt"

// Region is the radio rule set a reader transmits under. The wrong one is against the law.
type Region byte

// Regions of the protocol.
const (
	RegionUS Region = 0x01 // FCC, 902-928 MHz
	RegionEU Region = 0x02 // ETSI, 865-868 MHz; also Türkiye
)

// Indices of carriers; see Tag.KHz.
const (
	firstFreqEU = 0
	lastFreqEU  = 6
	firstFreqUS = 7
	lastFreqUS  = 59
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

// band is the whole of a region, as the readers write it: region, first and last carrier.
func (r Region) band() [3]byte {
	if r == RegionUS {
		return [3]byte{byte(r), firstFreqUS, lastFreqUS}
	}
	return [3]byte{byte(r), firstFreqEU, lastFreqEU}
}

// AnyAddress is the address every reader listens to. There is one reader on a line here.
const AnyAddress = 0xFF

// Command is something to tell a reader. It is a plain value.
type Command struct {
	code Code
	data [3]byte
	size int
}

func command(code Code, data ...byte) Command {
	c := Command{code: code, size: len(data)}
	copy(c.data[:], data)
	return c
}

// Code is the command's code; the answer carries the same.
func (c Command) Code() Code { return c.code }

// Append appends the frame of the command to dst.
func (c Command) Append(dst []byte, address byte) []byte {
	return Frame{Address: address, Code: c.code, Data: c.data[:c.size]}.Append(dst)
}

// Version asks what firmware the reader has.
func Version() Command { return command(CodeVersion) }

// AskRegion asks for the radio rule set.
func AskRegion() Command { return command(CodeRegion) }

// SetRegion sets the radio rule set, with all its carriers. The reader writes it into its flash.
func SetRegion(r Region) Command {
	band := r.band()
	return command(CodeSetRegion, band[:]...)
}

// SetPower sets the transmit power of all antennas in dBm, until the reader is switched off.
func SetPower(dBm byte) Command { return command(CodeSetTemporaryPower, dBm) }

// SetAntenna chooses the antenna of the rounds that follow, from 1.
func SetAntenna(n int) Command { return command(CodeSetAntenna, byte(n-1)) }

// Inventory asks for rounds with the antenna chosen. Every tag is told as it is read, then the end.
func Inventory(rounds byte) Command { return command(CodeInventory, rounds) }

// SessionInventory is Inventory with a session of the tags, 0 to 3, and the side of it, 0 for A, to look for.
func SessionInventory(session, target, rounds byte) Command {
	return command(CodeSessionInventory, session, target, rounds)
}
