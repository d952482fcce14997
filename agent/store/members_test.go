package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/store"
)

func TestABlockKeepsItsMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[int]bool{}
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, store.BlockSize-1), 0, 40).Draw(t, "numbers") {
			want[n] = true
		}
		// Runs make it dense: what is many is kept in another way than what is few.
		if run := rapid.IntRange(0, store.BlockSize).Draw(t, "run"); rapid.Bool().Draw(t, "dense") {
			for n := range run {
				want[n] = true
			}
		}
		packed := store.Packed(want)
		if diff := cmp.Diff(want, store.Unpacked(packed)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if most := min(2*len(want), store.BlockSize/8); len(packed) > most {
			t.Fatalf("%d members in %d bytes, want at most %d", len(want), len(packed), most)
		}
	})
}
