package receipt

import (
	"regexp"
	"strings"
)

// The numbers that a Turkish seller can have, by their names in UBL-TR: a company's, of ten digits, and a person's, of eleven.
const (
	schemeVKN  = "VKN"
	schemeTCKN = "TCKN"
)

// taxScheme says which of them the tax number is; empty for one of another length, and for that of another country.
func (s Seller) taxScheme() string {
	if s.Address.Country != turkey || strings.Trim(s.TaxID, "0123456789") != "" {
		return ""
	}
	switch len(s.TaxID) {
	case 10:
		return schemeVKN
	case 11:
		return schemeTCKN
	}
	return ""
}

// business is what parts a person from what he calls his business: "Ayşe Yılmaz - Işıl Butik", but not the dash of "Kaya-Demir".
var business = regexp.MustCompile(`[,(/]|(^|\s)[-–—](\s|$)`)

// person is the seller's name as that of a person, whose family name is its last word; nil for a name of one word. It is whole if the
// seller's name has nothing else, such as a business.
func (s Seller) person() (name *ublPerson, whole bool) {
	own := s.Name
	at := business.FindStringIndex(own)
	if at != nil {
		own = own[:at[0]]
	}
	parts := strings.Fields(own)
	if len(parts) < 2 {
		return nil, false
	}
	last := len(parts) - 1
	return &ublPerson{First: strings.Join(parts[:last], " "), Family: parts[last]}, at == nil
}
