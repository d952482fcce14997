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
	// Anew: the till counts from the beginning again, or from somewhere else; another event had this number.
	Anew bool
}

// farBack is by how much an event may be late that fills a gap. Further back a till has begun to count anew, even though the events that
// had those numbers are not remembered any more.
const farBack = 10_000

// TakeTillEvent notes that an event of a till has come in, by its id and its number. Events are known by id for as long as facts are
// kept, so that what a broker brings again is not fresh. A till that is heard for the first time may begin with any number. An event
// without an id or with a number below 1 is refused with CodeInvalid.
func (tx *Tx) TakeTillEvent(till showroom.TillID, id string, seq int64) (e TillEvent, err error) {
	if till == "" || id == "" || seq < 1 {
		return e, showroom.Errorf(showroom.CodeInvalid, "An event of a till needs an id, and a number from 1.")
	}
	n, err := tx.exec(`INSERT INTO till_event (till, id, seq, at) VALUES (?,?,?,?) ON CONFLICT (till, id) DO NOTHING`,
		string(till), eventKey(id), seq, tx.wall())
	if err != nil {
		return e, fmt.Errorf("take event of till: %w", err)
	}
	if n == 0 {
		return e, nil
	}
	e.Fresh = true
	if err := tx.noteLastAge("till_event"); err != nil {
		return e, err
	}
	count, err := tx.countOf(till)
	if err != nil {
		return e, fmt.Errorf("take event of till: %w", err)
	}
	switch {
	case !count.known || seq == count.last+1:
	case seq > count.last+1:
		e.MissingFrom, e.MissingTo = count.last+1, seq-1
	default:
		var sameNumber int64
		if _, err := tx.one(`SELECT count(*) FROM till_event WHERE till=? AND seq=?`, []any{till, seq}, &sameNumber); err != nil {
			return e, fmt.Errorf("take event of till: %w", err)
		}
		if sameNumber <= 1 && count.last-seq <= farBack {
			e.Late = true
			return e, nil
		}
		e.Anew = true
	}
	*count = tillCount{last: seq, known: true, changed: true}
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
