package kiosktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"showroom/agent/localapi"
)

// Agent serves localapi for one kiosk. It does what an agent would: commands are done once per id, every change is announced. It
// knows no rules: what the room holds is what Change made it hold.
type Agent struct {
	shop *Shop

	mu      sync.Mutex // guards what follows
	state   localapi.KioskState
	seq     int
	answers map[string]any // by command id
	taps    []string       // paths posted to, in order, repeats too
	heard   []Heard        // commands of a checkout, repeats too
	refuse  string         // code to refuse the next commands with
	changed chan struct{}  // closed, and replaced, at every change
}

// NewAgent serves k and the pictures of the shop.
func NewAgent(shop *Shop, k localapi.KioskState) *Agent {
	return &Agent{shop: shop, state: k, seq: 1, answers: map[string]any{}, changed: make(chan struct{})}
}

// Change changes what the kiosk is shown, and announces it.
func (a *Agent) Change(change func(*localapi.KioskState)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.change(change)
}

func (a *Agent) change(change func(*localapi.KioskState)) {
	if a.state.Room != nil { // states already given out are not touched
		room := *a.state.Room
		room.Garments, room.Requests = slices.Clone(room.Garments), slices.Clone(room.Requests)
		a.state.Room = &room
	}
	change(&a.state)
	a.seq++
	a.state.Seq = fmt.Sprintf("e1.%d", a.seq)
	close(a.changed)
	a.changed = make(chan struct{})
}

// State is what the kiosk is shown now.
func (a *Agent) State() localapi.KioskState {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state
}

// Refuse makes the agent refuse commands with that code; "" ends it.
func (a *Agent) Refuse(code string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refuse = code
}

// Taps are the paths posted to so far.
func (a *Agent) Taps() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.taps)
}

// ServeHTTP is the agent's API.
func (a *Agent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+localapi.PathKiosk, func(w http.ResponseWriter, _ *http.Request) { answer(w, a.State()) })
	mux.HandleFunc("GET "+localapi.PathStream, a.stream)
	mux.HandleFunc("GET "+localapi.PathPicture, a.picture)
	mux.HandleFunc("POST "+localapi.PathTouch, func(w http.ResponseWriter, r *http.Request) {
		a.tapped(r)
		w.WriteHeader(http.StatusNoContent)
	})
	a.sell(mux)
	for _, path := range []string{localapi.PathRequests, localapi.PathRequestCancel, localapi.PathLanguage, localapi.PathDone, localapi.PathForget, localapi.PathCall, localapi.PathScanAside,
		localapi.PathToCheckout} {
		mux.HandleFunc("POST "+path, a.command)
	}
	mux.ServeHTTP(w, r)
}

func (a *Agent) tapped(r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taps = append(a.taps, r.URL.Path)
}

// body is the union of the commands.
type body struct {
	ID, GTIN, For, Language string
	Wait                    bool
}

func (a *Agent) command(w http.ResponseWriter, r *http.Request) {
	a.tapped(r)
	var b body
	if err := json.NewDecoder(r.Body).Decode(&b); err != nil || b.ID == "" {
		problem(w, http.StatusBadRequest, "invalid")
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refuse != "" {
		problem(w, http.StatusConflict, a.refuse)
		return
	}
	if before, ok := a.answers[b.ID]; ok {
		answer(w, before)
		return
	}
	a.answers[b.ID] = a.do(r, b)
	answer(w, a.answers[b.ID])
}

func (a *Agent) do(r *http.Request, b body) any {
	last := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if last == "to-checkout" {
		return Listed()
	}
	var touched localapi.Request
	a.change(func(k *localapi.KioskState) {
		switch last {
		case "language":
			k.Language = b.Language
		case "call":
			if k.Checkout != nil {
				c := *k.Checkout
				c.Called = true
				k.Checkout = &c
				return
			}
			k.Room.Called = true
		case "aside":
			if k.Scan != nil && k.Scan.ID == r.PathValue("scan") {
				k.Scan = nil
			}
		case "done", "forget":
			k.Scan = nil
			k.Room = &localapi.Room{ID: k.Room.ID, Name: k.Room.Name, Reader: k.Room.Reader}
		case "requests":
			touched = newRequest(k.Room, b)
			k.Room.Requests = slices.Insert(k.Room.Requests, 0, touched)
		case "cancel":
			i := slices.IndexFunc(k.Room.Requests, func(q localapi.Request) bool { return q.ID == r.PathValue("request") })
			if i >= 0 {
				k.Room.Requests[i].State = "cancelled"
				k.Room.Requests[i].Version++
				touched = k.Room.Requests[i]
			}
		}
	})
	if touched.ID != "" {
		return touched
	}
	return a.state
}

func newRequest(room *localapi.Room, b body) localapi.Request {
	r := localapi.Request{ID: "r-" + b.ID, Room: room.ID, GTIN: b.GTIN, State: "requested", Made: Noon(), Changed: Noon(), Version: 1}
	if b.Wait {
		r.State = "waiting"
	}
	for _, g := range room.Garments {
		for _, v := range g.Product.Variants {
			if v.GTIN == b.GTIN {
				r.Product, r.Size, r.Colour = g.Product.Name, v.Size, v.Colour
			}
		}
	}
	return r
}

func (a *Agent) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	fmt.Fprint(w, ": hello\n\n")
	for {
		a.mu.Lock()
		changed := a.changed
		a.mu.Unlock()
		if flush.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(15 * time.Second):
			fmt.Fprint(w, ": alive\n\n")
		case <-changed:
			fmt.Fprintf(w, "id: %s\nevent: %s\ndata: {}\n\n", a.State().Seq, localapi.EventChanged)
		}
	}
}

func (a *Agent) picture(w http.ResponseWriter, r *http.Request) {
	data, ok := a.shop.Picture(r.PathValue("sha256"))
	if !ok {
		problem(w, http.StatusNotFound, "not_found")
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Write(data) //nolint:errcheck // a client that went away has no use for an error
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) //nolint:errcheck // as above
}

func problem(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(localapi.Problem{Type: "about:blank", Title: code, Status: status, Code: code}) //nolint:errcheck // as above
}
