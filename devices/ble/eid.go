package ble

import (
	"crypto/aes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// maxExponent is the slowest rotation there is: every 2^15 seconds.
const maxExponent = 15

// ErrRotation is why NewResolver refuses a beacon.
var ErrRotation = errors.New("rotation exponent above 15")

// EID is the identifier an Eddystone-EID beacon sends while its clock stands at counter seconds, with a new one every 2^exponent
// seconds (google/eddystone, eddystone-eid/eid-computation.md).
func EID(key [16]byte, counter uint32, exponent uint8) [8]byte {
	var block [16]byte
	block[11] = 0xFF
	binary.BigEndian.PutUint16(block[14:], uint16(counter>>16))
	encrypt(key[:], &block)
	temporary := block

	block = [16]byte{11: exponent}
	binary.BigEndian.PutUint32(block[12:], counter>>exponent<<exponent)
	encrypt(temporary[:], &block)
	return [8]byte(block[:8])
}

func encrypt(key []byte, block *[16]byte) {
	c, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a key of 16 bytes is always one
	}
	c.Encrypt(block[:], block[:])
}

// EIDBeacon is what is known of one Eddystone-EID beacon since it was registered.
type EIDBeacon struct {
	Key      [16]byte  // its identity key
	Exponent uint8     // K: a new identifier every 2^K seconds, at most 15
	Started  time.Time // when its clock stood at 0
}

// Format writes "(withheld)".
func (EIDBeacon) Format(s fmt.State, _ rune) { withhold(s) }

// MarshalText answers "(withheld)".
func (EIDBeacon) MarshalText() ([]byte, error) { return []byte(withheld), nil }

// window is how many rotations a beacon's clock may be ahead or behind.
const window = 2

// Resolver knows the identifiers of enrolled Eddystone-EID beacons again. It is not safe for concurrent use.
type Resolver struct {
	beacons []EIDBeacon
	periods []int64         // of each beacon, the rotation its identifiers in known are around
	known   map[[8]byte]int // identifier -> index of its beacon
	sent    [][2*window + 1][8]byte
	// The identifiers hold for from <= at < until.
	from, until time.Time
}

// NewResolver makes a Resolver. The error wraps [ErrRotation].
func NewResolver(beacons []EIDBeacon) (*Resolver, error) {
	r := &Resolver{beacons: beacons, periods: make([]int64, len(beacons)), known: map[[8]byte]int{}, sent: make([][2*window + 1][8]byte, len(beacons))}
	for i, b := range beacons {
		if b.Exponent > maxExponent {
			return nil, fmt.Errorf("register beacon %d: %w", i+1, ErrRotation)
		}
		r.periods[i] = -1 << 32 // far from every rotation
	}
	return r, nil
}

// Format writes "(withheld)", for a Resolver holds keys.
func (*Resolver) Format(s fmt.State, _ rune) { withhold(s) }

// Resolve is the lasting identity behind an identifier heard at the given time, by our clock, false when it is no enrolled
// beacon's. The beacon's clock may be off by two rotations.
func (r *Resolver) Resolve(eid [8]byte, at time.Time) (Identity, bool) {
	if at.Before(r.from) || !at.Before(r.until) {
		r.refresh(at)
	}
	i, ok := r.known[eid]
	if !ok {
		return Identity{}, false
	}
	return eidKey(r.beacons[i].Key), true
}

// refresh computes the identifiers of the beacons that have moved on.
func (r *Resolver) refresh(at time.Time) {
	r.from, r.until = at.Add(-time.Hour*24), at.Add(time.Hour*24)
	for i, b := range r.beacons {
		length := time.Second << b.Exponent
		since := at.Sub(b.Started)
		period := int64(since / length)
		if since < 0 && since%length != 0 {
			period--
		}
		begin := b.Started.Add(time.Duration(period) * length)
		if begin.After(r.from) {
			r.from = begin
		}
		if end := begin.Add(length); end.Before(r.until) {
			r.until = end
		}
		if r.periods[i] != period {
			r.periods[i] = period
			r.learn(i)
		}
	}
}

func (r *Resolver) learn(i int) {
	b := r.beacons[i]
	for n := range r.sent[i] {
		if r.known[r.sent[i][n]] == i {
			delete(r.known, r.sent[i][n])
		}
	}
	for n := range r.sent[i] {
		counter := (r.periods[i] + int64(n) - window) << b.Exponent
		if counter < 0 || counter > 1<<32-1 {
			r.sent[i][n] = [8]byte{}
			continue
		}
		r.sent[i][n] = EID(b.Key, uint32(counter), b.Exponent)
		r.known[r.sent[i][n]] = i
	}
}
