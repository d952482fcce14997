package store

import (
	"fmt"

	"github.com/google/uuid"

	"showroom/agent/showroom"
)

// TillEvent is what became of a till's event in the count of its events.
type TillEvent struct {
	// Fresh: it has not been here before. What is not fresh has been dealt with and is to be dropped.
	Fresh bool
	// Late: it fills a gap that has been told of.
	Late bool
	// MissingFrom and MissingTo are numbers, both inclusive, that have not come in before it; 0 for none.
	MissingFrom, MissingTo int64
	// Twice: the event before it had this number too. What comes next is expected to have the next one.
	Twice bool
	// Anew: the till counts from the beginning again, or from somewhere else; another event had this number.
	Anew bool
}

// farBack is by how much an event may be late that fills a gap. Further back a till has begun to count anew, even though the events that
// had those numbers are not remembered any more.
const farBack = 10_000

// TillSaid is an event of a till: by its id, which is its own, and its number.
type TillSaid struct {
	Till showroom.TillID
	ID   string
	Seq  int64
}

// TakeTillEvents notes that events of tills have come in, in this order, and answers what became of each. Events are known by id for as
// long as facts are kept, so that what a broker brings again is not fresh. A till that is heard for the first time may begin with any
// number. If one has no id or a number below 1, all are refused with CodeInvalid.
func (tx *Tx) TakeTillEvents(said []TillSaid) ([]TillEvent, error) {
	for _, s := range said {
		if s.Till == "" || s.ID == "" || s.Seq < 1 {
			return nil, showroom.Errorf(showroom.CodeInvalid, "An event of a till needs an id, and a number from 1.")
		}
	}
	rows, err := tx.insertTillEvents(said)
	if err != nil {
		return nil, fmt.Errorf("take events of tills: %w", err)
	}
	became := make([]TillEvent, len(said))
	for i, row := range rows {
		if row == 0 {
			continue
		}
		if became[i], err = tx.countTillEvent(said[i], row); err != nil {
			return nil, fmt.Errorf("take event of till: %w", err)
		}
	}
	return became, nil
}

// insertTillEvents answers which row each is, 0 for one that has been here before.
func (tx *Tx) insertTillEvents(said []TillSaid) (rows []int64, err error) {
	var last int64
	if _, err := tx.one(`SELECT coalesce(max(number), 0) FROM till_event`, nil, &last); err != nil {
		return nil, err
	}
	rows = make([]int64, len(said))
	for at := 0; at < len(said); {
		n := together(len(said) - at)
		args := append(make([]any, 0, 1+3*n), tx.wall())
		for _, s := range said[at : at+n] {
			args = append(args, string(s.Till), eventKey(s.ID), s.Seq)
		}
		fresh, err := tx.exec(insertTills[n], args...)
		if err != nil {
			return nil, err
		}
		in := func(int) bool { return true }
		if fresh < int64(n) {
			if in, err = tx.whichAreIn(said[at:at+n], last); err != nil {
				return nil, err
			}
		}
		for i := range n {
			if in(i) {
				last++
				rows[at+i] = last
			}
		}
		at += n
	}
	return rows, nil
}

// whichAreIn says which of some events are in the rows behind one, where they stand in their order.
func (tx *Tx) whichAreIn(said []TillSaid, behind int64) (func(int) bool, error) {
	kept, err := list(&tx.View, "events of tills", scanTillKey, `SELECT till, id FROM till_event WHERE number>? ORDER BY number`, behind)
	if err != nil {
		return nil, err
	}
	in := make([]bool, len(said))
	for i, s := range said {
		if len(kept) > 0 && kept[0] == (tillKey{s.Till, string(eventKey(s.ID))}) {
			in[i], kept = true, kept[1:]
		}
	}
	return func(i int) bool { return in[i] }, nil
}

type tillKey struct {
	till showroom.TillID
	key  string
}

func scanTillKey(s scanner) (k tillKey, err error) {
	var key []byte
	err = s.Scan(&k.till, &key)
	k.key = string(key)
	return k, err
}

// countTillEvent counts an event that has come in for the first time, as a row.
func (tx *Tx) countTillEvent(said TillSaid, row int64) (e TillEvent, err error) {
	e.Fresh = true
	if err := tx.noteAge("till_event", row); err != nil {
		return e, err
	}
	count, err := tx.countOf(said.Till)
	if err != nil {
		return e, err
	}
	switch {
	case !count.known || said.Seq == count.last+1:
	case said.Seq > count.last+1:
		e.MissingFrom, e.MissingTo = count.last+1, said.Seq-1
	case said.Seq == count.last:
		e.Twice = true
		return e, nil
	default:
		var sameNumber int64
		if _, err := tx.one(`SELECT count(*) FROM till_event WHERE till=? AND seq=? AND number<=?`, []any{said.Till, said.Seq, row}, &sameNumber); err != nil {
			return e, err
		}
		if sameNumber <= 1 && count.last-said.Seq <= farBack {
			e.Late = true
			return e, nil
		}
		e.Anew = true
	}
	*count = tillCount{last: said.Seq, known: true, changed: true}
	return e, nil
}

// eventKey is an event's id as it is kept: its index is the largest part of what an event costs.
func eventKey(id string) []byte {
	const usual = 36 // letters; a UUID has longer writings too
	if u, err := uuid.Parse(id); err == nil && len(id) == usual {
		return u[:]
	}
	return []byte(id)
}

// tillCount is how far a till has counted.
type tillCount struct {
	last           int64
	known, changed bool
}

// countOf answers how far a till has counted, within the transaction: a burst counts there and is written down once.
func (tx *Tx) countOf(till showroom.TillID) (*tillCount, error) {
	if c, ok := tx.tills[till]; ok {
		return c, nil
	}
	c := &tillCount{}
	var err error
	if c.known, err = tx.one(`SELECT last FROM till WHERE id=?`, []any{till}, &c.last); err != nil {
		return nil, err
	}
	if tx.tills == nil {
		tx.tills = map[showroom.TillID]*tillCount{}
	}
	tx.tills[till] = c
	return c, nil
}

// writeTills writes down how far tills have counted.
func (tx *Tx) writeTills() error {
	for till, c := range tx.tills {
		if !c.changed {
			continue
		}
		if _, err := tx.exec(`INSERT INTO till (id, last) VALUES (?,?) ON CONFLICT (id) DO UPDATE SET last=excluded.last`, till, c.last); err != nil {
			return fmt.Errorf("count events of till: %w", err)
		}
	}
	return nil
}

// DeadLetter is a message that nobody understood, kept for an engineer to look at.
type DeadLetter struct {
	Number int64
	Till   showroom.TillID // empty when the topic named none of ours
	Topic  string
	Reason string
	// Body is what was said, without card numbers: who puts it here has masked them. Of a long one it is the beginning.
	Body []byte
	At   showroom.Moment
}

// How much of the messages is kept that nobody understood.
const (
	MostDeadLetters = 1000    // after that the oldest goes
	MostDeadBytes   = 8 << 10 // of one
)

const deadColumns = `number, till, topic, reason, body, at`

func scanDead(s scanner) (d DeadLetter, err error) {
	err = s.Scan(&d.Number, &d.Till, &d.Topic, &d.Reason, &d.Body, (*moment)(&d.At))
	return d, err
}

// PutDeadLetter keeps a message that nobody understood; Number and At are given here.
func (tx *Tx) PutDeadLetter(d DeadLetter) error {
	body := d.Body[:min(len(d.Body), MostDeadBytes)]
	if body == nil {
		body = []byte{}
	}
	if _, err := tx.exec(`INSERT INTO dead_letter (till, topic, reason, body, at) VALUES (?,?,?,?,?)`,
		d.Till, d.Topic, d.Reason, body, moment(tx.now)); err != nil {
		return fmt.Errorf("keep dead letter: %w", err)
	}
	if _, err := tx.exec(`DELETE FROM dead_letter WHERE number<=(SELECT max(number) FROM dead_letter)-?`, MostDeadLetters); err != nil {
		return fmt.Errorf("keep dead letter: %w", err)
	}
	return tx.noteLastAge("dead_letter")
}

// DeadLetters answers at most limit messages that nobody understood, the newest first.
func (v *View) DeadLetters(limit int) ([]DeadLetter, error) {
	return list(v, "dead letters", scanDead, `SELECT `+deadColumns+` FROM dead_letter ORDER BY number DESC LIMIT ?`, limit)
}

// DeleteDeadLetter forgets a message that somebody has looked at. None there is no error.
func (tx *Tx) DeleteDeadLetter(number int64) error {
	if _, err := tx.exec(`DELETE FROM dead_letter WHERE number=?`, number); err != nil {
		return fmt.Errorf("forget dead letter: %w", err)
	}
	return nil
}
