package template_test

import (
	"strings"
	"testing"

	"showroom/devices/rfid/template"
)

func TestParse(t *testing.T) {
	parsed, err := template.Parse([]byte(`{"form": "json", "epc": "tags[].epc"}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	parsed.Each("", []byte(`{"tags":[{"epc":"3034257BF7194E4000001A85"}]}`), func(r template.Read) { got = append(got, r.EPC.String()) })
	if len(got) != 1 || got[0] != "3034257BF7194E4000001A85" {
		t.Errorf("read %v", got)
	}
	for text, want := range map[string]string{
		``:                          "read mapping",
		`[]`:                        "read mapping",
		`{"epc": "a", "rsi": "b"}`:  `unknown field "rsi"`,
		`{"epc": "a"} {"epc": "b"}`: "more follows",
		`{"epc": "a..b"}`:           "a..b",
		`{"form": "xml"}`:           "xml",
	} {
		if _, err := template.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
