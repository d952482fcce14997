//go:build torture

package torture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"showroom/agent/localapi"
	"showroom/scripts/shop"
)

// witness is a client of the shop that writes down everything it was told: what it saw in a 2xx and on the stream.
type witness struct {
	shop *shop.Shop

	mu       sync.Mutex        // guards the rest
	seen     map[string]string // stream id -> kind
	promised map[string]string // request id -> kiosk, answered with 2xx
	cancels  map[string]bool   // request id, cancellation answered with 2xx
	refused  int               // taps answered with a refusal
	retried  int               // taps that had to be sent again
	resets   int               // of the stream, beyond the first
	doubles  []string          // what a repeat of a tap answered differently
}

func newWitness(s *shop.Shop) *witness {
	return &witness{shop: s, seen: map[string]string{}, promised: map[string]string{}, cancels: map[string]bool{}}
}

// follow reads the stream until ctx ends, going on from the last id whenever the agent has died.
func (w *witness) follow(ctx context.Context) {
	last := ""
	for ctx.Err() == nil {
		_ = w.followOnce(ctx, &last)
		rest(ctx, 20*time.Millisecond)
	}
}

func (w *witness) followOnce(ctx context.Context, last *string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.shop.Agent+localapi.PathStream, nil)
	if err != nil {
		return err
	}
	if *last != "" {
		req.Header.Set("Last-Event-ID", *last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	var id, name, data string
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			data = value
		case "":
			if id != "" {
				w.note(id, name, data, *last != "")
				*last = id
			}
			id, name, data = "", "", ""
		}
	}
	return lines.Err()
}

func (w *witness) note(id, name, data string, again bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch name {
	case localapi.EventReset:
		if again {
			w.resets++
		}
	case localapi.EventChanged:
		var c localapi.Change
		if json.Unmarshal([]byte(data), &c) == nil {
			w.seen[id] = c.Kind
		}
	}
}

// tap asks for pieces and takes some of them back, at one kiosk, as long as ctx lasts. A tap without an answer is sent again, with
// the same id, until there is one; every third is sent twice in any case.
func (w *witness) tap(ctx context.Context, kiosk string, dice *rand.Rand) {
	var shown localapi.KioskState
	for ctx.Err() == nil {
		rest(ctx, time.Duration(5+dice.IntN(60))*time.Millisecond)
		// With the agent away the finger still finds the old picture on the screen.
		var k localapi.KioskState
		if w.get(ctx, "/v1/kiosks/"+kiosk, &k) == nil {
			shown = k
		}
		k = shown
		if k.Room == nil || len(k.Room.Garments) == 0 {
			continue
		}
		g := k.Room.Garments[dice.IntN(len(k.Room.Garments))]
		v := g.Product.Variants[dice.IntN(len(g.Product.Variants))]
		ask := localapi.RequestCommand{ID: uuid.NewString(), GTIN: v.GTIN, For: g.GTIN}
		r, ok := w.send(ctx, "/v1/kiosks/"+kiosk+"/requests", ask)
		if !ok {
			continue
		}
		if dice.IntN(3) == 0 {
			if again, ok := w.send(ctx, "/v1/kiosks/"+kiosk+"/requests", ask); ok && again.ID != r.ID {
				w.mu.Lock()
				w.doubles = append(w.doubles, fmt.Sprintf("tap %s made %s and %s", ask.ID, r.ID, again.ID))
				w.mu.Unlock()
			}
		}
		w.mu.Lock()
		w.promised[r.ID] = kiosk
		w.mu.Unlock()
		if dice.IntN(2) == 0 {
			continue
		}
		if c, ok := w.send(ctx, "/v1/kiosks/"+kiosk+"/requests/"+r.ID+"/cancel", localapi.Command{ID: uuid.NewString()}); ok && c.State == "cancelled" {
			w.mu.Lock()
			w.cancels[r.ID] = true
			w.mu.Unlock()
		}
	}
}

// send repeats a tap until it is answered. A refusal is an answer.
func (w *witness) send(ctx context.Context, path string, body any) (localapi.Request, bool) {
	sent, err := json.Marshal(body)
	if err != nil {
		return localapi.Request{}, false
	}
	for try := 0; ctx.Err() == nil; try++ {
		if try == 1 {
			w.mu.Lock()
			w.retried++
			w.mu.Unlock()
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.shop.Agent+path, bytes.NewReader(sent))
		if err != nil {
			return localapi.Request{}, false
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			rest(ctx, 10*time.Millisecond)
			continue
		}
		var r localapi.Request
		err = json.NewDecoder(resp.Body).Decode(&r)
		resp.Body.Close()
		switch {
		case resp.StatusCode == http.StatusOK && err == nil:
			return r, true
		case resp.StatusCode >= 400 && resp.StatusCode < 500, resp.StatusCode == http.StatusServiceUnavailable:
			w.mu.Lock()
			w.refused++
			w.mu.Unlock()
			return r, false
		}
		rest(ctx, 10*time.Millisecond) // the answer was cut off
	}
	return localapi.Request{}, false
}

func (w *witness) get(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.shop.Agent+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// rest waits, or less when ctx ends.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
