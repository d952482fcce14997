package checkout_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
)

func TestATalkativeDeviceIsWrittenDownShorter(t *testing.T) {
	const letter = "\x00" // six bytes of JSON
	for name, talk := range map[string]func(*showroom.Result){
		"slips": func(r *showroom.Result) {
			line := strings.Repeat(letter, 64)
			r.Slip, r.MerchantSlip = slices.Repeat([]string{line}, 120), slices.Repeat([]string{line}, 120)
		},
		"names": func(r *showroom.Result) {
			word := strings.Repeat(letter, 10_000)
			r.Code, r.Card.Name, r.Reference.Auth, r.Reference.TerminalID = word, word, word, word
			r.Fiscal = &showroom.Fiscal{Device: word, ETTN: word, Invoice: word}
		},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				s.scans("sco1", shirt)
				s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
					r := s.term.charge(p)
					talk(&r)
					return r
				})
				s.wants(s.pays("sco1"), checkout.StageReceipt, "")
				got := s.settlement(s.sales()[0].Settlement)
				if name == "slips" && (len(got.Result.Slip) < 20 || len(got.Result.MerchantSlip) < 20) {
					t.Errorf("%d and %d lines are kept", len(got.Result.Slip), len(got.Result.MerchantSlip))
				}
			})
		})
	}
}
