package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"showroom/kiosk/screen"
)

// mostPhotographs is how many pictures of the screen are kept. The oldest make room.
const mostPhotographs = 1000

// photographer writes pictures of the screen, for machines nobody can watch. What has not changed is not written again. The codes of
// shoppers' receipts are among them, so only the kiosk's own user may look.
type photographer struct {
	window fyne.Window
	screen *screen.Screen
	dir    string
	log    *slog.Logger

	kept  []string // files, oldest first, of earlier runs too
	taken int      // the number of the last one
	last  []byte   // its pixels
}

func newPhotographer(w fyne.Window, s *screen.Screen, dir string, log *slog.Logger) (*photographer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder for screenshots: %w", err)
	}
	p := &photographer{window: w, screen: s, dir: dir, log: log}
	var err error
	if p.kept, err = filepath.Glob(filepath.Join(dir, "[0-9][0-9][0-9][0-9][0-9][0-9]-*.png")); err != nil {
		return nil, fmt.Errorf("look for earlier screenshots: %w", err)
	}
	if n := len(p.kept); n > 0 {
		_, _ = fmt.Sscanf(filepath.Base(p.kept[n-1]), "%d", &p.taken) // six digits, as was just matched
	}
	return p, nil
}

// run looks at the screen so often until ctx ends.
func (p *photographer) run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var img *image.NRGBA
		var page string
		taken := make(chan struct{}) // closed when img and page are there
		fyne.Do(func() {
			img, page = shot(p.window), p.screen.Shown().String()
			close(taken)
		})
		select {
		case <-ctx.Done():
			return
		case <-taken:
		}
		if img == nil || bytes.Equal(img.Pix, p.last) {
			continue
		}
		if err := p.keep(img, page); err != nil {
			p.log.Warn("screenshot was not written", "error", err)
			continue
		}
		p.last = img.Pix
	}
}

// shot draws once more, in memory, what the window shows. The window's own pixels can not be had: after a frame was shown OpenGL ES
// lets a program read only the buffer that the next one will be drawn into. It must be called on the UI goroutine.
func shot(w fyne.Window) *image.NRGBA {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetScale(w.Canvas().Scale())
	c.Resize(w.Canvas().Size())
	c.SetContent(w.Content())
	img, _ := c.Capture().(*image.NRGBA)
	return img
}

// keep writes a picture under the name of the page it shows.
func (p *photographer) keep(img image.Image, page string) error {
	for len(p.kept) >= mostPhotographs {
		if err := os.Remove(p.kept[0]); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("make room for a screenshot: %w", err)
		}
		p.kept = p.kept[1:]
	}
	path := filepath.Join(p.dir, fmt.Sprintf("%06d-%s.png", p.taken+1, page))
	if err := writePNG(path, img); err != nil {
		return err
	}
	p.taken++
	p.kept = append(p.kept, path)
	return nil
}

// writePNG writes the whole file or none.
func writePNG(path string, img image.Image) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("make screenshot: %w", err)
	}
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := errors.Join(enc.Encode(f, img), f.Close()); err != nil {
		return fmt.Errorf("write screenshot: %w", err)
	}
	return os.Rename(part, path)
}
