package receipt_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"showroom/agent/receipt"
)

func TestToken(t *testing.T) {
	key, other := receipt.DeriveKey("one"), receipt.DeriveKey("two")
	token, err := receipt.NewToken(key, bytes.NewReader([]byte("0123456789abcdef")))
	if err != nil {
		t.Fatal(err)
	}
	// The check as another HMAC reckons it: Python's hmac and hashlib.
	if want := "MDEyMzQ1Njc4OWFiY2RlZuBZU4Y"; token != want {
		t.Errorf("token is %s, want %s", token, want)
	}
	if len(token) != receipt.TokenLength || !receipt.IsToken(token) {
		t.Errorf("%q is no token", token)
	}
	if !receipt.CheckToken(key, token) || receipt.CheckToken(other, token) || receipt.CheckToken(nil, token) {
		t.Error("a token is its key's and no other's")
	}
	for i := range token {
		changed := []byte(token)
		changed[i] = 'A' + (changed[i]-'A'+1)%26
		if string(changed) != token && receipt.CheckToken(key, string(changed)) {
			t.Errorf("changed at %d it still passes: %s", i, changed)
		}
	}
	for _, bad := range []string{"", token[1:], token + "A", token[:26] + "=", strings.Repeat("+", 27), strings.Repeat("ğ", 13) + "a"} {
		if receipt.IsToken(bad) || receipt.CheckToken(key, bad) {
			t.Errorf("%q passes", bad)
		}
	}
}

func TestTokenNeedsKeyAndChance(t *testing.T) {
	if _, err := receipt.NewToken([]byte("short"), rand.Reader); !errors.Is(err, receipt.ErrKey) {
		t.Errorf("short key: %v", err)
	}
	if _, err := receipt.NewToken(receipt.DeriveKey("x"), strings.NewReader("too little")); err == nil {
		t.Error("a token of ten bytes")
	}
}
