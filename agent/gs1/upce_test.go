package gs1_test

import (
	"errors"
	"testing"

	"showroom/agent/gs1"
)

func TestParseUPCE(t *testing.T) {
	for in, body := range map[string]string{ // the UPC-A without its check digit
		"0425261": "04210000526",
		"0123453": "01230000045",
		"0123444": "01234000004",
		"0123459": "01234500009",
		"0123455": "01234500005",
		"1234562": "12320000456",
		"0654320": "06500000432",
		"0654321": "06510000432",
	} {
		want := "00" + checked(body)
		got, err := gs1.ParseUPCE(in + want[13:])
		if err != nil || string(got) != want {
			t.Errorf("%s gave %q, %v, want %s", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "0425261", "04252610", "24252614", "0425261x", "042526141"} {
		if got, err := gs1.ParseUPCE(bad); got != "" || !errors.Is(err, gs1.ErrGTIN) {
			t.Errorf("%q gave %q, %v", bad, got, err)
		}
	}
}
