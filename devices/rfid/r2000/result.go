package r2000

import "fmt"

// Result is what became of a command.
type Result byte

// The results, as pyImpinj lists them.
const (
	ResultSuccess        Result = 0x10
	ResultFail           Result = 0x11
	ResultReset          Result = 0x20
	ResultCarrier        Result = 0x21
	ResultAntennaMissing Result = 0x22
	ResultWriteFlash     Result = 0x23
	ResultReadFlash      Result = 0x24
	ResultSetPower       Result = 0x25
	ResultInventory      Result = 0x31
	ResultRead           Result = 0x32
	ResultWrite          Result = 0x33
	ResultLock           Result = 0x34
	ResultKill           Result = 0x35
	ResultNoTag          Result = 0x36
	ResultAccess         Result = 0x37
	ResultBufferEmpty    Result = 0x38
	ResultNXP            Result = 0x3C
	ResultPassword       Result = 0x40
	ResultParameter      Result = 0x41
	ResultWordCount      Result = 0x42
	ResultMemoryBank     Result = 0x43
	ResultLockRegion     Result = 0x44
	ResultLockAction     Result = 0x45
	ResultAddress        Result = 0x46
	ResultAntennaRange   Result = 0x47
	ResultPowerRange     Result = 0x48
	ResultRegionRange    Result = 0x49
	ResultBaudRange      Result = 0x4A
	ResultBeeper         Result = 0x4B
	ResultMatchTooLong   Result = 0x4C
	ResultMatchLength    Result = 0x4D
	ResultMatchMode      Result = 0x4E
	ResultFreqRange      Result = 0x4F
	ResultRN16           Result = 0x50
	ResultDRM            Result = 0x51
	ResultPLL            Result = 0x52
	ResultRFChip         Result = 0x53
	ResultPowerNotMet    Result = 0x54
	ResultCopyright      Result = 0x55
	ResultSpectrum       Result = 0x56
	ResultPowerTooLow    Result = 0x57
	ResultReturnLoss     Result = 0xEE
)

// String names the result for engineers.
func (r Result) String() string {
	switch r {
	case ResultSuccess:
		return "success"
	case ResultFail:
		return "failed"
	case ResultReset:
		return "controller reset failed"
	case ResultCarrier:
		return "carrier not on"
	case ResultAntennaMissing:
		return "antenna missing"
	case ResultWriteFlash:
		return "flash not written"
	case ResultReadFlash:
		return "flash not read"
	case ResultSetPower:
		return "power not set"
	case ResultPLL:
		return "frequency not locked"
	case ResultRFChip:
		return "radio chip does not answer"
	case ResultPowerNotMet:
		return "power not reached"
	case ResultCopyright:
		return "firmware is not licensed"
	case ResultSpectrum:
		return "against the radio rules"
	case ResultPowerTooLow:
		return "power too low"
	case ResultReturnLoss:
		return "return loss not measured"
	}
	if name := r.ofTag(); name != "" {
		return name
	}
	if name := r.ofParameter(); name != "" {
		return name
	}
	return fmt.Sprintf("result %02X", byte(r))
}

// ofTag names what went wrong between reader and tag.
func (r Result) ofTag() string {
	switch r {
	case ResultInventory:
		return "inventory failed"
	case ResultRead:
		return "read failed"
	case ResultWrite:
		return "write failed"
	case ResultLock:
		return "lock failed"
	case ResultKill:
		return "kill failed"
	case ResultNoTag:
		return "no tag"
	case ResultAccess:
		return "access failed"
	case ResultBufferEmpty:
		return "buffer empty"
	case ResultNXP:
		return "NXP command failed"
	case ResultPassword:
		return "access refused by the tag"
	case ResultRN16:
		return "no answer of the tag"
	}
	return ""
}

// ofParameter names what was wrong with the command.
func (r Result) ofParameter() string {
	switch r {
	case ResultParameter:
		return "invalid parameter"
	case ResultWordCount:
		return "too many words"
	case ResultMemoryBank:
		return "no such memory bank"
	case ResultLockRegion:
		return "no such lock region"
	case ResultLockAction:
		return "no such lock action"
	case ResultAddress:
		return "invalid address"
	case ResultAntennaRange:
		return "no such antenna"
	case ResultPowerRange:
		return "power out of range"
	case ResultRegionRange:
		return "no such region"
	case ResultBaudRange:
		return "no such rate"
	case ResultBeeper:
		return "no such beeper mode"
	case ResultMatchTooLong:
		return "EPC to match too long"
	case ResultMatchLength:
		return "EPC to match of wrong length"
	case ResultMatchMode:
		return "no such match mode"
	case ResultFreqRange:
		return "frequency out of range"
	case ResultDRM:
		return "no such DRM mode"
	}
	return ""
}

// everyday says whether a round that ends like this is everyday life: nothing was there, or a tag did not let itself be read.
func (r Result) everyday() bool {
	return r == ResultSuccess || r == ResultNoTag || r == ResultInventory || r == ResultAccess || r == ResultBufferEmpty || r == ResultRN16
}

// advice is what to do about a result that is a fault.
func (r Result) advice() string {
	switch r {
	case ResultAntennaMissing, ResultReturnLoss:
		return "Check the antenna, its cable and its plug, or take the antenna out of the configuration."
	case ResultAntennaRange:
		return "The reader has fewer antenna ports than the configuration says. Correct the antennas."
	}
	return "Switch the reader off and on."
}
