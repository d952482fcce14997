package receiptweb

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// How many connections guests have at a time: all together, since the shop's devices need sockets too, and one address, from which a
// browser opens six.
const (
	mostGuests = 64
	mostOfOne  = 8
)

// How long a guest may take. A page is a few kilobytes, so that whoever needs longer has gone, or is up to something.
const (
	headerWithin = 5 * time.Second
	askWithin    = 10 * time.Second
	answerWithin = 30 * time.Second
	idleFor      = 15 * time.Second
)

// GuestServer shows pages to whoever is in the shop's own network, through a Door.
func GuestServer(pages http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: pages, ReadHeaderTimeout: headerWithin, ReadTimeout: askWithin, WriteTimeout: answerWithin, IdleTimeout: idleFor,
		MaxHeaderBytes: 8 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Door lets guests in. Nobody waits there: when one address has too many connections the oldest of them goes, and when all together are too
// many, the oldest of whoever has the most. So one phone that holds on to what it can get takes it from itself, also behind a router with
// many others.
func Door(l net.Listener) net.Listener { return &door{Listener: l} }

// door is a listener that has so many connections at most.
type door struct {
	net.Listener

	mu     sync.Mutex
	inside []*guest // the one that came first before the others
}

// guest is a connection of somebody.
type guest struct {
	net.Conn
	from netip.Addr
	door *door
}

// Accept lets the next one in, and whoever has to go for it out.
func (d *door) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	g := &guest{Conn: c, from: addressOf(c.RemoteAddr().String()), door: d}
	if goes := d.enter(g); goes != nil {
		_ = goes.Close()
	}
	return g, nil
}

// enter answers who has to go; nil when there is room.
func (d *door) enter(g *guest) *guest {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside = append(d.inside, g)
	has := map[netip.Addr]int{}
	for _, o := range d.inside {
		has[o.from]++
	}
	most := g.from
	switch {
	case has[g.from] > mostOfOne:
	case len(d.inside) <= mostGuests:
		return nil
	default:
		most = slices.MaxFunc(d.inside, func(a, b *guest) int { return has[a.from] - has[b.from] }).from
	}
	return d.inside[slices.IndexFunc(d.inside, func(o *guest) bool { return o.from == most })]
}

// Close closes the connection and makes room.
func (g *guest) Close() error {
	g.door.mu.Lock()
	g.door.inside = slices.DeleteFunc(g.door.inside, func(o *guest) bool { return o == g })
	g.door.mu.Unlock()
	return g.Conn.Close()
}

// addressOf is the address in host:port; the zero Addr for what has none.
func addressOf(hostPort string) netip.Addr {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = hostPort
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}
