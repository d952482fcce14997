package app

import (
	"log/slog"

	"showroom/agent/fitting"
	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/config"
)

// Rules answers what decides about garments and rooms under a configuration, for whoever runs the rules without an agent. The
// clock, the ids and the log of the fitting options are left to the caller.
func Rules(cfg config.Config) (presence.Config, fitting.Options) {
	o := fittingOptions(cfg, nil, slog.New(slog.DiscardHandler))
	o.Clock = nil
	return presenceConfig(cfg), o
}

// ZoneRules answers what decides about radio tags under a configuration.
func ZoneRules(cfg config.Config) zones.Config { return zonesConfig(cfg) }
