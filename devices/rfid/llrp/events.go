package llrp

// Notification is a READER_EVENT_NOTIFICATION.
type Notification struct {
	ReaderEventNotificationData EventData
}

// EventData is what has happened (parameter 246). Of the times one is told, in microseconds; the other is 0.
type EventData struct {
	UTCTimestamp                   uint64
	Uptime                         uint64
	HoppingEvent                   *HoppingEvent
	GPIEvent                       *GPIEvent
	ROSpecEvent                    *ROSpecEvent
	ReportBufferLevelWarningEvent  *BufferLevel
	ReportBufferOverflowErrorEvent *struct{}
	ReaderExceptionEvent           *ReaderException
	RFSurveyEvent                  *Parameter
	AISpecEvent                    *AISpecEvent
	AntennaEvent                   *AntennaEvent
	ConnectionAttemptEvent         *ConnectionAttempt
	ConnectionCloseEvent           *struct{}
	SpecLoopEvent                  *Parameter
	Custom                         []Custom
}

// HoppingEvent: the reader goes to another channel.
type HoppingEvent struct{ HopTableID, NextChannelIndex uint16 }

// GPIEvent: an input has changed.
type GPIEvent struct {
	Port  uint16
	Event bool
}

// ROSpecEvent: the reader has begun (0), ended (1) or put off (2) an ROSpec.
type ROSpecEvent struct {
	EventType                    uint8
	ROSpecID, PreemptingROSpecID uint32
}

// BufferLevel is how full the reader's memory for reports is, in percent.
type BufferLevel struct{ PercentFull uint8 }

// ReaderException is something unexpected, in the reader's own words.
type ReaderException struct {
	Message    string
	Parameters []Parameter
}

// AISpecEvent: the reader has ended an AISpec.
type AISpecEvent struct {
	EventType  uint8
	ROSpecID   uint32
	SpecIndex  uint16
	Parameters []Parameter
}

// AntennaEvent: an antenna was taken away (0) or connected (1).
type AntennaEvent struct {
	EventType uint8
	AntennaID uint16
}

// ConnectionAttempt is how our connection went: 0 well, 1 and 2 that another client has the reader, 4 that another one tried.
type ConnectionAttempt struct{ Status uint16 }

func decodeNotification(c *cursor) *Notification {
	m := &Notification{}
	c.params(func(kind param, c *cursor) {
		if kind == paramEventData {
			m.ReaderEventNotificationData = decodeEvent(c)
		} else {
			c.skip()
		}
	})
	return m
}

func decodeEvent(c *cursor) (e EventData) {
	c.params(func(kind param, c *cursor) {
		switch kind {
		case paramUTCTimestamp:
			e.UTCTimestamp = c.u64()
		case paramUptime:
			e.Uptime = c.u64()
		case paramHopping:
			e.HoppingEvent = &HoppingEvent{c.u16(), c.u16()}
		case paramGPIEvent:
			e.GPIEvent = &GPIEvent{c.u16(), c.flag()}
		case paramROSpecEvent:
			e.ROSpecEvent = &ROSpecEvent{c.u8(), c.u32(), c.u32()}
		case paramBufferWarning:
			e.ReportBufferLevelWarningEvent = &BufferLevel{c.u8()}
		case paramBufferOverflow:
			e.ReportBufferOverflowErrorEvent = &struct{}{}
		case paramException:
			e.ReaderExceptionEvent = &ReaderException{Message: string(c.counted()), Parameters: c.raws()}
		case paramRFSurveyEvent:
			e.RFSurveyEvent = new(c.raw(kind))
		case paramAISpecEvent:
			e.AISpecEvent = &AISpecEvent{c.u8(), c.u32(), c.u16(), c.raws()}
		case paramAntennaEvent:
			e.AntennaEvent = &AntennaEvent{c.u8(), c.u16()}
		case paramConnection:
			e.ConnectionAttemptEvent = &ConnectionAttempt{c.u16()}
		case paramConnectionClose:
			e.ConnectionCloseEvent = &struct{}{}
		case paramSpecLoopEvent:
			e.SpecLoopEvent = new(c.raw(kind))
		case paramCustom:
			e.Custom = append(e.Custom, c.custom())
		default:
			c.skip()
		}
	})
	return e
}

// raws is the parameters that are left, as they stand.
func (c *cursor) raws() (all []Parameter) {
	c.params(func(kind param, c *cursor) { all = append(all, c.raw(kind)) })
	return all
}
