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
		if found, err := v.found(language, at, `search s`, `s.gtin=?1`, item); len(found) > 0 || err != nil {
			return found, err
		}
	}
	words = words[:min(len(words), mostSearched)]
	// A word holds letters and digits only, and none of them is a capital: nothing in it is an operator to SQLite.
	found, err := v.found(language, at, `search_index f CROSS JOIN search s ON s.number=f.docid`,
		`f.words MATCH ?1 ORDER BY f.docid LIMIT ?3`, strings.Join(words, "* ")+"*")
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
	return append(exact, rest...), err
}

// found reads items with a price of the moment. ?1 of the condition is what is wanted.
func (v *View) found(language lang.Tag, at time.Time, from, condition string, want any) ([]showroom.Found, error) {
	return list(v, "search", func(s scanner) (showroom.Found, error) { return scanFound(s, language) },
		`SELECT s.gtin, s.shown, r.minor, r.currency, r.lowest_prior FROM `+from+`
		CROSS JOIN price r ON r.gtin=s.gtin AND r.valid_from=`+priceFrom("s.gtin", "?2")+` WHERE `+condition, want, wallText(at), MostFound)
}

func scanFound(s scanner, language lang.Tag) (f showroom.Found, err error) {
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
