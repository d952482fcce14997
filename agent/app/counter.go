package app

import (
	"cmp"
	"context"
	"errors"

	"showroom/agent/httpd"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
	"showroom/devices/pos/zvt"
)

// toolStaff is who has done what is done from the command line: whoever may use the agent's socket.
const toolStaff showroom.StaffID = "showroom-agent"

// servedCounter is what engineers ask of the machines of the counter; nil where there are none.
func (a *agent) servedCounter() *httpd.Counter {
	if a.desks == nil && a.tills == nil {
		return nil
	}
	o := &httpd.Counter{Terminals: map[showroom.DeviceID]httpd.Terminal{}, PrintTest: map[showroom.DeviceID]func(context.Context) error{}}
	if len(a.cfg.Tills) > 0 {
		o.Tills = a.tills
	}
	for id, m := range a.machines {
		t := httpd.Terminal{Status: a.standing(id)}
		if pt, ok := m.Settler.(*zvt.Terminal); ok {
			t.Status = reported(func(ctx context.Context) (zvt.Report, error) { return pt.State(ctx) })
			t.Repeat = reported(pt.Repeat)
			t.EndOfDay = func(ctx context.Context, tell func(showroom.Progress)) ([]string, string, error) {
				return reported(func(ctx context.Context) (zvt.Report, error) { return pt.EndOfDay(ctx, tell) })(ctx)
			}
		}
		o.Terminals[id] = t
	}
	for id, p := range a.printers {
		o.PrintTest[id] = func(ctx context.Context) error {
			if err := a.away(id); err != nil {
				return err
			}
			return plainly(p.PrintTest(ctx))
		}
	}
	if a.desks != nil {
		o.Charge = func(tx *store.Tx, device showroom.DeviceID, amount showroom.Money, why string) (showroom.SettlementID, error) {
			return a.desks.Charge(tx, device, amount, toolStaff, why)
		}
	}
	return o
}

// standing says how a device is that can not be asked, as the board knows it.
func (a *agent) standing(id showroom.DeviceID) func(context.Context) ([]string, string, error) {
	return func(context.Context) ([]string, string, error) {
		known, _ := a.board.Device(id)
		if known.State == devices.Up {
			return nil, "", nil
		}
		return nil, cmp.Or(known.Reason, known.State.String()), nil
	}
}

// away is why a device can do nothing at the moment, as the board knows it; nil when it may. An engineer who stands beside a printer
// without power should not be kept waiting for it as a receipt would be.
func (a *agent) away(id showroom.DeviceID) error {
	known, heard := a.board.Device(id)
	if !heard || known.State == devices.Up {
		return nil
	}
	why := cmp.Or(known.Reason, known.State.String())
	if known.Advice != "" {
		return showroom.Errorf(showroom.CodeUnavailable, "%s can not print now: %s. %s", id, why, known.Advice)
	}
	return showroom.Errorf(showroom.CodeUnavailable, "%s can not print now: %s.", id, why)
}

// reported makes a terminal's answer one for people.
func reported(do func(context.Context) (zvt.Report, error)) func(context.Context) ([]string, string, error) {
	return func(ctx context.Context) ([]string, string, error) {
		r, err := do(ctx)
		if refusal, ok := errors.AsType[*zvt.Refusal](err); ok {
			return r.Lines, refusal.Error(), nil // it has answered, and this is how it is
		}
		return r.Lines, r.Status, plainly(err)
	}
}

// plainly tells people what an engineer would read.
func plainly(err error) error {
	if err == nil || showroom.ErrorCode(err) != showroom.CodeInternal {
		return err
	}
	if wrong, ok := errors.AsType[*devices.Error](err); ok && wrong.Hint != "" {
		return showroom.Errorf(showroom.CodeUnavailable, "%s: %s", wrong.Error(), wrong.Hint)
	}
	return showroom.Errorf(showroom.CodeUnavailable, "The device could not do it: %s.", err.Error())
}
