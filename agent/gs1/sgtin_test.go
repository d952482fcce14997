package gs1_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/gs1"
)

func drawSGTIN(t *rapid.T) gs1.SGTIN {
	key := rapid.StringMatching(`[0-9]{13}`).Draw(t, "key")
	prefixLen := rapid.IntRange(6, 12).Draw(t, "prefixLen")
	s := gs1.SGTIN{
		Scheme:        rapid.SampledFrom([]gs1.Scheme{gs1.SGTIN96, gs1.SGTIN198}).Draw(t, "scheme"),
		Filter:        rapid.Uint8Range(0, 7).Draw(t, "filter"),
		CompanyPrefix: key[:prefixLen],
		ItemRef:       key[prefixLen:],
	}
	if s.Scheme == gs1.SGTIN96 {
		s.Serial = rapid.StringMatching(`0|[1-9][0-9]{0,10}|27487790694[0-3]`).Draw(t, "serial")
	} else {
		s.Serial = rapid.StringMatching(`[!"%-?A-Z_a-z]{1,20}`).Draw(t, "serial")
	}
	return s
}

func TestDecodeUndoesEncode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawSGTIN(t)
		epc, err := want.Encode()
		if err != nil {
			t.Fatalf("encode %+v: %v", want, err)
		}
		got, err := gs1.Decode(epc)
		if err != nil || got != want {
			t.Fatalf("decode %s: %+v, %v; want %+v", epc, got, err, want)
		}
		if g, err := gs1.ParseGTIN(string(got.GTIN())); err != nil || g != got.GTIN() {
			t.Fatalf("GTIN %q: %v", got.GTIN(), err)
		}
	})
}

func TestNewSGTIN96(t *testing.T) {
	s, err := gs1.NewSGTIN96("80614141123458", 7, 3, 6789)
	if err != nil {
		t.Fatal(err)
	}
	epc, err := s.Encode()
	if err != nil || epc.String() != "3074257BF7194E4000001A85" || s.GTIN() != "80614141123458" {
		t.Errorf("got %s, GTIN %s, %v", epc, s.GTIN(), err)
	}
	for _, tc := range []struct {
		name      string
		gtin      gs1.GTIN
		prefixLen int
		filter    uint8
		serial    uint64
		code      string
	}{
		{"no GTIN", "", 7, 1, 1, gs1.CodeBadGTIN},
		{"GTIN of letters", "806I4I4II23458", 7, 1, 1, gs1.CodeCompanyPrefix},
		{"prefix short", "80614141123458", 5, 1, 1, gs1.CodeCompanyPrefix},
		{"prefix long", "80614141123458", 13, 1, 1, gs1.CodeCompanyPrefix},
		{"filter", "80614141123458", 7, 8, 1, gs1.CodeBadFilter},
		{"serial", "80614141123458", 7, 1, gs1.MaxSerial96 + 1, gs1.CodeBadSerial},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := gs1.NewSGTIN96(tc.gtin, tc.prefixLen, tc.filter, tc.serial)
			checkCode(t, err, tc.code)
			if s != (gs1.SGTIN{}) {
				t.Errorf("got %+v beside the error", s)
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	good := gs1.SGTIN{Scheme: gs1.SGTIN96, Filter: 1, CompanyPrefix: "0614141", ItemRef: "812345", Serial: "6789"}
	for _, tc := range []struct {
		name, code string
		change     func(*gs1.SGTIN)
	}{
		{"nothing", "", func(*gs1.SGTIN) {}},
		{"scheme", gs1.CodeBadScheme, func(s *gs1.SGTIN) { s.Scheme = gs1.SSCC96 }},
		{"filter", gs1.CodeBadFilter, func(s *gs1.SGTIN) { s.Filter = 8 }},
		{"prefix of 5", gs1.CodeCompanyPrefix, func(s *gs1.SGTIN) { s.CompanyPrefix = "06141" }},
		{"prefix with a letter", gs1.CodeCompanyPrefix, func(s *gs1.SGTIN) { s.CompanyPrefix = "061414A" }},
		{"item too short", gs1.CodeItemReference, func(s *gs1.SGTIN) { s.ItemRef = "81234" }},
		{"item with a letter", gs1.CodeItemReference, func(s *gs1.SGTIN) { s.ItemRef = "81234x" }},
		{"no serial", gs1.CodeBadSerial, func(s *gs1.SGTIN) { s.Serial = "" }},
		{"leading zero", gs1.CodeBadSerial, func(s *gs1.SGTIN) { s.Serial = "06789" }},
		{"largest serial", "", func(s *gs1.SGTIN) { s.Serial = "274877906943" }},
		{"serial too large", gs1.CodeBadSerial, func(s *gs1.SGTIN) { s.Serial = "274877906944" }},
		{"serial far too large", gs1.CodeBadSerial, func(s *gs1.SGTIN) { s.Serial = strings.Repeat("9", 30) }},
		{"letter in a 96-bit serial", gs1.CodeBadSerial, func(s *gs1.SGTIN) { s.Serial = "32a" }},
		{"198: 20 characters", "", func(s *gs1.SGTIN) { s.Scheme, s.Serial = gs1.SGTIN198, strings.Repeat("z", 20) }},
		{"198: 21 characters", gs1.CodeBadSerial, func(s *gs1.SGTIN) { s.Scheme, s.Serial = gs1.SGTIN198, strings.Repeat("z", 21) }},
		{"198: empty", gs1.CodeBadSerial, func(s *gs1.SGTIN) { s.Scheme, s.Serial = gs1.SGTIN198, "" }},
		{"198: hash", gs1.CodeBadSerial, func(s *gs1.SGTIN) { s.Scheme, s.Serial = gs1.SGTIN198, "a#b" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := good
			tc.change(&s)
			epc, err := s.Encode()
			checkCode(t, err, tc.code)
			if epc.IsZero() != (tc.code != "") {
				t.Errorf("Encode = %s, %v", epc, err)
			}
		})
	}
}

// What a reader may deliver beyond the vectors of the standard.
func TestDecodeRefuses(t *testing.T) {
	const head198 = "3674257BF6B7A640" // header to item reference of vector epc-d02
	for _, tc := range []struct{ name, hex, code string }{
		{"one byte short", "3074257BF7194E4000001A", gs1.CodeBadLength},
		{"PC word in front", "30003074257BF7194E4000001A85", gs1.CodeBadLength},
		{"198 of 24 bytes", "3674257BF6B7A659B2C2BF1000000000000000000000000000"[:48], gs1.CodeBadLength},
		{"198 of 27 bytes", "3674257BF6B7A659B2C2BF100000000000000000000000000000" + "00", gs1.CodeBadLength},
		{"198 without serial", head198 + strings.Repeat("00", 18), gs1.CodeBadSerial},
		{"198 goes on after the end", "3674257BF6B7A659B2C2BF100000000000000000000001000000", gs1.CodeBadPadding},
		{"198 with a bit beyond 198", "3674257BF6B7A659B2C2BF100000000000000000000000000001", gs1.CodeBadPadding},
		{"198 with a hash as second character", head198 + "94600000" + strings.Repeat("00", 14), gs1.CodeBadSerial},
		{"198 with a control character", head198 + "80" + strings.Repeat("00", 17), gs1.CodeBadSerial},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := gs1.Decode(mustEPC(t, tc.hex))
			checkCode(t, err, tc.code)
			if s != (gs1.SGTIN{}) || errors.Is(err, gs1.ErrNotSGTIN) {
				t.Errorf("got %+v, %v", s, err)
			}
		})
	}
	_, err := gs1.Decode(gs1.EPC{})
	checkCode(t, err, gs1.CodeBadLength)
	if !errors.Is(err, gs1.ErrNotSGTIN) {
		t.Errorf("no EPC: %v, want ErrNotSGTIN", err)
	}
}

func TestGTINOfBrokenSGTIN(t *testing.T) {
	for _, s := range []gs1.SGTIN{
		{},
		{CompanyPrefix: "0614141234567"},
		{CompanyPrefix: "0614141", ItemRef: "81234"},
		{CompanyPrefix: "061414x", ItemRef: "812345"},
	} {
		if g := s.GTIN(); g != "" {
			t.Errorf("GTIN of %+v = %q", s, g)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	epc := mustEPC(b, "3074257BF7194E4000001A85")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gs1.Decode(epc); err != nil {
			b.Fatal(err)
		}
	}
}
