package zvt_test

import (
	"bytes"
	"testing"

	"showroom/agent/showroom"
	"showroom/devices/pos/zvt"
)

// What is offered as a currency has a number of its own in what a terminal is sent.
func TestEachCurrencyHasANumber(t *testing.T) {
	seen := map[string]showroom.Currency{}
	for _, c := range zvt.Currencies() {
		data := zvt.Authorization(showroom.Money{Minor: 1, Currency: c}).Data
		_, number, found := bytes.Cut(data, []byte{0x49})
		if !found || len(number) < 2 || number[0] == 0 && number[1] == 0 {
			t.Fatalf("%s: % x", c, data)
		}
		if other, taken := seen[string(number[:2])]; taken {
			t.Errorf("%s has the number of %s", c, other)
		}
		seen[string(number[:2])] = c
	}
}
