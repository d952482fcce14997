package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDecodeECR17Vectors asks the program about every vector that has bytes or a checksum.
func TestDecodeECR17Vectors(t *testing.T) {
	text, err := os.ReadFile("../../../devices/pos/ecr17/testdata/ecr17_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Mode string
			Payload  string `json:"payload_ascii"`
			LRC      string `json:"lrc_hex"`
			Frame    string `json:"frame_hex"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, v := range file.Vectors {
		switch {
		case v.LRC != "":
			asked++
			got := answers(t, "", "decode", "ecr17", "--mode", v.Mode, "--lrc-of", v.Payload)
			if len(got) != 1 || got[0]["lrc_hex"] != v.LRC || got[0]["payload_ascii"] != v.Payload || got[0]["mode"] != v.Mode {
				t.Errorf("%s: %v", v.ID, got)
			}
		case v.Frame != "":
			asked++
			if v.Mode == "" {
				v.Mode = "std"
			}
			got := answers(t, "", "decode", "ecr17", "--mode", v.Mode, v.Frame)
			kind := map[string]string{"frame-std-AB": "message", "lone-soh": "unknown", "stx-etx-no-lrc": "incomplete"}[v.ID]
			if len(got) != 1 || got[0]["kind"] != kind || got[0]["frame_hex"] != v.Frame || (got[0]["error"] == nil) != (kind == "message") {
				t.Errorf("%s: %v", v.ID, got)
			}
		}
	}
	if asked != 7 {
		t.Errorf("asked about %d vectors, want 7", asked)
	}
}

func TestDecodeECR17(t *testing.T) {
	got := answers(t, "", "decode", "ecr17", "--mode", "std", "FF FF 060379 024142037c 150301", "0241033f", "01415454454e44455245202020202020202020202004", "0")
	want := []map[string]any{
		{"frame_hex": "ffff", "mode": "std", "kind": "unknown", "error": map[string]any{"code": "unknown", "message": "no frame begins with these bytes"}},
		{"frame_hex": "060379", "mode": "std", "kind": "ack"},
		{"frame_hex": "024142037c", "mode": "std", "kind": "message", "payload_ascii": "AB", "lrc_hex": "7c"},
		{"frame_hex": "150301", "mode": "std", "kind": "nak"},
		{"frame_hex": "0241033f", "mode": "std", "kind": "message", "payload_ascii": "A", "lrc_hex": "3f",
			"error": map[string]any{"code": "bad_lrc", "message": "the checksum is 3f, and 3e in this mode; it is right in mode stx"}},
		{"frame_hex": "01415454454e44455245202020202020202020202004", "mode": "std", "kind": "progress", "payload_ascii": "ATTENDERE           "},
		{"frame_hex": "0", "mode": "std", "kind": "unknown", "error": map[string]any{"code": "not_hex", "message": "the last byte has one hexadecimal digit, and needs two"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeECR17Refuses(t *testing.T) {
	for _, args := range [][]string{
		{"decode", "ecr17", "02"},
		{"decode", "ecr17", "--mode", "all", "02"},
		{"decode", "ecr17", "--mode", "std"},
		{"decode", "ecr17", "--mode", "std", "--lrc-of", "A", "02"},
		{"decode", "ecr17", "--mode", "std", "--lrc-of", "\x03"},
	} {
		cmd := root()
		cmd.SetArgs(args)
		if err := cmd.Execute(); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}
