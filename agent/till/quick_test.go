package till

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// whole is an event that says everything.
func whole() Event {
	return Event{
		ID: "0193517e-7c3e-7000-8000-000000000001", Type: SaleCompleted, Seq: 7, BusinessDay: "2026-11-22",
		OccurredAt: time.Date(2026, 11, 22, 14, 5, 0, 123_000_000, time.UTC), Ticket: "000123", Basket: "b1", Currency: "TRY",
		Lines: []EventLine{
			{Line: 1, GTIN: "08690000000012", SKU: "P-1", Name: "Gömlek", Quantity: 1, Unit: "C62", UnitPrice: 100, Discount: 1, VATRate: 1000, VAT: 9},
			{Line: 2, SKU: "P-2", Quantity: 2, UnitPrice: 5},
		},
		Tenders: []EventTender{{Kind: "cash", Amount: 60, Ref: "r"}, {Kind: "card", Amount: 49}},
		Totals:  &EventTotals{Gross: 110, Discount: 1, Due: 109, VAT: 9}, Customer: "c", Reason: "why", Fiscal: &EventFiscal{Device: "d", Z: 1, Receipt: 2, ETTN: "e"},
	}
}

// What both ways of reading understand they understand alike; and the quick one understands what tills write.
func TestBothWaysOfReadingAgree(t *testing.T) {
	text := rapid.StringMatching(`[a-zA-Z0-9 çğıİöşü<>&/\\"*-]{0,12}`)
	rapid.Check(t, func(r *rapid.T) {
		e := whole()
		e.Ticket, e.Customer, e.Reason, e.Lines[0].Name = text.Draw(r, "ticket"), text.Draw(r, "customer"), text.Draw(r, "reason"), text.Draw(r, "name")
		e.Seq, e.Lines[0].UnitPrice = rapid.Int64().Draw(r, "seq"), rapid.Int64Range(-5, 1<<40).Draw(r, "price")
		e.Basket = showroom.BasketID(text.Draw(r, "basket"))
		if rapid.Bool().Draw(r, "no lines") {
			e.Lines, e.Totals, e.Fiscal = nil, nil, nil
		}
		payload, err := json.Marshal(e)
		if err != nil {
			r.Fatal(err)
		}
		agree(r, payload)
	})
	payload, err := json.Marshal(whole())
	if err != nil {
		t.Fatal(err)
	}
	var got Event
	if ok := readQuickly(payload, &got); !ok || cmp.Diff(whole(), got) != "" {
		t.Errorf("not read quickly: %v\n%s", ok, cmp.Diff(whole(), got))
	}
	indented := strings.ReplaceAll(string(payload), ",", " ,\n\t")
	if !readQuickly([]byte(indented), new(Event)) {
		t.Error("blanks are not read quickly")
	}
	for i := range payload { // cut off, and with every byte damaged
		agree(t, payload[:i])
		for _, other := range []byte{'"', '0', '-', ',', '}', 0, 0xff, ' '} {
			damaged := append([]byte{}, payload...)
			damaged[i] = other
			agree(t, damaged)
		}
	}
}

func agree(t interface{ Fatalf(string, ...any) }, payload []byte) {
	var quickly Event
	if !readQuickly(payload, &quickly) {
		return
	}
	var thoroughly Event
	if err := decodeStrictly(payload, &thoroughly); err != nil {
		t.Fatalf("read quickly only: %s: %v", payload, err)
	}
	if diff := cmp.Diff(thoroughly, quickly, cmp.Comparer(func(a, b gs1.GTIN) bool { return a == b })); diff != "" {
		t.Fatalf("%s\n%s", payload, diff)
	}
}

func FuzzBothWaysOfReading(f *testing.F) {
	payload, err := json.Marshal(whole())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(payload)
	f.Add([]byte(`{"event_id":"a","type":"b","seq":-0,"business_day":"","occurred_at":"2026-11-22T14:05:00+03:00","lines":[],"tenders":[ ]}`))
	f.Fuzz(func(t *testing.T, payload []byte) { agree(t, payload) })
}

func TestIDsInTheUsualWriting(t *testing.T) {
	for s, want := range map[string]bool{
		"0193517e-7c3e-7000-8000-000000000001": true, "0193517E-7C3E-7000-8000-00000000000F": true,
		"0193517e-7c3e-7000-8000-00000000000": false, "0193517e-7c3e-7000-8000-00000000000g": false, "0193517e07c3e-7000-8000-000000000001": false,
		"0193517e-7c3e-7000-8000-00000000000\x19": false, "": false, "{193517e-7c3e-7000-8000-000000000001}": false,
	} {
		if isUUID(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
