package store

import (
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// TakeBack is a piece that came back and whose tag still belongs to who had bought it. Nobody kept which tag that is: it is taken back
// when it lies before staff.
type TakeBack struct {
	ID    string
	Sale  showroom.SaleID
	GTIN  gs1.GTIN
	Since showroom.Moment
}

const takeBackColumns = `id, sale, gtin, since`

func scanTakeBack(s scanner) (b TakeBack, err error) {
	err = s.Scan(&b.ID, &b.Sale, &b.GTIN, (*moment)(&b.Since))
	return b, err
}

// PutTakeBack saves a piece whose tag is to become the shop's again.
func (tx *Tx) PutTakeBack(b TakeBack) error {
	if _, err := tx.exec(`INSERT OR REPLACE INTO take_back (`+takeBackColumns+`) VALUES (?,?,?,?)`, b.ID, b.Sale, b.GTIN, moment(b.Since)); err != nil {
		return fmt.Errorf("save take-back: %w", err)
	}
	return tx.noteAge("take_back", b.ID)
}

// DeleteTakeBack forgets one that was done, or that has no tag any more. None there is no error.
func (tx *Tx) DeleteTakeBack(id string) error {
	if _, err := tx.exec(`DELETE FROM take_back WHERE id=?`, id); err != nil {
		return fmt.Errorf("forget take-back: %w", err)
	}
	return nil
}

// TakeBacks answers all pieces whose tags are to become the shop's again, the oldest first.
func (v *View) TakeBacks() ([]TakeBack, error) {
	return list(v, "take-backs", scanTakeBack, `SELECT `+takeBackColumns+` FROM take_back ORDER BY since, id`)
}
