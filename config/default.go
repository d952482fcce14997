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
		Fitting:      defaultFitting(),
		StaffSession: 12 * time.Hour, // a working day with its breaks
		Central:      Central{PollWait: 25 * time.Second, BatchEvents: 500, BatchDelay: 250 * time.Millisecond},
		Retention: Retention{
			Facts:        720 * time.Hour, // 30 days
			Observations: 168 * time.Hour, // a week without the internet
			Local:        48 * time.Hour,
			DiskFloor:    200 * megabyte,
			Pictures:     2000 * megabyte,
		},
		Checkout:  SelfCheckout{IdleAfter: time.Minute},
		Radio:     Radio{KeyRotates: 720 * time.Hour}, // 30 days
		Recording: Recording{MaxSize: 16 * megabyte},
		Log:       Log{Level: LevelInfo, Format: FormatText},
	}
}

func defaultFitting() Fitting {
	return Fitting{
		EscalateAfter:      90 * time.Second,
		EscalateAgainAfter: 180 * time.Second,
		RequestExpires:     30 * time.Minute,
		AskedPause:         10 * time.Minute,
		CarriedOpensAfter:  2 * time.Minute,
		PileSize:           10,
		PileWithin:         15 * time.Second,
		RestockFor:         30 * time.Minute,
	}
}

// DefaultReader is what an entry of readers without a known kind starts from: a serial module.
func DefaultReader() Reader { return DefaultReaderOf("") }

// DefaultReaderOf is what an entry of readers starts from. Keys that the kind has no use for are zero.
func DefaultReaderOf(kind ReaderKind) Reader {
	serial := Reader{Kind: kind, Baud: 115200, Region: RegionEU, Power: 20, Heartbeat: 2 * time.Second, SilentAfter: 4 * time.Second}
	switch kind {
	case R2000: // it answers every round; there is nothing to ask besides
		serial.Heartbeat = 0
	case LLRP:
		return Reader{Kind: kind, Heartbeat: 5 * time.Second, SilentAfter: 15 * time.Second}
	case ZebraIOTC:
		return Reader{Kind: kind, Heartbeat: 10 * time.Second, SilentAfter: 30 * time.Second}
	case Impinj, Template: // they say nothing while they see nothing, and an empty room must not look like a broken reader
		return Reader{Kind: kind, SilentAfter: 10 * time.Minute}
	}
	return serial
}

// DefaultGateway is what an entry of gateways starts from. OpenMQTTGateway tells its own figures every two minutes.
func DefaultGateway() Gateway { return Gateway{SilentAfter: 4 * time.Minute} }

// DefaultScanner is what an entry of scanners starts from.
func DefaultScanner() Scanner { return Scanner{Baud: 9600, Repeat: 1500 * time.Millisecond} }
