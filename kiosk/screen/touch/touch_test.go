package touch_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/panel"
	"showroom/kiosk/screen/touch"
)

// finger drags over a scroller of ten areas, 100 pixels each, in a window of 300.
type finger struct {
	now    time.Time
	tapped []int
	s      *touch.Scroller
}

func newFinger(t *testing.T, across bool) *finger {
	t.Helper()
	test.NewTempApp(t)
	f := &finger{now: time.Unix(1000, 0)}
	k := draw.Kit{Panel: panel.Profiles()[0], Now: func() time.Time { return f.now }}
	f.s = touch.NewScroller(k, across, nil)
	f.s.Resize(fyne.NewSize(300, 100))
	if !across {
		f.s.Resize(fyne.NewSize(100, 300))
	}
	f.fill(k, across, 10)
	return f
}

func (f *finger) fill(k draw.Kit, across bool, n int) {
	sheet := draw.NewSheet(k)
	for i := range n {
		b := draw.Box{X: float32(i) * 100, W: 100, H: 100}
		if !across {
			b.X, b.Y = 0, b.X
		}
		sheet.Add(touch.NewArea("area", true, &fyne.Container{}, func() { f.tapped = append(f.tapped, i) }), b)
	}
	size := fyne.NewSize(float32(n)*100, 100)
	if !across {
		size = fyne.NewSize(100, float32(n)*100)
	}
	f.s.SetContent(sheet.Object(size))
}

// drag moves the finger from a place by steps, and lifts it after a rest.
func (f *finger) drag(x, y, dx, dy float32, steps int) {
	for i := range steps {
		f.now = f.now.Add(16 * time.Millisecond)
		f.s.Dragged(&fyne.DragEvent{
			PointEvent: fyne.PointEvent{Position: fyne.NewPos(x+dx*float32(i+1), y+dy*float32(i+1))},
			Dragged:    fyne.NewDelta(dx, dy),
		})
	}
	f.now = f.now.Add(time.Second)
	f.s.DragEnd()
}

func TestAFingerDragsTheContentAndTapsNothing(t *testing.T) {
	for _, across := range []bool{true, false} {
		f := newFinger(t, across)
		if across {
			f.drag(250, 50, -10, 1, 20)
		} else {
			f.drag(50, 250, 1, -10, 20)
		}
		if got := f.s.Offset(); got < 180 || got > 200 {
			t.Errorf("across %v: scrolled by %v, the finger moved 200", across, got)
		}
		if len(f.tapped) != 0 {
			t.Errorf("across %v: tapped %v", across, f.tapped)
		}
	}
}

func TestAFingerThatRollsHasTapped(t *testing.T) {
	f := newFinger(t, true)
	f.drag(150, 50, 2, 1, 3)
	if len(f.tapped) != 1 || f.tapped[0] != 1 || f.s.Offset() != 0 {
		t.Errorf("tapped %v, offset %v", f.tapped, f.s.Offset())
	}
	f.drag(250, 50, -10, 0, 20)
	f.tapped = nil
	f.drag(150, 50, 1, 0, 3)
	if len(f.tapped) != 1 || f.tapped[0] != int(f.s.Offset()+150)/100 {
		t.Errorf("scrolled by %v, tapped %v", f.s.Offset(), f.tapped)
	}
}

func TestItStopsAtItsEnds(t *testing.T) {
	f := newFinger(t, true)
	f.drag(0, 50, 30, 0, 40)
	if got := f.s.Offset(); got != 0 {
		t.Errorf("before the beginning: %v", got)
	}
	f.drag(0, 50, -50, 0, 100)
	if got := f.s.Offset(); got != 700 {
		t.Errorf("behind the end: %v", got)
	}
	if before, after := f.s.More(); !before || after {
		t.Errorf("at the end there is more before %v, after %v", before, after)
	}
}

func TestNewContentKeepsThePlace(t *testing.T) {
	f := newFinger(t, true)
	f.drag(250, 50, -10, 0, 41)
	at := f.s.Offset()
	k := draw.Kit{Panel: panel.Profiles()[0], Now: func() time.Time { return f.now }}
	f.fill(k, true, 9)
	if got := f.s.Offset(); got != at {
		t.Errorf("was at %v, is at %v", at, got)
	}
	f.fill(k, true, 2) // all of it fits now
	if got := f.s.Offset(); got != 0 {
		t.Errorf("everything fits, and the offset is %v", got)
	}
}

func TestAFlickGlidesOn(t *testing.T) {
	f := newFinger(t, true)
	for i := range 6 {
		f.now = f.now.Add(16 * time.Millisecond)
		f.s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(250-float32(i)*20, 50)}, Dragged: fyne.NewDelta(-20, 0)})
	}
	lifted := f.s.Offset()
	f.s.DragEnd()
	if f.s.Offset() <= lifted {
		t.Errorf("it stopped where the finger left, at %v", lifted)
	}
}
