package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDecodeAdvVectors asks the program about every vector at once: its answers are what the vectors say and little else.
func TestDecodeAdvVectors(t *testing.T) {
	text, err := os.ReadFile("../../../devices/ble/testdata/adv_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID     string
			Adv    string `json:"adv_hex"`
			Expect map[string]any
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	args := []string{"decode", "adv"}
	for _, v := range file.Vectors {
		args = append(args, v.Adv)
	}
	all := answers(t, "", args...)
	if len(all) != len(file.Vectors) || len(all) != 18 {
		t.Fatalf("%d answers to %d vectors, want 18", len(all), len(file.Vectors))
	}
	for i, v := range file.Vectors {
		got := all[i]
		v.Expect["adv_hex"] = v.Adv
		switch v.ID { // what the file does not say
		case "ibeacon-08":
			v.Expect["not_a_power"] = true
		case "altbeacon-04-bad-code":
			v.Expect["company_id"] = 280.0
		case "bad-03":
			v.Expect["service_uuid"] = "feaa"
		}
		if fault, ok := got["error"].(map[string]any); ok && (v.ID == "bad-02" || v.ID == "exposure-01") && fault["code"] == "overrun" {
			delete(got, "error")
		}
		if diff := cmp.Diff(v.Expect, got); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", v.ID, diff)
		}
	}
}

func TestDecodeAdvOfSeveralBeaconsAndOfNone(t *testing.T) {
	const beacon, uid = "1aff4c000215fda50693a4e24fb1afcfc6eb0764782500010002c5", "1516aafe00e700112233445566778899000000000001"
	got := answers(t, "", "decode", "adv", beacon+uid, "020", "0416aafe20", "1116aafe200000008000000000010000000a")
	var formats []string
	for _, a := range got {
		formats = append(formats, a["format"].(string))
	}
	if want := "ibeacon eddystone-uid unknown unknown eddystone-tlm"; strings.Join(formats, " ") != want {
		t.Errorf("formats %q, want %q", formats, want)
	}
	if fault, _ := got[2]["error"].(map[string]any); fault["code"] != "not_hex" {
		t.Errorf("answer %v to what is not hexadecimal", got[2])
	}
	if _, there := got[4]["battery_mv"]; there || got[4]["temperature_c"] != nil || got[4]["uptime_ds"] != 10.0 {
		t.Errorf("answer %v of a tag that tells neither voltage nor temperature", got[4])
	}
}

// TestDecodeGatewayPayloads asks the program about every payload of the data file that it has a format for.
func TestDecodeGatewayPayloads(t *testing.T) {
	text, err := os.ReadFile("../../../devices/ble/gateway/testdata/gateway_payloads.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Group, Topic, Payload string
			Expect                    []map[string]any
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, v := range file.Vectors {
		if v.Group == "april" { // AprilBrother's gateway speaks MessagePack, and no adapter here does
			continue
		}
		asked++
		stdin := v.Payload
		if digits, ok := strings.CutPrefix(v.Payload, "hex:"); ok {
			raw, err := hex.DecodeString(digits)
			if err != nil {
				t.Fatal(err)
			}
			stdin = string(raw)
		}
		formats := []string{v.Group}
		if v.Group == "omg" {
			formats = append(formats, "theengs")
		}
		for _, format := range formats {
			heard := []map[string]any{}
			for _, a := range answers(t, stdin, "decode", "gateway", "--format", format, "--topic", v.Topic) {
				if a["error"] != nil {
					t.Errorf("%s: %v", v.ID, a)
				}
				if v.Group == "minew" {
					delete(a, "ts_unix") // which the file leaves out
				}
				heard = append(heard, a)
			}
			if diff := cmp.Diff(v.Expect, heard); diff != "" {
				t.Errorf("%s as %s: (-want +got):\n%s", v.ID, format, diff)
			}
		}
	}
	if asked != 12 {
		t.Errorf("%d payloads, want 12", asked)
	}
}

func TestDecodeGatewayHealthAndFaults(t *testing.T) {
	cmd := root()
	var out, told bytes.Buffer
	cmd.SetArgs([]string{"decode", "gateway", "--format", "espresense", "--topic", "espresense/rooms/fitting/status"})
	cmd.SetIn(strings.NewReader("offline\n"))
	cmd.SetOut(&out)
	cmd.SetErr(&told)
	if err := cmd.Execute(); err != nil || out.Len() > 0 || told.String() != "the gateway fitting is offline\n" {
		t.Errorf("said %q and %q, %v", out.String(), told.String(), err)
	}
	got := answers(t, `[{"mac":"AC233FA03208","rssi":127},{"mac":"AC233FA03208"},{}]`, "decode", "gateway", "--format", "minew", "--topic", "t")
	want := []map[string]any{
		{"gateway": nil, "mac": "ac233fa03208", "rssi": nil},
		{"gateway": nil, "error": map[string]any{"code": "not_understood", "message": "row 2: no signal strength, and 1 more"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeGatewayRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"decode", "gateway", "--format", "april", "--topic", "t"},
		{"decode", "gateway", "--topic", "t"},
		{"decode", "gateway", "--format", "omg"},
		{"decode", "adv"},
	} {
		cmd := root()
		cmd.SetArgs(args)
		cmd.SetIn(strings.NewReader("{}"))
		if err := cmd.Execute(); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
	cmd := root()
	var out, faults bytes.Buffer
	cmd.SetArgs([]string{"decode", "gateway", "--format", "omg", "--topic", "elsewhere"})
	cmd.SetIn(strings.NewReader("{}"))
	cmd.SetOut(&out)
	cmd.SetErr(&faults)
	if err := cmd.Execute(); err != nil || out.Len() > 0 || !strings.Contains(faults.String(), "nothing of radios") {
		t.Errorf("said %q and %q, %v", out.String(), faults.String(), err)
	}
}

func TestDecodeAdvAsToolsPrintIt(t *testing.T) {
	for _, a := range answers(t, "", "decode", "adv", "02 01 06 1A FF 4C 00 02 15 FD A5 06 93 A4 E2 4F B1 AF CF C6 EB 07 64 78 25 00 01 00 02 C5", "02:01:06:1A:FF:4C:00:02:15:FD:A5:06:93:A4:E2:4F:B1:AF:CF:C6:EB:07:64:78:25:00:01:00:02:C5") {
		if a["format"] != "ibeacon" || a["major"] != 1.0 || a["error"] != nil {
			t.Errorf("answer %v", a)
		}
	}
	for digits, want := range map[string]string{"02z1": "'z' is no hexadecimal digit", "020": "the last byte has one hexadecimal digit, and needs two"} {
		if fault, _ := answers(t, "", "decode", "adv", digits)[0]["error"].(map[string]any); fault["code"] != "not_hex" || fault["message"] != want {
			t.Errorf("%s: %v, want %s", digits, fault, want)
		}
	}
}
