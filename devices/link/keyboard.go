package link

import (
	"encoding/binary"
	"io"
	"strconv"
)

// Keyboard turns the key strokes of a scanner that is built as a keyboard into the text it types. It reads the events of Linux's
// input subsystem, linux/input.h:
//
//	time, two words of the machine | type, 2 bytes | code, 2 bytes | value, 4 bytes
//
// Strokes are read as on a US keyboard, which is what scanners are set to when they leave the factory. On another layout the same
// keys would be other letters: on a Turkish one "/" and "-" among them, and two different i; so set the scanner to US, whatever the
// keyboards of the shop are. Enter and Tab end a code. A stroke that is no character of the US keyboard, or that the kernel had no
// room for, spoils the code it is part of: the text then holds a control character that no scanner's text has, instead of being
// shorter than what was scanned.
//
// It is not safe for concurrent use.
type Keyboard struct {
	events  io.Reader
	in      []byte // what is read and not decoded
	held    map[uint16]bool
	text    []byte // decoded and not answered
	dropped bool   // the kernel had no room; what comes until its next report is of no use
}

// NewKeyboard makes a Keyboard of a stream of events.
func NewKeyboard(events io.Reader) *Keyboard {
	return &Keyboard{events: events, held: map[uint16]bool{}}
}

const (
	wordSize  = strconv.IntSize / 8
	eventSize = 2*wordSize + 8

	typeSync = 0x00
	typeKey  = 0x01

	syncReport  = 0
	syncDropped = 3

	valueUp   = 0
	valueDown = 1 // 2 is the repeat of a key that is held, which no scanner means

	spoilt = 0x1A // SUB
)

// Read answers what has been typed. It passes on what its stream answers without a key stroke, the (0, nil) of an idle one included.
func (k *Keyboard) Read(p []byte) (int, error) {
	for len(k.text) == 0 && len(p) > 0 {
		buf := make([]byte, 64*eventSize)
		n, err := k.events.Read(buf)
		k.in = append(k.in, buf[:n]...)
		k.decode()
		if len(k.text) == 0 && (err != nil || n == 0) {
			return 0, err
		}
	}
	n := copy(p, k.text)
	k.text = k.text[n:]
	return n, nil
}

func (k *Keyboard) decode() {
	for len(k.in) >= eventSize {
		e := k.in[2*wordSize : eventSize]
		k.event(binary.NativeEndian.Uint16(e), binary.NativeEndian.Uint16(e[2:]), binary.NativeEndian.Uint32(e[4:]))
		k.in = k.in[eventSize:]
	}
}

func (k *Keyboard) event(kind, code uint16, value uint32) {
	switch {
	case kind == typeSync && code == syncDropped:
		k.dropped = true
		k.text = append(k.text, spoilt)
		clear(k.held)
	case kind == typeSync && code == syncReport:
		k.dropped = false
	case kind != typeKey || k.dropped:
	case modifier(code):
		k.held[code] = value != valueUp
	case value == valueDown:
		k.text = append(k.text, k.stroke(code))
	}
}

// Codes of linux/input-event-codes.h.
const (
	keyEnter, keyTab, keyPadEnter                                 = 28, 15, 96
	keyLeftShift, keyRightShift, keyLeftCtrl, keyRightCtrl        = 42, 54, 29, 97
	keyLeftAlt, keyRightAlt, keyLeftMeta, keyRightMeta            = 56, 100, 125, 126
	keyCapsLock, keyNumLock, keyScrollLock                 uint16 = 58, 69, 70
)

// modifier says that a key types nothing by itself. Lock keys change nothing: a scanner taps them to come by its letters with any
// setting of the lock, and there is none here.
func modifier(code uint16) bool {
	switch code {
	case keyLeftShift, keyRightShift, keyLeftCtrl, keyRightCtrl, keyLeftAlt, keyRightAlt, keyLeftMeta, keyRightMeta,
		keyCapsLock, keyNumLock, keyScrollLock:
		return true
	}
	return false
}

func (k *Keyboard) stroke(code uint16) byte {
	switch code {
	case keyEnter, keyPadEnter, keyTab:
		return '\r'
	}
	if k.held[keyLeftAlt] || k.held[keyRightAlt] || k.held[keyLeftMeta] || k.held[keyRightMeta] {
		return spoilt
	}
	plain, shifted := usKey(code)
	c := plain
	if k.held[keyLeftShift] || k.held[keyRightShift] {
		c = shifted
	}
	if k.held[keyLeftCtrl] || k.held[keyRightCtrl] {
		return control(c)
	}
	if c == 0 {
		return spoilt
	}
	return c
}

// control is what Ctrl makes of a key. Scanners send FNC1, the character GS, as Ctrl-].
func control(c byte) byte {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	if c >= '@' && c <= '_' {
		return c & 0x1F
	}
	return spoilt
}

// usKey is what a key types on a US keyboard, alone and with Shift; 0 is nothing.
func usKey(code uint16) (plain, shifted byte) {
	for _, row := range []struct {
		first          uint16
		plain, shifted string
	}{
		{2, "1234567890-=", "!@#$%^&*()_+"},
		{16, "qwertyuiop[]", "QWERTYUIOP{}"},
		{30, "asdfghjkl;'`", `ASDFGHJKL:"~`},
		{43, `\zxcvbnm,./`, `|ZXCVBNM<>?`},
		{55, "*", "*"}, // from here on the key pad, and the space bar
		{57, " ", " "},
		{71, "789-456+1230.", "789-456+1230."},
		{98, "/", "/"},
	} {
		if i := int(code) - int(row.first); i >= 0 && i < len(row.plain) {
			return row.plain[i], row.shifted[i]
		}
	}
	return 0, 0
}
