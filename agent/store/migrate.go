package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// migrations are the steps from nothing to the newest shape, NNNN_name.sql, numbered from 1 without a gap. A step that has been
// released is never changed. schema.sql holds the newest shape for people to read; a test keeps the two equal.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate runs the steps that are missing, each in a transaction with the number that records it.
func migrate(ctx context.Context, db *sql.DB) error {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return err
	}
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	if version > len(names) {
		return fmt.Errorf("%w: it is at step %d, this program knows %d", ErrNewer, version, len(names))
	}
	for i := version; i < len(names); i++ {
		if err := step(ctx, db, names[i], i+1); err != nil {
			return fmt.Errorf("migrate by %s: %w", names[i], translate(err))
		}
	}
	return nil
}

func step(ctx context.Context, db *sql.DB, name string, number int) error {
	digits, _, _ := strings.Cut(strings.TrimPrefix(name, "migrations/"), "_")
	if n, err := strconv.Atoi(digits); err != nil || n != number {
		return fmt.Errorf("step %d expected here", number)
	}
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version=%d", number)); err != nil {
		return err
	}
	return tx.Commit()
}
