package showroom

import "slices"

// Placements compares what each device watched when the agent last ran with what it watches now. It answers the facts to tell, the
// devices to write down anew and those that are gone, each in the order given. Facts told before keep their places.
func Placements(before, now []DevicePlace) (facts []DevicePlaced, changed []DevicePlace, gone []DeviceID) {
	old := make(map[DeviceID]DevicePlace, len(before))
	for _, d := range before {
		old[d.Device] = d
	}
	for _, d := range now {
		was, known := old[d.Device]
		delete(old, d.Device)
		if known && was.Kind == d.Kind && slices.Equal(was.Places, d.Places) {
			continue
		}
		changed = append(changed, d)
		facts = append(facts, DevicePlaced{Device: d.Device, Of: d.Kind, From: was.Places, To: d.Places})
	}
	for _, d := range before {
		if _, left := old[d.Device]; left {
			gone = append(gone, d.Device)
			facts = append(facts, DevicePlaced{Device: d.Device, Of: d.Kind, From: d.Places})
		}
	}
	return facts, changed, gone
}
