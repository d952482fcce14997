package config

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// longest is more than anything that people in a shop wait for.
const longest = 31 * 24 * time.Hour

// atLeast checks a value against another one of the same section.
func atLeast[T int | DB | time.Duration](v *validation, path string, value, least T, other string) {
	if value < least {
		v.fault(path, fmt.Sprintf("%s is less than %s, which is %s", plain(value), other, plain(least)), "write "+plain(least)+" or more")
		return
	}
	if d, ok := any(value).(time.Duration); ok && d > longest {
		v.fault(path, fmt.Sprintf("%s is more than %s", plain(d), plain(longest)), "write "+plain(longest)+" or less")
	}
}

func (v *validation) fitting() {
	f, n := v.Fitting, v.normal.Fitting
	within(v, "fitting.escalate_after", f.EscalateAfter, 5*time.Second, time.Hour, n.EscalateAfter)
	atLeast(v, "fitting.escalate_again_after", f.EscalateAgainAfter, f.EscalateAfter, "escalate_after")
	atLeast(v, "fitting.request_expires", f.RequestExpires, f.EscalateAgainAfter, "escalate_again_after")
	atLeast(v, "fitting.asked_pause", f.AskedPause, v.Presence.VisitPause, "presence.visit_pause")
	atLeast(v, "fitting.carried_opens_after", f.CarriedOpensAfter, v.Presence.DepartAfter, "presence.depart_after")
	if f.PileSize != 0 {
		within(v, "fitting.pile_size", f.PileSize, 4, 100, n.PileSize)
	}
	within(v, "fitting.pile_within", f.PileWithin, time.Second, 5*time.Minute, n.PileWithin)
	within(v, "fitting.restock_for", f.RestockFor, time.Minute, 4*time.Hour, n.RestockFor)
}

func (v *validation) staff() {
	within(v, "staff_session", v.StaffSession, time.Minute, 7*24*time.Hour, v.normal.StaffSession)
	ids := v.namesOf("staff")
	for i, s := range v.Staff {
		at := fmt.Sprintf("staff[%d].", i)
		ids.check(i, "id", s.ID)
		v.required(at+"name", s.Name, "write what colleagues call this person")
		known(v, at+"role", s.Role, Associate, Manager, Technician)
		if problem := checkPINHash(s.PINHash.Reveal()); problem != "" {
			v.fault(at+"pin_hash", problem, "write what showroom-agent hash-pin prints")
		}
	}
}

// checkPINHash says what keeps text from being an argon2id hash in PHC string form, without repeating it. The limits keep one sign-in
// from taking a Pi's memory, and a hash from being guessed in an afternoon.
func checkPINHash(text string) string {
	if text == "" {
		return "is missing"
	}
	m := regexp.MustCompile(`^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$`).FindStringSubmatch(text)
	if m == nil {
		return "is not an argon2id hash ($argon2id$v=19$m=...,t=...,p=...$salt$hash)"
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n } // the pattern admits digits only
	memory, passes, lanes := number(m[1]), number(m[2]), number(m[3])
	salt, saltErr := base64.RawStdEncoding.DecodeString(m[4])
	hash, hashErr := base64.RawStdEncoding.DecodeString(m[5])
	switch {
	case saltErr != nil || hashErr != nil:
		return "has a salt or hash that is not base64 without padding"
	case len(salt) < 8 || len(hash) < 16:
		return "has a salt of less than 8 bytes or a hash of less than 16"
	case lanes < 1 || lanes > 16 || passes < 1 || passes > 50:
		return "asks for fewer than 1 or more than 50 passes, or more than 16 lanes"
	case memory < 8*lanes || memory > 256*1024:
		return "asks for less than 8 KiB a lane or more than 256 MiB of memory"
	}
	return ""
}

func (v *validation) central() {
	c, n := v.Central, v.normal.Central
	if c.URL != "" {
		v.centralURL()
	}
	if c.Device != "" {
		v.identifier("central.device", c.Device)
	}
	v.absolute("central.token_file", c.TokenFile)
	within(v, "central.poll_wait", c.PollWait, time.Second, 55*time.Second, n.PollWait)
	within(v, "central.batch_events", c.BatchEvents, 1, 1000, n.BatchEvents)
	within(v, "central.batch_delay", c.BatchDelay, 0, time.Minute, n.BatchDelay)
}

func (v *validation) centralURL() {
	c := v.Central
	u := v.remote("central.url", c.URL, "write it like https://central.example", "https", "http")
	if u != nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		v.fault("central.url", "would send the shop's token and its customers' data in the clear", "write https://"+u.Host+u.Path)
	}
	switch {
	case c.Token == "" && c.TokenFile == "":
		v.fault("central.token_file", "is missing beside a url", "write the path of the file that holds this device's token")
	case c.Token != "" && c.TokenFile != "":
		v.fault("central.token", "stands beside a token_file, and only one can be meant", "remove one of the two")
	}
}

func (v *validation) retention() {
	r, n := v.Retention, v.normal.Retention
	const year = 366 * 24 * time.Hour
	within(v, "retention.facts", r.Facts, 48*time.Hour, 10*year, n.Facts) // the daily digest must find yesterday's
	within(v, "retention.observations", r.Observations, time.Hour, year, n.Observations)
	within(v, "retention.local", r.Local, time.Hour, year, n.Local)
	within(v, "retention.disk_floor", r.DiskFloor, 20*megabyte, 1_000_000*megabyte, n.DiskFloor)
	within(v, "retention.pictures", r.Pictures, 20*megabyte, 1_000_000*megabyte, n.Pictures)
}

func (v *validation) log() {
	known(v, "log.level", v.Log.Level, LevelDebug, LevelInfo, LevelWarn, LevelError)
	known(v, "log.format", v.Log.Format, FormatText, FormatJSON)
}
