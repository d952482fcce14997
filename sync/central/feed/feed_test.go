package feed_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/sync/central/feed"
	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// streams is the feed's stream in memory. Pictures are not used.
type streams struct {
	feed.Pictures
	mu      sync.Mutex
	entries []stream.Entry // all that was ever published
	more    chan struct{}  // closed when entries have been added
}

func (s *streams) Incarnation() string { return "life" }

func (s *streams) LastVersion(context.Context) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return uint64(len(s.entries)), nil
}

func (s *streams) PublishEntries(_ context.Context, entries []stream.Entry) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		e.Version = uint64(len(s.entries) + 1)
		s.entries = append(s.entries, e)
	}
	close(s.more)
	s.more = make(chan struct{})
	return uint64(len(s.entries)), nil
}

func (s *streams) TailEntries(ctx context.Context, f func(stream.Entry) error, caughtUp func()) error {
	caughtUp()
	for next := 0; ; {
		s.mu.Lock()
		entries, more := s.entries[next:], s.more
		s.mu.Unlock()
		for _, e := range entries {
			if err := f(e); err != nil {
				return err
			}
		}
		next += len(entries)
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// newFeed runs a feed until stop is called.
func newFeed(t interface{ Fatal(...any) }) (f *feed.Feed, stop func()) {
	f, err := feed.New(&streams{more: make(chan struct{})}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	<-f.Ready()
	return f, func() {
		cancel()
		<-done
	}
}

// poll asks for changes without waiting.
func poll(t interface{ Fatalf(string, ...any) }, f *feed.Feed, cursor string, limit int) profileapi.Changes {
	w := httptest.NewRecorder()
	f.ServeChanges(w, httptest.NewRequest(http.MethodGet, fmt.Sprintf("/v1/changes?store=s1&cursor=%s&max=%d", url.QueryEscape(cursor), limit), nil))
	var page profileapi.Changes
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK {
		t.Fatalf("changes after %q: %d %s", cursor, w.Code, w.Body)
	}
	return page
}

// follower is a shop that applies what it is told.
type follower struct {
	cursor string
	has    map[string]string
}

func (fo *follower) apply(page profileapi.Changes) {
	for _, c := range page.Changes {
		if c.Deleted {
			delete(fo.has, c.Key)
		} else {
			fo.has[c.Key] = string(c.Value)
		}
	}
	fo.cursor = page.Cursor
}

// products makes an import of the products by id, whose names are given.
func products(names map[string]string, replace bool) profileapi.Import {
	in := profileapi.Import{Replace: replace}
	for id, name := range names {
		in.Products = append(in.Products, profileapi.Product{ID: id, Name: map[string]string{"en": name}})
	}
	return in
}

// Whoever follows the feed, however rarely and in however small pages, ends with what the feed has.
func TestFollowersEndWithWhatTheFeedHas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, stop := newFeed(t)
		defer stop()
		eager, lazy := follower{has: map[string]string{}}, follower{has: map[string]string{}}
		want := map[string]string{}
		for range rapid.IntRange(1, 12).Draw(t, "imports") {
			names := rapid.MapOfN(rapid.StringMatching(`[a-e]`), rapid.StringMatching(`[x-z]`), 1, 5).Draw(t, "names")
			replace := rapid.Bool().Draw(t, "replace")
			if _, err := f.Import(context.Background(), products(names, replace)); err != nil {
				t.Fatal(err)
			}
			if replace {
				want = map[string]string{}
			}
			maps.Copy(want, names)
			eager.apply(poll(t, f, eager.cursor, rapid.IntRange(1, 4).Draw(t, "page")))
			if rapid.IntRange(0, 3).Draw(t, "looks") == 0 {
				lazy.apply(poll(t, f, lazy.cursor, 1))
			}
		}
		for _, fo := range []*follower{&eager, &lazy} {
			for {
				page := poll(t, f, fo.cursor, 2)
				fo.apply(page)
				if !page.More {
					break
				}
			}
			got := map[string]string{}
			for id, value := range fo.has {
				var p profileapi.Product
				if err := json.Unmarshal([]byte(value), &p); err != nil {
					t.Fatal(err)
				}
				got[id] = p.Name["en"]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// The index forgets what has been replaced, or a year of stock changes would fill the memory; a cursor from before still works.
func TestManyChangesOfFewKeys(t *testing.T) {
	f, stop := newFeed(t)
	defer stop()
	fo := follower{has: map[string]string{}}
	for i := range 4000 {
		if _, err := f.Import(t.Context(), products(map[string]string{fmt.Sprint("p", i%3): fmt.Sprint(i)}, false)); err != nil {
			t.Fatal(err)
		}
		if i == 10 {
			fo.apply(poll(t, f, "", 10))
		}
	}
	page := poll(t, f, fo.cursor, 10)
	if len(page.Changes) != 3 || page.More {
		t.Errorf("a follower that was away is told %d changes, want the newest of each of 3 keys", len(page.Changes))
	}
	if total, _ := f.Products(0, 10); total != 3 {
		t.Errorf("%d products, want 3", total)
	}
}

func TestProductsPages(t *testing.T) {
	f, stop := newFeed(t)
	defer stop()
	names := map[string]string{}
	for i := range 25 {
		names[fmt.Sprint("p", i)] = "n"
	}
	if _, err := f.Import(t.Context(), products(names, false)); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for skip := 0; skip < 40; skip += 10 {
		total, page := f.Products(skip, 10)
		if total != 25 {
			t.Errorf("%d products in all, want 25", total)
		}
		for _, c := range page {
			seen[c.Key] = true
		}
	}
	if len(seen) != 25 {
		t.Errorf("the pages show %d products, want 25", len(seen))
	}
}
