package till_test

import (
	"fmt"
	"strings"
	"testing"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/agent/till"
)

// parksLong sets a basket aside with so many lines whose names are written in four languages.
func (s *shop) parksLong(code string, lines int) {
	s.t.Helper()
	now := s.clock()
	b := showroom.Basket{ID: showroom.BasketID("b-" + code), Kiosk: "sco1", State: showroom.BasketOpen, Currency: "TRY", Number: 8, Opened: now, Changed: now}
	for i := range lines {
		item, err := gs1.ParseGTIN(withCheck(fmt.Sprintf("%013d", 869_000_000_000+i)))
		if err != nil {
			s.t.Fatal(err)
		}
		b, err = b.Add(showroom.Line{
			ID: showroom.LineID(fmt.Sprintf("0193517e-7c3e-7000-8000-%012d", i)), GTIN: item, Product: "1000123", SKU: "1000123-BLK-38", Size: "38",
			Name:   showroom.Text{"tr": "Kadın Bol Kesim Pantolon", "en": "Women's wide trousers", "de": "Weite Damenhose", "ru": "Широкие женские брюки"},
			Colour: showroom.Text{"tr": "Siyah", "en": "Black"}, Quantity: 1, Unit: try(99_990), VATBasisPoints: 1000, Source: showroom.FromScan,
		}, now)
		if err != nil {
			s.t.Fatal(err)
		}
	}
	b, err := b.Park(code, "till", now)
	if err != nil {
		s.t.Fatal(err)
	}
	s.update(func(tx *store.Tx) error { return tx.PutBasket(b) })
}

func withCheck(digits string) string {
	sum := 0
	for i, c := range digits {
		sum += int(c-'0') * (3 - i%2*2)
	}
	return fmt.Sprint(digits, (10-sum%10)%10)
}

func TestALongSaleOfATillIsWrittenDownShorter(t *testing.T) {
	s := open(t)
	s.parksLong("123456", 220)
	offered, err := s.Claim(t.Context(), "k1", "123456")
	if err != nil {
		t.Fatal(err)
	}
	s.takes("k1", event(1, offered))
	var sale showroom.Sale
	s.view(func(v *store.View) (err error) {
		sale, _, err = v.SaleOf(offered.Basket)
		return err
	})
	if len(sale.Lines) != 220 || sale.Totals.Due.Minor != offered.Totals.Due || sale.Lines[0].GTIN == "" || sale.Lines[0].Unit != try(99_990) {
		t.Errorf("%d lines, %v due", len(sale.Lines), sale.Totals.Due)
	}
	if dead := s.dead(); len(dead) != 0 || s.basket(offered.Basket).State != showroom.BasketPaid {
		t.Errorf("dead letters %+v, the basket is %s", dead, s.basket(offered.Basket).State)
	}
}

// A till may say of a basket more than it was offered.
func TestASaleTooLongForTheJournalStopsNobody(t *testing.T) {
	s := open(t)
	s.parksLong("123456", 10)
	offered, err := s.Claim(t.Context(), "k1", "123456")
	if err != nil {
		t.Fatal(err)
	}
	e := event(1, offered)
	e.Lines = nil
	for i := range 400 { // a sale line is three times as long as the shortest of an event
		l := offered.Lines[0]
		l.Line, l.SKU, l.Name, l.Unit, l.UnitPrice, l.Discount, l.VATRate, l.VAT = i+1, "", "", "", 2, 1, 0, 0
		e.Lines = append(e.Lines, l)
	}
	e.Totals = &till.EventTotals{Gross: 800, Discount: 400, Due: 400}
	e.Tenders[0].Amount = 400
	if err := s.take("k1", e); err != nil {
		t.Fatalf("it would come for ever: %v", err)
	}
	dead := s.dead()
	if len(dead) != 1 || !strings.Contains(dead[0].Reason, "400 lines") || dead[0].Till != "k1" {
		t.Errorf("dead letters %+v", dead)
	}
	if said := s.said(); len(said) == 0 || said[len(said)-1] != (showroom.TillReported{}).Kind() {
		t.Errorf("said %v", said)
	}
	if b := s.basket(offered.Basket); b.State != showroom.BasketAtTill {
		t.Errorf("the basket is %s", b.State)
	}
	s.takes("k2", plain(1))
}

func TestATillIsOfferedNothingItCouldNotTellOf(t *testing.T) {
	s := open(t)
	s.parksLong("123456", 300)
	if _, err := s.Claim(t.Context(), "k1", "123456"); showroom.ErrorCode(err) != showroom.CodeTooLarge {
		t.Errorf("claimed: %v", err)
	}
	if b := s.basket("b-123456"); b.State != showroom.BasketAside {
		t.Errorf("the basket is %s", b.State)
	}
}
