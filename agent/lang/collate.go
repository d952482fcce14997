package lang

import (
	"bytes"
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Collator sorts as a dictionary of one language does: in Turkish c ç d, g ğ h,
// h ı i j, o ö p, s ş t, u ü v. It is safe for concurrent use. Building one
// costs more than a comparison: keep it.
type Collator struct {
	mu  sync.Mutex // guards both: x/text's collator keeps scratch space
	c   *collate.Collator
	buf collate.Buffer
}

// NewCollator makes a collator for a language; an unknown one sorts as English.
func NewCollator(tag Tag) *Collator {
	order := language.English
	if tag == Turkish {
		order = language.Turkish
	}
	return &Collator{c: collate.New(order)}
}

// Compare is negative when a stands before b, positive after, zero when equal.
func (c *Collator) Compare(a, b string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.c.CompareString(a, b)
}

// Less reports whether a stands before b.
func (c *Collator) Less(a, b string) bool { return c.Compare(a, b) < 0 }

// SortKey returns bytes that compare as the text sorts, for a column of a
// database. Keys change with the version of x/text: store no key that cannot be
// made again.
func (c *Collator) SortKey(s string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buf.Reset()
	return bytes.Clone(c.c.KeyFromString(&c.buf, s))
}

// Sort sorts in place; equal texts keep their order.
func (c *Collator) Sort(list []string) { slices.SortStableFunc(list, c.Compare) }
