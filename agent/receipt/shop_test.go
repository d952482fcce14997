package receipt_test

import (
	"testing"
	"time"

	"showroom/agent/receipt"
	"showroom/agent/showroom"
)

var turkishAt = time.Date(2026, 11, 22, 13, 5, 9, 0, time.UTC)

func lira(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }

// turkish is a sale with what a Turkish receipt can have: offers, two rates, a bag, a card, a fiscal slip and an e-archive invoice.
func turkish(t testing.TB) showroom.Sale {
	t.Helper()
	offer := showroom.Reduction{Offer: "o1", Name: showroom.Text{"tr": "Yaz indirimi %15", "en": "Summer 15% off"}, Amount: lira(11_999)}
	lines := []showroom.Line{
		{ID: "a", GTIN: "08690123456789", SKU: "KZK-114", Name: showroom.Text{"tr": "Şişme yelek, İnce Çizgili", "en": "Quilted vest, pinstripe"}, Size: "M", Colour: showroom.Text{"tr": "Koyu yeşil", "en": "Dark green"}, Quantity: 1, Unit: lira(79_990), VATBasisPoints: 1000, Reductions: []showroom.Reduction{offer}},
		{ID: "b", GTIN: "08690123456796", Name: showroom.Text{"tr": "Gömlek ğüşıöç ĞÜŞİÖÇ", "en": "Shirt"}, Size: "40", Colour: showroom.Text{"tr": "Beyaz", "en": "White"}, Quantity: 3, Unit: lira(3_333), VATBasisPoints: 1000},
		{ID: "c", GTIN: "08690123456802", Name: showroom.Text{"tr": "Alışveriş çantası", "en": "Shopping bag"}, Quantity: 1, Unit: lira(50), VATBasisPoints: 2000, Fixed: true},
	}
	return sale(t, "TRY", lines)
}

func sale(t testing.TB, currency showroom.Currency, lines []showroom.Line) showroom.Sale {
	t.Helper()
	totals, err := showroom.AddUp(currency, lines)
	if err != nil {
		t.Fatal(err)
	}
	at := turkishAt
	return showroom.Sale{
		ID: "s1", Number: 1042, BusinessDay: "2026-11-22", Kiosk: "sco1", Language: "tr", Lines: lines, Totals: totals, At: at,
		Tenders: []showroom.Tender{{Kind: showroom.TenderCard, Amount: totals.Due, Card: showroom.Card{Name: "Troy", Last4: "4242"}, Reference: showroom.Reference{Auth: "783112", Trace: "000017"}}},
		Fiscal: &showroom.Fiscal{
			Device: "AT0000123456", Z: 318, Receipt: 27, EKU: 2, ETTN: "f47ac10b-58cc-4372-a567-0e02b2c3d479", Invoice: "MGZ2026000001042", Info: true, At: at,
		},
		Token: "MDEyMzQ1Njc4OWFiY2RlZuBZU4Y",
	}
}

var shop = receipt.Seller{
	Name: "Örnek Tekstil Sanayi ve Ticaret A.Ş.", Shop: "Mağaza Işıl", TaxID: "1234567890", TaxOffice: "Beşiktaş",
	Address: receipt.Address{Street: "Çırağan Cad. No: 7", District: "Beşiktaş", City: "İstanbul", PostCode: "34349", Country: "TR"}, Zone: "Europe/Istanbul",
}

const address = "https://receipts.example/r/MDEyMzQ1Njc4OWFiY2RlZuBZU4Y"

func made(t testing.TB, s showroom.Sale, returns ...showroom.Return) receipt.Receipt {
	t.Helper()
	r, err := receipt.New(s, returns, shop, address)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
