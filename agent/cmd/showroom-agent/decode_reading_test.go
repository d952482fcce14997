package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const codecs = "../../../devices/rfid/"

// decode runs a decode command and answers what it prints.
func decode(t *testing.T, stdin string, args ...string) (out, complaint string, err error) {
	t.Helper()
	cmd := root()
	var stdout, stderr bytes.Buffer
	cmd.SetArgs(append([]string{"decode"}, args...))
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&stdout)
	cmd.SetErr(&stderr)
	err = cmd.Execute()
	return stdout.String(), stderr.String(), err
}

// lines is JSON, one object a line.
func lines(t *testing.T, out string) []map[string]any {
	t.Helper()
	all := []map[string]any{}
	for line := range strings.Lines(out) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, one)
	}
	return all
}

func TestDecodeEveryPublishedReading(t *testing.T) {
	n := 0
	for _, codec := range []string{"zebra", "impinj", "template"} {
		raw, err := os.ReadFile(codecs + codec + "/testdata/mqtt_payloads.json")
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Payloads []struct {
				ID, Format, Topic, Payload, Note string
				Expect                           []map[string]any
			}
		}
		if err := json.Unmarshal(raw, &file); err != nil {
			t.Fatal(err)
		}
		for _, m := range file.Payloads {
			format := m.Format
			if format == "keonn_template" {
				format = "template:" + codecs + "template/testdata/keonn.json"
			}
			out, complaint, err := decode(t, m.Payload, "reading", "--format", format, "--topic", m.Topic)
			if err != nil {
				t.Errorf("%s: %v", m.ID, err)
			}
			if diff := cmp.Diff(m.Expect, lines(t, out)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", m.ID, diff)
			}
			if want := strings.Contains(m.Note, "garbage"); (complaint != "") != want {
				t.Errorf("%s: %s: complains %q", m.ID, m.Note, complaint)
			}
			n++
		}
	}
	if n != 9 {
		t.Errorf("%d messages, want 9", n)
	}
}

func TestDecodeReadingOfAHandheld(t *testing.T) {
	const payload = `{"type":"x","timestamp":"2026-09-11T10:00:00Z","data":{"tagData":[{"EPC":"3034257BF7194E4000001A85","peakRssi":-52,"seenCount":14,"eventNum":1},{"EPC":"E2003411B802011383257C3D"}]}}`
	out, _, err := decode(t, payload, "reading", "--format", "zebra_rfd40", "--topic", "shop/DATA/clients/data1event/21047520100345")
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"reader": "21047520100345", "epc": "3034257BF7194E4000001A85", "antenna": 1.0, "rssi_dbm": -52.0, "reads": 14.0, "time": "2026-09-11T10:00:00Z"},
		{"reader": "21047520100345", "epc": "E2003411B802011383257C3D", "antenna": 1.0, "rssi_dbm": nil, "reads": 1.0, "time": "2026-09-11T10:00:00Z"},
	}
	if diff := cmp.Diff(want, lines(t, out)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeEveryRecordedLLRPMessage(t *testing.T) {
	files, err := filepath.Glob(codecs + "llrp/testdata/*.bytes")
	if err != nil || len(files) != 9 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(strings.TrimSuffix(f, ".bytes") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(filepath.Base(f), "-")
		out, _, err := decode(t, string(body), "llrp", "--type", name)
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		if diff := cmp.Diff([]map[string]any{want}, lines(t, out)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f, diff)
		}
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"epc":"a..b","rssi_unit":"watt"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	unknown := filepath.Join(t.TempDir(), "unknown.json")
	if err := os.WriteFile(unknown, []byte(`{"tag":"a"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]struct {
		stdin string
		args  []string
	}{
		`--format "keonn" is not known; write one of zebra_iotc`:  {"", []string{"reading", "--format", "keonn"}},
		`epc: "a..b" is not a path`:                               {"", []string{"reading", "--format", "template:" + bad}},
		`rssi_unit: "watt" is not known`:                          {"", []string{"reading", "--format", "template:" + bad}},
		`unknown field "tag"`:                                     {"", []string{"reading", "--format", "template:" + unknown}},
		`no such file`:                                            {"", []string{"reading", "--format", "template:" + bad + "x"}},
		`showroom-agent decode reading needs --format`:            {"", []string{"reading"}},
		`write it like template:gateway.json`:                     {"", []string{"reading", "--format", "template:"}},
		`header of a message: leave out its 10 bytes`:             {"\x04\x3D\x00\x00\x00\x0B\x00\x00\x00\x01\x00", []string{"llrp", "--type", "ROAccessReport"}},
		`--type: "Hello" is no message known here`:                {"", []string{"llrp", "--type", "Hello"}},
		`parameter 240 says that it is 31 bytes long, 4 are left`: {"\x00\xF0\x00\x1F", []string{"llrp", "--type", "RO_ACCESS_REPORT"}},
		`longer than the 262144 bytes`:                            {strings.Repeat("x", 300000), []string{"llrp", "--type", "ROAccessReport"}},
		`StartROSpec is not a message of a reader`:                {"", []string{"llrp", "--type", "StartROSpec"}},
	} {
		out, _, err := decode(t, c.stdin, c.args...)
		if err == nil || !strings.Contains(err.Error(), want) || out != "" {
			t.Errorf("%q answers %q and %v, want %q", c.args, out, err, want)
		}
	}
}
