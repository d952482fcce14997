// Package tillsim is a staffed till and a security device as they behave at a broker, with the faults they have. They know the
// contract from agent/till/till.asyncapi.yaml and share no code with the agent, so that both sides prove the contract.
package tillsim

import (
	"sync"
)

// Fault is what a simulated machine does wrong.
type Fault string

// The faults. A till knows Duplicate and Gap, a security device the others.
const (
	NoAnswer  Fault = "no-answer" // it lets nothing go and says nothing
	RefuseOne Fault = "refuse"    // it says no
	Late      Fault = "late"      // it obeys at once and says so only when it is asked again
	Broken    Fault = "broken"    // it says that it can not
	Duplicate Fault = "duplicate" // an event is sent twice
	Gap       Fault = "gap"       // an event is lost before it is sent: its number never comes
)

// Faults are all of them.
func Faults() []Fault { return []Fault{NoAnswer, RefuseOne, Late, Broken, Duplicate, Gap} }

// moods are the faults that are to come, each for so many times.
type moods struct {
	mu   sync.Mutex // guards left
	left map[Fault]int
}

func (m *moods) suffer(f Fault, times int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left == nil {
		m.left = map[Fault]int{}
	}
	m.left[f] = times
}

// takes uses a fault up once, if it is to come.
func (m *moods) takes(f Fault) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left[f] == 0 {
		return false
	}
	m.left[f]--
	return true
}
