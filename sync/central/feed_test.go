package central_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/sync/profileapi"
)

func gtin(t testing.TB, n int) string {
	t.Helper()
	digits := fmt.Sprintf("0952100%06d", n)
	check, err := gs1.CheckDigit(digits)
	if err != nil {
		t.Fatal(err)
	}
	return digits + string(check)
}

// catalogue makes a catalogue of one product with n items.
func catalogue(t testing.TB, n int) profileapi.Import {
	t.Helper()
	in := profileapi.Import{Store: "s1", Products: []profileapi.Product{{ID: "p 1.*", Name: map[string]string{"tr": "Kazak", "en": "Jumper"}}}}
	for i := range n {
		g := gtin(t, i)
		in.Items = append(in.Items, profileapi.Item{GTIN: g, Product: "p 1.*", Size: "M"})
		in.Prices = append(in.Prices, profileapi.Price{GTIN: g, Periods: []profileapi.PricePeriod{{Minor: 9990, Currency: "TRY", VATBP: 1000}}})
		in.Stock = append(in.Stock, profileapi.Stock{GTIN: g, Quantity: 3})
	}
	return in
}

func mustImport(t *testing.T, s *service, in profileapi.Import) profileapi.ImportResult {
	t.Helper()
	result, err := s.client(operatorToken).Import(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// follow reads all changes after the cursor, a few at a time.
func follow(t *testing.T, c *profileapi.Client, store, cursor string) (keys []string, next string) {
	t.Helper()
	for {
		page, err := c.Changes(t.Context(), store, cursor, 0, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, ch := range page.Changes {
			key := string(ch.Bucket) + " " + ch.Key
			if ch.Deleted {
				key += " deleted"
			}
			keys = append(keys, key)
		}
		cursor = page.Cursor
		if !page.More {
			return keys, cursor
		}
	}
}

func TestChangesFollowImports(t *testing.T) {
	s := start(t, config(t.TempDir()))
	c := s.client("token-1")
	in := catalogue(t, 2)
	if diff := cmp.Diff(profileapi.ImportResult{Changed: 7, StoreUnchecked: true}, mustImport(t, s, in)); diff != "" {
		t.Error(diff)
	}
	g0, g1 := gtin(t, 0), gtin(t, 1)
	got, cursor := follow(t, c, "s1", "")
	want := []string{"product p 1.*", "item " + g0, "item " + g1, "price " + g0, "price " + g1, "stock s1/" + g0, "stock s1/" + g1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("first pull: %s", diff)
	}
	if diff := cmp.Diff(profileapi.ImportResult{Unchanged: 7, StoreUnchecked: true}, mustImport(t, s, in)); diff != "" {
		t.Errorf("the same again: %s", diff)
	}
	if got, _ := follow(t, c, "s1", cursor); got != nil {
		t.Errorf("the same again brought %v", got)
	}
	in.Stock[1].Quantity = 2
	mustImport(t, s, in)
	got, cursor = follow(t, c, "s1", cursor)
	if diff := cmp.Diff([]string{"stock s1/" + g1}, got); diff != "" {
		t.Errorf("a changed stock: %s", diff)
	}
	smaller := catalogue(t, 1)
	smaller.Replace = true
	if diff := cmp.Diff(profileapi.ImportResult{Unchanged: 4, Deleted: 3, StoreUnchecked: true}, mustImport(t, s, smaller)); diff != "" {
		t.Errorf("a smaller catalogue: %s", diff)
	}
	got, _ = follow(t, c, "s1", cursor)
	if diff := cmp.Diff([]string{"stock s1/" + g1 + " deleted", "price " + g1 + " deleted", "item " + g1 + " deleted"}, got); diff != "" {
		t.Errorf("deletions: %s", diff)
	}
	other, _ := follow(t, c, "s2", "")
	if slices.ContainsFunc(other, func(k string) bool { return strings.HasPrefix(k, "stock s1") }) {
		t.Errorf("another shop got %v", other)
	}
}

// A changed price costs a shop on a slow line next to nothing.
func TestDeltaIsSmall(t *testing.T) {
	s := start(t, config(t.TempDir()))
	in := catalogue(t, 1000)
	mustImport(t, s, in)
	first, err := s.client("token-1").Changes(t.Context(), "s1", "", 0, profileapi.MaxPage)
	if err != nil || first.More {
		t.Fatalf("first pull: %v", err)
	}
	for i := range 100 {
		in.Prices[i*7].Periods[0].Minor += int64(1 + 100*i%37)
	}
	mustImport(t, s, profileapi.Import{Prices: in.Prices[:700]})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/changes?store=s1&max=5000&cursor="+first.Cursor, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token-1")
	req.Header.Set("Accept-Encoding", profileapi.Zstd)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.Header.Get("Content-Encoding") != profileapi.Zstd || len(body) > 5<<10 || len(body) < 500 {
		t.Errorf("a hundred changed prices: %d bytes as %q, want at most 5 kB; %v", len(body), resp.Header.Get("Content-Encoding"), err)
	}
	t.Logf("a hundred changed prices: %d bytes", len(body))
}

func TestLongPollWakes(t *testing.T) {
	s := start(t, config(t.TempDir()))
	c := s.client("token-1")
	mustImport(t, s, catalogue(t, 1))
	_, cursor := follow(t, c, "s1", "")
	type answer struct {
		profileapi.Changes
		error
	}
	answers := make(chan answer, 1)
	go func() {
		page, err := c.Changes(t.Context(), "s1", cursor, profileapi.MaxWait, 10)
		answers <- answer{page, err}
	}()
	eventually(t, "the long poll waits", func() bool {
		_, metrics := s.get("/metrics")
		return strings.Contains(metrics, "showroom_central_feed_waiting 1\n")
	})
	mustImport(t, s, catalogue(t, 2))
	a := <-answers
	if a.error != nil || len(a.Changes.Changes) == 0 || a.Changes.Changes[0].Key != gtin(t, 1) {
		t.Errorf("the long poll was answered %+v, %v", a.Changes, a.error)
	}
}

func TestLongPollEndsWithTheService(t *testing.T) {
	s := start(t, config(t.TempDir()))
	done := make(chan error, 1)
	go func() {
		_, err := s.client("token-1").Changes(context.WithoutCancel(t.Context()), "s1", "", profileapi.MaxWait, 10)
		done <- err
	}()
	eventually(t, "the long poll waits", func() bool {
		_, metrics := s.get("/metrics")
		return strings.Contains(metrics, "showroom_central_feed_waiting 1\n")
	})
	s.stop()
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("the long poll outlived the service")
	}
}

func TestCursorsThatCanNotBeFollowed(t *testing.T) {
	s := start(t, config(t.TempDir()))
	c := s.client("token-1")
	mustImport(t, s, catalogue(t, 2))
	_, cursor := follow(t, c, "s1", "")
	elsewhere := start(t, config(t.TempDir()))
	mustImport(t, elsewhere, catalogue(t, 2))
	_, foreign := follow(t, elsewhere.client("token-1"), "s1", "")
	for name, q := range map[string]struct{ store, cursor string }{
		"of another service": {"s1", foreign}, "of another shop": {"s2", cursor}, "of the future": {"s1", cursor + "z"}, "of nobody": {"s1", "x"},
		"cut": {"s1", cursor[:strings.LastIndex(cursor, ".")+1]},
	} {
		_, err := c.Changes(t.Context(), q.store, q.cursor, 0, 10)
		if p, ok := profileapi.AsProblem(err); !ok || p.Type != profileapi.TypeResync || p.Status != http.StatusConflict {
			t.Errorf("a cursor %s: %v, want resync", name, err)
		}
	}
}

func TestSnapshotThenFollow(t *testing.T) {
	cfg := config(t.TempDir())
	s := start(t, cfg)
	mustImport(t, s, catalogue(t, 5))
	smaller := catalogue(t, 4)
	smaller.Replace = true
	mustImport(t, s, smaller)
	s.stop()
	s = start(t, cfg) // the index is read anew
	c := s.client("token-1")
	var keys []string
	cursor, after := "", ""
	for {
		page, err := c.Snapshot(t.Context(), profileapi.BucketStock, "s1", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if cursor == "" {
			cursor = page.Cursor
			mustImport(t, s, profileapi.Import{Store: "s1", Stock: []profileapi.Stock{{GTIN: gtin(t, 0), Quantity: 9}}}) // while we read
		}
		for _, ch := range page.Changes {
			keys = append(keys, ch.Key)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	want := []string{"s1/" + gtin(t, 0), "s1/" + gtin(t, 1), "s1/" + gtin(t, 2), "s1/" + gtin(t, 3)}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
	if got, _ := follow(t, c, "s1", cursor); !slices.Contains(got, want[0]) && !slices.Contains(got, "stock "+want[0]) {
		t.Errorf("following the first page brought %v, which lacks the change made while reading", got)
	}
}

func TestPictures(t *testing.T) {
	s := start(t, config(t.TempDir()))
	var content bytes.Buffer
	if err := png.Encode(&content, image.NewGray(image.Rect(0, 0, 400, 400))); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content.Bytes())
	sha := hex.EncodeToString(sum[:])
	c := s.client("token-1")
	if _, err := c.Picture(t.Context(), sha); !isNotFound(err) {
		t.Errorf("a picture that is not there: %v", err)
	}
	operator := s.client(operatorToken)
	if err := operator.PutPicture(t.Context(), strings.Repeat("0", 64), content.Bytes()); err == nil {
		t.Error("a picture was stored under another's sum")
	}
	for range 2 {
		if err := operator.PutPicture(t.Context(), sha, content.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	r, err := c.Picture(t.Context(), sha)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content.Bytes()) {
		t.Errorf("the picture came back as %d bytes, %v", len(got), err)
	}
}

func isNotFound(err error) bool {
	p, ok := errors.AsType[*profileapi.Problem](err)
	return ok && p.Type == profileapi.TypeNotFound
}
