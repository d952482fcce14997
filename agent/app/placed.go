package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/config"
)

// placeDevices writes down what has moved since the agent last ran: that a reader now watches another room is a fact with a date, and
// what it said before was said of the old one.
func (a *agent) placeDevices(ctx context.Context) error {
	err := a.db.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.DevicePlaces()
		if err != nil {
			return err
		}
		facts, changed, gone := showroom.Placements(before, devicePlaces(a.cfg))
		for _, d := range changed {
			d.Since = tx.Now()
			if err := tx.PutDevicePlace(d); err != nil {
				return err
			}
		}
		for _, id := range gone {
			if err := tx.DeleteDevicePlace(id); err != nil {
				return err
			}
		}
		for _, f := range facts {
			if _, err := tx.Append(f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write down where the devices are: %w", err)
	}
	return nil
}

// devicePlaces is what each configured device watches.
func devicePlaces(cfg config.Config) []showroom.DevicePlace {
	var list []showroom.DevicePlace
	for _, d := range deviceList(cfg) {
		p := showroom.DevicePlace{Device: d.ID, Kind: d.Kind}
		for _, room := range d.Rooms {
			p.Places = append(p.Places, showroom.RoomPlace(room))
		}
		for _, other := range d.Else {
			if place, ok := showroom.ParsePlace(other); ok {
				p.Places = append(p.Places, place)
			}
		}
		slices.SortFunc(p.Places, func(a, b showroom.Place) int { return cmp.Compare(a.String(), b.String()) })
		list = append(list, p)
	}
	return list
}
