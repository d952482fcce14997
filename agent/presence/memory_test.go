package presence

import (
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/gs1"
)

// Two EPCs with the same hash do not happen by chance, so a bad hash stands in: the memory must behave as a map would.
func TestMemoryKeepsTagsOfOneHashApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMemory()
		m.hash = func(epc gs1.EPC) uint64 { return uint64(epc.Len() % 2) }
		model := make(map[gs1.EPC]int32)
		for _, n := range rapid.SliceOfN(rapid.IntRange(1, 12), 0, 60).Draw(t, "tags") {
			epc, err := gs1.EPCFromBytes(make([]byte, n))
			if err != nil {
				t.Fatal(err)
			}
			if i, here := model[epc]; here {
				m.drop(i)
				delete(model, epc)
			} else {
				model[epc] = m.remember(epc)
			}
			for n := 1; n <= 12; n++ {
				epc, _ := gs1.EPCFromBytes(make([]byte, n))
				want, here := model[epc]
				if !here {
					want = none
				}
				if got := m.lookUp(epc); got != want {
					t.Fatalf("lookUp of %d bytes = %d, want %d", n, got, want)
				}
			}
			if m.remembered != len(model) || m.candidates != len(model) {
				t.Fatalf("%d remembered and %d candidates, want %d", m.remembered, m.candidates, len(model))
			}
		}
		if len(model) == 0 && m.index.used != 0 {
			t.Fatalf("the index of nothing has %d entries", m.index.used)
		}
	})
}
