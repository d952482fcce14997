package stream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/nats-io/nats.go/jetstream"
)

// HasPicture says whether the picture with this SHA-256 in hex is stored.
func (e *Engine) HasPicture(ctx context.Context, sha string) (bool, error) {
	_, err := e.pics.GetInfo(ctx, sha)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up picture: %w", err)
	}
	return true, nil
}

// PutPicture stores a picture under its SHA-256 in hex, which the caller has checked.
func (e *Engine) PutPicture(ctx context.Context, sha string, content []byte) error {
	if _, err := e.pics.Put(ctx, jetstream.ObjectMeta{Name: sha}, bytes.NewReader(content)); err != nil {
		return fmt.Errorf("store picture: %w", err)
	}
	return nil
}

// Picture opens a picture, ErrNone if it is not there. The caller closes it.
func (e *Engine) Picture(ctx context.Context, sha string) (io.ReadCloser, error) {
	obj, err := e.pics.Get(ctx, sha)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return obj, nil
}
