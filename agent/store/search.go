package store

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/showroom"
)

// MostFound is how many items a search answers at most.
const MostFound = 20

// mostSearched is how many words of a query count. Nobody types more, and a text held against the reader should cost no more.
const mostSearched = 8

// Search answers the first items that can be bought at a moment and have a word that begins with each word of the query, whatever
// its accents: letters are compared as lang.Fold has them. One item of every product comes before a second one of any. Those whose
// texts in the language have the very letters typed stand first; no more are read for that. A query that is the number of an item
// answers that item. A query without a letter or a digit answers nothing.
//
// There is no order by relevance: SQLite would have to weigh everything that fits before the first could be shown.
func (v *View) Search(query string, language lang.Tag, at time.Time) ([]showroom.Found, error) {
	words := lang.Words(lang.Fold(query))
	if len(words) == 0 {
		return nil, nil
	}
	if item, err := gs1.ParseGTIN(strings.TrimSpace(query)); err == nil {
		if found, err := list(v, "search", inLanguage(language), foundBy(`s.gtin=?2`), wallText(at), item); len(found) > 0 || err != nil {
			return found, err
		}
	}
	found, err := v.first(words[:min(len(words), mostSearched)], language, at)
	if err != nil {
		return nil, err
	}
	typed := lang.Words(lang.Lower(language, query))
	exact := make([]showroom.Found, 0, len(found))
	var rest []showroom.Found
	for _, f := range found {
		if spelt(f, language, typed) {
			exact = append(exact, f)
		} else {
			rest = append(rest, f)
		}
	}
	return append(exact, rest...), nil
}

// first answers the first items that have a word beginning with each of the words and can be bought.
func (v *View) first(words []string, language lang.Tag, at time.Time) (found []showroom.Found, err error) {
	numbers := make([]int64, 0, MostFound)
	show := func() error {
		more, err := v.show(numbers, words, language, at)
		found, numbers = append(found, more...), numbers[:0]
		return err
	}
	if err := v.withAll(words, func(number int64) (bool, error) {
		if numbers = append(numbers, number); len(numbers) < MostFound {
			return true, nil
		}
		err := show()
		return len(found) < MostFound, err
	}); err != nil {
		return nil, err
	}
	if len(numbers) > 0 && len(found) < MostFound {
		err = show()
	}
	return found[:min(len(found), MostFound)], err
}

// show answers those of the items, at most MostFound, that can be bought and have the words that the index has only the beginning of.
func (v *View) show(numbers []int64, words []string, language lang.Tag, at time.Time) ([]showroom.Found, error) {
	args := make([]any, 0, 1+MostFound+len(words))
	args = append(args, wallText(at))
	for _, n := range numbers {
		args = append(args, n)
	}
	for len(args) < 1+MostFound {
		args = append(args, 0) // the number of none, so that it is one statement however many there are
	}
	condition := `s.number IN (?2` + strings.Repeat(`,?`, MostFound-1) + `)`
	for _, w := range words {
		if beginning(w) != w {
			condition += ` AND instr(' '||s.words, ?)>0`
			args = append(args, " "+w)
		}
	}
	return list(v, "search", inLanguage(language), foundBy(condition)+` ORDER BY s.number`, args...)
}

// foundBy is SQL for items that can be bought at the moment ?1.
func foundBy(condition string) string {
	return `SELECT s.gtin, s.shown, r.minor, r.currency, r.lowest_prior FROM search s
		CROSS JOIN price r ON r.gtin=s.gtin AND r.valid_from=` + priceFrom("s.gtin", "?1") + ` WHERE ` + condition
}

// inLanguage reads an item in a language.
func inLanguage(language lang.Tag) func(scanner) (showroom.Found, error) {
	return func(s scanner) (f showroom.Found, err error) {
		var texts string
		var lowest *int64
		if err = s.Scan(&f.GTIN, &texts, &f.Price.Minor, &f.Price.Currency, &lowest); err != nil {
			return f, err
		}
		if lowest != nil {
			f.LowestPrior = showroom.Money{Minor: *lowest, Currency: f.Price.Currency}
		}
		readShown(&f, texts, language)
		return f, nil
	}
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
