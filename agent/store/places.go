package store

import (
	"fmt"
	"strings"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

func scanStaticTag(s scanner) (t showroom.StaticTag, err error) {
	var epc []byte
	var place string
	if err = s.Scan(&epc, &place, (*moment)(&t.Since)); err != nil {
		return t, err
	}
	if t.EPC, err = gs1.EPCFromBytes(epc); err == nil {
		t.Place, err = placeOf(place)
	}
	return t, err
}

// PutStaticTag notes that a tag is furniture.
func (tx *Tx) PutStaticTag(t showroom.StaticTag) error {
	if t.EPC.IsZero() || t.Place.IsZero() {
		return fmt.Errorf("save static tag: it has no tag or no place")
	}
	if _, err := tx.exec(`INSERT OR REPLACE INTO static_tag (epc, place, since) VALUES (?,?,?)`, epcBytes(t.EPC), t.Place.String(), moment(t.Since)); err != nil {
		return fmt.Errorf("save static tag: %w", err)
	}
	return nil
}

// DeleteStaticTag notes that a tag is furniture no more. A tag that was none is no error.
func (tx *Tx) DeleteStaticTag(epc gs1.EPC) error {
	if _, err := tx.exec(`DELETE FROM static_tag WHERE epc=?`, epcBytes(epc)); err != nil {
		return fmt.Errorf("forget static tag: %w", err)
	}
	return nil
}

// StaticTags answers the tags that are furniture, by tag.
func (v *View) StaticTags() ([]showroom.StaticTag, error) {
	return list(v, "static tags", scanStaticTag, `SELECT epc, place, since FROM static_tag ORDER BY epc`)
}

func scanDevicePlace(s scanner) (d showroom.DevicePlace, err error) {
	var places string
	if err = s.Scan(&d.Device, &d.Kind, &places, (*moment)(&d.Since)); err != nil {
		return d, err
	}
	for line := range strings.Lines(places) {
		p, err := placeOf(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return d, err
		}
		d.Places = append(d.Places, p)
	}
	return d, nil
}

// PutDevicePlace saves what a device watches.
func (tx *Tx) PutDevicePlace(d showroom.DevicePlace) error {
	places := make([]string, len(d.Places))
	for i, p := range d.Places {
		places[i] = p.String()
	}
	if _, err := tx.exec(`INSERT OR REPLACE INTO device_place (device, kind, places, since) VALUES (?,?,?,?)`,
		d.Device, d.Kind, strings.Join(places, "\n"), moment(d.Since)); err != nil {
		return fmt.Errorf("save place of device: %w", err)
	}
	return nil
}

// DeleteDevicePlace forgets a device. One that is not there is no error.
func (tx *Tx) DeleteDevicePlace(id showroom.DeviceID) error {
	if _, err := tx.exec(`DELETE FROM device_place WHERE device=?`, id); err != nil {
		return fmt.Errorf("forget place of device: %w", err)
	}
	return nil
}

// DevicePlaces answers what each device was last known to watch, by device.
func (v *View) DevicePlaces() ([]showroom.DevicePlace, error) {
	return list(v, "places of devices", scanDevicePlace, `SELECT device, kind, places, since FROM device_place ORDER BY device`)
}

func scanRestock(s scanner) (r showroom.Restock, err error) {
	err = s.Scan(&r.Room, (*moment)(&r.Since), (*moment)(&r.Until))
	return r, err
}

// PutRestock begins or prolongs restocking of a room.
func (tx *Tx) PutRestock(r showroom.Restock) error {
	if _, err := tx.exec(`INSERT OR REPLACE INTO restock (room, since, until) VALUES (?,?,?)`, r.Room, moment(r.Since), moment(r.Until)); err != nil {
		return fmt.Errorf("save restocking: %w", err)
	}
	return nil
}

// DeleteRestock ends restocking of a room. A room that is not restocked is no error.
func (tx *Tx) DeleteRestock(room showroom.RoomID) error {
	if _, err := tx.exec(`DELETE FROM restock WHERE room=?`, room); err != nil {
		return fmt.Errorf("end restocking: %w", err)
	}
	return nil
}

// Restock answers the restocking of a room, over or not; false when there is none.
func (v *View) Restock(room showroom.RoomID) (showroom.Restock, bool, error) {
	return find(v, "restocking", scanRestock, `SELECT room, since, until FROM restock WHERE room=?`, room)
}

// Restocks answers the rooms that are restocked, over or not, by room.
func (v *View) Restocks() ([]showroom.Restock, error) {
	return list(v, "restocking", scanRestock, `SELECT room, since, until FROM restock ORDER BY room`)
}
