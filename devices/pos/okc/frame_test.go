package okc_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/pan"
	"showroom/devices/pos/okc"
)

// TestFrame holds the frame to its description in the package comment; the sum was reckoned with another program (zlib's crc32).
func TestFrame(t *testing.T) {
	const want = "OKC1 00000001 4f44061e {\"ask\":\"status\"}\n"
	got := okc.AppendFrame(nil, 1, []byte(`{"ask":"status"}`))
	if string(got) != want {
		t.Fatalf("frame %q, want %q", got, want)
	}
	var d okc.Decoder
	d.Feed(got)
	f, ok := d.Next()
	if !ok || f.Seq != 1 || string(f.Body) != `{"ask":"status"}` {
		t.Errorf("read back as %+v, %v", f, ok)
	}
}

func drain(d *okc.Decoder) (out []string) {
	for f, ok := d.Next(); ok; f, ok = d.Next() {
		out = append(out, fmt.Sprintf("%d %s", f.Seq, f.Body))
	}
	return out
}

func TestAnyChunkingGivesTheSameFrames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var line []byte
		for range rapid.IntRange(0, 8).Draw(t, "pieces") {
			body := rapid.SampledFrom([]string{`{"say":"accepted"}`, `{}`, ``, `{"name":"OKC1 00000001 "}`}).Draw(t, "body")
			p := okc.AppendFrame(nil, rapid.Uint32().Draw(t, "seq"), []byte(body))
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				p = p[:rapid.IntRange(0, len(p)).Draw(t, "cut")]
			case 1:
				p[rapid.IntRange(0, len(p)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "flip")
			case 2:
				p = rapid.SliceOfN(rapid.SampledFrom([]byte("OKC1 0f\n\x00")), 0, 40).Draw(t, "noise")
			}
			line = append(line, p...)
		}
		var whole, cut okc.Decoder
		whole.Feed(line)
		want := drain(&whole)
		var got []string
		for rest := line; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			cut.Feed(rest[:n])
			got = append(got, drain(&cut)...)
			rest = rest[n:]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: frames (-whole +cut):\n%s", line, diff)
		}
		if whole.Stats() != cut.Stats() || whole.Waiting() != cut.Waiting() {
			t.Fatalf("%q: counted %+v whole and %+v cut", line, whole.Stats(), cut.Stats())
		}
	})
}

// TestOverlongLine: a line without an end neither fills the memory nor takes the frame behind it along, whatever the pieces.
func TestOverlongLine(t *testing.T) {
	good := okc.AppendFrame(nil, 7, []byte("{}"))
	for _, n := range []int{okc.MaxFrame, okc.MaxFrame + 1, 3*okc.MaxFrame + 5} {
		stream := slices.Concat(bytes.Repeat([]byte("x"), n), []byte("\n"), good)
		for _, chunk := range []int{1000, 4096, len(stream)} {
			var d okc.Decoder
			var got []string
			for p := range slices.Chunk(stream, chunk) {
				d.Feed(p)
				got = append(got, drain(&d)...)
				if d.Waiting() > okc.MaxFrame+chunk {
					t.Fatalf("%d bytes wait", d.Waiting())
				}
			}
			if diff := cmp.Diff([]string{"7 {}"}, got); diff != "" {
				t.Errorf("behind %d bytes, in pieces of %d (-want +got):\n%s", n, chunk, diff)
			}
			if s := d.Stats(); s.Bad != 1 || s.Skipped != uint64(n+1) {
				t.Errorf("behind %d bytes, in pieces of %d: counted %+v", n, chunk, s)
			}
		}
	}
}

func TestDamagedFramesAreDropped(t *testing.T) {
	good := okc.AppendFrame(nil, 1, []byte(`{"say":"accepted"}`))
	for i := range len(good) - 1 {
		bad := slices.Clone(good)
		if bad[i] ^= 0x01; bad[i] == '\n' {
			continue
		}
		var d okc.Decoder
		d.Feed(slices.Concat(bad, []byte("noise"), good))
		if got := drain(&d); len(got) != 1 {
			t.Errorf("with byte %d damaged: %q", i, got)
		}
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add(okc.AppendFrame([]byte("x\nOKC1 "), 3, []byte(`{"say":"accepted"}`)))
	f.Add([]byte("OKC1 00000001 00000000 \n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		var d okc.Decoder
		d.Feed(line)
		taken := 0
		for frame, ok := d.Next(); ok; frame, ok = d.Next() {
			again := okc.AppendFrame(nil, frame.Seq, frame.Body)
			if !bytes.Contains(bytes.ToLower(line), bytes.ToLower(again)) {
				t.Fatalf("%q was made of %q", again, line)
			}
			taken += len(again)
		}
		if s := d.Stats(); taken+int(s.Skipped)+d.Waiting() != len(line) {
			t.Fatalf("of %d bytes %d in frames, %d wait, counted %+v", len(line), taken, d.Waiting(), s)
		}
	})
}

// cards are numbers that issuers give out for tests.
func cards() []string {
	return []string{"4111111111111111", "5555 5555 5555 4444", "3782-822463-10005", "6011111111111117", "9792020000000001"}
}

// TestNoCardNumberGetsIn puts card numbers wherever a device can put words.
func TestNoCardNumberGetsIn(t *testing.T) {
	for _, card := range cards() {
		if !pan.Found(card) {
			t.Fatalf("%s is no card number", card)
		}
		for _, body := range []string{
			`{"say":"progress","progress":{"code":"x","text":"KART ` + card + `"}}`,
			`{"say":"refused","refusal":{"reason":"card","code":"` + card + `","text":"` + card + `"}}`,
			`{"say":"status","status":{"fault":"` + card + `"}}`,
			`{"say":"document","document":{"code":"` + card + `","payments":[{"card":"` + card + `","last4":"` + card + `","auth":"` + card + `"}],"slip":["NO ` + card + `"],"merchant_slip":["` + card + `"]}}`,
		} {
			a, err := okc.ParseAnswer([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			if text := fmt.Sprintf("%+v %+v %+v %+v", a.Progress, a.Refusal, a.Status, a.Document); pan.Found(text) || strings.Contains(text, card) {
				t.Errorf("%s got in: %s", card, text)
			}
			if a.Document != nil && a.Document.Payments[0].Last4 != card[len(card)-4:] {
				t.Errorf("kept %q of %s", a.Document.Payments[0].Last4, card)
			}
		}
	}
}

// TestLongWordsAreCut: a device that talks much fills no journal, and the seal at the end of its slip stays.
func TestLongWordsAreCut(t *testing.T) {
	body := `{"say":"document","document":{"code":"` + strings.Repeat("ü", 1000) + `","slip":["first"` + strings.Repeat(`,"`+strings.Repeat("x", 500)+`"`, 200) + `,"Z NO: 0001"]}}`
	a, err := okc.ParseAnswer([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	slip := a.Document.Slip
	if text := strings.Join(slip, ""); len(text) > 9<<10 || slip[0] != "first" || slip[len(slip)-1] != "Z NO: 0001" || !strings.Contains(text, "[...]") {
		t.Errorf("%d lines of %d bytes, from %q to %q", len(slip), len(text), slip[0], slip[len(slip)-1])
	}
	if len(a.Document.Code) != 120 || strings.Trim(a.Document.Code, "ü") != "" {
		t.Errorf("code of %d bytes: %q", len(a.Document.Code), a.Document.Code)
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte(`{"say":"document","document":{"id":"s1","payments":[{"last4":"4111111111111111"}]}}`))
	f.Add([]byte(`{"say":"status"}`))
	f.Add([]byte(`{"say":"progress","progress":{"text":"4111 1111 1111 1111"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := okc.ParseAnswer(body)
		if err != nil || a.Document == nil {
			return
		}
		for _, p := range a.Document.Payments {
			if len(p.Last4) > 4 {
				t.Fatalf("%q of a card's number was kept", p.Last4)
			}
		}
		if size := len(strings.Join(a.Document.Slip, "")); size > 9<<10 {
			t.Fatalf("%d bytes of a slip were kept", size)
		}
	})
}

// TestNumbersOfTheDocumentAreKept: the ETTN of an invoice may look like a card number, and is the invoice.
func TestNumbersOfTheDocumentAreKept(t *testing.T) {
	const ettn = "41111111-1111-4172-b123-0123456789ab"
	a, err := okc.ParseAnswer([]byte(`{"say":"document","document":{"id":"a","ettn":"` + ettn + `","invoice":"MGZ2026000001042","serial":"AT0000123456","slip":["ETTN ` + ettn + `","4111111111111111"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	d := a.Document
	if d.ETTN != ettn || d.Invoice != "MGZ2026000001042" || d.Slip[0] != "ETTN "+ettn || d.Slip[1] != "************1111" {
		t.Errorf("%+v", d)
	}
}
