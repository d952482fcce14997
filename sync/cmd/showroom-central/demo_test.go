package main

import (
	"path/filepath"
	"testing"
)

// What the demo shop's head office sends is taken as it is: its offers are about its own garments, of several kinds.
func TestDemoShopIsImported(t *testing.T) {
	demo := filepath.Join("..", "..", "..", "devices", "sim", "demo")
	offers, err := readOffers(filepath.Join(demo, "offers.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := &catalogue{}
	if err := c.read(filepath.Join(demo, "catalogue.csv")); err != nil {
		t.Fatal(err)
	}
	products, kinds := map[string]bool{}, map[string]bool{}
	for _, p := range c.Products {
		products[p.ID] = true
	}
	for _, o := range offers {
		kinds[o.Kind] = true
		for _, p := range o.Products {
			if !products[p] {
				t.Errorf("offer %s is about product %s, which is not there", o.ID, p)
			}
		}
		for _, language := range []string{"tr", "en"} {
			if o.Name[language] == "" {
				t.Errorf("offer %s has no name in %s", o.ID, language)
			}
		}
	}
	if len(kinds) < 3 {
		t.Errorf("offers of %d kinds are shown", len(kinds))
	}
	url := startCentral(t)
	if out, err := run(t, filepath.Join(demo, "catalogue.csv"), "--offers", filepath.Join(demo, "offers.json"), "--url", url, "--token", "secret"); err != nil {
		t.Errorf("import: %v\n%s", err, out)
	}
}
