package draw

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Renderer answers the renderer of w, which consists of o. Fyne forgets the renderer of what was hidden for a minute and asks for
// another when it is shown again, but tells that one no size, because the widget's did not change.
func Renderer(w fyne.Widget, o fyne.CanvasObject) fyne.WidgetRenderer {
	o.Resize(w.Size())
	return widget.NewSimpleRenderer(o)
}
