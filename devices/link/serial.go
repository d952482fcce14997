package link

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"go.bug.st/serial"

	"showroom/devices"
)

// serialLine is a tty, open twice. The library opens it to set it up; what is read and written goes through a file of our own,
// which the runtime can wake at a deadline and at Close without holding a thread, and whose descriptor can not come to belong to
// somebody else under a Write. The lock on the file makes the port ours: the library asks the kernel for exclusive use, which
// does not hold back another program of root's.
type serialLine struct {
	*os.File
	port serial.Port
}

func openSerial(o Options) (line, error) {
	fail := func(err error) error {
		err = cause(err)
		return &devices.Error{Op: "open port " + o.Name, Device: o.Device, Err: err, Hint: hint(o, err)}
	}
	path, err := devicePath(o)
	if err != nil {
		return nil, fail(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fail(err)
	}
	if err := lock(file); err != nil {
		_ = file.Close()
		return nil, fail(fmt.Errorf("lock: %w", err))
	}
	port, err := serial.Open(path, &serial.Mode{BaudRate: o.Baud, DataBits: 8, Parity: serial.NoParity, StopBits: serial.OneStopBit})
	if err != nil {
		_ = file.Close()
		return nil, fail(err)
	}
	return &serialLine{File: file, port: port}, nil
}

// lock does not use file.Fd, which would make the file one that can not be woken.
func lock(file *os.File) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var locked error
	if err := raw.Control(func(fd uintptr) { locked = syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB) }); err != nil {
		return err
	}
	return locked
}

func (l *serialLine) Close() error {
	return errors.Join(l.File.Close(), l.port.Close())
}

// cause is err with the sentinel callers branch on.
func cause(err error) error {
	var pe *serial.PortError
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EBUSY), errors.As(err, &pe) && pe.Code() == serial.PortBusy:
		return fmt.Errorf("%w (%w)", ErrBusy, err)
	case pe != nil && pe.Code() == serial.PermissionDenied:
		return fmt.Errorf("%w (%w)", fs.ErrPermission, err)
	case pe != nil && pe.Code() == serial.PortNotFound:
		return fmt.Errorf("%w (%w)", fs.ErrNotExist, err)
	}
	return err
}

// devicePath is what to open. A plain path is opened as it stands, so that the error names it.
func devicePath(o Options) (string, error) {
	if !strings.HasPrefix(o.Name, "usb:") {
		return filepath.Join(rooted(o.Root), o.Name), nil
	}
	path, err := findUSB(o.Root, o.Name)
	return filepath.Join(rooted(o.Root), path), err
}

func hint(o Options, err error) string {
	if e, ok := errors.AsType[*devices.Error](err); ok {
		return e.Hint
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "The user this program runs as must be in the group dialout: usermod -aG dialout USER, then restart."
	case errors.Is(err, fs.ErrNotExist):
		return "The device is not plugged in or has another name. " + whatIsThere(o.Root)
	case errors.Is(err, ErrBusy):
		return "Another program has the port open: fuser " + o.Name + " names it. A login console on the port must be switched off."
	}
	return "This is not a serial port, or it does not take these settings."
}
