package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestWhatIsWrongWithACommandLine is told in words that say what to do.
func TestWhatIsWrongWithACommandLine(t *testing.T) {
	for line, want := range map[string]string{
		"decode scan codes.txt": `showroom-agent decode scan takes no "codes.txt"; see showroom-agent decode scan --help`,
		"decode gateway":        `showroom-agent decode gateway needs --format and --topic; see showroom-agent decode gateway --help`,
		"decode epc":            `write showroom-agent decode epc HEX...; see showroom-agent decode epc --help`,
		"decode epc --hex 30":   `there is no flag --hex; see showroom-agent decode epc --help`,
		"decode serial --protocol r200 --hex --capture": `showroom-agent decode serial takes only one of --capture and --hex; see showroom-agent decode serial --help`,
		"decode tags":                            `showroom-agent decode has no "tags"; see showroom-agent decode --help`,
		"check shop.yaml":                        `showroom-agent check takes no "shop.yaml"; a file is named with --config`,
		"capture start":                          `write showroom-agent capture start DEVICE --reason WHY; see showroom-agent capture start --help`,
		"capture start r1 --reason x --for soon": `--for "soon" is not a length of time like 90s or 10m; see showroom-agent capture start --help`,
		"simulate fitting --seed -1":             `--seed "-1" is not a whole number from 0 on; see showroom-agent simulate fitting --help`,
	} {
		cmd := root()
		cmd.SetArgs(strings.Fields(line))
		cmd.SetIn(strings.NewReader(""))
		cmd.SetOut(new(bytes.Buffer))
		if err := cmd.Execute(); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
