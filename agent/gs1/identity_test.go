package gs1_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
)

// TestIdentifyVectors: Identify says of every vector what Decode says of trade items.
func TestIdentifyVectors(t *testing.T) {
	named := 0
	for _, v := range readVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			epc, err := gs1.ParseEPC(v.Hex)
			var id gs1.Identity
			if err == nil {
				id, err = gs1.Identify(epc)
			}
			if !v.Valid {
				checkCode(t, err, v.ErrorClass)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			named++
			got := map[string]string{
				"scheme": string(id.Scheme), "gtin": id.GTIN().String(), "pure": id.PureURI(), "elements": id.ElementString(),
			}
			want := map[string]string{
				"scheme": v.Expect.Scheme, "gtin": v.Expect.GTIN, "pure": v.Expect.PureURI, "elements": v.Expect.ElementString,
			}
			if id.Scheme == gs1.SGTINPlus {
				want["elements"] = "(01)" + v.Expect.GTIN + "(21)" + v.Expect.Serial
			}
			if !v.OtherScheme {
				got["tag"], want["tag"] = id.TagURI(), v.Expect.TagURI
				got["link"], want["link"] = id.DigitalLink(), v.Expect.DigitalLink
				p, _ := id.Partition()
				got["partition"], want["partition"] = strconv.Itoa(p), strconv.Itoa(v.Expect.Partition)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			checkIdentityEncodes(t, id, epc)
		})
	}
	if named != 37 {
		t.Errorf("%d vectors have a name, want 37", named)
	}
}

// checkIdentityEncodes wants the same bits back, in whole words.
func checkIdentityEncodes(t testing.TB, id gs1.Identity, epc gs1.EPC) {
	t.Helper()
	back, err := id.Encode()
	if id.Scheme == gs1.SGTINPlus {
		checkErr(t, err, gs1.CodeBadScheme)
		return
	}
	if err != nil {
		t.Fatalf("encode %+v: %v", id, err)
	}
	want := epc.String()
	if epc.Len()%2 != 0 {
		want += "00"
	}
	if back.String() != want {
		t.Errorf("%+v encodes to %s, want %s", id, back, want)
	}
}

func checkErr(t testing.TB, err error, code string) {
	t.Helper()
	fault, ok := errors.AsType[*gs1.EPCError](err)
	if !ok || fault.Code != code {
		t.Errorf("error %v, want code %q", err, code)
	}
}

func TestIdentifyBulk(t *testing.T) {
	rows := readCSV(t, "testdata/epc_bulk.csv")
	iso := 0
	for _, row := range rows {
		word, err := strconv.ParseUint(row[0], 16, 16)
		if err != nil {
			t.Fatal(err)
		}
		epc := mustEPC(t, row[1])
		id, err := gs1.IdentifyTag(gs1.PC(word), epc)
		if row[2] == "" {
			checkCode(t, err, gs1.CodeISOAFI)
			iso++
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", row[1], err)
			continue
		}
		if id.PureURI() != row[2] || id.GTIN().String() != row[3] {
			t.Errorf("%s: %s %s, want %s %s", row[1], id.PureURI(), id.GTIN(), row[2], row[3])
		}
		checkIdentityEncodes(t, id, epc)
	}
	if len(rows) != 600 || iso != 7 {
		t.Errorf("%d rows, %d of them no EPC, want 600 and 7", len(rows), iso)
	}
}

// readCSV reads the rows below the heading.
func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(rows), err)
	}
	return rows[1:]
}

// TestIdentifySchemes: another decoder calls the tags of every scheme the same.
func TestIdentifySchemes(t *testing.T) {
	schemes := map[gs1.Scheme]int{}
	for _, row := range readCSV(t, "testdata/tag_uris.csv") {
		epc := mustEPC(t, row[0])
		id, err := gs1.Identify(epc)
		if err != nil || id.TagURI() != row[1] {
			t.Errorf("%s: %q, %v, want %q", row[0], id.TagURI(), err, row[1])
			continue
		}
		schemes[id.Scheme]++
		checkIdentityEncodes(t, id, epc)
	}
	if len(schemes) != 17 {
		t.Errorf("%d schemes, want 17: %v", len(schemes), schemes)
	}
}

func TestIdentifyNames(t *testing.T) {
	for _, tc := range []struct {
		hex, tag, link string
	}{
		{"3174257BF4499602D2000000", "urn:epc:tag:sscc-96:3.0614141.1234567890", "https://id.gs1.org/00/106141412345678908"},
		{"3274257BF46072000000162E", "urn:epc:tag:sgln-96:3.0614141.12345.5678", "https://id.gs1.org/414/0614141123452/254/5678"},
		{"3274257BF460720000000000", "urn:epc:tag:sgln-96:3.0614141.12345.0", "https://id.gs1.org/414/0614141123452"},
		{"3374257BF40C0E400000162E", "urn:epc:tag:grai-96:3.0614141.12345.5678", "https://id.gs1.org/8003/006141411234525678"},
		{"350007AB70425D4000000586", "urn:epc:tag:gid-96:31415.271828.1414", ""},
		{"4014F4E4E40C0E40820000000F54", "urn:epc:tag:itip-110:0.4012345.012345.01.02.981", "https://id.gs1.org/8006/040123451234560102/21/981"},
		{"F73795211411234538566CB0AFC4", "", "https://id.gs1.org/01/79521141123453/21/32a%2Fb"},
	} {
		id, err := gs1.Identify(mustEPC(t, tc.hex))
		if err != nil {
			t.Errorf("%s: %v", tc.hex, err)
			continue
		}
		if id.TagURI() != tc.tag || id.DigitalLink() != tc.link {
			t.Errorf("%s: %q %q, want %q %q", tc.hex, id.TagURI(), id.DigitalLink(), tc.tag, tc.link)
		}
		if elements := id.Elements(); elements != nil {
			if err := elements.Check(); err != nil {
				t.Errorf("%s: its own elements are refused: %v", tc.hex, err)
			}
		}
	}
}

func TestIdentifyRefuses(t *testing.T) {
	for _, tc := range []struct{ name, hex, code, field string }{
		{"unprogrammed", "E2801160600002054CC2096F", gs1.CodeUnknownHeader, "header"},
		{"erased", "000000000000000000000000", gs1.CodeUnknownHeader, "header"},
		{"unassigned", "DC2597315C30DF9C34E20000", gs1.CodeUnknownHeader, "header"},
		{"by name only", "2F0203331D2B3A2000000001", gs1.CodeUnsupported, "header"},
		{"length", "3174257BF4499602D200", gs1.CodeBadLength, "epc"},
		{"pc in front", "30003174257BF4499602D2000000", gs1.CodeBadLength, "epc"},
		{"gid length", "350007AB70425D40000005860000", gs1.CodeBadLength, "epc"},
		{"partition", "317C257BF4499602D2000000", gs1.CodeBadPartition, "partition"},
		{"prefix", "3177FFFFFC499602D2000000", gs1.CodeCompanyPrefix, "company prefix"},
		{"sscc reference", "3174257BF7FFFFFFFF000000", gs1.CodeReference, "serial reference"},
		{"sgln reference", "3274257BF7FFFE000000162E", gs1.CodeReference, "location reference"},
		{"itip item", "4014F4E4E7FFFFC0820000000F54", gs1.CodeItemReference, "item reference"},
		{"piece", "4014F4E4E40C0E7F020000000F54", gs1.CodeBadPiece, "piece"},
		{"total", "4014F4E4E40C0E40FE0000000F54", gs1.CodeBadPiece, "total"},
		{"itip padding", "4014F4E4E40C0E40820000000F55", gs1.CodeBadPadding, "padding"},
		{"sscc padding", "3174257BF4499602D2000001", gs1.CodeBadPadding, "padding"},
		{"sgcn serial", "3F74257BF460720000000002", gs1.CodeBadSerial, "serial"},
		{"plus too short", "F7379521141123", gs1.CodeBadLength, "epc"},
		{"plus digit", "F7379A211411234538566CB0AFC4", gs1.CodeBadGTIN, "gtin"},
		{"plus check digit", "F73795211411234548566CB0AFC4", gs1.CodeBadGTIN, "gtin"},
		{"plus no serial", "F73795211411234538000000", gs1.CodeBadSerial, "serial"},
		{"plus encoding", "F7379521141123453C566CB0AFC4", gs1.CodeBadSerial, "serial"},
		{"plus cut", "F73795211411234538566CB0", gs1.CodeBadLength, "epc"},
		{"plus padding", "F73795211411234538566CB0AFC5", gs1.CodeBadPadding, "padding"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			epc := mustEPC(t, tc.hex)
			id, err := gs1.Identify(epc)
			checkCode(t, err, tc.code)
			if fault, ok := errors.AsType[*gs1.EPCError](err); ok && (fault.Field != tc.field || fault.EPC != epc) {
				t.Errorf("field %q of %s, want %q", fault.Field, fault.EPC, tc.field)
			}
			if id != (gs1.Identity{}) {
				t.Errorf("a refused tag is %+v", id)
			}
		})
	}
	_, err := gs1.Identify(gs1.EPC{})
	checkCode(t, err, gs1.CodeBadLength)
	_, err = gs1.IdentifyTag(0x3400, mustEPC(t, "3174257BF4499602D200"))
	checkCode(t, err, gs1.CodeBadLength)
}

// TestPlusEncodings holds every encoding of a serial to the same trade item.
func TestPlusEncodings(t *testing.T) {
	const gtin = "79521141123453"
	for _, tc := range []struct {
		serial string
		tail   string // in binary: encoding, length, characters
	}{
		{"007", "000 00011 0000000111"},
		{"99999999999999999999", "000 10100 " + fmt.Sprintf("%067b", new(big.Int).Sub(new(big.Int).Exp(big.NewInt(10), big.NewInt(20), nil), big.NewInt(1)))},
		{"AB1", "001 00011 1010 1011 0001"},
		{"ab1", "010 00011 1010 1011 0001"},
		{"Az_", "011 00011 000000 110011 111111"},
		{"a!", "100 00010 1100001 0100001"},
		{"A-9", "101 00011 " + fmt.Sprintf("%016b", 1*1600+27*40+39+1)},
		{"AB", "101 00010 " + fmt.Sprintf("%016b", 1*1600+2*40+1)},
	} {
		bits := strings.ReplaceAll(tc.tail, " ", "")
		for len(bits)%16 != 4 { // header, toggle and filter, GTIN are 68 bits
			bits += "0"
		}
		hex := "F73" + gtin
		for ; bits != ""; bits = bits[4:] {
			v, err := strconv.ParseUint(bits[:4], 2, 4)
			if err != nil {
				t.Fatal(err)
			}
			hex += fmt.Sprintf("%X", v)
		}
		if len(hex)%2 != 0 {
			hex += "0"
		}
		id, err := gs1.Identify(mustEPC(t, hex))
		want := gs1.Identity{Scheme: gs1.SGTINPlus, Filter: 3, Reference: gtin, Serial: tc.serial}
		if err != nil || id != want {
			t.Errorf("%s: %+v, %v, want serial %q", hex, id, err, tc.serial)
		}
	}
}

func TestIdentityRoundTrip(t *testing.T) {
	schemes := map[gs1.Scheme]struct{ digits, text, number int }{
		gs1.SGTIN96: {13, 0, 38}, gs1.SGTIN198: {13, 20, 0}, gs1.ITIP110: {13, 0, 38}, gs1.ITIP212: {13, 20, 0},
		gs1.SGLN96: {12, 0, 41}, gs1.SGLN195: {12, 20, 0}, gs1.GRAI96: {12, 0, 38}, gs1.GRAI170: {12, 16, 0},
		gs1.GDTI96: {12, 0, 41}, gs1.GDTI174: {12, 17, 0}, gs1.SSCC96: {17, 0, 0}, gs1.GSRN96: {17, 0, 0}, gs1.GSRNP96: {17, 0, 0},
	}
	names := []gs1.Scheme{
		gs1.SGTIN96, gs1.SGTIN198, gs1.ITIP110, gs1.ITIP212, gs1.SGLN96, gs1.SGLN195, gs1.GRAI96, gs1.GRAI170,
		gs1.GDTI96, gs1.GDTI174, gs1.SSCC96, gs1.GSRN96, gs1.GSRNP96, gs1.GIAI96, gs1.CPI96, gs1.SGCN96, gs1.GID96,
	}
	digits := func(t *rapid.T, n int, what string) string {
		return rapid.StringMatching(fmt.Sprintf(`[0-9]{%d}`, n)).Draw(t, what)
	}
	number := func(t *rapid.T, bits int, what string) string {
		return strconv.FormatUint(rapid.Uint64Range(0, 1<<bits-1).Draw(t, what), 10)
	}
	rapid.Check(t, func(t *rapid.T) {
		prefix := digits(t, rapid.IntRange(6, 12).Draw(t, "prefix length"), "prefix")
		id := gs1.Identity{Scheme: rapid.SampledFrom(names).Draw(t, "scheme"), Filter: uint8(rapid.IntRange(0, 7).Draw(t, "filter")), CompanyPrefix: prefix}
		switch s, ok := schemes[id.Scheme]; {
		case ok:
			id.Reference = digits(t, s.digits-len(prefix), "reference")
			if s.number > 0 {
				id.Serial = number(t, s.number, "serial")
			} else if s.text > 0 {
				id.Serial = rapid.StringMatching(fmt.Sprintf(`[!"%%-?A-Z_a-z]{1,%d}`, s.text)).Draw(t, "serial")
			}
			if strings.HasPrefix(string(id.Scheme), "itip") {
				id.Piece, id.Total = uint8(rapid.IntRange(0, 99).Draw(t, "piece")), uint8(rapid.IntRange(0, 99).Draw(t, "total"))
			}
		case id.Scheme == gs1.GIAI96:
			id.Reference = number(t, 42, "reference")
		case id.Scheme == gs1.CPI96:
			id.Reference, id.Serial = number(t, 9, "reference"), number(t, 31, "serial")
		case id.Scheme == gs1.SGCN96:
			id.Reference, id.Serial = digits(t, 12-len(prefix), "reference"), digits(t, rapid.IntRange(1, 12).Draw(t, "length"), "serial")
		default:
			id.Filter, id.CompanyPrefix, id.Reference, id.Serial = 0, number(t, 28, "manager"), number(t, 24, "class"), number(t, 36, "serial")
		}
		epc, err := id.Encode()
		if err != nil {
			t.Fatalf("encode %+v: %v", id, err)
		}
		if back, err := gs1.Identify(epc); err != nil || back != id {
			t.Fatalf("%+v comes back as %+v, %v", id, back, err)
		}
		if id.Scheme != gs1.GID96 {
			if err := id.Elements().Check(); err != nil {
				t.Fatalf("elements of %+v: %v", id, err)
			}
			if own, ok := epc.CompanyPrefix(); !ok || own != prefix {
				t.Fatalf("company prefix %q, want %q", own, prefix)
			}
		}
	})
}

func TestIdentityEncodeRefuses(t *testing.T) {
	sscc := gs1.Identity{Scheme: gs1.SSCC96, CompanyPrefix: "0614141", Reference: "1234567890"}
	for name, tc := range map[string]struct {
		change func(*gs1.Identity)
		code   string
	}{
		"scheme":       {func(id *gs1.Identity) { id.Scheme = gs1.USDOD96 }, gs1.CodeBadScheme},
		"filter":       {func(id *gs1.Identity) { id.Filter = 8 }, gs1.CodeBadFilter},
		"prefix":       {func(id *gs1.Identity) { id.CompanyPrefix = "06141" }, gs1.CodeCompanyPrefix},
		"reference":    {func(id *gs1.Identity) { id.Reference = "1" }, gs1.CodeReference},
		"serial":       {func(id *gs1.Identity) { id.Serial = "1" }, gs1.CodeBadSerial},
		"piece":        {func(id *gs1.Identity) { id.Piece = 1 }, gs1.CodeBadPiece},
		"giai zero":    {func(id *gs1.Identity) { id.Scheme, id.Reference = gs1.GIAI96, "01" }, gs1.CodeReference},
		"giai too big": {func(id *gs1.Identity) { id.Scheme, id.Reference = gs1.GIAI96, "999999999999999999" }, gs1.CodeReference},
		"sgln serial":  {func(id *gs1.Identity) { id.Scheme, id.Reference, id.Serial = gs1.SGLN96, "12345", "2199023255552" }, gs1.CodeBadSerial},
		"itip piece":   {func(id *gs1.Identity) { id.Scheme, id.Reference, id.Serial, id.Total = gs1.ITIP110, "123456", "1", 100 }, gs1.CodeBadPiece},
		"sgcn serial":  {func(id *gs1.Identity) { id.Scheme, id.Reference, id.Serial = gs1.SGCN96, "12345", "" }, gs1.CodeBadSerial},
		"gid manager": {func(id *gs1.Identity) {
			*id = gs1.Identity{Scheme: gs1.GID96, CompanyPrefix: "268435456", Reference: "1", Serial: "1"}
		}, gs1.CodeCompanyPrefix},
		"gid filter": {func(id *gs1.Identity) {
			*id = gs1.Identity{Scheme: gs1.GID96, Filter: 1, CompanyPrefix: "1", Reference: "1", Serial: "1"}
		}, gs1.CodeBadFilter},
	} {
		id := sscc
		tc.change(&id)
		epc, err := id.Encode()
		if checkCode(t, err, tc.code); !epc.IsZero() {
			t.Errorf("%s: gave %s", name, epc)
		}
	}
}

// TestEmptyIdentity: an identity nobody has made has no name and breaks nothing.
func TestEmptyIdentity(t *testing.T) {
	for _, scheme := range []gs1.Scheme{"", gs1.SGTIN96, gs1.SSCC96, gs1.GRAI96, gs1.GID96, gs1.SGTINPlus} {
		id := gs1.Identity{Scheme: scheme}
		_ = id.PureURI() + id.TagURI() + id.ElementString() + id.DigitalLink() + id.GTIN().String()
		if _, err := id.Encode(); err == nil {
			t.Errorf("an empty %q was encoded", scheme)
		}
	}
}
