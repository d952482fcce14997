package thingmagic

import "fmt"

// Status is what a module says of its answer.
type Status uint16

// The statuses this package knows, by the fault codes of the Mercury API.
const (
	StatusOK             Status = 0x0000
	StatusWrongSize      Status = 0x0100
	StatusInvalidOpcode  Status = 0x0101
	StatusUnimplemented  Status = 0x0102
	StatusPowerTooHigh   Status = 0x0103
	StatusInvalidFreq    Status = 0x0104
	StatusInvalidValue   Status = 0x0105
	StatusPowerTooLow    Status = 0x0106
	StatusNoFeature      Status = 0x0109
	StatusNoTags         Status = 0x0400 // the keep-alive of a continuous read
	StatusNoProtocol     Status = 0x0401
	StatusChannelBusy    Status = 0x0501
	StatusNoAntenna      Status = 0x0503
	StatusTemperature    Status = 0x0504 // too hot: the module transmits less, or not for a while
	StatusReturnLoss     Status = 0x0505 // what is sent comes back: antenna or cable
	StatusPLL            Status = 0x0506
	StatusAntennaConfig  Status = 0x0507
	StatusUnknownFailure Status = 0x7F00
	StatusAssertFailed   Status = 0x7F01
)

// String names the status for engineers.
func (s Status) String() string {
	switch s {
	case StatusOK:
		return "ok"
	case StatusWrongSize:
		return "wrong amount of data"
	case StatusInvalidOpcode:
		return "unknown command"
	case StatusUnimplemented:
		return "command not implemented"
	case StatusPowerTooHigh:
		return "power too high"
	case StatusInvalidFreq:
		return "invalid frequency"
	case StatusInvalidValue:
		return "invalid value"
	case StatusPowerTooLow:
		return "power too low"
	case StatusNoFeature:
		return "feature not implemented"
	case StatusNoTags:
		return "no tags"
	case StatusNoProtocol:
		return "no tag protocol set"
	case StatusChannelBusy:
		return "radio channel busy"
	case StatusNoAntenna:
		return "antenna not connected"
	case StatusTemperature:
		return "temperature throttle"
	case StatusReturnLoss:
		return "high return loss"
	case StatusPLL:
		return "frequency not locked"
	case StatusAntennaConfig:
		return "invalid antenna configuration"
	case StatusUnknownFailure:
		return "unknown failure"
	case StatusAssertFailed:
		return "firmware assertion failed"
	}
	return fmt.Sprintf("status %04X", uint16(s))
}

// plausible says whether there are statuses of this family. Damage seldom finds one, which spares it the wait for the rest of what
// it seems to be, and the one chance in 65536 that its CRC is right.
func (s Status) plausible() bool { return s < 0x0700 || s>>8 == 0x7F }

// trouble says whether the status, unasked, means that the reader reads less than it should. 04xx tell of single tags.
func (s Status) trouble() bool { return s != StatusOK && s&0xFF00 != 0x0400 }

// advice is what to do about trouble.
func (s Status) advice() string {
	switch s {
	case StatusTemperature:
		return "The reader is too hot and reads less. Give it air or a heat sink, or set a lower power."
	case StatusReturnLoss, StatusNoAntenna:
		return "Check the antenna, its cable and its plug: what the reader sends comes back. Until then it reads less."
	case StatusChannelBusy:
		return "Another radio is on the channel. Move the readers apart, or set a lower power."
	}
	return "Switch the reader off and on."
}
