package ble

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"hash"
	"time"

	"showroom/devices"
)

// Secret is a store's key for pseudonyms. The zero Secret is none. It prints as "(withheld)".
type Secret [32]byte

// IsZero says that there is no key. It takes the same time for every key.
func (s Secret) IsZero() bool { return s.equal(Secret{}) }

func (s Secret) equal(t Secret) bool { return subtle.ConstantTimeCompare(s[:], t[:]) == 1 }

// Format writes "(withheld)".
func (s Secret) Format(state fmt.State, _ rune) { withhold(state) }

// MarshalText answers "(withheld)".
func (s Secret) MarshalText() ([]byte, error) { return []byte(withheld), nil }

// Pseudonym is the HMAC-SHA-256 of an identity under a store's key: who does not have the key can neither make one nor tell whose
// it is. It prints as "(withheld)", because one that nobody enrolled is still a person's.
type Pseudonym [sha256.Size]byte

// Equal compares in the same time for all pseudonyms.
func (p Pseudonym) Equal(q Pseudonym) bool { return hmac.Equal(p[:], q[:]) }

// Format writes "(withheld)".
func (p Pseudonym) Format(s fmt.State, _ rune) { withhold(s) }

// MarshalText answers "(withheld)".
func (p Pseudonym) MarshalText() ([]byte, error) { return []byte(withheld), nil }

// Pseudonym is what an identity is enrolled and looked up under.
func (s Secret) Pseudonym(id Identity) Pseudonym {
	k := newKeyed(s)
	return k.pseudonym(id)
}

// keyed is a hash with its key, kept because setting one up costs more than using it.
type keyed struct {
	secret Secret
	hash   hash.Hash
	in     [1 + len(Identity{}.data)]byte
	out    Pseudonym
}

func newKeyed(s Secret) keyed { return keyed{secret: s, hash: hmac.New(sha256.New, s[:])} }

// pseudonym leaves nothing of the identity behind.
func (k *keyed) pseudonym(id Identity) Pseudonym {
	// The kind goes first, so that the same bytes of two kinds are two identities.
	k.in[0] = byte(id.kind)
	n := 1 + copy(k.in[1:], id.data[:id.kind.size()])
	_, _ = k.hash.Write(k.in[:n]) // a hash never fails to
	k.hash.Sum(k.out[:0])
	p := k.out
	k.hash.Reset()
	k.in, k.out = [len(k.in)]byte{}, Pseudonym{}
	return p
}

// Ring is the keys in use: tags enrolled before the last rotation are still found under Previous until they are enrolled anew.
type Ring struct{ Current, Previous Secret }

// Keys answers the keys in use at a time. A Filter asks once for each radio, so it must be fast, and must not block.
type Keys func(at time.Time) Ring

// Enrolled answers the neutral id a pseudonym was enrolled under, false when nobody enrolled it. The same tag should have the same
// id under both keys of the ring; an empty id is that of a tag that is known and put away, which does not pass. It must be fast,
// safe for concurrent use, must not block and must not keep the pseudonym.
type Enrolled func(Pseudonym) (devices.RadioID, bool)

// Renewal is a tag that was found under the previous key of a ring, and what it is called under the current one. Whoever keeps the
// enrolments moves it over, so that the previous key can go. It may be told of the same tag many times.
type Renewal struct {
	Ring              Ring
	Previous, Current Pseudonym
}

// Format writes "(withheld)", for a Renewal holds keys.
func (Renewal) Format(s fmt.State, _ rune) { withhold(s) }

// MarshalText answers "(withheld)".
func (Renewal) MarshalText() ([]byte, error) { return []byte(withheld), nil }

// Filter lets enrolled tags pass under their neutral ids, and nobody else. It keeps nothing of those who do not pass. It is not
// safe for concurrent use; each gateway's Listener has its own.
type Filter struct {
	keys     Keys
	enrolled Enrolled
	resolver *Resolver
	renew    func(Renewal) // may be nil
	hashes   [2]keyed      // for the current and the previous key
}

// NewFilter makes a Filter. resolver may be nil: then no Eddystone-EID beacon passes.
func NewFilter(keys Keys, enrolled Enrolled, resolver *Resolver) *Filter {
	return &Filter{keys: keys, enrolled: enrolled, resolver: resolver}
}

// TellRenewals has renew told of every tag that is found under the previous key. It must be fast and must not block.
func (f *Filter) TellRenewals(renew func(Renewal)) *Filter {
	f.renew = renew
	return f
}

// Format writes "(withheld)", for a Filter holds keys.
func (*Filter) Format(s fmt.State, _ rune) { withhold(s) }

// Pass answers the neutral id of a radio that was heard at a time under any of the identities, the first enrolled one counting.
// Without a current key nobody passes.
func (f *Filter) Pass(at time.Time, identities ...Identity) (devices.RadioID, bool) {
	ring := f.keys(at)
	if ring.Current.IsZero() {
		return "", false
	}
	for _, id := range identities {
		if id.kind == ofEID {
			if f.resolver == nil {
				continue
			}
			lasting, ok := f.resolver.Resolve([8]byte(id.data[:8]), at)
			if !ok {
				continue
			}
			id = lasting
		}
		if id.kind == 0 {
			continue
		}
		if neutral, ok := f.lookUp(ring, id); ok {
			return neutral, neutral != ""
		}
	}
	return "", false
}

func (f *Filter) lookUp(ring Ring, id Identity) (devices.RadioID, bool) {
	current := f.pseudonym(0, ring.Current, id)
	neutral, ok := f.enrolled(current)
	if ok || ring.Previous.IsZero() {
		return neutral, ok
	}
	previous := f.pseudonym(1, ring.Previous, id)
	neutral, ok = f.enrolled(previous)
	if ok && f.renew != nil {
		f.renew(Renewal{Ring: ring, Previous: previous, Current: current})
	}
	return neutral, ok
}

func (f *Filter) pseudonym(n int, secret Secret, id Identity) Pseudonym {
	k := &f.hashes[n]
	if k.hash == nil || !k.secret.equal(secret) {
		*k = newKeyed(secret)
	}
	return k.pseudonym(id)
}
