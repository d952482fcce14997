package config

import (
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"time"
)

// DBm is a radio power relative to one milliwatt: "20dBm" in the file.
type DBm float64

// String writes the power as the file does.
func (p DBm) String() string { return decimal(float64(p)) + "dBm" }

// Hundredths is the power in hundredths of a dBm, as readers take it.
func (p DBm) Hundredths() int { return int(math.Round(float64(p) * 100)) }

// DB is a ratio of two radio powers: "6dB" in the file.
type DB float64

// String writes the ratio as the file does.
func (r DB) String() string { return decimal(float64(r)) + "dB" }

// Bytes is an amount of storage in bytes: "200MB" in the file, where 1 MB is a million bytes as on a flash card's label.
type Bytes int64

// String writes the amount in the largest unit that needs no fraction.
func (b Bytes) String() string {
	for _, u := range byteUnits() {
		if b != 0 && b%u.size == 0 {
			return strconv.FormatInt(int64(b/u.size), 10) + u.name
		}
	}
	return "0B"
}

// ClockTime is a time of day as the duration since midnight: "06:00" in the file.
type ClockTime time.Duration

// String writes the time of day as the file does.
func (t ClockTime) String() string {
	m := int(time.Duration(t) / time.Minute)
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}

// Secret is text that prints as "(hidden)" in logs, error messages and dumps of the configuration.
type Secret string

// Reveal returns the text itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String hides the text; an empty secret stays visible as empty.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(hidden)"
}

// GoString hides the text from %#v.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the text from JSON and YAML encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

const megabyte Bytes = 1_000_000

type byteUnit struct {
	name string
	size Bytes
}

// byteUnits are the units of Bytes, largest first.
func byteUnits() []byteUnit {
	return []byteUnit{{"TB", 1_000_000 * megabyte}, {"GB", 1_000 * megabyte}, {"MB", megabyte}, {"kB", 1_000}, {"B", 1}}
}
