package receipt_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"showroom/agent/receipt"
	"showroom/agent/showroom"
)

// TestUBLIsOfTheSchema has the standard's own schemas look at every kind of document. They are not part of this repository: SHOWROOM_UBL
// names the folder of UBL 2.1 (OASIS, os-UBL-2.1.zip) in which xsd/ is.
func TestUBLIsOfTheSchema(t *testing.T) {
	dir := os.Getenv("SHOWROOM_UBL")
	if dir == "" {
		t.Skip("SHOWROOM_UBL names no folder of UBL 2.1")
	}
	needs(t, "xmllint", "libxml2-utils")
	s, seller := german()
	back := comeBack(t, s, map[showroom.LineID]int{"a": 1, "b": 4})
	r, err := receipt.New(s, back, seller, address)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := r.Credit(1)
	slip := turkish(t)
	slip.Fiscal.ETTN, slip.Fiscal.Invoice = "", ""
	for name, d := range map[string]struct {
		of     receipt.Receipt
		schema string
	}{
		"e-archive invoice":      {made(t, turkish(t)), "Invoice"},
		"Turkish slip":           {made(t, slip), "Invoice"},
		"Turkish return":         {credit(t, turkish(t), map[showroom.LineID]int{"a": 1, "c": 1}), "CreditNote"},
		"invoice of EN 16931":    {r, "Invoice"},
		"credit note of EN16931": {c, "CreditNote"},
	} {
		body, err := d.of.UBL()
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "d.xml")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		schema := filepath.Join(dir, "xsd", "maindoc", "UBL-"+d.schema+"-2.1.xsd")
		if out, err := exec.Command("xmllint", "--nonet", "--noout", "--schema", schema, file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", name, err, out, body)
		}
	}
}
