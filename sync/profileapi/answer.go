package profileapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Answers writes the service's answers. The zero Answers is ready and safe for concurrent use.
type Answers struct {
	compressors sync.Pool // of *Compressor
}

// smallAnswer is not worth compressing.
const smallAnswer = 1 << 10

// JSON answers v, compressed with zstd if the client reads that and it is worth it.
func (a *Answers) JSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		a.Problem(w, &Problem{Title: "Something went wrong on our side", Status: http.StatusInternalServerError})
		return
	}
	w.Header().Set("Content-Type", TypeJSON)
	if len(body) > smallAnswer && strings.Contains(r.Header.Get("Accept-Encoding"), Zstd) {
		if z, err := a.compressor(); err == nil {
			body = z.Compress(nil, body)
			a.compressors.Put(z)
			w.Header().Set("Content-Encoding", Zstd)
		}
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client has gone; there is nobody to tell
}

func (a *Answers) compressor() (*Compressor, error) {
	if z, ok := a.compressors.Get().(*Compressor); ok {
		return z, nil
	}
	return NewCompressor()
}

// Problem answers a refusal.
func (a *Answers) Problem(w http.ResponseWriter, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"title":"Something went wrong on our side"}`)
	}
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((p.RetryAfter+time.Second-1)/time.Second)))
	}
	w.Header().Set("Content-Type", TypeProblem)
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // whoever has gone does not read it
}

// ReadBody reads a request's body of at most wire bytes as sent, and decompresses it with d if it is compressed. The raw bytes are as
// sent. Its errors are *Problem.
func ReadBody(w http.ResponseWriter, r *http.Request, wire int64, d *Decompressor) (plain, raw []byte, err error) {
	raw, err = io.ReadAll(http.MaxBytesReader(w, r.Body, wire))
	if _, tooMuch := errors.AsType[*http.MaxBytesError](err); tooMuch {
		return nil, nil, tooLarge(fmt.Sprintf("A body may be at most %d bytes as sent.", wire))
	}
	if err != nil {
		return nil, nil, &Problem{Type: TypeInvalid, Title: "The request ended early", Status: http.StatusBadRequest, Detail: err.Error()}
	}
	switch r.Header.Get("Content-Encoding") {
	case "", "identity":
		return raw, raw, nil
	case Zstd:
	default:
		return nil, nil, &Problem{Type: TypeInvalid, Title: "Unknown content encoding", Status: http.StatusUnsupportedMediaType, Detail: "Send zstd or nothing."}
	}
	plain, err = d.Decompress(raw)
	switch {
	case errors.Is(err, ErrTooLarge):
		return nil, nil, tooLarge("The body decompresses to more than is allowed.")
	case err != nil:
		return nil, nil, &Problem{Type: TypeInvalid, Title: "The body is not zstd", Status: http.StatusBadRequest, Detail: err.Error()}
	}
	return plain, raw, nil
}

func tooLarge(detail string) *Problem {
	return &Problem{Type: TypeTooLarge, Title: "Too large", Status: http.StatusRequestEntityTooLarge, Detail: detail}
}
