package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"

	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// Pictures is where pictures are kept.
type Pictures interface {
	HasPicture(ctx context.Context, sha string) (bool, error)
	PutPicture(ctx context.Context, sha string, content []byte) error
	Picture(ctx context.Context, sha string) (io.ReadCloser, error)
}

// ServePicture answers GET /v1/pictures/{sha}.
func (f *Feed) ServePicture(w http.ResponseWriter, r *http.Request) {
	body, err := f.streams.Picture(r.Context(), r.PathValue("sha"))
	if errors.Is(err, stream.ErrNone) {
		f.refuse(w, &profileapi.Problem{Type: profileapi.TypeNotFound, Title: "No such picture", Status: http.StatusNotFound})
		return
	}
	if err != nil {
		f.refuse(w, err)
		return
	}
	defer body.Close()
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // its name is its content
	if _, err := io.Copy(w, body); err != nil {
		f.log.Debug("sending a picture ended early", "error", err)
	}
}

// ServePutPicture answers PUT /v1/pictures/{sha}. Only a JPEG or PNG with that very sum is stored.
func (f *Feed) ServePutPicture(w http.ResponseWriter, r *http.Request) {
	content, _, err := profileapi.ReadBody(w, r, profileapi.MaxPictureBytes, f.body)
	if err != nil {
		f.refuse(w, err)
		return
	}
	sha := r.PathValue("sha")
	sum := sha256.Sum256(content)
	kind := http.DetectContentType(content)
	if hex.EncodeToString(sum[:]) != sha || kind != "image/jpeg" && kind != "image/png" {
		f.refuse(w, &profileapi.Problem{
			Type: profileapi.TypeInvalid, Title: "Not this picture", Status: http.StatusBadRequest,
			Detail: "The body must be a JPEG or PNG, and the path its SHA-256 in lower-case hex.",
		})
		return
	}
	has, err := f.streams.HasPicture(r.Context(), sha)
	if err == nil && !has {
		err = f.streams.PutPicture(r.Context(), sha, content)
	}
	if err != nil {
		f.refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
