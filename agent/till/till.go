// Package till is the agent's side of the staffed tills: it takes what they say of their sales, gives them the baskets that shoppers
// would rather pay there, and has the shop's security let go of what was paid for, here or there.
//
// A till speaks MQTT below showroom/v1/<store>/pos/<till>; till.asyncapi.yaml is the contract. An event is acknowledged once it is in
// the journal, whatever it says: one that nobody understands is kept as a dead letter, for sending it again would not help. So
// an event is lost nowhere, and counted once, by its id. Numbers tell what has never come.
package till

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Tags make garments the property of who bought them. SellIn is part of the transaction of the sale; Settled is called after it,
// whether it was committed or not.
type Tags interface {
	SellIn(*store.Tx, []gs1.EPC) error
	Settled(context.Context, []gs1.EPC) error
}

// Security is a device that lets go of a garment's security tag: a deactivator in the counter, a detacher. It listens at Topic
// followed by "/command" and answers at Topic followed by "/result".
type Security struct {
	ID    showroom.DeviceID
	Topic string
	// Key is shared with the device: commands and results carry an HMAC-SHA-256 under it. At least 16 bytes.
	Key []byte
	// Kiosks and Tills are those beside which it stands; both empty: it serves whoever has none.
	Kiosks []showroom.KioskID
	Tills  []showroom.TillID
}

// Options are the tills of a shop. Fields without a remark are required.
type Options struct {
	Store    showroom.StoreID
	Tills    []showroom.TillID // what others say is a dead letter
	Security []Security        // may be empty: nothing is to be released
	Tags     Tags
	Language string                 // of the sales made at tills
	Currency showroom.Currency      // the shop's; a till may sell in another, which is counted
	Clock    func() showroom.Moment // the store's
	NewID    func() string          // unique for ever
	Log      *slog.Logger
	// Patience is how long a security device may take before it is told again, and PatienceEnds after which staff are called. 0
	// stands for 3 s and 10 s.
	Patience, PatienceEnds time.Duration
}

// Tills are the staffed tills and the security of a shop. Methods may be called from any goroutine.
type Tills struct {
	db    *store.DB
	opt   Options
	count counters

	queue   sync.Mutex // guards waiting
	waiting []*turn    // messages that are to be taken next
	taking  sync.Mutex // held while some are taken
}

type counters struct{ taken, duplicates, twice, foreign, dead, forged atomic.Uint64 }

// Counters are what has been counted since the agent started.
type Counters struct {
	Taken      uint64 // events taken for the first time
	Duplicates uint64 // events that had been taken before
	Twice      uint64 // events that were taken, and had the number of the one before
	Foreign    uint64 // events that were taken, with amounts in another currency than the shop's
	Dead       uint64 // messages nobody understood
	Forged     uint64 // answers about tags under no key of ours
}

// New makes the use cases over a store. The caller owns the store and runs Run, and Security for each device.
func New(db *store.DB, opt Options) (*Tills, error) {
	if opt.Patience <= 0 {
		opt.Patience = 3 * time.Second
	}
	if opt.PatienceEnds <= 0 {
		opt.PatienceEnds = 10 * time.Second
	}
	for _, s := range opt.Security {
		if len(s.Key) < 16 {
			return nil, fmt.Errorf("security device %s: the key has %d bytes, at least 16", s.ID, len(s.Key))
		}
	}
	return &Tills{db: db, opt: opt}, nil
}

// Counters is what has been counted so far.
func (t *Tills) Counters() Counters {
	c := &t.count
	return Counters{
		Taken: c.taken.Load(), Duplicates: c.duplicates.Load(), Twice: c.twice.Load(), Foreign: c.foreign.Load(), Dead: c.dead.Load(), Forged: c.forged.Load(),
	}
}

// prefix is where all tills of the shop speak.
func (t *Tills) prefix() string { return "showroom/v1/" + string(t.opt.Store) + "/pos/" }

// EventTopics is the filter of what every till says happened.
func (t *Tills) EventTopics() string { return t.prefix() + "+/event" }

// BasketTopics is the filter of what tills ask about baskets.
func (t *Tills) BasketTopics() string { return t.prefix() + "+/basket/ask" }

// tillOf is whose topic it is; false when no till of ours speaks there.
func (t *Tills) tillOf(topic, below string) (showroom.TillID, bool) {
	rest, ours := strings.CutPrefix(topic, t.prefix())
	id, ok := strings.CutSuffix(rest, below)
	return showroom.TillID(id), ours && ok && t.known(showroom.TillID(id)) == nil
}

func (t *Tills) known(id showroom.TillID) error {
	for _, known := range t.opt.Tills {
		if known == id {
			return nil
		}
	}
	return showroom.Errorf(showroom.CodeNotFound, "There is no till %q in the configuration.", string(id))
}

// Run calls staff for tags that nobody lets go of, until ctx ends. Baskets of tills that say nothing more are freed by the checkouts,
// which free all others.
func (t *Tills) Run(ctx context.Context) error {
	for {
		changed := t.db.Changed()
		next, err := t.lapse(ctx)
		if err != nil {
			return err
		}
		wait := time.NewTimer(next)
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-changed:
		case <-wait.C:
		}
		wait.Stop()
	}
}

// lapse does what is due and answers when to look again.
func (t *Tills) lapse(ctx context.Context) (time.Duration, error) {
	const longest = time.Minute
	next := longest
	var unanswered []string
	at := t.opt.Clock()
	sooner := func(left time.Duration) bool {
		if left > 0 {
			next = min(next, left)
		}
		return left <= 0
	}
	if err := t.db.View(ctx, func(v *store.View) error {
		releases, err := v.PendingReleases()
		for _, r := range releases {
			_, stands, err := t.inCharge(v, r)
			if err != nil {
				return err
			}
			if !stands || sooner(at.Left(t.opt.PatienceEnds, r.Changed)) {
				unanswered = append(unanswered, r.ID)
			}
		}
		return err
	}); err != nil {
		return 0, fmt.Errorf("look for what is due: %w", err)
	}
	for _, id := range unanswered {
		if err := t.db.Update(ctx, func(tx *store.Tx) error { return t.giveUp(tx, id) }); err != nil {
			return 0, fmt.Errorf("give up a release: %w", err)
		}
	}
	return next, nil
}
