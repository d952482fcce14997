package live

import (
	"maps"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// Prompt is what a payment device says to the shopper it is busy with. The zero Prompt is none.
type Prompt struct {
	Settlement showroom.SettlementID
	Code       string // a word of ours, see showroom.Progress; "queued" while another kiosk is being served
	Text       string // the device's own words, for staff
	Since      time.Time
}

// Notice is the last thing at a kiosk that did not go as the shopper wanted. The zero Notice is none.
type Notice struct {
	ID   string // another one each time
	Code string
	GTIN gs1.GTIN
	Name showroom.Text
	At   time.Time
}

// Counter is what is true at a checkout kiosk now and is no fact.
type Counter struct {
	Prompt Prompt
	Notice Notice
	// Staff has unlocked the kiosk; empty for nobody.
	Staff    showroom.StaffID
	Unlocked showroom.Moment // when
	// Printed is how the print of the last receipt went: "", "asked", "done" or "failed".
	Printed string
	// Settling is until when the tray may still change; zero once it has come to rest.
	Settling showroom.Moment
	// Touched is when somebody last did something there.
	Touched showroom.Moment
}

// Counter answers what is true at a kiosk, the zero Counter for one nobody has spoken of.
func (b *Board) Counter(kiosk showroom.KioskID) Counter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counters[kiosk]
}

// ChangeCounter changes what is true at a kiosk. Screens are woken when it is another than before, not for a touch.
func (b *Board) ChangeCounter(kiosk showroom.KioskID, change func(*Counter)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.counters[kiosk]
	change(&c)
	before := b.counters[kiosk]
	b.counters[kiosk] = c
	before.Touched = c.Touched
	if !same(before, c) {
		b.wake()
	}
}

func same(a, b Counter) bool {
	return a.Prompt == b.Prompt && a.Notice.ID == b.Notice.ID && a.Notice.Code == b.Notice.Code && a.Notice.GTIN == b.Notice.GTIN &&
		maps.Equal(a.Notice.Name, b.Notice.Name) && (a.Settling == showroom.Moment{}) == (b.Settling == showroom.Moment{}) && a.Staff == b.Staff && a.Unlocked == b.Unlocked && a.Printed == b.Printed
}
