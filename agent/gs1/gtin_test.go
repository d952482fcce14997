package gs1_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/gs1"
)

func TestParseGTIN(t *testing.T) {
	for _, tc := range []struct{ name, in, want, short string }{
		{"GTIN-8", "96385074", "00000096385074", "96385074"},
		{"UPC-A", "614141007349", "00614141007349", "614141007349"},
		{"EAN-13", "8719139005740", "08719139005740", "8719139005740"},
		{"GTIN-14", "80614141123458", "80614141123458", "80614141123458"},
		{"padded EAN-13", "08719139005740", "08719139005740", "8719139005740"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := gs1.ParseGTIN(tc.in)
			if err != nil || string(got) != tc.want || got.Short() != tc.short {
				t.Errorf("got %q, short %q, %v; want %q, %q", got, got.Short(), err, tc.want, tc.short)
			}
		})
	}
}

func TestParseGTINRefuses(t *testing.T) {
	for _, tc := range []struct{ name, in, says string }{
		{"empty", "", "0 characters"},
		{"GTIN-11", "61414100734", "11 characters"},
		{"15 digits", "806141411234580", "15 characters"},
		{"wrong check digit", "8719139005741", `want '0'`},
		{"letter", "871913900574O", "check digit"},
		{"letter inside", "87191390O5740", "character 9"},
		{"blank", " 719139005740", "character 1"},
		{"arabic digits", "٨٧١٩١٣", "not a digit"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := gs1.ParseGTIN(tc.in)
			if got != "" || !errors.Is(err, gs1.ErrGTIN) {
				t.Fatalf("got %q, %v; want ErrGTIN", got, err)
			}
			if !strings.Contains(err.Error(), tc.says) {
				t.Errorf("error %q does not say %q", err, tc.says)
			}
		})
	}
}

func TestCheckDigit(t *testing.T) {
	for body, want := range map[string]byte{
		"8061414112345":     '8',
		"871913900574":      '0',
		"9638507":           '4',
		"10614141234567890": '8', // an SSCC
		"0":                 '0',
	} {
		if got, err := gs1.CheckDigit(body); err != nil || got != want {
			t.Errorf("CheckDigit(%s) = %q, %v; want %q", body, got, err, want)
		}
	}
	for _, bad := range []string{"", "12a", "-1"} {
		if got, err := gs1.CheckDigit(bad); err == nil {
			t.Errorf("CheckDigit(%q) = %q, want an error", bad, got)
		}
	}
}

// Every single wrong digit must be seen: that is what the check digit is for.
func TestParseGTINSeesEveryWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{7}|[0-9]{11,13}`).Draw(t, "body")
		check, err := gs1.CheckDigit(body)
		if err != nil {
			t.Fatal(err)
		}
		digits := []byte(body + string(rune(check)))
		g, err := gs1.ParseGTIN(string(digits))
		if err != nil || !strings.HasSuffix(string(g), string(digits)) || len(g) != 14 {
			t.Fatalf("ParseGTIN(%s) = %q, %v", digits, g, err)
		}
		if again, err := gs1.ParseGTIN(g.Short()); err != nil || again != g {
			t.Fatalf("short form %s of %s gives %q, %v", g.Short(), g, again, err)
		}
		i := rapid.IntRange(0, len(digits)-1).Draw(t, "i")
		digits[i] = '0' + (digits[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if g, err := gs1.ParseGTIN(string(digits)); err == nil {
			t.Fatalf("accepted %s as %s", digits, g)
		}
	})
}
