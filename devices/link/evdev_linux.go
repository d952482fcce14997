package link

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"showroom/devices"
)

// keyboardLine is an input device that is ours alone: what it types reaches no screen, and no other program.
type keyboardLine struct {
	*os.File
	keys *Keyboard
}

// Read answers typed text.
func (l *keyboardLine) Read(p []byte) (int, error) { return l.keys.Read(p) }

func openKeyboard(o Options) (line, error) {
	fail := func(err error) error {
		return &devices.Error{Op: "open scanner " + o.Name, Device: o.Device, Err: err, Hint: keyboardHint(o, err)}
	}
	file, err := os.OpenFile(filepath.Join(rooted(o.Root), o.Name), os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fail(err)
	}
	if err := grab(file); err != nil {
		_ = file.Close()
		return nil, fail(err)
	}
	return &keyboardLine{File: file, keys: NewKeyboard(file)}, nil
}

// grab takes the device for this program until the file is closed. It does not use file.Fd, which would make the file one that can
// not be woken.
func grab(file *os.File) error {
	const eviocgrab = 0x40044590 // linux/input.h
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var taken error
	if err := raw.Control(func(fd uintptr) { taken = unix.IoctlSetInt(int(fd), eviocgrab, 1) }); err != nil {
		return err
	}
	if errors.Is(taken, unix.EBUSY) {
		return fmt.Errorf("%w (%w)", ErrBusy, taken)
	}
	if taken != nil {
		return fmt.Errorf("take for ourselves: %w", taken)
	}
	return nil
}

func keyboardHint(o Options, err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "The user this program runs as must be in the group input: usermod -aG input USER, then restart."
	case errors.Is(err, fs.ErrNotExist):
		return "The scanner is not plugged in or has another name. " + whichKeyboards(o.Root)
	case errors.Is(err, ErrBusy):
		return "Another program has taken the scanner for itself: fuser " + o.Name + " names it."
	}
	return "This is not a keyboard, or the kernel does not let it be taken."
}

func whichKeyboards(root string) string {
	root = rooted(root)
	names, err := filepath.Glob(filepath.Join(root, inputFolder+"by-id/*-event-kbd"))
	if err != nil || len(names) == 0 {
		return "No keyboard is there at all."
	}
	for i, name := range names {
		names[i] = "/" + strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
	}
	return "These are there: " + strings.Join(names[:min(len(names), 8)], ", ") + "."
}
