package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"showroom/agent/showroom"
)

// Journal is the journal of a state folder, read and never written, also while an agent has the folder.
type Journal struct{ db DB }

// OpenJournal opens the journal of a state folder for reading. It takes no lock and brings nothing to another shape. An error that wraps
// os.ErrNotExist says that there is none. The caller closes it.
func OpenJournal(ctx context.Context, dir string) (*Journal, error) {
	path := filepath.Join(dir, "showroom.db")
	if _, err := os.Stat(path); err != nil {
		return nil, &Error{Op: "open journal", Path: path, Err: err}
	}
	j := &Journal{DB{reader: openReaders(path)}}
	if _, err := j.Since(ctx, 0, 1); err != nil {
		_ = j.Close() // nothing was written; why it can not be read is said
		return nil, &Error{Op: "open journal", Path: path, Err: translate(err), Hint: "use the program that wrote it, and a user that may read the folder"}
	}
	return j, nil
}

// Since answers at most limit rows of all lanes after seq, in order.
func (j *Journal) Since(ctx context.Context, seq int64, limit int) ([]showroom.Row, error) {
	rows, err := j.db.Since(ctx, seq, limit)
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	return rows, nil
}

// Close gives the file back.
func (j *Journal) Close() error { return j.db.reader.Close() }
