package profileapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Event is a CloudEvents 1.0 event with the extension attributes clock and sha256.
//
// Data is passed through byte by byte, because digests are over these very bytes. After [DecodeBatch] it points into the decoded
// buffer.
type Event struct {
	ID      string    // epoch/lane/lane_seq
	Source  string    // see Source
	Type    string    // see EventType
	Subject string    // may be empty
	Time    time.Time // UTC, by the shop's clock
	Clock   string    // how far Time can be trusted: "none", "saved", "ntp", "server"
	// SHA256 is the sum in hex of the body this event had before it was forgotten; Data is then nil.
	SHA256 string
	Data   json.RawMessage
}

const typePrefix = "dev.showroom."

// EventType is the CloudEvents type of a kind and version of fact: dev.showroom.KIND.vN.
func EventType(kind string, version int) string {
	return typePrefix + kind + ".v" + strconv.Itoa(version)
}

// Kind is the kind of fact in the event's type, or the whole type if it is not one of ours.
func (e Event) Kind() string {
	s, ours := strings.CutPrefix(e.Type, typePrefix)
	if !ours {
		return e.Type
	}
	if i := strings.LastIndex(s, ".v"); i > 0 {
		return s[:i]
	}
	return s
}

// Source is the CloudEvents source of a device's events: /stores/STORE/devices/DEVICE.
func Source(store, device string) string { return "/stores/" + store + "/devices/" + device }

// ParseSource takes apart what Source made.
func ParseSource(s string) (store, device string, ok bool) {
	rest, ok := strings.CutPrefix(s, "/stores/")
	if !ok {
		return "", "", false
	}
	store, device, ok = strings.Cut(rest, "/devices/")
	return store, device, ok && store != "" && device != ""
}

// EventID names an event for all time.
func EventID(epoch, lane string, seq int64) string {
	return epoch + "/" + lane + "/" + strconv.FormatInt(seq, 10)
}

// ParseEventID takes apart what EventID made.
func ParseEventID(id string) (epoch, lane string, seq int64, ok bool) {
	epoch, rest, ok1 := strings.Cut(id, "/")
	lane, digits, ok2 := strings.Cut(rest, "/")
	seq, err := strconv.ParseInt(digits, 10, 64)
	return epoch, lane, seq, ok1 && ok2 && err == nil && seq > 0 && epoch != "" && lane != "" && digits[0] != '+' && digits[0] != '0'
}

// AppendBatch appends the JSON array of the events to dst. Attributes that stay the same come first: that is what makes a
// compressed batch small.
func AppendBatch(dst []byte, events []Event) []byte {
	dst = append(dst, '[')
	for i := range events {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendEvent(dst, &events[i])
	}
	return append(dst, ']')
}

// AppendEvent appends one element of a batch.
func AppendEvent(dst []byte, e *Event) []byte {
	dst = append(dst, `{"specversion":"1.0","source":`...)
	dst = appendString(dst, e.Source)
	if e.Clock != "" {
		dst = appendString(append(dst, `,"clock":`...), e.Clock)
	}
	dst = appendString(append(dst, `,"id":`...), e.ID)
	if !e.Time.IsZero() {
		dst = append(dst, `,"time":"`...)
		dst = e.Time.UTC().AppendFormat(dst, "2006-01-02T15:04:05.999Z07:00")
		dst = append(dst, '"')
	}
	dst = appendString(append(dst, `,"type":`...), e.Type)
	if e.Subject != "" {
		dst = appendString(append(dst, `,"subject":`...), e.Subject)
	}
	switch {
	case e.Data == nil && e.SHA256 != "":
		dst = appendString(append(dst, `,"sha256":`...), e.SHA256)
	case e.Data == nil:
	case json.Valid(e.Data):
		dst = append(append(dst, `,"data":`...), e.Data...)
	default: // not ours to judge: it is kept as it is
		dst = append(dst, `,"data_base64":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, e.Data)
		dst = append(dst, '"')
	}
	return append(dst, '}')
}

// appendString appends s as a JSON string.
func appendString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil {
				return append(dst, `""`...)
			}
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// DecodeBatch reads a JSON array of CloudEvents. Attributes it does not know are skipped; whoever must keep them keeps the bytes.
// The events' Data point into b. The error names the event, counted from 1, and the fault.
func DecodeBatch(b []byte) ([]Event, error) {
	s := scanner{b: b}
	if !s.take('[') {
		return nil, s.fault("a batch is a JSON array")
	}
	var events []Event
	var before Event
	for !s.take(']') {
		if len(events) > 0 && !s.take(',') {
			return nil, s.fault("expected a comma or the end of the batch")
		}
		if len(events) == MaxBatchEvents {
			return nil, fmt.Errorf("decode batch: more than %d events", MaxBatchEvents)
		}
		e, err := s.event(&before)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", len(events)+1, err)
		}
		events = append(events, e)
		before = e
	}
	if s.space(); s.i != len(b) {
		return nil, s.fault("something follows the batch")
	}
	return events, nil
}

// event reads one event, which is likely to have much in common with the one before.
func (s *scanner) event(before *Event) (Event, error) {
	var e Event
	var version string
	if !s.take('{') {
		return e, s.fault("an event is a JSON object")
	}
	for first := true; !s.take('}'); first = false {
		if !first && !s.take(',') {
			return e, s.fault("expected a comma or the end of the event")
		}
		name, err := s.bytes()
		if err != nil {
			return e, err
		}
		if !s.take(':') {
			return e, s.fault("expected a colon")
		}
		if string(name) == "specversion" {
			version, err = s.textLike("1.0")
		} else {
			err = s.attribute(&e, name, before)
		}
		if err != nil {
			return e, fmt.Errorf("%s: %w", name, err)
		}
	}
	if version != "1.0" || e.ID == "" || e.Source == "" || e.Type == "" {
		return e, fmt.Errorf("a CloudEvent needs specversion 1.0, id, source and type")
	}
	return e, nil
}

func (s *scanner) attribute(e *Event, name []byte, before *Event) (err error) {
	switch string(name) {
	case "id":
		e.ID, err = s.text()
	case "source":
		e.Source, err = s.textLike(before.Source)
	case "type":
		e.Type, err = s.textLike(before.Type)
	case "subject":
		e.Subject, err = s.textLike(before.Subject)
	case "clock":
		e.Clock, err = s.textLike(before.Clock)
	case "sha256":
		e.SHA256, err = s.text()
	case "time":
		var t []byte
		if t, err = s.bytes(); err == nil {
			err = e.Time.UnmarshalText(t)
		}
	case "data":
		e.Data, err = s.value(0)
		if bytes.Equal(e.Data, []byte("null")) {
			e.Data = nil
		}
	case "data_base64":
		var t []byte
		if t, err = s.bytes(); err == nil {
			e.Data, err = base64.StdEncoding.AppendDecode(nil, t)
		}
	default:
		_, err = s.value(0)
	}
	return err
}
