package lang_test

import (
	"math"
	"testing"
	"time"

	"showroom/agent/lang"
)

func TestMoney(t *testing.T) {
	for _, tc := range []struct {
		minor    int64
		currency string
		tr, en   string
	}{
		{123450, "TRY", "1.234,50 ₺", "₺1,234.50"},
		{123450, "EUR", "1.234,50 €", "€1,234.50"},
		{123450, "USD", "1.234,50 $", "$1,234.50"},
		{1235, "JPY", "1.235 ¥", "¥1,235"},
		{1234500, "KWD", "1.234,500 KWD", "1,234.500 KWD"},
		{123450, "XYZ", "1.234,50 XYZ", "1,234.50 XYZ"},
		{123450, "", "1.234,50", "1,234.50"},
		{0, "TRY", "0,00 ₺", "₺0.00"},
		{5, "TRY", "0,05 ₺", "₺0.05"},
		{99999, "TRY", "999,99 ₺", "₺999.99"},
		{100000000, "TRY", "1.000.000,00 ₺", "₺1,000,000.00"},
		{-5, "TRY", "-0,05 ₺", "-₺0.05"},
		{-123450, "EUR", "-1.234,50 €", "-€1,234.50"},
		{7, "KWD", "0,007 KWD", "0.007 KWD"},
		{0, "JPY", "0 ¥", "¥0"},
		{math.MaxInt64, "TRY", "92.233.720.368.547.758,07 ₺", "₺92,233,720,368,547,758.07"},
		{math.MinInt64, "TRY", "-92.233.720.368.547.758,08 ₺", "-₺92,233,720,368,547,758.08"},
	} {
		if got := lang.For(lang.Turkish).Money(tc.minor, tc.currency); got != tc.tr {
			t.Errorf("tr %d %s: %q, want %q", tc.minor, tc.currency, got, tc.tr)
		}
		if got := lang.For(lang.English).Money(tc.minor, tc.currency); got != tc.en {
			t.Errorf("en %d %s: %q, want %q", tc.minor, tc.currency, got, tc.en)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1.000", -1000: "-1.000", 1234567: "1.234.567",
		math.MinInt64: "-9.223.372.036.854.775.808",
	} {
		if got := lang.For(lang.Turkish).Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
	if got := lang.For(lang.English).Number(1234567); got != "1,234,567" {
		t.Errorf("English number %q", got)
	}
}

func TestDates(t *testing.T) {
	istanbul := time.FixedZone("+03", 3*60*60)
	at := time.Date(2026, time.November, 22, 14, 5, 59, 0, istanbul)
	early := time.Date(2026, time.March, 1, 9, 0, 0, 0, istanbul)
	en, tr := lang.For(lang.English), lang.For(lang.Turkish)
	for _, tc := range []struct{ name, got, want string }{
		{"tr date", tr.Date(at), "22.11.2026"},
		{"tr time", tr.Time(at), "14:05"},
		{"tr both", tr.DateTime(at), "22.11.2026 14:05"},
		{"tr early", tr.DateTime(early), "01.03.2026 09:00"},
		{"en date", en.Date(at), "22 Nov 2026"},
		{"en time", en.Time(at), "14:05"},
		{"en both", en.DateTime(at), "22 Nov 2026, 14:05"},
		{"en early", en.DateTime(early), "1 Mar 2026, 09:00"},
		{"location is the caller's", tr.Time(at.UTC()), "11:05"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, tc.got, tc.want)
		}
	}
}

func TestAgo(t *testing.T) {
	for _, tc := range []struct {
		d      time.Duration
		tr, en string
	}{
		{-time.Hour, "az önce", "just now"},
		{59 * time.Second, "az önce", "just now"},
		{time.Minute, "1 dk", "1 min"},
		{2*time.Minute + 59*time.Second, "2 dk", "2 min"},
		{59 * time.Minute, "59 dk", "59 min"},
		{time.Hour, "1 sa", "1 h"},
		{23*time.Hour + 59*time.Minute, "23 sa", "23 h"},
		{24 * time.Hour, "1 gün", "1 day"},
		{50 * time.Hour, "2 gün", "2 days"},
	} {
		if got := lang.For(lang.Turkish).Ago(tc.d); got != tc.tr {
			t.Errorf("tr %v: %q, want %q", tc.d, got, tc.tr)
		}
		if got := lang.For(lang.English).Ago(tc.d); got != tc.en {
			t.Errorf("en %v: %q, want %q", tc.d, got, tc.en)
		}
	}
}
