package gs1

import (
	"net/url"
	"slices"
	"strings"
)

// DigitalLink is a GS1 Digital Link URI, taken apart (GS1 Digital Link: URI
// Syntax 1.3).
type DigitalLink struct {
	// Stem is what stands before the key: scheme, domain and any path of its own.
	Stem string
	// Path is the primary key and its qualifiers, in their order.
	Path Elements
	// Attributes are the application identifiers of the query. Its other parameters
	// are for resolvers and are dropped.
	Attributes Elements
}

// qualifiers are the primary keys, each with what may follow it, in this order.
var qualifiers = map[string][]string{
	"00": nil, "01": {"22", "10", "21", "235"}, "253": {"7040"}, "255": nil, "401": nil, "402": nil,
	"414": {"254", "7040"}, "417": {"7040"}, "8003": nil, "8004": {"7040"}, "8006": {"22", "10", "21"},
	"8010": {"8011"}, "8013": nil, "8017": {"8019"}, "8018": {"8019"},
}

// shortNames stood for primary keys in version 1.0 of the standard.
var shortNames = []string{"gtin", "itip", "cpid", "gln", "party", "payTo", "gsrnp", "gsrn", "gcn", "sscc", "gdti", "grai", "giai", "ginc", "gsin"}

// ParseDigitalLink reads a Digital Link of any domain. A GTIN of 8, 12 or 13 digits
// is padded to 14. The error is an [*ElementError] whose At counts from the start
// of the URI: [CodeNoKey] for an address that is no Digital Link, [CodeShortName]
// for one that spells its key as a word, as is no longer allowed.
func ParseDigitalLink(uri string) (DigitalLink, error) {
	path, start, ok := pathOf(uri)
	if !ok {
		return DigitalLink{}, &ElementError{Code: CodeBadSyntax, Reason: "no web address"}
	}
	path, query := cutQuery(path)
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	at := keyAt(segments)
	if at < 0 {
		return DigitalLink{}, noKey(segments, start)
	}
	offset := start
	for _, segment := range segments[:at] {
		offset += len(segment) + 1
	}
	link := DigitalLink{Stem: uri[:offset-1]}
	for i := at; i < len(segments); i += 2 {
		ai := segments[i]
		if err := link.Path.addEscaped(ai, segments[i+1], offset); err != nil {
			return DigitalLink{}, err
		}
		offset += len(ai) + len(segments[i+1]) + 2
	}
	if err := link.parseQuery(query, start+len(path)+1); err != nil {
		return DigitalLink{}, err
	}
	return link, nil
}

// pathOf finds the path, query and fragment behind scheme and host.
func pathOf(uri string) (path string, at int, ok bool) {
	scheme, rest, found := strings.Cut(uri, "://")
	if !found || !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http") {
		return "", 0, false
	}
	host := strings.IndexAny(rest, "/?#")
	if host < 1 || rest[host] != '/' {
		return "", 0, host != 0
	}
	at = len(scheme) + len("://") + host + 1
	return uri[at:], at, true
}

func cutQuery(path string) (string, string) {
	path, _, _ = strings.Cut(path, "#")
	path, query, _ := strings.Cut(path, "?")
	return path, query
}

// keyAt finds the primary key from which pairs go on to the end of the path: the
// first one, so that a path of its own may stand before it.
func keyAt(segments []string) int {
	for i := range segments {
		if (len(segments)-i)%2 != 0 {
			continue
		}
		if allowed, ok := qualifiers[segments[i]]; ok && inOrder(segments[i+2:], allowed) {
			return i
		}
	}
	return -1
}

func inOrder(pairs, allowed []string) bool {
	next := 0
	for i := 0; i < len(pairs); i += 2 {
		at := slices.Index(allowed[next:], pairs[i])
		if at < 0 {
			return false
		}
		next += at + 1
	}
	return true
}

// noKey says why there is no Digital Link in a path.
func noKey(segments []string, at int) error {
	for i, segment := range segments {
		if slices.Contains(shortNames, segment) && i+1 < len(segments) && segments[i+1] != "" && allDigits(segments[i+1][:1]) {
			return &ElementError{Code: CodeShortName, At: at, Reason: "the key is spelt as a word, which the standard has withdrawn; want its number"}
		}
		if _, key := qualifiers[segment]; key && i+1 < len(segments) && allDigits(segments[i+1]) && len(segments[i+1]) >= 8 {
			return &ElementError{Code: CodeBadQualifier, AI: segment, At: at, Reason: "is followed by what does not qualify it, or in the wrong order"}
		}
		at += len(segment) + 1
	}
	return &ElementError{Code: CodeNoKey, Reason: "a web address without a GS1 key"}
}

func (d *DigitalLink) parseQuery(query string, at int) error {
	for query != "" {
		var pair string
		end := strings.IndexAny(query, "&;")
		if end < 0 {
			pair, query = query, ""
		} else {
			pair, query = query[:end], query[end+1:]
		}
		ai, value, _ := strings.Cut(pair, "=")
		if ai != "" && allDigits(ai) {
			if _, twice := d.Path.Value(ai); twice {
				return &ElementError{Code: CodeDuplicateAI, AI: ai, At: at, Reason: "stands in the path and in the query"}
			}
			if err := d.Attributes.addEscaped(ai, value, at); err != nil {
				return err
			}
		}
		at += len(pair) + 1
	}
	return nil
}

// addEscaped adds data in the percent-encoding of RFC 3986. A plus is a plus.
func (all *Elements) addEscaped(ai, escaped string, at int) error {
	f, ok := formatOf(ai)
	if !ok {
		return &ElementError{Code: CodeUnknownAI, At: at, Reason: "no application identifier this program knows"}
	}
	value, err := url.PathUnescape(escaped)
	if err != nil {
		return &ElementError{Code: CodeBadSyntax, AI: ai, At: at, Reason: "has a broken percent-encoding"}
	}
	if short := len(value) == 8 || len(value) == 12 || len(value) == 13; ai == "01" && short {
		value = strings.Repeat("0", gtinDigits-len(value)) + value
	}
	return all.add(ai, f, value, at)
}

// Elements returns the path and the attributes together.
func (d DigitalLink) Elements() Elements { return slices.Concat(d.Path, d.Attributes) }

// String writes the URI in the standard's canonical order. It does not check it.
func (d DigitalLink) String() string {
	var b strings.Builder
	b.WriteString(d.Stem + d.Path.path())
	for i, e := range d.Attributes {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(e.AI + "=" + escape(e.Value, mustEscapeInPath))
	}
	return b.String()
}

func (all Elements) path() string {
	var b strings.Builder
	for _, e := range all {
		b.WriteString("/" + e.AI + "/" + escape(e.Value, mustEscapeInPath))
	}
	return b.String()
}

// NewDigitalLink makes the link of elements: the first that is a primary key, its
// qualifiers behind it, all others as attributes. Stem is as in [DigitalLink]. The
// error is an [*ElementError]: [CodeNoKey], or that of [Elements.Check].
func NewDigitalLink(stem string, elements Elements) (DigitalLink, error) {
	if err := elements.Check(); err != nil {
		return DigitalLink{}, err
	}
	link := DigitalLink{Stem: strings.TrimSuffix(stem, "/")}
	key := slices.IndexFunc(elements, func(e Element) bool { _, ok := qualifiers[e.AI]; return ok })
	if key < 0 {
		return DigitalLink{}, &ElementError{Code: CodeNoKey, Reason: "no element is a primary key"}
	}
	link.Path = Elements{elements[key]}
	allowed := qualifiers[elements[key].AI]
	for _, ai := range allowed {
		if value, ok := elements.Value(ai); ok {
			link.Path = append(link.Path, Element{ai, value})
		}
	}
	for _, e := range elements {
		if _, inPath := link.Path.Value(e.AI); !inPath {
			link.Attributes = append(link.Attributes, e)
		}
	}
	return link, nil
}
