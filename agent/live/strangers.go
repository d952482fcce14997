package live

import (
	"slices"

	"showroom/devices"
)

// SetStrangers replaces the list of what was noticed and is not the shop's. The Board keeps it. Screens are woken when somebody is on
// it who was not, or the other way round, or goes by more names; not for counts and times.
func (b *Board) SetStrangers(list []devices.Stranger) {
	b.mu.Lock()
	defer b.mu.Unlock()
	same := slices.EqualFunc(b.strangers, list, func(x, y devices.Stranger) bool {
		return x.Kind == y.Kind && x.Via == y.Via && x.Name == y.Name && x.Topic == y.Topic && x.Clients == y.Clients
	})
	b.strangers = list
	if !same {
		b.wake()
	}
}

// Strangers answers what was noticed and is not the shop's.
func (b *Board) Strangers() []devices.Stranger {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.strangers)
}
