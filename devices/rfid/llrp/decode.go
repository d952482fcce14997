package llrp

import (
	"fmt"
	"strings"
)

// ParseType finds the message a name means: "ROAccessReport", or "RO_ACCESS_REPORT" as the standard writes it.
func ParseType(name string) (Type, error) {
	plain := strings.ToLower(strings.ReplaceAll(name, "_", ""))
	for t := range Type(256) {
		if n := t.name(); n != "" && strings.ToLower(n) == plain {
			return t, nil
		}
	}
	return 0, fmt.Errorf("%q is no message known here", name)
}

// Decode makes a message of its body: a pointer to the struct named like it, with the standard's names for all that is in it.
// What need not be there is a nil pointer or slice when it is not. Only messages that readers send and that are more than a
// header can be decoded. The error is a [*FormatError] when the body is not what the standard says.
func Decode(t Type, body []byte) (any, error) {
	c := over(body)
	var m any
	switch t {
	case ROAccessReport:
		m = decodeReport(&c)
	case ReaderEventNotification:
		m = decodeNotification(&c)
	case GetReaderConfigResponse:
		m = decodeConfig(&c)
	case GetReaderCapabilitiesResponse:
		m = decodeCapabilities(&c)
	case GetROSpecsResponse:
		m = decodeROSpecs(&c)
	case CloseConnectionResponse, SetReaderConfigResponse, AddROSpecResponse, DeleteROSpecResponse, StartROSpecResponse,
		StopROSpecResponse, EnableROSpecResponse, ErrorMessage:
		m = decodeResponse(&c)
	default:
		return nil, fmt.Errorf("%v is not a message of a reader with a body to decode", t)
	}
	if c.err != nil {
		return nil, fmt.Errorf("decode %v: %w", t, c.err)
	}
	return m, nil
}

// Response is an answer that only says how the request went; an ERROR_MESSAGE looks the same.
type Response struct{ LLRPStatus LLRPStatus }

func decodeResponse(c *cursor) *Response {
	m := &Response{}
	told := false
	c.params(func(kind param, c *cursor) {
		if kind == paramStatus {
			m.LLRPStatus, told = decodeStatus(c), true
		} else {
			c.skip()
		}
	})
	c.need(told)
	return m
}

// need says that the status every response has is not there.
func (c *cursor) need(told bool) {
	if !told {
		c.fail("no LLRPStatus")
	}
}

// ROSpecs is what is set up in a reader.
type ROSpecs struct {
	LLRPStatus LLRPStatus
	ROSpecs    []ROSpec
}

// ROSpec is one order to a reader to look for tags.
type ROSpec struct {
	ROSpecID     uint32
	Priority     uint8
	CurrentState uint8 // 0 disabled, 1 inactive, 2 active
	Parameters   []Parameter
}

// Parameter is a parameter as it stands, without its header.
type Parameter struct {
	Type uint16
	Data []byte
}

// Custom is a maker's own extension.
type Custom struct {
	VendorID uint32
	Subtype  uint32
	Data     []byte
}

func decodeROSpecs(c *cursor) *ROSpecs {
	m := &ROSpecs{}
	told := false
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramStatus:
			m.LLRPStatus, told = decodeStatus(c), true
		case paramROSpec:
			spec := ROSpec{ROSpecID: c.u32(), Priority: c.u8(), CurrentState: c.u8()}
			c.params(func(kind param, c *cursor) { spec.Parameters = append(spec.Parameters, c.raw(kind)) })
			m.ROSpecs = append(m.ROSpecs, spec)
		default:
			c.skip()
		}
	})
	c.need(told)
	return m
}

func (c *cursor) raw(kind param) Parameter {
	return Parameter{Type: uint16(kind), Data: c.rest()}
}

func (c *cursor) rest() []byte { return append([]byte(nil), c.take(c.left())...) }

func (c *cursor) custom() Custom {
	return Custom{VendorID: c.u32(), Subtype: c.u32(), Data: c.rest()}
}

// Report is an RO_ACCESS_REPORT.
type Report struct {
	TagReportData      []TagReportData
	RFSurveyReportData []Parameter
	Custom             []Custom
}

// TagReportData is a tag (parameter 240). Times are microseconds, since 1970 or since the reader was started.
type TagReportData struct {
	EPCData                                 EPCData
	EPC96                                   EPC96
	ROSpecID                                *uint32
	SpecIndex                               *uint16
	InventoryParameterSpecID                *uint16
	AntennaID                               *uint16
	PeakRSSI                                *int8 // dBm
	ChannelIndex                            *uint16
	FirstSeenUTC                            *uint64
	FirstSeenUptime                         *uint64
	LastSeenUTC                             *uint64
	LastSeenUptime                          *uint64
	TagSeenCount                            *uint16
	C1G2PC                                  *uint16
	C1G2XPCW1                               *uint16
	C1G2XPCW2                               *uint16
	C1G2CRC                                 *uint16
	AccessSpecID                            *uint32
	C1G2ReadOpSpecResult                    *Parameter
	C1G2WriteOpSpecResult                   *Parameter
	C1G2KillOpSpecResult                    *Parameter
	C1G2LockOpSpecResult                    *Parameter
	C1G2BlockEraseOpSpecResult              *Parameter
	C1G2BlockWriteOpSpecResult              *Parameter
	C1G2RecommissionOpSpecResult            *Parameter
	C1G2BlockPermalockOpSpecResult          *Parameter
	C1G2GetBlockPermalockStatusOpSpecResult *Parameter
	ClientRequestOpSpecResult               *uint16
	Custom                                  []Custom
}

// EPCData is an EPC of any length (parameter 241).
type EPCData struct {
	EPCNumBits uint16
	EPC        []byte
}

// EPC96 is an EPC of 96 bits (parameter 13).
type EPC96 struct{ EPC []byte }

func decodeReport(c *cursor) *Report {
	m := &Report{}
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramTagReportData:
			m.TagReportData = append(m.TagReportData, decodeTag(c))
		case paramRFSurveyReport:
			m.RFSurveyReportData = append(m.RFSurveyReportData, c.raw(kind))
		case paramCustom:
			m.Custom = append(m.Custom, c.custom())
		default:
			c.skip()
		}
	})
	return m
}

func decodeTag(c *cursor) TagReportData {
	var t TagReportData
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramEPCData:
			t.EPCData.EPCNumBits = c.u16()
			t.EPCData.EPC = append([]byte(nil), c.take((int(t.EPCData.EPCNumBits)+7)/8)...)
		case paramEPC96:
			t.EPC96.EPC = c.rest()
		case paramPeakRSSI:
			t.PeakRSSI = new(int8(c.u8()))
		case paramCustom:
			t.Custom = append(t.Custom, c.custom())
		default:
			t.number(kind, c)
		}
	})
	return t
}

// number takes the parameters that are one number, and the results of access operations as they stand.
func (t *TagReportData) number(kind param, c *cursor) {
	if p := t.short(kind); p != nil {
		*p = new(c.u16())
	} else if p := t.long(kind); p != nil {
		*p = new(c.u32())
	} else if p := t.micros(kind); p != nil {
		*p = new(c.u64())
	} else if p := t.result(kind); p != nil {
		*p = new(c.raw(kind))
	} else {
		c.skip()
	}
}

func (t *TagReportData) short(kind param) **uint16 {
	switch kind {
	case paramSpecIndex:
		return &t.SpecIndex
	case paramInventorySpecID:
		return &t.InventoryParameterSpecID
	case paramAntennaID:
		return &t.AntennaID
	case paramChannelIndex:
		return &t.ChannelIndex
	case paramTagSeenCount:
		return &t.TagSeenCount
	case paramC1G2PC:
		return &t.C1G2PC
	case paramXPCW1:
		return &t.C1G2XPCW1
	case paramXPCW2:
		return &t.C1G2XPCW2
	case paramC1G2CRC:
		return &t.C1G2CRC
	case paramClientRequest:
		return &t.ClientRequestOpSpecResult
	}
	return nil
}

func (t *TagReportData) long(kind param) **uint32 {
	switch kind {
	case paramROSpecID:
		return &t.ROSpecID
	case paramAccessSpecID:
		return &t.AccessSpecID
	}
	return nil
}

func (t *TagReportData) micros(kind param) **uint64 {
	switch kind {
	case paramFirstSeenUTC:
		return &t.FirstSeenUTC
	case paramFirstSeenUptime:
		return &t.FirstSeenUptime
	case paramLastSeenUTC:
		return &t.LastSeenUTC
	case paramLastSeenUptime:
		return &t.LastSeenUptime
	}
	return nil
}

func (t *TagReportData) result(kind param) **Parameter {
	switch kind {
	case paramReadResult:
		return &t.C1G2ReadOpSpecResult
	case paramWriteResult:
		return &t.C1G2WriteOpSpecResult
	case paramKillResult:
		return &t.C1G2KillOpSpecResult
	case paramLockResult:
		return &t.C1G2LockOpSpecResult
	case paramEraseResult:
		return &t.C1G2BlockEraseOpSpecResult
	case paramBlockWriteResult:
		return &t.C1G2BlockWriteOpSpecResult
	case paramRecommission:
		return &t.C1G2RecommissionOpSpecResult
	case paramPermalockResult:
		return &t.C1G2BlockPermalockOpSpecResult
	case paramPermalockStatus:
		return &t.C1G2GetBlockPermalockStatusOpSpecResult
	}
	return nil
}
