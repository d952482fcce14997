package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestSimulateZonesCountsStillTags(t *testing.T) {
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		cmd := root()
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		cmd.SetArgs(append([]string{"simulate", "zones"}, args...))
		err := cmd.Execute()
		return out.String(), err
	}
	out, err := run("--zones", danisFolder+"zones.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tags, lines := 0, 0
	for line := range strings.Lines(out) {
		var l stillLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Border != lines || l.Calm+l.Once+l.Restless != l.Tags || l.Switches < l.Once+2*l.Restless {
			t.Errorf("%+v does not add up", l)
		}
		tags, lines = tags+l.Tags, lines+1
	}
	if lines != 5 || tags != 81 {
		t.Errorf("%d tags in %d lines, want 81 in 5", tags, lines)
	}
	if table, err := run("--zones", danisFolder+"zones.yaml", "--table"); err != nil || strings.Count(table, "\n") != 6 {
		t.Errorf("%v, table\n%s", err, table)
	}
	for says, plan := range map[string]string{
		"no polygon":   "zones: [{id: front, gateways: [g]}]\n",
		"has no place": "zones: [{id: front, gateways: [g], polygon: [[0, 0], [9, 0], [9, 9]]}]\n",
	} {
		if _, err := run("--zones", write(t, "zones.yaml", plan)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want something about %q", err, says)
		}
	}
}
