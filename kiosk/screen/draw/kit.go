// Package draw holds the few shapes every page is made of: paragraphs, plates with pictures, hairlines and signs. Pages are placed
// by hand, in millimetres: a kiosk has one panel, and its pages are set like a page in print.
package draw

import (
	"image"
	"time"

	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/panel"
	"showroom/kiosk/view"
)

// Pictures answers product pictures prepared for the screen.
type Pictures interface {
	// Picture answers the picture at exactly that size, or nil when it is not at hand. Then ready is called at most once, from
	// any goroutine, when asking again is worth it.
	Picture(sha256 string, size image.Point, ready func()) image.Image
}

// Kit is what pages draw and speak with. All of it is used on the UI goroutine, except that RunOnUI may be called from any.
type Kit struct {
	Panel    panel.Profile
	Pictures Pictures
	RunOnUI  func(func())
	Send     func(view.Msg)
	Now      func() time.Time
}

// MM answers a length in pixels.
func (k Kit) MM(mm float64) float32 { return k.Panel.MM(mm) }

// Box is a place on a page, in pixels.
type Box struct{ X, Y, W, H float32 }

// Right and Bottom are the far edges.
func (b Box) Right() float32  { return b.X + b.W }
func (b Box) Bottom() float32 { return b.Y + b.H }

// Place moves and resizes o to b.
func Place(o fyne.CanvasObject, b Box) {
	o.Move(fyne.NewPos(b.X, b.Y))
	o.Resize(fyne.NewSize(b.W, b.H))
}
