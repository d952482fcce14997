package pos_test

import (
	"testing"

	"showroom/devices/pos"
)

func TestCoverText(t *testing.T) {
	for text, want := range map[string]string{
		"Karte 4111111111111111":            "Karte ************1111",
		"Nr: 4111 1111 1111 1111 ok":        "Nr: **** **** **** 1111 ok",
		"5555-5555-5555-4444":               "****-****-****-4444",
		"3782 822463 10005":                 "**** ****** *0005",
		"9792030000000000":                  "************0000",
		"VU-Nr: 100461763":                  "VU-Nr: 100461763",
		"4111111111111112":                  "4111111111111112",
		"02.11.2021 08:35:32 0000104400052": "02.11.2021 08:35:32 0000104400052",
		"":                                  "",
	} {
		p := []byte(text)
		pos.CoverText(p)
		if string(p) != want {
			t.Errorf("%q became %q, want %q", text, p, want)
		}
	}
}
