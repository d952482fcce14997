package profileapi_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/sync/profileapi"
)

func newClient(t *testing.T, h http.HandlerFunc) *profileapi.Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := profileapi.NewClient(profileapi.Options{URL: srv.URL, Token: "0123456789abcdef0123456789abcdef"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewClientKeepsTheTokenOffTheNetwork(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://central.example": true, "http://127.0.0.1:8470": true, "http://localhost:1": true, "http://[::1]:1": true,
		"http://central.example": false, "http://10.0.0.1": false, "ftp://x": false, "central.example": false, "": false,
	} {
		if _, err := profileapi.NewClient(profileapi.Options{URL: url}); (err == nil) != ok {
			t.Errorf("address %q: %v", url, err)
		}
	}
}

// A live event is one request on a warm connection; its size is a promise like that of a batch.
func TestLoneEventIsSmall(t *testing.T) {
	size := 0
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		dump, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		size = len(dump)
		var a profileapi.Answers
		a.JSON(w, r, http.StatusOK, profileapi.IngestResult{AckedTo: 1000})
	})
	z, err := profileapi.NewBatchCompressor()
	if err != nil {
		t.Fatal(err)
	}
	body := z.Compress(nil, profileapi.AppendBatch(nil, shopDay(1)))
	got, err := c.Ingest(t.Context(), profileapi.Batch{Epoch: "0b9f6a3c51d24e77", Lane: "facts", From: 1000, To: 1000, Body: body})
	if err != nil || got.AckedTo != 1000 {
		t.Fatalf("Ingest: %v %v", got, err)
	}
	if size > 450 {
		t.Errorf("%d bytes for a lone event, want at most 450", size)
	}
	t.Logf("a lone event: %d bytes", size)
}

func TestClientAnswersProblems(t *testing.T) {
	want := &profileapi.Problem{
		Type: profileapi.TypeOutOfOrder, Title: "Not what comes next", Status: http.StatusConflict, ExpectedSeq: 7, LastSHA256: "ab", RetryAfter: 3 * time.Second,
	}
	c := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		var a profileapi.Answers
		a.Problem(w, want)
	})
	_, err := c.Ingest(t.Context(), profileapi.Batch{})
	got, ok := profileapi.AsProblem(err)
	if !ok {
		t.Fatalf("Ingest: %v, want a problem", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A proxy in between does not speak our problems, and a broken service does not speak JSON.
func TestClientSurvivesStrangers(t *testing.T) {
	c := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html>Bad gateway</html>")
	})
	_, err := c.Time(t.Context())
	if p, ok := profileapi.AsProblem(err); !ok || p.Status != http.StatusBadGateway || p.Title != "Bad Gateway" {
		t.Errorf("Time through a broken proxy: %v", err)
	}
	c = newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<html>Log in to the guest Wi-Fi</html>")
	})
	if _, err := c.Time(t.Context()); err == nil {
		t.Error("a login page was taken for an answer")
	}
}

func TestAnswersAreCompressedForThoseWhoAsk(t *testing.T) {
	long := profileapi.Changes{Cursor: strings.Repeat("c", 10_000)}
	encoding := ""
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		var a profileapi.Answers
		a.JSON(w, r, http.StatusOK, long)
		encoding = w.Header().Get("Content-Encoding")
	})
	got, err := c.Changes(t.Context(), "s1", "", 0, 1)
	if err != nil || got.Cursor != long.Cursor || encoding != profileapi.Zstd {
		t.Errorf("Changes: %v, encoding %q, cursor of %d bytes", err, encoding, len(got.Cursor))
	}
}

func TestReadBodyRefuses(t *testing.T) {
	d, err := profileapi.NewDecompressor(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	z, err := profileapi.NewCompressor()
	if err != nil {
		t.Fatal(err)
	}
	bomb := string(z.Compress(nil, make([]byte, 20<<20)))
	for name, c := range map[string]struct {
		body, encoding string
		want           int
	}{
		"too much on the wire":   {strings.Repeat("x", 101<<10), "", http.StatusRequestEntityTooLarge},
		"too much inside":        {bomb, profileapi.Zstd, http.StatusRequestEntityTooLarge},
		"no zstd":                {"hello", profileapi.Zstd, http.StatusBadRequest},
		"an encoding of its own": {"hello", "br", http.StatusUnsupportedMediaType},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body))
			r.Header.Set("Content-Encoding", c.encoding)
			_, _, err := profileapi.ReadBody(httptest.NewRecorder(), r, 100<<10, d)
			if p, ok := errors.AsType[*profileapi.Problem](err); !ok || p.Status != c.want {
				t.Errorf("ReadBody: %v, want status %d", err, c.want)
			}
		})
	}
}
