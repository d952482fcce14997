package draw

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"showroom/kiosk/screen/theme"
)

// Plate is a surface with a product picture on it. Until the picture is there, and when there is none, it is the bare surface.
type Plate struct {
	widget.BaseWidget
	kit  Kit
	sha  string
	size image.Point
	base *canvas.Rectangle
	img  *canvas.Image
}

// NewPlate makes a plate of exactly that size in pixels; sha may be empty.
func NewPlate(k Kit, sha string, w, h float32) *Plate {
	p := &Plate{kit: k, sha: sha, size: image.Pt(int(w), int(h)), base: canvas.NewRectangle(theme.Plate), img: &canvas.Image{}}
	p.img.ScaleMode = canvas.ImageScaleFastest // it is scaled already
	p.img.Hide()
	p.ExtendBaseWidget(p)
	p.load(func() { k.RunOnUI(func() { p.load(func() {}) }) })
	return p
}

func (p *Plate) load(ready func()) {
	if p.sha == "" || p.kit.Pictures == nil {
		return
	}
	if img := p.kit.Pictures.Picture(p.sha, p.size, ready); img != nil {
		p.img.Image = img
		p.img.Show()
		p.img.Refresh()
		p.Refresh() // the image was hidden and has no canvas yet: only the plate can be painted anew
	}
}

// CreateRenderer is for Fyne.
func (p *Plate) CreateRenderer() fyne.WidgetRenderer {
	return Renderer(p, &fyne.Container{Layout: fill{}, Objects: []fyne.CanvasObject{p.base, p.img}})
}

// fill gives every object the whole space.
type fill struct{}

func (fill) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		Place(o, Box{W: size.Width, H: size.Height})
	}
}

func (fill) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
