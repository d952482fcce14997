package downlink

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"showroom/sync/profileapi"
)

const (
	picturesAtOnce = 16
	// absentFor is how long a picture the centre has not got is not asked for again.
	absentFor = time.Hour
	// absentMost bounds what is remembered of such pictures.
	absentMost = 10_000
)

// errDamaged is what reading a picture ends with when it is not the one asked for, or larger than any picture.
var errDamaged = errors.New("picture is damaged or too large")

// fetchPictures fetches what is missing whenever a page has been applied or somebody wants a picture. It fails only when the catalogue can not say what is
// missing; a picture that can not be fetched or saved is tried again with the next round.
func (d *Downlink) fetchPictures(ctx context.Context, applied <-chan struct{}) error {
	absent := map[string]time.Time{}
	retry := d.newRetry()
	for {
		ok, err := d.pictureRound(ctx, absent)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if ok {
			retry.Reset()
			select {
			case <-ctx.Done():
				return nil
			case <-applied:
			case <-d.opts.Wanted:
			}
		} else if wait(ctx, retry.NextBackOff()) != nil {
			return nil
		}
	}
}

// pictureRound fetches until nothing is missing but what the centre has not got either. ok is false when something failed that may
// work later.
func (d *Downlink) pictureRound(ctx context.Context, absent map[string]time.Time) (ok bool, err error) {
	for {
		if len(absent) > absentMost {
			clear(absent)
		}
		sums, err := d.catalogue.MissingPictures(ctx, picturesAtOnce+len(absent))
		if err != nil {
			return false, catalogueError{"list missing pictures", err}
		}
		fetched := 0
		for _, sum := range sums {
			if d.opts.Now().Sub(absent[sum]) < absentFor {
				continue
			}
			if err := d.fetchPicture(ctx, sum); err != nil {
				d.opts.Log.Warn("fetching a picture failed", "sha256", sum, "error", err)
				if p, answered := profileapi.AsProblem(err); !errors.Is(err, errDamaged) && (!answered || p.Type != profileapi.TypeNotFound) {
					return false, nil
				}
				absent[sum] = d.opts.Now()
			}
			fetched++
		}
		if fetched == 0 {
			return true, nil
		}
	}
}

func (d *Downlink) fetchPicture(ctx context.Context, sum string) error {
	body, err := d.centre.Picture(ctx, sum)
	if err != nil {
		return err
	}
	defer body.Close()
	checked := &checkedReader{r: io.LimitReader(body, profileapi.MaxPictureBytes+1), h: sha256.New(), want: sum}
	if err := d.catalogue.PutPicture(ctx, sum, checked); err != nil {
		return fmt.Errorf("save picture: %w", err)
	}
	return nil
}

// checkedReader ends with io.EOF only if everything read has the sum wanted.
type checkedReader struct {
	r    io.Reader
	h    hash.Hash
	want string
}

func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.h.Write(p[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(c.h.Sum(nil)) != c.want {
		return n, errDamaged
	}
	return n, err
}
