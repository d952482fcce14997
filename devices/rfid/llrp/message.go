package llrp

import (
	"encoding/binary"
	"fmt"
)

// Type is what a message is (LLRP 1.0.1, 16.1).
type Type uint16

// The messages this package speaks of.
const (
	GetReaderCapabilities         Type = 1
	GetReaderConfig               Type = 2
	SetReaderConfig               Type = 3
	CloseConnectionResponse       Type = 4
	GetReaderCapabilitiesResponse Type = 11
	GetReaderConfigResponse       Type = 12
	SetReaderConfigResponse       Type = 13
	CloseConnection               Type = 14
	AddROSpec                     Type = 20
	DeleteROSpec                  Type = 21
	StartROSpec                   Type = 22
	StopROSpec                    Type = 23
	EnableROSpec                  Type = 24
	GetROSpecs                    Type = 26
	AddROSpecResponse             Type = 30
	DeleteROSpecResponse          Type = 31
	StartROSpecResponse           Type = 32
	StopROSpecResponse            Type = 33
	EnableROSpecResponse          Type = 34
	GetROSpecsResponse            Type = 36
	ROAccessReport                Type = 61
	KeepAlive                     Type = 62
	ReaderEventNotification       Type = 63
	EnableEventsAndReports        Type = 64
	KeepAliveAck                  Type = 72
	ErrorMessage                  Type = 100
)

// name is the message's name without the underscores of the standard; "" for others.
func (t Type) name() string {
	switch t {
	case GetReaderCapabilities:
		return "GetReaderCapabilities"
	case GetReaderConfig:
		return "GetReaderConfig"
	case SetReaderConfig:
		return "SetReaderConfig"
	case CloseConnectionResponse:
		return "CloseConnectionResponse"
	case GetReaderCapabilitiesResponse:
		return "GetReaderCapabilitiesResponse"
	case GetReaderConfigResponse:
		return "GetReaderConfigResponse"
	case SetReaderConfigResponse:
		return "SetReaderConfigResponse"
	case CloseConnection:
		return "CloseConnection"
	case AddROSpec:
		return "AddROSpec"
	case DeleteROSpec:
		return "DeleteROSpec"
	case StartROSpec:
		return "StartROSpec"
	case StopROSpec:
		return "StopROSpec"
	case EnableROSpec:
		return "EnableROSpec"
	case GetROSpecs:
		return "GetROSpecs"
	case AddROSpecResponse:
		return "AddROSpecResponse"
	case DeleteROSpecResponse:
		return "DeleteROSpecResponse"
	case StartROSpecResponse:
		return "StartROSpecResponse"
	case StopROSpecResponse:
		return "StopROSpecResponse"
	case EnableROSpecResponse:
		return "EnableROSpecResponse"
	case GetROSpecsResponse:
		return "GetROSpecsResponse"
	case ROAccessReport:
		return "ROAccessReport"
	case KeepAlive:
		return "KeepAlive"
	case ReaderEventNotification:
		return "ReaderEventNotification"
	case EnableEventsAndReports:
		return "EnableEventsAndReports"
	case KeepAliveAck:
		return "KeepAliveAck"
	case ErrorMessage:
		return "ErrorMessage"
	}
	return ""
}

// String is the message's name, or its number when it has none here.
func (t Type) String() string {
	if name := t.name(); name != "" {
		return name
	}
	return fmt.Sprintf("message %d", uint16(t))
}

// response is the message that answers t.
func (t Type) response() Type {
	if t == CloseConnection {
		return CloseConnectionResponse
	}
	return t + 10
}

const (
	headerSize = 10
	// version is that of LLRP 1.0.1, which every reader speaks.
	version = 1
	// MaxMessage is the longest message a Decoder takes. The longest seen are the capabilities of a reader for 50 channels: 4 kB.
	MaxMessage = 256 << 10
)

// Message is one message. Its Body points into the Decoder it came from and is good until the next Feed.
type Message struct {
	Type Type
	ID   uint32
	Body []byte
}

// Append appends the message as it goes over the wire: version and type, length, ID, body.
func (m Message) Append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, version<<10|uint16(m.Type))
	dst = binary.BigEndian.AppendUint32(dst, uint32(headerSize+len(m.Body)))
	dst = binary.BigEndian.AppendUint32(dst, m.ID)
	return append(dst, m.Body...)
}

// Decoder turns bytes into messages. However the bytes are cut into pieces, the messages are the same. TCP neither loses nor
// damages bytes, so a header that cannot be one means that there is no LLRP reader at the other end, or none that keeps to the
// standard; the Decoder then stands still with an error, and the connection is of no use any more.
//
// It holds at most one unfinished message plus the last piece fed, as long as Next is called until it answers false after every
// Feed. The zero Decoder is ready. It is not safe for concurrent use.
type Decoder struct {
	buf  []byte
	next int // buf[:next] is dealt with
	err  error
}

// Feed takes the next bytes. p is copied. Messages answered before become invalid.
func (d *Decoder) Feed(p []byte) {
	if d.err != nil {
		return
	}
	if d.next > 0 {
		d.buf = d.buf[:copy(d.buf, d.buf[d.next:])]
		d.next = 0
	}
	d.buf = append(d.buf, p...)
}

// Next is the next whole message, or false when more bytes are needed or Err says that none will follow.
func (d *Decoder) Next() (Message, bool) {
	p := d.buf[d.next:]
	if d.err != nil || len(p) < headerSize {
		return Message{}, false
	}
	head, size := binary.BigEndian.Uint16(p), binary.BigEndian.Uint32(p[2:])
	if v := head >> 10 & 7; head>>13 != 0 || v < 1 || v > 2 {
		d.err = fmt.Errorf("bytes %02X %02X are not the beginning of an LLRP message", p[0], p[1]) // no more of them: it may be a tag
		return Message{}, false
	}
	m := Message{Type: Type(head & 0x3FF), ID: binary.BigEndian.Uint32(p[6:])}
	if size < headerSize || size > MaxMessage {
		d.err = fmt.Errorf("%v says that it is %d bytes long, not %d to %d", m.Type, size, headerSize, MaxMessage)
		return Message{}, false
	}
	if len(p) < int(size) {
		return Message{}, false
	}
	m.Body = p[headerSize:size:size]
	d.next += int(size)
	return m, true
}

// Err is why no more messages will follow; nil while they may.
func (d *Decoder) Err() error { return d.err }
