package sim

import (
	"fmt"
	"time"

	"showroom/agent/showroom"
)

// Trouble is something wrong with a device whose cable is plugged.
type Trouble string

// The troubles. Which a device can have is a matter of its kind; Garbled and Mute are everybody's.
const (
	WeakPower   Trouble = "power"   // its supply is too weak: a module starts anew and refuses its power, a device of the network is off
	Hot         Trouble = "hot"     // it is too hot, and says so
	LostAntenna Trouble = "antenna" // its first antenna is gone, and it says so
	Garbled     Trouble = "garbage" // what it says arrives damaged
	Mute        Trouble = "silence" // it is connected, and says nothing
	Well        Trouble = "off"     // no trouble any more
)

// defaultGarbage is for how long a line is disturbed when nobody says.
const defaultGarbage = 5 * time.Second

// UnknownTroubleError says that a device has no way to show a trouble.
type UnknownTroubleError struct {
	Device  showroom.DeviceID
	Trouble Trouble
}

func (e *UnknownTroubleError) Error() string {
	return fmt.Sprintf("a device like %s has no word for %s", e.Device, e.Trouble)
}

// trouble reads the troubles of an action: a fault by its name, the others by their verb.
func (s *sentence) trouble(verb string) (a Action) {
	a.Verb = Break
	a.Reader = s.device("a device")
	switch verb {
	case "garbage":
		a.Trouble, a.For = Garbled, defaultGarbage
	case "silence":
		a.Trouble = Mute
	default:
		switch a.Trouble = Trouble(s.next("what is wrong")); a.Trouble {
		case WeakPower, Hot, LostAntenna, Well:
		default:
			s.fail("%q is no fault: want %s, %s, %s or %s", a.Trouble, WeakPower, Hot, LostAntenna, Well)
		}
	}
	if s.peek() == "for" && a.Trouble != Well {
		s.next("for")
		a.For = s.interval("a trouble")
	}
	return a
}

// trouble is the words of a Break.
func (a Action) trouble() string {
	device, lasts := quoted(string(a.Reader)), ""
	if a.For > 0 {
		lasts = " for " + a.For.String()
	}
	switch a.Trouble {
	case Garbled, Mute:
		return fmt.Sprintf("%s %s%s", a.Trouble, device, lasts)
	}
	return fmt.Sprintf("fault %s %s%s", device, a.Trouble, lasts)
}
