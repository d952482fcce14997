package profileapi

import (
	"errors"
	"fmt"
	"time"
)

// Types of problems a client decides by.
const (
	TypeResync       = "urn:showroom:problem:resync-required" // 409: read the snapshots
	TypeOutOfOrder   = "urn:showroom:problem:out-of-order"    // 409: cut the batch at expected_seq
	TypeUnauthorized = "urn:showroom:problem:unauthorized"    // 401
	TypeForbidden    = "urn:showroom:problem:forbidden"       // 403
	TypeInvalid      = "urn:showroom:problem:invalid"         // 400
	TypeTooLarge     = "urn:showroom:problem:too-large"       // 413
	TypeUnavailable  = "urn:showroom:problem:unavailable"     // 503: try again
	TypeNotFound     = "urn:showroom:problem:not-found"       // 404
)

// Problem is a refusal after RFC 9457, and the error the client returns for every answer that is not 2xx.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// ExpectedSeq is the lane sequence the next batch must begin with; with TypeOutOfOrder only.
	ExpectedSeq int64 `json:"expected_seq,omitempty"`
	// LastSHA256 is the sum in hex of the body of event ExpectedSeq-1 as the centre has it. A journal with another body there is
	// not the one that was uploaded. Empty when ExpectedSeq is 1.
	LastSHA256 string `json:"last_sha256,omitempty"`
	// Faults lists everything wrong with an import, one per line of it.
	Faults []string `json:"faults,omitempty"`
	// RetryAfter is the Retry-After header, not part of the body.
	RetryAfter time.Duration `json:"-"`
}

func (p *Problem) Error() string {
	if p.Detail == "" {
		return fmt.Sprintf("central service: %s (%d)", p.Title, p.Status)
	}
	return fmt.Sprintf("central service: %s: %s (%d)", p.Title, p.Detail, p.Status)
}

// AsProblem finds the Problem in err's chain.
func AsProblem(err error) (*Problem, bool) { return errors.AsType[*Problem](err) }
