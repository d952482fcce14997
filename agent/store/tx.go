package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"showroom/agent/showroom"
)

// View reads. A thing that is not there is a showroom.Error with CodeNotFound, unless the method says otherwise.
type View struct {
	ctx context.Context // of the one function the View lives for; never cancelled
	sql *sql.Tx
	// offers are those of a turn, see offerBook.
	offers    *offerBook
	offerTurn uint64
}

// Tx reads what View reads, its own writes included, and writes.
type Tx struct {
	View
	now   showroom.Moment
	began int64 // seq of the journal's last row before this transaction
	heads heads // of the journal, as they will be once this has been committed
	wrote bool
	// failed is the first statement that did not work. After it nothing more is written and nothing is committed: a full disk makes
	// SQLite roll back by itself, and what came after would stand alone.
	failed error
	// snapshot: see FromSnapshot.
	snapshot bool
	// renamed are products whose items may be found by other words from now on; see indexRenamed.
	renamed map[showroom.ProductID]bool
	// blocks of the search index that change; see writeBlocks.
	blocks []change
	// newOffers: see offersChanged.
	newOffers bool
	// tills are those that have been heard; see countOf.
	tills map[showroom.TillID]*tillCount
	// wallNow is the wall time of now as text, once somebody has asked; see wall.
	wallNow string
}

// Now is the moment of the whole transaction.
func (tx *Tx) Now() showroom.Moment { return tx.now }

// wall is the wall time of the transaction as it stands in columns.
func (tx *Tx) wall() string {
	if tx.wallNow == "" {
		tx.wallNow = wallText(tx.now.Wall)
	}
	return tx.wallNow
}

// exec runs one statement and answers how many rows it changed.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	if tx.failed != nil {
		return 0, tx.failed
	}
	res, err := tx.sql.ExecContext(tx.ctx, query, args...)
	if err != nil {
		tx.failed = translate(err)
		return 0, tx.failed
	}
	n, err := res.RowsAffected()
	if n > 0 {
		tx.wrote = true
	}
	return n, err
}

// scanner is a row to be read, the only one or one of many.
type scanner interface{ Scan(dest ...any) error }

// one reads the first row into dest; found is false when there is none.
func (v *View) one(query string, args []any, dest ...any) (found bool, err error) {
	err = v.sql.QueryRowContext(v.ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// find reads the first row by scan; found is false when there is none. what names the thing in errors.
func find[T any](v *View, what string, scan func(scanner) (T, error), query string, args ...any) (t T, found bool, err error) {
	t, err = scan(v.sql.QueryRowContext(v.ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("read %s: %w", what, err)
	}
	return t, true, nil
}

// get is find where the thing has to be there.
func get[T any](v *View, what string, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	t, found, err := find(v, what, scan, query, args...)
	if err == nil && !found {
		err = showroom.Errorf(showroom.CodeNotFound, "This %s does not exist, or not any more.", what)
	}
	return t, err
}

// list reads all rows by scan.
func list[T any](v *View, what string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := v.sql.QueryContext(v.ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", what, err)
		}
		all = append(all, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	return all, nil
}

func scanOne[T any](row scanner) (t T, err error) {
	err = row.Scan(&t)
	return t, err
}
