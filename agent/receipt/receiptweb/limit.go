package receiptweb

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// A client may look at a page a second for long, and sixty at once; an invented token costs as much as ten pages.
const (
	burst       = 60.0
	perSecond   = 1.0
	costOfPage  = 1.0
	costOfGuess = 10.0
	// maxClients are remembered at a time; when they are more, those who have everything back are forgotten first.
	maxClients = 20_000
)

// limiter counts how often clients ask. It is safe for concurrent use.
type limiter struct {
	mu      sync.Mutex
	clients map[netip.Prefix]*allowance
}

type allowance struct {
	left float64
	at   time.Time
}

func newLimiter() *limiter { return &limiter{clients: map[netip.Prefix]*allowance{}} }

// take says whether the client may still ask for something of this cost, and counts it.
func (l *limiter) take(client netip.Prefix, cost float64, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.clients[client]
	if a == nil {
		if len(l.clients) >= maxClients {
			l.forget(at)
		}
		a = &allowance{left: burst, at: at}
		l.clients[client] = a
	}
	a.left = min(burst, a.left+max(at.Sub(a.at).Seconds(), 0)*perSecond)
	a.at = at
	may := a.left >= costOfPage
	a.left = max(a.left-cost, 0)
	return may
}

// forget drops who has everything back, and everybody if that is nobody.
func (l *limiter) forget(at time.Time) {
	for client, a := range l.clients {
		if a.left+at.Sub(a.at).Seconds()*perSecond >= burst {
			delete(l.clients, client)
		}
	}
	if len(l.clients) >= maxClients {
		clear(l.clients)
	}
}

// clientOf is who asks: an address, of IPv6 the network of 64 bits that one subscriber has, unless they are near: all guests of a shop are
// in one such network. A proxy on this machine is believed when it says for whom it asks; without that all the world would be one client.
func clientOf(r *http.Request, near bool) netip.Prefix {
	addr := addressOf(r.RemoteAddr)
	if addr.IsLoopback() {
		all := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		nearest := strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:]) // what stands before it, anybody can have written
		if from, err := netip.ParseAddr(nearest); err == nil {
			addr = from
		}
	}
	addr = addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() && !near {
		bits = 64
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
