package checkout

import (
	"encoding/json"

	"showroom/agent/showroom"
)

// How much is kept of what a device tells. More is no slip and no name, and would not fit into the journal, which takes a row of 64 KiB
// with two slips in it, or one with the lines of a sale.
const (
	mostSlip      = 120      // lines
	mostSlipBytes = 16 << 10 // of their JSON, in which a letter can have six
	mostWord      = 64       // letters of a line, and of any other text
)

// shortened is what is kept of an answer.
func shortened(r showroom.Result) showroom.Result {
	r.Slip, r.MerchantSlip = shortenedSlip(r.Slip), shortenedSlip(r.MerchantSlip)
	texts := []*string{&r.Code, &r.Card.Name, &r.Card.Last4, &r.Reference.Receipt, &r.Reference.Trace, &r.Reference.Auth, &r.Reference.TerminalID}
	if r.Fiscal != nil {
		f := *r.Fiscal
		r.Fiscal = &f
		texts = append(texts, &f.Device, &f.ETTN, &f.Invoice)
	}
	for _, t := range texts {
		*t = word(*t)
	}
	return r
}

func shortenedSlip(lines []string) []string {
	var kept []string
	bytes := 0
	for _, l := range lines[:min(len(lines), mostSlip)] {
		l = word(l)
		if bytes += encoded(l); bytes > mostSlipBytes {
			break
		}
		kept = append(kept, l)
	}
	return kept
}

// word is as much of a text as is kept.
func word(text string) string {
	if r := []rune(text); len(r) > mostWord {
		return string(r[:mostWord])
	}
	return text
}

// encoded is how many bytes a text has as JSON, with the comma behind it.
func encoded(text string) int {
	body, err := json.Marshal(text)
	if err != nil { // texts can always be written
		return mostSlipBytes
	}
	return len(body) + 1
}
