package config

import "time"

// Default is a valid configuration but for what no default can know: store.id, store.name and store.company_prefixes. It
// has no kiosks, rooms, readers or staff, an embedded broker on loopback, and no central service. Each call returns fresh slices.
func Default() Config {
	return Config{
		Store: Store{
			Timezone:          "Europe/Istanbul",
			BusinessDayStarts: ClockTime(6 * time.Hour),
			Currency:          "TRY",
			Languages:         []string{"tr", "en"},
		},
		StateDir:     "/var/lib/showroom",
		LocalAPI:     LocalAPI{Listen: "127.0.0.1:8460"},
		Broker:       Broker{Embedded: true, Listen: "127.0.0.1:1883"},
		Presence:     defaultPresence(),
		Fitting:      Fitting{EscalateAfter: 90 * time.Second, EscalateAgainAfter: 180 * time.Second, RequestExpires: 30 * time.Minute},
		StaffSession: 12 * time.Hour, // a working day with its breaks
		Central:      Central{PollWait: 25 * time.Second, BatchEvents: 500, BatchDelay: 250 * time.Millisecond},
		Retention: Retention{
			Facts:        720 * time.Hour, // 30 days
			Observations: 168 * time.Hour, // a week without the internet
			Local:        48 * time.Hour,
			DiskFloor:    200 * megabyte,
		},
		Log: Log{Level: LevelInfo, Format: FormatText},
	}
}

func defaultPresence() Presence {
	return Presence{
		Floor:            -65,
		Window:           5 * time.Second,
		ArriveReads:      3,
		ArriveWithin:     2 * time.Second,
		UnknownRSSIReads: 5,
		MoveReads:        2,
		MoveMargin:       6,
		NeighbourMargin:  9,
		MoveHold:         60 * time.Second,
		MoveDecay:        0.5,
		MinStay:          2 * time.Second,
		DepartAfter:      30 * time.Second,
		StaticAfter:      2 * time.Hour,
		VisitOpensAfter:  4 * time.Second,
		VisitPause:       3 * time.Minute,
		VisitIdle:        30 * time.Minute,
	}
}

// DefaultReader is what an entry of readers starts from.
func DefaultReader() Reader {
	return Reader{Baud: 115200, Region: RegionEU, Power: 20, Heartbeat: 2 * time.Second, SilentAfter: 4 * time.Second}
}
