package screen_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/panel"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// walk visits every visible object with its place in the window. inside is the part of the window it may show in; scrolled says
// that it may stand outside of it, to be scrolled to.
func walk(o fyne.CanvasObject, at fyne.Position, scrolled bool, visit func(o fyne.CanvasObject, at fyne.Position, scrolled bool)) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	visit(o, at, scrolled)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			walk(c, at, scrolled, visit)
		}
	case *container.Clip:
		walk(o.Content, at, true, visit)
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			walk(c, at, scrolled, visit)
		}
	}
}

// eachScene shows every scene in every language on every panel.
func eachScene(t *testing.T, look func(t *testing.T, st *stage, p panel.Profile, sc scene)) {
	shop := openShop(t)
	for _, p := range panel.Profiles() {
		st := newStage(t, shop, p)
		for _, language := range []string{"tr", "en"} {
			for _, sc := range append(scenes(), checkoutScenes()...) {
				t.Run(fmt.Sprintf("%s-%s-%s", sc.name, language, p.Name), func(t *testing.T) {
					st.screen.Render(sc.build(shop, language))
					look(t, st, p, sc)
				})
			}
		}
	}
}

func TestEverythingTappableIsLargeEnoughAndInReach(t *testing.T) {
	eachScene(t, func(t *testing.T, st *stage, p panel.Profile, _ scene) {
		areas := 0
		walk(st.screen.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, at fyne.Position, scrolled bool) {
			a, ok := o.(*touch.Area)
			if !ok {
				return
			}
			areas++
			least := p.Secondary()
			if a.Primary {
				least = p.Primary()
			}
			if a.Size().Width < least || a.Size().Height < least {
				t.Errorf("%q is %v pixels, at least %v are wanted both ways", a.Label, a.Size(), least)
			}
			if a.Label == "" {
				t.Errorf("the area at %v has no label", at)
			}
			if !scrolled && (at.X < 0 || at.Y < 0 || at.X+a.Size().Width > float32(p.Width) || at.Y+a.Size().Height > float32(p.Height)) {
				t.Errorf("%q at %v, %v large, is not all inside the window", a.Label, at, a.Size())
			}
		})
		if areas == 0 {
			t.Error("nothing can be tapped")
		}
	})
}

func TestTargetsDoNotOverlap(t *testing.T) {
	type place struct {
		label      string
		x, y, w, h float32
	}
	eachScene(t, func(t *testing.T, st *stage, _ panel.Profile, sc scene) {
		if sc.name == "room-agent-lost" || sc.name == "room-to-checkout-refused" || sc.name == "garment-refused" || sc.name == "basket-removed" || sc.name == "still-there" {
			return // the toast, or a question, lies over the page for a moment
		}
		var all []place
		walk(st.screen.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, at fyne.Position, scrolled bool) {
			if a, ok := o.(*touch.Area); ok && !scrolled {
				all = append(all, place{a.Label, at.X, at.Y, a.Size().Width, a.Size().Height})
			}
		})
		for i, a := range all {
			for _, b := range all[:i] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Errorf("%q %v and %q %v lie over each other", a.label, a, b.label, b)
				}
			}
		}
	})
}

func TestNoTextIsCutOrOutsideItsPlace(t *testing.T) {
	eachScene(t, func(t *testing.T, st *stage, p panel.Profile, _ scene) {
		walk(st.screen.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, at fyne.Position, scrolled bool) {
			text, ok := o.(*draw.Paragraph)
			if !ok {
				return
			}
			if strings.Contains(text.Text, "[") || strings.Contains(text.Text, "{") {
				t.Errorf("%q is not a text", text.Text)
			}
			if text.Cut {
				t.Errorf("%q does not fit", text.Text)
			}
			if least := text.MinSize(); least.Width > text.Size().Width+0.5 || least.Height > text.Size().Height+0.5 {
				t.Errorf("%q needs %v and has %v", text.Text, least, text.Size())
			}
			if !scrolled && (at.X < 0 || at.Y < 0 || at.X+text.Size().Width > float32(p.Width)+0.5 || at.Y+text.Size().Height > float32(p.Height)+0.5) {
				t.Errorf("%q at %v stands outside the window", text.Text, at)
			}
		})
	})
}

func TestCardsStandWhole(t *testing.T) {
	eachScene(t, func(t *testing.T, st *stage, _ panel.Profile, sc scene) {
		walk(st.screen.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, _ fyne.Position, _ bool) {
			s, ok := o.(*touch.Scroller)
			if !ok || !s.Across() {
				return
			}
			walk(s, fyne.Position{}, false, func(o fyne.CanvasObject, at fyne.Position, _ bool) {
				if text, ok := o.(*draw.Paragraph); ok && at.Y-s.Position().Y+text.Size().Height > s.Size().Height+0.5 {
					t.Errorf("%q is cut at its foot in %s", text.Text, sc.name)
				}
			})
		})
	})
}

func TestTapsBecomeMessages(t *testing.T) {
	shop := openShop(t)
	st := newStage(t, shop, panel.Profiles()[0])
	st.screen.Render(scenes()[5].build(shop, "tr"))
	tapLabel(t, st, "Kanvas Günlük Ayakkabı")
	tapLabel(t, st, "Görevli çağırın")
	tapLabel(t, st, "Görevli çağırın") // the same finger again
	want := []view.Msg{view.TapGarment{EPC: "urn:epc:id:sgtin:0614141.00614141300003"}, view.TapCall{}}
	if len(st.sent) != len(want) {
		t.Fatalf("sent %v, want %v", st.sent, want)
	}
	for i := range want {
		if st.sent[i] != want[i] {
			t.Errorf("message %d is %v, want %v", i, st.sent[i], want[i])
		}
	}
}

// tapLabel taps the visible area with that label, a second after the last tap unless it is the same.
func tapLabel(t *testing.T, st *stage, label string) {
	t.Helper()
	var found *touch.Area
	walk(st.screen.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, _ fyne.Position, _ bool) {
		if a, ok := o.(*touch.Area); ok && a.Label == label {
			found = a
		}
	})
	if found == nil {
		t.Fatalf("there is no %q on the screen", label)
	}
	before := len(st.sent)
	test.Tap(found)
	if len(st.sent) > before {
		st.at = st.at.Add(200 * time.Millisecond)
	}
}

func TestTheWayToACheckoutAlwaysStands(t *testing.T) {
	eachScene(t, func(t *testing.T, st *stage, _ panel.Profile, sc scene) {
		if !strings.HasPrefix(sc.name, "room-to-checkout") {
			return
		}
		stands := false
		walk(st.screen.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, _ fyne.Position, _ bool) {
			a, ok := o.(*touch.Area)
			stands = stands || ok && (a.Label == "To self-checkout" || a.Label == "Hızlı kasaya geç")
		})
		if !stands {
			t.Error("nothing leads to a checkout")
		}
	})
}
