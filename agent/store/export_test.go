package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
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

// Undated answers how many rows are noted as written by a clock that nobody vouched for.
func (db *DB) Undated(ctx context.Context) (n int, err error) {
	err = db.reader.QueryRowContext(ctx, `SELECT count(*) FROM undated`).Scan(&n)
	return n, err
}

// Damage does to the database what no method does.
func (db *DB) Damage(ctx context.Context, statement string) error {
	_, err := db.writer.ExecContext(ctx, statement)
	return err
}

// MilestoneEvery is the distance of milestones.
const MilestoneEvery = milestoneEvery

// Translate gives an error of the driver a name of ours.
func Translate(err error) error { return translate(err) }

// CheckIndex fails when the search index is not of the words that the items have.
func (tx *Tx) CheckIndex() error {
	type words struct {
		number int64
		words  string
	}
	items, err := list(&tx.View, "words", func(s scanner) (w words, err error) {
		err = s.Scan(&w.number, &w.words)
		return w, err
	}, `SELECT number, words FROM search`)
	if err != nil {
		return err
	}
	want := map[string]int{}
	for _, item := range items {
		for _, p := range prefixes(item.words) {
			want[p]++
		}
	}
	got, err := list(&tx.View, "prefixes", scanOne[string], `SELECT DISTINCT prefix FROM search_block`)
	if err != nil {
		return err
	}
	for _, p := range got {
		count := 0
		if err := tx.withAll([]string{p}, 0, func(int64) (bool, error) { count++; return true, nil }); err != nil {
			return err
		}
		if count != want[p] {
			return fmt.Errorf("%q finds %d items, should %d", p, count, want[p])
		}
		delete(want, p)
	}
	if len(want) > 0 {
		return fmt.Errorf("the index has not got %v", want)
	}
	return nil
}

// Packed is what the search index keeps of a set of numbers of one block.
func Packed(numbers map[int]bool) []byte {
	var b bitset
	for n := range numbers {
		b.set(n, true)
	}
	return b.pack(nil)
}

// Unpacked reads it.
func Unpacked(packed []byte) map[int]bool {
	var b bitset
	b.set(17, true) // of the block before
	b.unpack(packed)
	numbers := map[int]bool{}
	for n := range b.numbers {
		numbers[n] = true
	}
	return numbers
}

// BlockSize is how many numbers a block is about.
const BlockSize = blockSize

// LookedUp are statements that find something by what others call it, and the index each is to find it by.
func LookedUp() map[string]string {
	return map[string]string{
		saleByInvoice: "sale_invoice",
		saleByToken:   "sale_token",
		settledAs:     "settlement_receipt",
		approvedUnder: "settlement_receipt",
		settledBefore: "settlement_device",
	}
}

// Plan answers how SQLite goes about a statement.
func (db *DB) Plan(ctx context.Context, query string) (steps []string, err error) {
	err = db.View(ctx, func(v *View) (err error) {
		steps, err = list(v, "plan", func(s scanner) (step string, err error) {
			var id, parent, unused int
			err = s.Scan(&id, &parent, &unused, &step)
			return step, err
		}, `EXPLAIN QUERY PLAN `+query, make([]any, strings.Count(query, "?"))...)
		return err
	})
	return steps, err
}
