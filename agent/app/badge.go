package app

import (
	"log/slog"
	"sync"

	"showroom/config"
)

// badge is the token the central service knows this agent by. Safe for concurrent use.
type badge struct {
	central config.Central
	log     *slog.Logger

	mu    sync.Mutex // guards the rest
	last  string     // as it was when it could be read last
	blind bool       // it has been told that the file can not be read
}

// token reads it anew; empty without an error where there is none. While its file can not be read, as when somebody is about to replace
// it, the last one holds: neither a sale nor an upload waits for that.
func (b *badge) token() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	bearer, err := b.central.Bearer()
	switch {
	case err == nil:
		b.last, b.blind = bearer.Reveal(), false
	case b.last == "":
		return "", err
	case !b.blind:
		b.blind = true
		b.log.Warn("Token of the central service can not be read, the last one holds", "err", err)
	}
	return b.last, nil
}
