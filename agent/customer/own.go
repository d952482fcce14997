package customer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"sync"
	"sync/atomic"

	"showroom/agent/gs1"
	"showroom/agent/store"
)

// Own says whether a tag is the shop's: of its own companies or in its catalogue, and not sold. It is a devices.Own.
func (t *Tags) Own(epc gs1.EPC) bool {
	if !t.opt.Prefixes.Own(epc) && !t.listed(epc) {
		return false
	}
	return t.sold.empty() || !t.sold.has(t.fixed.hash(epc))
}

// listed says whether the catalogue has the item.
func (t *Tags) listed(epc gs1.EPC) bool {
	item, ok := epc.TradeItem()
	if !ok {
		return false
	}
	_, found := slices.BinarySearch(*t.items.Load(), item)
	return found
}

// readItems reads the whole catalogue's numbers.
func (t *Tags) readItems(ctx context.Context) error {
	t.reading.Lock()
	defer t.reading.Unlock()
	return t.db.View(ctx, func(v *store.View) error {
		head, err := v.Head()
		if err != nil {
			return err
		}
		gtins, err := v.ItemNumbers()
		if err != nil {
			return err
		}
		items := make([]uint64, len(gtins))
		for i, g := range gtins {
			items[i] = g.TradeItem()
		}
		slices.Sort(items)
		t.items.Store(&items)
		t.seen = head.Seq
		return nil
	})
}

// followItems reads the catalogue's numbers again if the journal says that they have changed.
func (t *Tags) followItems(ctx context.Context) error {
	changed := false
	t.reading.Lock()
	err := t.db.View(ctx, func(v *store.View) error {
		var last int64
		var err error
		if changed, last, err = v.ItemsChanged(t.seen); err == nil && !changed {
			t.seen = last
		}
		return err
	})
	t.reading.Unlock()
	if err != nil || !changed {
		return err
	}
	return t.readItems(ctx)
}

// fixedKey makes HMAC-SHA-256 under a key that does not change. It is written out because every tag read asks for one: package
// hmac would allocate for each.
type fixedKey struct{ inner, outer [sha256.BlockSize]byte }

func newFixedKey(k store.Key) (f fixedKey) {
	copy(f.inner[:], k[:])
	copy(f.outer[:], k[:])
	for i := range f.inner {
		f.inner[i] ^= 0x36
		f.outer[i] ^= 0x5C
	}
	return f
}

// hash answers what a tag is known by once it is sold. Readers differ in how many zeros they send behind an EPC.
func (f *fixedKey) hash(epc gs1.EPC) store.SoldHash {
	var message [gs1.MaxEPCBytes]byte
	n := len(epc.AppendBytes(message[:0]))
	for n > 0 && message[n-1] == 0 {
		n--
	}
	sum := f.sum(message[:n])
	return store.SoldHash(sum[:len(store.SoldHash{})])
}

// mark stands for something that must not be remembered itself, of at most maxMark bytes.
func (f *fixedKey) mark(message []byte) string {
	sum := f.sum(message[:min(len(message), maxMark)])
	return hex.EncodeToString(sum[:])
}

const maxMark = 128

func (f *fixedKey) sum(message []byte) [sha256.Size]byte {
	var first [sha256.BlockSize + maxMark]byte
	var second [sha256.BlockSize + sha256.Size]byte
	copy(first[:], f.inner[:])
	n := copy(first[sha256.BlockSize:], message)
	inner := sha256.Sum256(first[:sha256.BlockSize+n])
	copy(second[:], f.outer[:])
	copy(second[sha256.BlockSize:], inner[:])
	return sha256.Sum256(second[:])
}

// soldSet is every sold tag, in shards so that one sale copies a few kilobytes however many went before it. Looking up takes no lock.
type soldSet struct {
	writing sync.Mutex
	count   atomic.Int64
	shards  [256]atomic.Pointer[[]store.SoldHash] // sorted, never changed once published; by the first byte
}

func compareHashes(a, b store.SoldHash) int {
	return cmp.Or(cmp.Compare(binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(b[:8])),
		cmp.Compare(binary.BigEndian.Uint64(a[8:]), binary.BigEndian.Uint64(b[8:])))
}

func (s *soldSet) empty() bool { return s.count.Load() == 0 }

func (s *soldSet) has(h store.SoldHash) bool {
	shard := s.shards[h[0]].Load()
	if shard == nil {
		return false
	}
	_, found := slices.BinarySearchFunc(*shard, h, compareHashes)
	return found
}

// read fills an empty set from the store.
func (s *soldSet) read(v *store.View) error {
	var shards [len(s.shards)][]store.SoldHash
	if err := v.SoldTags(func(h store.SoldHash) { shards[h[0]] = append(shards[h[0]], h) }); err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	for i, shard := range shards {
		slices.SortFunc(shard, compareHashes)
		s.shards[i].Store(&shard)
		s.count.Add(int64(len(shard)))
	}
	return nil
}

// set makes a tag sold, or the shop's again.
func (s *soldSet) set(h store.SoldHash, sold bool) {
	s.writing.Lock()
	defer s.writing.Unlock()
	var before []store.SoldHash
	if shard := s.shards[h[0]].Load(); shard != nil {
		before = *shard
	}
	at, found := slices.BinarySearchFunc(before, h, compareHashes)
	if found == sold {
		return
	}
	after := make([]store.SoldHash, 0, len(before)+1)
	after = append(after, before[:at]...)
	if sold {
		after = append(append(after, h), before[at:]...)
		s.count.Add(1)
		s.shards[h[0]].Store(&after)
		return
	}
	after = append(after, before[at+1:]...)
	s.shards[h[0]].Store(&after)
	s.count.Add(-1)
}
