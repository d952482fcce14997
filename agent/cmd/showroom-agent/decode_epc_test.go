package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answers runs the program and reads its answer, one JSON object a line and nothing else.
func answers(t *testing.T, stdin string, args ...string) []map[string]any {
	t.Helper()
	cmd := root()
	var out bytes.Buffer
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(t.Output())
	if err := cmd.Execute(); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	var all []map[string]any
	for line := range strings.Lines(out.String()) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%q answers %q: %v", args, line, err)
		}
		all = append(all, one)
	}
	return all
}

// TestDecodeEPCVectors asks the program about every vector at once: its answers hold all that is expected of them.
func TestDecodeEPCVectors(t *testing.T) {
	text, err := os.ReadFile("../../gs1/testdata/epc_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID         string         `json:"id"`
			Hex        string         `json:"epc_hex"`
			Valid      bool           `json:"valid"`
			ErrorClass string         `json:"error_class"`
			Expect     map[string]any `json:"expect"`
		} `json:"vectors"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	args := []string{"decode", "epc"}
	for _, v := range file.Vectors {
		args = append(args, v.Hex)
	}
	all := answers(t, "", args...)
	if len(all) != len(file.Vectors) || len(all) != 45 {
		t.Fatalf("%d answers to %d vectors, want 45", len(all), len(file.Vectors))
	}
	for i, v := range file.Vectors {
		got := all[i]
		if got["epc_hex"] != v.Hex {
			t.Errorf("%s: answers %v, asked was %s", v.ID, got["epc_hex"], v.Hex)
		}
		if !v.Valid {
			fault, _ := got["error"].(map[string]any)
			if fault["code"] != v.ErrorClass || fault["message"] == "" || len(got) != 2 {
				t.Errorf("%s: %v, want error %s", v.ID, got, v.ErrorClass)
			}
			continue
		}
		for key, want := range v.Expect {
			value, there := got[key]
			if diff := cmp.Diff(want, value); diff != "" || !there {
				t.Errorf("%s: %s (-want +got):\n%s", v.ID, key, diff)
			}
		}
	}
}

func TestDecodeEPCWithPC(t *testing.T) {
	got := answers(t, "", "decode", "epc", "--pc", "29A9", "DC2597315C30DF9C34E2")
	fault, _ := got[0]["error"].(map[string]any)
	if fault["code"] != "iso_afi" {
		t.Errorf("got %v, want iso_afi", got)
	}
	if got := answers(t, "", "decode", "epc", "--pc", "3000", "3174257bf4499602d2000000"); got[0]["scheme"] != "sscc-96" {
		t.Errorf("got %v, want sscc-96", got)
	}
	cmd := root()
	cmd.SetArgs([]string{"decode", "epc", "--pc", "word", "00"})
	if err := cmd.Execute(); err == nil {
		t.Error("a PC word that is none was accepted")
	}
}

// TestDecodeEPCAsToolsPrintIt: with something between the digits, and a PC word that is one.
func TestDecodeEPCAsToolsPrintIt(t *testing.T) {
	for _, a := range answers(t, "", "decode", "epc", "30 74 25 7B F7 19 4E 40 00 00 1A 85", "3074:257B:F719:4E40:0000:1A85", "0x3074257bf7194e4000001a85", "3074-257BF7194E40-00001A85 ") {
		if a["epc_hex"] != "3074257BF7194E4000001A85" || a["gtin14"] != "80614141123458" {
			t.Errorf("answer %v", a)
		}
	}
	for epc, want := range map[string]string{
		"3074257BF7194E4000001AG5": "epc has a character that is not hexadecimal at position 23",
		"3074257BF7194E4000001A8G": "epc has a character that is not hexadecimal at position 24",
		"E2801160600002054CC2096F": "epc: header E2 is unprogrammed: nobody has written an EPC to the tag",
	} {
		if fault, _ := answers(t, "", "decode", "epc", epc)[0]["error"].(map[string]any); fault["message"] != want {
			t.Errorf("%s: %v, want %s", epc, fault, want)
		}
	}
	for _, word := range []string{"30", "zz00", "03000"} {
		cmd := root()
		cmd.SetArgs([]string{"decode", "epc", "--pc", word, "3074257BF7194E4000001A85"})
		if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), "four hexadecimal digits") {
			t.Errorf("--pc %s: %v", word, err)
		}
	}
}
