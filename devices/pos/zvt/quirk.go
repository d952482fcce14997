package zvt

import (
	"fmt"
	"strings"
)

// Quirk is a way in which a terminal's firmware differs from the protocol. Which firmware has which is for the configuration.
type Quirk string

// The quirks. What is harmless with any firmware is no quirk and always taken: bytes behind an answer, a 06 0F without a 04 0F
// before it (the terminal is then asked), fields nobody knows, 84 9C and going on nevertheless.
const (
	// NoRegistration: the terminal refuses 06 00 or loses its settings by it (some CCV and older Verifone).
	NoRegistration Quirk = "no_registration"
	// ShortRegistration: it refuses a registration with a container.
	ShortRegistration Quirk = "short_registration"
	// NoStatusEnquiry: it does not know 05 01, or prints a slip each time. It is registered again instead; with NoRegistration
	// too nobody can ask how it is, and it counts as up while its port is open.
	NoStatusEnquiry Quirk = "no_status_enquiry"
	// PlainSlips: it sends no lines; the slip is made of what it says about the payment.
	PlainSlips Quirk = "plain_slips"
	// TextLatin1: it writes ISO 8859-1 without saying so (seen from terminals of Hobex).
	TextLatin1 Quirk = "text_latin1"
	// TextSeven: it writes the seven-bit set of the protocol.
	TextSeven Quirk = "text_seven_bit"
	// TextUTF8: it writes UTF-8.
	TextUTF8 Quirk = "text_utf8"
)

// Quirks are all there are.
func Quirks() []Quirk {
	return []Quirk{NoRegistration, ShortRegistration, NoStatusEnquiry, PlainSlips, TextLatin1, TextSeven, TextUTF8}
}

// ParseQuirk reads the name of a quirk.
func ParseQuirk(s string) (Quirk, error) {
	var names []string
	for _, q := range Quirks() {
		if string(q) == s {
			return q, nil
		}
		names = append(names, string(q))
	}
	return "", fmt.Errorf("quirk %q is not known; write one of %s", s, strings.Join(names, ", "))
}
