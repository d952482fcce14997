package view_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"showroom/agent/lang"
	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

// TestEveryNoticeHasItsWords walks the constants of the contract: one that is added without a text is found here.
func TestEveryNoticeHasItsWords(t *testing.T) {
	codes := constants(t, "../../agent/localapi/checkout.go", "Notice")
	if len(codes) < 20 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	for _, tag := range lang.Tags() {
		texts := lang.For(tag)
		for name, code := range codes {
			for _, part := range []string{"title", "text"} {
				if key := "kiosk.notice." + code + "." + part; !texts.Has(key) {
					t.Errorf("%s has no %s in %s", name, key, tag)
				}
			}
			s := begin(t, kiosktest.Told(shop(t).Shopping(string(tag)), code))
			if got, want := s.state.Basket().Notice.Title, texts.T("kiosk.notice."+code+".title"); got != want {
				t.Errorf("%s in %s says %q, want %q", name, tag, got, want)
			}
		}
	}
	s := begin(t, kiosktest.Told(shop(t).Shopping("en"), "of_a_later_agent"))
	if n := s.state.Basket().Notice; n.Title != "That did not work" {
		t.Errorf("an unheard-of notice says %+v", n)
	}
	s.tell(view.TapNotice{ID: s.state.Basket().Notice.ID})
	if n := s.state.Basket().Notice; n.Title != "" {
		t.Errorf("it was put aside and says %+v", n)
	}
}

// constants are the string constants of a file whose name begins with prefix.
func constants(t *testing.T, path, prefix string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != len(spec.Names) {
			return true
		}
		for i, name := range spec.Names {
			if literal, ok := spec.Values[i].(*ast.BasicLit); ok && strings.HasPrefix(name.Name, prefix) {
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				out[name.Name] = value
			}
		}
		return true
	})
	return out
}

func TestEveryReasonAndProgressHasItsWords(t *testing.T) {
	keys := []string{}
	for _, why := range []string{"schedule", "staff", "fiscal", "terminal", "paper", "disk", "clock", "prices", "no_profile", "other"} {
		keys = append(keys, "kiosk.closed."+why)
	}
	for _, reason := range []string{"till", "staff", "power", "invoice", "nothing"} {
		keys = append(keys, "kiosk.parked."+reason)
	}
	for _, word := range []string{"queued", "connecting", "present_card", "enter_pin", "wrong_pin", "please_wait", "remove_card", "authorising", "printing", "confirm_amount",
		"select_application", "try_again", "other_card", "paper_out", "disk_full", "unrecorded"} {
		keys = append(keys, "kiosk.pay."+word+".title", "kiosk.pay."+word+".text")
	}
	for _, tag := range lang.Tags() {
		for _, key := range keys {
			if !lang.For(tag).Has(key) {
				t.Errorf("%s has no %s", tag, key)
			}
		}
	}
}

func TestAmountsOfEveryCurrency(t *testing.T) {
	for currency, want := range map[string]string{"TRY": "215,00 ₺", "JPY": "21.500 ¥", "KWD": "21,500 KWD", "EUR": "215,00 €"} {
		l := kiosktest.Line(shop(t).Tee("tr"), 0, 1)
		l.Unit = localapi.Money{Minor: 21_500, Currency: currency}
		l.Gross = l.Unit
		s := begin(t, kiosktest.Fill(kiosktest.Counter("tr"), l))
		if page := s.state.Basket(); page.Total.Amount != want || page.Lines[0].Price != want {
			t.Errorf("%s: total %q, line %q, want %q", currency, page.Total.Amount, page.Lines[0].Price, want)
		}
	}
}

func TestRates(t *testing.T) {
	for points, want := range map[int]string{1000: "KDV dahil (%10): 1,00 ₺", 750: "KDV dahil (%7,5): 1,00 ₺", 555: "KDV dahil (%5,55): 1,00 ₺"} {
		k := kiosktest.Changed(shop(t).Shopping("tr"), func(c *localapi.Checkout) {
			b := *c.Basket
			b.VAT = []localapi.VAT{{BasisPoints: points, Tax: kiosktest.Lira(100)}}
			c.Basket = &b
		})
		if got := begin(t, k).state.Basket().Total.Note; got != want {
			t.Errorf("%d: %q, want %q", points, got, want)
		}
	}
}
