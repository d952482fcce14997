package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

// pageSize halves the bytes a lone commit writes compared with SQLite's 4096, because a change touches few rows of few tables.
const pageSize = 1024

const readers = 4 // connections of the read pool

// pragma is a setting and the value it must read back as.
type pragma struct {
	name string
	want string
}

// connector opens connections of one kind, each with its pragmas set and read back.
type connector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

func (c *connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c *connector) Driver() driver.Driver                        { return c.driver }

func connect(path string, values url.Values, set []string, want []pragma) *sql.DB {
	values.Set("_busy_timeout", "5000")
	values.Set("_foreign_keys", "on")
	values.Set("_synchronous", "FULL")
	values.Set("_secure_delete", "fast") // a forgotten body is overwritten, not only unlinked
	values.Set("_stmt_cache_size", "128")
	dsn := (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: values.Encode()}).String()
	hook := func(c *sqlite3.SQLiteConn) error {
		for _, s := range set {
			if _, err := c.Exec(s, nil); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return readBack(c, want)
	}
	return sql.OpenDB(&connector{dsn: dsn, driver: &sqlite3.SQLiteDriver{ConnectHook: hook}})
}

// safety is what must be true of every connection. A DSN only asks: an unknown name in it is ignored without a word, and SQLite
// itself falls back silently, to a rollback journal for one, where WAL is impossible.
func safety() []pragma {
	return []pragma{
		{"journal_mode", "wal"},
		{"synchronous", "2"},
		{"foreign_keys", "1"},
		{"busy_timeout", "5000"},
		{"page_size", fmt.Sprint(pageSize)},
		{"auto_vacuum", "2"},
		{"secure_delete", "2"},
	}
}

func openWriter(path string, maxBytes int64) *sql.DB {
	// Hot pages are written once per checkpoint, so a long WAL saves the card; it is cut back after each.
	set := []string{"PRAGMA wal_autocheckpoint=4000", "PRAGMA journal_size_limit=8388608"}
	if maxBytes > 0 {
		set = append(set, fmt.Sprintf("PRAGMA max_page_count=%d", max(maxBytes/pageSize, 1)))
	}
	db := connect(path, url.Values{
		"mode":          {"rw"},
		"_journal_mode": {"WAL"},
		"_txlock":       {"immediate"}, // a deferred transaction that reads and then writes skips the busy handler
		"_cache_size":   {"-2000"},
	}, set, safety())
	db.SetMaxOpenConns(1)
	return db
}

func openReaders(path string) *sql.DB {
	// mode=rw with query_only, not mode=ro: a WAL whose writer was killed can only be recovered by a connection that may write.
	db := connect(path, url.Values{"mode": {"rw"}, "_query_only": {"1"}, "_cache_size": {"-1000"}},
		nil, append(safety(), pragma{"query_only", "1"}))
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	return db
}

// readBack compares what SQLite says with what it must say.
func readBack(c *sqlite3.SQLiteConn, want []pragma) error {
	for _, p := range want {
		rows, err := c.Query("PRAGMA "+p.name, nil)
		if err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		value := make([]driver.Value, 1)
		err = rows.Next(value)
		rows.Close()
		if err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		if got := fmt.Sprint(value[0]); got != p.want {
			return fmt.Errorf("%w: %s is %s, must be %s", ErrPragma, p.name, got, p.want)
		}
	}
	return nil
}

// birth makes the file, if there is none yet, with what can only be said before anything is in it.
func birth(ctx context.Context, path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		return nil
	}
	db := connect(path, url.Values{"mode": {"rwc"}, "_auto_vacuum": {"incremental"}},
		[]string{fmt.Sprintf("PRAGMA page_size=%d", pageSize)}, nil)
	defer db.Close()
	// VACUUM writes the header of an empty file, which fixes both settings before the first switch to WAL.
	if _, err := db.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
