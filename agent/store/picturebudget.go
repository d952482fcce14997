package store

import (
	"context"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"
)

// States of a picture.
const (
	pictureMissing = "missing" // named, and to be brought
	picturePresent = "present"
	pictureGone    = "gone" // given up to make room; nobody brings it until somebody looks for it
)

const (
	// onScreen is how long a picture that was opened counts as being looked at.
	onScreen = 15 * time.Minute
	// mostWanted bounds what is remembered of pictures looked for in vain, whose names come from outside.
	mostWanted = 1000
	// roomAtOnce is the part of the budget that is cleared when it is used up, so that not every picture after needs room made.
	roomAtOnce = 16
	// mostGivenUp is how many pictures go in one transaction.
	mostGivenUp = 1000
)

// pictures is what is known of pictures besides what the database says.
type pictures struct {
	again chan struct{} // capacity 1: one note is enough, more are dropped

	mu     sync.Mutex           // guards opened and wanted
	opened map[string]time.Time // since they were last written down; no more than there are files
	wanted map[string]bool      // looked for in vain; at most mostWanted

	room    sync.Mutex // held while room is made; guards the rest
	counted bool
	used    int64 // bytes of the pictures, once counted; a file that was lost since counts until it is back
}

func newPictures() *pictures {
	return &pictures{again: make(chan struct{}, 1), opened: map[string]time.Time{}, wanted: map[string]bool{}}
}

// PictureWanted answers a channel, always the same, that has something in it when somebody has looked for a picture in vain since it
// was last emptied: MissingPictures may name it now.
func (db *DB) PictureWanted() <-chan struct{} { return db.pictures.again }

// note remembers that a picture was opened, or could not be.
func (p *pictures) note(sum string, at time.Time, absent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !absent {
		p.opened[sum] = at
		return
	}
	if p.wanted[sum] || len(p.wanted) == mostWanted {
		return
	}
	p.wanted[sum] = true
	select {
	case p.again <- struct{}{}:
	default:
	}
}

// take answers what has been noted and forgets it.
func (p *pictures) take() (opened map[string]time.Time, wanted map[string]bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	opened, wanted = maps.Clone(p.opened), maps.Clone(p.wanted)
	clear(p.opened)
	clear(p.wanted)
	return opened, wanted
}

// rememberPictures writes down which pictures were looked at and which were looked for in vain.
func (db *DB) rememberPictures(ctx context.Context) error {
	opened, wanted := db.pictures.take()
	if len(wanted) == 0 && (db.opts.PictureBytes == 0 || len(opened) == 0) {
		return nil
	}
	return db.Update(ctx, func(tx *Tx) error {
		for sum := range wanted {
			if _, err := tx.exec(`UPDATE picture SET state='missing', needed=? WHERE sha256=?`, wallText(tx.now.Wall), sum); err != nil {
				return fmt.Errorf("note wanted picture: %w", err)
			}
		}
		for sum, at := range opened {
			if _, err := tx.exec(`UPDATE picture SET needed=? WHERE sha256=?`, wallText(at), sum); err != nil {
				return fmt.Errorf("note shown picture: %w", err)
			}
		}
		return nil
	})
}

// keepPicture notes that the file of a picture is here and makes room for it.
func (db *DB) keepPicture(ctx context.Context, sum string, size int64) error {
	p := db.pictures
	p.room.Lock()
	defer p.room.Unlock()
	if err := db.rememberPictures(ctx); err != nil {
		return err
	}
	if err := db.countPictures(ctx); err != nil {
		return err
	}
	var gone []kept
	used := p.used
	if err := db.Update(ctx, func(tx *Tx) (err error) {
		var before int64
		if _, err := tx.one(`SELECT bytes FROM picture WHERE sha256=?`, []any{sum}, &before); err != nil {
			return err
		}
		if _, err := tx.exec(`INSERT INTO picture (sha256, state, main, bytes, needed) VALUES (?1,'present',0,?2,'')
			ON CONFLICT (sha256) DO UPDATE SET state='present', bytes=?2`, sum, size); err != nil {
			return err
		}
		used += size - before
		if db.opts.PictureBytes > 0 && used > db.opts.PictureBytes {
			gone, err = tx.makeRoom(sum, used-db.opts.PictureBytes, db.opts.PictureBytes/roomAtOnce)
		}
		return err
	}); err != nil {
		return fmt.Errorf("keep picture: %w", err)
	}
	p.used = used
	for _, g := range gone {
		p.used -= g.bytes
		db.removePicture(g.sum)
	}
	return nil
}

// removePicture removes the file of a picture that has been given up. If that fails, it is tried again when they are next counted.
func (db *DB) removePicture(sum string) {
	path, err := db.picturePath(sum)
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil && !os.IsNotExist(err) {
		db.opts.Logger.Warn("Picture could not be removed", "sha256", sum, "err", err)
	}
}

// kept is a picture as it is weighed against others: what the catalogue shows first, or somebody has just looked at, before the
// rest, then by when it was last needed.
type kept struct {
	sum    string
	bytes  int64
	held   bool
	needed string
}

func (k kept) before(o kept) bool {
	if k.held != o.held {
		return o.held
	}
	return k.needed < o.needed
}

func scanKept(s scanner) (k kept, err error) {
	err = s.Scan(&k.sum, &k.bytes, &k.held, &k.needed)
	return k, err
}

const keptColumns = `sha256, bytes, main OR needed>=?1, needed`

// makeRoom gives up pictures that are needed less than the newcomer until over bytes and then some are free. Where they are not
// enough for it, it is the newcomer that goes; and if there is no room worth the name, all that are missing and needed no more, which
// would be brought only to go the same way. It answers what went.
func (tx *Tx) makeRoom(newcomer string, over, more int64) ([]kept, error) {
	shown := wallText(tx.now.Wall.Add(-onScreen))
	mine, err := get(&tx.View, "picture", scanKept, `SELECT `+keptColumns+` FROM picture WHERE sha256=?2`, shown, newcomer)
	if err != nil {
		return nil, err
	}
	others, err := list(&tx.View, "pictures", scanKept, `SELECT `+keptColumns+` FROM picture WHERE state='present' AND sha256<>?2
		ORDER BY 3, needed, sha256 LIMIT ?3`, shown, newcomer, mostGivenUp)
	if err != nil {
		return nil, err
	}
	var gone []kept
	free := int64(0)
	for _, o := range others {
		if free >= over+more || !o.before(mine) {
			break
		}
		gone = append(gone, o)
		free += o.bytes
	}
	if free < over {
		gone = []kept{mine}
		if mine.bytes <= over+more {
			if _, err := tx.exec(`UPDATE picture SET state='gone' WHERE state='missing' AND ((main OR needed>=?1)<?2
				OR ((main OR needed>=?1)=?2 AND needed<=?3))`, shown, mine.held, mine.needed); err != nil {
				return nil, err
			}
		}
	}
	for _, g := range gone {
		if _, err := tx.exec(`UPDATE picture SET state='gone', bytes=0 WHERE sha256=?`, g.sum); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// countPictures finds out, once, what the pictures take. It measures those that never were, and clears away the files of those that
// had been given up when the power went. If there is plenty of room now, all that were given up are wanted again.
func (db *DB) countPictures(ctx context.Context) error {
	p := db.pictures
	if p.counted || db.opts.PictureBytes == 0 {
		return nil
	}
	var used int64
	var gone []string
	err := db.Update(ctx, func(tx *Tx) error {
		if err := tx.measurePictures(db); err != nil {
			return err
		}
		if _, err := tx.exec(`UPDATE picture SET bytes=0 WHERE state='missing' AND bytes>0`); err != nil { // their files were lost
			return err
		}
		if _, err := tx.one(`SELECT coalesce(sum(bytes), 0) FROM picture WHERE state='present'`, nil, &used); err != nil {
			return err
		}
		var err error
		if gone, err = list(&tx.View, "pictures", scanOne[string], `SELECT sha256 FROM picture WHERE state='gone'`); err != nil {
			return err
		}
		if used < db.opts.PictureBytes-db.opts.PictureBytes/4 {
			_, err = tx.exec(`UPDATE picture SET state='missing' WHERE state='gone'`)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("count pictures: %w", err)
	}
	for _, sum := range gone {
		db.removePicture(sum)
	}
	p.counted, p.used = true, used
	return nil
}

// measurePictures notes how large the pictures are that came before there was a budget.
func (tx *Tx) measurePictures(db *DB) error {
	sums, err := list(&tx.View, "pictures", scanOne[string], `SELECT sha256 FROM picture WHERE state='present' AND bytes=0`)
	if err != nil {
		return err
	}
	for _, sum := range sums {
		path, err := db.picturePath(sum)
		if err != nil {
			return err
		}
		size := int64(0)
		info, err := os.Stat(path)
		if err == nil {
			size = info.Size()
		}
		if _, err := tx.exec(`UPDATE picture SET bytes=?1, state=iif(?1>0, state, 'missing') WHERE sha256=?2`, size, sum); err != nil {
			return err
		}
	}
	return nil
}
