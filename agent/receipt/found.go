package receipt

import (
	"errors"

	"showroom/agent/showroom"
)

// Why there is no sale under a token.
var (
	// ErrNone is a token of which no sale is known.
	ErrNone = errors.New("no sale is known under this token")
	// ErrGone is one of which there was a sale that is kept no longer.
	ErrGone = errors.New("the sale of this token is kept no longer")
	// ErrAbsent is one of which no sale is known, where older ones have been kept long enough and are forgotten: it may be one of them,
	// or not have come yet.
	ErrAbsent = errors.New("no sale is known under this token any more or yet")
)

// Found is the sale of a token, with what came back of it.
type Found struct {
	Store   string
	Sale    showroom.Sale
	Returns []showroom.Return
}
