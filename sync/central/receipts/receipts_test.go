package receipts_test

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"showroom/agent/receipt"
	"showroom/sync/central/receipts"
)

// What the index has seen and the stream has no more is gone. Of what it has never seen it says only what it can know.
func TestWhatTheStreamHasNoMore(t *testing.T) {
	key := receipt.DeriveKey("token")
	stranger, err := receipt.NewToken(key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for first, want := range map[uint64]error{1: receipt.ErrNone, 5: receipt.ErrAbsent} {
		var tokens []string
		x, err := receipts.New(told{key: key, first: first, sales: 100, tell: func(token string) { tokens = append(tokens, token) }}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Find(t.Context(), stranger); !errors.Is(err, want) {
			t.Errorf("from %d: %v, want %v", first, err, want)
		}
		for _, token := range []string{"x", "", strings.Repeat("A", receipt.TokenLength+1)} {
			if _, err := x.Find(t.Context(), token); !errors.Is(err, receipt.ErrNone) {
				t.Errorf("%q: %v", token, err)
			}
		}
		for _, token := range tokens {
			if _, err := x.Find(t.Context(), token); !errors.Is(err, receipt.ErrGone) {
				t.Fatalf("%s: %v", token, err)
			}
		}
		if n, _, _ := x.Count(); n != 100 || len(tokens) != 100 {
			t.Errorf("%d sales of %d", n, len(tokens))
		}
	}
}
