package httpd_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"showroom/agent/gs1"
	"showroom/agent/localapi"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

const printed = "AC:23:3F:A0:32:08"

func TestTagsComeAndGo(t *testing.T) {
	s := open(t).beside()
	enrol := localapi.EnrolCommand{ID: "e1", Kind: "loan", Label: "Loan tag 7", Identity: printed}
	var tag, again localapi.Tag
	if p := s.post("/v1/tags", enrol, &tag); p != nil {
		t.Fatal(p)
	}
	if p := s.post("/v1/tags", enrol, &again); p != nil || again != tag || tag.State != "out" {
		t.Errorf("the same tap twice: %+v and %+v, %v", tag, again, p)
	}
	s.update(func(tx *store.Tx) error {
		known, _, err := tx.RadioTagNamed("Loan tag 7")
		if err != nil {
			return err
		}
		return s.tags.ApplyZones(tx, []zones.Change{{ID: known.Radio, To: showroom.Place{Kind: showroom.PlaceZone, ID: "shoes"}}})
	})
	var all localapi.Tags
	if p := s.get("/v1/tags", &all); p != nil || len(all.Tags) != 1 || all.Tags[0].Zone != "shoes" || all.Tags[0].ZoneName != "Ayakkabı" || all.Tags[0].ZoneSince.IsZero() {
		t.Errorf("listed %+v, %v", all, p)
	}
	raw, _ := json.Marshal(all)
	if lower := strings.ToLower(string(raw)); strings.Contains(lower, "ac:23") || strings.Contains(lower, "radio") || strings.Contains(lower, "pseudonym") {
		t.Errorf("the list tells too much: %s", raw)
	}
	if p := s.post("/v1/tags/"+tag.ID+"/return", localapi.ReturnCommand{ID: "r1"}, &tag); p != nil || tag.State != "away" || tag.Zone != "" {
		t.Errorf("returned: %+v, %v", tag, p)
	}
	if p := s.post("/v1/tags/"+tag.ID+"/hand-out", localapi.Command{ID: "h1"}, &tag); p != nil || tag.State != "out" {
		t.Errorf("handed out: %+v, %v", tag, p)
	}
	if p := s.post("/v1/tags/"+tag.ID+"/return", localapi.ReturnCommand{ID: "r2", GiveUp: true}, nil); p != nil {
		t.Error(p)
	}
	all = localapi.Tags{}
	if p := s.get("/v1/tags", &all); p != nil || all.Tags == nil || len(all.Tags) != 0 {
		t.Errorf("given up, listed %+v, %v", all, p)
	}
}

func TestTillsAccountForGarments(t *testing.T) {
	s := open(t)
	sgtin, err := gs1.NewSGTIN96(tee, 7, 1, 4711)
	if err != nil {
		t.Fatal(err)
	}
	epc, err := sgtin.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !s.tags.Own(epc) {
		t.Fatal("it is not the shop's")
	}
	sale := localapi.GarmentsCommand{ID: "s1", EPCs: []string{strings.ToLower(epc.String())}}
	var done localapi.GarmentsCounted
	for range 2 {
		if p := s.post("/v1/garments/sold", sale, &done); p != nil || done.Changed != 1 || s.tags.Own(epc) {
			t.Errorf("sold: %+v, %v", done, p)
		}
	}
	if p := s.post("/v1/garments/returned", localapi.GarmentsCommand{ID: "b1", EPCs: sale.EPCs}, &done); p != nil || done.Changed != 1 || !s.tags.Own(epc) {
		t.Errorf("returned: %+v, %v", done, p)
	}
}

func TestBadTagsAreAnsweredClearly(t *testing.T) {
	s := open(t).beside()
	many := `"` + strings.Repeat(`30","`, 600) + `30"`
	for _, c := range []struct{ name, path, body, code, says string }{
		{"an address of today", "/v1/tags", `{"id":"1","kind":"loan","label":"x","identity":"4C:11:22:33:44:55"}`, "invalid", "may change"},
		{"no kind", "/v1/tags", `{"id":"2","kind":"pet","label":"x","identity":"` + printed + `"}`, "invalid", "loan, basket or app"},
		{"no id", "/v1/tags", `{"id":"","kind":"loan","label":"x","identity":"` + printed + `"}`, "invalid", "no id"},
		{"no JSON", "/v1/tags", `{`, "invalid", ""},
		{"nobody's tag", "/v1/tags/x/return", `{"id":"3"}`, "not_found", "does not exist"},
		{"no EPC", "/v1/garments/sold", `{"id":"4","epcs":["3034","planted"]}`, "invalid", "Tag 2 of 2"},
		{"nothing sold", "/v1/garments/sold", `{"id":"5","epcs":[]}`, "invalid", "1 to 500"},
		{"too much sold", "/v1/garments/sold", `{"id":"6","epcs":[` + many + `]}`, "invalid", "1 to 500"},
	} {
		p := s.post(c.path, c.body, nil)
		if p == nil || p.Code != c.code || !strings.Contains(p.Detail, c.says) || strings.Contains(p.Detail, "planted") {
			t.Errorf("%s: answered %+v, want %s and %q", c.name, p, c.code, c.says)
		}
	}
	if p := s.post("/v1/tags", localapi.EnrolCommand{ID: "7", Kind: "loan", Label: "x", Identity: printed}, nil); p != nil {
		t.Fatal(p)
	}
	if p := s.post("/v1/tags", localapi.EnrolCommand{ID: "8", Kind: "loan", Label: "y", Identity: printed}, nil); p == nil || p.Code != "conflict" || !strings.Contains(p.Detail, `as "x"`) {
		t.Errorf("a tag twice: %+v", p)
	}
}

func TestTagsAreForOurOwnScreens(t *testing.T) {
	s := open(t)
	req, err := http.NewRequest(http.MethodPost, s.url+"/v1/tags", strings.NewReader(fmt.Sprintf(`{"id":"x","kind":"loan","label":"x","identity":%q}`, printed)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusForbidden {
		t.Errorf("another site enrols a tag: %d", r.StatusCode)
	}
}

// TestNobodyIsMadeKnownOverTCP: on this machine that is for everybody, and staff have a PIN.
func TestNobodyIsMadeKnownOverTCP(t *testing.T) {
	s := open(t)
	var loan, app localapi.Tag
	for into, enrol := range map[*localapi.Tag]localapi.EnrolCommand{
		&loan: {ID: "1", Kind: "loan", Label: "Loan tag 7", Identity: printed, PutAway: true},
		&app:  {ID: "2", Kind: "app", Label: "Ayşe", Identity: "fda50693-a4e2-4fb1-afcf-c6eb07647825-10001-7"},
	} {
		if p := s.post("/v1/tags", enrol, nil); p == nil || p.Code != "forbidden" {
			t.Errorf("%s is enrolled: %v", enrol.Label, p)
		}
		if p := s.beside().post("/v1/tags", enrol, into); p != nil {
			t.Fatal(p)
		}
	}
	if p := s.post("/v1/tags/"+loan.ID+"/hand-out", localapi.Command{ID: "3"}, nil); p == nil || p.Code != "forbidden" {
		t.Errorf("handed out: %v", p)
	}
	for shop, want := range map[*shop]string{s: "", s.beside(): "Ayşe"} {
		var all localapi.Tags
		if p := shop.get("/v1/tags", &all); p != nil || len(all.Tags) != 2 {
			t.Fatalf("listed %+v, %v", all, p)
		}
		for _, tag := range all.Tags {
			if tag.ID == app.ID && tag.Label != want {
				t.Errorf("told %q of an app at %s, want %q", tag.Label, shop.url, want)
			}
			if tag.ID == loan.ID && tag.Label != "Loan tag 7" {
				t.Errorf("told %q of a loan tag", tag.Label)
			}
		}
	}
}
