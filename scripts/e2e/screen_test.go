package e2e

import (
	"context"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"showroom/kiosk/agentclient"
	"showroom/kiosk/screen"
	"showroom/kiosk/screen/panel"
	"showroom/kiosk/screen/picture"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/view"
)

// display is a kiosk's screen in memory. Only the test's goroutine draws on it.
type display struct {
	k      *kiosk
	screen *screen.Screen
	canvas fyne.Canvas
	cache  *agentclient.Pictures

	mu     sync.Mutex // guards the rest
	due    []func()   // what pictures that have come want drawn
	wishes map[wish]bool
}

type wish struct {
	sha  string
	size image.Point
}

// openDisplay makes the screen of a kiosk with the pictures of its agent. There can be one in a process at a time.
func openDisplay(k *kiosk) *display {
	t := k.s.t
	t.Helper()
	p := panel.Profiles()[0]
	d := &display{k: k, wishes: map[wish]bool{}}
	d.cache = agentclient.NewPictures(k.client, agentclient.PictureOptions{Prepare: func(src image.Image, size image.Point) image.Image {
		return picture.Prepare(src, size, theme.Plate)
	}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1) // one result
	go func() { ended <- d.cache.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("pictures ended with %v", err)
		}
	})
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.Theme{Panel: p})
	d.screen = screen.New(screen.Options{Panel: p, Pictures: d, RunOnUI: d.later, Send: k.loop.Send})
	w := test.NewTempWindow(t, d.screen.Object())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(float32(p.Width), float32(p.Height)))
	d.canvas = w.Canvas()
	return d
}

func (d *display) later(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.due = append(d.due, f)
}

// Picture notes what the screen wishes and asks the agent for it.
func (d *display) Picture(sha string, size image.Point, ready func()) image.Image {
	d.mu.Lock()
	d.wishes[wish{sha, size}] = true
	d.mu.Unlock()
	return d.cache.Picture(sha, size, ready)
}

// draw does what is due and answers whether every picture is there.
func (d *display) draw() bool {
	d.mu.Lock()
	due := d.due
	d.due = nil
	wishes := make([]wish, 0, len(d.wishes))
	for w := range d.wishes {
		wishes = append(wishes, w)
	}
	d.mu.Unlock()
	for _, f := range due {
		f()
	}
	for _, w := range wishes {
		if d.cache.Picture(w.sha, w.size, func() {}) == nil {
			return false
		}
	}
	return len(due) == 0
}

// photograph draws what the kiosk shows, with all its pictures, and keeps it as a file.
func (d *display) photograph(name string, st view.State) image.Image {
	t := d.k.s.t
	t.Helper()
	d.mu.Lock()
	clear(d.wishes)
	d.mu.Unlock()
	d.screen.Render(st)
	d.k.s.eventually("the pictures of "+name+" are drawn", func() error {
		if !d.draw() {
			return errors.New("they are on their way")
		}
		return nil
	})
	img := d.canvas.Capture()
	path := filepath.Join(t.ArtifactDir(), name+".png")
	f, err := os.Create(path)
	d.k.s.must(err)
	d.k.s.must(errors.Join(png.Encode(f, img), f.Close()))
	return img
}

// colours is how many there are in a picture.
func colours(img image.Image) int {
	seen := map[[3]uint32]bool{}
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r >> 8, g >> 8, b >> 8}] = true
		}
	}
	return len(seen)
}
