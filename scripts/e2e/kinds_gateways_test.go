package e2e

import (
	"errors"
	"fmt"
	"slices"

	"showroom/devices/sim"
	"showroom/scripts/shop"
)

// enrol enrols all loan tags, under the names that the simulated shop has for them.
func (s *kinds) enrol() {
	s.t.Helper()
	var labels []string
	for _, gateway := range shop.Gateways() {
		labels = append(labels, shop.LoanTag(gateway))
	}
	for i, label := range append(labels, shop.Stroller) {
		tag := sim.Beacon{Major: 1, Minor: uint16(i + 1)} // as the scenario numbers them
		_, err := s.agent("tag", "enrol", "--label", label, tag.Identity())
		s.must(err)
	}
}

// untilInZones waits until each loan tag is in the zone it is in.
func (s *kinds) untilInZones() {
	s.t.Helper()
	s.must(s.watch.await("each loan tag is in its zone", func(now sight) error {
		return errors.Join(now.inZone(shop.Stroller, "door"), now.allInZones(shop.Gateways()))
	}))
}

// gateways has the gateways go through everything: all but the one at the door, where a tag leaves meanwhile.
func (s *kinds) gateways() error {
	all := slices.DeleteFunc(shop.Gateways(), func(id string) bool { return id == "door" })
	s.watch.touch(all...)
	offline := func(now sight) error {
		var wrong []error
		for _, id := range all {
			if id == "minew" { // whose gateways leave no will at the broker
				wrong = append(wrong, now.is(id, "silent", "no message"))
			} else {
				wrong = append(wrong, now.is(id, "down", "gateway offline"))
			}
		}
		return errors.Join(wrong...)
	}
	silent := func(now sight) error {
		var wrong []error
		for _, id := range all {
			wrong = append(wrong, now.is(id, "silent", "no message"))
		}
		return errors.Join(wrong...)
	}
	return errors.Join(
		s.outage(all, "pull %s", "plug %s", offline),
		s.outage(all, "silence %s", "fault %s off", silent),
		s.noise(all),
		s.stroll(),
	)
}

// outage takes gateways out of work. Their tags stay where they are for longer than it takes a tag to leave whose gateway hears nothing
// of it, and are still there when the gateways are back.
func (s *kinds) outage(gateways []string, ails, heals string, ill func(sight) error) error {
	for _, id := range gateways {
		if err := s.order(ails, id); err != nil {
			return err
		}
	}
	if err := s.watch.await("health tells of "+ails, ill); err != nil {
		return err
	}
	if err := s.order("walk %s away", shop.Stroller); err != nil {
		return err
	}
	if err := s.watch.await("a tag has left the shop", func(now sight) error {
		return errors.Join(now.allInZones(shop.Gateways()), now.inZone(shop.Stroller, ""))
	}); err != nil {
		return err
	}
	for _, id := range gateways {
		if err := s.order(heals, id); err != nil {
			return err
		}
	}
	if err := s.order("walk %s to door", shop.Stroller); err != nil {
		return err
	}
	return s.watch.await("gateways and tag are back", func(now sight) error {
		return errors.Join(now.allUp(gateways), now.allInZones(shop.Gateways()), now.inZone(shop.Stroller, "door"))
	})
}

// noise damages what gateways say until that is told. Some go on to say, undamaged, that they are online.
func (s *kinds) noise(gateways []string) error {
	before := s.watch.now().devices
	for _, id := range gateways {
		if err := s.order("garbage %s for 1h", id); err != nil {
			return err
		}
	}
	if err := s.watch.await("what is damaged is counted", func(now sight) error {
		for _, id := range gateways {
			if now.devices[id].Bad < before[id].Bad+3 {
				return fmt.Errorf("%s has %d bad messages, before it were %d", id, now.devices[id].Bad, before[id].Bad)
			}
			if err := now.is(id, "silent", "garbage"); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, id := range gateways {
		if err := s.order("fault %s off", id); err != nil {
			return err
		}
	}
	before = s.watch.now().devices
	return s.watch.await("the gateways hear again", func(now sight) error {
		for _, id := range gateways {
			if now.devices[id].Foreign <= before[id].Foreign {
				return fmt.Errorf("%s has heard no passer-by", id)
			}
		}
		return errors.Join(now.allUp(gateways), now.allInZones(shop.Gateways()))
	})
}

// stroll has a tag go from one zone to another. From now on all gateways are to be left alone.
func (s *kinds) stroll() error {
	s.watch.leave(shop.Gateways()...)
	if err := s.order("walk %s to ruuvi", shop.Stroller); err != nil {
		return err
	}
	return s.watch.await("the tag has walked", func(now sight) error {
		return errors.Join(now.allInZones(shop.Gateways()), now.inZone(shop.Stroller, "ruuvi"))
	})
}

// allInZones wants the loan tag of each gateway in the gateway's zone.
func (s sight) allInZones(gateways []string) error {
	var wrong []error
	for _, id := range gateways {
		wrong = append(wrong, s.inZone(shop.LoanTag(id), id))
	}
	return errors.Join(wrong...)
}

// inZone wants a loan tag in a zone, or in none.
func (s sight) inZone(label, zone string) error {
	if tag := s.tags[label]; tag.Label == "" || tag.Zone != zone {
		return fmt.Errorf("loan tag %s is in zone %q, want %q", label, tag.Zone, zone)
	}
	return nil
}

func (s sight) allUp(ids []string) error {
	var wrong []error
	for _, id := range ids {
		wrong = append(wrong, s.is(id, "up", ""))
	}
	return errors.Join(wrong...)
}
