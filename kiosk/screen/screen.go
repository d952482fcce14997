// Package screen draws the kiosk. It is a pure function of view.State: Render shows a state, taps come out as messages, and
// nothing is decided here. It imports no fyne/app, so all of it is tested without a display and without cgo.
package screen

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/garment"
	"showroom/kiosk/screen/idle"
	"showroom/kiosk/screen/leave"
	"showroom/kiosk/screen/panel"
	"showroom/kiosk/screen/room"
	"showroom/kiosk/screen/scan"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/screen/transfer"
	"showroom/kiosk/view"
)

// Options are what a Screen needs of the world.
type Options struct {
	Panel    panel.Profile
	Pictures draw.Pictures
	// RunOnUI runs f on the UI goroutine, later or now: fyne.Do, or a plain call in a test.
	RunOnUI func(f func())
	// Send takes what the shopper does. It is called on the UI goroutine and must not block.
	Send func(view.Msg)
	// Now is the clock that taps and requests are timed with; nil is time.Now.
	Now func() time.Time
}

// Screen is the whole screen.
type Screen struct {
	runOnUI func(func())
	now     func() time.Time

	mu      sync.Mutex // guards next and pending
	next    view.State
	pending bool // a refresh is on its way to the UI goroutine

	// The rest belongs to the UI goroutine.
	state   view.State
	shown   view.Route
	root    *fyne.Container
	ground  *touch.Ground
	idle    *idle.Page
	room    *room.Page
	garment *garment.Page
	leave   *leave.Page
	scan    *scan.Page
	code    *transfer.Page
	strip   *draw.Section
	toast   *draw.Section
	still   *draw.Section
	counter *counter
	kit     draw.Kit
	size    fyne.Size
	tapped  time.Time
	last    view.Msg
}

// New makes a screen. It must be called after the application was made, on the UI goroutine.
func New(o Options) *Screen {
	s := &Screen{runOnUI: o.RunOnUI, now: o.Now, size: fyne.NewSize(float32(o.Panel.Width), float32(o.Panel.Height))}
	if s.now == nil {
		s.now = time.Now
	}
	s.kit = draw.Kit{Panel: o.Panel, Pictures: o.Pictures, RunOnUI: o.RunOnUI, Now: s.now, Send: func(m view.Msg) {
		if !s.bounced(m) {
			o.Send(m)
		}
	}}
	s.ground = touch.NewGround(func() { s.kit.Send(view.TapNothing{}) })
	s.idle, s.room, s.garment, s.leave = idle.New(s.kit), room.New(s.kit), garment.New(s.kit), leave.New(s.kit)
	s.scan, s.code, s.strip, s.toast = scan.New(s.kit), transfer.New(s.kit), draw.NewSection(), draw.NewSection()
	s.still, s.counter = draw.NewSection(), newCounter(s.kit)
	objects := []fyne.CanvasObject{s.ground, s.idle.Object(), s.room.Object(), s.garment.Object(), s.leave.Object(), s.scan.Object(), s.code.Object()}
	objects = append(objects, s.counter.objects()...)
	s.root = &fyne.Container{Layout: window{s}, Objects: append(objects, s.strip.Object(), s.toast.Object(), s.still.Object())}
	s.draw()
	return s
}

// Object is the content of the window.
func (s *Screen) Object() fyne.CanvasObject { return s.root }

// Shown is the page that is shown. It must be called on the UI goroutine.
func (s *Screen) Shown() view.Route { return s.shown }

// Render shows a state, soon. It may be called from any goroutine; of many calls only the last is drawn, and at most one refresh
// waits for the UI goroutine.
func (s *Screen) Render(st view.State) {
	s.mu.Lock()
	s.next = st
	wake := !s.pending
	s.pending = true
	s.mu.Unlock()
	if wake {
		s.runOnUI(s.refresh)
	}
}

func (s *Screen) refresh() {
	s.mu.Lock()
	s.pending = false
	st := s.next
	s.mu.Unlock()
	if st.Route == view.RouteIdle && s.state.Route != view.RouteIdle {
		s.room.Reset()
	}
	if st.Route == view.RouteAttract && s.state.Route != view.RouteAttract {
		s.counter.reset()
	}
	s.state = st
	s.draw()
}

// draw shows the page of the state, and only that one. Where an engineer records, a strip above it says so on every page.
func (s *Screen) draw() {
	f, size := s.state.Frame(), s.size
	top := frame.StripHeight(s.kit, f)
	s.strip.Update(draw.Box{W: size.Width, H: top}, f.Capture, func(sh *draw.Sheet) { frame.Strip(sh, f, size.Width) }, s.kit)
	size.Height -= top
	route := s.page(size)
	s.shown = route
	all := s.counter.pages()
	all[view.RouteIdle], all[view.RouteRoom], all[view.RouteGarment] = s.idle.Object(), s.room.Object(), s.garment.Object()
	all[view.RouteLeave], all[view.RouteScan], all[view.RouteTransfer] = s.leave.Object(), s.scan.Object(), s.code.Object()
	for _, o := range all {
		o.Move(fyne.NewPos(0, top))
		touch.Visible(o, o == all[route])
	}
	s.toast.Update(draw.Box{Y: top, W: size.Width, H: size.Height}, f.Toast, func(sh *draw.Sheet) { frame.Toast(sh, f.Toast, size) }, s.kit)
	s.still.Update(draw.Box{W: s.size.Width, H: s.size.Height}, f.Still, func(sh *draw.Sheet) { frame.Still(sh, f.Still, s.size) }, s.kit)
}

// page renders the page of the state and answers whose it is.
func (s *Screen) page(size fyne.Size) view.Route {
	at, st := s.now(), s.state
	if route, ok := s.counter.render(st, size); ok {
		return route
	}
	switch st.Route {
	case view.RouteRoom:
		s.room.Render(st.Room(at), size)
	case view.RouteTransfer:
		s.code.Render(st.Transfer(), size)
	case view.RouteLeave:
		page := st.Leave()
		if st.Choice.Sheet == view.SheetAbandon {
			page = st.Abandon()
		}
		s.leave.Render(page, size)
	case view.RouteGarment, view.RouteScan:
		if page, ok := st.Garment(at); ok {
			s.garment.Render(page, size)
			return view.RouteGarment
		}
		if page, ok := st.Scan(); ok {
			s.scan.Render(page, size)
			return view.RouteScan
		}
		s.room.Render(st.Room(at), size)
		return view.RouteRoom
	default:
		s.idle.Render(st.Idle(), size)
	}
	return st.Route
}

// bounced says that m is the same finger again: panels report one touch twice, and people tap twice what means once.
func (s *Screen) bounced(m view.Msg) bool {
	at := s.now()
	since := at.Sub(s.tapped)
	again := m == s.last && !typing(m)
	if since >= 0 && (since < 60*time.Millisecond || again && since < 350*time.Millisecond) {
		return true
	}
	s.tapped, s.last = at, m
	return false
}

// typing says that the same key twice means two letters.
func typing(m view.Msg) bool {
	switch m.(type) {
	case view.TapKey, view.TapErase:
		return true
	}
	return false
}

// window gives the pages the size of the window. Pages set themselves.
type window struct{ s *Screen }

func (w window) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	w.s.ground.Resize(size)
	if size != w.s.size && !size.IsZero() {
		w.s.size = size
		w.s.draw()
	}
}

// MinSize is never nothing: X11 ends a program that asks for a window without an extent.
func (window) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 240) }
