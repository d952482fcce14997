package store

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// What callers branch on.
var (
	// ErrDiskFull: the transaction was rolled back for lack of space. Nothing of it happened.
	ErrDiskFull = errors.New("disk is full")
	// ErrReserve: free space has come down to the part kept for facts. What makes new obligations (self-checkout) stops.
	ErrReserve = errors.New("disk reserve for facts is in use")
	// ErrLocked: another agent uses the state folder.
	ErrLocked = errors.New("state folder is in use by another agent; stop that one, or set state_dir to a folder of its own")
	// ErrNewer: the database was written by a newer program.
	ErrNewer = errors.New("database is newer than this program")
	// ErrPragma: SQLite does not run as it was asked to, so facts would not be safe.
	ErrPragma = errors.New("database does not run with the safety it was asked for")
	// ErrAhead: the central service has more of a lane than was ever written here. The file is an old copy; see [Tx.NewEpoch].
	ErrAhead = errors.New("acknowledged beyond what was written here")
	// ErrTooLarge: the body of an event is over [MaxBody].
	ErrTooLarge = errors.New("event is too large for the journal")
)

// Error is what went wrong with the state folder, for engineers.
type Error struct {
	Op   string // what was tried, a verb phrase: "open database"
	Path string
	Err  error
	Hint string // what to do about it, in words; may be empty
}

func (e *Error) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Path, e.Err) }

// Unwrap answers the cause.
func (e *Error) Unwrap() error { return e.Err }

// translate gives the driver's errors that callers branch on a name of ours.
func translate(err error) error {
	e, ok := errors.AsType[sqlite3.Error](err)
	// The files beside the database can not grow either, which SQLite calls an I/O error.
	if ok && (e.Code == sqlite3.ErrFull || noRoom(e.SystemErrno)) && !errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}

// noRoom says that the operating system lets no file grow: the disk has no space, or the agent's user may have no more of it.
func noRoom(errno syscall.Errno) bool {
	return errno == syscall.ENOSPC || errno == syscall.EDQUOT || errno == syscall.EFBIG
}
