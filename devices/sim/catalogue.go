package sim

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"showroom/agent/gs1"
)

// Product is one size of one article.
type Product struct {
	Name string // in English
	Size string
	GTIN gs1.GTIN
}

// Catalogue is what the shop sells, in the order of its file.
type Catalogue []Product

// ReadCatalogue reads the CSV file that the central service imports; it needs the columns name_en, size and gtin and knows no
// others.
func ReadCatalogue(r io.Reader) (Catalogue, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("read catalogue: it is empty")
	}
	var column [3]int
	for i, name := range []string{"name_en", "size", "gtin"} {
		column[i] = slices.IndexFunc(rows[0], func(s string) bool { return strings.TrimPrefix(s, "\ufeff") == name })
		if column[i] < 0 {
			return nil, fmt.Errorf("read catalogue: there is no column %s", name)
		}
	}
	c := make(Catalogue, 0, len(rows)-1)
	for i, row := range rows[1:] {
		gtin, err := gs1.ParseGTIN(row[column[2]])
		if err != nil {
			return nil, fmt.Errorf("read catalogue, row %d: %w", i+2, err)
		}
		c = append(c, Product{Name: row[column[0]], Size: row[column[1]], GTIN: gtin})
	}
	return c, nil
}

// find answers the product somebody means by a name or number.
func (c Catalogue) find(w Ware) (Product, error) {
	named := false
	for _, p := range c {
		switch {
		case w.Kind == ByGTIN && p.GTIN == w.GTIN:
			return p, nil
		case w.Kind == Named && strings.EqualFold(p.Name, w.Name):
			if w.Size == "" || strings.EqualFold(p.Size, w.Size) {
				return p, nil
			}
			named = true
		}
	}
	switch {
	case named:
		return Product{}, fmt.Errorf("there is no %q in size %s", w.Name, w.Size)
	case w.Kind == ByGTIN:
		return Product{}, fmt.Errorf("gtin %s is not in the catalogue", w.GTIN)
	}
	return Product{}, fmt.Errorf("there is no product %q; %s", w.Name, c.some())
}

// some names a few of the products, for whoever does not know any.
func (c Catalogue) some() string {
	const few = 5
	var names []string
	for _, p := range c {
		if !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	if len(names) > few {
		return fmt.Sprintf("the catalogue has %s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return "the catalogue has " + strings.Join(names, ", ")
}

// unlisted answers a number of the shop's company that is not in the catalogue.
func (c Catalogue) unlisted(prefix string) (gs1.GTIN, error) {
	digits := 12 - len(prefix)
	for ref := pow10(digits) - 1; ref > 0; ref-- {
		gtin, err := tradeItem(prefix, ref)
		if err != nil {
			return "", err
		}
		if !slices.ContainsFunc(c, func(p Product) bool { return p.GTIN == gtin }) {
			return gtin, nil
		}
	}
	return "", errors.New("the catalogue has every number there is")
}

// tradeItem is the GTIN of an item reference of a company.
func tradeItem(prefix string, ref int) (gs1.GTIN, error) {
	body := fmt.Sprintf("%s%0*d", prefix, 12-len(prefix), ref)
	check, err := gs1.CheckDigit(body)
	if err != nil {
		return "", fmt.Errorf("make GTIN of prefix %s: %w", prefix, err)
	}
	return gs1.ParseGTIN(body + string(check))
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}
