package store

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// blockSize is how many numbers of items a block of the search index is about.
const blockSize = 8192

// bitset says of each number of a block whether it is in it.
type bitset [blockSize / 64]uint64

func (b *bitset) set(n int, in bool) {
	if in {
		b[n/64] |= 1 << (n % 64)
	} else {
		b[n/64] &^= 1 << (n % 64)
	}
}

// and keeps what is in o too.
func (b *bitset) and(o *bitset) {
	for i := range b {
		b[i] &= o[i]
	}
}

// numbers answers what is in it, ascending.
func (b *bitset) numbers(yield func(int) bool) {
	for i, word := range b {
		for ; word != 0; word &= word - 1 {
			if !yield(i*64 + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}

// pack appends a set as the database has it: few as their numbers, two bytes each, many as bits; both with the lowest byte first. A
// text of blockSize/8 bytes is bits. An empty set is no bytes.
func (b *bitset) pack(packed []byte) []byte {
	count := 0
	for _, word := range b {
		count += bits.OnesCount64(word)
	}
	if 2*count < blockSize/8 {
		packed = slices.Grow(packed, 2*count)
		for n := range b.numbers {
			packed = binary.LittleEndian.AppendUint16(packed, uint16(n))
		}
		return packed
	}
	packed = slices.Grow(packed, blockSize/8)
	for _, word := range b {
		packed = binary.LittleEndian.AppendUint64(packed, word)
	}
	return packed
}

// unpack reads what pack wrote.
func (b *bitset) unpack(packed []byte) {
	if len(packed) == blockSize/8 {
		for i := range b {
			b[i] = binary.LittleEndian.Uint64(packed[8*i:])
		}
		return
	}
	*b = bitset{}
	for ; len(packed) >= 2; packed = packed[2:] {
		b.set(int(binary.LittleEndian.Uint16(packed))%blockSize, true)
	}
}
