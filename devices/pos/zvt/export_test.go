package zvt

import (
	"context"

	"showroom/agent/showroom"
)

// Converse plays one command over a line as a session does, and says what a settlement would come to.
func Converse(ctx context.Context, l *Line, command APDU, s showroom.Settlement) (showroom.Result, error) {
	v := &session{line: l, timers: l.timers, charset: CP437}
	r, err := v.converse(ctx, command, talk{})
	if err != nil {
		return showroom.Result{}, err
	}
	return r.result(v.charset, s, s.Started.Wall), nil
}

// Lines are the lines of receipts in messages, as Results hold them.
func Lines(all []APDU, c Charset) (customer, merchant, admin []string) {
	var s slips
	for _, a := range all {
		if a.Code == CodePrintLine || a.Code == CodePrintBlock {
			s.take(Decode(a), c)
		}
	}
	return s.customer, s.merchant, s.admin
}

// KindOf is which way money went by the lines of receipts in messages.
func KindOf(all []APDU) showroom.SettlementKind {
	var r report
	for _, a := range all {
		r.slips.take(Decode(a), CP437)
	}
	return r.kind()
}
