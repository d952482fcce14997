package feed

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/sync/profileapi"
)

// checker collects everything that is wrong with an import.
type checker struct {
	faults []string
	seen   map[string]bool
}

func (c *checker) fault(what, key, format string, args ...any) {
	c.faults = append(c.faults, what+" "+key+": "+fmt.Sprintf(format, args...))
}

// once says that two values share a key.
func (c *checker) once(what, key string) {
	if c.seen[what+key] {
		c.fault(what, key, "stands twice in the import")
	}
	c.seen[what+key] = true
}

func (c *checker) gtin(what, s string) {
	if g, err := gs1.ParseGTIN(s); err != nil {
		c.fault(what, s, "%v", err)
	} else if string(g) != s {
		c.fault(what, s, "write all 14 digits: %s", g)
	}
	c.once(what, s)
}

// mostLetters is how long what a shopper reads of a thing may be. It goes into every sale of it, and a sale has to fit into a journal.
const mostLetters = 500

// brief says that a text is too long for a line of a receipt.
func (c *checker) brief(what, key, field string, texts ...string) {
	if slices.ContainsFunc(texts, func(t string) bool { return utf8.RuneCountInString(t) > mostLetters }) {
		c.fault(what, key, "its %s has more than %d letters", field, mostLetters)
	}
}

// check answers everything that is wrong with the import.
func (f *Feed) check(in profileapi.Import) []string {
	c := &checker{seen: map[string]bool{}}
	for _, p := range in.Products {
		c.once("product", p.ID)
		if p.ID == "" || len(p.ID) > 200 {
			c.fault("product", p.ID, "an id has 1 to 200 characters")
		}
		if showroom.Text(p.Name).In("en") == "" {
			c.fault("product", p.ID, "has no name")
		}
		c.brief("product", p.ID, "name", slices.Collect(maps.Values(p.Name))...)
	}
	for _, it := range in.Items {
		c.gtin("item", it.GTIN)
		c.brief("item", it.GTIN, "size", it.Size)
		c.brief("item", it.GTIN, "SKU", it.SKU)
		c.brief("item", it.GTIN, "colour", slices.Collect(maps.Values(it.Colour))...)
		if !c.seen["product"+it.Product] && (in.Replace || !f.has(profileapi.BucketProduct, it.Product)) {
			c.fault("item", it.GTIN, "its product %q does not exist", it.Product)
		}
	}
	for _, p := range in.Prices {
		c.gtin("price", p.GTIN)
		c.item(f, in.Replace, "price", p.GTIN)
		c.periods(p)
	}
	for _, o := range in.Offers {
		c.offer(f, o)
	}
	if strings.Contains(in.Store, "/") || len(in.Store) > 64 {
		c.fault("store", in.Store, "an id has at most 64 characters and no /")
	} else if in.Store != "" && !f.isStore(in.Store) {
		c.fault("store", in.Store, "there is no such shop; there are %s", strings.Join(f.stores, ", "))
	}
	for _, s := range in.Stock {
		if in.Store == "" {
			c.fault("stock", s.GTIN, "the import does not say which store's stock it brings")
			break
		}
		c.gtin("stock", s.GTIN)
		c.item(f, in.Replace, "stock", s.GTIN)
	}
	return c.faults
}

func (c *checker) offer(f *Feed, o profileapi.Offer) {
	c.once("offer", o.ID)
	if o.ID == "" || len(o.ID) > 200 {
		c.fault("offer", o.ID, "an id has 1 to 200 characters")
	}
	for _, store := range o.Stores {
		if store == "" || strings.Contains(store, "/") || len(store) > 64 {
			c.fault("offer", o.ID, "%q is no store: an id has 1 to 64 characters and no /", store)
		} else if !f.isStore(store) {
			c.fault("offer", o.ID, "there is no shop %q; there are %s", store, strings.Join(f.stores, ", "))
		}
	}
	for _, item := range o.Items {
		if g, err := gs1.ParseGTIN(item); err != nil || string(g) != item {
			c.fault("offer", o.ID, "%q is no GTIN of 14 digits", item)
		}
	}
	c.brief("offer", o.ID, "name", slices.Collect(maps.Values(o.Name))...)
	currency := showroom.Currency(o.Currency)
	if err := (showroom.Offer{
		Name: o.Name, Kind: showroom.OfferKind(o.Kind), From: o.From, To: o.To, Basket: o.Basket, BasisPoints: o.BasisPoints, N: o.N, M: o.M,
		Amount: showroom.Money{Minor: o.Minor, Currency: currency}, Least: showroom.Money{Minor: o.LeastMinor, Currency: currency},
	}).Check(); err != nil {
		c.fault("offer", o.ID, "%v", err)
	}
}

// item says that a price or stock is of something that does not exist.
func (c *checker) item(f *Feed, replace bool, what, gtin string) {
	if !c.seen["item"+gtin] && (replace || !f.has(profileapi.BucketItem, gtin)) {
		c.fault(what, gtin, "there is no such item")
	}
}

func (c *checker) periods(p profileapi.Price) {
	if len(p.Periods) == 0 {
		c.fault("price", p.GTIN, "has no period")
	}
	for _, period := range p.Periods {
		switch {
		case period.Minor < 0 || period.LowestPrior < 0:
			c.fault("price", p.GTIN, "an amount is negative")
		case max(period.Minor, period.LowestPrior) > showroom.MostPrice:
			c.fault("price", p.GTIN, "%d is more than anything costs; write it in the minor unit of its currency", max(period.Minor, period.LowestPrior))
		case len(period.Currency) != 3 || strings.ToUpper(period.Currency) != period.Currency:
			c.fault("price", p.GTIN, "%q is no currency; write TRY, EUR, ...", period.Currency)
		case period.VATBP < 0 || period.VATBP > 10000:
			c.fault("price", p.GTIN, "a tax rate of %d basis points", period.VATBP)
		case !period.To.IsZero() && !period.From.Before(period.To):
			c.fault("price", p.GTIN, "a period ends before it begins")
		}
	}
}

// isStore says whether there is such a shop, as far as anybody knows.
func (f *Feed) isStore(id string) bool {
	return len(f.stores) == 0 || slices.Contains(f.stores, id)
}

func (f *Feed) has(bucket profileapi.Bucket, key string) bool {
	_, ok := f.index.current(string(bucket), key)
	return ok
}
