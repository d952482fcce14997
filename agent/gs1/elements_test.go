package gs1_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
)

func TestParseElementString(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     gs1.Elements
	}{
		{"gtin alone", "0109506000134352", gs1.Elements{{"01", "09506000134352"}}},
		{"item with serial", "010950600013435221A1-7", gs1.Elements{{"01", "09506000134352"}, {"21", "A1-7"}}},
		{"lot, then date", "010950600013435210ABC\x1d17261231", gs1.Elements{{"01", "09506000134352"}, {"10", "ABC"}, {"17", "261231"}}},
		{"fnc1 in front", "\x1d0109506000134352", gs1.Elements{{"01", "09506000134352"}}},
		{"fnc1 behind", "10ABC\x1d", gs1.Elements{{"10", "ABC"}}},
		{"fnc1 where none is needed", "0109506000134352\x1d21X", gs1.Elements{{"01", "09506000134352"}, {"21", "X"}}},
		{"weight and price", "01095060001343523103001500392212345", gs1.Elements{{"01", "09506000134352"}, {"3103", "001500"}, {"3922", "12345"}}},
		{"price with currency", "39329781234", gs1.Elements{{"3932", "9781234"}}},
		{"content", "02095060001343523724", gs1.Elements{{"02", "09506000134352"}, {"37", "24"}}},
		{"shipment", "00106141412345678908", gs1.Elements{{"00", "106141412345678908"}}},
		{"locations", "41006141411234524140614141123452", gs1.Elements{{"410", "0614141123452"}, {"414", "0614141123452"}}},
		{"asset", "8003006141411234525678", gs1.Elements{{"8003", "006141411234525678"}}},
		{"assets", "80040614141A\x1d8018" + checked("06141411234567890"), gs1.Elements{{"8004", "0614141A"}, {"8018", checked("06141411234567890")}}},
		{"slip", "8020REF-1\x1d11260200", gs1.Elements{{"8020", "REF-1"}, {"11", "260200"}}},
		{"variant", "221A\x1d2005", gs1.Elements{{"22", "1A"}, {"20", "05"}}},
		{"twice the same", "10A\x1d10A", gs1.Elements{{"10", "A"}}},
		{"part", "80100614141#98-7/6\x1d801112", gs1.Elements{{"8010", "0614141#98-7/6"}, {"8011", "12"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := gs1.ParseElementString(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			again, err := gs1.ParseBracketed(got.Bracketed())
			if diff := cmp.Diff(tc.want, again); err != nil || diff != "" {
				t.Errorf("in brackets: %v, -want +got:\n%s", err, diff)
			}
		})
	}
}

// checked appends the check digit.
func checked(digits string) string {
	check, err := gs1.CheckDigit(digits)
	if err != nil {
		panic(err)
	}
	return digits + string(rune(check))
}

func TestParseElementStringRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, in, code, ai string
		at, before         int
	}{
		{"nothing", "", gs1.CodeBadLength, "", 0, 0},
		{"fnc1 alone", "\x1d", gs1.CodeBadLength, "", 1, 0},
		{"unknown", "0109506000134352051", gs1.CodeUnknownAI, "", 16, 1},
		{"unknown measure", "3170123456", gs1.CodeUnknownAI, "", 0, 0},
		{"point too far right", "3106123456", gs1.CodeUnknownAI, "", 0, 0},
		{"half an identifier", "8", gs1.CodeUnknownAI, "", 0, 0},
		{"short gtin", "01095060001343", gs1.CodeBadLength, "01", 0, 0},
		{"gtin cut by fnc1", "0109506000\x1d134352", gs1.CodeBadLength, "01", 0, 0},
		{"check digit", "0109506000134353", gs1.CodeBadCheckDigit, "01", 0, 0},
		{"letter in gtin", "010950600013435X", gs1.CodeBadCharacter, "01", 0, 0},
		{"lot too long", "10" + strings.Repeat("A", 21), gs1.CodeBadLength, "10", 0, 0},
		{"no lot", "10\x1d17261231", gs1.CodeBadLength, "10", 0, 0},
		{"character", "10A#B", gs1.CodeBadCharacter, "10", 0, 0},
		{"month", "17261301", gs1.CodeBadDate, "17", 0, 0},
		{"day", "17260230", gs1.CodeBadDate, "17", 0, 0},
		{"two lots", "10A\x1d10B", gs1.CodeDuplicateAI, "10", 4, 1},
		{"asset filler", "800310614141123452", gs1.CodeBadCharacter, "8003", 0, 0},
		{"small letter in part", "8010ab", gs1.CodeBadCharacter, "8010", 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, err := gs1.ParseElementString(tc.in)
			fault, ok := errors.AsType[*gs1.ElementError](err)
			if !ok || fault.Code != tc.code || fault.AI != tc.ai || fault.At != tc.at || fault.Reason == "" {
				t.Errorf("error %#v, want %s of (%s) at %d", err, tc.code, tc.ai, tc.at)
			}
			if len(before) != tc.before {
				t.Errorf("%d elements stand before, want %d", len(before), tc.before)
			}
		})
	}
}

func TestParseBracketed(t *testing.T) {
	got, err := gs1.ParseBracketed(`(01)09506000134352(21)a\(21)b(10)x)y`)
	want := gs1.Elements{{"01", "09506000134352"}, {"21", "a(21)b"}, {"10", "x)y"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	for in, code := range map[string]string{
		"":                      gs1.CodeBadLength,
		"01":                    gs1.CodeBadSyntax,
		"(01":                   gs1.CodeBadSyntax,
		"(5)1":                  gs1.CodeUnknownAI,
		"()1":                   gs1.CodeUnknownAI,
		"(310n)123456":          gs1.CodeUnknownAI,
		"(10)":                  gs1.CodeBadLength,
		`(10)a\b`:               gs1.CodeBadCharacter,
		"(01)09506000134353":    gs1.CodeBadCheckDigit,
		"(21)1(21)2":            gs1.CodeDuplicateAI,
		"(01)09506000134352 (2": gs1.CodeBadLength,
	} {
		_, err := gs1.ParseBracketed(in)
		if fault, ok := errors.AsType[*gs1.ElementError](err); !ok || fault.Code != code {
			t.Errorf("%q: error %v, want %s", in, err, code)
		}
	}
}

func TestElementsSayTheItem(t *testing.T) {
	all, err := gs1.ParseElementString("010950600013435221A1")
	if err != nil || all.GTIN() != "09506000134352" || all.Serial() != "A1" {
		t.Errorf("got %q %q, %v", all.GTIN(), all.Serial(), err)
	}
	if content := (gs1.Elements{{"02", "09506000134352"}, {"37", "3"}}); content.GTIN() != "" {
		t.Errorf("the content of a box is taken for an item: %s", content.GTIN())
	}
}

func TestElementsCheck(t *testing.T) {
	for name, all := range map[string]gs1.Elements{
		"none": nil, "unknown": {{"05", "1"}}, "check digit": {{"01", "09506000134353"}}, "twice": {{"10", "a"}, {"10", "b"}}, "gs": {{"10", "a\x1d"}},
	} {
		if text, err := all.ElementString(); err == nil || text != "" {
			t.Errorf("%s: written as %q", name, text)
		}
		if _, ok := errors.AsType[*gs1.ElementError](all.Check()); !ok {
			t.Errorf("%s: error %v", name, all.Check())
		}
	}
}

// someElements draws elements with distinct identifiers.
func someElements(t *rapid.T) gs1.Elements {
	const text = `[!"%-?A-Z_a-z]`
	key := func(n int) *rapid.Generator[string] {
		return rapid.Map(rapid.StringMatching(fmt.Sprintf(`[0-9]{%d}`, n)), checked)
	}
	date := rapid.StringMatching(`[0-9]{2}(0[1-9]|1[0-2])([01][0-9]|2[0-8])`)
	values := map[string]*rapid.Generator[string]{
		"00": key(17), "01": key(13), "02": key(13), "414": key(12), "8018": key(17), "11": date, "17": date,
		"10": rapid.StringMatching(text + `{1,20}`), "21": rapid.StringMatching(text + `{1,20}`), "22": rapid.StringMatching(text + `{1,20}`),
		"8004": rapid.StringMatching(text + `{1,30}`), "8020": rapid.StringMatching(text + `{1,25}`),
		"20": rapid.StringMatching(`[0-9]{2}`), "37": rapid.StringMatching(`[0-9]{1,8}`), "3103": rapid.StringMatching(`[0-9]{6}`), "3922": rapid.StringMatching(`[0-9]{1,15}`),
	}
	var all gs1.Elements
	for _, ai := range rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(values))), 1, 6, rapid.ID).Draw(t, "identifiers") {
		all = append(all, gs1.Element{AI: ai, Value: values[ai].Draw(t, ai)})
	}
	return all
}

func TestElementsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := someElements(t)
		text, err := all.ElementString()
		if err != nil {
			t.Fatal(err)
		}
		back, err := gs1.ParseElementString(text)
		if diff := cmp.Diff(all, back); err != nil || diff != "" {
			t.Fatalf("%q: %v, -want +got:\n%s", text, err, diff)
		}
		back, err = gs1.ParseBracketed(all.Bracketed())
		if diff := cmp.Diff(all, back); err != nil || diff != "" {
			t.Fatalf("%s: %v, -want +got:\n%s", all.Bracketed(), err, diff)
		}
	})
}
