package scan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"showroom/agent/gs1"
	"showroom/devices"
)

// ErrNoRead is a line by which the scanner says that it could not read what it was shown.
var ErrNoRead = errors.New("the scanner has read nothing")

// Codes of an Error, besides those of gs1.ElementError.
const (
	CodeBadGTIN = "bad_gtin"
	CodeTooLong = "too_long"
)

// Error is a code that claims to be something and is not.
type Error struct {
	Code      string // stable: CodeBadGTIN, CodeTooLong, or the code of a gs1.ElementError
	Symbology Symbology
	Err       error
}

// Error does not repeat the text.
func (e *Error) Error() string {
	if e.Symbology == "" {
		return fmt.Sprintf("scanned code: %v", e.Err)
	}
	return fmt.Sprintf("scanned code (%s): %v", e.Symbology.Name(), e.Err)
}

// Unwrap answers the cause.
func (e *Error) Unwrap() error { return e.Err }

// Prefix says what a text that begins with it means. An item's goes on with its GTIN, or is the beginning of a Digital Link.
type Prefix struct {
	Text string
	Kind devices.ScanKind
}

// Rules say what a line means. The zero Rules know no codes of the shop's own. They are not changed by use.
type Rules struct {
	// Prefixes are how the shop's own codes begin; of several that fit, the longest counts. They go before everything else.
	Prefixes []Prefix
	// ElementStrings says that texts without a symbology identifier are element strings, plain or in brackets, unless they are a
	// GTIN or a web address. With an identifier that says GS1 they always are.
	ElementStrings bool
	// UPCE says that eight digits without a symbology identifier are a UPC-E when they can be; else they are an EAN-8 when they
	// can be.
	UPCE bool
	// NoRead are the lines by which the scanner says that it could not read; nil means those in common use.
	NoRead []string
}

// defaultNoRead is what scanners send when nothing else is set.
func defaultNoRead() []string { return []string{"NR", "NOREAD", "NO READ", "?"} }

// Code is what a line means.
type Code struct {
	Symbology Symbology // "" when the scanner does not tell
	Kind      devices.ScanKind
	GTIN      gs1.GTIN
	Serial    string
	Elements  gs1.Elements // of a GS1 symbol or a Digital Link
	Text      string       // without the symbology identifier
}

// Read says what a line means. The error is ErrNoRead, or an *Error for a code that claims to be a GTIN, an element string or a
// Digital Link and is wrong. What claims nothing is devices.ScanOther.
func (r Rules) Read(line string) (Code, error) {
	noRead := r.NoRead
	if noRead == nil {
		noRead = defaultNoRead()
	}
	if slices.Contains(noRead, line) {
		return Code{}, ErrNoRead
	}
	symbology, text := cutSymbology(line)
	c := Code{Symbology: symbology, Kind: devices.ScanOther, Text: text}
	if len(text) > devices.MaxScanText {
		return Code{}, &Error{Code: CodeTooLong, Symbology: symbology, Err: fmt.Errorf("text has %d bytes, at most %d are read", len(text), devices.MaxScanText)}
	}
	if p, ok := r.prefixOf(text); ok {
		c.Kind = p.Kind
		if c.Kind == devices.ScanItem {
			return r.item(c, p)
		}
		return c, nil
	}
	if err := r.meaning(&c); err != nil {
		return Code{}, fault(symbology, err)
	}
	if c.GTIN != "" {
		c.Kind = devices.ScanItem
	}
	return c, nil
}

// prefixOf finds the longest prefix that fits.
func (r Rules) prefixOf(text string) (longest Prefix, ok bool) {
	for _, p := range r.Prefixes {
		if len(p.Text) > len(longest.Text) && strings.HasPrefix(text, p.Text) {
			longest, ok = p, true
		}
	}
	return longest, ok
}

// item reads which item a code is that begins as the shop's own for items do: by the number behind the beginning, or as any code.
func (r Rules) item(c Code, p Prefix) (Code, error) {
	var wrong error
	if c.GTIN, wrong = gs1.ParseGTIN(strings.TrimPrefix(c.Text, p.Text)); wrong == nil {
		return c, nil
	}
	err := r.meaning(&c)
	if err == nil && c.GTIN == "" {
		err = wrong
	}
	if err != nil {
		return Code{}, fault(c.Symbology, err)
	}
	return c, nil
}

// meaning sets what a text that is none of the shop's own means.
func (r Rules) meaning(c *Code) (err error) {
	switch {
	case c.Symbology.isEAN() || c.Symbology.isITF() && len(c.Text) == 14:
		c.GTIN, err = c.Symbology.gtin(c.Text)
		return err
	case c.Symbology.isGS1():
		c.Elements, err = gs1.ParseElementString(c.Text)
	case isWebAddress(c.Text):
		link, wrong := gs1.ParseDigitalLink(c.Text)
		if fault, ok := errors.AsType[*gs1.ElementError](wrong); ok && fault.Code != gs1.CodeNoKey {
			return wrong
		}
		c.Elements = link.Elements()
	case c.Symbology != "":
		return nil // a symbology that may carry anything, and claims nothing
	default:
		return r.bare(c)
	}
	c.GTIN, c.Serial = c.Elements.GTIN(), c.Elements.Serial()
	return err
}

// bare reads a text of which nobody says what symbol carried it.
func (r Rules) bare(c *Code) (err error) {
	gtin, wrong := gs1.ParseGTIN(c.Text)
	if upce, err := gs1.ParseUPCE(c.Text); err == nil && (r.UPCE || wrong != nil) {
		gtin, wrong = upce, nil
	}
	if wrong == nil || !r.ElementStrings {
		c.GTIN = gtin
		return nil
	}
	if strings.HasPrefix(c.Text, "(") {
		c.Elements, err = gs1.ParseBracketed(c.Text)
	} else {
		c.Elements, err = gs1.ParseElementString(c.Text)
	}
	c.GTIN, c.Serial = c.Elements.GTIN(), c.Elements.Serial()
	return err
}

func isWebAddress(text string) bool {
	scheme, _, ok := strings.Cut(text, "://")
	return ok && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

func fault(symbology Symbology, err error) error {
	code := CodeBadGTIN
	if element, ok := errors.AsType[*gs1.ElementError](err); ok {
		code = element.Code
	}
	return &Error{Code: code, Symbology: symbology, Err: err}
}
