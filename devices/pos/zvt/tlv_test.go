package zvt_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/devices/pos/zvt"
)

// container is a status whose container holds these bytes, with a length as long as it must be.
func container(t testing.TB, length string, body []byte) zvt.APDU {
	t.Helper()
	return zvt.APDU{Code: zvt.CodeStatus, Data: append(append([]byte{0x27, 0x00, 0x06}, unhex(t, length)...), body...)}
}

// TestLengths are those of BER, short and long, in the container and in what it holds.
func TestLengths(t *testing.T) {
	for n, form := range map[int][2]string{ // of the object, and of the container around it
		0: {"00", "02"}, 125: {"7d", "7f"}, 126: {"7e", "8180"}, 127: {"7f", "8181"}, 128: {"8180", "8183"}, 255: {"81ff", "820102"}, 256: {"820100", "820104"}, 300: {"82012c", "820130"},
	} {
		text := bytes.Repeat([]byte("ü"), n/2)
		text = append(text, bytes.Repeat([]byte("x"), n%2)...)
		want := append(append([]byte{0x07}, unhex(t, form[0])...), text...)
		if got := (zvt.TLV{Tag: 0x07, Value: text}).Append(nil); !bytes.Equal(got, want) {
			t.Errorf("%d bytes are written %x...", n, got[:4])
		}
		m := zvt.Decode(container(t, form[1], want))
		if len(m.TLVs) != 1 || !bytes.Equal(m.TLVs[0].Value, text) || m.Result == nil || len(m.Rest) != 0 {
			t.Errorf("%d bytes are read as %+v", n, m)
		}
	}
}

// TestContainersThatAreNone: what does not divide is kept as the rest, and takes nothing with it that stood before.
func TestContainersThatAreNone(t *testing.T) {
	for name, bytes := range map[string]string{
		"no length":                  "06",
		"length of three bytes":      "0683000001" + "00",
		"length without an end":      "0680" + "0700" + "0000",
		"longer than the message":    "0605" + "0701",
		"object longer than it":      "0603" + "070541",
		"tag without an end":         "0602" + "1f87",
		"tag of five bytes":          "0607" + "1f8182838401" + "00",
		"deeper than anybody nests":  "0614" + "2112211021" + "0e210c210a" + "2108210621" + "0421022100",
		"field nobody knows, behind": "0600" + "99" + "01",
	} {
		m := zvt.Decode(zvt.APDU{Code: zvt.CodeStatus, Data: unhex(t, "2705"+bytes)})
		if m.Result == nil || *m.Result != 5 || len(m.Rest) == 0 {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// TestTLVsAreReadAsTheyAreWritten, whatever nests in whatever.
func TestTLVsAreReadAsTheyAreWritten(t *testing.T) {
	var draw func(t *rapid.T, depth int) zvt.TLV
	draw = func(t *rapid.T, depth int) zvt.TLV {
		if depth < 4 && rapid.Bool().Draw(t, "constructed") {
			o := zvt.TLV{Tag: rapid.SampledFrom([]uint32{0x24, 0x25, 0x60, 0xE4, 0x3F20}).Draw(t, "tag"), Children: []zvt.TLV{}}
			for range rapid.IntRange(0, 4).Draw(t, "children") {
				o.Children = append(o.Children, draw(t, depth+1))
			}
			return o
		}
		value := strings.Repeat("k", rapid.SampledFrom([]int{0, 1, 127, 128, 256}).Draw(t, "length"))
		return zvt.TLV{Tag: rapid.SampledFrom([]uint32{0x07, 0x14, 0x1F07, 0x1F8101, 0x9F1A}).Draw(t, "tag"), Value: []byte(value)}
	}
	rapid.Check(t, func(t *rapid.T) {
		want := draw(t, 0)
		body := want.Append(nil)
		field := zvt.TLV{Tag: 0x06, Value: body}.Append(nil) // which is how the field is written, too
		m := zvt.Decode(zvt.APDU{Code: zvt.CodeStatus, Data: field})
		if diff := cmp.Diff([]zvt.TLV{want}, m.TLVs); diff != "" || len(m.Rest) > 0 {
			t.Fatalf("%s (-want +got):\n%s", hex.EncodeToString(field), diff)
		}
	})
}
