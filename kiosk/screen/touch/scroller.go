package touch

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"showroom/kiosk/screen/draw"
)

// slopMM is how far a finger may roll and still mean a tap.
const slopMM = 2.0

// Scroller shows a part of something larger. A finger drags it, with a little momentum; Page is for arrows, because nobody should
// have to drag. It keeps its offset when its content is exchanged.
type Scroller struct {
	widget.BaseWidget
	across  bool // sideways
	kit     draw.Kit
	inner   *fyne.Container
	offset  float32
	moved   func()
	start   fyne.Position // of the finger
	dragged float32
	last    time.Time
	speed   float32 // pixels a second, of the finger
	glide   *fyne.Animation
}

var (
	_ fyne.Draggable  = (*Scroller)(nil)
	_ fyne.Scrollable = (*Scroller)(nil)
)

// NewScroller makes a scroller that moves sideways, or else up and down. moved, if not nil, is called when its offset or its
// content changed.
func NewScroller(k draw.Kit, across bool, moved func()) *Scroller {
	s := &Scroller{kit: k, across: across, inner: &fyne.Container{}, moved: moved}
	s.ExtendBaseWidget(s)
	return s
}

// SetContent shows content, which has its size already.
func (s *Scroller) SetContent(content fyne.CanvasObject) {
	s.inner.Objects = []fyne.CanvasObject{content}
	s.to(s.offset)
	s.inner.Refresh()
}

// Reset goes back to the beginning.
func (s *Scroller) Reset() {
	s.stop()
	s.to(0)
}

// Offset is how far it is scrolled, in pixels.
func (s *Scroller) Offset() float32 { return s.offset }

// More says whether there is more before and after what is shown.
func (s *Scroller) More() (before, after bool) { return s.offset > 0.5, s.offset < s.limit()-0.5 }

// Page moves by almost one screenful, forwards or backwards.
func (s *Scroller) Page(by float32) { s.Turn(by * 0.85) }

// Turn moves by whole screenfuls, for content that is cut to them.
func (s *Scroller) Turn(by float32) {
	s.stop()
	length, _ := s.lengths()
	from, to := s.offset, s.clamp(s.offset+by*length)
	s.animate(250*time.Millisecond, func(p float32) { s.to(from + (to-from)*p) })
}

// Dragged is for Fyne.
func (s *Scroller) Dragged(e *fyne.DragEvent) {
	s.stop()
	now := s.kit.Now()
	if s.last.IsZero() {
		s.start, s.dragged, s.speed = e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY), 0, 0
	} else if dt := float32(now.Sub(s.last).Seconds()); dt > 0 {
		s.speed = 0.6*s.speed + 0.4*s.along(e.Dragged)/dt
	}
	s.last = now
	s.dragged += float32(math.Hypot(float64(e.Dragged.DX), float64(e.Dragged.DY)))
	if s.dragged > s.kit.MM(slopMM) {
		s.to(s.offset - s.along(e.Dragged))
	}
}

// DragEnd is for Fyne. A finger that only rolled has tapped.
func (s *Scroller) DragEnd() {
	still := s.last.IsZero() || s.kit.Now().Sub(s.last) > 80*time.Millisecond
	s.last = time.Time{}
	if s.dragged <= s.kit.MM(slopMM) {
		if a := areaAt(s.inner, s.start); a != nil {
			a.Tapped(&fyne.PointEvent{})
		}
		return
	}
	if still || math.Abs(float64(s.speed)) < 200 {
		return
	}
	from, distance := s.offset, -s.speed*0.18
	s.animate(450*time.Millisecond, func(p float32) { s.to(from + distance*p) })
}

// Scrolled is for Fyne, and for people with a mouse.
func (s *Scroller) Scrolled(e *fyne.ScrollEvent) {
	s.stop()
	d := e.Scrolled.DY
	if s.across && e.Scrolled.DX != 0 {
		d = e.Scrolled.DX
	}
	s.to(s.offset - d)
}

func (s *Scroller) animate(d time.Duration, tick func(float32)) {
	s.glide = fyne.NewAnimation(d, tick)
	s.glide.Curve = fyne.AnimationEaseOut
	s.glide.Start()
}

func (s *Scroller) stop() {
	if s.glide != nil {
		s.glide.Stop()
		s.glide = nil
	}
}

func (s *Scroller) along(d fyne.Delta) float32 {
	if s.across {
		return d.DX
	}
	return d.DY
}

// lengths are those of the window and of the content.
func (s *Scroller) lengths() (window, content float32) {
	var c fyne.Size
	if len(s.inner.Objects) > 0 {
		c = s.inner.Objects[0].Size()
	}
	if s.across {
		return s.Size().Width, c.Width
	}
	return s.Size().Height, c.Height
}

func (s *Scroller) limit() float32 {
	window, content := s.lengths()
	return max(content-window, 0)
}

func (s *Scroller) clamp(offset float32) float32 { return min(max(offset, 0), s.limit()) }

func (s *Scroller) to(offset float32) {
	s.offset = s.clamp(offset)
	if len(s.inner.Objects) > 0 {
		at := fyne.NewPos(0, -float32(math.Round(float64(s.offset))))
		if s.across {
			at = fyne.NewPos(at.Y, 0)
		}
		s.inner.Objects[0].Move(at)
	}
	if s.moved != nil {
		s.moved()
	}
}

// Resize keeps the offset where it can.
func (s *Scroller) Resize(size fyne.Size) {
	s.BaseWidget.Resize(size)
	s.to(s.offset)
}

// MinSize asks for nothing: the page decides.
func (s *Scroller) MinSize() fyne.Size { return fyne.Size{} }

// CreateRenderer is for Fyne.
func (s *Scroller) CreateRenderer() fyne.WidgetRenderer {
	return draw.Renderer(s, container.NewClip(s.inner))
}

// areaAt finds the topmost area at pos, which is relative to o.
func areaAt(o fyne.CanvasObject, pos fyne.Position) *Area {
	switch o := o.(type) {
	case *Area:
		return o
	case *fyne.Container:
		for i := len(o.Objects) - 1; i >= 0; i-- {
			c := o.Objects[i]
			at := pos.Subtract(c.Position())
			if !c.Visible() || at.X < 0 || at.Y < 0 || at.X >= c.Size().Width || at.Y >= c.Size().Height {
				continue
			}
			if a := areaAt(c, at); a != nil {
				return a
			}
		}
	}
	return nil
}

// Across says that it moves sideways.
func (s *Scroller) Across() bool { return s.across }
