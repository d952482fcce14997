package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed texts/*.json
var files embed.FS

// catalogue parses the embedded files once. They are part of the program: a file
// that does not parse is a defect every test run meets, hence the panic.
var catalogue = sync.OnceValue(func() map[Tag]*Texts {
	all := make(map[Tag]*Texts)
	for _, tag := range Tags() {
		entries, err := readTexts(tag)
		if err != nil {
			panic(fmt.Sprintf("lang: embedded texts of %s: %v", tag, err))
		}
		all[tag] = &Texts{tag: tag, entries: entries, pattern: patternOf(tag)}
	}
	return all
})

// Texts speaks one language.
type Texts struct {
	tag     Tag
	entries map[string]entry
	pattern pattern
}

// entry is one text; one is empty unless the text has a plural.
type entry struct{ one, other string }

// For returns the texts of a language, the English ones when it has none.
func For(tag Tag) *Texts {
	if t, ok := catalogue()[tag]; ok {
		return t
	}
	return catalogue()[English]
}

// Tag returns the language these texts speak.
func (t *Texts) Tag() Tag { return t.tag }

// T returns the text of key with its placeholders filled in from args, pairs of a
// name and a value: T("kiosk.room.title", "room", "2"). Whole numbers are grouped
// as [Texts.Number] does, other values printed as fmt does. A placeholder without
// an argument stays visible, an argument without a placeholder is ignored, and an
// unknown key comes back as "[key]": a screen never breaks over a text.
func (t *Texts) T(key string, args ...any) string {
	e, ok := t.entries[key]
	if !ok {
		return "[" + key + "]"
	}
	text := e.other
	if n, isCount := argument(args, "n"); e.one != "" && isCount && isOne(n) {
		text = e.one
	}
	return t.fill(text, args)
}

// N is T with the number n, which chooses the plural form and fills {n}.
func (t *Texts) N(key string, n int, args ...any) string {
	return t.T(key, append([]any{"n", n}, args...)...)
}

// Has reports whether key has a text. It lets the tests of other packages prove
// that every key they build from a state or an error code exists.
func (t *Texts) Has(key string) bool {
	_, ok := t.entries[key]
	return ok
}

// Keys returns all keys, sorted.
func (t *Texts) Keys() []string { return slices.Sorted(maps.Keys(t.entries)) }

func (t *Texts) fill(text string, args []any) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := argument(args, name)
		if !closed || !known {
			b.WriteByte('{')
			text = rest
			continue
		}
		b.WriteString(t.print(value))
		text = after
	}
}

func (t *Texts) print(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return t.Number(int64(v))
	case int64:
		return t.Number(v)
	}
	return fmt.Sprint(value)
}

// argument finds a value by its name in pairs; the first one wins.
func argument(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// isOne is the CLDR category "one" of whole numbers; it is the same in both
// languages.
func isOne(n any) bool {
	switch n := n.(type) {
	case int:
		return n == 1
	case int64:
		return n == 1
	}
	return false
}

func readTexts(tag Tag) (map[string]entry, error) {
	data, err := files.ReadFile("texts/" + string(tag) + ".json")
	if err != nil {
		return nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	entries := make(map[string]entry, len(raw))
	for key, value := range raw {
		e, err := readEntry(value)
		if err != nil {
			return nil, fmt.Errorf("text %s: %w", strconv.Quote(key), err)
		}
		entries[key] = e
	}
	return entries, nil
}

func readEntry(value json.RawMessage) (entry, error) {
	if value[0] == '"' {
		var text string
		err := json.Unmarshal(value, &text)
		return entry{other: text}, err
	}
	var forms map[string]string
	if err := json.Unmarshal(value, &forms); err != nil {
		return entry{}, err
	}
	if len(forms) != 2 || forms["one"] == "" || forms["other"] == "" {
		return entry{}, fmt.Errorf("a plural has the forms one and other, got %d forms", len(forms))
	}
	return entry{one: forms["one"], other: forms["other"]}, nil
}
