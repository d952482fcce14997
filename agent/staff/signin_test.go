package staff_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"showroom/agent/staff"
)

func TestSignInByNameAndPIN(t *testing.T) {
	s := newShop(t)
	p := s.phone()
	if a := p.get("/staff"); a.path != "/staff/signin" {
		t.Fatalf("a stranger ends at %s", a.path)
	}
	names := p.get("/staff/signin")
	order := regexp.MustCompile(`(?s)Çağrı.*Elif.*Ömer`)
	if !order.MatchString(names.html) {
		t.Errorf("names are not in the order of the Turkish alphabet:\n%s", names.html)
	}
	p.get("/staff/signin?as=elif").has(t, `name="as" value="elif"`, `<label for="pin">`, `id="pin" name="pin" type="text"`, `inputmode="numeric"`, `autocomplete="one-time-code"`)
	wrong := p.post("/staff/signin", url.Values{"as": {"elif"}, "pin": {"000000"}})
	if wrong.status != http.StatusUnauthorized {
		t.Errorf("a wrong PIN: %d", wrong.status)
	}
	wrong.has(t, "Ad veya PIN kodu hatalı.", "Elif")
	a := p.post("/staff/signin", url.Values{"as": {"elif"}, "pin": {pin}})
	if a.path != "/staff/queue" || a.status != http.StatusOK {
		t.Errorf("the right PIN ends at %s, %d", a.path, a.status)
	}
	a.has(t, "Açık istek yok", "Elif")
	if out := p.post("/staff/signout", nil); out.path != "/staff/signin" {
		t.Errorf("signed out ends at %s", out.path)
	}
	if a := p.get("/staff/queue"); a.path != "/staff/signin" {
		t.Errorf("after signing out the queue is at %s", a.path)
	}
}

func TestSignInOfNobody(t *testing.T) {
	s := newShop(t)
	for _, form := range []url.Values{nil, {"as": {"mehmet"}, "pin": {pin}}, {"pin": {pin}}, {"as": {"elif"}}, {"as": {"elif"}, "pin": {"٤٧٠٣١٨"}}} {
		if a := s.phone().post("/staff/signin", form); a.status != http.StatusUnauthorized {
			t.Errorf("%v: %d", form, a.status)
		}
	}
}

// cookieOf answers the session cookie as the server sets it.
func cookieOf(t *testing.T, s *shop, id string) *http.Cookie {
	t.Helper()
	p := s.phone()
	p.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := p.post("/staff/signin", url.Values{"as": {id}, "pin": {pin}})
	c, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheCookieIsForNobodyElse(t *testing.T) {
	s := newShop(t)
	c := cookieOf(t, s, "elif")
	if c.Name != staff.CookieSession || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/staff" || c.MaxAge != 12*60*60 {
		t.Errorf("cookie %+v", c)
	}
	if other := cookieOf(t, s, "elif"); other.Value == c.Value {
		t.Error("two sessions have one token")
	}
	for _, forged := range []string{"", ".", "ZWxpZg.", c.Value + "A", "Y2Fncmk" + c.Value[strings.Index(c.Value, "."):], c.Value[:len(c.Value)-4] + "AAAA"} {
		r := s.phone().ask(http.MethodGet, "/staff/queue", nil)
		r.AddCookie(&http.Cookie{Name: staff.CookieSession, Value: forged})
		if a := s.phone().do(r); a.path != "/staff/signin" {
			t.Errorf("cookie %q ends at %s", forged, a.path)
		}
	}
}

func TestASessionEnds(t *testing.T) {
	s := newShop(t)
	p := s.signIn("elif")
	s.later(12*time.Hour - time.Second)
	if a := p.get("/staff/queue"); a.path != "/staff/queue" {
		t.Errorf("a second before its end the session is over: %s", a.path)
	}
	s.later(time.Second)
	if a := p.get("/staff/queue"); a.path != "/staff/signin" {
		t.Errorf("an ended session is at %s", a.path)
	}
	r := p.ask(http.MethodGet, "/staff/queue", nil)
	r.Header.Set("HX-Request", "true")
	if a := p.do(r); a.header.Get("HX-Redirect") != "/staff/signin" || a.html != "" {
		t.Errorf("a page that asks for its list is not sent to sign in: %v", a)
	}
}

func TestASessionOutlivesTheAgentButNotThePIN(t *testing.T) {
	s := newShop(t)
	p := s.signIn("elif")
	url := s.srv.URL
	moved := func() page {
		// A cookie does not care for the port, so the same phone meets the restarted agent.
		s.open()
		return p.get("/staff/queue")
	}
	if a := moved(); a.path != "/staff/queue" {
		t.Errorf("after a restart (%s, %s) the phone is at %s", url, s.srv.URL, a.path)
	}
	hash, err := staff.HashPIN("1234")
	if err != nil {
		t.Fatal(err)
	}
	s.opt.People[1].PINHash = hash
	if a := moved(); a.path != "/staff/signin" {
		t.Errorf("with another PIN the old session is at %s", a.path)
	}
	s.opt.People = s.opt.People[:1]
	if a := moved(); a.path != "/staff/signin" {
		t.Errorf("somebody who has left the shop is at %s", a.path)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	s := newShop(t)
	p := s.phone()
	guess := func(id, pin string) page { return p.post("/staff/signin", url.Values{"as": {id}, "pin": {pin}}) }
	for range 5 {
		if a := guess("elif", "1111"); a.status != http.StatusUnauthorized {
			t.Fatalf("a guess: %d", a.status)
		}
	}
	a := guess("elif", pin)
	if a.status != http.StatusTooManyRequests {
		t.Fatalf("after five guesses the right PIN answers %d", a.status)
	}
	a.has(t, "Çok fazla deneme. 15 saniye sonra yeniden deneyin.")
	if a := guess("cagri", pin); a.path != "/staff/queue" {
		t.Errorf("a colleague is kept out too: %d at %s", a.status, a.path)
	}
	s.later(15 * time.Second)
	if a := guess("elif", "1111"); a.status != http.StatusUnauthorized {
		t.Errorf("after the wait: %d", a.status)
	}
	guess("elif", "1111").has(t, "30 saniye")
	s.later(30 * time.Second)
	if a := guess("elif", pin); a.path != "/staff/queue" {
		t.Errorf("the right PIN after the wait ends at %s", a.path)
	}
}

func TestThePINIsNeverWrittenDown(t *testing.T) {
	s := newShop(t)
	p := s.phone()
	for range 6 {
		p.post("/staff/signin", url.Values{"as": {"elif"}, "pin": {"918273"}})
	}
	p.post("/staff/signin", url.Values{"as": {"cagri"}, "pin": {pin}})
	log := s.log.String()
	if !strings.Contains(log, "Too many wrong PINs") {
		t.Errorf("guessing leaves no trace in the log: %q", log)
	}
	for _, secret := range []string{"918273", pin, "argon2id"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}
