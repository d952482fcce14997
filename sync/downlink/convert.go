package downlink

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/sync/profileapi"
)

// convert turns wire values into the shop's. Bad ones are counted, logged and left out.
func (d *Downlink) convert(changes []profileapi.Change) Page {
	var p Page
	bad := int64(0)
	for _, c := range changes {
		c.Deleted = c.Deleted || d.elsewhere(c) // here it does not hold, or not any more
		if err := p.add(d.opts.Store, c); err != nil {
			bad++
			d.opts.Log.Warn("left out a bad value of the feed", "bucket", c.Bucket, "key", c.Key, "version", c.Version, "error", err)
		}
	}
	if bad > 0 {
		d.report(func(s *Sync) { s.BadValues += bad })
	}
	return p
}

// elsewhere says that a change is an offer that holds in other stores only.
func (d *Downlink) elsewhere(c profileapi.Change) bool {
	if c.Bucket != profileapi.BucketOffer || c.Deleted {
		return false
	}
	var o struct {
		Stores []string `json:"stores"`
	}
	return json.Unmarshal(c.Value, &o) == nil && len(o.Stores) > 0 && !slices.Contains(o.Stores, d.opts.Store)
}

// localKey is the key of a change as a Deletion names it.
func (d *Downlink) localKey(c profileapi.Change) string { return localKey(d.opts.Store, c) }

func localKey(store string, c profileapi.Change) string {
	if c.Bucket == profileapi.BucketStock {
		return strings.TrimPrefix(c.Key, store+"/")
	}
	return c.Key
}

func (p *Page) add(store string, c profileapi.Change) error {
	if c.Deleted {
		p.Deleted = append(p.Deleted, Deletion{c.Bucket, localKey(store, c), c.Version})
		return nil
	}
	switch c.Bucket {
	case profileapi.BucketProduct:
		return addTo(&p.Products, c, product)
	case profileapi.BucketItem:
		return addTo(&p.Items, c, item)
	case profileapi.BucketPrice:
		return addTo(&p.Prices, c, prices)
	case profileapi.BucketOffer:
		return addTo(&p.Offers, c, offer)
	case profileapi.BucketStock:
		return addTo(&p.Stock, c, stock)
	}
	return nil // a bucket of a later version of the centre
}

func addTo[W, T any](to *[]Versioned[T], c profileapi.Change, convert func(W) (T, error)) error {
	var wire W
	if err := json.Unmarshal(c.Value, &wire); err != nil {
		return fmt.Errorf("decode value: %w", err)
	}
	v, err := convert(wire)
	if err != nil {
		return err
	}
	*to = append(*to, Versioned[T]{c.Version, v})
	return nil
}

func product(w profileapi.Product) (showroom.Product, error) {
	p := showroom.Product{
		ID: showroom.ProductID(w.ID), Name: w.Name, Brand: w.Brand, Description: w.Description,
		Composition: w.Composition, Care: w.Care, Pictures: w.Pictures,
	}
	if p.ID == "" || p.Name.In("en") == "" {
		return p, fmt.Errorf("a product needs an id and a name")
	}
	return p, checkPictures(w.Pictures)
}

func item(w profileapi.Item) (showroom.Item, error) {
	it := showroom.Item{
		Product: showroom.ProductID(w.Product), SKU: w.SKU, Size: w.Size, SizeOrder: w.SizeOrder,
		Colour: w.Colour, ColourHex: w.ColourHex, Pictures: w.Pictures,
	}
	var err error
	if it.GTIN, err = gs1.ParseGTIN(w.GTIN); err != nil {
		return it, err
	}
	if it.Product == "" {
		return it, fmt.Errorf("an item needs a product")
	}
	return it, checkPictures(w.Pictures)
}

func prices(w profileapi.Price) (ItemPrices, error) {
	gtin, err := gs1.ParseGTIN(w.GTIN)
	if err != nil {
		return ItemPrices{}, err
	}
	out := ItemPrices{GTIN: gtin}
	for _, period := range w.Periods {
		currency := showroom.Currency(period.Currency)
		switch {
		case period.Minor < 0 || period.LowestPrior < 0:
			return out, fmt.Errorf("a price of %d is negative", min(period.Minor, period.LowestPrior))
		case len(currency) != 3:
			return out, fmt.Errorf("%q is no currency", period.Currency)
		case period.VATBP < 0 || period.VATBP > 10000:
			return out, fmt.Errorf("a tax rate of %d basis points", period.VATBP)
		case !period.To.IsZero() && !period.From.Before(period.To):
			return out, fmt.Errorf("a price that ends before it begins")
		}
		price := showroom.Price{
			GTIN: gtin, Amount: showroom.Money{Minor: period.Minor, Currency: currency},
			VATBasisPoints: period.VATBP, From: period.From, To: period.To,
		}
		if period.LowestPrior > 0 {
			price.LowestPrior = showroom.Money{Minor: period.LowestPrior, Currency: currency}
		}
		out.Periods = append(out.Periods, price)
	}
	return out, nil
}

func offer(w profileapi.Offer) (showroom.Offer, error) {
	o := showroom.Offer{
		ID: showroom.OfferID(w.ID), Name: w.Name, Kind: showroom.OfferKind(w.Kind), From: w.From, To: w.To, Coupon: w.Coupon, Basket: w.Basket,
		BasisPoints: w.BasisPoints, N: w.N, M: w.M, Rank: w.Rank,
	}
	if w.Currency != "" {
		o.Amount.Minor, o.Amount.Currency = w.Minor, showroom.Currency(w.Currency)
	}
	if w.LeastMinor != 0 {
		o.Least = showroom.Money{Minor: w.LeastMinor, Currency: showroom.Currency(w.Currency)}
	}
	for _, item := range w.Items {
		g, err := gs1.ParseGTIN(item)
		if err != nil {
			return o, err
		}
		o.Items = append(o.Items, g)
	}
	for _, p := range w.Products {
		o.Products = append(o.Products, showroom.ProductID(p))
	}
	if o.ID == "" {
		return o, fmt.Errorf("an offer needs an id")
	}
	return o, o.Check()
}

func stock(w profileapi.Stock) (showroom.Stock, error) {
	gtin, err := gs1.ParseGTIN(w.GTIN)
	return showroom.Stock{GTIN: gtin, Quantity: max(w.Quantity, 0)}, err
}

func checkPictures(sums []string) error {
	for _, s := range sums {
		if sum, err := hex.DecodeString(s); err != nil || len(sum) != sha256.Size || strings.ToLower(s) != s {
			return fmt.Errorf("%q is no SHA-256 of a picture", s)
		}
	}
	return nil
}
