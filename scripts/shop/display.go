package shop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Display is a display without a screen, for a kiosk where nobody can look at one. It dies with us.
type Display struct {
	Number string // as in DISPLAY=:Number; Xvfb chooses it so that it meets nobody
	xvfb   *exec.Cmd
}

// OpenDisplay opens a display of a size such as 1280x800. What it shows is in the file Xvfb_screen0 of the folder frames, as X dumps
// windows, unless that is "".
func OpenDisplay(ctx context.Context, size, frames string) (*Display, error) {
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		return nil, fmt.Errorf("there is no Xvfb to make a display: %w; run scripts/setup.sh demo", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd := exec.Command(path, "-displayfd", "3", "-screen", "0", size+"x24", "-nolisten", "tcp")
	if frames != "" {
		cmd.Args = append(cmd.Args, "-fbdir", frames)
	}
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	err = cmd.Start()
	w.Close()
	if err != nil {
		return nil, fmt.Errorf("start Xvfb: %w", err)
	}
	d := &Display{xvfb: cmd}
	unhook := context.AfterFunc(ctx, func() { _ = r.SetReadDeadline(time.Now()) })
	defer unhook()
	_ = r.SetReadDeadline(time.Now().Add(startsWithin))
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("start Xvfb: it names no display: %w", errors.Join(ctx.Err(), err))
	}
	d.Number = strings.TrimSpace(number)
	return d, nil
}

// Close closes the display, and waits until it is gone. Whoever draws on it must have ended.
func (d *Display) Close() {
	_ = d.xvfb.Process.Signal(syscall.SIGTERM)
	_ = d.xvfb.Wait()
}
