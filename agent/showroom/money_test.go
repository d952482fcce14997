package showroom_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	. "showroom/agent/showroom"
)

func TestDigits(t *testing.T) {
	for c, want := range map[Currency]int{"TRY": 2, "EUR": 2, "JPY": 0, "KWD": 3, "XXX": 2} {
		if got := c.Digits(); got != want {
			t.Errorf("%s has %d digits, want %d", c, got, want)
		}
	}
}

// The gross amounts that shops get wrong, and what the tax inside is by hand.
func TestVATInside(t *testing.T) {
	for _, c := range []struct {
		gross int64
		rate  int
		want  int64
	}{
		{12000, 2000, 2000}, {3333, 2000, 556}, {9999, 2000, 1667}, {100, 1000, 9}, {101, 100, 1}, {1, 2000, 0}, {3, 2000, 1},
		{-3333, 2000, -556}, {0, 2000, 0}, {999, 0, 0}, {999, -5, 0}, {11, 1000, 1}, {1 << 62, 2000, 768614336404564651},
	} {
		if got := (Money{Minor: c.gross, Currency: "TRY"}).VATInside(c.rate); got != (Money{Minor: c.want, Currency: "TRY"}) {
			t.Errorf("in %d at %d there is %v, want %d", c.gross, c.rate, got, c.want)
		}
	}
}

func TestVATInsideIsHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gross, rate := rapid.Int64Range(0, 1<<62).Draw(t, "gross"), rapid.IntRange(1, 10_000).Draw(t, "rate")
		// floor(gross*rate/(10000+rate) + 1/2), reckoned without limits
		twice := new(big.Int).Mul(big.NewInt(2*int64(rate)), big.NewInt(gross))
		whole := big.NewInt(int64(10_000 + rate))
		want := new(big.Int).Div(twice.Add(twice, whole), new(big.Int).Mul(whole, big.NewInt(2)))
		if got := (Money{Minor: gross}).VATInside(rate).Minor; got != want.Int64() {
			t.Fatalf("in %d at %d there is %d, want %d", gross, rate, got, want)
		}
	})
}

func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOf(rapid.Int64Range(0, 1<<40)).Draw(t, "weights")
		var whole int64
		for _, w := range weights {
			whole += w
		}
		amount := rapid.Int64Range(0, whole).Draw(t, "amount")
		parts := Spread(amount, weights)
		var sum int64
		for i, p := range parts {
			sum += p
			if p < 0 || p > weights[i] {
				t.Fatalf("part %d is %d of a weight of %d", i, p, weights[i])
			}
			exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(amount), big.NewInt(weights[i])), big.NewInt(max(whole, 1)))
			if off := new(big.Rat).Sub(exact, big.NewRat(p, 1)); off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d is %d, %v from its share", i, p, off)
			}
		}
		if sum != amount {
			t.Fatalf("the parts come to %d, want %d", sum, amount)
		}
	})
	if got := Spread(100, []int64{1, 1, 1}); got[0] != 34 || got[1] != 33 || got[2] != 33 {
		t.Errorf("what is left over goes to the first: %v", got)
	}
	if got := Spread(5, []int64{0, 0}); got[0] != 0 || got[1] != 0 {
		t.Errorf("no weight, no part: %v", got)
	}
}

func TestMoneyKeepsItsBounds(t *testing.T) {
	most := Money{Minor: 1<<63 - 1, Currency: "TRY"}
	if _, err := most.Add(Money{Minor: 1, Currency: "TRY"}); err == nil {
		t.Error("a sum that does not fit was added up")
	}
	if _, err := (Money{Minor: -2, Currency: "TRY"}).Sub(most); err == nil {
		t.Error("a difference that does not fit was taken")
	}
	if _, err := most.Sub(Money{Minor: -1 << 63, Currency: "TRY"}); err == nil {
		t.Error("a difference that does not fit was taken")
	}
	if _, err := most.Times(2); err == nil {
		t.Error("a product that does not fit was taken")
	}
	if got, err := (Money{Minor: -7, Currency: "TRY"}).Times(3); err != nil || got.Minor != -21 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := most.Sub(Money{Minor: 1, Currency: "EUR"}); err == nil {
		t.Error("two currencies were mixed")
	}
	if got := (Money{Minor: 999, Currency: "TRY"}).Percent(1500); got.Minor != 150 {
		t.Errorf("15 %% of 9.99 is %d", got.Minor)
	}
	if got := (Money{Minor: 999, Currency: "TRY"}).Percent(20_000); got.Minor != 999 {
		t.Errorf("no more than all of it: %d", got.Minor)
	}
}
