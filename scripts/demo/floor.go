package main

import (
	"context"
	"fmt"

	"showroom/agent/lang"
	"showroom/agent/localapi"
	"showroom/devices/sim"
	"showroom/scripts/shop"
)

// lendTag hands out the loan tag that is in the bag of somebody who walks over the floor.
func lendTag(ctx context.Context, s *shop.Shop) error {
	story, err := sim.Demo()
	if err != nil {
		return err
	}
	for _, beacon := range story.Beacons {
		if err := s.Lend(ctx, beacon.Name, beacon.Identity()); err != nil {
			return err
		}
	}
	return nil
}

// floor is what was last seen of loan tags, of the scanner and of the checkout.
type floor struct {
	shop     *shop.Shop
	language lang.Tag          // of the figures
	zones    map[string]string // by what is written on the tag; nil before the first look
	scan     string
	till     localapi.Checkout
}

// look answers in words what has become different.
func (f *floor) look(ctx context.Context) []string {
	var tags localapi.Tags
	var k localapi.KioskState
	if getJSON(ctx, f.shop.Agent+localapi.PathTags, &tags) != nil || getJSON(ctx, f.shop.Agent+"/v1/kiosks/fr1", &k) != nil {
		return nil // the agent is away; the stream will notice
	}
	return append(append(f.strolls(tags.Tags), f.scanned(k.Scan)...), f.checkout(ctx)...)
}

func (f *floor) strolls(now []localapi.Tag) (story []string) {
	zones := map[string]string{}
	for _, tag := range now {
		zones[tag.Label] = tag.ZoneName
		switch tag.ZoneName {
		case f.zones[tag.Label]:
		case "":
			story = append(story, fmt.Sprintf("loan tag %s: nobody hears it any more", tag.Label))
		default:
			story = append(story, fmt.Sprintf("loan tag %s: in zone %s", tag.Label, tag.ZoneName))
		}
	}
	f.zones = zones
	return story
}

func (f *floor) checkout(ctx context.Context) []string {
	var k localapi.KioskState
	if getJSON(ctx, f.shop.Agent+checkoutPath+"?language=en", &k) != nil || k.Checkout == nil {
		return nil
	}
	was := f.till
	f.till = *k.Checkout
	return sold(was, f.till, f.language)
}

func (f *floor) scanned(now *localapi.Scan) []string {
	if now == nil || now.ID == f.scan {
		return nil
	}
	f.scan = now.ID
	if now.Product == nil {
		return []string{"fitting room 1: a code is scanned: " + now.Kind}
	}
	return []string{fmt.Sprintf("fitting room 1: a label is scanned, and the kiosk shows %s", now.Product.Name)}
}
