package central

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"showroom/agent/receipt"
)

// Shop is a shop as its shoppers know it.
type Shop struct {
	Seller receipt.Seller
	// ReceiptKeys are keys of its agents' receipt tokens. An agent that makes its key of the token it sends its facts with
	// (receipt.DeriveKey) needs none here.
	ReceiptKeys [][]byte
}

// ParseShops reads the shops' file: a JSON object by store id.
//
//	{"s1": {"seller": {"name": "...", "trading_name": "...", "vat_identifier": "...", "tax_office": "...", "time_zone": "Europe/Istanbul",
//	        "postal_address": {"line": "...", "subdivision": "...", "city": "...", "post_code": "...", "country_code": "TR"}},
//	        "receipt_keys": ["64 hexadecimal digits"]}}
//
// Names it does not know are faults: a seller whose tax number is misspelt away would be missing on every receipt.
func (c *Config) ParseShops(r io.Reader) error {
	var file map[string]struct {
		Seller receipt.Seller `json:"seller"`
		Keys   []string       `json:"receipt_keys"`
	}
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return fmt.Errorf("read the shops: %w", err)
	}
	shops := make(map[string]Shop, len(file))
	var faults []error
	for store, said := range file {
		shop := Shop{Seller: said.Seller}
		if shop.Seller.Name == "" {
			faults = append(faults, fmt.Errorf("shop %s: the seller has no name", store))
		}
		if _, err := time.LoadLocation(shop.Seller.Zone); err != nil { // its receipts would tell another time, or day
			faults = append(faults, fmt.Errorf("shop %s: there is no time zone %q; write it like Europe/Istanbul", store, shop.Seller.Zone))
		}
		for i, text := range said.Keys {
			key, err := hex.DecodeString(text)
			if err != nil || len(key) != receipt.KeyBytes {
				faults = append(faults, fmt.Errorf("shop %s: receipt key %d is not %d hexadecimal digits", store, i+1, 2*receipt.KeyBytes))
				continue
			}
			shop.ReceiptKeys = append(shop.ReceiptKeys, key)
		}
		shops[store] = shop
	}
	c.Shops = shops
	return errors.Join(faults...)
}

// receiptKeys are all keys under which a token is genuine.
func (c Config) receiptKeys() [][]byte {
	var keys [][]byte
	for _, token := range c.Tokens {
		keys = append(keys, receipt.DeriveKey(token))
	}
	for _, shop := range c.Shops {
		keys = append(keys, shop.ReceiptKeys...)
	}
	return keys
}

func (c Config) sellers() map[string]receipt.Seller {
	sellers := make(map[string]receipt.Seller, len(c.Shops))
	for store, shop := range c.Shops {
		sellers[store] = shop.Seller
	}
	return sellers
}
