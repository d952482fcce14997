package e2e

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// ware is one size of the White Plimsolls of the demo catalogue.
type ware struct {
	gtin, size, name string
	stock            int
	price            int64 // minor units
}

// whites are the sizes of the White Plimsolls as the catalogue has them, in its order.
func whites(t *testing.T) (all []ware) {
	t.Helper()
	f, err := os.Open(catalogueFile())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		field := func(name string) string { return row[slices.Index(rows[0], name)] }
		if field("name_en") != "White Plimsolls" {
			continue
		}
		stock, err := strconv.Atoi(field("stock"))
		if err != nil {
			t.Fatal(err)
		}
		price, err := strconv.ParseInt(field("price_minor"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ware{gtin: field("gtin"), size: field("size"), name: field("name_tr"), stock: stock, price: price})
	}
	if len(all) < 4 {
		t.Fatalf("the catalogue has %d sizes of White Plimsolls", len(all))
	}
	return all
}

func catalogueFile() string {
	return filepath.Join("..", "..", "devices", "sim", "demo", "catalogue.csv")
}
