package main

import (
	"os"
	"path/filepath"
	"testing"

	"showroom/sync/central"
)

// A tax number stands on every receipt of a shop: one that is mistyped is told before the first.
func TestTaxNumbersOfShops(t *testing.T) {
	for seller, wrong := range map[string]bool{
		`"vat_identifier": "1234567890", "postal_address": {"country_code": "TR"}`: false, `"vat_identifier": "10000000146", "postal_address": {"country_code": "TR"}`: false,
		`"vat_identifier": "1234567891", "postal_address": {"country_code": "TR"}`: true, `"vat_identifier": "TR1234567890", "postal_address": {"country_code": "TR"}`: true,
		`"vat_identifier": "DE123456789", "postal_address": {"country_code": "DE"}`: false, `"postal_address": {"country_code": "TR"}`: false,
	} {
		file := filepath.Join(t.TempDir(), "shops.json")
		if err := os.WriteFile(file, []byte(`{"s1": {"seller": {"name": "x", `+seller+`}}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		var cfg central.Config
		err := addShops(&cfg, file)
		if len(cfg.Shops) != 1 || (err != nil) != wrong {
			t.Errorf("%s: %v", seller, err)
		}
	}
	file := filepath.Join(t.TempDir(), "shops.json")
	if err := os.WriteFile(file, []byte(`{"b": {"seller": {"name": "x", "vat_identifier": "1", "postal_address": {"country_code": "TR"}}}, "a": {"seller": {"name": "x", "vat_identifier": "2", "postal_address": {"country_code": "TR"}}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	const rest = " is no Turkish tax number, or has a digit that is wrong; write the ten digits of the VKN, or the eleven of the TCKN"
	if err := addShops(new(central.Config), file); err == nil || err.Error() != file+`: shop a: "2"`+rest+"\n"+file+`: shop b: "1"`+rest {
		t.Error(err)
	}
}
