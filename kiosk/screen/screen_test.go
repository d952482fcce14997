package screen_test

import (
	"image"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"showroom/kiosk/kiosktest"
	"showroom/kiosk/screen"
	"showroom/kiosk/screen/panel"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// later keeps what is to run on the UI goroutine until it is told to run.
type later struct{ waiting []func() }

func (l *later) run(f func()) { l.waiting = append(l.waiting, f) }

func (l *later) now() {
	waiting := l.waiting
	l.waiting = nil
	for _, f := range waiting {
		f()
	}
}

// slow are pictures that come when they are told to.
type slow struct {
	there bool
	ready []func()
}

func (s *slow) Picture(_ string, size image.Point, ready func()) image.Image {
	if !s.there {
		s.ready = append(s.ready, ready)
		return nil
	}
	return image.NewRGBA(image.Rectangle{Max: size})
}

func TestManyStatesAreOneRefresh(t *testing.T) {
	shop := openShop(t)
	test.NewTempApp(t)
	ui, pictures := &later{}, &slow{}
	s := screen.New(screen.Options{Panel: panel.Profiles()[0], Pictures: pictures, RunOnUI: ui.run, Send: func(view.Msg) {},
		Now: func() time.Time { return kiosktest.Noon() }})
	for _, sc := range scenes() {
		s.Render(sc.build(shop, "tr"))
	}
	s.Render(scenes()[3].build(shop, "tr")) // room-one
	if len(ui.waiting) != 1 {
		t.Fatalf("%d refreshes wait", len(ui.waiting))
	}
	ui.now()
	if !onScreen(s, "Işıltılı İpek Gömlek") || onScreen(s, "Biraz daha buradayım") {
		t.Error("the last state is not the one that is shown")
	}
	if shownPictures(s) != 0 {
		t.Fatal("a picture is shown before it is there")
	}
	pictures.there = true
	for _, ready := range pictures.ready {
		ready()
	}
	ui.now()
	if shownPictures(s) == 0 {
		t.Error("the picture is there and not shown")
	}
}

func onScreen(s *screen.Screen, label string) bool {
	found := false
	walk(s.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, _ fyne.Position, _ bool) {
		if a, ok := o.(*touch.Area); ok && a.Label == label {
			found = true
		}
	})
	return found
}

func shownPictures(s *screen.Screen) int {
	n := 0
	walk(s.Object(), fyne.Position{}, false, func(o fyne.CanvasObject, _ fyne.Position, _ bool) {
		if img, ok := o.(*canvas.Image); ok && img.Image != nil && img.Resource == nil {
			n++
		}
	})
	return n
}
