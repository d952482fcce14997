package checkout

import (
	"context"

	"showroom/agent/showroom"
)

// Settler moves money. A payment terminal alone is one, and so is a fiscal device that takes basket and tender and gives payment and
// slip in one act. One call at a time, besides Abort; methods may be called from any goroutine.
//
// There is no error: whatever happens is a Result, and where nobody can say what has happened that is the zero one, Unknown. A
// Settler that has sent nothing yet answers Declined; one that may have been heard never does unless the device said so.
type Settler interface {
	// Settle has the money moved and tells meanwhile what the device says to the shopper. It never sends the same demand twice. A
	// context that ends is a line that breaks: the answer is what is known then.
	Settle(ctx context.Context, s showroom.Settlement, tell func(showroom.Progress)) showroom.Result
	// Abort asks the device to stop. It may be too late; Settle answers what became of it.
	Abort()
	// Recover asks the device what became of a settlement that was begun before, and moves nothing. Declined means the device knows
	// that no money moved; Unknown that it can not say, and a Final one that it never will.
	Recover(ctx context.Context, s showroom.Settlement) showroom.Result
}
