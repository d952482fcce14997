package profileapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/sync/profileapi"
)

func drawEvent(t *rapid.T) profileapi.Event {
	e := profileapi.Event{
		ID:      profileapi.EventID(rapid.StringMatching(`[a-z0-9]{1,10}`).Draw(t, "epoch"), "facts", rapid.Int64Range(1, 1<<40).Draw(t, "seq")),
		Source:  rapid.StringN(1, 30, -1).Draw(t, "source"),
		Type:    rapid.StringN(1, 30, -1).Draw(t, "type"),
		Subject: rapid.String().Draw(t, "subject"),
		Clock:   rapid.SampledFrom([]string{"", "none", "ntp"}).Draw(t, "clock"),
		Time:    time.UnixMilli(rapid.Int64Range(1, 4e12).Draw(t, "time")).UTC(),
	}
	switch rapid.IntRange(0, 2).Draw(t, "body") {
	case 0:
		e.SHA256 = strings.Repeat("ab", 32)
	case 1:
		body, err := json.Marshal(rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "data"))
		if err != nil {
			t.Fatal(err)
		}
		e.Data = body
	case 2:
		e.Data = json.RawMessage("no JSON " + rapid.StringMatching(`[a-z]*`).Draw(t, "raw"))
	}
	return e
}

func TestBatchComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(drawEvent), 1, 20).Draw(t, "events")
		wire := profileapi.AppendBatch(nil, events)
		if !json.Valid(wire) {
			t.Fatalf("not JSON: %s", wire)
		}
		back, err := profileapi.DecodeBatch(wire)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(events, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A body goes through byte by byte: digests are over it.
func TestBodyKeepsItsBytes(t *testing.T) {
	body := "{ \"b\" : 1.50,\n\"a\":\"<&>\\u0131\" }"
	e := profileapi.Event{ID: "e/facts/1", Source: "s", Type: "t", Data: json.RawMessage(body)}
	back, err := profileapi.DecodeBatch(profileapi.AppendBatch(nil, []profileapi.Event{e}))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(back[0].Data); got != body {
		t.Errorf("body came back as %q, want %q", got, body)
	}
}

func TestDecodeBatchSkipsWhatItDoesNotKnow(t *testing.T) {
	in := ` [ {"traceparent":"00-x","specversion":"1.0","id":"e\u002ffacts/1","n":[1,{"x":null}],"source":"s","type":"later.kind","data":{"new":true}} ] `
	got, err := profileapi.DecodeBatch([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	want := []profileapi.Event{{ID: "e/facts/1", Source: "s", Type: "later.kind", Data: json.RawMessage(`{"new":true}`)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeBatchRefuses(t *testing.T) {
	event := `{"specversion":"1.0","id":"e/facts/1","source":"s","type":"t"}`
	for name, c := range map[string]struct{ in, want string }{
		"nothing":       {``, "a batch is a JSON array"},
		"an object":     {event, "a batch is a JSON array"},
		"cut":           {`[` + event, "expected a comma"},
		"more after":    {`[` + event + `] x`, "something follows"},
		"no id":         {`[{"specversion":"1.0","source":"s","type":"t"}]`, "event 1: a CloudEvent needs"},
		"other version": {`[` + event + `,{"specversion":"0.3","id":"i","source":"s","type":"t"}]`, "event 2: a CloudEvent needs"},
		"bad time":      {`[{"specversion":"1.0","id":"i","source":"s","type":"t","time":"noon"}]`, "event 1: time"},
		"bad data":      {`[{"specversion":"1.0","id":"i","source":"s","type":"t","data":{1:2}}]`, "event 1: data"},
		"deep":          {`[{"data":` + strings.Repeat("[", 100), "nested too deep"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := profileapi.DecodeBatch([]byte(c.in))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("DecodeBatch: %v, want an error with %q", err, c.want)
			}
		})
	}
	var many []profileapi.Event
	for i := range profileapi.MaxBatchEvents + 1 {
		many = append(many, profileapi.Event{ID: fmt.Sprint(i), Source: "s", Type: "t"})
	}
	if _, err := profileapi.DecodeBatch(profileapi.AppendBatch(nil, many)); err == nil {
		t.Error("a batch of too many events was accepted")
	}
}

func TestEventID(t *testing.T) {
	epoch, lane, seq, ok := profileapi.ParseEventID(profileapi.EventID("9f3c", "facts", 42))
	if !ok || epoch != "9f3c" || lane != "facts" || seq != 42 {
		t.Errorf("got %q %q %d %v", epoch, lane, seq, ok)
	}
	for _, bad := range []string{"", "e", "e/facts", "e/facts/", "e/facts/0", "e/facts/-1", "e/facts/+1", "e/facts/01", "/facts/1", "e//1", "e/facts/1/2"} {
		if _, _, _, ok := profileapi.ParseEventID(bad); ok {
			t.Errorf("%q was taken for an id", bad)
		}
	}
}

func TestKind(t *testing.T) {
	for typ, want := range map[string]string{
		profileapi.EventType("visit.opened", 1): "visit.opened",
		"com.example.other":                     "com.example.other",
	} {
		if got := (profileapi.Event{Type: typ}).Kind(); got != want {
			t.Errorf("kind of %q is %q, want %q", typ, got, want)
		}
	}
}

// FuzzDecodeBatch compares the scanner with encoding/json: what it accepts is JSON.
func FuzzDecodeBatch(f *testing.F) {
	f.Add([]byte(`[{"specversion":"1.0","id":"e/facts/1","source":"s","type":"t","data":{"a":[1e-2,-0.5,true,"\ud83d\ude00"]}}]`))
	f.Add([]byte(`[{"specversion":"1.0","id":"i","source":"s","type":"t","data_base64":"AAEC"}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := profileapi.DecodeBatch(b); err == nil && !json.Valid(b) {
			t.Errorf("accepted what is no JSON: %q", b)
		}
	})
}
