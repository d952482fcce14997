package staff_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/agent/store"
)

// till is what the page asks of checkouts and tills: it notes what was done.
type counterDesk struct {
	decided []string
	refunds []map[showroom.LineID]int
	whole   int
	why     string
	given   []showroom.BasketID
	freed   []showroom.BasketID
	seen    []string
	printed []showroom.SettlementID
	papers  []checkout.Unprinted
	paper   []string // what was done about them
	refuse  error
}

func (d *counterDesk) Unprinted(*store.View) ([]checkout.Unprinted, error) { return d.papers, nil }

func (d *counterDesk) PrintAgain(_ *store.Tx, k showroom.KioskID, slip string) error {
	d.paper = append(d.paper, string(k)+" "+slip+" again")
	return d.refuse
}

func (d *counterDesk) NoPaper(_ *store.Tx, k showroom.KioskID, slip string) error {
	d.paper = append(d.paper, string(k)+" "+slip+" gone")
	return d.refuse
}

func (d *counterDesk) Prints(showroom.Sale) bool { return true }

func (d *counterDesk) PrintReturn(_ *store.Tx, id showroom.SettlementID) error {
	d.printed = append(d.printed, id)
	return d.refuse
}

func (d *counterDesk) Decide(_ context.Context, id showroom.SettlementID, o showroom.Outcome, by showroom.StaffID, why string) error {
	d.decided, d.why = append(d.decided, string(id)+" "+string(o)+" "+string(by)), why
	return d.refuse
}

func (d *counterDesk) Refund(_ *store.Tx, _ showroom.SaleID, pieces map[showroom.LineID]int, _ showroom.StaffID, why string) (showroom.SettlementID, error) {
	d.refunds, d.why = append(d.refunds, pieces), why
	return "s", d.refuse
}

func (d *counterDesk) Reverse(*store.Tx, showroom.SaleID, showroom.StaffID, string) (showroom.SettlementID, error) {
	d.whole++
	return "s", d.refuse
}

func (d *counterDesk) AbandonParked(_ *store.Tx, b showroom.BasketID) error {
	d.given = append(d.given, b)
	return d.refuse
}

func (d *counterDesk) Free(_ *store.Tx, b showroom.BasketID) error {
	d.freed = append(d.freed, b)
	return d.refuse
}

func (d *counterDesk) Seen(_ *store.Tx, id string) error {
	d.seen = append(d.seen, id)
	return d.refuse
}

// sells is a shop where people pay: a settlement nobody knows the end of, a tag that is still on, two baskets set aside and a sale.
func sells(t *testing.T) (*shop, *counterDesk) {
	t.Helper()
	d := &counterDesk{}
	s := newShop(t, func(o *staff.Options) { o.Desks, o.Tills = d, d })
	try := func(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }
	line := showroom.Line{ID: "l1", GTIN: dress, Name: showroom.Text{"tr": "Elbise", "en": "Dress"}, Size: "38", Quantity: 2, Unit: try(99_990), VATBasisPoints: 1000, Source: showroom.FromScan}
	s.update(func(tx *store.Tx) error {
		now := tx.Now()
		for i, b := range []showroom.Basket{
			{ID: "b1", Kiosk: "sco1", State: showroom.BasketAside, Currency: "TRY", Lines: []showroom.Line{line}, Number: 7, Code: "AB12", Opened: now, Changed: now},
			{ID: "b2", Kiosk: "sco1", State: showroom.BasketAtTill, Currency: "TRY", Lines: []showroom.Line{line}, Number: 8, Code: "CD34", Till: "k1", Opened: now, Changed: now},
			{ID: "b3", Kiosk: "sco1", State: showroom.BasketFrozen, Currency: "TRY", Lines: []showroom.Line{line}, Number: 9, Code: "EF56", Opened: now, Changed: now},
		} {
			if err := tx.PutBasket(b); err != nil {
				return err
			}
			_ = i
		}
		if err := tx.PutSettlement(showroom.Settlement{ID: "s1", Kind: showroom.Payment, Kiosk: "sco1", Device: "pt1", Basket: "b3", Amount: try(123_450), State: showroom.SettlementUnsure, Started: now, Changed: now}); err != nil {
			return err
		}
		sale := showroom.Sale{ID: "v1", Number: 17, Kiosk: "sco1", Basket: "b4", Settlement: "s0", Lines: []showroom.Line{line}, At: now.Wall}
		var err error
		if sale.Totals, err = showroom.AddUp("TRY", sale.Lines); err != nil {
			return err
		}
		return tx.PutSale(sale, []store.Release{{ID: "r1", GTIN: dress, State: store.ReleaseFailed, Changed: now, Detail: "no answer"}})
	})
	return s, d
}

// Staff with several checkouts must know where the garment is, or was.
func TestATagThatIsStillOnSaysWhere(t *testing.T) {
	s, _ := sells(t)
	s.update(func(tx *store.Tx) error {
		sale, err := tx.Sale("v1")
		if err != nil {
			return err
		}
		sale.ID, sale.Basket, sale.Settlement, sale.Number, sale.Kiosk, sale.Till = "v9", "b9", "s9", 18, "", "k7"
		return tx.PutSale(sale, []store.Release{{ID: "r9", GTIN: dress, Device: "eas1", State: store.ReleaseFailed, Changed: tx.Now(), Detail: "not reached"}})
	})
	a := s.signIn("elif").get("/staff/checkout")
	if !regexp.MustCompile(`(?s)Alarm hâlâ üzerinde.*<[^>]*>sco1 · \d\d:\d\d<`).MatchString(a.html) {
		t.Errorf("of the kiosk nothing is told:\n%s", a.html)
	}
	if !regexp.MustCompile(`k7 kasasında · eas1 · \d\d:\d\d<`).MatchString(a.html) {
		t.Errorf("of the till nothing is told:\n%s", a.html)
	}
}

func TestWhatIsToBeDoneAboutMoneyIsOnOnePage(t *testing.T) {
	s, d := sells(t)
	p := s.signIn("elif")
	a := p.get("/staff/checkout")
	a.has(t, "Sonucu bilinmeyen ödemeler", "sco1 · pt1", "Sepet 9", "Kod EF56", "Alarm hâlâ üzerinde", "Elbise", "AB12", "Sepet 7", "k1 kasasında", "Satış no. 17", `href="/staff/checkout/sales/v1"`, `href="/staff/checkout/settlements/s1"`)
	a = p.press(a, "/staff/checkout/baskets/b1/give-up")
	a = p.press(a, "/staff/checkout/baskets/b2/free")
	p.press(a, "/staff/checkout/tags/r1/seen")
	if len(d.given) != 1 || d.given[0] != "b1" || len(d.freed) != 1 || d.freed[0] != "b2" || len(d.seen) != 1 || d.seen[0] != "r1" {
		t.Errorf("done: %+v", d)
	}
	if a := p.post("/staff/checkout/baskets/b1/sell", url.Values{"command": {"c"}}); a.status != http.StatusNotFound {
		t.Errorf("an unknown button: %d", a.status)
	}
}

// A receipt that was torn, or never begun, is told until somebody has it printed again or says that nobody wants it.
func TestWhatDidNotComeOutIsPrintedAgainOrForgotten(t *testing.T) {
	s, d := sells(t)
	at := s.now()
	d.papers = []checkout.Unprinted{
		{Kiosk: "sco1", Paper: showroom.Paper{Sale: "v1", Since: at, Failed: true}},
		{Kiosk: "sco1", Paper: showroom.Paper{Sale: "v1", Return: "s/2", Since: at, Failed: true}},
		{Kiosk: "sco2", Paper: showroom.Paper{Aside: "b1", Since: at, Failed: true}},
		{Kiosk: "sco2", Paper: showroom.Paper{Sale: "gone", Since: at, Failed: true}},
	}
	p := s.signIn("elif")
	a := p.get("/staff/checkout")
	a.has(t, "Çıkmayan fişler", "Hiç basılmadı ya da yarım kaldı", "Satış no. 17", "Satış no. 17 · İade edildi", "Sepet 7", "sco2", "(6) ")
	a = p.press(a, "/staff/checkout/papers/sco1/v1/print-again")
	a = p.press(a, "/staff/checkout/papers/sco1/s%2F2/print-again")
	p.press(a, "/staff/checkout/papers/sco2/b1/no-paper")
	if want := []string{"sco1 v1 again", "sco1 s/2 again", "sco2 b1 gone"}; !slices.Equal(d.paper, want) {
		t.Errorf("done: %q", d.paper)
	}
	d.refuse = showroom.Errorf(showroom.CodeConflict, "printed since")
	if a := p.post("/staff/checkout/papers/sco1/v1/print-again", url.Values{"command": {"c"}}); a.status != http.StatusConflict {
		t.Errorf("printed since: %d", a.status)
	}
}

func TestOnlyAPersonWithAReasonDecidesAboutMoney(t *testing.T) {
	s, d := sells(t)
	p := s.signIn("elif")
	const at = "/staff/checkout/settlements/s1"
	p.get(at).has(t, "1.234,50", "Para alındı", `name="why"`, "Tahmin etmeyin")
	for name, form := range map[string]url.Values{
		"no reason":  {"outcome": {"taken"}, "why": {"  "}},
		"no outcome": {"why": {"the bank says so"}},
		"nonsense":   {"outcome": {"maybe"}, "why": {"the bank says so"}},
	} {
		if a := p.post(at, form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.html, "nereden bildiğinizi yazın") {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if len(d.decided) != 0 {
		t.Fatalf("decided: %v", d.decided)
	}
	if a := p.post(at, url.Values{"outcome": {"taken"}, "why": {"on the slip of 4111 1111 1111 1111"}}); a.path != "/staff/checkout" {
		t.Errorf("%d at %s", a.status, a.path)
	}
	if len(d.decided) != 1 || d.decided[0] != "s1 approved elif" || d.why != "on the slip of **** **** **** 1111" {
		t.Errorf("decided %v because %q", d.decided, d.why)
	}
	d.refuse = showroom.Errorf(showroom.CodeConflict, "closed")
	if a := p.post(at, url.Values{"outcome": {"taken"}, "why": {"again"}}); a.status != http.StatusConflict {
		t.Errorf("decided twice: %d", a.status)
	}
	if a := s.signIn("omer").get(at); a.status != http.StatusForbidden {
		t.Errorf("a technician decides: %d", a.status)
	}
}

func TestMoneyIsGivenBackOnce(t *testing.T) {
	s, d := sells(t)
	p := s.signIn("elif")
	const at = "/staff/checkout/sales/v1"
	p.get(at).has(t, "Satış no. 17", "Elbise · 38", `name="line.l1"`, `<option>2</option>`, "En çok 2 parça, 1.999,80", "Ödemenin tamamını iptal edin")
	for name, form := range map[string]url.Values{
		"no reason":   {"command": {"1"}, "act": {"refund"}, "line.l1": {"1"}},
		"nothing":     {"command": {"2"}, "act": {"refund"}, "line.l1": {"0"}, "why": {"too small"}},
		"no number":   {"command": {"3"}, "act": {"refund"}, "line.l1": {"x"}, "why": {"too small"}},
		"less":        {"command": {"4"}, "act": {"refund"}, "line.l1": {"-1"}, "why": {"too small"}},
		"no act":      {"command": {"5"}, "line.l1": {"1"}, "why": {"too small"}},
		"unknown act": {"command": {"6"}, "act": {"burn"}, "line.l1": {"1"}, "why": {"too small"}},
	} {
		if a := p.post(at, form); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	for range 2 { // a nervous thumb
		p.post(at, url.Values{"command": {"7"}, "act": {"refund"}, "line.l1": {"1"}, "why": {"too small"}})
	}
	if len(d.refunds) != 1 || !maps.Equal(d.refunds[0], map[showroom.LineID]int{"l1": 1}) || d.why != "too small" {
		t.Errorf("refunds %v because %q", d.refunds, d.why)
	}
	p.post(at, url.Values{"command": {"8"}, "act": {"reverse"}, "why": {"the wrong card"}})
	if d.whole != 1 {
		t.Errorf("reversed %d times", d.whole)
	}
	s.update(func(tx *store.Tx) error {
		return tx.PutReturn(showroom.Return{ID: "t1", Sale: "v1", Lines: []showroom.ReturnedLine{{Line: "l1", Quantity: 1, Amount: showroom.Money{Minor: 99_990, Currency: "TRY"}}},
			Amount: showroom.Money{Minor: 99_990, Currency: "TRY"}, By: "elif", Why: "too small", At: tx.Now().Wall.Add(time.Second)})
	})
	a := p.get(at)
	a.has(t, "999,90", "iade edildi", `<option>1</option>`)
	a.hasNot(t, "Ödemenin tamamını iptal edin")
	a.hasNot(t, "<option>2</option>")
}

func TestWhereNobodyPaysThereIsNoSuchPage(t *testing.T) {
	p := newShop(t).signIn("elif")
	if a := p.get("/staff/checkout"); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
	p.get("/staff/queue").hasNot(t, "/staff/checkout")
}

// Whoever wanted money given back learns on the page what came of it, and why nothing did.
func TestWhatCameOfARefundIsOnThePage(t *testing.T) {
	s, d := sells(t)
	put := func(id showroom.SettlementID, sale showroom.SaleID, state showroom.SettlementState, why showroom.DeclineReason) {
		s.update(func(tx *store.Tx) error {
			return tx.PutSettlement(showroom.Settlement{
				ID: id, Kind: showroom.Refund, Device: "pt1", Sale: sale, Amount: showroom.Money{Minor: 99_990, Currency: "TRY"}, State: state,
				Result: showroom.Result{Reason: why}, By: "elif", Why: "too small", Started: tx.Now(), Changed: tx.Now(),
			})
		})
	}
	p := s.signIn("elif")
	put("g1", "v1", showroom.SettlementWaiting, "")
	p.get("/staff/checkout").has(t, "Son 24 saatin iadeleri", "999,90", "Cihazı bekliyor")
	put("g1", "v1", showroom.SettlementDeclined, showroom.DeclinedNotBegun)
	a := p.get("/staff/checkout")
	a.has(t, "İade edilmedi", "Cihaza hiç sorulmadı", `href="/staff/checkout/sales/v1"`)
	put("g2", "v2", showroom.SettlementDeclined, showroom.DeclinedTimeout)
	a = p.press(p.get("/staff/checkout"), "/staff/checkout/refunds/g1/noted")
	a.hasNot(t, "Cihaza hiç sorulmadı")
	a.has(t, "Zamanında kart gösterilmedi")
	put("g3", "v1", showroom.SettlementApproved, "") // tried again
	put("g4", "v2", showroom.SettlementApproved, "")
	a = p.get("/staff/checkout")
	a.hasNot(t, "İade edilmedi")
	a.has(t, "İade edildi")
	p.press(a, "/staff/checkout/refunds/g3/print")
	if len(d.printed) != 1 || d.printed[0] != "g3" {
		t.Errorf("printed: %v", d.printed)
	}
	if a := p.post("/staff/checkout/refunds/g3/noted", url.Values{"command": {"n"}}); a.status != http.StatusConflict {
		t.Errorf("noted what was given back: %d", a.status)
	}
}

func TestWhatCameBackIsTakenBackOrHasNoTag(t *testing.T) {
	s, _ := sells(t)
	s.update(func(tx *store.Tx) error {
		return tx.PutTakeBack(store.TakeBack{ID: "t1", Sale: "v1", GTIN: dress, Since: tx.Now()})
	})
	p := s.signIn("elif")
	a := p.get("/staff/checkout")
	a.has(t, "henüz satışta değil", "Elbise", "tepsiye koyun")
	p.press(a, "/staff/checkout/back/t1/no-tag").hasNot(t, "henüz satışta değil")
}

func TestNothingTypedAboutMoneyIsLost(t *testing.T) {
	s, d := sells(t)
	p := s.signIn("elif")
	a := p.post("/staff/checkout/settlements/s1", url.Values{"outcome": {"not_taken"}, "why": {" "}})
	a.has(t, `value="not_taken" required checked`, `name="why" value="" maxlength="200" required autocomplete="off" aria-invalid="true"`)
	a = p.post("/staff/checkout/settlements/s1", url.Values{"why": {"the bank's list"}})
	a.has(t, `value="the bank&#39;s list"`, `<fieldset class="choice" aria-invalid="true">`)
	d.refuse = showroom.Errorf(showroom.CodeUnavailable, "no room on the disk")
	a = p.post("/staff/checkout/settlements/s1", url.Values{"outcome": {"taken"}, "why": {"the bank's list"}})
	a.has(t, `value="taken" required checked`, `value="the bank&#39;s list"`)

	const sale = "/staff/checkout/sales/v1"
	for refused, says := range map[showroom.Code]string{showroom.CodeUnavailable: "daha sonra yeniden", showroom.CodeConflict: "artık iade edilemiyor"} {
		d.refuse = showroom.Errorf(refused, "no")
		a = p.post(sale, url.Values{"command": {string(refused)}, "act": {"refund"}, "line.l1": {"1"}, "why": {"too small"}})
		a.has(t, "<option selected>1</option>", `value="too small"`, says)
	}
	d.refuse = nil
	a = p.post(sale, url.Values{"command": {"none"}, "act": {"refund"}, "line.l1": {"2"}, "why": {""}})
	a.has(t, "<option selected>2</option>", `value="" maxlength="200" required autocomplete="off" aria-invalid="true"`)
	p.post(sale, url.Values{"command": {"nothing"}, "act": {"refund"}, "line.l1": {"0"}, "why": {"too small"}}).has(t, `name="line.l1" aria-invalid="true"`, `value="too small"`)
}

func TestWhetherARefundWasPaidOutIsAskedAsSuch(t *testing.T) {
	s, _ := sells(t)
	s.update(func(tx *store.Tx) error {
		return tx.PutSettlement(showroom.Settlement{ID: "s2", Kind: showroom.Refund, Device: "pt1", Sale: "v1", Amount: showroom.Money{Minor: 99_990, Currency: "TRY"}, State: showroom.SettlementUnsure, Started: tx.Now(), Changed: tx.Now()})
	})
	a := s.signIn("elif").get("/staff/checkout/settlements/s2")
	a.has(t, "Para iade edildi", "Para iade edilmedi")
	a.hasNot(t, "Para alındı")
}
