package gs1_test

import (
	"errors"
	"slices"
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

// FuzzIdentify: no bytes panic, every refusal is typed and tells the tag, and what
// has a name encodes back to the same bits.
func FuzzIdentify(f *testing.F) {
	for _, v := range readVectors(f) {
		if epc, err := gs1.ParseEPC(v.Hex); err == nil {
			f.Add(uint16(epc.Len()/2)<<11, epc.AppendBytes(nil))
		}
	}
	f.Fuzz(func(t *testing.T, pc uint16, raw []byte) {
		epc, err := gs1.EPCFromBytes(raw)
		if err != nil {
			return
		}
		_, _ = gs1.IdentifyTag(gs1.PC(pc), epc)
		id, err := gs1.Identify(epc)
		if err != nil {
			fault, ok := errors.AsType[*gs1.EPCError](err)
			if !ok || fault.Code == "" || fault.Field == "" || fault.EPC != epc {
				t.Fatalf("error %#v does not tell the tag and the class", err)
			}
			return
		}
		if elements := id.Elements(); elements != nil {
			if err := elements.Check(); err != nil {
				t.Fatalf("%s: its own elements are refused: %v", epc, err)
			}
		}
		checkIdentityEncodes(t, id, epc)
	})
}

// FuzzParseElementString: no text panics, every refusal is typed, and what is
// read is written and read again the same.
func FuzzParseElementString(f *testing.F) {
	for _, seed := range []string{"", "\x1d", "010950600013435221A1\x1d17261231", "3103001500392212345", "8003006141411234525678", "05", "(01)09506000134352(21)a\\(b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, parse := range []func(string) (gs1.Elements, error){gs1.ParseElementString, gs1.ParseBracketed} {
			all, err := parse(s)
			if err != nil {
				checkElementFault(t, err)
				continue
			}
			text, err := all.ElementString()
			if err != nil {
				t.Fatalf("%q was read as %v and is refused: %v", s, all, err)
			}
			again, err := gs1.ParseElementString(text)
			if err != nil || !slices.Equal(all, again) {
				t.Fatalf("%q gave %v, which gives %v, %v", s, all, again, err)
			}
			again, err = gs1.ParseBracketed(all.Bracketed())
			if err != nil || !slices.Equal(all, again) {
				t.Fatalf("%q gave %v, in brackets %v, %v", s, all, again, err)
			}
		}
	})
}

func checkElementFault(t *testing.T, err error) {
	t.Helper()
	if fault, ok := errors.AsType[*gs1.ElementError](err); !ok || fault.Code == "" || fault.Reason == "" || fault.At < 0 {
		t.Fatalf("error %#v does not tell what is wrong and where", err)
	}
}

func FuzzParseDigitalLink(f *testing.F) {
	for _, seed := range []string{"", "https://", "https://id.gs1.org/01/09506000134352/21/12%2F3?17=261231&x=y#z", "http://a/b/414/0614141123452/254/1", "https://a/gtin/1", "https://a/01/%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		link, err := gs1.ParseDigitalLink(s)
		if err != nil {
			checkElementFault(t, err)
			return
		}
		if err := link.Elements().Check(); err != nil {
			t.Fatalf("%q was read as %+v and is refused: %v", s, link, err)
		}
		again, err := gs1.ParseDigitalLink(link.String())
		if err != nil || again.String() != link.String() {
			t.Fatalf("%q gave %q, which gives %q, %v", s, link, again, err)
		}
	})
}
