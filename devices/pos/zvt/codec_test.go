package zvt_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"showroom/devices/pos/zvt"
)

// told is what a decoder has found in one stretch of bytes.
func told(d *zvt.Decoder, p []byte) (all []string) {
	d.Feed(p)
	for a, event := d.Next(); event != zvt.None; a, event = d.Next() {
		all = append(all, fmt.Sprintf("%d %x", event, a.Append(nil)))
	}
	return all
}

func messages(s *zvt.Stream, p []byte) (all []string) {
	s.Feed(p)
	for a, ok := s.Next(); ok; a, ok = s.Next() {
		all = append(all, hex.EncodeToString(a.Append(nil)))
	}
	return all
}

// TestAnyChunking: however a line is cut, sound or damaged, it says the same.
func TestAnyChunking(t *testing.T) {
	var frames, apdus [][]byte
	for _, v := range vectors(t) {
		if v.Transport == "serial" {
			frames = append(frames, unhex(t, v.Hex))
		} else {
			apdus = append(apdus, unhex(t, v.Hex))
		}
	}
	for name, pieces := range map[string][][]byte{"serial": frames, "tcp": apdus} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				line := drawLine(t, pieces)
				if name == "tcp" {
					var whole, cut zvt.Stream
					want := messages(&whole, line)
					got := inPieces(t, line, func(p []byte) []string { return messages(&cut, p) })
					if !slices.Equal(want, got) || whole.Stats() != cut.Stats() || whole.Waiting() != cut.Waiting() {
						t.Fatalf("%x: in pieces %v %+v, whole %v %+v", line, got, cut.Stats(), want, whole.Stats())
					}
					return
				}
				var whole, cut zvt.Decoder
				want := told(&whole, line)
				got := inPieces(t, line, func(p []byte) []string { return told(&cut, p) })
				if !slices.Equal(want, got) || whole.Stats() != cut.Stats() || whole.Waiting() != cut.Waiting() {
					t.Fatalf("%x: in pieces %v %+v, whole %v %+v", line, got, cut.Stats(), want, whole.Stats())
				}
			})
		})
	}
}

func drawLine(t *rapid.T, pieces [][]byte) (line []byte) {
	for range rapid.IntRange(0, 12).Draw(t, "pieces") {
		p := rapid.SampledFrom(pieces).Draw(t, "message")
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			p = p[:rapid.IntRange(0, len(p)).Draw(t, "cut")]
		case 1:
			p = rapid.SliceOfN(rapid.SampledFrom([]byte{0x10, 0x02, 0x03, 0x06, 0x15, 0x80, 0x84, 0, 0xFF}), 0, 20).Draw(t, "noise")
		case 2:
			p = slices.Clone(p)
			p[rapid.IntRange(0, len(p)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "flip")
		}
		line = append(line, p...)
	}
	return line
}

func inPieces(t *rapid.T, line []byte, feed func([]byte) []string) (all []string) {
	for rest := line; len(rest) > 0; {
		n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
		all = append(all, feed(rest[:n])...)
		rest = rest[n:]
	}
	return all
}

// TestSoundFramesSurviveDamage: of a stream of frames each that was not touched arrives, unless the one before it lost its end.
func TestSoundFramesSurviveDamage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var line []byte
		sound := 0
		for i := range rapid.IntRange(1, 10).Draw(t, "frames") {
			frame := zvt.AppendFrame(nil, zvt.APDU{Code: zvt.CodePrintLine, Data: append([]byte{0, byte(i)}, rapid.SliceOf(rapid.Byte()).Draw(t, "text")...)})
			if rapid.Bool().Draw(t, "damage") { // inside, where no byte of the framing stands
				if at := rapid.IntRange(2, len(frame)-5).Draw(t, "at"); !slices.Contains(frame[at-1:at+2], 0x10) && frame[at]^0x40 != 0x10 {
					frame[at] ^= 0x40
					sound--
				}
			}
			sound++
			line = append(line, frame...)
		}
		var d zvt.Decoder
		got := 0
		for _, s := range told(&d, line) {
			if strings.HasPrefix(s, fmt.Sprint(int(zvt.Frame))) {
				got++
			}
		}
		if got != sound {
			t.Fatalf("%d of %d sound frames came: %x", got, sound, line)
		}
	})
}

func TestEveryAPDUIsReadAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := zvt.APDU{Code: zvt.CodeOK, Data: rapid.SliceOfN(rapid.ByteRange(0xA0, 0xFF), 0, 300).Draw(t, "data")} // no digits of cards
		var s zvt.Stream
		s.Feed(a.Append(nil))
		if got, ok := s.Next(); !ok || got.Code != a.Code || !bytes.Equal(got.Data, a.Data) {
			t.Fatalf("%x became %x, %v", a.Data, got.Data, ok)
		}
		var d zvt.Decoder
		d.Feed(zvt.AppendFrame(nil, a))
		if got, event := d.Next(); event != zvt.Frame || got.Code != a.Code || !bytes.Equal(got.Data, a.Data) {
			t.Fatalf("%x became %x, %v in a frame", a.Data, got.Data, event)
		}
	})
}

// cards are numbers that schemes publish for tests.
func cards() []string {
	return []string{"4111111111111111", "5555555555554444", "378282246310005", "6011111111111117", "3530111333300000", "30569309025904", "2223003122003222", "9792030000000000"}
}

// TestNoCardNumberLeavesTheCodec puts card numbers wherever a message can hold one.
func TestNoCardNumberLeavesTheCodec(t *testing.T) {
	for _, card := range cards() {
		packed := card + strings.Repeat("f", len(card)%2)
		number := unhex(t, packed)
		track := unhex(t, packed[:len(card)-len(card)%2]+"d2512201"+"12345678")
		text := []byte("Karte " + card + " ok")
		tlv := func(tag byte, value []byte) []byte {
			return append([]byte{0x06, byte(len(value) + 2), tag, byte(len(value))}, value...)
		}
		for name, a := range map[string]zvt.APDU{
			"22":            {Code: zvt.CodeStatus, Data: append([]byte{0x27, 0, 0x22, 0xF0, 0xF0 | byte(len(number))}, number...)},
			"23":            {Code: zvt.CodeStatus, Data: append([]byte{0x23, 0xF0 | byte(len(track)/10), 0xF0 | byte(len(track)%10)}, track...)},
			"24":            {Code: zvt.CodeStatus, Data: append([]byte{0x24, 0xF0, 0xF0 | byte(len(track)/10), 0xF0 | byte(len(track)%10)}, track...)},
			"2D":            {Code: zvt.CodeStatus, Data: append([]byte{0x2D, 0xF0 | byte(len(text)/10), 0xF0 | byte(len(text)%10)}, text...)},
			"22 with track": {Code: zvt.CodeStatus, Data: append([]byte{0x22, 0xF0 | byte(len(track)/10), 0xF0 | byte(len(track)%10)}, track...)},
			"3C":            {Code: zvt.CodeStatus, Data: append([]byte{0x3C, 0xF0, 0xF0 | byte(len(text)/10), 0xF0 | byte(len(text)%10)}, text...)},
			"8B":            {Code: zvt.CodeStatus, Data: append([]byte{0x8B, 0xF0 | byte(len(text)/10), 0xF0 | byte(len(text)%10)}, text...)},
			"TLV text":      {Code: zvt.CodeProgress, Data: append([]byte{0xFF, 1}, tlv(0x07, text)...)},
			"TLV 5A":        {Code: zvt.CodeCompletion, Data: tlv(0x5A, number)},
			"TLV 57":        {Code: zvt.CodeCompletion, Data: tlv(0x57, track)},
			"TLV unknown":   {Code: zvt.CodeCompletion, Data: tlv(0x45, text)},
			"line":          {Code: zvt.CodePrintLine, Data: append([]byte{0}, text...)},
			"line and TLV":  {Code: zvt.CodePrintLine, Data: append(append([]byte{0}, text...), 0x06, 0x04, 0x1F, 0x07, 0x01, 0x02)},
			"block":         {Code: zvt.CodePrintBlock, Data: tlv(0x07, text)},
			"display":       {Code: zvt.CodeDisplayText, Data: append([]byte{0xF1, 0xF1}, text...)},
			"unknown field": {Code: zvt.CodeStatus, Data: append([]byte{0x27, 0, 0x99}, text...)},
			"packed, lost":  {Code: zvt.CodeStatus, Data: append([]byte{0x27, 0, 0x99}, number...)},
			"cut field":     {Code: zvt.CodeStatus, Data: append([]byte{0x22, 0xF1, 0xF9}, number...)},
			"unknown code":  {Code: 0x0F42, Data: text},
			"answer":        {Code: zvt.CodeOK, Data: text},
			"refusal":       {Code: zvt.CodeRefused | 0x83, Data: text},
			"abort":         {Code: zvt.CodeAbort, Data: append([]byte{0x6C, 0x99}, text...)},
		} {
			var s zvt.Stream
			s.Feed(a.Append(nil))
			fromStream, ok := s.Next()
			var d zvt.Decoder
			d.Feed(zvt.AppendFrame(nil, a))
			fromFrame, event := d.Next()
			if !ok || event != zvt.Frame {
				t.Fatalf("%s: %v %v", name, ok, event)
			}
			for _, got := range []zvt.APDU{fromStream, fromFrame} {
				p := got.Append(nil)
				if len(p) != len(a.Append(nil)) {
					t.Errorf("%s: the message has changed its length", name)
				}
				all := string(p) + hex.EncodeToString(p) + fmt.Sprintf("%+v", zvt.Decode(got))
				if strings.Contains(all, card) || strings.Contains(all, card[:len(card)-1]) || strings.Contains(all, "12345678") {
					t.Errorf("%s tells %s: %x", name, card, p)
				}
			}
			if all := fmt.Sprintf("%+v", zvt.Decode(a)); strings.Contains(all, card) {
				t.Errorf("%s, decoded alone, tells %s", name, card)
			}
		}
	}
}

// TestLast4 of what a terminal has covered itself, and of what this package has.
func TestLast4(t *testing.T) {
	for digits, want := range map[string]string{
		"22f0f8474843eeeeee7743": "7743", "22f0f84111111111111111": "1111", "22f0f8378282246310005f": "0005", "22f0f2eeee": "", "22f0f0": "", "22f0f8eeeeeeeeeeeeeeee": "",
	} {
		m := zvt.Decode(zvt.APDU{Code: zvt.CodeStatus, Data: unhex(t, digits)})
		if got := m.Last4(); got != want {
			t.Errorf("%s: %q of %q, want %q", digits, got, m.PAN, want)
		}
	}
}

func FuzzStream(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Hex), 3)
	}
	f.Fuzz(func(t *testing.T, line []byte, chunk int) {
		var whole, cut zvt.Stream
		want := messages(&whole, line)
		var got []string
		for p := range slices.Chunk(line, max(1, chunk%97)) {
			got = append(got, messages(&cut, p)...)
		}
		if !slices.Equal(want, got) || whole.Stats() != cut.Stats() {
			t.Fatalf("in pieces %v, whole %v", got, want)
		}
	})
}

func FuzzDecoder(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Hex), 3)
	}
	f.Fuzz(func(t *testing.T, line []byte, chunk int) {
		var whole, cut zvt.Decoder
		want := told(&whole, line)
		var got []string
		for p := range slices.Chunk(line, max(1, chunk%97)) {
			got = append(got, told(&cut, p)...)
		}
		if !slices.Equal(want, got) || whole.Stats() != cut.Stats() {
			t.Fatalf("in pieces %v, whole %v", got, want)
		}
		whole.Idle()
		if whole.Waiting() {
			t.Fatal("waits after a pause")
		}
	})
}

// FuzzDecode looks for a panic, for a message whose length changes, and for covering that does not settle.
func FuzzDecode(f *testing.F) {
	for _, v := range vectors(f) {
		p := unhex(f, v.Hex)
		f.Add(uint16(p[0])<<8|uint16(p[min(1, len(p)-1)]), p[min(3, len(p)):])
	}
	f.Fuzz(func(t *testing.T, code uint16, data []byte) {
		var s zvt.Stream
		s.Feed(zvt.APDU{Code: zvt.Code(code), Data: data}.Append(nil))
		a, ok := s.Next()
		if !ok {
			return
		}
		m := zvt.Decode(a)
		if m.Length != len(a.Data) {
			t.Fatalf("length %d of %d", m.Length, len(a.Data))
		}
		_ = m.Last4()
		zvt.Lines([]zvt.APDU{a}, zvt.CP437)
	})
}
