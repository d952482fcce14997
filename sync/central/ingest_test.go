package central_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"showroom/sync/profileapi"
)

func TestIngestTakesEveryEventOnce(t *testing.T) {
	s := start(t, config(t.TempDir()))
	c := s.client("token-1")
	send := func(from, to, expected int64) {
		t.Helper()
		res, err := c.Ingest(t.Context(), batch(t, "agent-1", "e1", from, to))
		if expected == 0 {
			if err != nil || res.AckedTo != to || res.ServerTime.IsZero() {
				t.Errorf("batch %d-%d: %v %v", from, to, res, err)
			}
			return
		}
		p, ok := profileapi.AsProblem(err)
		if !ok || p.Type != profileapi.TypeOutOfOrder || p.Status != http.StatusConflict || p.ExpectedSeq != expected {
			t.Errorf("batch %d-%d: %v, want out of order with %d", from, to, err, expected)
		}
	}
	send(2, 3, 1) // a gap at the beginning
	send(1, 5, 0)
	send(1, 5, 6) // the same again
	send(4, 9, 6) // an overlap
	send(7, 9, 6) // a gap
	send(6, 6, 0)
	send(7, 9, 0)
	wantIDs(t, s.ids("agent-1", "e1", "facts"), upTo("e1", 9))
}

// The sum tells the shop whether the centre has its rows or those of another journal under the same numbers.
func TestOutOfOrderNamesTheLastBody(t *testing.T) {
	s := start(t, config(t.TempDir()))
	c := s.client("token-1")
	if _, err := c.Ingest(t.Context(), batch(t, "agent-1", "e1", 1, 2)); err != nil {
		t.Fatal(err)
	}
	_, err := c.Ingest(t.Context(), batch(t, "agent-1", "e1", 1, 2))
	p, ok := profileapi.AsProblem(err)
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(`{"n":2}`))); !ok || p.LastSHA256 != want {
		t.Errorf("repetition: %v with %+v, want the sum %s", err, p, want)
	}
}

func TestIngestSurvivesARestart(t *testing.T) {
	cfg := config(t.TempDir())
	s := start(t, cfg)
	if _, err := s.client("token-1").Ingest(t.Context(), batch(t, "agent-1", "e1", 1, 5)); err != nil {
		t.Fatal(err)
	}
	s.stop()
	s = start(t, cfg)
	_, err := s.client("token-1").Ingest(t.Context(), batch(t, "agent-1", "e1", 4, 7))
	if p, ok := profileapi.AsProblem(err); !ok || p.ExpectedSeq != 6 {
		t.Errorf("an overlap after a restart: %v", err)
	}
	if _, err := s.client("token-1").Ingest(t.Context(), batch(t, "agent-1", "e1", 6, 7)); err != nil {
		t.Error(err)
	}
	wantIDs(t, s.ids("agent-1", "e1", "facts"), upTo("e1", 7))
}

func TestIngestKeepsEvictedNumbersOpen(t *testing.T) {
	s := start(t, config(t.TempDir()))
	events := []profileapi.Event{event("agent-1", "e1", 3), event("agent-1", "e1", 7)}
	if res, err := s.client("token-1").Ingest(t.Context(), pack(t, "e1", 1, 7, events)); err != nil || res.AckedTo != 7 {
		t.Fatalf("a batch with evicted rows: %v %v", res, err)
	}
	wantIDs(t, s.ids("agent-1", "e1", "facts"), []string{"e1/facts/3", "e1/facts/7"})
	eventually(t, "the fleet page shows 5 evicted rows", func() bool {
		_, page := s.get("/")
		return strings.Contains(page, `<td class="n">7</td><td class="n">2</td><td class="n">5</td>`)
	})
}

func TestIngestRefuses(t *testing.T) {
	s := start(t, config(t.TempDir()))
	z, err := profileapi.NewCompressor()
	if err != nil {
		t.Fatal(err)
	}
	e := func(id string) profileapi.Event {
		return profileapi.Event{ID: id, Source: profileapi.Source("s1", "agent-1"), Type: "t"}
	}
	stranger := e("e1/facts/1")
	stranger.Source = profileapi.Source("s1", "agent-2")
	forged := e("e1/facts/1")
	forged.SHA256 = "ab\r\nX: y"
	for name, c := range map[string]struct {
		query, encoding string
		body            []byte
		want            int
	}{
		"no range":          {"epoch=e1&lane=facts", "zstd", pack(t, "e1", 1, 1, nil).Body, 400},
		"a range backwards": {"epoch=e1&lane=facts&from=2&to=1", "zstd", pack(t, "e1", 1, 1, nil).Body, 400},
		"no epoch":          {"epoch=&lane=facts&from=1&to=1", "zstd", batch(t, "agent-1", "e1", 1, 1).Body, 400},
		"nothing":           {"epoch=e1&lane=facts&from=1&to=1", "zstd", pack(t, "e1", 1, 1, nil).Body, 400},
		"no zstd":           {"epoch=e1&lane=facts&from=1&to=1", "zstd", []byte("[]"), 400},
		"not compressed":    {"epoch=e1&lane=facts&from=1&to=1", "", []byte("[]"), 415},
		"no JSON":           {"epoch=e1&lane=facts&from=1&to=1", "zstd", z.Compress(nil, []byte("[{]")), 400},
		"a bomb":            {"epoch=e1&lane=facts&from=1&to=1", "zstd", z.Compress(nil, bytes.Repeat([]byte(" "), 11<<20)), 413},
		"other lane":        {"epoch=e1&lane=facts&from=1&to=1", "zstd", pack(t, "e1", 1, 1, []profileapi.Event{e("e1/other/1")}).Body, 400},
		"out of its order":  {"epoch=e1&lane=facts&from=1&to=2", "zstd", pack(t, "e1", 1, 2, []profileapi.Event{e("e1/facts/2"), e("e1/facts/1")}).Body, 400},
		"twice the same":    {"epoch=e1&lane=facts&from=1&to=2", "zstd", pack(t, "e1", 1, 2, []profileapi.Event{e("e1/facts/1"), e("e1/facts/1")}).Body, 400},
		"without its last":  {"epoch=e1&lane=facts&from=1&to=2", "zstd", pack(t, "e1", 1, 2, []profileapi.Event{e("e1/facts/1")}).Body, 400},
		"another device":    {"epoch=e1&lane=facts&from=1&to=1", "zstd", pack(t, "e1", 1, 1, []profileapi.Event{stranger}).Body, 403},
		"a forged sum":      {"epoch=e1&lane=facts&from=1&to=1", "zstd", pack(t, "e1", 1, 1, []profileapi.Event{forged}).Body, 400},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/ingest?"+c.query, bytes.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer token-1")
			req.Header.Set("Content-Encoding", c.encoding)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("answered %d, want %d", resp.StatusCode, c.want)
			}
		})
	}
	wantIDs(t, s.ids("agent-1", "e1", "facts"), nil)
}

// However often, in whatever cuts and by however many at once a lane is delivered, it is stored once and in order.
func TestIngestOfAnyDeliveries(t *testing.T) {
	s := start(t, config(t.TempDir()))
	c := s.client("token-1")
	lives := 0
	rapid.Check(t, func(rt *rapid.T) {
		lives++
		epoch := fmt.Sprintf("r%d", lives)
		total := rapid.Int64Range(1, 30).Draw(rt, "events")
		type cut struct{ from, size int64 }
		couriers := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cut {
			return cut{rapid.Int64Range(1, total).Draw(t, "from"), rapid.Int64Range(1, 8).Draw(t, "size")}
		}), 0, 6), 1, 4).Draw(rt, "couriers")
		var wg sync.WaitGroup
		for _, cuts := range couriers {
			wg.Go(func() {
				for _, cut := range cuts { // anything at all
					deliver(t.Context(), rt, c, batch(t, "agent-1", epoch, cut.from, min(cut.from+cut.size-1, total)))
				}
				for next := int64(1); next <= total; { // then what the centre asks for
					next = deliver(t.Context(), rt, c, batch(t, "agent-1", epoch, next, min(next+4, total)))
				}
			})
		}
		wg.Wait()
		wantIDs(t, s.ids("agent-1", epoch, "facts"), upTo(epoch, total))
	})
}

// deliver sends a batch and answers what the centre wants next.
func deliver(ctx context.Context, t interface{ Errorf(string, ...any) }, c *profileapi.Client, b profileapi.Batch) int64 {
	_, err := c.Ingest(ctx, b)
	if err == nil {
		return b.To + 1
	}
	p, ok := profileapi.AsProblem(err)
	if !ok || p.ExpectedSeq == 0 || p.ExpectedSeq == b.From {
		t.Errorf("batch %d-%d: %v", b.From, b.To, err)
		return b.To + 1
	}
	return p.ExpectedSeq
}
