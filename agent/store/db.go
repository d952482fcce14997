package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"showroom/agent/showroom"
)

// Options say where the memory is and how long it lasts. Dir and Clock are required; the zero value of everything else is sound.
type Options struct {
	// Dir is the state folder; it is made if absent. It holds showroom.db, lock and pictures/.
	Dir string
	// MachineID binds the epoch: the same file found on another machine begins a new one.
	MachineID string
	// Clock tells every transaction its moment. Required; called from the goroutine of the Update.
	Clock     func() showroom.Moment
	Retention Retention
	// DiskFree answers the bytes free where dir is; nil asks the file system.
	DiskFree func(dir string) (int64, error)
	// MaxBytes is what the database file may grow to, 0 for as far as the disk goes. At the limit Update answers ErrDiskFull.
	MaxBytes int64
	// PictureBytes is what the pictures may take, 0 for as far as the disk goes. Beyond it those go that were needed longest ago,
	// and what the catalogue shows first, or somebody looks at, only when nothing else is left.
	PictureBytes int64
	Logger       *slog.Logger // nil for none
}

// Retention is how long what is no longer needed is kept. A zero duration stands for the default.
type Retention struct {
	Facts        time.Duration // acknowledged facts, visits and closed settlements; 30 days
	Observations time.Duration // acknowledged observations; 7 days
	Local        time.Duration // rows for screens, and baskets that have ended; 48 hours
	Commands     time.Duration // results kept for a client that repeats itself; 48 hours
	Sales        time.Duration // sales, for whoever brings something back; 400 days
	// DiskFloor is the free space in bytes below which the oldest observations go, acknowledged or not. Half of it is the reserve
	// of the facts, see DB.Reserve. 0 is no floor.
	DiskFloor int64
}

func (r Retention) withDefaults() Retention {
	const day = 24 * time.Hour
	r.Facts = cmp.Or(r.Facts, 30*day)
	r.Observations = cmp.Or(r.Observations, 7*day)
	r.Local = cmp.Or(r.Local, 2*day)
	r.Sales = cmp.Or(r.Sales, 400*day)
	r.Commands = cmp.Or(r.Commands, 2*day)
	return r
}

// DB is an open state folder.
type DB struct {
	opts   Options
	lock   *os.File
	writer *sql.DB // one connection; whoever holds it owns heads
	reader *sql.DB

	heads heads

	pictures *pictures
	offers   offerBook

	mu      sync.Mutex // guards changed
	changed chan struct{}
}

// Open takes the state folder and brings its database to the newest shape. The error is an *Error wrapping ErrLocked, ErrNewer,
// ErrPragma or the cause. The caller closes the DB.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.DiskFree == nil {
		o.DiskFree = diskFree
	}
	o.Retention = o.Retention.withDefaults()
	if err := os.MkdirAll(filepath.Join(o.Dir, "pictures"), 0o700); err != nil {
		return nil, &Error{Op: "make state folder", Path: o.Dir, Err: err, Hint: "give the agent's user write access to the folder"}
	}
	locked, err := lock(o.Dir)
	if err != nil {
		return nil, err
	}
	removeHalfPictures(o.Dir)
	db := &DB{opts: o, lock: locked, changed: make(chan struct{}), pictures: newPictures()}
	if err := translate(db.open(ctx)); err != nil {
		return nil, &Error{Op: "open database", Path: db.Path(), Err: errors.Join(err, db.closeFiles()), Hint: hint(err)}
	}
	return db, nil
}

func (db *DB) open(ctx context.Context) error {
	if err := birth(ctx, db.Path()); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	db.writer = openWriter(db.Path(), db.opts.MaxBytes)
	if err := migrate(ctx, db.writer); err != nil {
		return err
	}
	db.reader = openReaders(db.Path())
	if err := db.reader.PingContext(ctx); err != nil {
		return fmt.Errorf("open readers: %w", err)
	}
	if err := db.View(ctx, func(v *View) (err error) {
		db.heads, err = v.heads()
		return err
	}); err != nil {
		return fmt.Errorf("find heads of the journal: %w", err)
	}
	before := db.heads.epoch
	if err := db.Update(ctx, func(tx *Tx) error { return tx.bindEpoch(db.opts.MachineID) }); err != nil {
		return err
	}
	if err := db.indexOverdue(ctx); err != nil {
		return fmt.Errorf("make search index: %w", err)
	}
	if before != "" && before != db.heads.epoch {
		db.opts.Logger.Warn("Database was found on another machine, a new epoch begins", "before", before, "epoch", db.heads.epoch)
	}
	return nil
}

func hint(err error) string {
	switch {
	case errors.Is(err, ErrNewer):
		return "install the newer program again; an older one does not understand this database"
	case errors.Is(err, ErrPragma):
		return "this database was not made by this program, or its file system can not hold it safely; use a local file system"
	case errors.Is(err, ErrDiskFull):
		return "free some space on the disk"
	}
	return ""
}

// Path is the database file.
func (db *DB) Path() string { return filepath.Join(db.opts.Dir, "showroom.db") }

// Close writes everything back into the one file and gives the state folder free. No method may be called after it.
func (db *DB) Close() error {
	_, err := db.writer.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, db.closeFiles())
}

func (db *DB) closeFiles() error {
	var errs []error
	for _, pool := range []*sql.DB{db.reader, db.writer} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(append(errs, db.lock.Close())...)
}

// Changed answers a channel that is closed by the next Update that writes anything. Take the channel first, read second, wait
// third: then no change is missed. It is a hint and carries nothing.
func (db *DB) Changed() <-chan struct{} {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.changed
}

func (db *DB) announce() {
	db.mu.Lock()
	defer db.mu.Unlock()
	close(db.changed)
	db.changed = make(chan struct{})
}

// Update runs fn in the one write transaction. When it answers nil, what fn wrote is on the disk. When fn answers an error or
// panics, or a write in it failed and fn kept that to itself, nothing of it happened. ctx bounds the wait for other writers; a transaction that has begun is not interrupted. A
// full disk is ErrDiskFull. fn must not call Update or View.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("wait for the writer: %w", translate(err))
	}
	defer conn.Close()
	// Without cancellation the driver starts no goroutine per statement, and a commit is never torn from its answer.
	ctx = context.WithoutCancel(ctx)
	turn := db.offers.now()
	sqlTx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", translate(err))
	}
	defer sqlTx.Rollback() // does nothing after a commit; also the way out of a panic
	tx := &Tx{View: View{ctx: ctx, sql: sqlTx, offers: &db.offers, offerTurn: turn}, now: db.opts.Clock(), began: db.heads.seq, heads: db.heads.clone()}
	if err := fn(tx); err != nil {
		return translate(err)
	}
	if err := tx.indexRenamed(); err != nil {
		return translate(err)
	}
	if err := tx.writeTills(); err != nil {
		return translate(err)
	}
	if tx.failed != nil {
		return tx.failed
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", translate(err))
	}
	if tx.newOffers {
		db.offers.changed()
	}
	if tx.wrote {
		db.heads = tx.heads
		db.announce()
	}
	return nil
}

// View runs fn on a snapshot: everything it reads is of one moment, whatever is written meanwhile. ctx bounds the wait for a free
// connection.
func (db *DB) View(ctx context.Context, fn func(*View) error) error {
	conn, err := db.reader.Conn(ctx)
	if err != nil {
		return fmt.Errorf("wait for a reader: %w", translate(err))
	}
	defer conn.Close()
	ctx = context.WithoutCancel(ctx)
	turn := db.offers.now()
	sqlTx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer sqlTx.Rollback()
	return fn(&View{ctx: ctx, sql: sqlTx, offers: &db.offers, offerTurn: turn})
}
