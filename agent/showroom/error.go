package showroom

import (
	"errors"
	"fmt"
)

// Code is the class of an Error. It is stable: the HTTP status, the text on the screen and the metrics hang on it.
type Code string

// The classes of refusal a person or a client can meet.
const (
	CodeInvalid      Code = "invalid"      // the input is wrong; saying it differently may help
	CodeNotFound     Code = "not_found"    // the thing named does not exist, or not any more
	CodeConflict     Code = "conflict"     // the thing has moved on; look again before deciding
	CodeTaken        Code = "taken"        // somebody else has it
	CodeTooLarge     Code = "too_large"    // more bytes than anybody needs
	CodeUnauthorized Code = "unauthorized" // nobody is signed in
	CodeForbidden    Code = "forbidden"    // somebody is, and may not
	CodeRateLimited  Code = "rate_limited" // too many tries; later
	CodeUnavailable  Code = "unavailable"  // it would work, but not now
	CodeInternal     Code = "internal"     // our fault
)

// Error is a refusal meant for a person. Message is a plain English sentence with the next step; screens translate by Code.
// Anything that is not an Error is our fault and is shown as CodeInternal without its text.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return e.Message }

// Errorf makes an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// ErrorCode answers the code of the first Error in err's chain, "" for nil and CodeInternal for everything else.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}

// ErrorMessage answers what a person may read of err.
func ErrorMessage(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return "Something went wrong on our side. Please try again."
}
