package broker

import (
	"net"
	"sync"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"showroom/devices"
)

const (
	// leaving is how long a connection may take to end by itself when its client has come back already.
	leaving = 250 * time.Millisecond
	// clearing is how long the library may take to forget a connection that has ended.
	clearing = 2 * time.Second
	glance   = 2 * time.Millisecond

	maxRivals = 64
)

// rivals remembers under which ids a second client has come while the first was still there.
type rivals struct {
	mu   sync.Mutex // guards seen
	seen map[string]time.Time
}

func (r *rivals) note(id string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = make(map[string]time.Time)
	}
	if _, known := r.seen[id]; !known && len(r.seen) >= maxRivals {
		oldest := ""
		for other, when := range r.seen {
			if oldest == "" || when.Before(r.seen[oldest]) {
				oldest = other
			}
		}
		delete(r.seen, oldest)
	}
	r.seen[id] = at
}

func (r *rivals) since(id string, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	when, known := r.seen[id]
	return known && !when.Before(at)
}

// TakenOver says whether since that moment a second client has come under an id whose first client was still there, which throws out
// the first.
func (b *Broker) TakenOver(id string, since time.Time) bool { return b.rules.rivals.since(id, since) }

// succeed makes way for a client that has been let in, when another one has its id: the newer wins. It waits until the library has
// forgotten the older, or it would take the newer one's subscriptions for those of the older and drop them.
func (r *rules) succeed(cl *mochi.Client) {
	older, there := r.server.Clients.Get(cl.ID)
	if !there || older == cl {
		return
	}
	for late := time.Now().Add(leaving); !older.Closed() && time.Now().Before(late) && r.pause(); {
	}
	if !older.Closed() {
		if elsewhere(older, cl) {
			now := time.Now()
			r.rivals.note(cl.ID, now)
			r.note(devices.StrangerRival, cl, "", now)
		}
		_ = r.server.DisconnectClient(older, packets.ErrSessionTakenOver)
	}
	if lasts(older) {
		return // the library keeps it on purpose
	}
	for late := time.Now().Add(clearing); time.Now().Before(late) && r.pause(); {
		if now, there := r.server.Clients.Get(cl.ID); !there || now != older {
			return
		}
	}
}

// pause waits a moment; false when the broker is being closed.
func (r *rules) pause() bool {
	select {
	case <-time.After(glance):
		return true
	case <-r.closing:
		return false
	}
}

// elsewhere tells another program from a client that has lost its line, comes back and finds its old connection not yet dead. On this
// machine no line is lost.
func elsewhere(a, b *mochi.Client) bool {
	one, other := hostOf(a), hostOf(b)
	ip := net.ParseIP(other)
	return one != other || ip != nil && ip.IsLoopback()
}

func hostOf(cl *mochi.Client) string {
	host, _, err := net.SplitHostPort(cl.Net.Remote)
	if err != nil {
		return cl.Net.Remote
	}
	return host
}

// lasts says whether the session of a client outlives its connection.
func lasts(cl *mochi.Client) bool {
	if cl.Properties.ProtocolVersion == 5 {
		return cl.Properties.Props.SessionExpiryInterval != 0
	}
	return !cl.Properties.Clean
}
