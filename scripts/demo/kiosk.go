package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"showroom/scripts/shop"
)

// kiosk is one screen, in a window or on a virtual display of its own.
type kiosk struct {
	process *shop.Process
	display *shop.Display // nil where there is a real one
	where   string        // what to tell the person watching
}

// virtual says that there is no display here that a person could look at.
func virtual() bool { return os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" }

// startKiosk switches the kiosk of that id on. On a virtual display it is looked at so often, and photographed whenever it has changed.
func startKiosk(ctx context.Context, s *shop.Shop, id, size string, look time.Duration) (*kiosk, error) {
	args := []string{"--agent", "unix://" + s.Socket, "--kiosk", id}
	k := &kiosk{where: "in its window"}
	var env []string
	if virtual() {
		var err error
		if k.display, err = shop.OpenDisplay(ctx, size, ""); err != nil {
			return nil, err
		}
		photos := filepath.Join(s.Dir(), "kiosk", id)
		if err := os.MkdirAll(photos, 0o755); err != nil {
			k.stop()
			return nil, fmt.Errorf("make folder of the photographs: %w", err)
		}
		k.where = "no display here: photographed at each change into " + photos
		env = []string{"DISPLAY=:" + k.display.Number, "LANG=C.UTF-8"}
		args = append(args, "--screenshot-dir", photos, "--screenshot-every", look.String())
	} else {
		args = append(args, "--window")
	}
	k.process = s.Program("showroom-kiosk", env, args...)
	if err := k.process.Start(); err != nil {
		k.stop()
		return nil, err
	}
	return k, nil
}

func (k *kiosk) stop() {
	if k.process != nil {
		k.process.Stop()
	}
	if k.display != nil {
		k.display.Close()
		k.display = nil
	}
}
