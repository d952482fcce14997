package gs1_test

import (
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/gs1"
)

func mustPrefixes(t testing.TB, list ...string) gs1.Prefixes {
	t.Helper()
	p, err := gs1.NewPrefixes(list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOwn(t *testing.T) {
	own := mustPrefixes(t, "8690000", "0614141", "869123456", "0614141", "952114112", "000001")
	for _, tc := range []struct {
		name, hex string
		want      bool
	}{
		{"sgtin-96", "3074257BF7194E4000001A85", true},
		{"sgtin-198 of 26 bytes", "3674257BF6B7A659B2C2BF100000000000000000000000000000", true},
		{"sgtin-198 of 25 bytes", "3634257BF7194E5B3770E40000000000000000000000000000", true},
		{"shortest prefix", "301800004000004000000001", true},
		{"another company", "30143639F84191AD22901607", false},
		{"sscc-96 of ours", "3174257BF4499602D2000000", true},
		{"grai-96 of ours", "3374257BF40C0E400000162E", true},
		{"itip-110 of another", "4014F4E4E40C0E40820000000F54", false},
		{"sgtin+ 79521141123453", "F73795211411234538566CB0AFC4", true},
		{"dsgtin+ 79521141123453", "FB342CDE795211411234538566CB0AFC4000", true},
		{"sgtin+ cut short", "F737952114112345", false},
		{"sgtin+ with a hexadecimal digit", "F737A5211411234538566CB0AFC4", false},
		{"unprogrammed", "E2801160600002054CC2096F", false},
		{"unknown", "DC2597315C30DF9C34E2", false},
		{"general identifier", "350007AB70425D4000000586", false},
		{"wrong length", "3074257BF7194E4000001A85AA", false},
		{"partition 7", "301C00004000004000000001", false},
		{"prefix out of range", "303BD0900000004000000007", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := own.Own(mustEPC(t, tc.hex)); got != tc.want {
				t.Errorf("Own = %v, want %v", got, tc.want)
			}
		})
	}
	if own.Own(gs1.EPC{}) {
		t.Error("owns no EPC")
	}
	if (gs1.Prefixes{}).Own(mustEPC(t, "3074257BF7194E4000001A85")) {
		t.Error("the empty set owns a tag")
	}
}

// The GTIN decides, whatever partition the tag was programmed with.
func TestOwnFollowsTheGTIN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSGTIN(t)
		epc, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		key := string(s.GTIN())[1:13]
		n := rapid.IntRange(6, 12).Draw(t, "n")
		ours, err := gs1.NewPrefixes([]string{key[:n]})
		if err != nil {
			t.Fatal(err)
		}
		if !ours.Own(epc) {
			t.Fatalf("%s with %s is not seen as own", epc, key[:n])
		}
		i := rapid.IntRange(0, n-1).Draw(t, "i")
		other := []byte(key[:n])
		other[i] = '0' + (other[i]-'0'+1)%10
		foreign, err := gs1.NewPrefixes([]string{string(other)})
		if err != nil {
			t.Fatal(err)
		}
		if foreign.Own(epc) {
			t.Fatalf("%s is seen as of %s", epc, other)
		}
	})
}

// An item reference that does not fit says nothing; the prefix still does.
func TestOwnWithBrokenItemReference(t *testing.T) {
	epc := mustEPC(t, "30305E30A761A80000000007")
	prefix, ok := epc.CompanyPrefix()
	if !ok {
		t.Fatal("no company prefix")
	}
	if !mustPrefixes(t, prefix).Own(epc) || mustPrefixes(t, prefix+"0").Own(epc) {
		t.Errorf("the prefix %s alone must decide", prefix)
	}
}

func TestNewPrefixesRefuses(t *testing.T) {
	for _, bad := range []string{"", "86912", "8691234567890", "86912x4", "-869123"} {
		if _, err := gs1.NewPrefixes([]string{"8690000", bad}); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestCompanyPrefixUnknown(t *testing.T) {
	for _, hex := range []string{"E2801160600002054CC2096F", "350007AB70425D4000000586", "F73795211411234538566CB0AFC4", "30"} {
		if prefix, ok := mustEPC(t, hex).CompanyPrefix(); ok {
			t.Errorf("%s has prefix %q", hex, prefix)
		}
	}
}

func TestOwnDoesNotAllocate(t *testing.T) {
	own := mustPrefixes(t, "8690000", "0614141", "869123456", "000001")
	tags := []gs1.EPC{
		mustEPC(t, "3074257BF7194E4000001A85"),
		mustEPC(t, "30143639F84191AD22901607"),
		mustEPC(t, "3674257BF6B7A659B2C2BF100000000000000000000000000000"),
		mustEPC(t, "3174257BF4499602D2000000"),
		mustEPC(t, "E2801160600002054CC2096F"),
	}
	owned := 0
	if n := testing.AllocsPerRun(200, func() {
		for _, tag := range tags {
			if own.Own(tag) {
				owned++
			}
		}
	}); n != 0 {
		t.Errorf("Own allocates %v times", n)
	}
	if owned == 0 {
		t.Error("nothing was owned")
	}
}

func BenchmarkOwn(b *testing.B) {
	own := mustPrefixes(b, "8690000", "0614141", "869123456", "000001")
	epc := mustEPC(b, "3074257BF7194E4000001A85")
	b.ReportAllocs()
	for b.Loop() {
		if !own.Own(epc) {
			b.Fatal("not own")
		}
	}
}
