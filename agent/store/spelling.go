package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"showroom/agent/lang"
	"showroom/agent/showroom"
)

// The search index has words folded, and those with an accent a second time as they are written, so that who types accents finds what
// has them first, however much there is without.

// mark stands before a word as it is written. No word has it in it.
const mark = '='

func isWritten(word string) bool { return strings.HasPrefix(word, string(mark)) }

// accent says that folding changes a letter of a text in lower case.
func accent(letter rune) bool {
	return letter >= utf8.RuneSelf && lang.Fold(string(letter)) != string(letter)
}

// marked answers a word in lower case as the index has it: with the mark if it has an accent.
func marked(word string) string {
	if strings.ContainsFunc(word, accent) {
		return string(mark) + word
	}
	return word
}

// written answers the words of a text that have an accent as they are written, marked. Who reads it in Turkish has other small letters
// for I and İ than who reads it in another language.
func written(text string) []string {
	all := lang.Words(lang.Lower(lang.Turkish, text))
	if strings.ContainsAny(text, "Iİ") {
		all = append(all, lang.Words(lang.Lower("", text))...)
	}
	for i, word := range all {
		all[i] = marked(word)
	}
	return slices.DeleteFunc(all, func(word string) bool { return !isWritten(word) })
}

// likeness is how closely an item has the words of a question, the closest first.
type likeness int

const (
	alike     likeness = iota // what is shown of it has the very letters typed
	alikeElse                 // it has all accents typed, perhaps in a language that is not shown
	unlike
)

func (q *question) likeness(f showroom.Found, words string) likeness {
	if spelt(f, q.language, q.typed) {
		return alike
	}
	for _, word := range q.written {
		if isWritten(word) && !strings.Contains(" "+words, " "+word) {
			return unlike
		}
	}
	return alikeElse
}

// spelt says that each word typed begins a word of what is shown of the item, accents and all.
func spelt(f showroom.Found, language lang.Tag, typed []string) bool {
	shown := lang.Lower(language, f.Name+" "+f.Brand+" "+f.Colour+" "+f.Size)
	return !slices.ContainsFunc(typed, func(word string) bool { return !beginsWord(shown, word) })
}

func beginsWord(text, word string) bool {
	for at := 0; ; at += len(word) {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		at += i
		if before, _ := utf8.DecodeLastRuneInString(text[:at]); at == 0 || !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			return true
		}
	}
}
