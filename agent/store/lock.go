package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lock takes the state folder for this process until the file is closed. The kernel gives it back when a process dies, however it
// dies. The process id in the file is for people only.
func lock(dir string) (*os.File, error) {
	path := filepath.Join(dir, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &Error{Op: "lock state folder", Path: dir, Err: err, Hint: "give the agent's user write access to the folder"}
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(path)
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			hint := "stop the other agent, or give this one a state folder of its own"
			if pid := strings.TrimSpace(string(holder)); pid != "" {
				hint += "; the other one is process " + pid
			}
			return nil, &Error{Op: "lock state folder", Path: dir, Err: ErrLocked, Hint: hint}
		}
		return nil, &Error{Op: "lock state folder", Path: dir, Err: err, Hint: "the file system must support flock; network folders often do not"}
	}
	if err := writePID(f); err != nil {
		f.Close()
		return nil, &Error{Op: "lock state folder", Path: dir, Err: err}
	}
	return f, nil
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}
