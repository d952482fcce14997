package customer

import (
	"context"
	"fmt"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
	"showroom/devices/ble"
)

// book is what the filters of the gateways look up, never changed once it is published.
type book struct {
	ring    ble.Ring
	current store.RadioKey
	known   map[ble.Pseudonym]devices.RadioID // empty for a tag that is put away
	loans   []showroom.Moment                 // when those that are lent went out
}

// renewal is a pseudonym on its way to the newest key.
type renewal struct {
	ring              ble.Ring
	previous, current ble.Pseudonym
}

func secret(k store.RadioKey) ble.Secret { return ble.Secret(k.Key) }

// Keys answers the keys of pseudonyms that are in use. It is a ble.Keys.
func (t *Tags) Keys(time.Time) ble.Ring { return t.book.Load().ring }

// Enrolled answers what a tag is known by. It is a ble.Enrolled.
func (t *Tags) Enrolled(p ble.Pseudonym) (devices.RadioID, bool) {
	id, ok := t.book.Load().known[p]
	return id, ok
}

// Renew is told of tags found under the previous key; Run moves them.
func (t *Tags) Renew(r ble.Renewal) {
	select {
	case t.renewals <- renewal{ring: r.Ring, previous: r.Previous, current: r.Current}:
	default:
	}
}

// Filter makes a privacy filter for one gateway's connection.
func (t *Tags) Filter() *ble.Filter {
	return ble.NewFilter(t.Keys, t.Enrolled, nil).TellRenewals(t.Renew)
}

// readBook has the filters look up what is in the store now.
func (t *Tags) readBook(ctx context.Context) error {
	t.reading.Lock() // or an older reading could replace a newer one
	defer t.reading.Unlock()
	return t.db.View(ctx, func(v *store.View) error {
		keys, err := v.RadioKeys()
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			return fmt.Errorf("read radio keys: there is none")
		}
		tags, err := v.RadioTags()
		if err != nil {
			return err
		}
		b := &book{current: keys[0], ring: ble.Ring{Current: secret(keys[0])}, known: make(map[ble.Pseudonym]devices.RadioID, len(tags))}
		if len(keys) > 1 {
			b.ring.Previous = secret(keys[1])
		}
		for _, tag := range tags {
			if !tag.Lapsed() {
				b.known[tag.Pseudonym] = tag.Radio
			}
			if tag.Kind == showroom.TagLoan && tag.Out() {
				b.loans = append(b.loans, tag.Since)
			}
		}
		before := t.book.Swap(b)
		t.forgetGone(before, b)
		select {
		case t.turned <- struct{}{}:
		default:
		}
		return nil
	})
}

// forgetGone has whoever remembers where tags are forget those that are no longer to be heard.
func (t *Tags) forgetGone(before, now *book) {
	if before == nil || t.opt.Forget == nil {
		return
	}
	out := make(map[devices.RadioID]bool, len(now.known))
	for _, id := range now.known {
		out[id] = true
	}
	for _, id := range before.known {
		if id != "" && !out[id] {
			t.opt.Forget(id)
		}
	}
}

// notUnder refuses an identity that is enrolled already, under whichever key.
func notUnder(tx *store.Tx, keys []store.RadioKey, id ble.Identity) error {
	for _, k := range keys {
		tag, found, err := tx.RadioTagUnder(secret(k).Pseudonym(id))
		if err != nil {
			return err
		}
		if found {
			return conflict(IdentityTaken, "This tag is already enrolled, as %q.", tag.Label)
		}
	}
	return nil
}

// moveOver enrols the tags that were found under the previous key under the newest one.
func (t *Tags) moveOver(ctx context.Context, found []renewal) error {
	changed := false
	err := t.db.Update(ctx, func(tx *store.Tx) error {
		keys, err := tx.RadioKeys()
		if err != nil {
			return err
		}
		for _, r := range found {
			if r.ring.Current != secret(keys[0]) {
				continue // made before the last change of keys; it will be heard again
			}
			tag, enrolled, err := tx.RadioTagUnder(r.previous)
			if err != nil {
				return err
			}
			if !enrolled {
				continue // moved over already, or given up
			}
			tag.Key, tag.Pseudonym = keys[0].Number, r.current
			if err := tx.PutRadioTag(tag); err != nil {
				return err
			}
			changed = true
		}
		dropped, err := dropUnused(tx)
		changed = changed || dropped
		return err
	})
	if err != nil {
		return fmt.Errorf("move tags to the newest key: %w", err)
	}
	if !changed {
		return nil
	}
	return t.readBook(ctx)
}

// dropUnused removes the keys that no tag is enrolled under, except the newest.
func dropUnused(tx *store.Tx) (dropped bool, err error) {
	keys, err := tx.RadioKeys()
	if err != nil || len(keys) < 2 {
		return false, err
	}
	tags, err := tx.RadioTags()
	if err != nil {
		return false, err
	}
	used := map[int]bool{}
	for _, tag := range tags {
		used[tag.Key] = true
	}
	for _, k := range keys[1:] {
		if used[k.Number] {
			continue
		}
		if _, err := tx.DeleteRadioKey(k.Number); err != nil {
			return false, err
		}
		dropped = true
	}
	return dropped, nil
}

// rotate makes the next key once the newest is old enough, and answers how long that will be. What was still enrolled under the key
// before it lapses.
func (t *Tags) rotate(ctx context.Context) (next time.Duration, err error) {
	now := t.opt.Clock()
	used, known := age(t.book.Load().current.Since, now)
	if !known || used < t.opt.KeyLife {
		return min(max(t.opt.KeyLife-used, time.Minute), time.Hour), nil
	}
	var made store.RadioKey
	lapsed := int64(0)
	if err := t.db.Update(ctx, func(tx *store.Tx) error {
		keys, err := tx.RadioKeys()
		if err != nil || keys[0].Number != t.book.Load().current.Number { // made before, and not read since
			return err
		}
		for _, k := range keys[1:] {
			n, err := tx.DeleteRadioKey(k.Number)
			if err != nil {
				return err
			}
			lapsed += n
		}
		if err := forgetLapsed(tx); err != nil {
			return err
		}
		if made, err = tx.NewRadioKey(); err != nil {
			return err
		}
		_, err = dropUnused(tx)
		return err
	}); err != nil {
		return 0, fmt.Errorf("make next radio key: %w", err)
	}
	if made.Number > 0 {
		t.opt.Log.Info("Radio tags have a new key", "number", made.Number)
	}
	if lapsed > 0 {
		t.opt.Log.Warn("Radio tags were not heard for too long and must be enrolled again", "tags", lapsed)
	}
	return min(t.opt.KeyLife, time.Hour), t.readBook(ctx)
}
