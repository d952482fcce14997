package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/lang"
	"showroom/agent/localapi"
)

func TestTheStoryTellsWhatBecameDifferent(t *testing.T) {
	shoe := localapi.Garment{EPC: "a", GTIN: "41", Product: localapi.Product{Name: "White Plimsolls", Variants: []localapi.Variant{{GTIN: "41", Size: "41"}}}}
	up := localapi.Reader{State: "up"}
	steps := []struct {
		room localapi.Room
		want []string
	}{
		{localapi.Room{ID: "2", Reader: up}, nil},
		{localapi.Room{ID: "2", Reader: up, Garments: []localapi.Garment{shoe}}, []string{"fitting room 2: White Plimsolls 41 arrived"}},
		{localapi.Room{ID: "2", Reader: up, Garments: []localapi.Garment{shoe}, Visit: "v"}, []string{"fitting room 2: somebody is there"}},
		{
			localapi.Room{ID: "2", Reader: localapi.Reader{State: "down", Reason: "not plugged in"}, Garments: []localapi.Garment{shoe}, Visit: "v", Called: true,
				Requests: []localapi.Request{{ID: "r", State: "accepted", Product: "White Plimsolls", Size: "40", By: "Elif"}}},
			[]string{
				"fitting room 2: reader fault (down not plugged in); what hangs there stays shown",
				"fitting room 2: White Plimsolls 40 is being fetched by Elif",
				"fitting room 2: an associate is called",
			},
		},
		{localapi.Room{ID: "2", Reader: up, LeftBehind: 1}, []string{
			"fitting room 2: the reader is up", "fitting room 2: left on the hook: 1", "fitting room 2: the visit is over",
		}},
	}
	var before []localapi.Room
	for i, s := range steps {
		now := []localapi.Room{s.room}
		if diff := cmp.Diff(s.want, differences(before, now)); diff != "" {
			t.Errorf("step %d (-want +told):\n%s", i, diff)
		}
		before = now
	}
}

func TestTheStoryTellsOfTheFloor(t *testing.T) {
	var f floor
	steps := []struct {
		zone string
		scan *localapi.Scan
		want []string
	}{
		{"", nil, nil},
		{"Shoes", &localapi.Scan{ID: "1", Product: &localapi.Product{Name: "White Plimsolls"}}, []string{
			"loan tag bag: in zone Shoes", "fitting room 1: a label is scanned, and the kiosk shows White Plimsolls",
		}},
		{"Shoes", &localapi.Scan{ID: "1", Product: &localapi.Product{Name: "White Plimsolls"}}, nil},
		{"", &localapi.Scan{ID: "2", Kind: "customer"}, []string{"loan tag bag: nobody hears it any more", "fitting room 1: a code is scanned: customer"}},
		{"", nil, nil},
	}
	for i, s := range steps {
		told := append(f.strolls([]localapi.Tag{{Label: "bag", ZoneName: s.zone}}), f.scanned(s.scan)...)
		if diff := cmp.Diff(s.want, told); diff != "" {
			t.Errorf("step %d (-want +told):\n%s", i, diff)
		}
	}
}

func TestFormsOfAPage(t *testing.T) {
	page := `<form method="post" action="/staff/requests/r1/accept" hx-post="x"><input type="hidden" name="command" value="c&amp;1"><button>Take</button></form>`
	all := forms(page)
	if len(all) != 1 || all[0].action != "/staff/requests/r1/accept" || all[0].fields.Get("command") != "c&1" {
		t.Errorf("%+v", all)
	}
}

func TestTheStoryTellsOfMoney(t *testing.T) {
	basket := func(pieces int, due int64) *localapi.Basket {
		return &localapi.Basket{Pieces: pieces, Due: localapi.Money{Minor: due, Currency: "TRY"}}
	}
	steps := []struct {
		now  localapi.Checkout
		want []string
	}{
		{localapi.Checkout{Stage: localapi.StageClosed, Closed: "fiscal"}, []string{"checkout sco1: closed (fiscal)"}},
		{localapi.Checkout{Stage: localapi.StageAttract}, []string{"checkout sco1: the next shopper may come"}},
		{localapi.Checkout{Stage: localapi.StageBasket, Basket: basket(2, 124990)}, []string{"checkout sco1: 2 in the basket, 1.249,90 TRY"}},
		{
			localapi.Checkout{Stage: localapi.StagePaying, Basket: basket(2, 124990), Pay: &localapi.Pay{Amount: localapi.Money{Minor: 124990, Currency: "TRY"}}},
			[]string{"checkout sco1: 1.249,90 TRY are asked for at the terminal"},
		},
		{
			localapi.Checkout{Stage: localapi.StageBasket, Basket: basket(2, 124990), Notice: &localapi.Notice{ID: "n", Code: localapi.NoticeDeclined}},
			[]string{`checkout sco1: the shopper is told "declined"`},
		},
		{
			localapi.Checkout{Stage: localapi.StageReceipt, Paid: &localapi.Paid{Number: 7, Due: localapi.Money{Minor: 124990, Currency: "TRY"}, Fiscal: "1/7", Receipt: "https://r.example/r/T"}},
			[]string{"checkout sco1: sale 7 paid 1.249,90 TRY, fiscal slip 1/7, receipt https://r.example/r/T"},
		},
	}
	var was localapi.Checkout
	for i, step := range steps {
		if diff := cmp.Diff(step.want, sold(was, step.now, lang.Turkish)); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
		was = step.now
	}
}

func TestFiguresAreOfTheLanguage(t *testing.T) {
	for language, want := range map[lang.Tag]string{lang.Turkish: "1.249,90 TRY", lang.English: "1,249.90 TRY"} {
		if got := price(localapi.Money{Minor: 124990, Currency: "TRY"}, language); got != want {
			t.Errorf("%v: %q, want %q", language, got, want)
		}
	}
}
