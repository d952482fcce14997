package checkout

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// cashier has one device move money, one settlement after the other, for all kiosks that share it. What it has to do is read from the
// store: a frozen basket without a settlement, and a settlement that waits, have not been asked for; a settlement that is open and not
// being made has been begun by an agent that was killed, or came to nothing anybody knows, and is asked about until its device can say;
// one that staff have decided unheard is asked about once more.
type cashier struct {
	desks   *Desks
	device  showroom.DeviceID
	machine Machine

	mu    sync.Mutex // guards what follows
	doing showroom.SettlementID
	// told: its device has said something about it, and hears of Abort. wish: somebody has wanted it stopped before that.
	told, wish bool

	// The rest belongs to run.
	asked map[showroom.SettlementID]asking
	since time.Time // when the device last came up
	// unwritten are settlements that could not be written down: their baskets go back to their shoppers.
	unwritten map[showroom.SettlementID]bool
}

// asking is when a device may be asked again what has become of a settlement.
type asking struct {
	at   showroom.Moment
	wait time.Duration
	open bool // it was; when a person has decided it, that begins anew
}

const (
	firstAsking = time.Second
	lastAsking  = time.Minute
	// lastWriting is the longest wait before it is tried again to write down what a device has answered: somebody stands there.
	lastWriting = 5 * time.Second
)

func newCashier(d *Desks, id showroom.DeviceID, m Machine) *cashier {
	return &cashier{
		desks: d, device: id, machine: m, asked: make(map[showroom.SettlementID]asking),
		unwritten: make(map[showroom.SettlementID]bool),
	}
}

func (c *cashier) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	failing := false
	for {
		changed, up := c.desks.db.Changed(), c.desks.board.Changed()
		did, next, err := c.turn(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if !failing {
				c.desks.opt.Log.Error("A payment device can not be served", "device", string(c.device), "err", err)
			}
			next = firstAsking
		case did:
			failing = false
			continue
		}
		failing = err != nil
		var due <-chan time.Time
		if next > 0 {
			timer.Reset(next)
			due = timer.C
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-up:
		case <-due:
		}
	}
}

// turn does the next thing there is to do. What is open goes before what is new, and so does what staff have decided unheard: another
// payment would take away what the device remembers of it. What is new goes in the order in which it was asked for, whether a shopper has
// pressed "pay" at one of the kiosks or staff want money given back: for as long as a refund may wait, whoever gets it is taken to stand at
// the device too. It answers how long until there is something to do again, 0 for when something has changed.
func (c *cashier) turn(ctx context.Context) (did bool, next time.Duration, err error) {
	c.heedReturn()
	w, err := c.look(ctx)
	if err != nil {
		return false, 0, err
	}
	c.forget(slices.Concat(w.open, w.unheard))
	sooner := func(left time.Duration) {
		if next == 0 || left < next {
			next = left
		}
	}
	now := c.desks.opt.Clock()
	for _, s := range w.ordered {
		if unknown := now.Boot != s.Started.Boot && !now.Confirmed(); unknown || stale(now, s.Started, orderHolds) {
			return true, 0, c.lapse(ctx, s.ID)
		}
		sooner(orderHolds - now.Since(s.Started))
	}
	for _, s := range w.open {
		left := c.pause(s)
		if left <= 0 {
			c.ask(ctx, s)
			return true, 0, nil
		}
		if s.Tries >= mostTries && len(w.waiting) > 0 {
			return true, 0, c.desks.handBack(ctx, w.waiting[0], noticeTerminal)
		}
		sooner(left)
	}
	if len(w.open) > 0 {
		return false, next, nil
	}
	did, held, err := c.askUnheard(ctx, w, sooner)
	switch {
	case did || err != nil:
		return did, 0, err
	case held:
		return false, next, nil
	case len(w.ordered) > 0 && (len(w.waiting) == 0 || inTurn(w.ordered[0].Started, w.waiting[0].Changed) <= 0):
		return true, 0, c.begin(ctx, w.ordered[0].ID)
	case len(w.waiting) > 0:
		return true, 0, c.payIfThereIsRoom(ctx, w.waiting[0])
	}
	clear(c.unwritten)
	return false, next, nil
}

// work is what there is to do at a device: what it is to be asked about, and what it is to be asked for.
type work struct {
	open, unheard, ordered []showroom.Settlement
	waiting                []showroom.Basket
}

func (c *cashier) look(ctx context.Context) (w work, err error) {
	err = c.desks.db.View(ctx, func(v *store.View) (err error) {
		if w.open, err = v.OpenSettlements(); err != nil {
			return err
		}
		if w.unheard, err = v.UnheardSettlements(); err != nil {
			return err
		}
		if w.ordered, err = v.WaitingSettlements(); err != nil {
			return err
		}
		w.waiting, err = c.waiting(v)
		return err
	})
	w.open, w.unheard, w.ordered = c.mine(w.open), c.mine(w.unheard), c.mine(w.ordered)
	return w, err
}

// inTurn compares when two were asked for. The clock on the wall may have been set in between, and counts only across boots.
func inTurn(a, b showroom.Moment) int {
	if a.Boot == b.Boot {
		return cmp.Compare(a.Mono, b.Mono)
	}
	return a.Wall.Compare(b.Wall)
}

// mine are the settlements of this device.
func (c *cashier) mine(all []showroom.Settlement) []showroom.Settlement {
	return slices.DeleteFunc(all, func(s showroom.Settlement) bool { return s.Device != c.device })
}

// waiting are the baskets that wait for this device, the one that was frozen first before the others.
func (c *cashier) waiting(v *store.View) (all []showroom.Basket, err error) {
	for _, k := range c.desks.opt.Kiosks {
		if k.Settler != c.device {
			continue
		}
		b, has, err := v.OpenBasketAt(k.ID)
		if err != nil {
			return nil, err
		}
		if !has || b.State != showroom.BasketFrozen {
			continue
		}
		if _, err = v.Settlement(b.Settlement); showroom.ErrorCode(err) == showroom.CodeNotFound {
			all = append(all, b)
		} else if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b showroom.Basket) int {
		return cmp.Or(inTurn(a.Changed, b.Changed), cmp.Compare(a.Kiosk, b.Kiosk))
	})
	return all, nil
}

// pay begins the settlement of a basket, unless the shopper has taken it back, and has the device move the money. The settlement is on
// the disk before the device hears of it.
func (c *cashier) pay(ctx context.Context, b showroom.Basket) error {
	var s showroom.Settlement
	var sold []gs1.EPC
	var at showroom.KioskID
	d := c.desks
	c.set(b.Settlement) // before anybody finds it on the disk and wants it stopped
	defer c.set("")
	err := d.db.Update(ctx, func(tx *store.Tx) error {
		b, err := tx.Basket(b.ID)
		if err != nil || b.State != showroom.BasketFrozen {
			return err
		}
		lines := showroom.Untagged(b.Payable())
		totals, err := showroom.AddUp(b.Currency, lines)
		if err != nil {
			return err
		}
		begun := showroom.Settlement{
			ID: b.Settlement, Kind: showroom.Payment, Kiosk: b.Kiosk, Device: c.device, Basket: b.ID, Amount: totals.Due, Lines: lines,
			State: showroom.SettlementAsked, Started: tx.Now(), Changed: tx.Now(),
		}
		if totals.Due.Minor == 0 && !c.machine.Fiscal { // there is no money to be moved
			begun.ID = ""
			at = b.Kiosk
			sold, err = d.sell(tx, b, begun)
			return err
		}
		s = begun
		return start(tx, s)
	})
	d.settleTags(ctx, sold)
	if err != nil {
		return err
	}
	if at != "" {
		d.clearPrompt(at)
	}
	if s.ID == "" {
		return nil
	}
	c.settle(ctx, s)
	return nil
}

// start writes down that a device is about to be asked.
func start(tx *store.Tx, s showroom.Settlement) error {
	if err := tx.PutSettlement(s); err != nil {
		return err
	}
	_, err := tx.Append(showroom.SettlementStarted{
		Settlement: s.ID, Of: s.Kind, Basket: s.Basket, Sale: s.Sale, Kiosk: s.Kiosk, Device: s.Device, Amount: s.Amount,
	})
	return err
}

// settle has the device move the money of a settlement that is on the disk, and writes down what it answers.
func (c *cashier) settle(ctx context.Context, s showroom.Settlement) {
	c.set(s.ID)
	r := showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedByShopper}
	if !c.unwanted() {
		r = c.machine.Settle(ctx, s, func(p showroom.Progress) {
			if c.first() {
				c.machine.Abort() // again: it was not listening yet
			}
			if s.Kiosk != "" {
				c.desks.prompt(s.Kiosk, s.ID, p)
			}
		})
	}
	c.set("")
	c.heard(s)
	c.conclude(ctx, s, r)
}

// ask asks the device what has become of a settlement.
func (c *cashier) ask(ctx context.Context, s showroom.Settlement) {
	r := c.machine.Recover(ctx, s)
	if ctx.Err() != nil && r.Outcome == showroom.Unknown {
		return // the agent is being stopped; the next one asks again
	}
	c.heard(s)
	c.conclude(ctx, s, r)
}

// conclude insists until what the device has answered is written down: money may have moved. What can not follow from it for a reason
// that waiting does not mend is staff's to see.
func (c *cashier) conclude(ctx context.Context, s showroom.Settlement, r showroom.Result) {
	for wait, tries := firstAsking, 1; ; wait, tries = min(2*wait, lastWriting), tries+1 {
		err := c.desks.conclude(context.WithoutCancel(ctx), s.ID, r)
		if err == nil {
			return
		}
		if tries == 1 {
			c.desks.opt.Log.Error("What a payment device has answered can not be written down; it is tried again", "device", string(c.device), "settlement", string(s.ID), "err", err)
			if s.Kiosk != "" {
				c.desks.prompt(s.Kiosk, s.ID, showroom.Progress{Code: promptUnrecorded})
			}
		}
		if tries >= mostConcluding && !noRoom(err) && c.desks.doubt(context.WithoutCancel(ctx), s.ID, r) == nil {
			return
		}
		select {
		case <-ctx.Done():
			return // the device is asked about it after the next start
		case <-time.After(wait):
		}
	}
}

// mostConcluding is after how many attempts a settlement that nothing can follow from is left to staff.
const mostConcluding = 4

// mostTries is how often a device may have said nothing of a settlement before nobody is let wait behind it any longer: staff must see
// to it first, and by then whoever waits may have gone. It takes some seconds.
const mostTries = 4

// heard notes when the device may be asked again, should the settlement still be open: later and later. An answer that settles
// nothing, such as an approval of another sum, is asked for no sooner than none.
func (c *cashier) heard(s showroom.Settlement) {
	wait := firstAsking
	if before, again := c.asked[s.ID]; again && before.open == s.Open() {
		wait = min(2*before.wait, lastAsking)
	}
	c.asked[s.ID] = asking{c.desks.opt.Clock(), wait, s.Open()}
}

// pause is how long the device is not to be asked about a settlement.
func (c *cashier) pause(s showroom.Settlement) time.Duration {
	a, asked := c.asked[s.ID]
	if !asked || a.open != s.Open() {
		return 0
	}
	return a.wait - c.desks.opt.Clock().Since(a.at)
}

// forget drops what was asked about and is no more.
func (c *cashier) forget(asked []showroom.Settlement) {
	for id := range c.asked {
		if !slices.ContainsFunc(asked, func(s showroom.Settlement) bool { return s.ID == id }) {
			delete(c.asked, id)
		}
	}
}

// heedReturn has a device that has come back asked at once.
func (c *cashier) heedReturn() {
	now, known := c.desks.board.Device(c.device)
	if known && now.State == devices.Up && !now.Since.Equal(c.since) {
		c.since = now.Since
		clear(c.asked)
	}
}

// set says which settlement the device is busy with; "" for none.
func (c *cashier) set(s showroom.SettlementID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.doing != s {
		c.doing, c.told, c.wish = s, false, false
	}
}

// unwanted says that somebody wants the settlement stopped that the device has not been asked for yet.
func (c *cashier) unwanted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wish
}

// first notes that the device has said something, and answers whether somebody wanted it to stop before it did for the first time.
func (c *cashier) first() (wish bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wish = c.wish && !c.told
	c.told = true
	return wish
}

// abort asks the device to stop if it is busy with this settlement, or is about to be.
func (c *cashier) abort(s showroom.SettlementID) {
	c.mu.Lock()
	doing := c.doing == s
	c.wish = c.wish || doing && !c.told
	c.mu.Unlock()
	if doing {
		c.machine.Abort()
	}
}
