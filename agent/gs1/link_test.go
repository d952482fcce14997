package gs1_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
)

func TestParseDigitalLink(t *testing.T) {
	item := gs1.Element{AI: "01", Value: "09506000134352"}
	for _, tc := range []struct {
		name, in   string
		stem       string
		path, rest gs1.Elements
		canonical  string // "" when it is in
	}{
		{"item", "https://id.gs1.org/01/09506000134352", "https://id.gs1.org", gs1.Elements{item}, nil, ""},
		{"all qualifiers", "https://example.com/01/09506000134352/22/2A/10/ABC/21/12%2F3", "https://example.com",
			gs1.Elements{item, {"22", "2A"}, {"10", "ABC"}, {"21", "12/3"}}, nil, ""},
		{"attributes", "https://example.com/01/09506000134352?17=261231&3103=000195&linkType=gs1:pip", "https://example.com",
			gs1.Elements{item}, gs1.Elements{{"17", "261231"}, {"3103", "000195"}}, "https://example.com/01/09506000134352?17=261231&3103=000195"},
		{"semicolon", "https://example.com/01/09506000134352?17=261231;10=A", "https://example.com",
			gs1.Elements{item}, gs1.Elements{{"17", "261231"}, {"10", "A"}}, "https://example.com/01/09506000134352?17=261231&10=A"},
		{"own path, port and fragment", "http://shop.example:8080/tr/kadin/01/09506000134352/21/7#top", "http://shop.example:8080/tr/kadin",
			gs1.Elements{item, {"21", "7"}}, nil, "http://shop.example:8080/tr/kadin/01/09506000134352/21/7"},
		{"capital scheme, slash behind", "HTTPS://ID.GS1.ORG/01/09506000134352/", "HTTPS://ID.GS1.ORG", gs1.Elements{item}, nil, "HTTPS://ID.GS1.ORG/01/09506000134352"},
		{"gtin of 13", "https://x.tr/01/9506000134352", "https://x.tr", gs1.Elements{item}, nil, "https://x.tr/01/09506000134352"},
		{"gtin of 8", "https://x.tr/01/96385074", "https://x.tr", gs1.Elements{{"01", "00000096385074"}}, nil, "https://x.tr/01/00000096385074"},
		{"shipment", "https://x.tr/00/106141412345678908", "https://x.tr", gs1.Elements{{"00", "106141412345678908"}}, nil, ""},
		{"location", "https://x.tr/414/0614141123452/254/32a%2Fb", "https://x.tr", gs1.Elements{{"414", "0614141123452"}, {"254", "32a/b"}}, nil, ""},
		{"returnable asset", "https://x.tr/8003/006141411234525678", "https://x.tr", gs1.Elements{{"8003", "006141411234525678"}}, nil, ""},
		{"asset", "https://x.tr/8004/0614141400%3B", "https://x.tr", gs1.Elements{{"8004", "0614141400;"}}, nil, ""},
		{"piece", "https://x.tr/8006/040123451234560102/21/981", "https://x.tr", gs1.Elements{{"8006", "040123451234560102"}, {"21", "981"}}, nil, ""},
		{"a plus is a plus", "https://x.tr/01/09506000134352/10/A+B?21=C+D", "https://x.tr",
			gs1.Elements{item, {"10", "A+B"}}, gs1.Elements{{"21", "C+D"}}, "https://x.tr/01/09506000134352/10/A%2BB?21=C%2BD"},
		{"a page called 01", "https://x.tr/01/shop/01/09506000134352", "https://x.tr/01/shop", gs1.Elements{item}, nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := gs1.ParseDigitalLink(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(gs1.DigitalLink{Stem: tc.stem, Path: tc.path, Attributes: tc.rest}, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			want := tc.canonical
			if want == "" {
				want = tc.in
			}
			if got.String() != want {
				t.Errorf("written as %s, want %s", got, want)
			}
		})
	}
}

func TestParseDigitalLinkRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, in, code, ai string
		at                 int
	}{
		{"nothing", "", gs1.CodeBadSyntax, "", 0},
		{"no scheme", "id.gs1.org/01/09506000134352", gs1.CodeBadSyntax, "", 0},
		{"another scheme", "ftp://id.gs1.org/01/09506000134352", gs1.CodeBadSyntax, "", 0},
		{"no host", "https:///01/09506000134352", gs1.CodeBadSyntax, "", 0},
		{"host alone", "https://id.gs1.org", gs1.CodeNoKey, "", 0},
		{"no key", "https://example.com/about/us", gs1.CodeNoKey, "", 0},
		{"key in the query only", "https://example.com/?01=09506000134352", gs1.CodeNoKey, "", 0},
		{"short name", "https://example.com/gtin/09506000134352/ser/1", gs1.CodeShortName, "", 20},
		{"check digit", "https://x.tr/01/09506000134353", gs1.CodeBadCheckDigit, "01", 13},
		{"order", "https://x.tr/01/09506000134352/21/1/10/2", gs1.CodeBadQualifier, "01", 13},
		{"foreign qualifier", "https://x.tr/01/09506000134352/254/1", gs1.CodeBadQualifier, "01", 13},
		{"half a pair", "https://x.tr/01/09506000134352/21", gs1.CodeBadQualifier, "01", 13},
		{"escape", "https://x.tr/01/09506000134352/21/%4", gs1.CodeBadSyntax, "21", 31},
		{"character", "https://x.tr/01/09506000134352/21/%20", gs1.CodeBadCharacter, "21", 31},
		{"unknown attribute", "https://x.tr/01/09506000134352?05=1", gs1.CodeUnknownAI, "", 31},
		{"bad date behind another", "https://x.tr/01/09506000134352?a=b&17=269931", gs1.CodeBadDate, "17", 35},
		{"twice", "https://x.tr/01/09506000134352/21/1?21=2", gs1.CodeDuplicateAI, "21", 36},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := gs1.ParseDigitalLink(tc.in)
			fault, ok := errors.AsType[*gs1.ElementError](err)
			if !ok || fault.Code != tc.code || fault.AI != tc.ai || fault.At != tc.at || fault.Reason == "" {
				t.Errorf("error %#v, want %s of (%s) at %d", err, tc.code, tc.ai, tc.at)
			}
		})
	}
}

// TestDigitalLinkRoundTrip: elements with a key survive being a link, and the
// link of an SGTIN says the SGTIN.
func TestDigitalLinkRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := someElements(t)
		link, err := gs1.NewDigitalLink("https://example.com/p/", all)
		if err != nil {
			if fault, ok := errors.AsType[*gs1.ElementError](err); !ok || fault.Code != gs1.CodeNoKey {
				t.Fatal(err)
			}
			return
		}
		back, err := gs1.ParseDigitalLink(link.String())
		if diff := cmp.Diff(link, back); err != nil || diff != "" {
			t.Fatalf("%s: %v, -want +got:\n%s", link, err, diff)
		}
		want := map[string]string{}
		for _, e := range all {
			want[e.AI] = e.Value
		}
		got := map[string]string{}
		for _, e := range back.Elements() {
			got[e.AI] = e.Value
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: -want +got:\n%s", link, diff)
		}
	})
}

func TestVectorsAsDigitalLinks(t *testing.T) {
	seen := 0
	for _, v := range readVectors(t) {
		if v.Expect.DigitalLink == "" {
			continue
		}
		seen++
		link, err := gs1.ParseDigitalLink(v.Expect.DigitalLink)
		if err != nil || link.Path.GTIN().String() != v.Expect.GTIN || link.Path.Serial() != v.Expect.Serial || link.String() != v.Expect.DigitalLink {
			t.Errorf("%s: %+v, %v", v.ID, link, err)
		}
	}
	if seen != 29 {
		t.Errorf("%d links, want 29", seen)
	}
}
