package pan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/agent/pan"
)

func TestMask(t *testing.T) {
	for name, c := range map[string][2]string{
		"nothing":             {"", ""},
		"one piece":           {"card 4111111111111111 refused", "card ************1111 refused"},
		"groups":              {"4111 1111 1111 1111", "**** **** **** 1111"},
		"dashes":              {"3782-822463-10005", "****-******-*0005"},
		"track 2":             {";4111111111111111=27121010000012300000?", ";************1111=27121010000012300000?"},
		"track 2 in hex":      {"4111111111111111D2712", "************1111D2712"},
		"expiry behind":       {"5555 5555 5555 4444 12 27", "**** **** **** 4444 12 27"},
		"number before":       {"12 5555555555554444", "12 ************4444"},
		"two":                 {"4111111111111111 378282246310005", "************1111 ***********0005"},
		"troy":                {"9792 0300 0000 0000", "**** **** **** 0000"},
		"no issuer":           {"1111111111111117", "1111111111111117"},
		"no check":            {"4111111111111112", "4111111111111112"},
		"too long":            {"41111111111111111111111111", "41111111111111111111111111"},
		"nanoseconds":         {"at 1763805300000000000", "at 1763805300000000000"},
		"a time":              {"2026-11-22 09:55:11", "2026-11-22 09:55:11"},
		"an EPC":              {"epc 30300000000007F0000000AB", "epc 30300000000007F0000000AB"},
		"inside an EPC":       {"3034A4111111111111111ABC", "3034A4111111111111111ABC"},
		"track 2 as long":     {"30569309025904D271210100", "**********5904D271210100"},
		"named gtin":          {`{"gtin":"4006381333931"}`, `{"gtin":"4006381333931"}`},
		"UUID in a sentence":  {"ETTN:41111111-1111-4172-b123-0123456789ab.", "ETTN:41111111-1111-4172-b123-0123456789ab."},
		"UUID in capitals":    {"41111111-1111-4172-B123-0123456789AB", "41111111-1111-4172-B123-0123456789AB"},
		"UUID too short":      {"41111111-1111-4172-b123-0123456789a", "********-****-4172-b123-0123456789a"},
		"no variant of UUIDs": {"41111111-1111-4172-c123-0123456789ab", "********-****-4172-c123-0123456789ab"},
		"behind a UUID":       {"41111111-1111-4172-b123-0123456789ab 4111111111111111", "41111111-1111-4172-b123-0123456789ab ************1111"},
		"two blanks separate": {"4111 1111  1111 1111", "4111 1111  1111 1111"},
	} {
		if got := pan.Mask(c[0]); got != c[1] {
			t.Errorf("%s: %q became %q, want %q", name, c[0], got, c[1])
		}
	}
}

// cardNumbers draws what an issuer could have issued.
func cardNumbers() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		form := rapid.SampledFrom([]string{"4/13", "4/16", "4/19", "51/16", "2720/16", "37/15", "36/14", "3530/16", "62/19", "6011/16", "67/13", "67/18", "9792/16", "2200/16"}).Draw(t, "issuer")
		prefix, length, _ := strings.Cut(form, "/")
		n := 0
		fmt.Sscan(length, &n)
		digits := prefix + rapid.StringMatching(fmt.Sprintf("[0-9]{%d}", n-1-len(prefix))).Draw(t, "digits")
		for check := '0'; check <= '9'; check++ {
			if pan.Card(digits + string(check)) {
				return digits + string(check)
			}
		}
		t.Fatalf("%s has no check digit", digits)
		return ""
	})
}

func TestNoCardNumberPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		card := cardNumbers().Draw(t, "card")
		separator := rapid.SampledFrom([]string{"", " ", "-"}).Draw(t, "separator")
		var written strings.Builder
		for i, c := range card {
			if i > 0 && i%4 == 0 {
				written.WriteString(separator)
			}
			written.WriteRune(c)
		}
		words := rapid.StringMatching(`[a-zğşıç :/\n]{0,12}`)
		before, after := words.Draw(t, "before"), words.Draw(t, "after")
		got := pan.Mask(before + written.String() + after)
		if strings.Contains(got, written.String()) || strings.Count(got, "*") != len(card)-4 {
			t.Fatalf("%q became %q", before+written.String()+after, got)
		}
	})
}

// What the shop says about its garments is typed, or says what it is, and is never damaged.
func TestNoGTINAndNoSSCCIsDamaged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{12, 13, 17}).Draw(t, "digits before the check digit")
		body := rapid.StringMatching(fmt.Sprintf("[0-9]{%d}", n)).Draw(t, "body")
		check, err := gs1.CheckDigit(body)
		if err != nil {
			t.Fatal(err)
		}
		key := body + string(check)
		forms := []string{"gtin " + key, `"gtin":"` + key + `"`, "sscc=" + key, "(01)" + key, "(00)" + key, "https://id.example/01/" + key}
		for _, said := range forms {
			if got := pan.Mask(said); got != said {
				t.Fatalf("%q became %q", said, got)
			}
		}
		var out bytes.Buffer
		log := slog.New(pan.Handler(slog.NewTextHandler(&out, nil)))
		log.Info("Item", "item", gs1.GTIN(key))
		if !strings.Contains(out.String(), key) {
			t.Fatalf("the log lost a typed GTIN: %s", out.String())
		}
	})
}

func TestTheLogTellsNoCard(t *testing.T) {
	const card, grouped = "4111111111111111", "4111 1111 1111 1111"
	var out bytes.Buffer
	log := slog.New(pan.Handler(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.With("of", card).WithGroup("device").Warn("Device said "+grouped,
		"text", card, "err", fmt.Errorf("wrapped: %w", errors.New("refused "+grouped)), "lines", []string{"a", grouped},
		"raw", []byte(card), slog.Group("inner", "deep", card), "sound", 4111, "nothing", nil)
	if strings.Contains(out.String(), card) || strings.Contains(out.String(), grouped) {
		t.Errorf("told: %s", out.String())
	}
	var told map[string]any
	if err := json.Unmarshal(out.Bytes(), &told); err != nil {
		t.Fatal(err)
	}
	device, _ := told["device"].(map[string]any)
	if device["err"] != "wrapped: refused **** **** **** 1111" || device["sound"] != 4111.0 {
		t.Errorf("told: %s", out.String())
	}
}

func FuzzMask(f *testing.F) {
	f.Add("4111 1111-1111 1111 gtin 4006381333931 \xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := pan.Mask(s)
		if len(got) != len(s) || (got != s) != pan.Found(s) {
			t.Errorf("%q became %q", s, got)
		}
	})
}
