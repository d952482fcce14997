package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"showroom/agent/lang"
	"showroom/kiosk/agentclient"
	"showroom/kiosk/loop"
	"showroom/kiosk/screen"
	"showroom/kiosk/screen/picture"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/view"
)

// run shows the kiosk until ctx ends. It must be called on the main goroutine, which Fyne wants for itself.
func run(ctx context.Context, o options, log *slog.Logger) error {
	client, err := agentclient.New(o.agent, o.kiosk, agentclient.Options{})
	if err != nil {
		return err
	}
	// One pixel is one pixel: the panel profile alone decides how large things are.
	if err := errors.Join(os.Setenv("FYNE_SCALE", "1"), os.Setenv("FYNE_DISABLE_DPI_DETECTION", "1")); err != nil {
		return fmt.Errorf("fix the scale: %w", err)
	}
	app.SetMetadata(fyne.AppMetadata{ID: "showroom.kiosk", Name: "showroom-kiosk", Migrations: map[string]bool{"fyneDo": true}})
	a := app.NewWithID("showroom.kiosk")
	a.Settings().SetTheme(theme.Theme{Panel: o.panel})

	pictures := agentclient.NewPictures(client, agentclient.PictureOptions{Prepare: func(src image.Image, size image.Point) image.Image {
		return picture.Prepare(src, size, theme.Plate)
	}})
	var l *loop.Loop
	s := screen.New(screen.Options{Panel: o.panel, Pictures: pictures, RunOnUI: fyne.Do, Send: func(m view.Msg) { l.Send(m) }})
	l = loop.New(client, view.Start(string(language())), s.Render, log)
	w := window(a, s.Object(), o)
	var photos *photographer
	if o.screenshots != "" {
		if photos, err = newPhotographer(w, s, o.screenshots, log); err != nil {
			return err
		}
	}

	ctx, cancel := context.WithCancel(ctx)
	var works sync.WaitGroup
	a.Lifecycle().SetOnStarted(func() {
		log.Info("kiosk is shown", "kiosk", o.kiosk, "panel", o.panel.Name)
		works.Go(func() { stopped(log, "pictures", pictures.Run(ctx)) })
		works.Go(func() { stopped(log, "kiosk", l.Run(ctx)) })
		if photos != nil {
			works.Go(func() { photos.run(ctx, o.screenshotEvery) })
		}
		works.Go(func() {
			<-ctx.Done()
			fyne.Do(a.Quit)
		})
	})
	w.ShowAndRun()
	cancel()
	works.Wait()
	return nil
}

// language is what to speak until the agent has said which language the session has: that of the machine.
func language() lang.Tag {
	tag, ok := lang.Parse(os.Getenv("LANG"))
	if !ok {
		return lang.Turkish
	}
	return tag
}

// stopped says why a part of the kiosk stopped, unless it was told to.
func stopped(log *slog.Logger, part string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Error("a part of the kiosk stopped", "part", part, "error", err)
	}
}

// window makes the only window. It can not be closed by hand: a kiosk ends when the service is stopped.
func window(a fyne.App, content fyne.CanvasObject, o options) fyne.Window {
	w := a.NewWindow("showroom")
	w.SetMaster()
	w.SetPadded(false)
	size := fyne.NewSize(float32(o.panel.Width), float32(o.panel.Height))
	if o.window {
		w.SetContent(content)
		w.Resize(size)
		w.SetFixedSize(true)
		return w
	}
	w.SetCloseIntercept(func() {})
	w.SetContent(newNoCursor(content))
	w.Resize(size) // until the session has given it the whole screen
	w.SetFullScreen(true)
	return w
}

// noCursor is the whole window, without a pointer over it: fingers have none.
type noCursor struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

var _ desktop.Cursorable = (*noCursor)(nil)

func newNoCursor(content fyne.CanvasObject) *noCursor {
	n := &noCursor{content: content}
	n.ExtendBaseWidget(n)
	return n
}

// Cursor hides the pointer.
func (n *noCursor) Cursor() desktop.Cursor { return desktop.HiddenCursor }

// CreateRenderer is for Fyne.
func (n *noCursor) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(n.content))
}
