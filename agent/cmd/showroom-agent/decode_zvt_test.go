package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDecodeZVTVectors asks the program about every vector: it says what they say, and covers the one number they leave open.
func TestDecodeZVTVectors(t *testing.T) {
	text, err := os.ReadFile("../../../devices/pos/zvt/testdata/zvt_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Class, Transport, Hex string
			Decoded                   map[string]any
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 79 {
		t.Fatalf("%d vectors, want 79", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		got := answers(t, "", "decode", "zvt", "--transport", v.Transport, v.Hex)[0]
		if got["class"] != v.Class {
			t.Errorf("%s is called %v, want %s: %v", v.ID, got["class"], v.Class, got)
			continue
		}
		decoded := got["decoded"].(map[string]any)
		delete(decoded, "text")
		if v.ID == "ecrterm-serial-13" {
			v.Decoded["pan_bcd"] = "eeeeee6666deeeeeeeeeee"
		} else if v.ID != "portalum-apduhelper-03" && v.Class != "malformed" && got["hex"] != v.Hex { // whose length takes more bytes than it must
			t.Errorf("%s came back as %v, want %s", v.ID, got["hex"], v.Hex)
		}
		if diff := cmp.Diff(v.Decoded, decoded); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.ID, diff)
		}
	}
}

func TestDecodeZVTRefuses(t *testing.T) {
	for _, c := range []struct{ transport, hex, want string }{
		{"tcp", "80", "short"}, {"tcp", "zz", "not_hex"}, {"serial", "10028000001003f51e", "bad_frame"}, {"serial", "1002800000", "short"},
		{"serial", "10028000001003f51f06", "not_one_frame"}, {"tcp", "040f0227", "bad_length"},
	} {
		got := answers(t, "", "decode", "zvt", "--transport", c.transport, c.hex)[0]
		if fault, _ := got["error"].(map[string]any); fault["code"] != c.want {
			t.Errorf("%s over %s: %v, want %s", c.hex, c.transport, got, c.want)
		}
	}
	if got := answers(t, "", "decode", "zvt", "--transport", "serial", "06")[0]; got["link"] != "ack" {
		t.Errorf("06 is %v", got)
	}
	cmd := root()
	cmd.SetArgs([]string{"decode", "zvt", "--transport", "pigeon", "06"})
	if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), "pigeon") {
		t.Errorf("error %v", err)
	}
}
