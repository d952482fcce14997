package gs1_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"showroom/agent/gs1"
)

type vector struct {
	ID          string `json:"id"`
	Hex         string `json:"epc_hex"`
	Valid       bool   `json:"valid"`
	OtherScheme bool   `json:"other_scheme"`
	ErrorClass  string `json:"error_class"`
	Expect      struct {
		Scheme        string `json:"scheme"`
		Filter        uint8  `json:"filter"`
		Partition     int    `json:"partition"`
		CompanyPrefix string `json:"company_prefix"`
		ItemRef       string `json:"indicator_item_ref"`
		Serial        string `json:"serial"`
		GTIN          string `json:"gtin14"`
		PureURI       string `json:"pure_identity_uri"`
		TagURI        string `json:"tag_uri"`
		ElementString string `json:"gs1_element_string"`
		DigitalLink   string `json:"digital_link"`
	} `json:"expect"`
}

func readVectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/epc_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

func mustEPC(t testing.TB, hex string) gs1.EPC {
	t.Helper()
	epc, err := gs1.ParseEPC(hex)
	if err != nil {
		t.Fatalf("parse %q: %v", hex, err)
	}
	return epc
}

func TestVectors(t *testing.T) {
	counts := map[string]int{}
	for _, v := range readVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			switch {
			case !v.Valid:
				counts["bad"]++
				checkBad(t, v)
			case v.OtherScheme:
				counts["other"]++
				checkOther(t, v)
			default:
				counts["sgtin"]++
				checkSGTIN(t, v)
			}
		})
	}
	if counts["sgtin"] != 29 || counts["bad"] != 8 || counts["other"] != 8 {
		t.Errorf("ran %v, want 29 sgtin, 8 bad, 8 other", counts)
	}
}

func checkSGTIN(t *testing.T, v vector) {
	epc := mustEPC(t, v.Hex)
	s, err := gs1.Decode(epc)
	if err != nil {
		t.Fatal(err)
	}
	want := gs1.SGTIN{
		Scheme:        gs1.Scheme(v.Expect.Scheme),
		Filter:        v.Expect.Filter,
		CompanyPrefix: v.Expect.CompanyPrefix,
		ItemRef:       v.Expect.ItemRef,
		Serial:        v.Expect.Serial,
	}
	if s != want {
		t.Errorf("Decode = %+v, want %+v", s, want)
	}
	if got := 12 - len(s.CompanyPrefix); got != v.Expect.Partition {
		t.Errorf("partition %d, want %d", got, v.Expect.Partition)
	}
	for _, c := range []struct{ what, got, want string }{
		{"Scheme", string(epc.Scheme()), v.Expect.Scheme},
		{"GTIN", s.GTIN().String(), v.Expect.GTIN},
		{"PureURI", s.PureURI(), v.Expect.PureURI},
		{"TagURI", s.TagURI(), v.Expect.TagURI},
		{"ElementString", s.ElementString(), v.Expect.ElementString},
		{"DigitalLink", s.DigitalLink(), v.Expect.DigitalLink},
	} {
		if c.got != c.want {
			t.Errorf("%s = %q, want %q", c.what, c.got, c.want)
		}
	}
	if prefix, ok := epc.CompanyPrefix(); !ok || prefix != v.Expect.CompanyPrefix {
		t.Errorf("CompanyPrefix = %q, %v, want %q", prefix, ok, v.Expect.CompanyPrefix)
	}
	checkEncodesTo(t, s, epc)
}

// checkEncodesTo accepts that an SGTIN-198 read as 25 bytes is written as 26.
func checkEncodesTo(t *testing.T, s gs1.SGTIN, epc gs1.EPC) {
	t.Helper()
	back, err := s.Encode()
	if err != nil {
		t.Fatalf("encode %+v: %v", s, err)
	}
	want := epc.String()
	if epc.Len() == 25 {
		want += "00"
	}
	if back.String() != want {
		t.Errorf("Encode = %s, want %s", back, want)
	}
}

func checkBad(t *testing.T, v vector) {
	epc, err := gs1.ParseEPC(v.Hex)
	if err == nil {
		_, err = gs1.Decode(epc)
	}
	var fault *gs1.EPCError
	if !errors.As(err, &fault) {
		t.Fatalf("error %v, want an *EPCError", err)
	}
	if fault.Code != v.ErrorClass {
		t.Errorf("code %q (%v), want %q", fault.Code, err, v.ErrorClass)
	}
	if fault.EPC != epc {
		t.Errorf("error carries EPC %v, want %v", fault.EPC, epc)
	}
	if fault.Field == "" || fault.Reason == "" {
		t.Errorf("error does not say what is wrong: %+v", fault)
	}
	if strings.Contains(err.Error(), v.Hex) {
		t.Errorf("error text repeats the EPC: %v", err)
	}
}

func checkOther(t *testing.T, v vector) {
	epc := mustEPC(t, v.Hex)
	if got := string(epc.Scheme()); got != v.Expect.Scheme {
		t.Errorf("Scheme = %q, want %q", got, v.Expect.Scheme)
	}
	_, err := gs1.Decode(epc)
	var fault *gs1.EPCError
	if !errors.As(err, &fault) || fault.Code != gs1.CodeNotSGTIN || !errors.Is(err, gs1.ErrNotSGTIN) {
		t.Errorf("error %v, want %s wrapping ErrNotSGTIN", err, gs1.CodeNotSGTIN)
	}
}

func TestBulk(t *testing.T) {
	file, err := os.Open("testdata/epc_bulk.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sgtins := 0
	for _, row := range rows[1:] {
		hex, uri, gtin, serial := row[1], row[2], row[3], row[4]
		epc := mustEPC(t, hex)
		s, err := gs1.Decode(epc)
		if !strings.HasPrefix(uri, "urn:epc:id:sgtin:") {
			if !errors.Is(err, gs1.ErrNotSGTIN) {
				t.Errorf("%s (%s): error %v, want ErrNotSGTIN", hex, uri, err)
			}
			continue
		}
		sgtins++
		if err != nil {
			t.Errorf("%s: %v", hex, err)
			continue
		}
		if s.PureURI() != uri || s.GTIN().String() != gtin || s.Serial != serial {
			t.Errorf("%s: %s %s %s, want %s %s %s", hex, s.PureURI(), s.GTIN(), s.Serial, uri, gtin, serial)
		}
		checkEncodesTo(t, s, epc)
	}
	if sgtins != 582 {
		t.Errorf("%d SGTIN rows, want 582", sgtins)
	}
}
