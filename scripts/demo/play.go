package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"showroom/agent/localapi"
	"showroom/scripts/shop"
)

// patience is how long the pretended people take between two taps, so that somebody watching can follow.
const patience = 4 * time.Second

func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(patience):
		return true
	}
}

// shopper stands in fitting room 2 and asks, once each visit, for the next size of what hangs there. What is brought it hangs up, and
// takes out again after a while.
type shopper struct {
	shop    *shop.Shop
	asked   string // visit it has asked in
	brought string // request that was brought last
}

func (p *shopper) play(ctx context.Context) {
	for pause(ctx) {
		var k localapi.KioskState
		if err := getJSON(ctx, p.shop.Agent+"/v1/kiosks/fr2", &k); err != nil || k.Room == nil || k.Room.Visit == "" {
			continue
		}
		if p.asked != k.Room.Visit {
			p.askOnce(ctx, k.Room)
		} else {
			p.tryOn(ctx, k.Room)
		}
	}
}

func (p *shopper) askOnce(ctx context.Context, room *localapi.Room) {
	for _, g := range room.Garments {
		if v, ok := another(g); ok {
			if err := p.ask(ctx, g, v); err == nil {
				p.asked = room.Visit
			}
			return
		}
	}
}

// tryOn hangs up what was brought, looks at it for a while and takes it out.
func (p *shopper) tryOn(ctx context.Context, room *localapi.Room) {
	for _, r := range room.Requests {
		if r.State != "delivered" || r.ID == p.brought {
			continue
		}
		p.brought = r.ID
		if _, err := p.shop.Tell(ctx, "carry gtin "+r.GTIN+" into fr2 as brought"); err != nil {
			say("what was brought can not be hung up: %v", err)
			return
		}
		for range 3 {
			if !pause(ctx) {
				return
			}
		}
		_, _ = p.shop.Tell(ctx, "take brought out") // a shopper who has taken it out already is no trouble
		return
	}
}

// another is the nearest size of the same garment that could be brought.
func another(g localapi.Garment) (nearest localapi.Variant, found bool) {
	own := slices.IndexFunc(g.Product.Variants, func(v localapi.Variant) bool { return v.GTIN == g.GTIN })
	best := len(g.Product.Variants)
	for i, v := range g.Product.Variants {
		away := max(i-own, own-i)
		if away > 0 && v.ToBring > 0 && away < best {
			nearest, found, best = v, true, away
		}
	}
	return nearest, found
}

func (p *shopper) ask(ctx context.Context, g localapi.Garment, v localapi.Variant) error {
	return post(ctx, p.shop.Agent+"/v1/kiosks/fr2/requests", localapi.RequestCommand{ID: uuid.NewString(), GTIN: v.GTIN, For: g.GTIN})
}

// associate signs in at the staff page as a person with a phone would and does whatever the queue offers first.
type associate struct {
	shop *shop.Shop
	http *http.Client
}

func (p *associate) play(ctx context.Context) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return
	}
	p.http = &http.Client{Jar: jar, Timeout: 10 * time.Second}
	for pause(ctx) {
		page, err := p.open(ctx, "/staff")
		if err != nil {
			continue
		}
		if strings.Contains(page, "/staff/signin") {
			p.signIn(ctx)
			continue
		}
		p.tapFirst(ctx, page)
	}
}

func (p *associate) signIn(ctx context.Context) {
	page, err := p.open(ctx, "/staff/signin?as=elif")
	if err != nil {
		return
	}
	for _, f := range forms(page) {
		if f.fields.Has("as") {
			f.fields.Set("pin", shop.PIN)
			if err := p.post(ctx, f); err == nil {
				say("%s signs in at the staff page", shop.Associate)
			}
			return
		}
	}
}

// tapFirst presses the first button that moves a request on: accept it, or bring it.
func (p *associate) tapFirst(ctx context.Context, page string) {
	for _, verb := range []string{"deliver", "accept", "answer"} {
		for _, f := range forms(page) {
			if strings.Contains(f.action, verb) {
				_ = p.post(ctx, f) // somebody else was faster; the next look shows
				return
			}
		}
	}
}

func (p *associate) open(ctx context.Context, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.shop.Agent+path, nil)
	if err != nil {
		return "", err
	}
	return p.read(p.http.Do(req))
}

func (p *associate) post(ctx context.Context, f form) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.shop.Agent+f.action, strings.NewReader(f.fields.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, err = p.read(p.http.Do(req))
	return err
}

func (p *associate) read(r *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil && r.StatusCode >= 400 {
		err = fmt.Errorf("staff page: %s", r.Status)
	}
	return string(b), err
}

// form is one form of a page with its hidden fields.
type form struct {
	action string
	fields url.Values
}

var (
	formPattern  = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	fieldPattern = regexp.MustCompile(`<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"`)
)

func forms(page string) (all []form) {
	for _, m := range formPattern.FindAllStringSubmatch(page, -1) {
		f := form{action: html.UnescapeString(m[1]), fields: url.Values{}}
		for _, field := range fieldPattern.FindAllStringSubmatch(m[2], -1) {
			f.fields.Set(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
		}
		all = append(all, f)
	}
	return all
}
