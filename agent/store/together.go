package store

import (
	"fmt"
	"strings"
)

// How many rows one statement writes: what is left of a burst goes in eights and ones, so that few statements are kept prepared. most
// divides milestoneEvery.
const (
	most = 32
	some = 8
)

func together(left int) int {
	switch {
	case left >= most:
		return most
	case left >= some:
		return some
	}
	return 1
}

// The statements by the number of their rows. What rows share is bound once, before them.
var (
	insertJournal = statements(5, 8, `INSERT INTO journal (`+rowColumns+`) VALUES `, `(?%[6]d,?1,?%[7]d,?%[8]d,?%[9]d,?%[10]d,?%[11]d,?%[12]d,?%[13]d,?2,?3,?4,?5)`, ``)
	insertTills   = statements(1, 3, `INSERT INTO till_event (till, id, seq, at) VALUES `, `(?%[2]d,?%[3]d,?%[4]d,?1)`, ` ON CONFLICT (till, id) DO NOTHING`)
)

// statements are for rows with so many values of their own beside the shared ones; row is one of them, where the number of each
// parameter is written.
func statements(shared, own int, before, row, behind string) map[int]string {
	all := map[int]string{}
	for _, n := range []int{most, some, 1} {
		rows := make([]string, n)
		for i := range rows {
			parameters := make([]any, shared+own)
			for p := range parameters {
				parameters[p] = p + 1
				if p >= shared {
					parameters[p] = p + 1 + i*own
				}
			}
			rows[i] = fmt.Sprintf(row, parameters...)
		}
		all[n] = before + strings.Join(rows, ",") + behind
	}
	return all
}
