package feed

import (
	"sort"
	"strings"
	"sync"

	"showroom/sync/central/stream"
	"showroom/sync/profileapi"
)

// index holds the newest state of everything in the feed, in parts that can be followed on their own. It is read from the stream
// once for all shops.
type index struct {
	mu      sync.RWMutex
	parts   map[string]*part
	head    uint64 // newest version read
	changed chan struct{}
	// waiting are the long polls by the part they wait for; each channel holds one note and more are dropped.
	waiting map[string]map[chan struct{}]bool
}

// part is a bucket, or one store's share of the stock.
type part struct {
	log     []*entry // by version; the dead are left out now and then
	dead    int
	current map[string]*entry
}

type entry struct {
	stream.Entry
	dead bool // a newer one has replaced it
}

func newIndex() *index {
	return &index{parts: map[string]*part{}, waiting: map[string]map[chan struct{}]bool{}, changed: make(chan struct{})}
}

// partOf names the part a key belongs to.
func partOf(bucket, key string) string {
	if bucket == string(profileapi.BucketStock) {
		store, _, _ := strings.Cut(key, "/")
		return stockPart(store)
	}
	return bucket
}

func stockPart(store string) string { return string(profileapi.BucketStock) + "/" + store }

// add takes in what the stream says next.
func (x *index) add(e stream.Entry) {
	name := partOf(e.Bucket, e.Key)
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.parts[name]
	if p == nil {
		p = &part{current: map[string]*entry{}}
		x.parts[name] = p
	}
	if old := p.current[e.Key]; old != nil {
		old.dead = true
		old.Value = nil
		p.dead++
	}
	en := &entry{Entry: e}
	p.current[e.Key] = en
	p.log = append(p.log, en)
	if p.dead > 1000 && p.dead > len(p.log)/2 {
		p.compact()
	}
	x.head = e.Version
	close(x.changed)
	x.changed = make(chan struct{})
	for note := range x.waiting[name] {
		select {
		case note <- struct{}{}:
		default:
		}
	}
}

func (p *part) compact() {
	live := make([]*entry, 0, len(p.log)-p.dead)
	for _, en := range p.log {
		if !en.dead {
			live = append(live, en)
		}
	}
	p.log, p.dead = live, 0
}

// after answers at most limit entries of the parts with a version above after, by version, and up to which version the answer is
// complete. more says that there are others.
func (x *index) after(parts []string, after uint64, limit int) (entries []stream.Entry, upTo uint64, more bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var rest [][]*entry
	for _, name := range parts {
		if p := x.parts[name]; p != nil {
			i := sort.Search(len(p.log), func(i int) bool { return p.log[i].Version > after })
			rest = append(rest, p.log[i:])
		}
	}
	for {
		oldest := -1
		for i := range rest {
			for len(rest[i]) > 0 && rest[i][0].dead {
				rest[i] = rest[i][1:]
			}
			if len(rest[i]) > 0 && (oldest < 0 || rest[i][0].Version < rest[oldest][0].Version) {
				oldest = i
			}
		}
		if oldest < 0 {
			return entries, max(x.head, after), false
		}
		if len(entries) == limit {
			return entries, entries[limit-1].Version, true
		}
		entries = append(entries, rest[oldest][0].Entry)
		rest[oldest] = rest[oldest][1:]
	}
}

// wait registers for a note whenever one of the parts changes. The caller calls stop when it waits no more.
func (x *index) wait(parts []string) (note <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, name := range parts {
		if x.waiting[name] == nil {
			x.waiting[name] = map[chan struct{}]bool{}
		}
		x.waiting[name][c] = true
	}
	return c, func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		for _, name := range parts {
			delete(x.waiting[name], c)
			if len(x.waiting[name]) == 0 {
				delete(x.waiting, name)
			}
		}
	}
}

// current answers the live entry of a key.
func (x *index) current(bucket, key string) (stream.Entry, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if p := x.parts[partOf(bucket, key)]; p != nil {
		if en := p.current[key]; en != nil && !en.Deleted {
			return en.Entry, true
		}
	}
	return stream.Entry{}, false
}

// keys answers the live keys of a part in the order of their versions.
func (x *index) keys(name string) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	p := x.parts[name]
	if p == nil {
		return nil
	}
	var keys []string
	for _, en := range p.log {
		if !en.dead && !en.Deleted {
			keys = append(keys, en.Key)
		}
	}
	return keys
}

// at answers how far the index has come and a channel that is closed when it has come further.
func (x *index) at() (head uint64, further <-chan struct{}) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.head, x.changed
}

// waiters answers how many long polls are open, counted by the part every one waits for.
func (x *index) waiters() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.waiting[string(profileapi.BucketProduct)])
}
