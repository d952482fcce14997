package llrp

// Capabilities is a GET_READER_CAPABILITIES_RESPONSE, as far as it matters here.
type Capabilities struct {
	LLRPStatus                LLRPStatus
	GeneralDeviceCapabilities *GeneralCapabilities
	RegulatoryCapabilities    *RegulatoryCapabilities
}

// GeneralCapabilities is who the reader is. The manufacturer is an IANA private enterprise number.
type GeneralCapabilities struct {
	MaxSupportedAntennas    uint16
	CanSetAntennaProperties bool
	HasUTCClock             bool
	DeviceManufacturer      uint32
	Model                   uint32
	FirmwareVersion         string
}

// RegulatoryCapabilities is what the law lets the reader do where it was sold to.
type RegulatoryCapabilities struct {
	CountryCode            uint16
	CommunicationsStandard uint16
	TransmitPowerLevels    []PowerLevel
	Hopping                bool
	HopTables              []HopTable
	FixedFrequencies       []uint32 // kHz
}

// PowerLevel is an entry of the table of powers, in hundredths of a dBm.
type PowerLevel struct {
	Index uint16
	Power int16
}

// HopTable is a list of channels to hop over, in kHz.
type HopTable struct {
	HopTableID  uint8
	Frequencies []uint32
}

func decodeCapabilities(c *cursor) *Capabilities {
	m := &Capabilities{}
	told := false
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramStatus:
			m.LLRPStatus, told = decodeStatus(c), true
		case paramGeneral:
			g := &GeneralCapabilities{MaxSupportedAntennas: c.u16()}
			flags := c.u16()
			g.CanSetAntennaProperties, g.HasUTCClock = flags&0x8000 != 0, flags&0x4000 != 0
			g.DeviceManufacturer, g.Model, g.FirmwareVersion = c.u32(), c.u32(), string(c.counted())
			c.skip() // sensitivities, inputs and outputs, protocols
			m.GeneralDeviceCapabilities = g
		case paramRegulatory:
			m.RegulatoryCapabilities = decodeRegulatory(c)
		default:
			c.skip()
		}
	})
	c.need(told)
	return m
}

func decodeRegulatory(c *cursor) *RegulatoryCapabilities {
	r := &RegulatoryCapabilities{CountryCode: c.u16(), CommunicationsStandard: c.u16()}
	c.params(func(kind param, c *cursor) {
		if kind != paramUHFBand {
			c.skip()
			return
		}
		c.params(func(kind param, c *cursor) {
			switch kind {
			case paramPowerLevel:
				r.TransmitPowerLevels = append(r.TransmitPowerLevels, PowerLevel{c.u16(), int16(c.u16())})
			case paramFrequencies:
				r.frequencies(c)
			default:
				c.skip()
			}
		})
	})
	return r
}

func (r *RegulatoryCapabilities) frequencies(c *cursor) {
	r.Hopping = c.flag()
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramHopTable:
			t := HopTable{HopTableID: c.u8()}
			c.u8() // reserved
			t.Frequencies = c.numbers()
			r.HopTables = append(r.HopTables, t)
		case paramFixedFrequencies:
			r.FixedFrequencies = c.numbers()
		default:
			c.skip()
		}
	})
}

// numbers is as many numbers as the one before them says.
func (c *cursor) numbers() (all []uint32) {
	for n := int(c.u16()); n > 0 && c.left() > 0; n-- {
		all = append(all, c.u32())
	}
	return all
}
