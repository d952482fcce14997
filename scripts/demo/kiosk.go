package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"showroom/scripts/shop"
)

// kiosk is the screen of fitting room 2, in a window or on a virtual display.
type kiosk struct {
	process *shop.Process
	display *exec.Cmd // Xvfb; nil with a real display
	virtual bool
	where   string // what to tell the person watching
}

func startKiosk(ctx context.Context, s *shop.Shop, size string) (*kiosk, error) {
	args := []string{"--agent", "unix://" + s.Socket, "--kiosk", "fr2"}
	k := &kiosk{where: "in its window"}
	var env []string
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		number, err := k.startDisplay(ctx, size)
		if err != nil {
			return nil, err
		}
		photos := filepath.Join(s.Dir(), "kiosk")
		if err := os.MkdirAll(photos, 0o755); err != nil {
			k.stop()
			return nil, fmt.Errorf("make folder of the photographs: %w", err)
		}
		k.virtual, k.where = true, "no display here: photographed every 3 s into "+photos
		env = []string{"DISPLAY=:" + number, "LANG=C.UTF-8"}
		args = append(args, "--screenshot-dir", photos, "--screenshot-every", "3s")
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

// startDisplay starts a virtual display and answers its number, which Xvfb chooses so that it meets nobody.
func (k *kiosk) startDisplay(ctx context.Context, size string) (string, error) {
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		return "", fmt.Errorf("there is no display and no Xvfb to make one: %w; run scripts/setup.sh demo", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer r.Close()
	cmd := exec.Command(path, "-displayfd", "3", "-screen", "0", size+"x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	err = cmd.Start()
	w.Close()
	if err != nil {
		return "", fmt.Errorf("start Xvfb: %w", err)
	}
	k.display = cmd
	unhook := context.AfterFunc(ctx, func() { _ = r.SetReadDeadline(time.Now()) })
	defer unhook()
	_ = r.SetReadDeadline(time.Now().Add(20 * time.Second))
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		k.stop()
		return "", fmt.Errorf("start Xvfb: it names no display: %w", errors.Join(ctx.Err(), err))
	}
	return strings.TrimSpace(number), nil
}

func (k *kiosk) stop() {
	if k.process != nil {
		k.process.Stop()
	}
	if k.display != nil {
		_ = k.display.Process.Signal(syscall.SIGTERM)
		_ = k.display.Wait()
		k.display = nil
	}
}
