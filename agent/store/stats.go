package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"showroom/agent/showroom"
)

// Stats is how the memory stands, for metrics and the doctor.
type Stats struct {
	Head         Head
	Unsent       map[showroom.Lane]int64 // rows not acknowledged, all epochs together, for each uploaded lane
	OldestUnsent time.Time               // wall time of the first fact not acknowledged, zero when there is none
	Items        int64                   // in the catalogue
	Garments     int64                   // in rooms
	OpenVisits   int64
	Missing      int64 // pictures that are named and not here
	Pictures     int64 // bytes of the pictures that are here; without those that came before there was a budget
	GivenUp      int64 // pictures that are named and had to make room
	FileBytes    int64 // database and WAL
	DiskFree     int64 // bytes an ordinary user may still write
}

// Stats counts. It reads the keys of the catalogue once: cheap enough for every few seconds.
func (db *DB) Stats(ctx context.Context) (s Stats, err error) {
	err = db.View(ctx, func(v *View) error {
		s, err = v.stats()
		return err
	})
	if err != nil {
		return s, fmt.Errorf("count: %w", err)
	}
	for _, path := range []string{db.Path(), db.Path() + "-wal"} {
		info, err := os.Stat(path)
		if err == nil {
			s.FileBytes += info.Size()
		} else if !errors.Is(err, fs.ErrNotExist) {
			return s, fmt.Errorf("measure database: %w", err)
		}
	}
	s.DiskFree, err = db.opts.DiskFree(db.opts.Dir)
	return s, err
}

func (v *View) stats() (s Stats, err error) {
	if s.Head, err = v.Head(); err != nil {
		return s, err
	}
	ends, err := v.Lanes()
	if err != nil {
		return s, err
	}
	s.Unsent = make(map[showroom.Lane]int64)
	for _, end := range ends {
		if !end.Lane.Uploaded() {
			continue
		}
		s.Unsent[end.Lane] += end.Last - end.Acked
		if end.Lane != showroom.LaneFacts || end.Last == end.Acked || !s.OldestUnsent.IsZero() {
			continue
		}
		first, err := v.rowsAfter(end.Epoch, end.Lane, end.Acked, 1)
		if err != nil {
			return s, err
		}
		for _, r := range first {
			s.OldestUnsent = r.At.Wall
		}
	}
	_, err = v.one(`SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM garment),
		(SELECT count(*) FROM visit WHERE end_reason=''), count(*) FILTER (WHERE state='missing'),
		coalesce(sum(bytes), 0), count(*) FILTER (WHERE state='gone') FROM picture`,
		nil, &s.Items, &s.Garments, &s.OpenVisits, &s.Missing, &s.Pictures, &s.GivenUp)
	return s, err
}

// IntegrityCheck reads the whole file and answers an *Error naming what is damaged. It takes seconds on a large one.
func (db *DB) IntegrityCheck(ctx context.Context) error {
	var faults []string
	err := db.View(ctx, func(v *View) (err error) {
		faults, err = list(v, "integrity", scanOne[string], `PRAGMA integrity_check(20)`)
		return err
	})
	if err == nil && len(faults) == 1 && faults[0] == "ok" {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("damaged: %q", faults)
	}
	return &Error{Op: "check database", Path: db.Path(), Err: err,
		Hint: "copy the state folder away for support, then start with an empty one; what was acknowledged is safe at head office"}
}
