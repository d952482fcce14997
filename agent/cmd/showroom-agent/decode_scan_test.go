package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecodeScan(t *testing.T) {
	const lines = "]C10109506000134352\x1d21A(1\r\n4006381333931\r]E04006381333932\nNR\n\x02SR:C:42\x03https://x.tr/01/9506000134352/21/7"
	got := answers(t, lines, "decode", "scan", "--prefix", "customer=SR:C:")
	want := []map[string]any{
		{"text": "0109506000134352\x1d21A(1", "symbology": "]C1", "symbol": "GS1-128", "kind": "item", "gtin14": "09506000134352", "serial": "A(1", "gs1_element_string": `(01)09506000134352(21)A\(1`},
		{"text": "4006381333931", "kind": "item", "gtin14": "04006381333931"},
		{"text": "]E04006381333932", "error": map[string]any{"code": "bad_gtin", "message": `scanned code (EAN/UPC): not a GTIN: check digit is '2', want '1'`}},
		{"text": "NR", "no_read": true},
		{"text": "SR:C:42", "kind": "customer"},
		{"text": "https://x.tr/01/9506000134352/21/7", "kind": "item", "gtin14": "09506000134352", "serial": "7", "gs1_element_string": "(01)09506000134352(21)7"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDecodeScanThrowsNoiseAway(t *testing.T) {
	cmd := root()
	var out, faults bytes.Buffer
	cmd.SetArgs([]string{"decode", "scan"})
	cmd.SetIn(strings.NewReader("\xff\n96385074\n"))
	cmd.SetOut(&out)
	cmd.SetErr(&faults)
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "\n") != 1 || !strings.Contains(faults.String(), "lines thrown away: 1 ") {
		t.Errorf("said %q and %q", out.String(), faults.String())
	}
}

func TestWhatIsNoCommandIsRefused(t *testing.T) {
	for _, args := range [][]string{
		{"decode", "nothing"}, {"tag", "nothing"}, {"capture", "nothing"}, {"simulate", "nothing"}, {"simulate", "fitting", "--scenario", ""},
		{"decode", "scan", "--prefix", "stranger=X"}, {"decode", "scan", "--prefix", "customer="},
	} {
		cmd := root()
		var out bytes.Buffer
		cmd.SetArgs(args)
		cmd.SetOut(&out)
		cmd.SetIn(strings.NewReader(""))
		if err := cmd.Execute(); err == nil || out.Len() > 0 {
			t.Errorf("%q: %v, and said %q", args, err, out.String())
		}
	}
}
