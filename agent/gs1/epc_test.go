package gs1_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/gs1"
)

func TestParseEPC(t *testing.T) {
	for _, tc := range []struct{ name, in, want, code string }{
		{"upper case", "30AB", "30AB", ""},
		{"lower case", "30ab", "30AB", ""},
		{"one byte", "00", "00", ""},
		{"longest", strings.Repeat("e2", 62), strings.Repeat("E2", 62), ""},
		{"empty", "", "", gs1.CodeBadLength},
		{"too long", strings.Repeat("e2", 63), "", gs1.CodeBadLength},
		{"odd", "30A", "", gs1.CodeBadHex},
		{"letter", "30AG", "", gs1.CodeBadHex},
		{"blank", "30 A", "", gs1.CodeBadHex},
		{"not ASCII", "30é", "", gs1.CodeBadHex},
	} {
		t.Run(tc.name, func(t *testing.T) {
			epc, err := gs1.ParseEPC(tc.in)
			if epc.String() != tc.want {
				t.Errorf("got %q, want %q", epc, tc.want)
			}
			checkCode(t, err, tc.code)
			if epc.IsZero() != (tc.code != "") {
				t.Errorf("IsZero = %v", epc.IsZero())
			}
		})
	}
}

// checkCode wants no error for the empty code.
func checkCode(t *testing.T, err error, code string) {
	t.Helper()
	var fault *gs1.EPCError
	switch {
	case code == "" && err != nil:
		t.Errorf("error %v, want none", err)
	case code != "" && !errors.As(err, &fault):
		t.Errorf("error %v, want *EPCError %q", err, code)
	case code != "" && fault.Code != code:
		t.Errorf("code %q (%v), want %q", fault.Code, err, code)
	}
}

func TestEPCBytesAndTextAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 1, gs1.MaxEPCBytes).Draw(t, "raw")
		epc, err := gs1.EPCFromBytes(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(epc.AppendBytes([]byte("x"))); got != "x"+string(raw) {
			t.Fatalf("AppendBytes gave %x, want %x", got, raw)
		}
		if epc.Len() != len(raw) {
			t.Fatalf("Len %d, want %d", epc.Len(), len(raw))
		}
		again, err := gs1.ParseEPC(strings.ToLower(epc.String()))
		if err != nil || again != epc {
			t.Fatalf("parse of its own text: %v, %v", again, err)
		}
	})
}

func TestEPCFromBytesRefusesWrongLength(t *testing.T) {
	for _, n := range []int{0, gs1.MaxEPCBytes + 1} {
		epc, err := gs1.EPCFromBytes(make([]byte, n))
		checkCode(t, err, gs1.CodeBadLength)
		if !epc.IsZero() {
			t.Errorf("%d bytes gave %v", n, epc)
		}
	}
}

func TestEPCInJSON(t *testing.T) {
	type read struct {
		EPC  gs1.EPC         `json:"epc"`
		Seen map[gs1.EPC]int `json:"seen"`
		None gs1.EPC         `json:"none,omitzero"`
		Item gs1.GTIN        `json:"item"`
	}
	epc := mustEPC(t, "3074257bf7194e4000001a85")
	text, err := json.Marshal(read{EPC: epc, Seen: map[gs1.EPC]int{epc: 2}, Item: "80614141123458"})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"epc":"3074257BF7194E4000001A85","seen":{"3074257BF7194E4000001A85":2},"item":"80614141123458"}`
	if string(text) != want {
		t.Fatalf("got  %s\nwant %s", text, want)
	}
	var back read
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if back.EPC != epc || back.Seen[epc] != 2 || !back.None.IsZero() || back.Item != "80614141123458" {
		t.Errorf("read back %+v", back)
	}
	back.EPC = epc
	if err := json.Unmarshal([]byte(`{"epc":""}`), &back); err != nil || !back.EPC.IsZero() {
		t.Errorf("empty text gave %v, %v", back.EPC, err)
	}
	for _, bad := range []string{`{"epc":"3"}`, `{"item":"80614141123457"}`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestScheme(t *testing.T) {
	for _, tc := range []struct {
		hex  string
		want gs1.Scheme
	}{
		{"E2801160600002054CC2096F", gs1.Unprogrammed},
		{"000000000000000000000000", gs1.Unprogrammed},
		{"DC2597315C30DF9C34E2", gs1.Unknown},
		{"FB342CDE795211411234538566CB0AFC40", gs1.DSGTINPlus},
		{"30", gs1.SGTIN96},
	} {
		if got := mustEPC(t, tc.hex).Scheme(); got != tc.want {
			t.Errorf("Scheme of %s = %q, want %q", tc.hex, got, tc.want)
		}
	}
	if got := (gs1.EPC{}).Scheme(); got != gs1.Unknown {
		t.Errorf("Scheme of no EPC = %q", got)
	}
}

func TestEPCDoesNotAllocate(t *testing.T) {
	const hex = "3674257BF6B7A659B2C2BF100000000000000000000000000000"
	raw := mustEPC(t, hex).AppendBytes(nil)
	seen := map[gs1.EPC]int{mustEPC(t, hex): 0}
	buf := make([]byte, 0, 2*gs1.MaxEPCBytes)
	for name, f := range map[string]func(){
		"ParseEPC": func() {
			epc, _ := gs1.ParseEPC(hex)
			seen[epc]++
		},
		"EPCFromBytes": func() {
			epc, _ := gs1.EPCFromBytes(raw)
			seen[epc]++
		},
		"AppendText": func() {
			epc, _ := gs1.EPCFromBytes(raw)
			buf, _ = epc.AppendText(buf[:0])
		},
	} {
		if n := testing.AllocsPerRun(200, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	if len(seen) != 1 {
		t.Errorf("%d keys for one EPC", len(seen))
	}
}
