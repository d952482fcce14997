package lang

import "strings"

// Tag names a language as BCP 47 does, the primary subtag only.
type Tag string

// The languages that have texts.
const (
	Turkish Tag = "tr"
	English Tag = "en"
)

// Tags returns the languages in the order a chooser shows them. The slice is the
// caller's.
func Tags() []Tag { return []Tag{Turkish, English} }

// Parse finds the language of a tag or POSIX locale in any case, such as "tr",
// "TR-tr" or "en_GB.UTF-8". It reports false, with the empty Tag, for a language
// without texts.
func Parse(s string) (Tag, bool) {
	primary := s
	if i := strings.IndexAny(s, "-_."); i >= 0 {
		primary = s[:i]
	}
	for _, tag := range Tags() {
		if strings.EqualFold(primary, string(tag)) {
			return tag, true
		}
	}
	return "", false
}
