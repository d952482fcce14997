package kiosktest

import (
	"encoding/json"
	"net/http"
	"strings"

	"showroom/agent/localapi"
)

// Heard is a command of a checkout as it arrived.
type Heard struct {
	Path string
	ID   string
	Body map[string]any // without the id
}

// sell takes the commands of a checkout. They change nothing but what Change is told to: a test says what comes of them.
func (a *Agent) sell(mux *http.ServeMux) {
	for _, path := range []string{localapi.PathBasketItems, localapi.PathBasketLine, localapi.PathBasketBag, localapi.PathBasketCoupon, localapi.PathBasketPark,
		localapi.PathBasketResume, localapi.PathBasketAbandon, localapi.PathPay, localapi.PathPayAbort, localapi.PathReceipt, localapi.PathUnlock,
		localapi.PathLock, localapi.PathStaffPrice, localapi.PathStaffRelease, localapi.PathStaffOpen} {
		mux.HandleFunc("POST "+path, a.sold)
	}
	mux.HandleFunc("GET "+localapi.PathSearch, a.search)
}

func (a *Agent) sold(w http.ResponseWriter, r *http.Request) {
	a.tapped(r)
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		problem(w, http.StatusBadRequest, "invalid")
		return
	}
	id, _ := body["id"].(string)
	delete(body, "id")
	a.mu.Lock()
	defer a.mu.Unlock()
	a.heard = append(a.heard, Heard{Path: r.URL.EscapedPath(), ID: id, Body: body})
	if a.refuse != "" {
		problem(w, http.StatusConflict, a.refuse)
		return
	}
	answer(w, a.state)
}

// Heard are the commands of a checkout so far.
func (a *Agent) Heard() []Heard {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Heard(nil), a.heard...)
}

// search finds the tees and hoodies whose name has the query in it.
func (a *Agent) search(w http.ResponseWriter, r *http.Request) {
	q, language := r.URL.Query().Get("q"), a.State().Language
	found := localapi.Found{Query: q}
	for _, p := range []localapi.Product{a.shop.Tee(language), a.shop.Hoodie(language)} {
		if strings.Contains(p.Name, q) {
			found.Items = append(found.Items, Line(p, 0, 1))
		}
	}
	answer(w, found)
}
