package checkout

import (
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Profile is what the law of a country asks of a checkout.
type Profile struct {
	Country string // "TR", "DE", "AT", "IT", or "plain" for the demo
	// Fiscal: the device that takes the money must put its seal on the sale.
	Fiscal bool
	// Missing is the device the law asks for and that nobody here can drive; empty for none. With it nobody can pay here.
	Missing string
}

// ProfileOf answers the profile of a country, false for one nobody knows.
func ProfileOf(country string) (Profile, bool) {
	switch p := (Profile{Country: country}); country {
	case "TR":
		p.Fiscal = true // a cash register of the new generation takes basket and tender in one act
		return p, true
	case "DE":
		p.Missing = "a certified security device (TSE)"
		return p, true
	case "AT":
		p.Missing = "a signature device (RKSV)"
		return p, true
	case "IT":
		p.Missing = "a telematic recorder (RT)"
		return p, true
	case "plain":
		return p, true
	}
	return Profile{}, false
}

// shut is why nobody can begin to pay at a kiosk; empty when somebody can.
func (d *Desks) shut(k Kiosk, desk showroom.Desk, at showroom.Moment) string {
	switch {
	case d.opt.Profile.Missing != "":
		return "no_profile"
	case desk.Closed:
		return "staff"
	case at.Quality == showroom.ClockNone:
		return "clock" // which prices hold today nobody knows, nor what day the receipt would show
	case !d.hours(at):
		return "schedule"
	case d.db.Reserve() != nil:
		return "disk"
	}
	return d.unready(k)
}

// machine is the reason for a device that is not ready, in the word of the country: every kiosk of a shop says the same of the same device.
func (d *Desks) machine() string {
	if d.opt.Profile.Fiscal {
		return "fiscal"
	}
	return "terminal"
}

// outOfPaper is the reason that drivers give for a device without paper.
const outOfPaper = "paper out"

// unready is why the device of a kiosk can move no money now; empty when it can.
func (d *Desks) unready(k Kiosk) string {
	word := d.machine()
	m, there := d.opt.Machines[k.Settler]
	now, known := d.board.Device(k.Settler)
	switch {
	case !there || d.opt.Profile.Fiscal && !m.Fiscal:
		return word
	case known && now.State == devices.Fault && now.Reason == outOfPaper:
		return "paper"
	case !known || now.State != devices.Up:
		return word
	}
	return ""
}

// Why says in a sentence for engineers why nobody can pay under the profile; empty when somebody can.
func (p Profile) Why() string {
	if p.Missing == "" {
		return ""
	}
	return "The law of " + p.Country + " asks for " + p.Missing + ", and this program has no plug-in that drives one. Self-checkout stays closed; baskets go to the till."
}

// hours says whether self-checkout is open by the clock on the wall. Hours that end after midnight do so.
func (d *Desks) hours(at showroom.Moment) bool {
	if d.opt.Opens == d.opt.Closes {
		return true
	}
	t := at.Wall.In(d.opt.Location)
	since := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	if d.opt.Opens < d.opt.Closes {
		return since >= d.opt.Opens && since < d.opt.Closes
	}
	return since >= d.opt.Opens || since < d.opt.Closes
}
