// Package touch is what a finger meets. Fyne's own widgets are made for a mouse: its lists do not scroll by finger on Linux, and a
// finger that rolls by two pixels is taken for a drag.
package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
)

// Area is something that can be tapped. It acts on release; a finger that slides off does nothing. While it is held it darkens.
type Area struct {
	widget.BaseWidget
	Label   string // what it is, for people who can not see it and for tests
	Primary bool   // what the page is for: at least 15 mm, others 10
	face    fyne.CanvasObject
	shade   *canvas.Rectangle
	tapped  func()
}

var (
	_ fyne.Tappable     = (*Area)(nil)
	_ desktop.Mouseable = (*Area)(nil)
	_ desktop.Hoverable = (*Area)(nil)
)

// NewArea makes face tappable.
func NewArea(label string, primary bool, face fyne.CanvasObject, tapped func()) *Area {
	a := &Area{Label: label, Primary: primary, face: face, shade: canvas.NewRectangle(theme.Pressed), tapped: tapped}
	a.shade.Hide()
	a.ExtendBaseWidget(a)
	return a
}

// Tapped is for Fyne.
func (a *Area) Tapped(*fyne.PointEvent) {
	a.release()
	if a.tapped != nil {
		a.tapped()
	}
}

// MouseDown is for Fyne, which shows a touch as a mouse.
func (a *Area) MouseDown(*desktop.MouseEvent) { a.shade.Show() }

// MouseUp is for Fyne.
func (a *Area) MouseUp(*desktop.MouseEvent) { a.release() }

// MouseIn is for Fyne.
func (a *Area) MouseIn(*desktop.MouseEvent) {}

// MouseMoved is for Fyne.
func (a *Area) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne. A finger that slid off presses nothing.
func (a *Area) MouseOut() { a.release() }

func (a *Area) release() {
	if a.shade.Visible() {
		a.shade.Hide()
	}
}

// Size and place come from the page; MinSize asks for nothing.
func (a *Area) MinSize() fyne.Size { return fyne.Size{} }

// CreateRenderer is for Fyne.
func (a *Area) CreateRenderer() fyne.WidgetRenderer {
	return draw.Renderer(a, &fyne.Container{Layout: whole{a.shade}, Objects: []fyne.CanvasObject{a.face, a.shade}})
}

// whole gives the shade the whole space. The face was set by the page, at its own size.
type whole struct{ shade fyne.CanvasObject }

func (l whole) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	draw.Place(l.shade, draw.Box{W: size.Width, H: size.Height})
}

func (whole) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Visible shows o, or hides it, unless it is so already.
func Visible(o fyne.CanvasObject, yes bool) {
	switch {
	case yes && !o.Visible():
		o.Show()
	case !yes && o.Visible():
		o.Hide()
	}
}

// Ground takes the taps that hit nothing else: somebody is there.
type Ground struct {
	widget.BaseWidget
	tapped func()
}

// NewGround makes a ground.
func NewGround(tapped func()) *Ground {
	g := &Ground{tapped: tapped}
	g.ExtendBaseWidget(g)
	return g
}

// Tapped is for Fyne.
func (g *Ground) Tapped(*fyne.PointEvent) { g.tapped() }

// CreateRenderer is for Fyne.
func (g *Ground) CreateRenderer() fyne.WidgetRenderer {
	return draw.Renderer(g, canvas.NewRectangle(theme.Paper))
}

// Veil lies over a page that asks something first, and takes the taps that hit nothing else.
type Veil struct {
	widget.BaseWidget
	tapped func()
}

// NewVeil makes a veil.
func NewVeil(tapped func()) *Veil {
	v := &Veil{tapped: tapped}
	v.ExtendBaseWidget(v)
	return v
}

// Tapped is for Fyne.
func (v *Veil) Tapped(*fyne.PointEvent) { v.tapped() }

// CreateRenderer is for Fyne.
func (v *Veil) CreateRenderer() fyne.WidgetRenderer {
	return draw.Renderer(v, canvas.NewRectangle(theme.Veil))
}
