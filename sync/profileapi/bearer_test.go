package profileapi_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"showroom/sync/profileapi"
)

// A token is asked for before each request, and nothing is sent without one.
func TestATokenIsAskedForEachTime(t *testing.T) {
	var heard []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard = append(heard, r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer srv.Close()
	gone := errors.New("the file is gone")
	tokens := []string{"first", "second", ""}
	c, err := profileapi.NewClient(profileapi.Options{URL: srv.URL, Token: "never", Bearer: func() (string, error) {
		next := tokens[0]
		tokens = tokens[1:]
		if next == "" {
			return "", gone
		}
		return next, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, err = c.Time(t.Context())
	}
	if want := []string{"Bearer first", "Bearer second"}; !slices.Equal(heard, want) || !errors.Is(err, gone) {
		t.Errorf("heard %q, the last one ended with %v", heard, err)
	}
}
