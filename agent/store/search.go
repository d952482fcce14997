package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/showroom"
)

// MostFound is how many items a search answers at most.
const MostFound = 20

// mostSearched is how many words of a query count. Nobody types more, and a text held against the reader should cost no more.
const mostSearched = 8

// Search answers the first items that can be bought at a moment and have a word that begins with each word of the query, whatever
// its accents: letters are compared as lang.Fold has them. One item of every product comes before a second one of any. Those that have
// the accents typed are found first, in whichever language; and of what is found that stands first whose texts in the language have the
// very letters typed. A query that is the number of an item answers that item. A query without a letter or a digit answers nothing.
//
// There is no order by relevance: SQLite would have to weigh everything that fits before the first could be shown.
func (v *View) Search(query string, language lang.Tag, at time.Time) ([]showroom.Found, error) {
	q := ask(query, language, at)
	if len(q.folded) == 0 {
		return nil, nil
	}
	var hits []hit
	item, err := gs1.ParseGTIN(strings.TrimSpace(query))
	if err == nil {
		if hits, err = list(v, "search", q.read, q.foundBy(`s.gtin=?2`), wallText(at), item); err != nil {
			return nil, err
		}
	}
	if len(hits) == 0 {
		if hits, err = v.first(q); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.likeness, b.likeness) })
	hits = hits[:min(len(hits), MostFound)]
	found := make([]showroom.Found, len(hits))
	for i, h := range hits {
		found[i] = h.Found
	}
	return found, nil
}

// question is a query taken apart.
type question struct {
	typed   []string // words in lower case as the language has it
	written []string // the same, marked
	folded  []string // the same, folded
	accents bool     // typed

	language lang.Tag
	at       time.Time
}

func ask(query string, language lang.Tag, at time.Time) *question {
	q := &question{language: language, at: at}
	for _, word := range lang.Words(lang.Lower(language, query)) {
		folded := lang.Fold(word)
		if folded == "" { // an accent upon nothing
			continue
		}
		if len(q.typed) == mostSearched {
			break
		}
		q.typed, q.written, q.folded = append(q.typed, word), append(q.written, marked(word)), append(q.folded, folded)
		q.accents = q.accents || isWritten(q.written[len(q.written)-1])
	}
	return q
}

// hit is an item that was found, and how closely it fits.
type hit struct {
	showroom.Found
	likeness likeness
}

// read reads an item that foundBy has found.
func (q *question) read(s scanner) (h hit, err error) {
	var texts, words string
	var lowest *int64
	if err = s.Scan(&h.GTIN, &texts, &words, &h.Price.Minor, &h.Price.Currency, &lowest); err != nil {
		return h, err
	}
	if lowest != nil {
		h.LowestPrior = showroom.Money{Minor: *lowest, Currency: h.Price.Currency}
	}
	readShown(&h.Found, texts, q.language)
	h.likeness = q.likeness(h.Found, words)
	return h, nil
}

// foundBy is SQL for items that can be bought at the moment ?1. Their words are read only where accents are compared.
func (q *question) foundBy(condition string) string {
	words := `''`
	if q.accents {
		words = `s.words`
	}
	return `SELECT s.gtin, s.shown, ` + words + `, r.minor, r.currency, r.lowest_prior FROM search s
		CROSS JOIN price r ON r.gtin=s.gtin AND r.valid_from=` + priceFrom("s.gtin", "?1") + ` WHERE ` + condition
}

// first answers the first items that have a word beginning with each of the words and can be bought. If there are more than are shown
// and some of those have not got the accents typed, it answers the first that have them as well.
func (v *View) first(q *question) ([]hit, error) {
	c := candidates{View: v, question: q, enough: MostFound}
	err := c.all(q.folded, 0)
	if err != nil || !q.accents || len(c.hits) < MostFound {
		return c.hits, err
	}
	others := 0
	for _, h := range c.hits {
		if h.likeness == unlike {
			others++
		}
	}
	if c.enough = MostFound + others; c.enough <= len(c.hits) {
		return c.hits, nil
	}
	err = c.all(q.written, c.last+1)
	return c.hits, err
}

// candidates are looked at a few at a time, until there are enough hits.
type candidates struct {
	*View
	*question
	numbers []int64 // not yet looked at
	last    int64   // that was taken
	hits    []hit
	enough  int
}

// all takes those from first on with words beginning with each of the words, until there are enough hits.
func (c *candidates) all(words []string, first int64) error {
	atOnce := min(c.enough-len(c.hits), MostFound)
	if err := c.withAll(words, first, func(number int64) (more bool, err error) {
		c.last = number
		if c.numbers = append(c.numbers, number); len(c.numbers) >= atOnce {
			err, atOnce = c.look(), MostFound
		}
		return len(c.hits) < c.enough, err
	}); err != nil || len(c.numbers) == 0 {
		return err
	}
	return c.look()
}

// look keeps those of the candidates that can be bought and have the words that the index has only the beginning of.
func (c *candidates) look() error {
	args := make([]any, 0, 1+MostFound+len(c.folded))
	args = append(args, wallText(c.at))
	for _, n := range c.numbers {
		args = append(args, n)
	}
	for len(args) < 1+MostFound {
		args = append(args, 0) // the number of none, so that it is one statement however many there are
	}
	condition := `s.number IN (?2` + strings.Repeat(`,?`, MostFound-1) + `)`
	for _, w := range c.folded {
		if beginning(w) != w {
			condition += ` AND instr(' '||s.words, ?)>0`
			args = append(args, " "+w)
		}
	}
	more, err := list(c.View, "search", c.read, c.foundBy(condition)+` ORDER BY s.number`, args...)
	c.hits, c.numbers = append(c.hits, more...), c.numbers[:0]
	return err
}
