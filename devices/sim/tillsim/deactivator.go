package tillsim

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"showroom/devices"
	"showroom/devices/mqttlink"
)

// Deactivator is a security device in a counter: it lets go of a garment when it is told so under its key, once for each command.
// Methods may be called from any goroutine.
type Deactivator struct {
	id, topic string
	key       []byte
	moods     moods

	mu       sync.Mutex        // guards all below
	done     map[string]result // by command
	released []string
	turned   int // commands that were not genuine, or too old
}

type command struct {
	ID      string `json:"id"`
	Device  string `json:"device"`
	EPC     string `json:"epc"`
	Expires string `json:"expires"`
	MAC     string `json:"mac"`
}

type result struct {
	ID     string `json:"id"`
	Device string `json:"device"`
	Result string `json:"result"`
	Detail string `json:"detail,omitempty"`
	MAC    string `json:"mac"`
}

// NewDeactivator makes a device that listens at topic followed by "/command".
func NewDeactivator(id, topic string, key []byte) *Deactivator {
	return &Deactivator{id: id, topic: topic, key: key, done: map[string]result{}}
}

// Suffer has the next so many commands meet a fault.
func (d *Deactivator) Suffer(f Fault, times int) { d.moods.suffer(f, times) }

// Released are the EPCs it has let go of, in hexadecimal digits, in order.
func (d *Deactivator) Released() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.released)
}

// TurnedAway is how many commands it did not believe.
func (d *Deactivator) TurnedAway() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.turned
}

// Run serves over one connection until ctx ends or the connection is lost. ready, if there is one, is told once it listens.
func (d *Deactivator) Run(ctx context.Context, c *mqttlink.Client, ready func()) error {
	commands, err := c.Subscribe(ctx, d.topic+"/command")
	if err != nil {
		return err
	}
	if ready != nil {
		ready()
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m, more := <-commands:
			if !more {
				return &devices.Error{Op: "listen for commands", Err: errors.New("broker connection lost")}
			}
			answer, ok := d.hear(m.Payload, m.At)
			if !ok {
				continue
			}
			body, err := json.Marshal(answer)
			if err != nil {
				return err
			}
			if err := c.Publish(ctx, d.topic+"/result", 1, false, body); err != nil {
				return err
			}
		}
	}
}

// hear obeys a command; ok is false when it says nothing to it.
func (d *Deactivator) hear(payload []byte, at time.Time) (answer result, ok bool) {
	var c command
	err := json.Unmarshal(payload, &c)
	expires, badTime := time.Parse(time.RFC3339, c.Expires)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil || badTime != nil || c.Device != d.id || !hmac.Equal([]byte(c.MAC), []byte(d.mac("release", c.ID, c.Device, c.EPC, c.Expires))) || at.After(expires) {
		d.turned++
		return answer, false
	}
	if answer, had := d.done[c.ID]; had {
		return answer, true // once: what it did is said again, and not done again
	}
	if d.moods.takes(NoAnswer) {
		return answer, false
	}
	answer = result{ID: c.ID, Device: d.id, Result: "released"}
	switch {
	case d.moods.takes(RefuseOne):
		answer.Result, answer.Detail = "refused", "the tag is not one of mine"
	case d.moods.takes(Broken):
		answer.Result, answer.Detail = "fault", "the coil is too hot"
	default:
		d.released = append(d.released, c.EPC)
	}
	answer.MAC = d.mac("result", answer.ID, answer.Device, answer.Result, answer.Detail)
	d.done[c.ID] = answer
	return answer, !d.moods.takes(Late)
}

func (d *Deactivator) mac(fields ...string) string {
	h := hmac.New(sha256.New, d.key)
	for _, f := range fields {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(f))))
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}
