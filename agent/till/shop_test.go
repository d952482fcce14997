package till_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/agent/till"
	"showroom/devices"
)

const (
	trousers = gs1.GTIN("08690000000012")
	shirt    = gs1.GTIN("08690000000029")
	key      = "0123456789abcdef0123456789abcdef"
)

// shop is a store with tills k1 and k2 and a security device, at a time of its own.
type shop struct {
	*till.Tills
	t   *testing.T
	db  *store.DB
	log *strings.Builder

	mu   sync.Mutex // guards all below
	now  showroom.Moment
	ids  int
	sold []gs1.EPC // what was made the shoppers' property
	full bool      // the sale can not be written
}

func (s *shop) SellIn(_ *store.Tx, tags []gs1.EPC) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return store.ErrDiskFull
	}
	s.sold = append(s.sold, tags...)
	return nil
}

func (s *shop) Settled(context.Context, []gs1.EPC) error { return nil }

func (s *shop) clock() showroom.Moment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *shop) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.Wall, s.now.Mono = s.now.Wall.Add(d), s.now.Mono+d
}

func (s *shop) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	return fmt.Sprintf("id-%d", s.ids)
}

// open opens a shop with one security device for all, or with those that are named.
func open(t *testing.T, security ...till.Security) *shop {
	t.Helper()
	s := &shop{t: t, log: &strings.Builder{}, now: showroom.Moment{Wall: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC), Boot: "b", Mono: time.Hour}}
	if len(security) == 0 {
		security = []till.Security{{ID: "eas1", Topic: "showroom/v1/ist-01/eas/eas1", Key: []byte(key)}}
	}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), MachineID: "m", Clock: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s.db = db
	s.Tills, err = till.New(db, till.Options{
		Store: "ist-01", Tills: []showroom.TillID{"k1", "k2"}, Tags: s, Language: "tr", Currency: "TRY", Clock: s.clock, NewID: s.newID,
		Security: security, Log: slog.New(slog.NewTextHandler(s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shop) update(do func(*store.Tx) error) {
	s.t.Helper()
	if err := s.db.Update(s.t.Context(), do); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) view(do func(*store.View) error) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), do); err != nil {
		s.t.Fatal(err)
	}
}

// said are the kinds in the journal, but for those of screens.
func (s *shop) said() (kinds []showroom.Kind) {
	s.t.Helper()
	rows, err := s.db.Since(s.t.Context(), 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Lane == showroom.LaneFacts {
			kinds = append(kinds, r.Kind)
		}
	}
	return kinds
}

func (s *shop) dead() (all []store.DeadLetter) {
	s.t.Helper()
	s.view(func(v *store.View) (err error) {
		all, err = v.DeadLetters(100)
		return err
	})
	return all
}

func tag(n byte) gs1.EPC {
	epc, err := gs1.EPCFromBytes([]byte{0x30, 0x14, 0x25, 0x7b, 0xf7, 0x19, 0x4e, 0x40, 0, 0, 0, n})
	if err != nil {
		panic(err)
	}
	return epc
}

func try(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }

// parks sets a basket aside: two tagged trousers and three shirts without tags.
func (s *shop) parks(code string) showroom.Basket {
	s.t.Helper()
	now := s.clock()
	b := showroom.Basket{ID: showroom.BasketID("b-" + code), Kiosk: "sco1", State: showroom.BasketOpen, Currency: "TRY", Number: 7, Opened: now, Changed: now}
	for _, l := range []showroom.Line{
		{ID: "l1", GTIN: trousers, EPC: tag(1), Name: showroom.Text{"tr": "Pantolon"}, Quantity: 1, Unit: try(99_990), VATBasisPoints: 1000, Source: showroom.FromTray},
		{ID: "l2", GTIN: trousers, EPC: tag(2), Name: showroom.Text{"tr": "Pantolon"}, Quantity: 1, Unit: try(99_990), VATBasisPoints: 1000, Source: showroom.FromTray},
		{ID: "l3", GTIN: shirt, Name: showroom.Text{"tr": "Gömlek"}, Quantity: 3, Unit: try(33_33), VATBasisPoints: 1000, Source: showroom.FromScan,
			Reductions: []showroom.Reduction{{Offer: "o", Amount: try(99)}}},
	} {
		var err error
		if b, err = b.Add(l, now); err != nil {
			s.t.Fatal(err)
		}
	}
	b, err := b.Park(code, "till", now)
	if err != nil {
		s.t.Fatal(err)
	}
	s.update(func(tx *store.Tx) error { return tx.PutBasket(b) })
	return b
}

func (s *shop) basket(id showroom.BasketID) (b showroom.Basket) {
	s.t.Helper()
	s.view(func(v *store.View) (err error) {
		b, err = v.Basket(id)
		return err
	})
	return b
}

// event is a sale of a till, made of what it was offered.
func event(seq int64, offered till.Offered) till.Event {
	e := till.Event{
		ID: uuid.NewString(), Type: till.SaleCompleted, Seq: seq, BusinessDay: "2026-11-22", OccurredAt: time.Date(2026, 11, 22, 14, 5, 0, 0, time.UTC),
		Ticket: "000123", Basket: offered.Basket, Currency: offered.Currency, Lines: offered.Lines, Totals: &offered.Totals,
	}
	if offered.Totals.Due > 0 {
		e.Tenders = []till.EventTender{{Kind: "cash", Amount: offered.Totals.Due}}
	}
	return e
}

func plain(seq int64) till.Event {
	return till.Event{ID: uuid.NewString(), Type: till.DrawerOpened, Seq: seq, BusinessDay: "2026-11-22", OccurredAt: time.Date(2026, 11, 22, 14, 5, 0, 0, time.UTC)}
}

func (s *shop) take(id string, e till.Event) error {
	s.t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.Take(s.t.Context(), devices.Message{Topic: "showroom/v1/ist-01/pos/" + id + "/event", Payload: body})
}

func (s *shop) takes(id string, e till.Event) {
	s.t.Helper()
	if err := s.take(id, e); err != nil {
		s.t.Fatal(err)
	}
}
