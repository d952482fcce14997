package ble

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrIdentity is why [ParseIdentity] refuses. It does not repeat what it was given.
var ErrIdentity = errors.New("not the identity of a tag")

// identityKind is part of what is hashed: it must not change.
type identityKind byte

const (
	ofIBeacon   identityKind = 1
	ofAltBeacon identityKind = 2
	ofUID       identityKind = 3
	ofEIDKey    identityKind = 4
	ofIRK       identityKind = 5
	ofAddress   identityKind = 6
	// ofEID is a rotating identifier not yet resolved. It never becomes a pseudonym.
	ofEID identityKind = 0xFF
)

// size is how many bytes of an identity of each kind count.
func (k identityKind) size() int {
	switch k {
	case ofIBeacon, ofAltBeacon:
		return 20
	case ofUID, ofEIDKey, ofIRK:
		return 16
	case ofEID:
		return 8
	case ofAddress:
		return 6
	}
	return 0
}

// Identity is what tells one radio tag from all others. It is personal data until it is known to be enrolled, so it prints as
// "(withheld)". Identities compare with ==. The zero Identity is nobody's.
type Identity struct {
	kind identityKind
	data [20]byte
}

// Identity is UUID, major and minor.
func (f IBeacon) Identity() (Identity, bool) {
	id := Identity{kind: ofIBeacon}
	copy(id.data[:], f.UUID[:])
	binary.BigEndian.PutUint16(id.data[16:], f.Major)
	binary.BigEndian.PutUint16(id.data[18:], f.Minor)
	return id, true
}

// Identity is the 20 bytes of the id; the company is not part of it.
func (f AltBeacon) Identity() (Identity, bool) { return Identity{ofAltBeacon, f.ID}, true }

// Identity is namespace and instance.
func (f EddystoneUID) Identity() (Identity, bool) {
	id := Identity{kind: ofUID}
	copy(id.data[:], f.Namespace[:])
	copy(id.data[10:], f.Instance[:])
	return id, true
}

// Identity is the identifier of the moment: a [Filter] resolves it, and without a key it is nobody's.
func (f EddystoneEID) Identity() (Identity, bool) {
	id := Identity{kind: ofEID}
	copy(id.data[:], f.EID[:])
	return id, true
}

// Identity is none.
func (EddystoneURL) Identity() (Identity, bool) { return Identity{}, false }

// Identity is none.
func (EddystoneTLM) Identity() (Identity, bool) { return Identity{}, false }

// Identity is none.
func (EddystoneETLM) Identity() (Identity, bool) { return Identity{}, false }

// Identity is the address itself if it stays with the device; see [Address.Lasting].
func (a Address) Identity(kind AddressKind) (Identity, bool) {
	if !a.Lasting(kind) {
		return Identity{}, false
	}
	id := Identity{kind: ofAddress}
	copy(id.data[:], a[:])
	return id, true
}

// IRK is the identity of a device whose changing addresses a gateway has resolved with this Identity Resolving Key.
func IRK(key [16]byte) Identity {
	id := Identity{kind: ofIRK}
	copy(id.data[:], key[:])
	return id
}

func eidKey(key [16]byte) Identity {
	id := Identity{kind: ofEIDKey}
	copy(id.data[:], key[:])
	return id
}

// Beacon says that the identity is that of a beacon frame and not of an address.
func (id Identity) Beacon() bool { return id.kind != 0 && id.kind != ofAddress }

// Reveal is the identity as [ParseIdentity] reads it: for tools and for whoever enrols, never for a log. An Eddystone identifier
// not yet resolved is "eddystone-eid-now:" and 16 digits, which ParseIdentity refuses.
func (id Identity) Reveal() string {
	all := hex.EncodeToString(id.data[:id.kind.size()])
	switch id.kind {
	case ofIBeacon:
		return fmt.Sprintf("ibeacon:%s:%d:%d", UUID(id.data[:16]), binary.BigEndian.Uint16(id.data[16:]), binary.BigEndian.Uint16(id.data[18:]))
	case ofAltBeacon:
		return "altbeacon:" + all
	case ofUID:
		return "eddystone-uid:" + all[:20] + ":" + all[20:]
	case ofEIDKey:
		return "eddystone-eid:" + all
	case ofIRK:
		return "irk:" + all
	case ofAddress:
		return "mac:" + all
	case ofEID:
		return "eddystone-eid-now:" + all
	}
	return ""
}

// ParseIdentity reads an identity as whoever enrols writes it, of either case:
//
//	ibeacon:41424344-4546-4748-4940-414243444546:1:2   (dashes may be missing)
//	altbeacon:2f234454cf6d4a0fadf2f4911ba9ffa600050003
//	eddystone-uid:00112233445566778899:000000000001
//	eddystone-eid:000102030405060708090a0b0c0d0e0f     (the identity key of the beacon)
//	irk:000102030405060708090a0b0c0d0e0f
//	mac:ac233fa03208                                   (colons may stand between the bytes)
//
// Every address is taken as it stands; one that does not last will never be heard. The error wraps [ErrIdentity].
func ParseIdentity(s string) (Identity, error) {
	kind, rest, _ := strings.Cut(s, ":")
	switch strings.ToLower(kind) {
	case "ibeacon":
		parts := strings.Split(rest, ":")
		if len(parts) != 3 {
			return Identity{}, fmt.Errorf("%w: an iBeacon has UUID, major and minor", ErrIdentity)
		}
		major, bad1 := strconv.ParseUint(parts[1], 10, 16)
		minor, bad2 := strconv.ParseUint(parts[2], 10, 16)
		if bad1 != nil || bad2 != nil {
			return Identity{}, fmt.Errorf("%w: major and minor are numbers up to 65535", ErrIdentity)
		}
		id, err := identity(ofIBeacon, strings.ReplaceAll(parts[0], "-", ""), 16)
		if err != nil {
			return Identity{}, err
		}
		binary.BigEndian.PutUint16(id.data[16:], uint16(major))
		binary.BigEndian.PutUint16(id.data[18:], uint16(minor))
		return id, nil
	case "altbeacon":
		return identity(ofAltBeacon, rest, 20)
	case "eddystone-uid":
		return identity(ofUID, strings.ReplaceAll(rest, ":", ""), 16)
	case "eddystone-eid":
		return identity(ofEIDKey, rest, 16)
	case "irk":
		return identity(ofIRK, rest, 16)
	case "mac":
		return identity(ofAddress, strings.ReplaceAll(rest, ":", ""), 6)
	}
	return Identity{}, fmt.Errorf("%w: it begins with none of ibeacon, altbeacon, eddystone-uid, eddystone-eid, irk, mac", ErrIdentity)
}

func identity(kind identityKind, digits string, size int) (Identity, error) {
	p, bad := hex.DecodeString(digits)
	if bad != nil || len(p) != size {
		return Identity{}, fmt.Errorf("%w: it needs %d hexadecimal digits", ErrIdentity, 2*size)
	}
	id := Identity{kind: kind}
	copy(id.data[:], p)
	return id, nil
}

// Format writes "(withheld)".
func (id Identity) Format(s fmt.State, _ rune) { withhold(s) }

// MarshalText answers "(withheld)".
func (id Identity) MarshalText() ([]byte, error) { return []byte(withheld), nil }
