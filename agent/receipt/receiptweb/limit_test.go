package receiptweb

import (
	"encoding/binary"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

func TestLimiter(t *testing.T) {
	l, at := newLimiter(), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	me, other := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	for n := range int(burst) {
		if !l.take(me, costOfPage, at) {
			t.Fatalf("page %d is refused", n+1)
		}
	}
	if l.take(me, costOfPage, at) || !l.take(other, costOfPage, at) {
		t.Error("the limit is each client's own")
	}
	if at = at.Add(1500 * time.Millisecond); !l.take(me, costOfPage, at) || l.take(me, costOfPage, at) {
		t.Error("a second is one page")
	}
	l.take(other, costOfPage, at.Add(-time.Hour)) // a clock that jumps back gives nothing and takes nothing
	if !l.take(other, costOfPage, at) {
		t.Error("a clock that jumped back counts against the client")
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l, at := newLimiter(), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for n := range uint32(3 * maxClients) {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], n)
		l.take(netip.PrefixFrom(netip.AddrFrom4(b), 32), costOfPage, at)
	}
	if len(l.clients) > maxClients {
		t.Errorf("%d clients are remembered", len(l.clients))
	}
}

func TestClientOf(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.7:1234": "192.0.2.7/32", "[::ffff:192.0.2.7]:1": "192.0.2.7/32", "[2001:db8:1:2:3::4]:99": "2001:db8:1:2::/64", "[fe80::1%eth0]:5": "fe80::/64", "@": "invalid Prefix",
	} {
		if got := clientOf(&http.Request{RemoteAddr: from}, false).String(); got != want {
			t.Errorf("%s is %s, want %s", from, got, want)
		}
	}
	for from, want := range map[string]string{"[2001:db8:1:2:3::4]:99": "2001:db8:1:2:3::4/128", "[fe80::1%eth0]:5": "fe80::1/128", "192.0.2.7:1": "192.0.2.7/32"} {
		if got := clientOf(&http.Request{RemoteAddr: from}, true).String(); got != want {
			t.Errorf("%s, near, is %s, want %s", from, got, want)
		}
	}
	for _, c := range []struct {
		peer string
		said []string
		want string
	}{
		{"127.0.0.1:9", []string{"198.51.100.1, 192.0.2.7"}, "192.0.2.7/32"}, // the shopper wrote the first one
		{"[::1]:9", []string{"198.51.100.1", "2001:db8:1:2::7"}, "2001:db8:1:2::/64"},
		{"127.0.0.1:9", []string{"unknown"}, "127.0.0.1/32"},
		{"127.0.0.1:9", nil, "127.0.0.1/32"},
		{"192.0.2.9:9", []string{"198.51.100.1"}, "192.0.2.9/32"}, // no proxy of ours
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.said}}
		if got := clientOf(r, false).String(); got != c.want {
			t.Errorf("%s for %q is %s, want %s", c.peer, c.said, got, c.want)
		}
	}
}
