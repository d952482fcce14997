package store

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// longestPrefix is how many letters of a word are in the search index. A longer one is compared with the words themselves.
const longestPrefix = 12

// change is an item coming into a block of the search index or going out of it. A block is a row: the items with a word that begins
// so, among blockSize numbers.
type change struct {
	prefix string
	block  int64
	number int // of the change in its transaction
	offset int
	in     bool
}

// changeWords notes what an item was found by and what it is from now on; writeBlocks writes it. The words are sorted.
func (tx *Tx) changeWords(number int64, before, after string) {
	was, is := prefixes(before), prefixes(after)
	for len(was) > 0 || len(is) > 0 {
		c := change{number: len(tx.blocks), block: number / blockSize, offset: int(number % blockSize)}
		switch {
		case len(is) == 0 || len(was) > 0 && was[0] < is[0]:
			c.prefix, was = was[0], was[1:]
		case len(was) == 0 || is[0] < was[0]:
			c.prefix, c.in, is = is[0], true, is[1:]
		default:
			was, is = was[1:], is[1:]
			continue
		}
		tx.blocks = append(tx.blocks, c)
	}
}

// prefixes are the beginnings of sorted words that are parted by spaces, sorted and each once: what a word has in common with the one
// before it has been there. Of a word as it is written they are those with an accent; the others are those of the folded word.
func prefixes(words string) (all []string) {
	before := ""
	for word := range strings.FieldsSeq(words) {
		letters, common, plain := 0, true, isWritten(word)
		for i, r := range word {
			if r == mark {
				continue
			}
			if letters++; letters > longestPrefix {
				break
			}
			plain = plain && !accent(r)
			end := i + utf8.RuneLen(r)
			if common = common && strings.HasPrefix(before, word[:end]); !common && !plain {
				all = append(all, word[:end])
			}
		}
		before = word
	}
	return all
}

// beginning cuts a word to what the index has of it.
func beginning(word string) string {
	letters, plain := 0, isWritten(word)
	for i, r := range word {
		if r == mark {
			continue
		}
		if letters == longestPrefix {
			word = word[:i]
			break
		}
		plain = plain && !accent(r)
		letters++
	}
	if plain {
		return word[len(string(mark)):]
	}
	return word
}

// writeBlocks brings the index up to date, each block once, in the order they lie in.
func (tx *Tx) writeBlocks() error {
	slices.SortFunc(tx.blocks, func(a, b change) int { // a stable sort takes three times as long
		if c := strings.Compare(a.prefix, b.prefix); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.block, b.block), cmp.Compare(a.number, b.number))
	})
	for changes := tx.blocks; len(changes) > 0; {
		first, n := changes[0], 1
		for n < len(changes) && changes[n].prefix == first.prefix && changes[n].block == first.block {
			n++
		}
		if err := tx.writeBlock(changes[:n]); err != nil {
			return fmt.Errorf("write search index: %w", err)
		}
		changes = changes[n:]
	}
	tx.blocks = nil
	return nil
}

// writeBlock makes changes of one block, the later after the earlier.
func (tx *Tx) writeBlock(changes []change) error {
	prefix, number := changes[0].prefix, changes[0].block
	var packed []byte
	if _, err := tx.one(`SELECT members FROM search_block WHERE prefix=? AND block=?`, []any{prefix, number}, &packed); err != nil {
		return err
	}
	var set bitset
	set.unpack(packed)
	for _, c := range changes {
		set.set(c.offset, c.in)
	}
	var err error
	if packed = set.pack(packed[:0]); len(packed) > 0 {
		_, err = tx.exec(`INSERT OR REPLACE INTO search_block (prefix, block, members) VALUES (?,?,?)`, prefix, number, packed)
	} else {
		_, err = tx.exec(`DELETE FROM search_block WHERE prefix=? AND block=?`, prefix, number)
	}
	return err
}

// reader goes through the blocks of one prefix.
type reader struct {
	rows    *sql.Rows
	block   int64
	members sql.RawBytes // until the next is read
}

// next reads the next block; false when there is none.
func (r *reader) next() (bool, error) {
	if !r.rows.Next() {
		return false, r.rows.Err()
	}
	return true, r.rows.Scan(&r.block, &r.members)
}

// withAll calls found with the numbers from first on of the items that have a word beginning with each of the words, ascending, until it
// answers false.
func (v *View) withAll(words []string, first int64, found func(number int64) (bool, error)) (err error) {
	readers := make([]*reader, len(words))
	defer func() {
		for _, r := range readers {
			if r != nil {
				err = errors.Join(err, r.rows.Close())
			}
		}
	}()
	for i, word := range words {
		rows, err := v.sql.QueryContext(v.ctx, `SELECT block, members FROM search_block WHERE prefix=? AND block>=? ORDER BY block`, //nolint:rowserrcheck // next answers it
			beginning(word), first/blockSize)
		if err != nil {
			return fmt.Errorf("read search index: %w", err)
		}
		readers[i] = &reader{rows: rows, block: -1}
	}
	var all, one bitset
	for at := first / blockSize; ; at++ {
		// Every reader goes on to block at, or to a later one, to which the others then follow.
		for i := 0; i < len(readers); i++ {
			for readers[i].block < at {
				if more, err := readers[i].next(); err != nil || !more {
					return err
				}
			}
			if readers[i].block > at {
				at, i = readers[i].block, -1
			}
		}
		for i, r := range readers {
			one.unpack(r.members)
			if i == 0 {
				all = one
			} else {
				all.and(&one)
			}
		}
		for n := range all.numbers {
			number := at*blockSize + int64(n)
			if number < first {
				continue
			}
			if more, err := found(number); err != nil || !more {
				return err
			}
		}
	}
}
