package receipt_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"showroom/agent/lang"
	"showroom/agent/showroom"
)

// needs skips the test where a program is missing, but never where everything must hold.
func needs(t *testing.T, program, of string) {
	t.Helper()
	switch _, err := exec.LookPath(program); {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is needed to read what shoppers read: apt-get install %s", program, of)
	default:
		t.Skip(program + " is not installed")
	}
}

// textOf is what a reader of PDFs finds in one.
func textOf(t *testing.T, pdf []byte) string {
	t.Helper()
	needs(t, "pdftotext", "poppler-utils")
	file := filepath.Join(t.TempDir(), "receipt.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPDFIsSmallAndTheSameEachTime(t *testing.T) {
	r := made(t, turkish(t))
	pdf, err := r.PDF(lang.Turkish)
	if err != nil {
		t.Fatal(err)
	}
	if len(pdf) > 60_000 {
		t.Errorf("a receipt has %d bytes", len(pdf))
	}
	again, err := r.PDF(lang.Turkish)
	if err != nil || !bytes.Equal(pdf, again) {
		t.Errorf("the same receipt is another file (%v)", err)
	}
	keep(t, "receipt.pdf", pdf)
}

func TestPDFHasTurkishLetters(t *testing.T) {
	pdf, err := made(t, turkish(t)).PDF(lang.Turkish)
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, pdf)
	for _, want := range []string{
		"Mağaza Işıl", "Örnek Tekstil Sanayi ve Ticaret A.Ş.", "Çırağan Cad. No: 7", "Vergi dairesi: Beşiktaş", "VKN: 1234567890",
		"Şişme yelek, İnce Çizgili", "M · Koyu yeşil", "799,90 ₺", "-119,99 ₺", "Yaz indirimi %15", "Gömlek ğüşıöç ĞÜŞİÖÇ", "3 × 33,33 ₺", "99,99 ₺",
		"Alışveriş çantası", "780,40 ₺", "Kartla ödendi", "Troy · **** 4242 · Onay 783112", "KDV %10", "KDV %20",
		"Bu bir kopyadır.", "22.11.2026 16:05", "MGZ2026000001042", "AT0000123456", "318", "f47ac10b-58cc-4372-a567-0e02b2c3d479",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text has no %q:\n%s", want, text)
		}
	}
}

func TestPDFOfManyLines(t *testing.T) {
	var lines []showroom.Line
	for range showroom.MostLines {
		lines = append(lines, showroom.Line{ID: "x", GTIN: "08690123456789", Name: showroom.Text{"tr": strings.Repeat("Uzun adlı ürün ", 12)}, Quantity: 99, Unit: lira(showroom.MostPrice), VATBasisPoints: 2000})
	}
	pdf, err := made(t, sale(t, "TRY", lines)).PDF(lang.Turkish)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(textOf(t, pdf), "Uzun adlı ürün Uzun"); n < showroom.MostLines {
		t.Errorf("%d of %d lines are there", n, showroom.MostLines)
	}
}

func BenchmarkPDF(b *testing.B) {
	r := made(b, turkish(b))
	for b.Loop() {
		if _, err := r.PDF(lang.Turkish); err != nil {
			b.Fatal(err)
		}
	}
}
