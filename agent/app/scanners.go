package app

import (
	"context"
	"log/slog"

	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices"
	"showroom/devices/link"
	"showroom/devices/scan"
)

// scanner answers what serves a bar code scanner over one connection.
func (a *agent) scanner(s config.Scanner) func(context.Context) error {
	id := showroom.DeviceID(s.ID)
	feed := scanFeed{a.feed(s.ID), a.counter}
	o := scan.Options{Device: id, Rules: scanRules(a.cfg.Scan), Gap: s.Gap, Repeat: s.Repeat}
	port := a.port(s.ID, s.Port, s.Baud)
	port.IdleTimeout = o.Idle()
	return overPort(port, func(ctx context.Context, p *link.Port) error { return scan.New(o).Run(ctx, p, feed) })
}

func scanRules(c config.Scan) scan.Rules {
	rules := scan.Rules{NoRead: c.NoRead, ElementStrings: c.ElementStrings, UPCE: c.UPCE}
	if len(c.NoRead) == 0 {
		rules.NoRead = nil // what scanners usually say
	}
	for _, p := range c.Prefixes {
		rules.Prefixes = append(rules.Prefixes, scan.Prefix{Text: p.Text, Kind: devices.ScanKind(p.Kind)})
	}
	return rules
}

// counter is where codes wait for the kiosk they are shown to, so that a scanner need not wait for the store.
type counter struct {
	// codes holds more than anybody can scan while a commit takes its time; when it is full, a code is dropped and said to be.
	codes chan devices.Scan
	log   *slog.Logger
}

func newCounter(log *slog.Logger) *counter {
	return &counter{codes: make(chan devices.Scan, 64), log: log}
}

func (c *counter) take(code devices.Scan) {
	select {
	case c.codes <- code:
	default:
		c.log.Warn("A scanned code is dropped: the store is too slow", "scanner", string(code.Scanner))
	}
}

// serve gives the codes to whom they are for until ctx ends.
func (c *counter) serve(ctx context.Context, scan func(context.Context, devices.Scan) error) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case code := <-c.codes:
			if err := scan(ctx, code); err != nil && ctx.Err() == nil {
				c.log.Warn("A scanned code comes to nothing", "scanner", string(code.Scanner), "kind", string(code.Kind), "err", err)
			}
		}
	}
}
