package mqttlink

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	"showroom/devices"
)

// ErrTakenOver is why a connection is lost to another program that uses the same client id. Brokers throw out the older one, and in
// MQTT 3.1.1 they say nothing but hang up.
var ErrTakenOver = errors.New("another program uses this client id")

// A broker that hangs up so often, so soon after it had let the client in, has no other reason that is worth a thought: one that
// is being restarted does not let it in.
const (
	suspectAfter  = 3
	suspectWithin = time.Minute
	soon          = 20 * time.Second
)

// Rivals notices that another program uses one of our client ids. One value serves all clients of a process, since each Client
// lives for one connection only. All methods may be called from any goroutine; the zero Rivals is ready.
type Rivals struct {
	// Certain is asked whether a second client has come under the id since then; nil, when nobody knows, leaves it to suspicion.
	// It must not be changed once the Rivals is in use.
	Certain func(id string, since time.Time) bool

	mu   sync.Mutex             // guards ends
	ends map[string][]time.Time // of connections that were hung up on soon after they began, by id
}

// lost judges the end of a connection that the broker had accepted at began. The error is cause, or names the rival.
func (r *Rivals) lost(id string, began, at time.Time, cause error) error {
	if r == nil {
		return cause
	}
	certain := r.Certain != nil && r.Certain(id, began)
	if !certain && !r.suspect(id, began, at, cause) {
		return cause
	}
	hint := fmt.Sprintf("Another program seems to use the name %s at the MQTT broker. Give it a name of its own, or stop it.", id)
	if certain {
		hint = fmt.Sprintf("Another program uses the name %s at the MQTT broker. Give it a name of its own, or stop it.", id)
	}
	return &devices.Error{Op: "keep connection to broker", Err: fmt.Errorf("%w: %w", ErrTakenOver, cause), Hint: hint}
}

func (r *Rivals) suspect(id string, began, at time.Time, cause error) bool {
	hungUp := errors.Is(cause, io.EOF) || errors.Is(cause, syscall.ECONNRESET)
	if !hungUp || at.Sub(began) > soon {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ends == nil {
		r.ends = make(map[string][]time.Time)
	}
	recent := []time.Time{at}
	for _, end := range r.ends[id] {
		if at.Sub(end) < suspectWithin && len(recent) < suspectAfter {
			recent = append(recent, end)
		}
	}
	r.ends[id] = recent
	return len(recent) >= suspectAfter
}

// refused forgets what was suspected: a broker that does not let anybody in has reasons of its own to hang up.
func (r *Rivals) refused(id string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.ends, id)
}
