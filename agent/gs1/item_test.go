package gs1_test

import (
	"encoding/json"
	"os"
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/gs1"
)

func TestTradeItemIsTheGTIN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{13}`).Draw(t, "body")
		check, err := gs1.CheckDigit(body)
		if err != nil {
			t.Fatal(err)
		}
		gtin := gs1.GTIN(body + string(check))
		tag, err := gs1.NewSGTIN96(gtin, rapid.IntRange(6, 12).Draw(t, "prefix"), 1, rapid.Uint64Range(0, gs1.MaxSerial96).Draw(t, "serial"))
		if err != nil {
			t.Fatal(err)
		}
		epc, err := tag.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := epc.TradeItem(); !ok || n != gtin.TradeItem() || epc.GTIN() != gtin {
			t.Fatalf("%s on %s: %d %v, want %d", gtin, epc, n, ok, gtin.TradeItem())
		}
	})
}

// TestTradeItemAgreesWithDecode: on every published vector both see a trade item, or neither does.
func TestTradeItemAgreesWithDecode(t *testing.T) {
	raw, err := os.ReadFile("testdata/epc_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var hexes []string
	collect(t, raw, &hexes)
	trade := 0
	for _, hex := range hexes {
		epc, err := gs1.ParseEPC(hex)
		if err != nil {
			continue
		}
		sgtin, err := gs1.Decode(epc)
		n, ok := epc.TradeItem()
		if err == nil {
			trade++
			if !ok || n != sgtin.GTIN().TradeItem() {
				t.Errorf("%s: %d %v, want %s", hex, n, ok, sgtin.GTIN())
			}
		}
		if allocated := testing.AllocsPerRun(10, func() { epc.TradeItem() }); allocated > 0 {
			t.Errorf("%s: %v allocations", hex, allocated)
		}
	}
	if trade < 10 {
		t.Errorf("%d trade items seen, want more", trade)
	}
}

// collect finds every string that stands under the key epc_hex.
func collect(t *testing.T, raw []byte, into *[]string) {
	t.Helper()
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if s, ok := v["epc_hex"].(string); ok {
				*into = append(*into, s)
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	var all any
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	walk(all)
}
