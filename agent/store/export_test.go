package store

import (
	"context"
	"database/sql"
)

// MigrationSteps answers how many steps this program knows.
func MigrationSteps() int {
	names, err := migrations.ReadDir("migrations")
	if err != nil {
		panic(err)
	}
	return len(names)
}

// Schema answers what the database is made of, as SQLite says it.
func (db *DB) Schema(ctx context.Context) (string, error) { return SchemaOf(ctx, db.writer) }

// SchemaOf is Schema of any database.
func SchemaOf(ctx context.Context, db *sql.DB) (all string, err error) {
	err = db.QueryRowContext(ctx, `SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)`).Scan(&all)
	return all, err
}

// Milestones answers how many there are.
func (db *DB) Milestones(ctx context.Context) (n int, err error) {
	err = db.reader.QueryRowContext(ctx, `SELECT count(*) FROM milestone`).Scan(&n)
	return n, err
}

// MilestoneEvery is the distance of milestones.
const MilestoneEvery = milestoneEvery

// Translate gives an error of the driver a name of ours.
func Translate(err error) error { return translate(err) }

// CheckIndex fails when the search index is not of the words the table has.
func (tx *Tx) CheckIndex() error {
	_, err := tx.exec(`INSERT INTO search_index (search_index) VALUES ('integrity-check')`)
	return err
}
