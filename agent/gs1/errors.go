package gs1

import "errors"

// ErrNotSGTIN is what an [*EPCError] of [Decode] wraps when the tag is something
// else than a trade item: another GS1 key, an unprogrammed tag, or unknown.
// Such a tag is an unknown item, never a fault of the reader.
var ErrNotSGTIN = errors.New("not an SGTIN")

// Codes of [EPCError]. They are stable: counters and recordings carry them.
const (
	CodeBadHex        = "bad_hex"
	CodeBadLength     = "bad_length"
	CodeUnknownHeader = "unknown_header"
	CodeNotSGTIN      = "not_sgtin"
	CodeBadScheme     = "bad_scheme"
	CodeBadFilter     = "bad_filter"
	CodeBadPartition  = "bad_partition"
	CodeBadGTIN       = "bad_gtin"
	CodeBadSerial     = "bad_serial"
	CodeBadPadding    = "bad_padding"
	CodeCompanyPrefix = "company_prefix_out_of_range"
	CodeItemReference = "item_reference_out_of_range"
	// What only [Identify] and [IdentifyTag] say.
	CodeReference   = "reference_out_of_range"
	CodeBadPiece    = "bad_piece"
	CodeUnsupported = "unsupported_scheme"
	CodeISOAFI      = "iso_afi"
)

// EPCError says which field of an EPC is wrong and why.
type EPCError struct {
	// Code is one of the Code constants.
	Code string
	// Field is "epc", "pc", "header", "filter", "partition", "company prefix",
	// "item reference" or the name another scheme has for it, "piece", "total",
	// "serial", "padding", "scheme" or "gtin".
	Field string
	// Reason completes a sentence that begins with the field.
	Reason string
	// EPC is the tag that was decoded; zero when there was none yet.
	EPC EPC
	// Err is [ErrNotSGTIN] or nil.
	Err error
}

// Error does not repeat the EPC, so that it may be logged at any level.
func (e *EPCError) Error() string {
	if e.Field == "epc" {
		return "epc " + e.Reason
	}
	return "epc: " + e.Field + " " + e.Reason
}

// Unwrap returns Err.
func (e *EPCError) Unwrap() error { return e.Err }
