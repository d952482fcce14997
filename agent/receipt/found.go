package receipt

import (
	"errors"

	"showroom/agent/showroom"
)

// ErrNone is a token of which no sale is known, or of one that is kept no longer.
var ErrNone = errors.New("no sale is known under this token")

// Found is the sale of a token, with what came back of it.
type Found struct {
	Store   string
	Sale    showroom.Sale
	Returns []showroom.Return
}
