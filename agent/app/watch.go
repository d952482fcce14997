package app

import (
	"context"

	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/devices"
)

// watch writes into the log what becomes of devices and of the central service: once when it is lost, and once when it is back.
func (a *agent) watch(ctx context.Context) error {
	states := map[showroom.DeviceID]devices.State{}
	connected := true // a shop that finds its centre at once has nothing to tell
	for {
		changed := a.board.Changed()
		now := a.board.Snapshot()
		for _, d := range now.Devices {
			was, known := states[d.Device]
			if !known && d.State == devices.Down && (d.Reason == notYet || d.Reason == nothingYet) {
				continue // it may be about to come
			}
			states[d.Device] = d.State
			if known && was == d.State {
				continue
			}
			a.tellDevice(d)
		}
		if a.cfg.Central.URL != "" && !now.Sync.Since.IsZero() && now.Sync.Connected != connected && (now.Sync.Connected || now.Sync.Error != "") { // before the first try nobody knows
			connected = now.Sync.Connected
			a.tellCentral(now.Sync)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

func (a *agent) tellDevice(d live.Device) {
	if d.State == devices.Up {
		a.log.Info("Device works", "device", string(d.Device), "reconnects", d.Reconnects)
		return
	}
	a.log.Warn("Device does not work", "device", string(d.Device), "state", d.State.String(), "reason", d.Reason, "advice", d.Advice)
}

func (a *agent) tellCentral(s live.Sync) {
	if s.Connected {
		a.log.Info("Central service answers", "waiting", s.Waiting)
		return
	}
	a.log.Warn("Central service does not answer; the shop goes on without it", "err", s.Error, "waiting", s.Waiting)
}
