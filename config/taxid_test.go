package config_test

import (
	"strings"
	"testing"

	"showroom/config"
)

// The valid numbers are published examples of validators: python-stdnum's, and those that everybody tests with.
func TestTurkishTaxIDs(t *testing.T) {
	for id, right := range map[string]bool{
		"4540536920": true, "3973535717": true, "2037637860": true, "2823097943": true, "1234567890": true, "": true,
		"10000000146": true, "17291716060": true, "98765432150": true,
		"4540536921": false, "4540536290": false, "12": false, "454053692": false, "45405369200": false, "454 053 69": false, "TR45405369": false, "１２３": false,
		"10000000147": false, "10000000246": false, "00000000000": false, "01234567890": false, "100000001460": false,
	} {
		_, err := config.Parse([]byte("store: {id: moda, name: Moda, company_prefixes: [\"0614141\"]}\ncheckout:\n  seller:\n    tax_id: \""+id+"\"\n    name: Ayşe Yılmaz\n"), "showroom.yaml")
		want := `showroom.yaml:4: checkout.seller.tax_id: "` + id + `" is no Turkish tax number, or has a digit that is wrong; write the ten digits of the VKN, or the eleven of the TCKN, in quotes`
		if right != (err == nil) || err != nil && err.Error() != want {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// Each digit counts: whoever mistypes one is told.
func TestEveryDigitOfATaxIDCounts(t *testing.T) {
	for _, id := range []string{"4540536920", "10000000146"} {
		for i := range id {
			for other := byte('0'); other <= '9'; other++ {
				wrong := id[:i] + string(other) + id[i+1:]
				if _, err := config.Parse([]byte("store: {id: moda, name: Moda, company_prefixes: [\"0614141\"]}\ncheckout: {seller: {name: Ayşe Yılmaz, tax_id: \""+wrong+"\"}}"), "x"); (err == nil) != (wrong == id) {
					t.Errorf("%s beside %s: %v", wrong, id, err)
				}
			}
		}
	}
}

// Where another law holds the number is another one.
func TestTaxIDsOfOtherCountries(t *testing.T) {
	if _, err := config.Parse([]byte(shopLines+"checkout: {profile: DE, seller: {tax_id: DE123456789}}"), "x"); err != nil {
		t.Error(err)
	}
}

// The name of a shop is not that of the person who sells there.
func TestAPersonWhoSellsHasAName(t *testing.T) {
	_, err := config.Parse([]byte(shopLines+"checkout: {profile: TR, seller: {tax_id: \"10000000146\"}}"), "x")
	if err == nil || !strings.Contains(err.Error(), "write the person's name in checkout.seller.name") {
		t.Error(err)
	}
	if _, err := config.Parse([]byte(shopLines+"checkout: {profile: TR, seller: {name: Ayşe Yılmaz, tax_id: \"10000000146\"}}"), "x"); err != nil {
		t.Error(err)
	}
}
