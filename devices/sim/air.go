package sim

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/ble"
)

// loanTag is the UUID of the shop's loan tags.
func loanTag() ble.UUID {
	return ble.UUID{0x5A, 0x4B, 0xCF, 0xCE, 0x17, 0x4E, 0x4B, 0xAC, 0xA8, 0x14, 0x09, 0x2E, 0x77, 0xF6, 0xB7, 0xE5}
}

// Identity is whom the tag's beacon names, as ble.ParseIdentity reads it.
func (b Beacon) Identity() string {
	id, _ := ble.IBeacon{UUID: loanTag(), Major: b.Major, Minor: b.Minor}.Identity() // an iBeacon always has one
	return id.Reveal()
}

// The Bluetooth of a shop.
const (
	beaconEvery  = time.Second
	phoneEvery   = 2 * time.Second
	addressLasts = 15 * time.Minute
	atOneMetreBT = -59  // dBm, as tags claim
	nearBT       = -62. // dBm, at the gateway somebody is near
	elsewhereBT  = -82. // and at the others
	spreadBT     = 5.0  // dB, standard deviation
	nearChance   = 0.9
	farChance    = 0.3
	faintestBT   = -99.
)

// Advert is one advertisement of a radio, as one gateway has heard it.
type Advert struct {
	Gateway showroom.DeviceID
	At      time.Time
	Address [6]byte
	Beacon  *Beacon // nil for a phone
	RSSI    int     // dBm
	// Advertisement is what the radio sent. It is not to be changed.
	Advertisement []byte
}

// Air is the Bluetooth of the shop: its loan tags, the phones of its shoppers, and which gateway hears them how well. The same
// scenario, actions and instants give the same air. It is not safe for concurrent use.
type Air struct {
	gateways []Gateway
	radios   []*radio
}

type radio struct {
	beacon  *Beacon
	near    showroom.DeviceID // "" while it is not in the shop
	address [6]byte
	sends   []byte
	changes time.Time // when a phone takes another address
	due     time.Time
	dice    *rand.Rand
}

// NewAir makes the air of a scenario.
func NewAir(s Scenario) *Air {
	a := &Air{gateways: s.Gateways}
	for _, b := range s.Beacons {
		r := &radio{beacon: &b, near: b.Near, dice: dice(s.Seed, "beacon", b.Name), address: address(showroom.DeviceID("beacon " + b.Name))}
		r.sends = iBeacon(b)
		a.radios = append(a.radios, r)
	}
	for i, c := range s.Crowds {
		for n := range c.Phones {
			a.radios = append(a.radios, &radio{near: c.Near, dice: dice(s.Seed, "phone", fmt.Sprint(i, n))})
		}
	}
	return a
}

// iBeacon is what a loan tag sends.
func iBeacon(b Beacon) []byte {
	uuid := loanTag()
	p := append([]byte{2, 0x01, 0x06, 26, 0xFF, 0x4C, 0x00, 0x02, 0x15}, uuid[:]...)
	p = binary.BigEndian.AppendUint16(p, b.Major)
	p = binary.BigEndian.AppendUint16(p, b.Minor)
	return append(p, 256+atOneMetreBT)
}

// LoanTag is a loan tag as somebody who is to enrol it wants to know it.
type LoanTag struct {
	Name     string            `json:"tag"`
	Identity string            `json:"identity"`       // as ble.ParseIdentity reads it
	Near     showroom.DeviceID `json:"near,omitempty"` // the gateway it is near; "" while it is not in the shop
}

// LoanTags answers all loan tags, in the order of the scenario.
func (a *Air) LoanTags() []LoanTag {
	var tags []LoanTag
	for _, r := range a.radios {
		if r.beacon != nil {
			tags = append(tags, LoanTag{Name: r.beacon.Name, Identity: r.beacon.Identity(), Near: r.near})
		}
	}
	return tags
}

// Walk takes a loan tag to a gateway, or away with "", and answers whether that changed anything.
func (a *Air) Walk(name string, to showroom.DeviceID) bool {
	i := slices.IndexFunc(a.radios, func(r *radio) bool { return r.beacon != nil && r.beacon.Name == name })
	if i < 0 || a.radios[i].near == to {
		return false
	}
	a.radios[i].near = to
	return true
}

// Step answers what the gateways have heard since the last call, each its own. Time must not go back.
func (a *Air) Step(at time.Time) map[showroom.DeviceID][]Advert {
	heard := map[showroom.DeviceID][]Advert{}
	for _, r := range a.radios {
		if at.Before(r.due) {
			continue
		}
		r.next(at)
		if r.near == "" {
			continue
		}
		for _, g := range a.gateways {
			dBm, chance := elsewhereBT, farChance
			if g.ID == r.near {
				dBm, chance = nearBT, nearChance
			}
			// The dice fall whether it is heard or not, so that one gateway more changes nothing for this one.
			luck, fading := r.dice.Float64(), r.dice.NormFloat64()
			if luck < chance {
				heard[g.ID] = append(heard[g.ID], Advert{
					Gateway: g.ID, At: at, Address: r.address, Beacon: r.beacon, Advertisement: r.sends,
					RSSI: int(max(dBm+spreadBT*fading, faintestBT)),
				})
			}
		}
	}
	return heard
}

// next is when the radio sends again. A phone has a new name every quarter of an hour.
func (r *radio) next(at time.Time) {
	every := beaconEvery
	if r.beacon == nil {
		every = phoneEvery
		if !at.Before(r.changes) {
			r.changes = at.Add(time.Duration(between(r.dice, 0, float64(addressLasts))) + time.Second)
			if r.sends != nil {
				r.changes = at.Add(addressLasts)
			}
			r.rename()
		}
	}
	r.due = at.Add(time.Duration(between(r.dice, 0.9, 1.1) * float64(every)))
}

// rename gives a phone another resolvable private address and what it says of its nearness another secret.
func (r *radio) rename() {
	for i := range r.address {
		r.address[i] = byte(r.dice.Uint32())
	}
	r.address[0] = r.address[0]&0x3F | 0x40
	r.sends = []byte{2, 0x01, 0x1A, 10, 0xFF, 0x4C, 0x00, 0x10, 0x05}
	for range 5 {
		r.sends = append(r.sends, byte(r.dice.Uint32()))
	}
}
