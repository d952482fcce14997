package frame

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/view"
)

// Leaf is a page of one piece under the header.
type Leaf struct {
	kit          draw.Kit
	header, main *draw.Section
	root         *fyne.Container
}

// NewLeaf makes a page of one piece.
func NewLeaf(k draw.Kit) *Leaf {
	l := &Leaf{kit: k, header: draw.NewSection(), main: draw.NewSection()}
	l.root = &fyne.Container{Objects: []fyne.CanvasObject{l.main.Object(), l.header.Object()}}
	return l
}

// Object is the page in its window.
func (l *Leaf) Object() fyne.CanvasObject { return l.root }

// Compact says that a window of that size is low.
func (l *Leaf) Compact(size fyne.Size) bool { return l.kit.Panel.Compact(size.Height) }

// Show sets the header of f and, with set, what stands under it: model, which names everything that set draws.
func (l *Leaf) Show(f view.Frame, model any, size fyne.Size, set func(s *draw.Sheet, size fyne.Size, margin float32)) {
	f.Still, f.Toast = view.StillThere{}, view.ToastView{} // they lie over the page
	top, margin := HeaderHeight(l.kit, size.Height), Margin(l.kit, size.Height)
	l.header.Update(draw.Box{W: size.Width, H: top}, f, func(s *draw.Sheet) {
		Header(s, f, fyne.NewSize(size.Width, top), margin, theme.Heading, f.Room)
	}, l.kit)
	under := fyne.NewSize(size.Width, size.Height-top)
	l.main.Update(draw.Box{Y: top, W: under.Width, H: under.Height}, model, func(s *draw.Sheet) { set(s, under, margin) }, l.kit)
}
