package central_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/sync/profileapi"
)

// shown are the event ids on an events page in their order, and the link to older ones.
func (s *service) shown(path string) (ids []string, older string) {
	s.t.Helper()
	_, page := s.get(path)
	for _, m := range regexp.MustCompile(`<tr id="([^"]+)">`).FindAllStringSubmatch(page, -1) {
		ids = append(ids, m[1])
	}
	if m := regexp.MustCompile(`<a href="([^"]+)">Older`).FindStringSubmatch(page); m != nil {
		older = strings.ReplaceAll(m[1], "&amp;", "&")
	}
	return ids, older
}

func TestEventsPageShowsEachEventOnce(t *testing.T) {
	cfg := config(t.TempDir())
	s := start(t, cfg)
	const n = 120
	c := s.client("token-1")
	for from := int64(1); from <= n; from += 40 {
		for range 2 { // the second is refused
			if _, err := c.Ingest(t.Context(), batch(t, "agent-1", "e1", from, from+39)); err != nil {
				if p, ok := profileapi.AsProblem(err); !ok || p.ExpectedSeq != from+40 {
					t.Fatal(err)
				}
			}
		}
	}
	check := func() {
		t.Helper()
		var want []string
		for seq := n; seq > 0; seq-- {
			want = append(want, fmt.Sprintf("e1/facts/%d", seq))
		}
		var all []string
		for path := "/events?device=agent-1&kind=garment.arrived&store=s1"; path != ""; {
			var ids []string
			ids, path = s.shown(path)
			all = append(all, ids...)
		}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Errorf("newest first, each once: %s", diff)
		}
	}
	eventually(t, "the newest event is shown", func() bool { ids, _ := s.shown("/events"); return len(ids) > 0 && ids[0] == "e1/facts/120" })
	check()
	for _, none := range []string{"/events?device=agent-2", "/events?store=s2", "/events?kind=visit.opened"} {
		if ids, _ := s.shown(none); len(ids) > 0 {
			t.Errorf("%s shows %v", none, ids)
		}
	}
	s.stop()
	s = start(t, cfg) // the index is made anew
	check()
}

// A forgotten visit's bodies are shown nowhere, whenever they came, and after a restart too.
func TestForgottenVisitsAreNotShown(t *testing.T) {
	cfg := config(t.TempDir())
	s := start(t, cfg)
	secret := func(seq int64, visit string) profileapi.Event {
		e := event("agent-1", "e1", seq)
		e.Subject, e.Data = "visit/"+visit, fmt.Appendf(nil, `{"epc":"SECRET-%s-%d"}`, visit, seq)
		return e
	}
	forget := event("agent-1", "e1", 3)
	forget.Type, forget.Subject, forget.Data = profileapi.EventType("visit.forgotten", 1), "forgotten/v1", []byte(`{"visit":"v1","room":"2"}`)
	emptied := secret(5, "v1")
	emptied.Data, emptied.SHA256 = nil, strings.Repeat("ab", 32)
	events := []profileapi.Event{secret(1, "v1"), secret(2, "v2"), forget, secret(4, "v1"), emptied}
	if _, err := s.client("token-1").Ingest(t.Context(), pack(t, "e1", 1, 5, events)); err != nil {
		t.Fatal(err)
	}
	check := func() {
		t.Helper()
		_, page := s.get("/events")
		if strings.Contains(page, "SECRET-v1") || !strings.Contains(page, "SECRET-v2-2") || strings.Count(page, "Forgotten at the shopper") != 3 {
			t.Errorf("the page shows the wrong bodies:\n%s", page)
		}
		_, refs := s.get("/v1/events?device=agent-1&epoch=e1&lane=facts")
		if strings.Contains(refs, "SECRET") || strings.Count(refs, `"id"`) != 5 {
			t.Errorf("the list of the lane is %s", refs)
		}
	}
	eventually(t, "all five are shown", func() bool { ids, _ := s.shown("/events"); return len(ids) == 5 })
	check()
	s.stop()
	s = start(t, cfg)
	check()
}

// Beyond its time, a last batch stays as the cursor of its lane and is not shown.
func TestOldBatchesAreNotShown(t *testing.T) {
	cfg := config(t.TempDir())
	s := start(t, cfg)
	for _, b := range []profileapi.Batch{batch(t, "agent-1", "e1", 1, 3), batch(t, "agent-1", "e1", 4, 6)} {
		if _, err := s.client("token-1").Ingest(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	s.stop()
	cfg.KeepBatches = time.Nanosecond
	s = start(t, cfg)
	eventually(t, "the first batch is removed", func() bool { return len(s.ids("agent-1", "e1", "facts")) == 3 })
	if ids, _ := s.shown("/events"); len(ids) > 0 {
		t.Errorf("the page shows %v", ids)
	}
	if _, err := s.client("token-1").Ingest(t.Context(), batch(t, "agent-1", "e1", 7, 7)); err != nil {
		t.Errorf("the lane does not go on: %v", err)
	}
}

// The pages are what head office sees first; a change of them is looked at.
func TestPages(t *testing.T) {
	s := start(t, config(t.TempDir()))
	compare(t, "events_empty.html", s.page("/events"))
	e := event("agent-1", "e1", 1)
	e.Clock, e.Data = "saved", []byte(`{"epc":"30<script>alert(1)</script>","why":{"reads":3}}`)
	if _, err := s.client("token-1").Ingest(t.Context(), pack(t, "e1", 1, 1, []profileapi.Event{e})); err != nil {
		t.Fatal(err)
	}
	mustImport(t, s, catalogue(t, 1))
	eventually(t, "the event is shown", func() bool { ids, _ := s.shown("/events"); return len(ids) == 1 })
	compare(t, "fleet.html", s.page("/"))
	compare(t, "events.html", s.page("/events"))
	compare(t, "catalogue.html", s.page("/catalogue"))
	if status, _ := s.get("/nothing"); status != http.StatusNotFound {
		t.Errorf("a page that is not there: %d", status)
	}
	if status, body := s.get("/healthz"); status != http.StatusOK || body != "alive\n" {
		t.Errorf("healthz: %d %q", status, body)
	}
}

// page is a page's main part without what differs from run to run.
func (s *service) page(path string) string {
	s.t.Helper()
	_, page := s.get(path)
	_, main, ok := strings.Cut(page, "<main>\n")
	if !ok {
		s.t.Fatalf("%s has no main part:\n%s", path, page)
	}
	main, _, _ = strings.Cut(main, "</main>")
	if path == "/" { // last seen is the service's own clock
		main = regexp.MustCompile(`\d{4}-\d\d-\d\d(.)\d\d:\d\d:\d\d`).ReplaceAllString(main, "2026-01-01${1}10:00:00")
	}
	return main
}

// compare compares with testdata; SHOWROOM_UPDATE=1 writes it.
func compare(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if os.Getenv("SHOWROOM_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (SHOWROOM_UPDATE=1 accepts it): %s", name, diff)
	}
}
