package scan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/scan"
)

func rules() scan.Rules {
	return scan.Rules{Prefixes: []scan.Prefix{
		{Text: "SR:", Kind: devices.ScanOther},
		{Text: "SR:C:", Kind: devices.ScanCustomer},
		{Text: "SR:O:", Kind: devices.ScanOrder},
		{Text: "https://shop.example/r/", Kind: devices.ScanReceipt},
		{Text: "ART-", Kind: devices.ScanItem},
		{Text: "https://shop.example/01/", Kind: devices.ScanItem},
	}}
}

func TestRead(t *testing.T) {
	const item, other = devices.ScanItem, devices.ScanOther
	for _, tc := range []struct {
		name, line string
		want       scan.Code
	}{
		{"ean-13", "4006381333931", scan.Code{Kind: item, GTIN: "04006381333931"}},
		{"ean-13, told", "]E04006381333931", scan.Code{Kind: item, GTIN: "04006381333931"}},
		{"ean-13 with add-on", "]E3400638133393112345", scan.Code{Kind: item, GTIN: "04006381333931"}},
		{"ean-13 with two digits", "]E3400638133393112", scan.Code{Kind: item, GTIN: "04006381333931"}},
		{"ean-8", "96385074", scan.Code{Kind: item, GTIN: "00000096385074"}},
		{"ean-8, told", "]E496385074", scan.Code{Kind: item, GTIN: "00000096385074"}},
		{"upc-a", "614141007349", scan.Code{Kind: item, GTIN: "00614141007349"}},
		{"upc-a as ean-13", "]E00614141007349", scan.Code{Kind: item, GTIN: "00614141007349"}},
		{"upc-e", "04252614", scan.Code{Kind: item, GTIN: "00042100005264"}},
		{"upc-e, told", "]E004252614", scan.Code{Kind: item, GTIN: "00042100005264"}},
		{"itf-14", "]I180614141123458", scan.Code{Kind: item, GTIN: "80614141123458"}},
		{"itf of another length", "]I11234", scan.Code{Kind: other}},
		{"digits in code 128", "]C04006381333931", scan.Code{Kind: other}},
		{"digits in a qr code", "]Q14006381333931", scan.Code{Kind: other}},
		{"digits that are no gtin", "4006381333932", scan.Code{Kind: other}},
		{"gs1-128", "]C1010950600013435221A1", scan.Code{Kind: item, GTIN: "09506000134352", Serial: "A1"}},
		{"gs1 data matrix", "]d20109506000134352" + "10LOT\x1d21A1", scan.Code{Kind: item, GTIN: "09506000134352", Serial: "A1"}},
		{"gs1 qr", "]Q30109506000134352", scan.Code{Kind: item, GTIN: "09506000134352"}},
		{"upc-a with two more digits", "]E301234567890512", scan.Code{Kind: item, GTIN: "00012345678905"}},
		{"upc-a with five more digits", "]E301234567890551995", scan.Code{Kind: item, GTIN: "00012345678905"}},
		{"databar", "]e00109506000134352", scan.Code{Kind: item, GTIN: "09506000134352"}},
		{"shipment", "]C100106141412345678908", scan.Code{Kind: other}},
		{"element string nobody announced", "010950600013435221A1", scan.Code{Kind: other}},
		{"digital link", "]Q1https://example.com/01/09506000134352/21/12%2F3?17=261231", scan.Code{Kind: item, GTIN: "09506000134352", Serial: "12/3"}},
		{"digital link, bare", "HTTPS://EXAMPLE.COM/01/9506000134352", scan.Code{Kind: item, GTIN: "09506000134352"}},
		{"some page", "https://example.com/sale", scan.Code{Kind: other}},
		{"item of the shop's own", "]C0ART-4006381333931", scan.Code{Kind: item, GTIN: "04006381333931"}},
		{"page of an item", "https://shop.example/01/09506000134352/21/A1", scan.Code{Kind: item, GTIN: "09506000134352", Serial: "A1"}},
		{"customer", "SR:C:42", scan.Code{Kind: devices.ScanCustomer}},
		{"customer in a qr code", "]Q1SR:C:42", scan.Code{Kind: devices.ScanCustomer}},
		{"order", "SR:O:7", scan.Code{Kind: devices.ScanOrder}},
		{"our own, unknown", "SR:X", scan.Code{Kind: other}},
		{"receipt", "https://shop.example/r/abc", scan.Code{Kind: devices.ScanReceipt}},
		{"no identifier at all", "]?x", scan.Code{Kind: other}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := rules().Read(tc.line)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreFields(scan.Code{}, "Symbology", "Elements", "Text")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if string(got.Symbology)+got.Text != tc.line {
				t.Errorf("%q was taken apart as %q and %q", tc.line, got.Symbology, got.Text)
			}
		})
	}
}

func TestReadOnRequest(t *testing.T) {
	for _, tc := range []struct {
		line string
		want gs1.GTIN
	}{
		{"010950600013435221A1", "09506000134352"},
		{"\x1d0109506000134352", "09506000134352"},
		{"(01)09506000134352(21)A1", "09506000134352"},
		{"4006381333931", "04006381333931"},
		{"ART-4006381333931", "04006381333931"},
		{"01234565", "00012345000065"}, // an EAN-8 too: on request it is a UPC-E
	} {
		r := rules()
		r.ElementStrings, r.UPCE = true, true
		if got, err := r.Read(tc.line); err != nil || got.GTIN != tc.want || got.Kind != devices.ScanItem {
			t.Errorf("%q: %+v, %v, want item %s", tc.line, got, err, tc.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tc := range []struct{ name, line, code string }{
		{"check digit", "]E04006381333932", scan.CodeBadGTIN},
		{"ean-8 check digit", "]E496385075", scan.CodeBadGTIN},
		{"upc-e check digit", "]E004252615", scan.CodeBadGTIN},
		{"itf check digit", "]I180614141123459", scan.CodeBadGTIN},
		{"letters", "]E0400638133393X", scan.CodeBadGTIN},
		{"element string", "]C10109506000134353", gs1.CodeBadCheckDigit},
		{"unknown element", "]d205123", gs1.CodeUnknownAI},
		{"digital link", "https://x.tr/01/09506000134353", gs1.CodeBadCheckDigit},
		{"short name", "https://x.tr/gtin/09506000134352", gs1.CodeShortName},
		{"item that is none", "ART-12", scan.CodeBadGTIN},
		{"item's check digit", "]Q1ART-4006381333932", scan.CodeBadGTIN},
		{"page of no item", "https://shop.example/01/09506000134353", gs1.CodeBadCheckDigit},
		{"too long", strings.Repeat("A", devices.MaxScanText+1), scan.CodeTooLong},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := rules().Read(tc.line)
			fault, ok := errors.AsType[*scan.Error](err)
			if !ok || fault.Code != tc.code || got.Kind != "" {
				t.Errorf("%+v, %v, want %s", got, err, tc.code)
			}
			if _, text, _ := strings.Cut(tc.line, "/01/"); text != "" && strings.Contains(err.Error(), text) {
				t.Errorf("the error repeats the code: %v", err)
			}
		})
	}
}

func TestNoRead(t *testing.T) {
	r := rules()
	for _, line := range []string{"NR", "?"} {
		if _, err := r.Read(line); !errors.Is(err, scan.ErrNoRead) {
			t.Errorf("%q: %v", line, err)
		}
	}
	r.NoRead = []string{"BAD"}
	if _, err := r.Read("BAD"); !errors.Is(err, scan.ErrNoRead) {
		t.Errorf("the configured line: %v", err)
	}
	if got, err := r.Read("NR"); err != nil || got.Kind != devices.ScanOther {
		t.Errorf("a line no longer configured: %+v, %v", got, err)
	}
}

// checkLine holds any line to what Read promises.
func checkLine(t *testing.T, rules scan.Rules, line string) {
	t.Helper()
	code, err := rules.Read(line)
	if err != nil {
		fault, ok := errors.AsType[*scan.Error](err)
		if !errors.Is(err, scan.ErrNoRead) && (!ok || fault.Code == "") {
			t.Fatalf("%q: untyped error %v", line, err)
		}
		return
	}
	if (code.Kind == devices.ScanItem) != (code.GTIN != "") || len(code.Text) > devices.MaxScanText || !strings.HasSuffix(line, code.Text) {
		t.Fatalf("%q means %+v", line, code)
	}
	if g, err := gs1.ParseGTIN(string(code.GTIN)); code.GTIN != "" && (err != nil || g != code.GTIN) {
		t.Fatalf("%q gives GTIN %q: %v", line, code.GTIN, err)
	}
}
