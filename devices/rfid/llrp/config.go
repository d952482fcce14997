package llrp

// Config is a GET_READER_CONFIG_RESPONSE.
type Config struct {
	LLRPStatus                  LLRPStatus
	Identification              *Identification
	AntennaProperties           []AntennaProperties
	AntennaConfigurations       []AntennaConfiguration
	ReaderEventNotificationSpec *EventSpec
	ROReportSpec                *ROReportSpec
	AccessReportSpec            *uint8
	LLRPConfigurationStateValue *uint32
	KeepAliveSpec               *KeepAliveSpec
	GPIPortCurrentStates        []GPIPortState
	GPOWriteData                []GPOState
	EventsAndReports            *bool
	Custom                      []Custom
}

// Identification is the reader's MAC address (IDType 0) or EPC (1).
type Identification struct {
	IDType   uint8
	ReaderID []byte
}

// AntennaProperties is whether an antenna is there, and its gain in hundredths of a dBi.
type AntennaProperties struct {
	AntennaConnected bool
	AntennaID        uint16
	AntennaGain      int16
}

// AntennaConfiguration is how an antenna is used.
type AntennaConfiguration struct {
	AntennaID            uint16
	RFReceiver           *uint16
	RFTransmitter        *RFTransmitter
	C1G2InventoryCommand *C1G2InventoryCommand
	Custom               []Custom
}

// RFTransmitter names entries of the tables a reader's capabilities tell.
type RFTransmitter struct{ HopTableID, ChannelIndex, TransmitPowerIndex uint16 }

// C1G2InventoryCommand is how Gen2 tags are called.
type C1G2InventoryCommand struct {
	TagInventoryStateAware bool
	Filters                []Parameter
	RFControl              *C1G2RFControl
	SingulationControl     *C1G2SingulationControl
	Custom                 []Custom
}

// C1G2RFControl is the mode of the link; Tari is in nanoseconds.
type C1G2RFControl struct{ RFModeID, Tari uint16 }

// C1G2SingulationControl is how many tags are expected, and in which session.
type C1G2SingulationControl struct {
	Session        uint8
	TagPopulation  uint16
	TagTransitTime uint32
	InvAwareAction *Parameter
}

// EventSpec is what the reader tells of itself.
type EventSpec struct{ EventNotificationStates []EventState }

// EventState is whether events of a type are told.
type EventState struct {
	ReaderEventType     uint16
	NotificationEnabled bool
}

// ROReportSpec is when reports are sent and what is in them.
type ROReportSpec struct {
	Trigger                  uint8
	N                        uint16
	TagReportContentSelector *ContentSelector
	Custom                   []Custom
}

// ContentSelector is what a report tells of a tag.
type ContentSelector struct {
	EnableROSpecID             bool
	EnableSpecIndex            bool
	EnableInventoryParamSpecID bool
	EnableAntennaID            bool
	EnableChannelIndex         bool
	EnablePeakRSSI             bool
	EnableFirstSeenTimestamp   bool
	EnableLastSeenTimestamp    bool
	EnableTagSeenCount         bool
	EnableAccessSpecID         bool
	C1G2EPCMemorySelector      *EPCMemorySelector
	Custom                     []Custom
}

// EPCMemorySelector is what a report tells of a tag's EPC memory besides the EPC.
type EPCMemorySelector struct{ CRCEnabled, PCBitsEnabled, XPCBitsEnabled bool }

// KeepAliveSpec is how often the reader asks whether we are still there: never (Trigger 0), or every Interval milliseconds.
type KeepAliveSpec struct {
	Trigger  uint8
	Interval uint32
}

// GPIPortState is an input: State is 0 low, 1 high, 2 unknown.
type GPIPortState struct {
	Port    uint16
	Enabled bool
	State   uint8
}

// GPOState is an output.
type GPOState struct {
	Port uint16
	Data bool
}

func decodeConfig(c *cursor) *Config {
	m := &Config{}
	told := false
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramStatus:
			m.LLRPStatus, told = decodeStatus(c), true
		case paramIdentification:
			m.Identification = &Identification{c.u8(), c.counted()}
		case paramAntennaProps:
			m.AntennaProperties = append(m.AntennaProperties, AntennaProperties{c.flag(), c.u16(), int16(c.u16())})
		case paramAntennaConfig:
			m.AntennaConfigurations = append(m.AntennaConfigurations, decodeAntenna(c))
		case paramEventSpec:
			m.ReaderEventNotificationSpec = decodeEventSpec(c)
		case paramROReportSpec:
			m.ROReportSpec = decodeReportSpec(c)
		case paramAccessReportSpec:
			m.AccessReportSpec = new(c.u8())
		case paramConfigState:
			m.LLRPConfigurationStateValue = new(c.u32())
		case paramKeepAliveSpec:
			m.KeepAliveSpec = &KeepAliveSpec{c.u8(), c.u32()}
		case paramGPIState:
			m.GPIPortCurrentStates = append(m.GPIPortCurrentStates, GPIPortState{c.u16(), c.flag(), c.u8()})
		case paramGPOWriteData:
			m.GPOWriteData = append(m.GPOWriteData, GPOState{c.u16(), c.flag()})
		case paramEventsAndReports:
			m.EventsAndReports = new(c.flag())
		case paramCustom:
			m.Custom = append(m.Custom, c.custom())
		default:
			c.skip()
		}
	})
	c.need(told)
	return m
}

func decodeAntenna(c *cursor) AntennaConfiguration {
	a := AntennaConfiguration{AntennaID: c.u16()}
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramRFReceiver:
			a.RFReceiver = new(c.u16())
		case paramRFTransmitter:
			a.RFTransmitter = &RFTransmitter{c.u16(), c.u16(), c.u16()}
		case paramC1G2Inventory:
			a.C1G2InventoryCommand = decodeInventory(c)
		case paramCustom:
			a.Custom = append(a.Custom, c.custom())
		default:
			c.skip()
		}
	})
	return a
}

func decodeInventory(c *cursor) *C1G2InventoryCommand {
	i := &C1G2InventoryCommand{TagInventoryStateAware: c.flag()}
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramC1G2Filter:
			i.Filters = append(i.Filters, c.raw(kind))
		case paramRFControl:
			i.RFControl = &C1G2RFControl{c.u16(), c.u16()}
		case paramSingulationCtrl:
			s := &C1G2SingulationControl{Session: c.u8() >> 6, TagPopulation: c.u16(), TagTransitTime: c.u32()}
			c.params(func(kind param, c *cursor) { s.InvAwareAction = new(c.raw(kind)) })
			i.SingulationControl = s
		case paramCustom:
			i.Custom = append(i.Custom, c.custom())
		default:
			c.skip()
		}
	})
	return i
}

func decodeEventSpec(c *cursor) *EventSpec {
	s := &EventSpec{}
	c.params(func(kind param, c *cursor) {
		if kind == paramEventState {
			s.EventNotificationStates = append(s.EventNotificationStates, EventState{c.u16(), c.flag()})
		} else {
			c.skip()
		}
	})
	return s
}

func decodeReportSpec(c *cursor) *ROReportSpec {
	s := &ROReportSpec{Trigger: c.u8(), N: c.u16()}
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramTagContent:
			s.TagReportContentSelector = decodeSelector(c)
		case paramCustom:
			s.Custom = append(s.Custom, c.custom())
		default:
			c.skip()
		}
	})
	return s
}

// What a report tells of a tag, as bits of the selector.
const (
	tellROSpecID = 1 << (15 - iota)
	tellSpecIndex
	tellInventorySpecID
	tellAntennaID
	tellChannelIndex
	tellPeakRSSI
	tellFirstSeen
	tellLastSeen
	tellSeenCount
	tellAccessSpecID

	tellCRC = 0x80
	tellPC  = 0x40
	tellXPC = 0x20
)

func decodeSelector(c *cursor) *ContentSelector {
	bits := c.u16()
	s := &ContentSelector{
		EnableROSpecID: bits&tellROSpecID != 0, EnableSpecIndex: bits&tellSpecIndex != 0,
		EnableInventoryParamSpecID: bits&tellInventorySpecID != 0, EnableAntennaID: bits&tellAntennaID != 0,
		EnableChannelIndex: bits&tellChannelIndex != 0, EnablePeakRSSI: bits&tellPeakRSSI != 0,
		EnableFirstSeenTimestamp: bits&tellFirstSeen != 0, EnableLastSeenTimestamp: bits&tellLastSeen != 0,
		EnableTagSeenCount: bits&tellSeenCount != 0, EnableAccessSpecID: bits&tellAccessSpecID != 0,
	}
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramC1G2EPCMemory:
			m := c.u8()
			s.C1G2EPCMemorySelector = &EPCMemorySelector{m&tellCRC != 0, m&tellPC != 0, m&tellXPC != 0}
		case paramCustom:
			s.Custom = append(s.Custom, c.custom())
		default:
			c.skip()
		}
	})
	return s
}
