package customer_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

func tagOf(t interface{ Fatal(...any) }, body string, serial uint64) gs1.EPC {
	check, err := gs1.CheckDigit(body)
	if err != nil {
		t.Fatal(err)
	}
	sgtin, err := gs1.NewSGTIN96(gs1.GTIN(body+string(check)), 7, 1, serial)
	if err != nil {
		t.Fatal(err)
	}
	epc, err := sgtin.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return epc
}

func gtin(t interface{ Fatal(...any) }, body string) gs1.GTIN {
	check, err := gs1.CheckDigit(body)
	if err != nil {
		t.Fatal(err)
	}
	return gs1.GTIN(body + string(check))
}

// Bodies of GTINs: of the shop's own company, and of others.
const (
	ours   = "0061414112345"
	listed = "0869000012345"
	theirs = "0471234598765"
)

// lists has the catalogue hold items, told as the feed tells it.
func (d *desk) lists(version int64, bodies ...string) {
	d.t.Helper()
	if err := d.db.Update(d.t.Context(), func(tx *store.Tx) error {
		for _, body := range bodies {
			if err := tx.PutItem(showroom.Item{GTIN: gtin(d.t, body), Product: "p"}, version); err != nil {
				return err
			}
		}
		_, err := tx.Append(showroom.CatalogueChanged{Buckets: []string{string(store.BucketItem)}})
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
}

func TestWhoseGarmentsAreSeen(t *testing.T) {
	d := open(t)
	d.lists(1, listed)
	d.begin()
	var own devices.Own = d.Own
	unprogrammed, err := gs1.ParseEPC("E28011606000020512345678")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		epc  gs1.EPC
		want bool
	}{
		"the shop's own, in no catalogue": {tagOf(t, ours, 1), true},
		"another maker's, in the shop's":  {tagOf(t, listed, 1), true},
		"another shop's":                  {tagOf(t, theirs, 1), false},
		"unprogrammed":                    {unprogrammed, false},
		"none":                            {gs1.EPC{}, false},
	} {
		if got := own(c.epc); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWhatIsSoldIsSeenNoMore(t *testing.T) {
	d := open(t)
	coat, scarf, foreign := tagOf(t, ours, 7), tagOf(t, ours, 8), tagOf(t, theirs, 7)
	done, err := d.Sold(t.Context(), "sale 1", []gs1.EPC{coat, coat, foreign})
	if err != nil || done.Changed != 2 || done.Already != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if d.Own(coat) || !d.Own(scarf) {
		t.Errorf("sold is seen: %v, its neighbour: %v", d.Own(coat), d.Own(scarf))
	}
	d.begin()
	if d.Own(coat) || !d.Own(scarf) {
		t.Errorf("after a restart, sold is seen: %v, its neighbour: %v", d.Own(coat), d.Own(scarf))
	}
	if done, err := d.Sold(t.Context(), "sale 1", []gs1.EPC{coat, coat, foreign}); err != nil || done.Changed != 2 {
		t.Errorf("the same command answers %+v, %v", done, err)
	}
	if _, err := d.Sold(t.Context(), "sale 1", []gs1.EPC{scarf}); code(err) != showroom.CodeConflict {
		t.Errorf("the command for another: %v", err)
	}
	if done, err := d.Returned(t.Context(), "return 1", []gs1.EPC{coat, scarf}); err != nil || done.Changed != 1 || done.Already != 1 {
		t.Errorf("returned: %+v, %v", done, err)
	}
	if !d.Own(coat) {
		t.Error("returned and not seen")
	}
	item := string(gtin(t, ours))
	if diff := cmp.Diff([]string{`garments {"items":[{"gtin":"` + item + `","count":1},{"gtin":"` + string(gtin(t, theirs)) + `","count":1}]}`},
		d.told(showroom.KindGarmentsSold)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`garments {"items":[{"gtin":"` + item + `","count":1}]}`}, d.told(showroom.KindGarmentsReturned)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	d.holdsNowhere(coat.AppendBytes(nil), foreign.AppendBytes(nil))
}

func TestTillsAreRefused(t *testing.T) {
	d := open(t)
	if _, err := d.Sold(t.Context(), "a", nil); code(err) != showroom.CodeInvalid {
		t.Errorf("nothing sold: %v", err)
	}
	if _, err := d.Sold(t.Context(), "b", make([]gs1.EPC, 501)); code(err) != showroom.CodeInvalid {
		t.Errorf("too much: %v", err)
	}
	if _, err := d.Returned(t.Context(), "c", []gs1.EPC{tagOf(t, ours, 1), {}}); code(err) != showroom.CodeInvalid {
		t.Errorf("an empty tag: %v", err)
	}
	if _, err := d.Sold(t.Context(), "", []gs1.EPC{tagOf(t, ours, 1)}); code(err) != showroom.CodeInvalid || !d.Own(tagOf(t, ours, 1)) {
		t.Errorf("without a command: %v", err)
	}
}

// TestTheSameTagWithZerosBehind: an SGTIN-198 comes as 25 or as 26 bytes.
func TestTheSameTagWithZerosBehind(t *testing.T) {
	d := open(t)
	long, err := gs1.SGTIN{Scheme: gs1.SGTIN198, CompanyPrefix: "0614141", ItemRef: "712345", Serial: "32a/b"}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	short, err := gs1.EPCFromBytes(long.AppendBytes(nil)[:25])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Sold(t.Context(), "a", []gs1.EPC{long}); err != nil || d.Own(long) || d.Own(short) {
		t.Errorf("sold as %d bytes, seen as %d: %v, %v", long.Len(), short.Len(), d.Own(short), err)
	}
}

func TestTheCatalogueIsFollowed(t *testing.T) {
	d := open(t)
	piece := tagOf(t, listed, 1)
	if d.Own(piece) {
		t.Fatal("seen before it was listed")
	}
	listing := false
	d.runs(func() bool {
		if !listing {
			d.lists(1, listed)
			listing = true
		}
		return d.Own(piece)
	})
	d.runs(func() bool {
		if listing {
			listing = false
			if err := d.db.Update(t.Context(), func(tx *store.Tx) error {
				if err := tx.Delete(store.BucketItem, string(gtin(t, listed)), 2); err != nil {
					return err
				}
				_, err := tx.Append(showroom.CatalogueChanged{Buckets: []string{"stock", "item"}})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		return !d.Own(piece)
	})
}

// TestOwnIsWhatItSays against the plain rule, whatever is sold and returned in whatever order.
func TestOwnIsWhatItSays(t *testing.T) {
	d := open(t)
	d.lists(1, listed)
	d.begin()
	sold, n := map[gs1.EPC]bool{}, 0
	rapid.Check(t, func(t *rapid.T) {
		epc := tagOf(t, rapid.SampledFrom([]string{ours, listed, theirs}).Draw(t, "item"), rapid.Uint64Range(1, 12).Draw(t, "serial"))
		n++
		switch rapid.IntRange(0, 2).Draw(t, "act") {
		case 0:
			if _, err := d.Sold(d.t.Context(), showroom.CommandID(fmt.Sprint("s", n)), []gs1.EPC{epc}); err != nil {
				t.Fatal(err)
			}
			sold[epc] = true
		case 1:
			if _, err := d.Returned(d.t.Context(), showroom.CommandID(fmt.Sprint("r", n)), []gs1.EPC{epc}); err != nil {
				t.Fatal(err)
			}
			delete(sold, epc)
		}
		item, _ := epc.TradeItem()
		want := item != gtin(t, theirs).TradeItem() && !sold[epc]
		if got := d.Own(epc); got != want {
			t.Fatalf("%s: %v, want %v", epc, got, want)
		}
	})
}

// TestTheHashIsAnHMAC, so that it means what is written about it.
func TestTheHashIsAnHMAC(t *testing.T) {
	d := open(t)
	coat := tagOf(t, ours, 7)
	if _, err := d.Sold(t.Context(), "a", []gs1.EPC{coat}); err != nil {
		t.Fatal(err)
	}
	var key store.Key
	var hashes []store.SoldHash
	if err := d.db.Update(t.Context(), func(tx *store.Tx) (err error) {
		if key, err = tx.Secret("sold"); err != nil {
			return err
		}
		return tx.SoldTags(func(h store.SoldHash) { hashes = append(hashes, h) })
	}); err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key[:])
	mac.Write(coat.AppendBytes(nil))
	if len(hashes) != 1 || hashes[0] != store.SoldHash(mac.Sum(nil)[:16]) {
		t.Errorf("%d hashes, %x", len(hashes), hashes)
	}
}

// TestAskingWhileTillsSell is for the race detector, and that nothing allocates.
func TestAskingWhileTillsSell(t *testing.T) {
	d := open(t)
	var bodies []string
	for i := range 2000 {
		bodies = append(bodies, fmt.Sprintf("08690000%05d", i))
	}
	d.lists(1, bodies...)
	d.begin()
	var asking sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if !d.Own(tagOf(t, ours, 1)) || d.Own(tagOf(t, theirs, 1)) {
					t.Error("a tag nobody sold changes hands")
					return
				}
			}
		})
	}
	for n := range 50 {
		if _, err := d.Sold(t.Context(), d.command(), []gs1.EPC{tagOf(t, ours, uint64(100+n))}); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	asking.Wait()
	for name, epc := range map[string]gs1.EPC{"own": tagOf(t, ours, 1), "listed": tagOf(t, bodies[77], 1), "sold": tagOf(t, ours, 101), "foreign": tagOf(t, theirs, 1)} {
		if n := testing.AllocsPerRun(100, func() { d.Own(epc) }); n > 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
}

// BenchmarkOwn asks about listed pieces among 50,000 items while 100,000 garments are sold.
func BenchmarkOwn(b *testing.B) {
	d := open(b)
	bodies := make([]string, 50_000)
	for i := range bodies {
		bodies[i] = fmt.Sprintf("08690000%05d", i)
	}
	d.lists(1, bodies...)
	if err := d.db.Update(b.Context(), func(tx *store.Tx) error {
		for i := range 100_000 {
			sum := sha256.Sum256(fmt.Append(nil, i))
			if _, err := tx.PutSold(store.SoldHash(sum[:16])); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	d.begin()
	pieces := make([]gs1.EPC, 1000)
	for i := range pieces {
		pieces[i] = tagOf(b, bodies[i*50], uint64(i))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if !d.Own(pieces[i%len(pieces)]) {
			b.Fatal("a listed piece is not the shop's")
		}
	}
}
