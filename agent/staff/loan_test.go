package staff_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"showroom/agent/customer"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

const printed = "AC:23:3F:A0:32:08"

// lends enrols a loan tag, out already.
func (s *shop) lends(label, identity string) showroom.RadioTag {
	s.t.Helper()
	tag, err := s.tags.Enrol(s.t.Context(), showroom.CommandID(s.newID()), customer.Enrolment{Kind: showroom.TagLoan, Label: label, Identity: identity})
	if err != nil {
		s.t.Fatal(err)
	}
	return tag
}

func (s *shop) listed() (all []customer.Listed) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		all, err = s.tags.List(v)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func TestALoanTagIsEnrolledHandedOutAndTakenBack(t *testing.T) {
	s := newShop(t)
	p := s.signIn("elif")
	p.get("/staff/tags").has(t, "Henüz ödünç etiket yok", `href="/staff/tags/new"`)
	form := p.get("/staff/tags/new")
	form.has(t, "Ödünç etiket kaydı", `name="label"`, `name="identity"`)
	a := p.post("/staff/tags/new", url.Values{"command": {"c1"}, "label": {"Ödünç etiket 7"}, "identity": {printed}})
	if a.path != "/staff/tags" || a.status != http.StatusOK {
		t.Fatalf("%d at %s:\n%s", a.status, a.path, a.html)
	}
	a.has(t, "Ödünç etiket 7", "Yerinde", "Müşteriye verin")
	a.hasNot(t, "AC:23", "ac233f")
	tag := s.listed()[0]
	base := "/staff/tags/" + string(tag.ID)
	a = p.press(a, base+"/hand-out")
	a.has(t, "Verildi, başlangıç: 14:00", "Nerede olduğu bilinmiyor", "Geri alın")
	s.later(5 * time.Minute)
	out := s.listed()[0]
	s.update(func(tx *store.Tx) error {
		return s.tags.ApplyZones(tx, []zones.Change{{ID: out.Radio, To: showroom.Place{Kind: showroom.PlaceZone, ID: "shoes"}}})
	})
	a = p.get("/staff/tags")
	a.has(t, "Ayakkabı, başlangıç: 14:05")
	again := p.press(a, base+"/return")
	again.has(t, "Yerinde")
	again.hasNot(t, "Ayakkabı")
	// The phone sends the same press again, and an old page offers what has been done.
	p.press(a, base+"/return").has(t, "Yerinde")
	if a := p.post(base+"/return", url.Values{"command": {"another"}}); a.status != http.StatusConflict {
		t.Errorf("taken back twice: %d", a.status)
	}
	if a := p.post(base+"/sell", url.Values{"command": {"another"}}); a.status != http.StatusNotFound {
		t.Errorf("an unknown button: %d", a.status)
	}
	if a := p.post("/staff/tags/nobodys/return", url.Values{"command": {"another"}}); a.status != http.StatusNotFound {
		t.Errorf("an unknown tag: %d", a.status)
	}
}

func TestARefusedEnrolmentSaysWhyAndKeepsWhatWasTyped(t *testing.T) {
	s := newShop(t)
	s.lends("Ödünç etiket 1", printed)
	p := s.signIn("elif")
	for name, c := range map[string]struct {
		label, identity string
		status          int
		says            string
	}{
		"no name":                 {"", "AC:23:3F:A0:32:09", http.StatusUnprocessableEntity, "Etiketin üzerinde yazan adı girin."},
		"no address":              {"Etiket 2", "", http.StatusUnprocessableEntity, "Etiketin üzerinde yazan adresi girin."},
		"an address of today":     {"Etiket 2", "4C:11:22:33:44:55", http.StatusUnprocessableEntity, "değişebilir. Etiketin iBeacon"},
		"nothing a tag sends":     {"Etiket 2", `"><script>`, http.StatusUnprocessableEntity, "veya yayın numarası değil."},
		"a beacon that changes":   {"Etiket 2", "eddystone-eid:00", http.StatusUnprocessableEntity, "yayın numarası değişiyor"},
		"a name that is there":    {"Ödünç etiket 1", "AC:23:3F:A0:32:09", http.StatusConflict, "Bu adda bir etiket zaten var."},
		"a tag that is there":     {"Etiket 2", printed, http.StatusConflict, "başka bir adla zaten kayıtlı"},
		"the address as a name":   {"AC233FA03209", "AC:23:3F:A0:32:09", http.StatusUnprocessableEntity, "Ad, adresin kendisi olamaz."},
		"a name without an end":   {strings.Repeat("ş", 5000), "AC:23:3F:A0:32:09", http.StatusUnprocessableEntity, "en fazla 40"},
		"an address without end":  {"Etiket 2", strings.Repeat("A", 5000), http.StatusUnprocessableEntity, "veya yayın numarası değil."},
		"a name that is no text":  {"a\x00b", "AC:23:3F:A0:32:09", http.StatusUnprocessableEntity, "en fazla 40"},
		"a name that is no UTF-8": {"a\xffb", "AC:23:3F:A0:32:09", http.StatusUnprocessableEntity, "en fazla 40"},
	} {
		a := p.post("/staff/tags/new", url.Values{"command": {"c " + name}, "label": {c.label}, "identity": {c.identity}})
		if a.status != c.status || a.path != "/staff/tags/new" {
			t.Errorf("%s: %d at %s", name, a.status, a.path)
		}
		a.has(t, `class="notice alert"`, c.says, `aria-invalid="true"`)
		a.hasNot(t, "<script>")
		if len(c.label) < 50 && utf8.ValidString(c.label) && !strings.Contains(c.label, "\x00") {
			a.has(t, `name="label" value="`+c.label+`"`)
		}
		if len(c.identity) < 50 && !strings.Contains(c.identity, "<") {
			a.has(t, `name="identity" value="`+c.identity+`"`)
		}
		if len(a.html) > 20_000 {
			t.Errorf("%s: %d bytes come back", name, len(a.html))
		}
	}
	if n := len(s.listed()); n != 1 {
		t.Errorf("%d tags, want the first alone", n)
	}
	if said := strings.ToLower(s.log.String()); strings.Contains(said, "ac:23:3f") || strings.Contains(said, "ac233f") {
		t.Errorf("an address is in the log:\n%s", said)
	}
	english := p.post("/staff/language", url.Values{"language": {"en"}, "back": {"/staff/tags/new"}})
	english.has(t, "Enrol a loan tag")
	p.post("/staff/tags/new", url.Values{"command": {"e"}, "label": {"Tag 2"}, "identity": {"4C:11:22:33:44:55"}}).has(t, "This address may change.")
}

func TestALapsedTagIsEnrolledAgain(t *testing.T) {
	s := newShop(t)
	tag := s.lends("Ödünç etiket 9", printed)
	s.update(func(tx *store.Tx) error {
		_, err := tx.DeleteRadioKey(tag.Key)
		return err
	})
	p := s.signIn("elif")
	a := p.get("/staff/tags")
	a.has(t, "Çok uzun süredir duyulmadı.", "Geri alın", `href="/staff/tags/new?label=%C3%96d%C3%BCn%C3%A7&#43;etiket&#43;9"`)
	p.get("/staff/tags/new?label=%C3%96d%C3%BCn%C3%A7+etiket+9").has(t, `name="label" value="Ödünç etiket 9"`)
}

func TestLoanTagsAreInTheirOrderAndOthersAreElsewhere(t *testing.T) {
	s := newShop(t)
	for i, label := range []string{"Etiket 10", "Etiket 9", "Çanta 1", "Etiket 1"} {
		s.lends(label, "AC:23:3F:A0:32:0"+string(rune('0'+i)))
	}
	if _, err := s.tags.Enrol(t.Context(), "basket", customer.Enrolment{Kind: showroom.TagBasket, Label: "Sepet 3", Identity: "AC:23:3F:A0:33:00"}); err != nil {
		t.Fatal(err)
	}
	a := s.signIn("cagri").get("/staff/tags")
	a.hasNot(t, "Sepet 3")
	last := -1
	for _, label := range []string{"Çanta 1", "Etiket 1<", "Etiket 9", "Etiket 10"} {
		at := strings.Index(a.html, label)
		if at <= last {
			t.Errorf("%s stands at %d, behind %d", label, at, last)
		}
		last = at
	}
}

func TestLoanTagsAreForThoseWhoServe(t *testing.T) {
	s := newShop(t)
	tag := s.lends("Etiket 1", printed)
	if a := s.phone().get("/staff/tags"); a.path != "/staff/signin" {
		t.Errorf("a stranger is at %s", a.path)
	}
	p := s.signIn("omer")
	p.get("/staff/devices").hasNot(t, `href="/staff/tags"`)
	for _, path := range []string{"/staff/tags", "/staff/tags/new"} {
		if a := p.get(path); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := p.post("/staff/tags/"+string(tag.ID)+"/return", url.Values{"command": {"c"}}); a.status != http.StatusForbidden || !s.listed()[0].Out() {
		t.Errorf("a technician takes a tag back: %d", a.status)
	}
	ask := s.signIn("elif").ask(http.MethodPost, "/staff/tags/"+string(tag.ID)+"/return", url.Values{"command": {"c"}})
	ask.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := s.signIn("elif").do(ask); a.status != http.StatusForbidden {
		t.Errorf("another site takes a tag back: %d", a.status)
	}
}

func TestAShopThatLendsNothing(t *testing.T) {
	s := newShop(t, func(o *staffOptions) { o.Tags = nil })
	p := s.signIn("elif")
	p.get("/staff/queue").hasNot(t, `href="/staff/tags"`)
	if a := p.get("/staff/tags"); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
}

// TestNobodyIsInterruptedWhileTyping: the form is not fetched anew by itself.
func TestNobodyIsInterruptedWhileTyping(t *testing.T) {
	s := newShop(t)
	p := s.signIn("elif")
	p.get("/staff/tags/new").hasNot(t, "hx-sse", "hx-get", "<script")
	p.get("/staff/tags").has(t, `hx-get="/staff/tags"`, "hx-sse")
}

func TestALoanTagInTheBrowser(t *testing.T) {
	s := newShop(t)
	tag := s.lends("Ödünç etiket 7", printed)
	s.lends("Ödünç etiket 8", "AC:23:3F:A0:32:18")
	b := newBrowser(s)
	b.signIn("Elif")
	b.open("/staff/tags")
	b.sees("Nerede olduğu bilinmiyor")
	s.update(func(tx *store.Tx) error {
		return s.tags.ApplyZones(tx, []zones.Change{{ID: tag.Radio, To: showroom.Place{Kind: showroom.PlaceZone, ID: "shoes"}}})
	})
	b.sees("Ayakkabı, başlangıç")
	b.picture("tags")
	b.tap(`//article[@id="tag-` + string(tag.ID) + `"]//button`)
	b.sees("Müşteriye verin")
	if s.listed()[0].Out() {
		t.Error("it is still out")
	}
	b.open("/staff/tags/new")
	b.sees("Ödünç etiket kaydı")
	b.picture("enrol")
	b.calm()
}
