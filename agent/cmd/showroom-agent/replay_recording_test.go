package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"showroom/config"
)

func TestARecordingIsReplayed(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	shop := file("shop.yaml", string(config.Example()))
	older := file("older", `{"begin":"2026-11-22T05:00:00Z","version":1}
{"us":0,"status":{"device":"fr1","state":"up"}}
`)
	var reads strings.Builder
	reads.WriteString(`{"begin":"2026-11-22T05:00:00Z","version":1}` + "\n")
	for us := range 40 {
		reads.WriteString(`{"us":` + string(rune('1'+us/10)) + string(rune('0'+us%10)) + `00000,"tag":{"reader":"fr1","antenna":1,"epc":"3034257BF7194E4000001A85","rssi_dbm":-40}}` + "\n")
	}
	newer := file("newer", reads.String())
	run := func(args ...string) (string, error) {
		cmd := replayRecordingCommand()
		var out bytes.Buffer
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		cmd.SetArgs(args)
		err := cmd.Execute()
		return out.String(), err
	}
	out, err := run("--config", shop, older, newer)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no line of JSON: %s", line)
		}
	}
	for _, part := range []string{`"kind":"device","device":"fr1","state":"up"`, `"kind":"arrived","epc":"3034257BF7194E4000001A85","to":"room/1"`, `"tag_reads":40`, `"bad_lines":0`} {
		if !strings.Contains(out, part) {
			t.Errorf("without %s:\n%s", part, out)
		}
	}
	for want, args := range map[string][]string{
		"open recording":     {"--config", shop, older, filepath.Join(dir, "none")},
		"read configuration": {"--config", filepath.Join(dir, "none"), older},
		"requires at least":  {"--config", shop},
	} {
		if _, err := run(args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", args, err, want)
		}
	}
}
