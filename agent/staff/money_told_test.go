package staff_test

import (
	"net/http"
	"net/url"
	"testing"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestAnotherSumOfTheDeviceIsShownBeforeSomebodyDecides(t *testing.T) {
	s, _ := sells(t)
	s.update(func(tx *store.Tx) error {
		one, err := tx.Settlement("s1")
		if err != nil {
			return err
		}
		one.Result.Amount = showroom.Money{Minor: 5000, Currency: "TRY"}
		return tx.PutSettlement(one)
	})
	p := s.signIn("elif")
	p.get("/staff/checkout").has(t, "Cihaza göre", "50,00")
	p.get("/staff/checkout/settlements/s1").has(t, "Cihaza göre", "50,00")
}

func TestADeviceThatContradictsStaffIsSeenByThem(t *testing.T) {
	s, _ := sells(t)
	s.update(func(tx *store.Tx) error {
		one, err := tx.Settlement("s1")
		if err != nil {
			return err
		}
		if one, err = one.Decide(showroom.Declined, "elif", "no slip", tx.Now()); err != nil {
			return err
		}
		return tx.PutSettlement(one.Contradict(showroom.Result{Outcome: showroom.Approved}, tx.Now()))
	})
	p := s.signIn("elif")
	a := p.get("/staff/checkout")
	a.has(t, "Cihazın başka söylediği ödemeler", "Cihaz başka söylüyor", "Verilen karar: Para alınmadı", "Cihaza göre", "1.234,50")
	p.press(a, "/staff/checkout/refunds/s1/noted").hasNot(t, "Cihaz başka söylüyor")
	if a := p.post("/staff/checkout/refunds/s1/noted", url.Values{"command": {"n"}}); a.status != http.StatusConflict {
		t.Errorf("noted twice: %d", a.status)
	}
}

// Whoever was charged although staff said otherwise may have paid once more since: here, at a till, or not yet.
func TestACardSaysThatBothWereCharged(t *testing.T) {
	for name, c := range map[string]struct {
		sale showroom.Sale
		has  string
	}{
		"at a kiosk":      {showroom.Sale{ID: "v9", Number: 23, Basket: "b3"}, "İki kez ödendi (Satış no. 23)"},
		"at a till":       {showroom.Sale{ID: "v9", Till: "k1", Basket: "b3"}, "İki kez ödendi (k1 kasasında)"},
		"not yet":         {showroom.Sale{}, "Sepetini yeniden ödetmeyin"},
		"it was approved": {showroom.Sale{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := sells(t)
			s.update(func(tx *store.Tx) error {
				one, err := tx.Settlement("s1")
				if err != nil {
					return err
				}
				decided, said := showroom.Declined, showroom.Approved
				if c.has == "" {
					decided, said = said, decided
				}
				if one, err = one.Decide(decided, "elif", "no slip", tx.Now()); err != nil {
					return err
				}
				if c.sale.ID != "" {
					c.sale.At = tx.Now().Wall
					if err := tx.PutSale(c.sale, nil); err != nil {
						return err
					}
				}
				return tx.PutSettlement(one.Contradict(showroom.Result{Outcome: said}, tx.Now()))
			})
			a := s.signIn("elif").get("/staff/checkout")
			if a.has(t, "Cihaz başka söylüyor", c.has); c.has == "" {
				a.hasNot(t, "İki kez ödendi", "Sepetini yeniden")
			}
		})
	}
}

func TestWhatNobodyUnderstoodOfATillIsOnThePage(t *testing.T) {
	s, _ := sells(t)
	s.update(func(tx *store.Tx) error {
		return tx.PutDeadLetter(store.DeadLetter{Till: "k1", Topic: "pos/k1/event", Reason: "currency is not a code", Body: []byte(`{"ticket_no":"42"}`)})
	})
	p := s.signIn("elif")
	a := p.get("/staff/checkout")
	a.has(t, "anlaşılmayan iletiler", "k1 kasasında", "currency is not a code", "ticket_no")
	p.press(a, "/staff/checkout/letters/1/letter-seen").hasNot(t, "anlaşılmayan iletiler")
	if a := p.post("/staff/checkout/letters/x/letter-seen", url.Values{"command": {"n"}}); a.status != http.StatusNotFound {
		t.Errorf("no number: %d", a.status)
	}
}

func TestASaleIsFoundByTheNumberOnItsReceipt(t *testing.T) {
	s, _ := sells(t)
	s.update(func(tx *store.Tx) error {
		sale, err := tx.Sale("v1")
		if err != nil {
			return err
		}
		sale.ID, sale.Basket, sale.Number = "v2", "b9", 18
		sale.At = sale.At.AddDate(0, 0, -3)
		sale.Fiscal = &showroom.Fiscal{Invoice: "SHR2026000000033"}
		return tx.PutSale(sale, nil)
	})
	p := s.signIn("elif")
	a := p.get("/staff/checkout")
	a.has(t, `href="/staff/checkout/find"`)
	a.hasNot(t, "Satış no. 18")
	p.get("/staff/checkout/find").has(t, `name="number"`, "Fişteki numara")
	for _, number := range []string{"18", " 18 ", "SHR2026000000033", "shr2026000000033"} {
		if a := p.get("/staff/checkout/find?number=" + url.QueryEscape(number)); a.path != "/staff/checkout/sales/v2" {
			t.Errorf("%q: %d at %s", number, a.status, a.path)
		}
	}
	for _, number := range []string{"19", "0", "-1", "<b>", "99999999999999999999999999999999999999"} {
		if a := p.get("/staff/checkout/find?number=" + url.QueryEscape(number)); a.status != http.StatusNotFound {
			t.Errorf("%q: %d at %s", number, a.status, a.path)
		}
	}
}

// An order that could not be written down is not taken for one that was.
func TestARefundThatWasRefusedMayBeAskedForAgain(t *testing.T) {
	s, d := sells(t)
	p := s.signIn("elif")
	const at = "/staff/checkout/sales/v1"
	form := url.Values{"command": {"1"}, "act": {"refund"}, "line.l1": {"1"}, "why": {"too small"}}
	d.refuse = showroom.Errorf(showroom.CodeUnavailable, "The disk is full.")
	if a := p.post(at, form); a.status != http.StatusServiceUnavailable {
		t.Errorf("refused: %d", a.status)
	}
	d.refuse = nil
	if a := p.post(at, form); a.path != "/staff/checkout" || len(d.refunds) != 2 {
		t.Errorf("asked again: %d at %s, asked for %d times", a.status, a.path, len(d.refunds))
	}
}

func TestStaffAreToldWhatToDoInstead(t *testing.T) {
	s, d := sells(t)
	p := s.signIn("elif")
	d.refuse = showroom.ErrOtherSum
	a := p.post("/staff/checkout/settlements/s1", url.Values{"outcome": {"taken"}, "why": {"on the slip"}})
	if a.has(t, "Cihaz başka bir tutar söylüyor", `name="outcome"`, "on the slip"); a.status != http.StatusConflict {
		t.Errorf("another sum: %d", a.status)
	}
	d.refuse = showroom.ErrRefundInstead
	a = p.post("/staff/checkout/sales/v1", url.Values{"command": {"1"}, "act": {"reverse"}, "why": {"wrong card"}})
	if a.has(t, "Ürünleri iade edin", "wrong card"); a.status != http.StatusConflict {
		t.Errorf("too late: %d", a.status)
	}
}
