package store

import (
	"fmt"
	"syscall"
)

// diskFree is what an ordinary user may still write where dir is.
func diskFree(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("ask for free space: %w", err)
	}
	return int64(s.Bavail) * int64(s.Bsize), nil // Bsize is 32 bits wide on some platforms
}
