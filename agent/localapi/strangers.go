package localapi

import "time"

// Stranger is something that was noticed and that no configuration names. It is told by what it calls itself and by where it speaks,
// never by what it says.
type Stranger struct {
	// Kind is "unknown", "refused", or "rival" for a second program under a name of ours.
	Kind  string `json:"kind"`
	Via   string `json:"via"`             // "broker" or "serial port"
	Name  string `json:"name,omitempty"`  // id of its client, or name of its port
	Topic string `json:"topic,omitempty"` // the beginning of where it publishes
	// Clients is under how many ids somebody unknown publishes there; where there are several, none of them is the name.
	Clients int       `json:"clients,omitempty"`
	Count   uint64    `json:"count"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
}
