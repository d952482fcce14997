package main

import (
	"bytes"
	"strings"
	"testing"

	"showroom/devices/sim"
	"showroom/devices/sim/terminals"
)

// TestHelp: what can be told is all in the help.
func TestHelp(t *testing.T) {
	var out bytes.Buffer
	cmd := root()
	cmd.SetOut(&out)
	cmd.SetArgs([]string{"--help"})
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	help := out.String()
	for _, word := range append(append(sim.Verbs(), terminals.Words(sim.OKC)...), terminals.Words(sim.ZVT)...) {
		if !strings.Contains(help, word) {
			t.Errorf("the help does not tell of %q:\n%s", word, help)
		}
	}
	for _, word := range []string{"gather", "restock", "new_paper"} {
		if !strings.Contains(help, word) {
			t.Errorf("the help does not tell of %q", word)
		}
	}
}

// TestVerbs: each verb is read, whatever it lacks.
func TestVerbs(t *testing.T) {
	for _, verb := range sim.Verbs() {
		if _, err := sim.ParseAction(verb); err != nil && strings.Contains(err.Error(), "is nothing to do") {
			t.Error(err)
		}
	}
}
