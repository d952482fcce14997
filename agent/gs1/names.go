package gs1

import (
	"fmt"
	"strconv"
	"strings"
)

// Partition returns the partition value the company prefix asks for; false for
// the schemes that have none.
func (id Identity) Partition() (int, bool) {
	n := len(id.CompanyPrefix)
	if _, ok := shapeOf(id.Scheme); !ok || n < minPrefix || n > maxPrefix {
		return 0, false
	}
	return maxPrefix - n, true
}

// GTIN returns the number of the trade item; empty for anything else, and for an
// itip: one piece of an item is not the item.
func (id Identity) GTIN() GTIN {
	switch id.Scheme {
	case SGTIN96, SGTIN198:
		return id.itemGTIN()
	case SGTINPlus:
		return GTIN(id.Reference)
	}
	return ""
}

func (id Identity) itemGTIN() GTIN {
	return SGTIN{CompanyPrefix: id.CompanyPrefix, ItemRef: id.Reference}.GTIN()
}

// PureURI returns the pure identity, urn:epc:id:...; empty for an sgtin+, whose
// URN needs the length of the company prefix.
func (id Identity) PureURI() string {
	if id.Scheme == GID96 {
		return "urn:epc:id:gid:" + id.urnKey()
	}
	s, ok := shapeOf(id.Scheme)
	if !ok {
		return ""
	}
	return "urn:epc:id:" + s.urn + ":" + id.urnKey()
}

// TagURI returns the tag form, which also names the scheme and the filter; empty
// where PureURI is.
func (id Identity) TagURI() string {
	filter := strconv.Itoa(int(id.Filter)) + "."
	if id.Scheme == GID96 {
		filter = ""
	} else if _, ok := shapeOf(id.Scheme); !ok {
		return ""
	}
	return "urn:epc:tag:" + string(id.Scheme) + ":" + filter + id.urnKey()
}

func (id Identity) urnKey() string {
	parts := []string{id.CompanyPrefix, id.Reference}
	s, _ := shapeOf(id.Scheme)
	if s.pieces {
		parts = append(parts, twoDigits(id.Piece), twoDigits(id.Total))
	}
	if s.serial != serialNone || id.Scheme == GID96 {
		parts = append(parts, escape(id.Serial, mustEscapeInURN))
	}
	return strings.Join(parts, ".")
}

// Elements returns the identity as GS1 element strings; none for a gid-96, which
// is no GS1 key.
func (id Identity) Elements() Elements {
	key := id.CompanyPrefix + id.Reference
	switch id.Scheme {
	case SGTIN96, SGTIN198, SGTINPlus:
		return Elements{{"01", string(id.GTIN())}, {"21", id.Serial}}
	case ITIP110, ITIP212:
		return Elements{{"8006", string(id.itemGTIN()) + twoDigits(id.Piece) + twoDigits(id.Total)}, {"21", id.Serial}}
	case SSCC96:
		if id.Reference == "" {
			return nil
		}
		return Elements{{"00", checked(id.Reference[:1] + id.CompanyPrefix + id.Reference[1:])}}
	case SGLN96, SGLN195:
		if id.Serial == "0" { // TDS 1.13, 6.3.3: no extension
			return Elements{{"414", checked(key)}}
		}
		return Elements{{"414", checked(key)}, {"254", id.Serial}}
	case GRAI96, GRAI170:
		return Elements{{"8003", "0" + checked(key) + id.Serial}}
	case GIAI96:
		return Elements{{"8004", key}}
	case GDTI96, GDTI174:
		return Elements{{"253", checked(key) + id.Serial}}
	case SGCN96:
		return Elements{{"255", checked(key) + id.Serial}}
	case GSRN96:
		return Elements{{"8018", checked(key)}}
	case GSRNP96:
		return Elements{{"8017", checked(key)}}
	case CPI96:
		return Elements{{"8010", key}, {"8011", id.Serial}}
	}
	return nil
}

// ElementString returns the form printed beside a bar code, (01)gtin(21)serial;
// empty for a gid-96. For a machine use [Elements.Bracketed], which escapes.
func (id Identity) ElementString() string {
	var b strings.Builder
	for _, e := range id.Elements() {
		fmt.Fprintf(&b, "(%s)%s", e.AI, e.Value)
	}
	return b.String()
}

// DigitalLink returns the GS1 Digital Link with the resolver of GS1; empty for a
// gid-96.
func (id Identity) DigitalLink() string {
	elements := id.Elements()
	if len(elements) == 0 {
		return ""
	}
	return "https://id.gs1.org" + elements.path()
}

// checked appends the check digit to what is known to be digits.
func checked(digits string) string {
	check, err := CheckDigit(digits)
	if err != nil {
		return digits
	}
	return digits + string(rune(check))
}

func twoDigits(n uint8) string { return fmt.Sprintf("%02d", n) }
