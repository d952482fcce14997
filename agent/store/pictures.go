package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"showroom/agent/showroom"
)

// halfPicture is the name of a picture that is still being written.
const halfPicture = ".new-*"

// MaxPicture is the most bytes a picture may have.
const MaxPicture = 16 << 20

// picturePath is where a picture is: pictures/ab/cdef... It refuses everything that is not a SHA-256 in lower-case hex, so that no
// name from outside reaches the file system.
func (db *DB) picturePath(sum string) (string, error) {
	if !validSum(sum) {
		return "", showroom.Errorf(showroom.CodeInvalid, "A picture is named by its SHA-256 in 64 lower-case hex digits.")
	}
	return filepath.Join(db.opts.Dir, "pictures", sum[:2], sum[2:]), nil
}

func validSum(sum string) bool {
	b, err := hex.DecodeString(sum)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == sum
}

// needPicture notes that a picture is named by the catalogue; main is for the one that is shown first.
func (tx *Tx) needPicture(sum string, main bool) error {
	if !validSum(sum) {
		return showroom.Errorf(showroom.CodeInvalid, "A picture is named by its SHA-256 in 64 lower-case hex digits.")
	}
	if _, err := tx.exec(`INSERT INTO picture (sha256, state, main, bytes, needed) VALUES (?,?,?,0,'')
		ON CONFLICT (sha256) DO UPDATE SET main=1 WHERE main<excluded.main`, sum, pictureMissing, main); err != nil {
		return fmt.Errorf("note picture: %w", err)
	}
	return nil
}

// MissingPictures answers at most limit pictures that the catalogue names and nobody has brought yet, those it shows first first.
// What has been given up for want of room is not among them until somebody looks for it.
func (v *View) MissingPictures(limit int) ([]string, error) {
	return list(v, "pictures", scanOne[string], `SELECT sha256 FROM picture WHERE state='missing'
		ORDER BY main DESC, needed DESC, sha256 LIMIT ?`, limit)
}

// MissingPictures is View.MissingPictures in a View of its own. What was looked for in vain is missing, even if it had been given up.
func (db *DB) MissingPictures(ctx context.Context, limit int) (sums []string, err error) {
	if err := db.rememberPictures(ctx); err != nil {
		return nil, err
	}
	err = db.View(ctx, func(v *View) error {
		sums, err = v.MissingPictures(limit)
		return err
	})
	return sums, err
}

// PutPicture keeps a picture, and gives others up where Options.PictureBytes leaves no room for it; when all others are needed more,
// it is not kept itself. The bytes must have the sum they are named by, else CodeInvalid; over MaxPicture it is CodeTooLarge. When it
// answers nil, a file that is kept is on the disk. The same picture may be put twice, also at once.
func (db *DB) PutPicture(ctx context.Context, sum string, r io.Reader) error {
	path, err := db.picturePath(sum)
	if err != nil {
		return err
	}
	size, err := savePicture(path, sum, r)
	if err != nil {
		return err
	}
	return db.keepPicture(ctx, sum, size)
}

// savePicture writes beside the place, makes the bytes durable, then the name, then the folder.
func savePicture(path, sum string, r io.Reader) (size int64, err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, fmt.Errorf("save picture: %w", err)
	}
	f, err := os.CreateTemp(dir, halfPicture)
	if err != nil {
		return 0, fmt.Errorf("save picture: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // it may be closed already, and is thrown away in any case
			_ = os.Remove(f.Name())
		}
	}()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, hash), io.LimitReader(r, MaxPicture+1))
	switch {
	case err != nil:
		return 0, fmt.Errorf("save picture: %w", err)
	case n > MaxPicture:
		return 0, showroom.Errorf(showroom.CodeTooLarge, "The picture has more than %d bytes.", MaxPicture)
	case hex.EncodeToString(hash.Sum(nil)) != sum:
		return 0, showroom.Errorf(showroom.CodeInvalid, "The bytes of the picture are not those it is named by.")
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return 0, fmt.Errorf("save picture: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, fmt.Errorf("save picture: %w", err)
	}
	if err := errors.Join(syncDir(dir), syncDir(filepath.Dir(dir))); err != nil {
		return 0, fmt.Errorf("save picture: %w", err)
	}
	return n, nil
}

// removeHalfPictures clears away what a power cut has left. What can not be removed does no harm.
func removeHalfPictures(dir string) {
	half, _ := filepath.Glob(filepath.Join(dir, "pictures", "*", halfPicture)) // the pattern is well formed
	for _, path := range half {
		_ = os.Remove(path)
	}
}

// OpenPicture opens a picture for reading; the caller closes it. CodeNotFound when it is not here (yet); one that had been given up
// is wanted again then. Who opens a picture shows it: it is among the last to be given up.
func (db *DB) OpenPicture(sum string) (*os.File, error) {
	path, err := db.picturePath(sum)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	db.pictures.note(sum, db.opts.Clock().Wall, err != nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, showroom.Errorf(showroom.CodeNotFound, "This picture is not here yet.")
	}
	if err != nil {
		return nil, fmt.Errorf("open picture: %w", err)
	}
	return f, nil
}
