package link_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"showroom/devices"
	"showroom/devices/link"
)

const (
	shift, ctrl, alt, enter, tab = 42, 29, 56, 28, 15
	down, up, again              = 1, 0, 2
)

// events are what the kernel writes for strokes: each followed by the report that ends it.
type events []byte

func (e *events) add(kind, code uint16, value uint32) {
	*e = append(*e, make([]byte, 2*strconv.IntSize/8)...)
	*e = binary.NativeEndian.AppendUint16(*e, kind)
	*e = binary.NativeEndian.AppendUint16(*e, code)
	*e = binary.NativeEndian.AppendUint32(*e, value)
}

func (e *events) key(code uint16, value uint32) {
	e.add(4, 4, 0x70004) // the scan code of the key, which every keyboard tells besides
	e.add(1, code, value)
	e.add(0, 0, 0)
}

func (e *events) tap(code uint16, with ...uint16) {
	for _, m := range with {
		e.key(m, down)
	}
	e.key(code, down)
	e.key(code, up)
	for _, m := range with {
		e.key(m, up)
	}
}

// keysOf are the keys of a US keyboard as printed on them, from the kernel's list of key codes.
func keysOf() map[byte][2]uint16 {
	keys := map[byte][2]uint16{' ': {57, 0}, '\r': {enter, 0}}
	for first, rows := range map[uint16][2]string{
		2: {"1234567890-=", "!@#$%^&*()_+"}, 16: {"qwertyuiop[]", "QWERTYUIOP{}"}, 30: {"asdfghjkl;'`", `ASDFGHJKL:"~`}, 43: {`\zxcvbnm,./`, `|ZXCVBNM<>?`},
	} {
		for i := range len(rows[0]) {
			keys[rows[0][i]], keys[rows[1][i]] = [2]uint16{first + uint16(i), 0}, [2]uint16{first + uint16(i), shift}
		}
	}
	return keys
}

func typed(text string) events {
	var e events
	keys := keysOf()
	for i := range len(text) {
		key := keys[text[i]]
		if key[1] != 0 {
			e.tap(key[0], key[1])
		} else {
			e.tap(key[0])
		}
	}
	return e
}

func readKeys(t *testing.T, r io.Reader) string {
	t.Helper()
	got, err := io.ReadAll(link.NewKeyboard(r))
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestEveryCharacterComesAsItWasScanned(t *testing.T) {
	keys := keysOf()
	if len(keys) != 95+1 { // the printable ones of ASCII, and the end
		t.Fatalf("the test knows %d characters", len(keys))
	}
	var all []byte
	for c := range keys {
		all = append(all, c)
	}
	slices.Sort(all)
	if got := readKeys(t, bytes.NewReader(typed(string(all)))); got != string(all) {
		t.Errorf("got %q\nwant %q", got, all)
	}
}

func TestHoweverEventsAreCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~]{0,30}`).Draw(t, "text") + "\r"
		stream := typed(text)
		size := rapid.IntRange(1, 100).Draw(t, "size")
		got, err := io.ReadAll(link.NewKeyboard(&pieces{stream, size}))
		if err != nil || string(got) != text {
			t.Fatalf("got %q, %v; want %q", got, err, text)
		}
	})
}

// pieces answers at most size bytes at a time.
type pieces struct {
	rest []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.size)], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func TestWhatIsNoCharacterSpoilsTheCode(t *testing.T) {
	for name, c := range map[string]struct {
		strokes func(*events)
		want    string
	}{
		"tab ends too":            {func(e *events) { e.tap(2); e.tap(tab) }, "1\r"},
		"key pad":                 {func(e *events) { e.tap(79); e.tap(82); e.tap(96) }, "10\r"},
		"a held key is one":       {func(e *events) { e.key(2, down); e.key(2, again); e.key(2, again); e.key(2, up); e.tap(enter) }, "1\r"},
		"lock keys are none":      {func(e *events) { e.tap(58); e.tap(30); e.tap(58); e.tap(enter) }, "a\r"},
		"FNC1":                    {func(e *events) { e.tap(27, ctrl); e.tap(2) }, "\x1d1"},
		"F1":                      {func(e *events) { e.tap(59); e.tap(2) }, "\x1a1"},
		"Alt and a number":        {func(e *events) { e.tap(79, alt); e.tap(2) }, "\x1a1"},
		"the key left of Z":       {func(e *events) { e.tap(86) }, "\x1a"},
		"a mouse":                 {func(e *events) { e.add(2, 0, 5); e.add(0, 0, 0); e.tap(2) }, "1"},
		"the kernel lost strokes": {func(e *events) { e.tap(2); e.add(0, 3, 0); e.add(1, 3, down); e.add(0, 0, 0); e.tap(4) }, "1\x1a3"},
		"shift lost with them":    {func(e *events) { e.key(shift, down); e.add(0, 3, 0); e.add(0, 0, 0); e.tap(30) }, "\x1aa"},
	} {
		var e events
		c.strokes(&e)
		if got := readKeys(t, bytes.NewReader(e)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestAQuietKeyboardIsNoError(t *testing.T) {
	k := link.NewKeyboard(readerFunc(func([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }))
	if n, err := k.Read(make([]byte, 8)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %d, %v", n, err)
	}
	// What was typed before the plug was pulled is answered first.
	k = link.NewKeyboard(iotest.DataErrReader(bytes.NewReader(typed("1"))))
	if got, err := io.ReadAll(k); err != nil || string(got) != "1" {
		t.Errorf("got %q, %v", got, err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestOpeningAScannerThatIsNoneHelps(t *testing.T) {
	root := t.TempDir()
	byID := filepath.Join(root, "dev/input/by-id")
	if err := os.MkdirAll(byID, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(byID, "usb-Honeywell_Scanner-event-kbd"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		is   error
		hint string
	}{
		"/dev/input/by-id/usb-Honeywell_Scanner-event-kbd": {nil, "not a keyboard"},
		"/dev/input/by-id/usb-Zebra_Scanner-event-kbd":     {fs.ErrNotExist, "These are there: /dev/input/by-id/usb-Honeywell_Scanner-event-kbd."},
	} {
		_, err := link.Open(context.Background(), link.Options{Device: "s1", Name: name, Root: root})
		e, ok := errors.AsType[*devices.Error](err)
		if !ok || e.Device != "s1" || !strings.Contains(e.Hint, c.hint) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v, %+v", name, err, e)
		}
	}
}
