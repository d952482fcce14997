package lang_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/lang"
)

// forms reads a file as key -> form -> text; a plain text has the form "".
func forms(t *testing.T, tag lang.Tag) (keys []string, texts map[string]map[string]string) {
	t.Helper()
	data, err := os.ReadFile("texts/" + string(tag) + ".json")
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	texts = make(map[string]map[string]string)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
		entry := make(map[string]string)
		switch value := value.(type) {
		case string:
			entry[""] = value
		case map[string]any:
			for form, text := range value {
				entry[form] = text.(string)
			}
		}
		keys = append(keys, key.(string))
		texts[key.(string)] = entry
	}
	return keys, texts
}

func placeholders(text string) []string {
	names := regexp.MustCompile(`\{[a-z_]+\}`).FindAllString(text, -1)
	slices.Sort(names)
	return slices.Compact(names)
}

func TestFilesAgree(t *testing.T) {
	english, en := forms(t, lang.English)
	for _, tag := range lang.Tags() {
		keys, texts := forms(t, tag)
		if diff := cmp.Diff(english, keys); diff != "" {
			t.Errorf("keys of %s (-en +%s):\n%s", tag, tag, diff)
		}
		if !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
			t.Errorf("keys of %s are not sorted or not unique", tag)
		}
		for key, entry := range texts {
			if _, plural := entry["one"]; plural != (len(en[key]) == 2) {
				t.Errorf("%s is a plural in one language only", key)
			}
			for form, text := range entry {
				if diff := cmp.Diff(placeholders(en[key][form]), placeholders(text)); diff != "" {
					t.Errorf("placeholders of %s %s in %s (-en +%s):\n%s", key, form, tag, tag, diff)
				}
			}
		}
	}
}

// People read these standing up, half dressed or in a hurry.
func TestTextsAreShort(t *testing.T) {
	keyForm := regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)
	for _, tag := range lang.Tags() {
		keys, texts := forms(t, tag)
		for _, key := range keys {
			if !keyForm.MatchString(key) {
				t.Errorf("key %q is not of the form area.subject.part", key)
			}
			for _, text := range texts[key] {
				most := 12
				if strings.HasPrefix(key, "device.advice.") {
					most = 25 // read by an engineer with the machine open
				}
				if words := len(strings.Fields(text)); words == 0 || words > most {
					t.Errorf("%s %s has %d words: %q", tag, key, words, text)
				}
				if strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
					t.Errorf("%s %s has stray spaces: %q", tag, key, text)
				}
				left := regexp.MustCompile(`\{[a-z_]+\}`).ReplaceAllString(text, "")
				if strings.ContainsAny(left, "{}") {
					t.Errorf("%s %s has a broken placeholder: %q", tag, key, text)
				}
			}
		}
	}
}

func TestEveryTextIsReachable(t *testing.T) {
	for _, tag := range lang.Tags() {
		texts := lang.For(tag)
		keys, want := forms(t, tag)
		if diff := cmp.Diff(keys, texts.Keys()); diff != "" {
			t.Errorf("Keys of %s:\n%s", tag, diff)
		}
		for _, key := range keys {
			other := want[key][""] + want[key]["other"]
			if got := texts.T(key); got != other || !texts.Has(key) {
				t.Errorf("T(%s) = %q, want %q", key, got, other)
			}
		}
	}
}

// States and codes other packages append to a prefix.
func TestFamiliesAreComplete(t *testing.T) {
	for prefix, names := range map[string]string{
		"error.":             "invalid not_found conflict taken too_large unauthorized forbidden internal unavailable rate_limited",
		"kiosk.request.":     "waiting requested accepted on_the_way delivered unavailable cancelled",
		"staff.device.":      "up silent fault down",
		"kiosk.garment.":     "sizes colours available none tried_elsewhere wait bring bring_colour here care composition back",
		"kiosk.room.":        "title count empty unknown_tag forget done",
		"staff.queue.":       "title empty accept on_the_way deliver unavailable cancelled waiting_since escalated taken_by",
		"staff.rooms.":       "title empty unconfirmed left_behind end_visit",
		"staff.signin.":      "title name pin button wrong locked",
		"kiosk.":             "language left_behind offline.banner agent_lost.banner reader_fault.title reader_fault.text reader_fault.partly",
		"kiosk.call.":        "associate sent",
		"kiosk.still_there.": "title text yes",
	} {
		for name := range strings.FieldsSeq(names) {
			for _, tag := range lang.Tags() {
				if !lang.For(tag).Has(prefix + name) {
					t.Errorf("%s has no %s%s", tag, prefix, name)
				}
			}
		}
	}
}

func TestT(t *testing.T) {
	en, tr := lang.For(lang.English), lang.For(lang.Turkish)
	for _, tc := range []struct{ name, got, want string }{
		{"plain", tr.T("kiosk.idle.title"), "Hoş geldiniz"},
		{"placeholder", tr.T("kiosk.room.title", "room", "2"), "Kabin 2"},
		{"placeholder first", en.T("kiosk.request.accepted_by", "name", "Ayşe"), "Ayşe is on it"},
		{"value looks like a placeholder", en.T("kiosk.request.accepted_by", "name", "{name}"), "{name} is on it"},
		{"another argument too", en.T("kiosk.room.title", "x", 1, "room", "2"), "Room 2"},
		{"argument missing", en.T("kiosk.room.title"), "Room {room}"},
		{"value missing", en.T("kiosk.room.title", "room"), "Room {room}"},
		{"other type", en.T("kiosk.room.title", "room", lang.English), "Room en"},
		{"unknown key", en.T("kiosk.room.tilte", "room", "2"), "[kiosk.room.tilte]"},
		{"one", en.N("kiosk.room.count", 1), "1 garment"},
		{"none", en.N("kiosk.room.count", 0), "0 garments"},
		{"many", en.N("kiosk.room.count", 1200), "1,200 garments"},
		{"many in Turkish", tr.N("kiosk.room.count", 1200), "1.200 ürün"},
		{"one in Turkish", tr.N("kiosk.room.count", 1), "1 ürün"},
		{"plural by argument", en.T("kiosk.room.count", "n", int64(1)), "1 garment"},
		{"plural of a plain text", en.N("kiosk.room.title", 1, "room", "2"), "Room 2"},
		{"unknown plural", en.N("nothing", 1), "[nothing]"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, tc.got, tc.want)
		}
	}
}

func TestNDoesNotTouchItsArguments(t *testing.T) {
	args := append(make([]any, 0, 8), "room", "2")
	lang.For(lang.English).N("kiosk.room.count", 3, args...)
	if diff := cmp.Diff([]any{"room", "2"}, args); diff != "" {
		t.Error(diff)
	}
}

func TestParse(t *testing.T) {
	for in, want := range map[string]lang.Tag{
		"tr": lang.Turkish, "TR-tr": lang.Turkish, "tr_TR.UTF-8": lang.Turkish,
		"en": lang.English, "en-GB": lang.English, "EN": lang.English,
		"": "", "de": "", "trk": "", "english": "", "-tr": "",
	} {
		if got, ok := lang.Parse(in); got != want || ok != (want != "") {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestFor(t *testing.T) {
	if got := lang.For("de").Tag(); got != lang.English {
		t.Errorf("an unknown language speaks %q", got)
	}
	for _, tag := range lang.Tags() {
		if got := lang.For(tag).Tag(); got != tag {
			t.Errorf("For(%s) speaks %s", tag, got)
		}
	}
	if lang.For(lang.Turkish).T("language.name") != "Türkçe" {
		t.Error("a language must name itself")
	}
}

// Meant for the race detector.
func TestConcurrentUse(t *testing.T) {
	order := lang.NewCollator(lang.Turkish)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				texts := lang.For(lang.Turkish)
				if got := texts.N("kiosk.room.count", 2) + texts.Money(150, "TRY"); got != "2 ürün1,50 ₺" {
					t.Errorf("got %q", got)
				}
				if !order.Less("ışık", "ipek") || len(order.SortKey("şal")) == 0 {
					t.Error("order is wrong")
				}
			}
		})
	}
	wg.Wait()
}
