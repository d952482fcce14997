package store

import (
	"fmt"

	"showroom/agent/showroom"
)

// aged are the relations whose rows go when they are old, each with the column that tells their age. A row that was written by a clock
// nobody had set may look older than it is by years: it is noted in undated, and begins its age anew once the clock is right.
var aged = []struct {
	relation, key, age string
	wall               bool // the age is told by the clock on the wall alone
}{
	{"command", "id", "at", true},
	{"basket", "id", "changed", false},
	{"settlement", "id", "changed", false},
	{"sale", "id", "at", true},
	{"tag_release", "id", "changed", false},
	{"take_back", "id", "since", false},
	{"till_event", "number", "at", true},
	{"dead_letter", "number", "at", false},
}

// noteAge remembers that a row has just been written, if the clock of this transaction is not to be believed.
func (tx *Tx) noteAge(relation string, id any) error {
	return tx.doubt(`VALUES (?,?,?)`, relation, id, string(tx.now.Quality))
}

// noteLastAge is noteAge for the row that has just been given a number.
func (tx *Tx) noteLastAge(relation string) error {
	return tx.doubt(`SELECT ?, max(number), ? FROM `+relation, relation, string(tx.now.Quality))
}

func (tx *Tx) doubt(values string, args ...any) error {
	if tx.now.Confirmed() {
		return nil
	}
	if _, err := tx.exec(`INSERT OR REPLACE INTO undated (relation, id, quality) `+values, args...); err != nil {
		return fmt.Errorf("note a doubtful time: %w", err)
	}
	return nil
}

// redate lets the age of rows begin now that were written by a worse clock than the present one.
func (tx *Tx) redate() error {
	if tx.now.Quality == showroom.ClockNone {
		return nil
	}
	worse := `quality='` + string(showroom.ClockNone) + `'`
	if tx.now.Confirmed() {
		worse = `true`
	}
	var some bool
	if _, err := tx.one(`SELECT EXISTS (SELECT 1 FROM undated WHERE `+worse+`)`, nil, &some); err != nil || !some {
		return err
	}
	for _, a := range aged {
		var now any = moment(tx.now)
		if a.wall {
			now = tx.wall()
		}
		if _, err := tx.exec(`UPDATE `+a.relation+` SET `+a.age+`=? WHERE `+a.key+` IN (SELECT id FROM undated WHERE relation='`+a.relation+`' AND `+worse+`)`,
			now); err != nil {
			return fmt.Errorf("date %s anew: %w", a.relation, err)
		}
	}
	if _, err := tx.exec(`DELETE FROM undated WHERE ` + worse); err != nil {
		return fmt.Errorf("forget doubtful times: %w", err)
	}
	return nil
}
