package store

import "time"

func (tx *Tx) pruneBaskets(age time.Duration) (int64, error) {
	return tx.exec(`DELETE FROM basket WHERE id IN (SELECT id FROM basket WHERE ended=1 AND changed<? LIMIT ?)`, tx.before(age), pruneRows)
}

// pruneReleases removes what nobody answered in days: a tag that was paid for is not kept for a device that may never come, and what
// came back without being laid before staff has no tag any more.
func (tx *Tx) pruneReleases(age time.Duration) (int64, error) {
	back, err := tx.exec(`DELETE FROM take_back WHERE id IN (SELECT id FROM take_back WHERE since<? LIMIT ?)`, tx.before(age), pruneRows)
	if err != nil {
		return 0, err
	}
	n, err := tx.exec(`DELETE FROM tag_release WHERE id IN (SELECT id FROM tag_release WHERE changed<? LIMIT ?)`, tx.before(age), pruneRows)
	return back + n, err
}

// pruneSettlements removes those that are closed. What a payment is reversed by stands in its sale.
func (tx *Tx) pruneSettlements(age time.Duration) (int64, error) {
	return tx.exec(`DELETE FROM settlement WHERE id IN (SELECT id FROM settlement WHERE open=0 AND changed<? LIMIT ?)`, tx.before(age), pruneRows)
}

func (tx *Tx) pruneSales(age time.Duration) (int64, error) {
	old := tx.before(age)
	if _, err := tx.exec(`DELETE FROM sale_return WHERE sale IN (SELECT id FROM sale WHERE at<? ORDER BY at LIMIT ?)`, old, pruneRows); err != nil {
		return 0, err
	}
	return tx.exec(`DELETE FROM sale WHERE id IN (SELECT id FROM sale WHERE at<? ORDER BY at LIMIT ?)`, old, pruneRows)
}

func (tx *Tx) pruneTillEvents(age time.Duration) (int64, error) {
	old := tx.before(age)
	dead, err := tx.exec(`DELETE FROM dead_letter WHERE number IN (SELECT number FROM dead_letter WHERE at<? LIMIT ?)`, old, pruneRows)
	if err != nil {
		return 0, err
	}
	events, err := tx.exec(`DELETE FROM till_event WHERE at<? AND number IN (SELECT number FROM till_event ORDER BY number LIMIT ?)`, old, pruneRows)
	return dead + events, err
}
