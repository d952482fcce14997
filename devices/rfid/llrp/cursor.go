package llrp

import (
	"encoding/binary"
	"fmt"
)

// FormatError says where a message's body is not what the standard says.
type FormatError struct {
	At   int    // byte of the body
	What string // what is wrong there
}

func (e *FormatError) Error() string { return fmt.Sprintf("byte %d: %s", e.At, e.What) }

// cursor moves over a part of a message's body. The first thing wrong stops it; what it reads afterwards is zero.
type cursor struct {
	p      []byte // the whole body, so that places in it can be told
	i, end int
	err    error
}

func over(body []byte) cursor { return cursor{p: body, end: len(body)} }

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = &FormatError{At: c.i, What: fmt.Sprintf(format, args...)}
	}
	c.i = c.end
}

func (c *cursor) left() int { return c.end - c.i }

// take is the next n bytes, nil when they are not there.
func (c *cursor) take(n int) []byte {
	if n > c.left() {
		c.fail("%d bytes wanted, %d are left", n, c.left())
		return nil
	}
	c.i += n
	return c.p[c.i-n : c.i : c.i]
}

func (c *cursor) u8() uint8 {
	if p := c.take(1); p != nil {
		return p[0]
	}
	return 0
}

func (c *cursor) u16() uint16 {
	if p := c.take(2); p != nil {
		return binary.BigEndian.Uint16(p)
	}
	return 0
}

func (c *cursor) u32() uint32 {
	if p := c.take(4); p != nil {
		return binary.BigEndian.Uint32(p)
	}
	return 0
}

func (c *cursor) u64() uint64 {
	if p := c.take(8); p != nil {
		return binary.BigEndian.Uint64(p)
	}
	return 0
}

// flag is a byte of which only the first bit counts.
func (c *cursor) flag() bool { return c.u8()&0x80 != 0 }

// counted is as many bytes as the number before them says; nil for none.
func (c *cursor) counted() []byte {
	if n := int(c.u16()); n > 0 {
		return append([]byte(nil), c.take(n)...)
	}
	return nil
}

func (c *cursor) skip() { c.i = c.end }

// next is the next parameter, false at the end or when something is wrong. The first bit of a parameter says whether its length
// follows from its type (TV) or is told (TLV).
func (c *cursor) next() (kind param, inner cursor, ok bool) {
	if c.err != nil || c.left() == 0 {
		return 0, cursor{}, false
	}
	start, size, head := c.i, 0, 4
	if c.p[c.i]&0x80 != 0 {
		kind, head = param(c.u8()&0x7F), 1
		if size = kind.size(); size == 0 {
			c.i = start
			c.fail("parameter %d is not known, nor how long it is", kind)
			return 0, cursor{}, false
		}
		size += head
	} else {
		kind = param(c.u16() & 0x3FF)
		size = int(c.u16())
	}
	if c.err != nil {
		return 0, cursor{}, false
	}
	if size < head || start+size > c.end {
		left := c.end - start
		c.i = start
		c.fail("parameter %d says that it is %d bytes long, %d are left", kind, size, left)
		return 0, cursor{}, false
	}
	inner = cursor{p: c.p, i: c.i, end: start + size}
	c.i = start + size
	return kind, inner, true
}

// params calls f for every parameter that is left; f must move over all of it.
func (c *cursor) params(f func(kind param, inner *cursor)) {
	for {
		kind, inner, ok := c.next()
		if !ok {
			return
		}
		f(kind, &inner)
		if n := inner.left(); n > 0 {
			inner.fail("parameter %d is %d bytes too long", kind, n)
		}
		if inner.err != nil {
			c.err = inner.err
			return
		}
	}
}

// param is the type of a parameter (LLRP 1.0.1, 16.3 and 17).
type param uint16

const (
	paramAntennaID        param = 1
	paramFirstSeenUTC     param = 2
	paramFirstSeenUptime  param = 3
	paramLastSeenUTC      param = 4
	paramLastSeenUptime   param = 5
	paramPeakRSSI         param = 6
	paramChannelIndex     param = 7
	paramTagSeenCount     param = 8
	paramROSpecID         param = 9
	paramInventorySpecID  param = 10
	paramC1G2CRC          param = 11
	paramC1G2PC           param = 12
	paramEPC96            param = 13
	paramSpecIndex        param = 14
	paramClientRequest    param = 15
	paramAccessSpecID     param = 16
	paramOpSpecID         param = 17
	paramSingulation      param = 18
	paramXPCW1            param = 19
	paramXPCW2            param = 20
	paramUTCTimestamp     param = 128
	paramUptime           param = 129
	paramGeneral          param = 137
	paramRegulatory       param = 143
	paramUHFBand          param = 144
	paramPowerLevel       param = 145
	paramFrequencies      param = 146
	paramHopTable         param = 147
	paramFixedFrequencies param = 148
	paramROSpec           param = 177
	paramROBoundarySpec   param = 178
	paramStartTrigger     param = 179
	paramStopTrigger      param = 182
	paramAISpec           param = 183
	paramAIStopTrigger    param = 184
	paramInventorySpec    param = 186
	paramConfigState      param = 217
	paramIdentification   param = 218
	paramGPOWriteData     param = 219
	paramKeepAliveSpec    param = 220
	paramAntennaProps     param = 221
	paramAntennaConfig    param = 222
	paramRFReceiver       param = 223
	paramRFTransmitter    param = 224
	paramGPIState         param = 225
	paramEventsAndReports param = 226
	paramROReportSpec     param = 237
	paramTagContent       param = 238
	paramAccessReportSpec param = 239
	paramTagReportData    param = 240
	paramEPCData          param = 241
	paramRFSurveyReport   param = 242
	paramEventSpec        param = 244
	paramEventState       param = 245
	paramEventData        param = 246
	paramHopping          param = 247
	paramGPIEvent         param = 248
	paramROSpecEvent      param = 249
	paramBufferWarning    param = 250
	paramBufferOverflow   param = 251
	paramException        param = 252
	paramRFSurveyEvent    param = 253
	paramAISpecEvent      param = 254
	paramAntennaEvent     param = 255
	paramConnection       param = 256
	paramConnectionClose  param = 257
	paramStatus           param = 287
	paramFieldError       param = 288
	paramParameterError   param = 289
	paramC1G2Inventory    param = 330
	paramC1G2Filter       param = 331
	paramRFControl        param = 335
	paramSingulationCtrl  param = 336
	paramInvAwareAction   param = 337
	paramC1G2EPCMemory    param = 348
	paramReadResult       param = 349
	paramWriteResult      param = 350
	paramKillResult       param = 351
	paramLockResult       param = 352
	paramEraseResult      param = 353
	paramBlockWriteResult param = 354
	paramRecommission     param = 360 // 360 to 362 and 365: LLRP 1.1
	paramPermalockResult  param = 361
	paramPermalockStatus  param = 362
	paramSpecLoopEvent    param = 365
	paramCustom           param = 1023
)

// size is how many bytes follow the type of a TV parameter; 0 when that is not known.
func (k param) size() int {
	switch k {
	case paramPeakRSSI:
		return 1
	case paramAntennaID, paramChannelIndex, paramTagSeenCount, paramInventorySpecID, paramC1G2CRC, paramC1G2PC, paramSpecIndex,
		paramClientRequest, paramOpSpecID, paramXPCW1, paramXPCW2:
		return 2
	case paramROSpecID, paramAccessSpecID, paramSingulation:
		return 4
	case paramFirstSeenUTC, paramFirstSeenUptime, paramLastSeenUTC, paramLastSeenUptime:
		return 8
	case paramEPC96:
		return 12
	}
	return 0
}
