package gs1_test

import (
	"errors"
	"testing"

	"showroom/agent/gs1"
)

// FuzzDecode: no bytes panic, every refusal is typed, and what decodes encodes
// back to the same bits.
func FuzzDecode(f *testing.F) {
	for _, v := range readVectors(f) {
		if epc, err := gs1.ParseEPC(v.Hex); err == nil {
			f.Add(epc.AppendBytes(nil))
		}
	}
	own, err := gs1.NewPrefixes([]string{"0614141"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		epc, err := gs1.EPCFromBytes(raw)
		var fault *gs1.EPCError
		if err != nil {
			if !errors.As(err, &fault) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		own.Own(epc)
		s, err := gs1.Decode(epc)
		if err != nil {
			if !errors.As(err, &fault) || fault.Code == "" || fault.EPC != epc {
				t.Fatalf("error %#v does not tell the tag and the class", err)
			}
			return
		}
		if len(s.GTIN()) != 14 {
			t.Fatalf("GTIN %q of %s", s.GTIN(), epc)
		}
		checkEncodesTo(t, s, epc)
	})
}

func FuzzParseGTIN(f *testing.F) {
	for _, seed := range []string{"", "96385074", "614141007349", "8719139005740", "80614141123458", "871913900574x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, err := gs1.ParseGTIN(s)
		if err != nil {
			if g != "" || !errors.Is(err, gs1.ErrGTIN) {
				t.Fatalf("%q: %q, %v", s, g, err)
			}
			return
		}
		if again, err := gs1.ParseGTIN(string(g)); err != nil || again != g {
			t.Fatalf("%q gave %q, which gives %q, %v", s, g, again, err)
		}
	})
}
