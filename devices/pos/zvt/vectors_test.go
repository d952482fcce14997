package zvt_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"showroom/devices/pos/zvt"
)

type vector struct {
	ID, Class, Transport, Direction, Hex string
	APDU                                 string `json:"apdu_hex"`
	Decoded                              map[string]any
}

func vectors(t testing.TB) []vector {
	t.Helper()
	var file struct{ Vectors []vector }
	read(t, "testdata/zvt_vectors.json", &file)
	if len(file.Vectors) != 79 {
		t.Fatalf("%d vectors, want 79", len(file.Vectors))
	}
	return file.Vectors
}

type sequence struct {
	ID, Transport, Outcome string
	Steps                  [][2]string
}

func sequences(t testing.TB) []sequence {
	t.Helper()
	var file struct{ Sequences []sequence }
	read(t, "testdata/zvt_sequences.json", &file)
	if len(file.Sequences) != 10 {
		t.Fatalf("%d dialogues, want 10", len(file.Sequences))
	}
	return file.Sequences
}

func read(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	p, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wholeCard is the one vector with a number that its terminal has not covered.
const wholeCard = "ecrterm-serial-13"

// TestVectorsThere and back: each sound message is one in the decoder of its transport, and is written as it was read. What each
// says is tested where it is said, at the command line.
func TestVectorsThereAndBack(t *testing.T) {
	for _, v := range vectors(t) {
		p := unhex(t, v.Hex)
		var got []byte
		if v.Transport == "serial" {
			var d zvt.Decoder
			d.Feed(p)
			a, event := d.Next()
			if event != zvt.Frame {
				t.Errorf("%s is %v", v.ID, event)
				continue
			}
			if apdu := hex.EncodeToString(a.Append(nil)); v.APDU != "" && v.ID != wholeCard && apdu != v.APDU {
				t.Errorf("%s holds %s, want %s", v.ID, apdu, v.APDU)
			}
			got = zvt.AppendFrame(nil, a)
		} else {
			a, err := zvt.ParseAPDU(p)
			if bad := v.Class == "malformed"; bad != (err != nil) {
				t.Errorf("%s: %v", v.ID, err)
			}
			if err != nil {
				continue
			}
			got = a.Append(nil)
			var s zvt.Stream
			s.Feed(p)
			if a, ok := s.Next(); !ok || hex.EncodeToString(a.Append(nil)) != hex.EncodeToString(got) {
				t.Errorf("%s is another message in a stream: %v", v.ID, a)
			}
		}
		if v.ID != wholeCard && v.ID != "portalum-apduhelper-03" && hex.EncodeToString(got) != v.Hex { // the latter is longer than it must be
			t.Errorf("%s is written as\n%x, want\n%s", v.ID, got, v.Hex)
		}
	}
}

// TestWhatWeSend builds each command of the vectors that this package can build.
func TestWhatWeSend(t *testing.T) {
	password, err := zvt.ParsePassword("123456\n")
	if err != nil {
		t.Fatal(err)
	}
	lira := euro(1)
	lira.Currency = "TRY"
	built := map[string]zvt.APDU{
		"own-tcp-00":            zvt.Registration(zvt.Password{}, 0xBA, "EUR", false),
		"own-tcp-01":            zvt.Registration(password, zvt.ConfigFull, "TRY", false),
		"own-tcp-04":            zvt.Authorization(euro(1250)),
		"own-tcp-05":            zvt.Authorization(euro(10100010)),
		"own-tcp-06":            zvt.Authorization(euro(zvt.MaxAmount)),
		"own-tcp-07":            zvt.Reversal(password, "0231"),
		"own-tcp-08":            zvt.AbortWish(),
		"own-tcp-09":            zvt.RepeatReceipt(password),
		"own-tcp-10":            zvt.EndOfDay(zvt.Password{}),
		"own-tcp-11":            zvt.LogOff(),
		"own-serial-00":         zvt.Registration(zvt.Password{}, 0xBA, "EUR", false),
		"own-serial-02":         zvt.Authorization(euro(1)),
		"own-serial-03":         zvt.Authorization(lira),
		"own-serial-05":         zvt.Authorization(euro(10100010)),
		"own-serial-06":         zvt.Authorization(euro(zvt.MaxAmount)),
		"own-serial-08":         zvt.AbortWish(),
		"own-serial-10":         zvt.EndOfDay(zvt.Password{}),
		"ecrterm-serial-00":     zvt.Registration(password, 0xBA, "EUR", false),
		"ecrterm-serial-03":     zvt.Diagnosis(),
		"ecrterm-serial-05":     zvt.Accept(),
		"ecrterm-serial-09":     zvt.StatusEnquiry(password),
		"portalum-zvtclient-01": zvt.Accept(),
	}
	for _, v := range vectors(t) {
		a, ok := built[v.ID]
		if !ok {
			continue
		}
		delete(built, v.ID)
		got := a.Append(nil)
		if v.Transport == "serial" {
			got = zvt.AppendFrame(nil, a)
		}
		if hex.EncodeToString(got) != v.Hex {
			t.Errorf("%s: we send %x, want %s", v.ID, got, v.Hex)
		}
	}
	if len(built) > 0 {
		t.Errorf("no vectors for %v", built)
	}
	// of 06 31 there is none: password, amount and currency, as in 06 22
	if got := zvt.Refund(password, euro(1250)).Append(nil); hex.EncodeToString(got) != "06310d12345604000000001250490978" {
		t.Errorf("refund is %x", got)
	}
	if got := zvt.Registration(password, zvt.ConfigFull, "EUR", true).Append(nil); hex.EncodeToString(got) != "060012123456be0978060a26080a0206d10a0206d3" {
		t.Errorf("registration with a container is %x", got)
	}
}

func TestPassword(t *testing.T) {
	for _, s := range []string{"", "12345", "1234567", "12345x", "１２"} {
		if _, err := zvt.ParsePassword(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
	if p, _ := zvt.ParsePassword("123456"); p.String() != "******" {
		t.Errorf("it tells itself: %s", p)
	}
}

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		set  zvt.Charset
		hex  string
		want string
	}{
		{zvt.CP437, "5465737420842094208120e1", "Test ä ö ü ß"},
		{zvt.Seven, "54657374207b207c207d207e", "Test ä ö ü ß"},
		{zvt.UTF8, "5465737420c3a420c3b620c3bc20c39f", "Test ä ö ü ß"},
		{zvt.Latin1, "48c44e444c4552", "HÄNDLER"},
	} {
		if got := c.set.Text(unhex(t, c.hex)); got != c.want {
			t.Errorf("%s is %q, want %q", c.hex, got, c.want)
		}
		if got := hex.EncodeToString(c.set.Bytes(c.want)); got != c.hex {
			t.Errorf("%q is written %s, want %s", c.want, got, c.hex)
		}
	}
	if got := zvt.UTF8.Text([]byte{0x41, 0xFF, 0x00, 0x1B, '\r'}); got != "A\uFFFD  \r" {
		t.Errorf("%q", got)
	}
}
