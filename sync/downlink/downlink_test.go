package downlink_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/sync/downlink"
	"showroom/sync/profileapi"
)

// centre is a central service in memory whose answers a test prepares.
type centre struct {
	mu        sync.Mutex
	pages     map[string]profileapi.Changes // by cursor; without one, the long poll waits
	snapshots map[profileapi.Bucket][]profileapi.Snapshot
	pictures  map[string]string
	asked     []string
	err       error
}

func (c *centre) Changes(ctx context.Context, _, cursor string, wait time.Duration, _ int) (profileapi.Changes, error) {
	c.mu.Lock()
	page, ok := c.pages[cursor]
	err := c.err
	c.asked = append(c.asked, "changes "+cursor)
	c.mu.Unlock()
	if err != nil || ok {
		return page, err
	}
	if c.snapshots != nil && cursor != "" && !strings.HasPrefix(cursor, "c") {
		return page, &profileapi.Problem{Type: profileapi.TypeResync, Title: "resync", Status: 409}
	}
	select {
	case <-time.After(wait):
		return profileapi.Changes{Cursor: cursor}, nil
	case <-ctx.Done():
		return profileapi.Changes{}, ctx.Err()
	}
}

func (c *centre) Snapshot(_ context.Context, b profileapi.Bucket, _, after string, _ int) (profileapi.Snapshot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, "snapshot "+string(b)+" "+after)
	for i, page := range c.snapshots[b] {
		if i == 0 && after == "" || i > 0 && c.snapshots[b][i-1].Next == after {
			return page, c.err
		}
	}
	return profileapi.Snapshot{Cursor: "c9"}, c.err
}

func (c *centre) Picture(_ context.Context, sha string) (io.ReadCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, "picture "+sha[:4])
	content, ok := c.pictures[sha]
	if !ok {
		return nil, &profileapi.Problem{Type: profileapi.TypeNotFound, Title: "no", Status: 404}
	}
	return io.NopCloser(strings.NewReader(content)), nil
}

func change(t *testing.T, b profileapi.Bucket, key string, version int64, value any) profileapi.Change {
	t.Helper()
	v, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return profileapi.Change{Bucket: b, Key: key, Version: version, Value: v}
}

// run runs a downlink until the test's bubble ends.
func run(t *testing.T, cat *catalogue, c *centre) func() downlink.Sync {
	t.Helper()
	var mu sync.Mutex
	var last downlink.Sync
	d, err := downlink.New(cat, c, downlink.Options{Store: "s1", Report: func(s downlink.Sync) {
		mu.Lock()
		defer mu.Unlock()
		last = s
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
	return func() downlink.Sync {
		mu.Lock()
		defer mu.Unlock()
		return last
	}
}

const (
	goodGTIN = "00614141000012"
	badGTIN  = "00614141000013"
	soldOut  = "00614141000029"
)

func TestChangesAreConverted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
		c := &centre{pages: map[string]profileapi.Changes{"": {Cursor: "c1", Changes: []profileapi.Change{
			change(t, profileapi.BucketProduct, "p1", 1, profileapi.Product{ID: "p1", Name: map[string]string{"tr": "Kazak"}, Brand: "B"}),
			change(t, profileapi.BucketItem, goodGTIN, 2, profileapi.Item{GTIN: goodGTIN, Product: "p1", Size: "M", SizeOrder: 2}),
			change(t, profileapi.BucketPrice, goodGTIN, 3, profileapi.Price{GTIN: goodGTIN, Periods: []profileapi.PricePeriod{
				{Minor: 100, Currency: "TRY", VATBP: 1000, From: from, LowestPrior: 90},
			}}),
			change(t, profileapi.BucketStock, "s1/"+goodGTIN, 4, profileapi.Stock{Store: "s1", GTIN: goodGTIN, Quantity: 3}),
			change(t, profileapi.BucketOffer, "o1", 5, profileapi.Offer{
				ID: "o1", Name: map[string]string{"tr": "Kışa hazırlık"}, Kind: "amount", From: from, To: from.AddDate(0, 1, 0), Coupon: "KIŞ",
				Items: []string{goodGTIN}, Products: []string{"p1"}, Basket: true, LeastMinor: 500, Minor: 50, Currency: "TRY", Rank: 7,
			}),
			change(t, profileapi.BucketOffer, "o2", 5, profileapi.Offer{ID: "o2", Name: map[string]string{"en": "3 for 2"}, Kind: "n_for_m", N: 3, M: 2}),
			change(t, profileapi.BucketOffer, "o3", 5, profileapi.Offer{ID: "o3", Name: map[string]string{"en": "half price"}, Kind: "percentage", BasisPoints: 5000}),
			change(t, profileapi.BucketStock, "s1/"+soldOut, 4, profileapi.Stock{Store: "s1", GTIN: soldOut, Quantity: -2}), // more sold than the books knew of
			{Bucket: "later", Key: "x", Version: 5, Value: json.RawMessage(`{}`)},
		}}, "c1": {Cursor: "c2", Changes: []profileapi.Change{
			{Bucket: profileapi.BucketProduct, Key: "p1", Version: 6, Deleted: true}, {Bucket: profileapi.BucketOffer, Key: "o3", Version: 7, Deleted: true},
		}}}}
		cat := newCatalogue()
		state := run(t, cat, c)
		synctest.Wait()
		money := func(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }
		want := map[string]any{
			"item " + goodGTIN: showroom.Item{GTIN: goodGTIN, Product: "p1", Size: "M", SizeOrder: 2},
			"price " + goodGTIN: downlink.ItemPrices{GTIN: goodGTIN, Periods: []showroom.Price{
				{GTIN: goodGTIN, Amount: money(100), VATBasisPoints: 1000, From: from, LowestPrior: money(90)},
			}},
			"offer o1": showroom.Offer{
				ID: "o1", Name: showroom.Text{"tr": "Kışa hazırlık"}, Kind: showroom.OfferAmount, From: from, To: from.AddDate(0, 1, 0), Coupon: "KIŞ",
				Items: []gs1.GTIN{goodGTIN}, Products: []showroom.ProductID{"p1"}, Basket: true, Least: money(500), Amount: money(50), Rank: 7,
			},
			"offer o2":          showroom.Offer{ID: "o2", Name: showroom.Text{"en": "3 for 2"}, Kind: showroom.OfferNForM, N: 3, M: 2},
			"stock " + goodGTIN: showroom.Stock{GTIN: gs1.GTIN(goodGTIN), Quantity: 3},
			"stock " + soldOut:  showroom.Stock{GTIN: soldOut},
		}
		if diff := cmp.Diff(want, cat.values); diff != "" {
			t.Error(diff)
		}
		if cat.cursor != "c2" || !state().Connected || state().BadValues != 0 {
			t.Errorf("cursor %q, state %+v", cat.cursor, state())
		}
	})
}

// An offer that names stores holds in those only, and is gone here once this one is not among them.
func TestOffersOfOtherStoresAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		offer := func(id string, version int64, stores ...string) profileapi.Change {
			return change(t, profileapi.BucketOffer, id, version, profileapi.Offer{
				ID: id, Name: map[string]string{"en": id}, Kind: "percentage", BasisPoints: 1000, Stores: stores,
			})
		}
		c := &centre{pages: map[string]profileapi.Changes{
			"": {Cursor: "c1", Changes: []profileapi.Change{
				offer("everywhere", 1), offer("here", 1, "s0", "s1"), offer("there", 1, "s0"), offer("moves", 1, "s1"), offer("comes", 1, "s0"),
			}},
			"c1": {Cursor: "c2", Changes: []profileapi.Change{offer("moves", 2, "s0"), offer("comes", 2, "s1")}},
		}}
		cat := newCatalogue()
		state := run(t, cat, c)
		synctest.Wait()
		if diff := cmp.Diff([]string{"offer comes", "offer everywhere", "offer here"}, cat.keys()); diff != "" {
			t.Error(diff)
		}
		if n := state().BadValues; n != 0 {
			t.Errorf("%d bad values", n)
		}
	})
}

// A bad value is left out and counted; it never holds up what comes with it.
func TestBadValuesAreLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		price := func(p profileapi.PricePeriod) profileapi.Change {
			return change(t, profileapi.BucketPrice, "k", 1, profileapi.Price{GTIN: goodGTIN, Periods: []profileapi.PricePeriod{p}})
		}
		bad := []profileapi.Change{
			change(t, profileapi.BucketItem, badGTIN, 1, profileapi.Item{GTIN: badGTIN, Product: "p1"}),
			change(t, profileapi.BucketItem, goodGTIN, 1, profileapi.Item{GTIN: goodGTIN}),
			change(t, profileapi.BucketProduct, "p1", 1, profileapi.Product{ID: "p1"}),
			change(t, profileapi.BucketProduct, "p1", 1, profileapi.Product{ID: "p1", Name: map[string]string{"en": "x"}, Pictures: []string{"../../etc/passwd"}}),
			price(profileapi.PricePeriod{Minor: -1, Currency: "TRY"}),
			price(profileapi.PricePeriod{Minor: 1, Currency: "lira"}),
			price(profileapi.PricePeriod{Minor: 1, Currency: "TRY", VATBP: 10001}),
			price(profileapi.PricePeriod{Minor: 1, Currency: "TRY", From: time.Unix(2, 0), To: time.Unix(1, 0)}),
			change(t, profileapi.BucketStock, "s1/"+badGTIN, 1, profileapi.Stock{GTIN: badGTIN, Quantity: 1}),
			change(t, profileapi.BucketOffer, "o1", 1, profileapi.Offer{Name: map[string]string{"en": "x"}, Kind: "percentage", BasisPoints: 1}),
			change(t, profileapi.BucketOffer, "o1", 1, profileapi.Offer{ID: "o1", Name: map[string]string{"en": "x"}, Kind: "percentage", BasisPoints: 20000}),
			change(t, profileapi.BucketOffer, "o1", 1, profileapi.Offer{ID: "o1", Name: map[string]string{"en": "x"}, Kind: "percentage", BasisPoints: 1, Items: []string{badGTIN}}),
			{Bucket: profileapi.BucketItem, Key: "k", Version: 1, Value: json.RawMessage(`[]`)},
			{Bucket: profileapi.BucketItem, Key: "k", Version: 1},
		}
		good := change(t, profileapi.BucketStock, "s1/"+goodGTIN, 9, profileapi.Stock{GTIN: goodGTIN, Quantity: 1})
		c := &centre{pages: map[string]profileapi.Changes{"": {Cursor: "c1", Changes: append(bad, good)}}}
		cat := newCatalogue()
		state := run(t, cat, c)
		synctest.Wait()
		if diff := cmp.Diff([]string{"stock " + goodGTIN}, cat.keys()); diff != "" {
			t.Error(diff)
		}
		if got := state().BadValues; got != int64(len(bad)) || cat.cursor != "c1" {
			t.Errorf("%d bad values counted, want %d; cursor %q", got, len(bad), cat.cursor)
		}
	})
}

func TestResyncSweepsWhatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		product := func(id string) profileapi.Change {
			return change(t, profileapi.BucketProduct, id, 1, profileapi.Product{ID: id, Name: map[string]string{"en": id}})
		}
		c := &centre{snapshots: map[profileapi.Bucket][]profileapi.Snapshot{
			profileapi.BucketProduct: {{Cursor: "c5", Changes: []profileapi.Change{product("p1")}, Next: "n"}, {Cursor: "c7", Changes: []profileapi.Change{product("p2")}}},
			profileapi.BucketStock: {{Cursor: "c8", Changes: []profileapi.Change{
				change(t, profileapi.BucketStock, "s1/"+goodGTIN, 2, profileapi.Stock{GTIN: goodGTIN, Quantity: 1}),
			}}},
		}}
		cat := newCatalogue()
		cat.cursor = "of another life"
		cat.values["product p2"], cat.values["product p3"], cat.values["price x"], cat.values["stock "+goodGTIN] = 1, 1, 1, 1
		state := run(t, cat, c)
		synctest.Wait()
		if diff := cmp.Diff([]string{"product p1", "product p2", "stock " + goodGTIN}, cat.keys()); diff != "" {
			t.Error(diff)
		}
		if cat.cursor != "c5" || !state().Connected {
			t.Errorf("cursor %q, want that of the first page; state %+v", cat.cursor, state())
		}
	})
}

func TestOutageIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &centre{err: errors.New("no route to host"), pages: map[string]profileapi.Changes{"": {Cursor: "c1"}}}
		cat := newCatalogue()
		state := run(t, cat, c)
		time.Sleep(time.Hour)
		synctest.Wait()
		c.mu.Lock()
		tries := len(c.asked)
		c.err = nil
		c.mu.Unlock()
		if tries < 50 || tries > 500 || state().Connected || state().Err == nil {
			t.Errorf("%d tries in an hour, state %+v", tries, state())
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if !state().Connected || state().Err != nil || cat.cursor != "c1" {
			t.Errorf("state %+v, cursor %q", state(), cat.cursor)
		}
	})
}

func TestBrokenCatalogueEndsRun(t *testing.T) {
	cat := newCatalogue()
	cat.broken = errors.New("disk on fire")
	d, err := downlink.New(cat, &centre{}, downlink.Options{Store: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Run(t.Context()); !errors.Is(err, cat.broken) {
		t.Errorf("Run ended with %v", err)
	}
}

func shaOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestPicturesAreFetchedAndChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cat, c := newCatalogue(), &centre{pictures: map[string]string{}}
		var want []string
		for i := range 40 {
			content := fmt.Sprintf("picture %d", i)
			cat.pictures[shaOf(content)] = ""
			switch {
			case i%10 == 1: // the centre has not got it
			case i%10 == 2:
				c.pictures[shaOf(content)] = "something else"
			case i == 3:
				c.pictures[shaOf(content)] = strings.Repeat("x", profileapi.MaxPictureBytes+5)
			default:
				c.pictures[shaOf(content)] = content
				want = append(want, content)
			}
		}
		run(t, cat, c)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		var got []string
		for _, content := range cat.pictures {
			if content != "" {
				got = append(got, content)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		pictures := 0
		for _, a := range c.asked {
			if strings.HasPrefix(a, "picture") {
				pictures++
			}
		}
		if pictures != 40 {
			t.Errorf("asked for %d pictures in ten minutes, want each of 40 once", pictures)
		}
	})
}

func TestAPictureThatIsWantedIsFetchedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cat, c := newCatalogue(), &centre{pictures: map[string]string{shaOf("a picture"): "a picture"}}
		wanted := make(chan struct{}, 1)
		d, err := downlink.New(cat, c, downlink.Options{Store: "s1", PollWait: time.Hour, Wanted: wanted})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx) }()
		synctest.Wait() // it has found nothing missing, and waits at the centre
		cat.mu.Lock()
		cat.pictures[shaOf("a picture")] = ""
		cat.mu.Unlock()
		wanted <- struct{}{}
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
		if got := cat.pictures[shaOf("a picture")]; got != "a picture" {
			t.Errorf("the catalogue has %q", got)
		}
	})
}
