package customer

import (
	"errors"
	"regexp"
	"strings"
	"unicode"

	"showroom/devices/ble"
)

// What is printed on tags and shown by their makers' apps, without the word that says what it is.
var (
	printedAddress = regexp.MustCompile(`^[0-9A-Fa-f]{2}([:-]?[0-9A-Fa-f]{2}){5}$`)
	printedIBeacon = regexp.MustCompile(`^([0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12})[-:/, ]+([0-9]{1,5})[-:/, ]+([0-9]{1,5})$`)
	printedUID     = regexp.MustCompile(`^([0-9A-Fa-f]{20})[-:/, ]*([0-9A-Fa-f]{12})$`)
)

// ParseIdentity reads what a tag sends, as ble.ParseIdentity does and as it is printed on tags:
//
//	AC:23:3F:A0:32:08                              the address, with or without colons or dashes
//	fda50693-a4e2-4fb1-afcf-c6eb07647825-10001-7   an iBeacon: UUID, major and minor
//	00112233445566778899-000000000001              an Eddystone-UID: namespace and instance
//	altbeacon:2f234454...00050003
//	irk:000102030405060708090a0b0c0d0e0f           a phone that gave its key
//
// An address that may change is refused, unless "public-mac:" stands before it: then somebody knows that it is the maker's. So is a
// beacon that changes its identifier. The refusal is a *Refusal whose sentence does not repeat what was given.
func ParseIdentity(s string) (ble.Identity, error) {
	s = strings.TrimSpace(s)
	kind := ble.KindUntold
	if rest, public := cutPrefixFold(s, "public-mac:"); public {
		s, kind = rest, ble.Public
	}
	if rest, named := cutPrefixFold(s, "mac:"); named {
		s = rest
	}
	switch {
	case s == "":
		return ble.Identity{}, invalid(IdentityMissing, "Say what the tag sends: the address printed on it, or its iBeacon or Eddystone numbers.")
	case printedAddress.MatchString(s):
		return addressIdentity(strings.NewReplacer(":", "", "-", "").Replace(s), kind)
	case kind == ble.Public:
		return ble.Identity{}, invalid(IdentityUnfit, "An address is 12 digits from 0 to 9 and A to F.")
	}
	if m := printedIBeacon.FindStringSubmatch(s); m != nil {
		s = "ibeacon:" + m[1] + ":" + m[2] + ":" + m[3]
	} else if m := printedUID.FindStringSubmatch(s); m != nil {
		s = "eddystone-uid:" + m[1] + ":" + m[2]
	}
	if _, changes := cutPrefixFold(s, "eddystone-eid"); changes {
		return ble.Identity{}, invalid(BeaconChanges,
			"This beacon changes its identifier, and following it would need its key. Set it to iBeacon or Eddystone-UID and enrol that.")
	}
	id, err := ble.ParseIdentity(s)
	switch {
	case errors.Is(err, ble.ErrIdentity):
		return id, invalid(IdentityUnfit, "This is %s. Take the address printed on the tag, or its iBeacon or Eddystone numbers.", err)
	case err != nil:
		return id, err
	}
	return id, nil
}

func addressIdentity(digits string, kind ble.AddressKind) (ble.Identity, error) {
	address, _ := ble.ParseAddress(digits)
	id, lasting := address.Identity(kind)
	if !lasting {
		return id, invalid(AddressChanges,
			"An address that begins like this one may change every few minutes, as those of phones do, and can not be enrolled. Take the tag's iBeacon or Eddystone numbers.")
	}
	return id, nil
}

// tells says whether a label is, or holds, what the tag sends. A label is kept and shown, and what a tag sends is not.
func tells(label string, id ble.Identity) bool {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	_, sent, _ := strings.Cut(id.Reveal(), ":")
	return strings.Contains(plain(label), plain(sent))
}

func cutPrefixFold(s, prefix string) (rest string, found bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
