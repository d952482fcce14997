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
func (v *View) Search(query string, language lang.Tag, at time.Time) ([]showroom.Priced, error) {
	words := lang.Words(lang.Fold(query))
	if len(words) == 0 {
		return nil, nil
	}
	if item, err := gs1.ParseGTIN(strings.TrimSpace(query)); err == nil {
		p, err := v.Priced(item, at)
		if err == nil && !p.Price.Amount.IsZero() {
			return []showroom.Priced{p}, nil
		}
		if err != nil && showroom.ErrorCode(err) != showroom.CodeNotFound {
			return nil, err
		}
	}
	words = words[:min(len(words), mostSearched)]
	// A word holds letters and digits only, and none of them is a capital: nothing in it is an operator to SQLite.
	found, err := list(v, "search", scanPriced, `SELECT `+pricedColumns+` FROM search_index f
		CROSS JOIN search s ON s.number=f.docid
		CROSS JOIN item i ON i.gtin=s.gtin
		CROSS JOIN price r ON r.gtin=i.gtin AND r.valid_from=`+priceFrom("i.gtin", "?2")+`
		LEFT JOIN product p ON p.id=i.product
		WHERE f.words MATCH ?1 ORDER BY f.docid LIMIT ?3`, strings.Join(words, "* ")+"*", wallText(at), MostFound)
	if err != nil {
		return nil, err
	}
	typed := lang.Words(lang.Lower(language, query))
	exact := make([]showroom.Priced, 0, len(found))
	var rest []showroom.Priced
	for _, p := range found {
		if spelt(p, language, typed) {
			exact = append(exact, p)
		} else {
			rest = append(rest, p)
		}
	}
	return append(exact, rest...), nil
}

// spelt says that each word typed begins a word of what is shown of the item, accents and all.
func spelt(p showroom.Priced, language lang.Tag, typed []string) bool {
	shown := lang.Lower(language, strings.Join([]string{
		p.Name.In(string(language)), p.Brand, p.Colour.In(string(language)), p.Size, p.SKU}, " "))
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
