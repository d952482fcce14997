package config

import (
	"fmt"
	"slices"
	"strings"
)

// places checks rooms, trays and zones together: an antenna hears one of them.
func (v *validation) places() {
	taken := map[antenna]string{}
	v.rooms(taken)
	ids := v.namesOf("trays")
	for i, t := range v.Trays {
		entry := fmt.Sprintf("trays[%d]", i)
		ids.check(i, "id", t.ID)
		v.required(entry+".name", t.Name, "write what the staff call this tray")
		v.antennas(taken, entry, t.Reader, t.Antennas)
	}
	v.zones(taken)
	v.gaps(taken)
}

type antenna struct {
	reader string
	number int
}

func (v *validation) rooms(taken map[antenna]string) {
	ids := v.namesOf("rooms")
	for i, room := range v.Rooms {
		entry := fmt.Sprintf("rooms[%d]", i)
		ids.check(i, "id", room.ID)
		v.required(entry+".name", room.Name, "write the name on the room's door")
		v.antennas(taken, entry, room.Reader, room.Antennas)
		for j, id := range room.Neighbours {
			at := fmt.Sprintf("%s.neighbours[%d]", entry, j)
			if id == room.ID {
				v.fault(at, "is the room itself", "remove it")
			} else {
				v.refersToRoom(at, id)
			}
		}
	}
}

func (v *validation) zones(taken map[antenna]string) {
	ids, of := v.namesOf("zones"), map[string]string{}
	for i, z := range v.Zones {
		entry := fmt.Sprintf("zones[%d]", i)
		ids.check(i, "id", z.ID)
		v.required(entry+".name", z.Name, "write what the staff call this part of the floor")
		if z.Reader != "" || len(z.Antennas) > 0 {
			v.antennas(taken, entry, z.Reader, z.Antennas)
		} else if len(z.Gateways) == 0 {
			v.fault(entry+".gateways", "is missing, and so is a reader: nothing hears this zone", "list the ids of its gateways, or write reader and antennas")
		}
		for j, id := range z.Gateways {
			at := fmt.Sprintf("%s.gateways[%d]", entry, j)
			known := idsOf(v.Gateways, func(g Gateway) string { return g.ID })
			if id == "" || !slices.Contains(known, id) {
				v.dangling(at, id, "gateway", "gateways", known)
				continue
			}
			if other, twice := of[id]; twice {
				v.fault(at, fmt.Sprintf("%s already hears %s", quoted(id), other), "give it to one of the two")
				continue
			}
			of[id] = entry
		}
	}
}

// antennas checks the reader and the antennas of one place.
func (v *validation) antennas(taken map[antenna]string, entry, reader string, numbers []int) {
	kind := v.readerOf(entry+".reader", reader)
	if len(numbers) == 0 {
		v.fault(entry+".antennas", "is missing", "write the antenna numbers, [1] for a reader with one antenna")
	}
	for j, n := range numbers {
		at := fmt.Sprintf("%s.antennas[%d]", entry, j)
		if !v.antennaNumber(at, kind, n) {
			continue
		}
		a := antenna{reader, n}
		if other, twice := taken[a]; twice {
			v.fault(at, fmt.Sprintf("antenna %d of %s already hears %s", n, quoted(reader), other), "give it to one of the two")
			continue
		}
		taken[a] = entry
	}
}

// gaps refuses antennas of a module that leave out a lower one: it sends with the first so many of its ports, and sending into a port
// with nothing on it harms it.
func (v *validation) gaps(taken map[antenna]string) {
	for i, r := range v.Readers {
		if r.Kind != ThingMagic || r.ID == "" {
			continue
		}
		for n, gap := 1, 0; n <= mostAntennas(ThingMagic); n++ {
			_, used := taken[antenna{r.ID, n}]
			if !used && gap == 0 {
				gap = n
			}
			if used && gap > 0 {
				v.fault(fmt.Sprintf("readers[%d]", i), fmt.Sprintf("uses antenna %d and not %d, and such a module sends with its first antennas without a gap", n, gap), "plug the antennas in from 1 and number them so in rooms, trays and zones")
				break
			}
		}
	}
}

// inUse says whether any place names the antenna.
func (v *validation) inUse(reader string, n int) bool {
	return slices.Contains(v.AntennasOf(reader), n)
}

// AntennasOf answers the numbers of a reader's antennas that hear a room, a tray or a zone, in order.
func (c Config) AntennasOf(reader string) []int {
	var used []int
	add := func(id string, numbers []int) {
		if id == reader {
			used = append(used, numbers...)
		}
	}
	for _, r := range c.Rooms {
		add(r.Reader, r.Antennas)
	}
	for _, t := range c.Trays {
		add(t.Reader, t.Antennas)
	}
	for _, z := range c.Zones {
		add(z.Reader, z.Antennas)
	}
	slices.Sort(used)
	return slices.Compact(used)
}

// TrayOnly says that a reader reads trays and nothing else.
func (c Config) TrayOnly(reader string) bool {
	return slices.ContainsFunc(c.Trays, func(t Tray) bool { return t.Reader == reader }) &&
		!slices.ContainsFunc(c.Rooms, func(r Room) bool { return r.Reader == reader }) &&
		!slices.ContainsFunc(c.Zones, func(z Zone) bool { return z.Reader == reader })
}

// readerOf checks that there is such a reader and returns its kind, empty when there is none.
func (v *validation) readerOf(path, id string) ReaderKind {
	i := slices.IndexFunc(v.Readers, func(r Reader) bool { return r.ID == id && id != "" })
	if i >= 0 {
		return v.Readers[i].Kind
	}
	v.dangling(path, id, "reader", "readers", idsOf(v.Readers, func(r Reader) string { return r.ID }))
	return ""
}

func (v *validation) refersToRoom(path, id string) {
	ids := idsOf(v.Rooms, func(r Room) string { return r.ID })
	if !slices.Contains(ids, id) || id == "" {
		v.dangling(path, id, "room", "rooms", ids)
	}
}

// idsOf are the ids of a list, in order and once each. One that is missing or there twice is a fault of its own.
func idsOf[T any](list []T, id func(T) string) []string {
	ids := make([]string, 0, len(list))
	for _, entry := range list {
		if id := id(entry); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (v *validation) dangling(path, id, what, list string, ids []string) {
	instead := "add it to " + list
	if len(ids) > 0 {
		instead = fmt.Sprintf("write one of %s or %s", strings.Join(ids, ", "), instead)
	}
	if id == "" {
		v.fault(path, "is missing", instead)
		return
	}
	v.fault(path, "there is no "+what+" "+quoted(id), instead)
}

func (v *validation) kiosks() {
	ids, beside := v.namesOf("kiosks"), map[string]int{}
	for i, k := range v.Kiosks {
		at := fmt.Sprintf("kiosks[%d].", i)
		ids.check(i, "id", k.ID)
		if !known(v, at+"mode", k.Mode, FittingRoom, Checkout, Welcome) {
			continue
		}
		if k.Mode == FittingRoom {
			v.refersToRoom(at+"room", k.Room)
		} else if k.Room != "" {
			v.fault(at+"room", "is for fitting-room kiosks; this one is "+quoted(string(k.Mode)), "remove it")
		}
		if k.Tray != "" && k.Mode != Checkout {
			v.fault(at+"tray", "is for checkout kiosks; this one is "+quoted(string(k.Mode)), "remove it")
		} else {
			v.beside(beside, i, "tray", k.Tray, idsOf(v.Trays, func(t Tray) string { return t.ID }))
		}
		v.beside(beside, i, "scanner", k.Scanner, idsOf(v.Scanners, func(s Scanner) string { return s.ID }))
		v.counter(at, k)
	}
}

// beside checks what stands beside a kiosk: it is there, and beside no other.
func (v *validation) beside(taken map[string]int, kiosk int, key, id string, ids []string) {
	if id == "" {
		return
	}
	path := fmt.Sprintf("kiosks[%d].%s", kiosk, key)
	if !slices.Contains(ids, id) {
		v.dangling(path, id, key, key+"s", ids)
		return
	}
	if other, twice := taken[key+" "+id]; twice {
		v.fault(path, fmt.Sprintf("%s already stands beside kiosks[%d]", quoted(id), other), "give each kiosk its own")
		return
	}
	taken[key+" "+id] = kiosk
}
