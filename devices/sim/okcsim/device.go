package okcsim

import (
	"slices"
	"sync"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/pos/okc"
)

// Options say what device it is. The zero value is a device for lira with the rates of a clothes shop.
type Options struct {
	Serial   string            // "" means SIM0000001
	Currency showroom.Currency // "" means TRY
	Groups   []okc.Group       // nil means 1, 10, 20 and 0 %
	// InvoiceLimit is the amount in minor units above which it prints an information slip; 0 means 12,000 lira, less than 0 none.
	InvoiceLimit int64
	// Beat is how long it takes from one step of a basket to the next; 0 means 1 s.
	Beat time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Device is the device. Its methods may be called from any goroutine.
type Device struct {
	o    Options
	born time.Time // it remembers everything since

	mu      sync.Mutex // guards the rest
	z       int        // of the open day
	receipt int        // the last of that day
	script  []Fault
	entries map[showroom.SettlementID]*Entry
	order   []showroom.SettlementID
	spent   map[showroom.SettlementID]bool // asked about before they were heard
	now     *work                          // nil while it has nothing to do
	noPaper bool
	// hesitates: nobody shows a card.
	hesitates bool
	fault     string
	// hungUntil is when it goes on; muteUntil, when it speaks again. Far in the future: not before Restart.
	hungUntil time.Time
	muteUntil time.Time
	wire      *wire // nil while nobody is connected
}

// Entry is one document of the ledger.
type Entry struct {
	okc.Document
	// Moved is what the shop has gained by it in minor units: more than nothing for a sale that stands.
	Moved int64
	// Voided says that a later void has undone it; that one's Moved takes this one's back.
	Voided bool
}

const (
	unfinished = okc.Unfinished
	eku        = 1
	never      = 100 * 365 * 24 * time.Hour
	// patience is how many beats it waits for paper before it gives a basket up.
	patience = 5
	// memory is how long ago it was made.
	memory = 24 * time.Hour
)

// New makes a device, switched on, with paper.
func New(o Options) *Device {
	if o.Serial == "" {
		o.Serial = "SIM0000001"
	}
	if o.Currency == "" {
		o.Currency = "TRY"
	}
	if o.Groups == nil {
		o.Groups = []okc.Group{
			{Group: 1, Section: 1, BasisPoints: 2000, Name: "KDV %20"}, {Group: 2, Section: 2, BasisPoints: 1000, Name: "KDV %10"},
			{Group: 3, Section: 3, BasisPoints: 100, Name: "KDV %1"}, {Group: 4, Section: 4, BasisPoints: 0, Name: "KDV %0"},
		}
	}
	if o.InvoiceLimit == 0 {
		o.InvoiceLimit = 1_200_000
	}
	o.InvoiceLimit = max(o.InvoiceLimit, 0)
	if o.Beat <= 0 {
		o.Beat = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Device{
		o: o, born: o.Now().Add(-memory), z: 1,
		entries: map[showroom.SettlementID]*Entry{}, spent: map[showroom.SettlementID]bool{},
	}
}

// Ledger is every document, oldest first.
func (d *Device) Ledger() []Entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.advance(d.o.Now())
	all := make([]Entry, 0, len(d.order))
	for _, id := range d.order {
		all = append(all, clone(*d.entries[id]))
	}
	return all
}

// Of is the document of a settlement; false when the device has none.
func (d *Device) Of(id showroom.SettlementID) (Entry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.advance(d.o.Now())
	e, ok := d.entries[id]
	if !ok {
		return Entry{}, false
	}
	return clone(*e), true
}

// Till is what the shop has gained in all, in minor units.
func (d *Device) Till() (sum int64) {
	for _, e := range d.Ledger() {
		sum += e.Moved
	}
	return sum
}

func clone(e Entry) Entry {
	e.VAT, e.Payments = slices.Clone(e.VAT), slices.Clone(e.Payments)
	e.Slip, e.MerchantSlip = slices.Clone(e.Slip), slices.Clone(e.MerchantSlip)
	return e
}

func (d *Device) parameters() *okc.Parameters {
	return &okc.Parameters{Serial: d.o.Serial, Currency: d.o.Currency, Groups: d.o.Groups, InvoiceLimit: d.o.InvoiceLimit}
}

func (d *Device) status(now time.Time) *okc.Status {
	s := &okc.Status{Serial: d.o.Serial, Paper: okc.PaperFine, Fault: d.fault, Z: d.z, Receipt: d.receipt, EKU: eku, At: now}
	if d.noPaper {
		s.Paper = okc.PaperOut
	}
	if d.now != nil {
		s.Busy = true
		if d.now.entry.State == unfinished {
			s.Unfinished = d.now.entry.ID
		}
	}
	return s
}
