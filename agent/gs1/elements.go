package gs1

import (
	"fmt"
	"strings"
)

// GS is what a scanner sends for the symbol FNC1 between two elements.
const GS = 0x1D

// Element is one application identifier (AI) with its data.
type Element struct {
	AI    string
	Value string
}

// Elements are element strings in their order.
type Elements []Element

// Codes of [ElementError], besides [CodeBadLength].
const (
	CodeUnknownAI     = "unknown_ai"
	CodeDuplicateAI   = "duplicate_ai"
	CodeBadCharacter  = "bad_character"
	CodeBadCheckDigit = "bad_check_digit"
	CodeBadDate       = "bad_date"
	CodeBadSyntax     = "bad_syntax"
	CodeShortName     = "short_name"
	CodeNoKey         = "no_key"
	CodeBadQualifier  = "bad_qualifier"
)

// ElementError says which element is wrong and why.
type ElementError struct {
	// Code is one of the Code constants.
	Code string
	// AI is the application identifier at fault, empty when there is none yet.
	AI string
	// At is where in the text the fault begins, in bytes.
	At int
	// Reason completes a sentence that begins with the identifier.
	Reason string
}

// Error does not repeat the data, which may be anything a scanner read.
func (e *ElementError) Error() string {
	if e.AI == "" {
		return fmt.Sprintf("gs1 text at byte %d: %s", e.At, e.Reason)
	}
	return fmt.Sprintf("gs1 text at byte %d: (%s) %s", e.At, e.AI, e.Reason)
}

// ParseElementString reads what a scanner sends for a GS1 symbol, with [GS] for
// FNC1; one at either end, as some printers put it, is allowed. An unknown identifier ends the reading,
// since nobody knows how long its data is: what stands before it is returned with
// the error, an [*ElementError].
func ParseElementString(s string) (Elements, error) {
	var all Elements
	at := 0
	if strings.HasPrefix(s, string(rune(GS))) {
		at = 1
	}
	if at == len(s) {
		return nil, &ElementError{Code: CodeBadLength, At: at, Reason: "is empty"}
	}
	for at < len(s) {
		ai, f, ok := aiAt(s[at:])
		if !ok {
			return all, &ElementError{Code: CodeUnknownAI, At: at, Reason: "no application identifier this program knows"}
		}
		from := at + len(ai)
		end := len(s)
		if i := strings.IndexByte(s[from:], GS); i >= 0 {
			end = from + i
		}
		if isFixed(ai) {
			end = min(end, from+f.maxLen())
		}
		if err := all.add(ai, f, s[from:end], at); err != nil {
			return all, err
		}
		at = end
		if at < len(s) && s[at] == GS {
			at++
		}
	}
	return all, nil
}

// ParseBracketed reads the form printed beside a bar code, with each identifier
// in brackets. A bracket that is data is written \(. The error is an
// [*ElementError]; what stands before it is returned with it.
func ParseBracketed(s string) (Elements, error) {
	var all Elements
	if s == "" {
		return nil, &ElementError{Code: CodeBadLength, Reason: "is empty"}
	}
	for at := 0; at < len(s); {
		end := strings.IndexByte(s[at:], ')')
		if s[at] != '(' || end < 0 {
			return all, &ElementError{Code: CodeBadSyntax, At: at, Reason: "no identifier in brackets"}
		}
		ai := s[at+1 : at+end]
		f, ok := formatOf(ai)
		if !ok {
			return all, &ElementError{Code: CodeUnknownAI, At: at, Reason: "no application identifier this program knows"}
		}
		value, next := bracketedValue(s, at+end+1)
		if err := all.add(ai, f, value, at); err != nil {
			return all, err
		}
		at = next
	}
	return all, nil
}

// bracketedValue reads from at to the next bracket that is not data.
func bracketedValue(s string, at int) (value string, next int) {
	var b strings.Builder
	for ; at < len(s) && s[at] != '('; at++ {
		if s[at] == '\\' && at+1 < len(s) && s[at+1] == '(' {
			at++
		}
		b.WriteByte(s[at])
	}
	return b.String(), at
}

// add checks an element and appends it. The same one twice is one.
func (all *Elements) add(ai string, f format, value string, at int) error {
	if code, reason := f.check(value); code != "" {
		return &ElementError{Code: code, AI: ai, At: at, Reason: reason}
	}
	switch before, twice := all.Value(ai); {
	case !twice:
		*all = append(*all, Element{ai, value})
	case before != value:
		return &ElementError{Code: CodeDuplicateAI, AI: ai, At: at, Reason: "stands twice with different data"}
	}
	return nil
}

// Check says whether all elements can be written; the error is an [*ElementError]
// whose At counts elements.
func (all Elements) Check() error {
	var checked Elements
	for i, e := range all {
		f, ok := formatOf(e.AI)
		if !ok {
			return &ElementError{Code: CodeUnknownAI, At: i, Reason: "no application identifier this program knows"}
		}
		if err := checked.add(e.AI, f, e.Value, i); err != nil {
			return err
		}
	}
	if len(all) == 0 {
		return &ElementError{Code: CodeBadLength, Reason: "is empty"}
	}
	return nil
}

// Value returns the data of an identifier.
func (all Elements) Value(ai string) (string, bool) {
	for _, e := range all {
		if e.AI == ai {
			return e.Value, true
		}
	}
	return "", false
}

// GTIN returns the number of the trade item itself, AI 01; empty without one.
func (all Elements) GTIN() GTIN {
	value, _ := all.Value("01")
	g, err := ParseGTIN(value)
	if err != nil {
		return ""
	}
	return g
}

// Serial returns the serial number, AI 21; empty without one.
func (all Elements) Serial() string {
	value, _ := all.Value("21")
	return value
}

// ElementString writes the elements as a symbol carries them, with [GS] where the
// length of an element does not tell its end. The error is that of [Elements.Check].
func (all Elements) ElementString() (string, error) {
	if err := all.Check(); err != nil {
		return "", err
	}
	var b strings.Builder
	for i, e := range all {
		if i > 0 && !isFixed(all[i-1].AI) {
			b.WriteByte(GS)
		}
		b.WriteString(e.AI + e.Value)
	}
	return b.String(), nil
}

// Bracketed writes the elements as [ParseBracketed] reads them. It does not check
// them.
func (all Elements) Bracketed() string {
	var b strings.Builder
	for _, e := range all {
		b.WriteString("(" + e.AI + ")" + strings.ReplaceAll(e.Value, "(", `\(`))
	}
	return b.String()
}
