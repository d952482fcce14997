package main

import (
	"fmt"

	"showroom/agent/gs1"
	"showroom/sync/profileapi"
)

// syntheticPrefix is a company prefix in the range GS1 keeps for examples; six digits leave a million item references.
const (
	syntheticPrefix = "952100"
	syntheticMost   = 1_000_000
	itemsPerProduct = 10
)

// makeSynthetic makes n items of n/10 products in five sizes and two colours, always the same ones.
func makeSynthetic(n int) (*catalogue, error) {
	if n > syntheticMost {
		return nil, fmt.Errorf("at most %d synthetic items", syntheticMost)
	}
	c := &catalogue{}
	sizes := [...]string{"S", "M", "L", "XL", "XXL"}
	colours := [...]struct{ tr, en, hex string }{{"Siyah", "Black", "#000000"}, {"Beyaz", "White", "#ffffff"}}
	for i := range n {
		product := fmt.Sprintf("syn-%06d", i/itemsPerProduct)
		if i%itemsPerProduct == 0 {
			name := fmt.Sprintf("%06d", i/itemsPerProduct)
			c.Products = append(c.Products, profileapi.Product{
				ID: product, Name: map[string]string{"tr": "Deneme ürünü " + name, "en": "Sample product " + name}, Brand: "Sample",
			})
		}
		digits := fmt.Sprintf("%s%06d", syntheticPrefix, i)
		check, err := gs1.CheckDigit(digits)
		if err != nil {
			return nil, err
		}
		gtin := "0" + digits + string(check)
		size, colour := i%len(sizes), colours[i/len(sizes)%len(colours)]
		c.Items = append(c.Items, profileapi.Item{
			GTIN: gtin, Product: product, SKU: fmt.Sprintf("SYN%07d", i), Size: sizes[size], SizeOrder: size + 1,
			Colour: map[string]string{"tr": colour.tr, "en": colour.en}, ColourHex: colour.hex,
		})
		c.Prices = append(c.Prices, profileapi.Price{
			GTIN: gtin, Periods: []profileapi.PricePeriod{{Minor: int64(9990 + 100*(i%500)), Currency: "TRY", VATBP: 1000}},
		})
		c.Stock = append(c.Stock, profileapi.Stock{GTIN: gtin, Quantity: i % 20})
	}
	return c, nil
}
