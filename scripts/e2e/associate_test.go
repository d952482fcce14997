package e2e

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"showroom/scripts/shop"
)

// associate works with the staff page as a browser without scripts would: every button is a form.
type associate struct {
	s    *testShop
	http *http.Client
}

var fieldPattern = regexp.MustCompile(`name="([^"]*)" value="([^"]*)"`)

// signIn gives an associate a phone that is signed in.
func signIn(s *testShop) *associate {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	s.must(err)
	a := &associate{s: s, http: &http.Client{Jar: jar}}
	page := a.post("/staff/signin", url.Values{"as": {"elif"}, "pin": {shop.PIN}})
	if !strings.Contains(page, `id="tabs"`) {
		s.t.Fatalf("signing in shows\n%s", page)
	}
	return a
}

// taps presses the button of a request, as soon as the queue has it.
func (a *associate) taps(request, deed string) {
	a.s.t.Helper()
	action := "/staff/requests/" + request + "/" + deed
	var form string
	a.s.eventually("the queue has the button "+deed, func() error {
		r, err := a.http.Get(a.s.Agent + "/staff/queue")
		page := a.read(r, err)
		_, rest, found := strings.Cut(page, `action="`+action+`"`)
		if !found {
			return fmt.Errorf("the queue is\n%s", page)
		}
		form, _, _ = strings.Cut(rest, "</form>")
		return nil
	})
	fields := url.Values{}
	for _, f := range fieldPattern.FindAllStringSubmatch(form, -1) {
		fields.Set(f[1], html.UnescapeString(f[2]))
	}
	a.post(action, fields)
}

func (a *associate) post(path string, fields url.Values) string {
	a.s.t.Helper()
	r, err := a.http.PostForm(a.s.Agent+path, fields)
	return a.read(r, err)
}

func (a *associate) read(r *http.Response, err error) string {
	a.s.t.Helper()
	a.s.must(err)
	defer r.Body.Close()
	page, err := io.ReadAll(r.Body)
	a.s.must(err)
	if r.StatusCode != http.StatusOK {
		a.s.t.Fatalf("staff page: %s\n%s", r.Status, page)
	}
	return string(page)
}
