package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
	"unsafe"

	"github.com/creack/pty"
)

// hostTakes is how long the host may leave a full line unread before what is said is lost.
const hostTakes = 100 * time.Millisecond

// line is one pseudo terminal: the module's end of a serial cable that a host may open at the other.
//
// The host's end is held open here until the host has spoken, so that a line nobody has opened yet is quiet and not broken. From
// then on the host alone holds it, and its end is the end of the line.
type line struct {
	*os.File // the module's end. Its Read and Write can be woken by Close
	host     *os.File
}

func openLine() (*line, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("open pseudo terminal: %w", err)
	}
	if err := raw(slave); err != nil {
		return nil, errors.Join(fmt.Errorf("set up pseudo terminal: %w", err), master.Close(), slave.Close())
	}
	far, err := wakeable(master)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("set up pseudo terminal: %w", err), slave.Close())
	}
	return &line{File: far, host: slave}, nil
}

// taken says that the host has the line now. It may be called again and again, by the one who reads.
func (l *line) taken() {
	if l.host != nil {
		_ = l.host.Close() // it was only held
		l.host = nil
	}
}

// look is how often a line is looked at whose host says nothing.
const look = 20 * time.Millisecond

// await lets the line go and waits until a host has it: while nobody has it, reading fails. It answers false when ctx has ended.
// Only the one who reads may call it; what a host says meanwhile is lost.
func (l *line) await(ctx context.Context) bool {
	l.taken()
	var lost [64]byte
	for ctx.Err() == nil {
		if err := l.SetReadDeadline(time.Now().Add(look)); err != nil {
			return false // closed
		}
		n, err := l.Read(lost[:])
		if n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			return l.SetReadDeadline(time.Time{}) == nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(look):
		}
	}
	return false
}

// end ends the line from this side. Only the one who reads may call it.
func (l *line) end() {
	l.taken()
	_ = l.Close() // it may have been closed to wake the reader
}

// say writes p unless the host does not take it in time; then the rest is lost, as on a real line.
func (l *line) say(p []byte) {
	if err := l.SetWriteDeadline(time.Now().Add(hostTakes)); err != nil {
		return // closed
	}
	_, _ = l.Write(p) // whoever reads learns of the end of the line
}

// linkTo makes path a symbolic link to the host's end, at once and whatever it was before.
func (l *line) linkTo(path string) error {
	fresh := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("link line: %w", err)
	}
	if err := os.Symlink(l.host.Name(), fresh); err != nil {
		return fmt.Errorf("link line: %w", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("link line: %w", err)
	}
	return nil
}

// wakeable is f, which it closes, as a file whose Close wakes its Read: a pty comes in blocking mode, in which it does not.
func wakeable(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	if err := syscall.SetNonblock(fd, true); err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// raw makes a terminal pass bytes as they are: no echo, no lines, no signals. A host sets its port up so too, but only after it
// has opened it.
func raw(tty *os.File) error {
	var t syscall.Termios
	if err := ioctl(tty, syscall.TCGETS, &t); err != nil {
		return err
	}
	t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
	t.Cflag = t.Cflag&^(syscall.CSIZE|syscall.PARENB) | syscall.CS8 | syscall.CREAD | syscall.CLOCAL
	t.Cc[syscall.VMIN], t.Cc[syscall.VTIME] = 1, 0
	return ioctl(tty, syscall.TCSETS, &t)
}

func ioctl(tty *os.File, request uintptr, t *syscall.Termios) error {
	conn, err := tty.SyscallConn()
	if err != nil {
		return err
	}
	var errno syscall.Errno
	if err := conn.Control(func(fd uintptr) {
		_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(t)))
	}); err != nil {
		return err
	}
	if errno != 0 {
		return errno
	}
	return nil
}
