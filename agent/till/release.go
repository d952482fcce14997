package till

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// Wire is a connection to the broker as far as a security device needs one.
type Wire interface {
	// Publish sends a message and waits until the broker has it.
	Publish(ctx context.Context, topic string, qos byte, retained bool, payload []byte) error
	// Subscribe begins a subscription; the channel closes when the connection is lost.
	Subscribe(ctx context.Context, filter string) (<-chan devices.Message, error)
}

const maxTries = 3

// releases are the rows that have a sale's garments let go of. Which device does is looked up when it is told; see inCharge. Doubtful
// garments are left to staff at once.
func (t *Tills) releases(at showroom.Moment, sale showroom.Sale, garments, doubtful []showroom.Line) []store.Release {
	var all []store.Release
	for _, l := range garments {
		all = append(all, store.Release{ID: t.opt.NewID(), Sale: sale.ID, GTIN: l.GTIN, EPC: l.EPC, State: store.ReleaseWaiting, Changed: at})
	}
	device, stands := t.beside(sale)
	for _, l := range doubtful {
		if stands {
			all = append(all, store.Release{ID: t.opt.NewID(), Sale: sale.ID, GTIN: l.GTIN, State: store.ReleaseFailed, Device: device, Changed: at, Detail: "not all pieces were sold"})
		}
	}
	return all
}

// inCharge answers which device is to let go of a garment; false when nothing stands where it was sold that could. Of a sale that is
// not known any more nobody can say, and the device is empty.
func (t *Tills) inCharge(v *store.View, r store.Release) (showroom.DeviceID, bool, error) {
	if r.Device != "" {
		return r.Device, true, nil
	}
	sale, err := v.Sale(r.Sale)
	if showroom.ErrorCode(err) == showroom.CodeNotFound {
		return "", true, nil
	}
	if err != nil {
		return "", false, err
	}
	device, stands := t.beside(sale)
	return device, stands, nil
}

// beside answers the security device of where a sale was made.
func (t *Tills) beside(s showroom.Sale) (showroom.DeviceID, bool) {
	for _, d := range t.opt.Security {
		if s.Till == "" && slices.Contains(d.Kiosks, s.Kiosk) || s.Till != "" && slices.Contains(d.Tills, s.Till) {
			return d.ID, true
		}
	}
	for _, d := range t.opt.Security {
		if len(d.Kiosks)+len(d.Tills) == 0 {
			return d.ID, true
		}
	}
	return "", false
}

// Serve has one security device let go of what was sold, over one connection to the broker, until ctx ends or the connection is lost.
func (t *Tills) Serve(ctx context.Context, device showroom.DeviceID, wire Wire) error {
	i := slices.IndexFunc(t.opt.Security, func(s Security) bool { return s.ID == device })
	if i < 0 {
		return fmt.Errorf("serve security device %s: not configured", device)
	}
	s := t.opt.Security[i]
	results, err := wire.Subscribe(ctx, s.Topic+"/result")
	if err != nil {
		return err
	}
	for {
		changed := t.db.Changed()
		next, err := t.command(ctx, s, wire)
		if err != nil {
			return err
		}
		wait := time.NewTimer(next)
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case m, more := <-results:
			wait.Stop()
			if !more {
				return &devices.Error{Op: "listen to security device " + string(device), Err: errors.New("broker connection lost")}
			}
			if err := t.heard(ctx, s, m); err != nil {
				return err
			}
		case <-changed:
			wait.Stop()
		case <-wait.C:
		}
	}
}

// command tells the device what it has not been told, or not been heard of, and answers when to look again.
func (t *Tills) command(ctx context.Context, s Security, wire Wire) (time.Duration, error) {
	const longest = time.Minute
	next := longest
	var due []store.Release
	err := t.db.View(ctx, func(v *store.View) error {
		all, err := v.PendingReleases()
		for _, r := range all {
			device, _, err := t.inCharge(v, r)
			if err != nil {
				return err
			}
			if device != s.ID {
				continue
			}
			left := t.opt.Clock().Left(t.opt.Patience, r.Changed)
			switch {
			case r.State == store.ReleaseWaiting || left <= 0 && r.Tries < maxTries:
				due = append(due, r)
			case left > 0:
				next = min(next, left)
			}
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read what is to be released: %w", err)
	}
	for _, r := range due {
		if err := t.tell(ctx, s, wire, r); err != nil {
			return 0, err
		}
		next = min(next, t.opt.Patience)
	}
	return next, nil
}

// tell commands one release. That it was told is stored first: what may have been heard is never new.
func (t *Tills) tell(ctx context.Context, s Security, wire Wire, r store.Release) error {
	r.State, r.Device, r.Tries = store.ReleaseAsked, s.ID, r.Tries+1
	over := true
	err := t.db.Update(ctx, func(tx *store.Tx) error {
		if now, err := tx.Release(r.ID); err != nil || now.State == store.ReleaseFailed {
			return ifThere(err)
		}
		over, r.Changed = false, tx.Now()
		return tx.PutRelease(r)
	})
	if err != nil || over {
		return err
	}
	c, err := encode(Command{ID: r.ID, Device: s.ID, EPC: r.EPC, Expires: r.Changed.Wall.Add(t.opt.PatienceEnds)}.Seal(s.Key))
	if err != nil {
		return fmt.Errorf("encode release: %w", err)
	}
	return wire.Publish(ctx, s.Topic+"/command", 1, false, c)
}

// ifThere takes what is no longer there for done: it is no error.
func ifThere(err error) error {
	if showroom.ErrorCode(err) == showroom.CodeNotFound {
		return nil
	}
	return err
}

// heard takes a device's word on one garment. One that is not under its key, or about nothing we asked, is counted and forgotten.
func (t *Tills) heard(ctx context.Context, s Security, m devices.Message) error {
	result, err := parseResult(m.Payload)
	if err != nil || result.Device != s.ID || !result.Genuine(s.Key) {
		t.count.forged.Add(1)
		t.opt.Log.Warn("Security device said what it did not sign", "device", string(s.ID))
		return nil
	}
	return t.db.Update(ctx, func(tx *store.Tx) error {
		r, err := tx.Release(result.ID)
		if err != nil || r.Device != s.ID {
			return ifThere(err)
		}
		if result.Result == Released {
			// After it was given up, too: the tag is off, and nobody need come.
			if err := tx.DeleteRelease(r.ID); err != nil {
				return err
			}
			return tell(tx, showroom.TagReleased{Sale: r.Sale, GTIN: r.GTIN, Device: s.ID, OK: true})
		}
		if r.State == store.ReleaseFailed {
			return nil
		}
		return t.fail(tx, r, string(result.Result)+": "+pan.Mask(result.Detail))
	})
}

// giveUp calls staff for a garment that no device has answered for. One that has been answered meanwhile is left alone.
func (t *Tills) giveUp(tx *store.Tx, id string) error {
	r, err := tx.Release(id)
	if err != nil {
		return ifThere(err)
	}
	device, stands, err := t.inCharge(&tx.View, r)
	if err != nil {
		return err
	}
	if !stands { // there is nothing on the garment that would have to come off
		return tx.DeleteRelease(id)
	}
	r.Device = device
	if r.Changed.Ahead(tx.Now()) { // nobody knows since when: its time begins anew
		r.Changed = tx.Now()
		return tx.PutRelease(r)
	}
	if r.State == store.ReleaseFailed || tx.Now().Left(t.opt.PatienceEnds, r.Changed) > 0 {
		return nil
	}
	detail := "no answer"
	if r.State == store.ReleaseWaiting {
		detail = "not reached"
	}
	return t.fail(tx, r, detail)
}

// fail leaves a release to staff. The sale stays as it is.
func (t *Tills) fail(tx *store.Tx, r store.Release, detail string) error {
	r.State, r.Detail, r.Changed = store.ReleaseFailed, detail, tx.Now()
	if err := tx.PutRelease(r); err != nil {
		return err
	}
	t.opt.Log.Warn("Security tag is still on a sold garment", "device", string(r.Device), "detail", detail)
	return tell(tx, showroom.TagReleased{Sale: r.Sale, GTIN: r.GTIN, Device: r.Device, Detail: detail})
}

// Seen forgets a release that staff have seen to: the tag is off.
func (t *Tills) Seen(tx *store.Tx, id string) error {
	r, err := tx.Release(id)
	if err != nil {
		return err
	}
	if r.State != store.ReleaseFailed {
		return showroom.Errorf(showroom.CodeConflict, "The security device is still at it.")
	}
	if err := tx.DeleteRelease(id); err != nil {
		return err
	}
	return tell(tx, showroom.TagReleased{Sale: r.Sale, GTIN: r.GTIN, Device: r.Device, OK: true, Detail: "by hand"})
}
