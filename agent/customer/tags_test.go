package customer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/customer"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

const (
	printed = "AC:23:3F:A0:32:08"
	beacon  = "fda50693-a4e2-4fb1-afcf-c6eb07647825-10001-7"
	uid     = "00112233445566778899-000000000001"
)

func TestALoanTagIsHeardOnlyWhileItIsOut(t *testing.T) {
	d := open(t)
	if heard := d.heard(printed); heard != "" {
		t.Fatalf("a strange tag passes as %q", heard)
	}
	first := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	if heard := d.heard(printed); heard == "" || heard != first.Radio {
		t.Fatalf("out, heard as %q, want %q", heard, first.Radio)
	}
	d.passes(30 * time.Minute)
	back, err := d.Return(t.Context(), d.command(), first.ID, false)
	if err != nil || back.Out() {
		t.Fatalf("returned: %+v, %v", back, err)
	}
	if heard := d.heard(printed); heard != "" {
		t.Errorf("heard as %q although it was returned", heard)
	}
	again, err := d.HandOut(t.Context(), d.command(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if heard := d.heard(printed); heard != again.Radio || heard == first.Radio {
		t.Errorf("heard as %q, first as %q: two people are told to have carried the same tag", heard, first.Radio)
	}
	if diff := cmp.Diff([]string{
		`radio/` + string(first.Radio) + ` {"radio":"` + string(first.Radio) + `","tag":"loan"}`,
		`radio/` + string(again.Radio) + ` {"radio":"` + string(again.Radio) + `","tag":"loan"}`,
	}, d.told(showroom.KindTagEnrolled)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		`radio/` + string(first.Radio) + ` {"radio":"` + string(first.Radio) + `","tag":"loan","seconds":1800}`,
	}, d.told(showroom.KindTagReturned)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestBasketsAndPhonesAreGivenUpOnReturn(t *testing.T) {
	d := open(t)
	for kind, identity := range map[showroom.TagKind]string{showroom.TagBasket: beacon, showroom.TagApp: uid} {
		tag := d.enrol(kind, "Elif's "+string(kind), identity)
		if _, err := d.Return(t.Context(), d.command(), tag.ID, false); err != nil {
			t.Fatal(err)
		}
		if heard := d.heard(identity); heard != "" {
			t.Errorf("%s is heard as %q", kind, heard)
		}
	}
	if all := d.list(); len(all) != 0 {
		t.Errorf("still listed: %+v", all)
	}
	for _, row := range d.told(showroom.KindTagEnrolled) {
		if strings.Contains(row, `"app"`) && strings.Contains(row, "Elif") {
			t.Errorf("a name is in the journal: %s", row)
		}
	}
}

func TestTheSameCommandEnrolsOnce(t *testing.T) {
	d := open(t)
	e := customer.Enrolment{Kind: showroom.TagLoan, Label: " Loan  tag 7 ", Identity: printed}
	first, err := d.Enrol(t.Context(), "one", e)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Enrol(t.Context(), "one", e)
	if diff := cmp.Diff(first, second); diff != "" || err != nil || first.Label != "Loan tag 7" {
		t.Errorf("the second time %v (-first +second):\n%s", err, diff)
	}
	e.Identity = beacon
	if _, err := d.Enrol(t.Context(), "one", e); code(err) != showroom.CodeConflict {
		t.Errorf("the command for another tag: %v", err)
	}
	if n := len(d.told(showroom.KindTagEnrolled)); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
}

func TestRefusals(t *testing.T) {
	d := open(t)
	tag := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	for name, c := range map[string]struct {
		e    customer.Enrolment
		code showroom.Code
		says string
	}{
		"a label twice":       {customer.Enrolment{Kind: showroom.TagLoan, Label: "Loan tag 7", Identity: beacon}, showroom.CodeConflict, "already a tag called"},
		"a tag twice":         {customer.Enrolment{Kind: showroom.TagLoan, Label: "Loan tag 8", Identity: "mac:" + printed}, showroom.CodeConflict, `as "Loan tag 7"`},
		"no label":            {customer.Enrolment{Kind: showroom.TagLoan, Label: " ", Identity: beacon}, showroom.CodeInvalid, "written on the tag"},
		"too long a label":    {customer.Enrolment{Kind: showroom.TagLoan, Label: strings.Repeat("ş", 41), Identity: beacon}, showroom.CodeInvalid, "at most 40"},
		"the address, again":  {customer.Enrolment{Kind: showroom.TagLoan, Label: "Tag ac-23-3f-a0-32-09", Identity: "AC:23:3F:A0:32:09"}, showroom.CodeInvalid, "not what it sends"},
		"the beacon, again":   {customer.Enrolment{Kind: showroom.TagLoan, Label: "00112233445566778899 000000000002", Identity: "00112233445566778899-000000000002"}, showroom.CodeInvalid, "not what it sends"},
		"no kind":             {customer.Enrolment{Label: "Loan tag 8", Identity: beacon}, showroom.CodeInvalid, "loan, basket or app"},
		"nothing to hear":     {customer.Enrolment{Kind: showroom.TagLoan, Label: "Loan tag 8"}, showroom.CodeInvalid, "address printed on it"},
		"an app put away":     {customer.Enrolment{Kind: showroom.TagApp, Label: "Phone", Identity: beacon, PutAway: true}, showroom.CodeInvalid, "put away"},
		"an address of today": {customer.Enrolment{Kind: showroom.TagLoan, Label: "Loan tag 8", Identity: "4C:11:22:33:44:55"}, showroom.CodeInvalid, "change every few minutes"},
	} {
		_, err := d.Enrol(t.Context(), d.command(), c.e)
		if code(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s and %q", name, err, c.code, c.says)
		}
	}
	if _, err := d.HandOut(t.Context(), d.command(), tag.ID); code(err) != showroom.CodeConflict {
		t.Errorf("handed out twice: %v", err)
	}
	if _, err := d.HandOut(t.Context(), d.command(), "nobody's"); code(err) != showroom.CodeNotFound {
		t.Errorf("handed out what is not there: %v", err)
	}
	if _, err := d.Return(t.Context(), d.command(), tag.ID, false); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Return(t.Context(), d.command(), tag.ID, false); code(err) != showroom.CodeConflict {
		t.Errorf("returned twice: %v", err)
	}
	if _, err := d.Return(t.Context(), d.command(), tag.ID, true); err != nil {
		t.Errorf("a tag that is put away is given up: %v", err)
	}
	if _, err := d.Return(t.Context(), d.command(), tag.ID, true); code(err) != showroom.CodeNotFound {
		t.Errorf("given up twice: %v", err)
	}
}

func TestWhatTagsSendAsItIsPrinted(t *testing.T) {
	for text, want := range map[string]string{
		"ac233fa03208":                                        "mac:ac233fa03208",
		" AC-23-3F-A0-32-08 ":                                 "mac:ac233fa03208",
		"mac:ac:23:3f:a0:32:08":                               "mac:ac233fa03208",
		"C8:25:2D:8E:9C:2C":                                   "mac:c8252d8e9c2c", // static random
		"public-mac:58782076bc24":                             "mac:58782076bc24",
		"FDA50693-A4E2-4FB1-AFCF-C6EB07647825-10001-7":        "ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:10001:7",
		"fda50693a4e24fb1afcfc6eb07647825 10001 7":            "ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:10001:7",
		"iBeacon:fda50693a4e24fb1afcfc6eb07647825:10001:7":    "ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:10001:7",
		"00112233445566778899-000000000001":                   "eddystone-uid:00112233445566778899:000000000001",
		"00112233445566778899000000000001":                    "eddystone-uid:00112233445566778899:000000000001",
		"altbeacon:2f234454cf6d4a0fadf2f4911ba9ffa600050003":  "altbeacon:2f234454cf6d4a0fadf2f4911ba9ffa600050003",
		"irk:000102030405060708090a0b0c0d0e0f":                "irk:000102030405060708090a0b0c0d0e0f",
		"58782076bc24":                                        "", // may change
		"18:78:20:76:bc:24":                                   "",
		"mac:000000000000":                                    "",
		"public-mac:000000000000":                             "",
		"public-mac:fda50693a4e24fb1afcfc6eb07647825-10001-7": "",
		"fda50693-a4e2-4fb1-afcf-c6eb07647825-70000-7":        "",
		"eddystone-eid:000102030405060708090a0b0c0d0e0f":      "",
		"Loan tag 7":                                          "",
		"AC:23:3F:A0:32":                                      "",
		"":                                                    "",
	} {
		id, err := customer.ParseIdentity(text)
		if id.Reveal() != want && want != "" || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, id.Reveal(), err)
		}
		if err != nil {
			if code(err) != showroom.CodeInvalid || text != "" && strings.Contains(err.Error(), text) {
				t.Errorf("%q: error %v", text, err)
			}
		}
	}
}

func TestNobodysAddressIsKept(t *testing.T) {
	d := open(t)
	tag := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	d.enrol(showroom.TagBasket, "Basket 1", beacon)
	if _, err := d.Return(t.Context(), d.command(), tag.ID, false); err != nil {
		t.Fatal(err)
	}
	d.holdsNowhere([]byte{0xAC, 0x23, 0x3F, 0xA0, 0x32, 0x08}, []byte{0xFD, 0xA5, 0x06, 0x93, 0xA4, 0xE2, 0x4F, 0xB1}, []byte("10001"))
}

func TestKeysChange(t *testing.T) {
	d := open(t)
	heard, silent := d.enrol(showroom.TagLoan, "Loan tag 7", printed), d.enrol(showroom.TagBasket, "Basket 8", beacon)
	if _, err := d.Return(t.Context(), d.command(), heard.ID, false); err != nil { // put away, and still heard
		t.Fatal(err)
	}
	oldest := d.keys()[0]
	d.passes(29 * day)
	if err := d.Rotate(t.Context()); err != nil || len(d.keys()) != 1 {
		t.Fatalf("%d keys after 29 days, %v", len(d.keys()), err)
	}
	d.passes(2 * day)
	d.runs(func() bool { return len(d.keys()) == 2 })
	if ring := d.Keys(d.clock().Wall); ring.Previous.IsZero() || ring.Current == ring.Previous {
		t.Error("the filters do not know both keys")
	}
	if radio := d.heard(beacon); radio != silent.Radio {
		t.Errorf("found as %q under the key before, want %q", radio, silent.Radio)
	}
	// That was heard as well; of a restart in between nobody knows.
	d.begin()
	d.heard(printed)
	d.runs(func() bool { return d.under("Loan tag 7") == oldest.Number+1 })
	if n := d.under("Basket 8"); n != oldest.Number {
		t.Fatalf("Basket 8 is under key %d, want still %d", n, oldest.Number)
	}

	d.passes(31 * day)
	d.runs(func() bool { return d.keys()[0].Number == oldest.Number+2 })
	if radio := d.heard(beacon); radio != "" || d.under("Basket 8") != 0 {
		t.Errorf("a tag nobody heard for a whole key passes as %q", radio)
	}
	if !strings.Contains(d.log.String(), "must be enrolled again") {
		t.Errorf("nobody is told:\n%s", d.log.String())
	}
	if radio := d.heard(printed); radio != "" {
		t.Errorf("put away, and passes as %q", radio)
	}
	if _, err := d.HandOut(t.Context(), d.command(), heard.ID); err != nil || d.heard(printed) == "" {
		t.Errorf("two keys later it is not known: %v", err)
	}
	again := d.enrol(showroom.TagBasket, "Basket 8", beacon) // out and lapsed: that use is over
	if again.ID != silent.ID || again.Radio == silent.Radio || d.heard(beacon) != again.Radio {
		t.Errorf("enrolled anew: %+v", again)
	}
	d.runs(func() bool { return len(d.keys()) == 1 }) // nobody is under the key before any more
}

// under is the number of the key a tag is enrolled under.
func (d *desk) under(label string) (number int) {
	for _, tag := range d.list() {
		if tag.Label == label {
			return tag.Key
		}
	}
	d.t.Fatalf("%s is not listed", label)
	return 0
}

func TestAnOldKeyNobodyUsesGoesAtOnce(t *testing.T) {
	d := open(t)
	oldest := d.keys()[0]
	d.passes(31 * day)
	d.runs(func() bool { return d.keys()[0].Number != oldest.Number })
	if keys := d.keys(); len(keys) != 1 {
		t.Errorf("%d keys, want the newest alone", len(keys))
	}
}

func TestWithoutAClockKeysStay(t *testing.T) {
	d := open(t)
	d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	d.mu.Lock()
	d.now.Wall, d.now.Boot, d.now.Quality = d.now.Wall.Add(1000*day), "another", showroom.ClockNone
	d.mu.Unlock()
	if err := d.Rotate(t.Context()); err != nil || len(d.keys()) != 1 {
		t.Errorf("%d keys, %v, want the first alone", len(d.keys()), err)
	}
	d.now.Quality = showroom.ClockSaved
	if err := d.Rotate(t.Context()); err != nil || len(d.keys()) != 2 {
		t.Errorf("%d keys with a clock, %v, want two", len(d.keys()), err)
	}
}

func TestALoanEndsByItself(t *testing.T) {
	d := open(t)
	first := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	basket := d.enrol(showroom.TagBasket, "Basket 1", uid)
	d.walks(zones.Change{ID: first.Radio, To: shoes})
	d.passes(3 * time.Hour)
	second := d.enrol(showroom.TagLoan, "Loan tag 8", beacon)
	d.passes(time.Hour)
	d.runs(func() bool { return d.heard(printed) == "" })
	if d.heard(beacon) != second.Radio || d.heard(uid) != basket.Radio {
		t.Error("a later loan or a basket has ended as well")
	}
	if got := d.list()[1]; got.Label != "Loan tag 7" || got.Out() || got.Lapsed() || got.Zone != (showroom.RadioZone{}) {
		t.Errorf("%+v, want that it is put away", got)
	}
	if diff := cmp.Diff([]string{
		`radio/` + string(first.Radio) + ` {"radio":"` + string(first.Radio) + `","tag":"loan","seconds":14400,"expired":true}`,
	}, d.told(showroom.KindTagReturned)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	// A restart without a clock does not know how long the second one has been out.
	d.mu.Lock()
	d.now.Wall, d.now.Boot, d.now.Quality = d.now.Wall.Add(1000*day), "another", showroom.ClockNone
	d.mu.Unlock()
	if err := d.EndLoans(t.Context()); err != nil || d.heard(beacon) == "" {
		t.Errorf("it has ended by a clock that nobody set: %v", err)
	}
	d.mu.Lock()
	d.now.Quality = showroom.ClockNTP
	d.mu.Unlock()
	if err := d.EndLoans(t.Context()); err != nil || d.heard(beacon) != "" {
		t.Errorf("it has not ended: %v", err)
	}
}

func TestTagsOfARestartAreThere(t *testing.T) {
	d := open(t)
	tag := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	d.begin()
	if radio := d.heard(printed); radio != tag.Radio {
		t.Errorf("heard as %q, want %q", radio, tag.Radio)
	}
	var all []showroom.RadioTag
	if err := d.db.View(t.Context(), func(v *store.View) (err error) { all, err = v.RadioTags(); return err }); err != nil || len(all) != 1 {
		t.Errorf("%d tags, %v", len(all), err)
	}
}

// What was written down by a clock that stood in a time to come must not last until then.
func TestAClockThatWasWrongKeepsNothingForEver(t *testing.T) {
	d := open(t)
	right := d.clock()
	d.now.Wall, d.now.Quality = right.Wall.AddDate(10, 0, 0), showroom.ClockSaved
	d.passes(31 * day)
	if err := d.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	key := d.keys()[0]
	d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	d.now = showroom.Moment{Wall: right.Wall.Add(day), Boot: "another", Mono: time.Minute, Quality: showroom.ClockSaved}
	d.begin()
	if err := d.EndLoans(t.Context()); err != nil || d.heard(printed) == "" {
		t.Errorf("with a clock that may be wrong itself the loan is over, %v", err)
	}
	if err := d.Rotate(t.Context()); err != nil || d.keys()[0].Number != key.Number {
		t.Errorf("with a clock that may be wrong itself there is a new key, %v", err)
	}
	d.now.Quality = showroom.ClockNTP
	if err := d.Rotate(t.Context()); err != nil || d.keys()[0].Number != key.Number+1 {
		t.Errorf("with a clock that is right there is no new key, %v", err)
	}
	if err := d.EndLoans(t.Context()); err != nil || d.heard(printed) != "" {
		t.Errorf("with a clock that is right the loan goes on, %v", err)
	}
}
