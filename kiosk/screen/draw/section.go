package draw

import (
	"reflect"

	"fyne.io/fyne/v2"
)

// Section is a part of a page that is set again only when what it shows changed, so that the rest of the page neither flickers nor
// loses the finger that is on it.
type Section struct {
	root  *fyne.Container
	shown any
}

// NewSection makes an empty section.
func NewSection() *Section { return &Section{root: &fyne.Container{}} }

// Object is the section on its page.
func (s *Section) Object() fyne.CanvasObject { return s.root }

// Changed notes that the section shows model in b from now on, and says whether that is news.
func (s *Section) Changed(b Box, model any) bool {
	type shown struct {
		Box   Box
		Model any
	}
	next := shown{b, model}
	if reflect.DeepEqual(s.shown, next) {
		return false
	}
	s.shown = next
	return true
}

// Update sets the section in b with build, unless it shows model in a place of that size already.
func (s *Section) Update(b Box, model any, build func(*Sheet), k Kit) {
	if !s.Changed(b, model) {
		return
	}
	sheet := NewSheet(k)
	build(sheet)
	s.root.Objects = sheet.Objects
	Place(s.root, b)
	s.root.Refresh()
}
