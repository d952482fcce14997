package screen_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/google/go-cmp/cmp"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/panel"
	"showroom/kiosk/view"
)

// sceneOf answers the scene of that name.
func sceneOf(t *testing.T, name string) scene {
	t.Helper()
	for _, sc := range checkoutScenes() {
		if sc.name == name {
			return sc
		}
	}
	t.Fatalf("there is no scene %q", name)
	return scene{}
}

func TestTheTotalStandsInOnePlace(t *testing.T) {
	shop := openShop(t)
	for _, p := range panel.Profiles() {
		st := newStage(t, shop, p)
		var want fyne.Position
		for i, name := range []string{"basket", "bag", "pay-card", "receipt", "parked", "unknown"} {
			st.screen.Render(sceneOf(t, name).build(shop, "tr"))
			found := 0
			walk(st.screen.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, at fyne.Position, _ bool) {
				if text, ok := o.(*draw.Paragraph); ok && text.Text == "6.422,40 ₺" {
					found++
					if i == 0 {
						want = at
					}
					if at != want {
						t.Errorf("%s on %s: the total is at %v, on the first page at %v", name, p.Name, at, want)
					}
				}
			})
			if found != 1 {
				t.Errorf("%s on %s shows the total %d times", name, p.Name, found)
			}
		}
	}
}

func TestTheKeyboardTypes(t *testing.T) {
	shop := openShop(t)
	st := newStage(t, shop, panel.Profiles()[0])
	st.screen.Render(sceneOf(t, "search-begin").build(shop, "tr"))
	for _, key := range []string{"ş", "ı", "ı", "Boşluk", "Sil", "123"} { // the same letter twice is two letters
		tapLabel(t, st, key)
		st.at = st.at.Add(70 * time.Millisecond)
	}
	want := []view.Msg{view.TapKey{Rune: 'ş'}, view.TapKey{Rune: 'ı'}, view.TapKey{Rune: 'ı'}, view.TapKey{Rune: ' '}, view.TapErase{}, view.TapDigits{}}
	if diff := cmp.Diff(want, st.sent); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func TestAButtonThatRestsDoesNothing(t *testing.T) {
	shop := openShop(t)
	st := newStage(t, shop, panel.Profiles()[0])
	st.screen.Render(sceneOf(t, "basket-held").build(shop, "tr"))
	tapLabel(t, st, "Görevlimizi bekleyin")
	if len(st.sent) != 0 {
		t.Errorf("it sent %v", st.sent)
	}
	tapLabel(t, st, "Kasada öde") // it stands on every basket
	if diff := cmp.Diff([]view.Msg{view.TapPark{}}, st.sent); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func TestTheQuestionLiesOverEverything(t *testing.T) {
	shop := openShop(t)
	st := newStage(t, shop, panel.Profiles()[0])
	st.screen.Render(sceneOf(t, "still-there").build(shop, "tr"))
	tapLabel(t, st, "Evet, buradayım")
	if diff := cmp.Diff([]view.Msg{view.TapNothing{}}, st.sent); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	st.screen.Render(sceneOf(t, "basket").build(shop, "tr"))
	if onScreen(st.screen, "Evet, buradayım") {
		t.Error("the question stays")
	}
}

func TestStrangeBasketsBreakNothing(t *testing.T) {
	shop := openShop(t)
	texts := []string{"", "İ", strings.Repeat("Uzun isimli bir şey ", 40), strings.Repeat("Ğ", 500), "a\nb\tc\x00d", "\xff\xfe", "🧥👗", "مرحبا"}
	for _, p := range panel.Profiles() {
		st := newStage(t, shop, p)
		for i, text := range texts {
			t.Run(fmt.Sprintf("%s-%d", p.Name, i), func(t *testing.T) {
				for _, k := range strangeBaskets(text) {
					show(t, st, k)
					if k.Checkout.Stage != localapi.StageBasket {
						continue
					}
					show(t, st, k, view.TapAbandon{})
					show(t, st, k, view.TapSearch{}, view.TapKey{Rune: 'x'}, view.Searched{Found: localapi.Found{Query: "x", Items: basketOf(text)}})
					show(t, st, k, view.TapPrice{Line: "1"}, view.TapKey{Rune: '9'})
					show(t, st, k, view.TapStaff{})
					show(t, st, k, view.TapHelp{})
				}
			})
		}
	}
}

func basketOf(text string) []localapi.BasketLine {
	var lines []localapi.BasketLine
	for i := range 4 {
		money := localapi.Money{Minor: 1 << 62 >> (12 * i), Currency: text}
		lines = append(lines, localapi.BasketLine{ID: fmt.Sprint(i), GTIN: text, Name: text, Size: text, Colour: text, Picture: text, Quantity: i * i * 11, Unit: money, Was: &money,
			Gross: money, Due: money, Reductions: []localapi.Reduction{{Name: text, Amount: money}}, Tagged: i%2 == 0, OnTray: i%4 == 0, Wish: i%3 == 0})
	}
	return lines
}

func strangeBaskets(text string) []localapi.KioskState {
	due := localapi.Money{Minor: -1 << 62, Currency: text}
	base := kiosktest.Changed(kiosktest.Counter("tr"), func(c *localapi.Checkout) {
		c.Basket = &localapi.Basket{ID: text, Lines: basketOf(text), Pieces: 1 << 40, Gross: due, Due: due, Reduced: due,
			VAT: []localapi.VAT{{BasisPoints: -7, Tax: due}, {BasisPoints: 1 << 30, Tax: due}}}
		c.Notice = &localapi.Notice{ID: "n", Code: text, Name: text}
		c.Staff, c.Closed = text, text
		c.Tray.Held, c.Tray.Elsewhere = 1<<40, 1<<40
		c.Associates = []localapi.Associate{{ID: text, Name: text}, {}, {ID: "x", Name: text}}
		c.Pay = &localapi.Pay{Settlement: text, Amount: due, Progress: text, CanAbort: true}
		c.Paid = &localapi.Paid{Due: due, Number: -1, Receipt: text, Local: text, Printer: text, Printed: text, Fiscal: text, Unreleased: 1 << 40}
		c.Parked = &localapi.Parked{Number: 1 << 40, Code: text, Due: due, Reason: text, Printer: text, Slip: text}
	})
	var out []localapi.KioskState
	for _, stage := range []string{localapi.StageAttract, localapi.StageBasket, localapi.StagePaying, localapi.StageReceipt, localapi.StageParked, localapi.StageUnknown,
		localapi.StageClosed, text} {
		out = append(out, kiosktest.Changed(base, func(c *localapi.Checkout) { c.Stage = stage }))
	}
	return out
}
