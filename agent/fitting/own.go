package fitting

import (
	"slices"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// garmentsIn answers the shop's garments in a room. What was sold while it hung there is its owner's: until its silence tells that it
// has gone, it opens no visit, joins none and is shown to nobody.
func (f *Rooms) garmentsIn(v *store.View, room showroom.RoomID) ([]showroom.Garment, error) {
	garments, err := v.GarmentsIn(room)
	return slices.DeleteFunc(garments, func(g showroom.Garment) bool { return !f.opt.Own(g.EPC) }), err
}
