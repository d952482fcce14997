package checkout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Kiosk is a screen where people pay, with what stands beside it.
type Kiosk struct {
	ID      showroom.KioskID
	Tray    string            // its id; empty for none
	Reader  showroom.DeviceID // of the tray
	Settler showroom.DeviceID
	Printer showroom.DeviceID // empty for none
}

// Machine is a device that moves money. Fiscal: its slip is the document the law asks for.
type Machine struct {
	Settler
	Fiscal bool
}

// Tags are the garments that are the shop's. SellIn makes garments the property of who bought them, in the transaction of the sale;
// Settled is called after it, whether it was committed or not.
type Tags interface {
	Own(gs1.EPC) bool
	// Bought: it is on a garment of the shop's that somebody has bought; ReturnIn makes that the shop's again.
	Bought(gs1.EPC) bool
	ReturnIn(*store.Tx, gs1.EPC) (bool, error)
	SellIn(*store.Tx, []gs1.EPC) error
	Settled(context.Context, []gs1.EPC) error
}

// Printer puts a receipt on paper, or what a till needs to know of a basket that was set aside. It answers when the paper is out, or why
// it is not.
type Printer interface {
	Print(context.Context, showroom.Sale) error
	PrintAside(ctx context.Context, b showroom.Basket, language string) error
	// PrintReturn prints what was given back, as the n-th of these returns of a sale, from 1.
	PrintReturn(ctx context.Context, sale showroom.Sale, returns []showroom.Return, n int) error
}

// Options are the kiosks and the rules of the country. Fields without a remark are required.
type Options struct {
	Kiosks   []Kiosk
	Machines map[showroom.DeviceID]Machine
	Printers map[showroom.DeviceID]Printer // nil for none
	// SlipForTill: no till here can be offered a basket, so its slip is printed where it is set aside.
	SlipForTill bool
	Profile     Profile
	Currency    showroom.Currency
	Tags        Tags
	// Bag is the item the shop asks about before paying; empty for none.
	Bag gs1.GTIN
	// InvoiceLimit is the sum above which a sale needs an invoice and goes to a till; zero for none.
	InvoiceLimit showroom.Money
	// Opens and Closes are the hours of self-checkout, since midnight; both zero for always.
	Opens, Closes time.Duration
	// DayStarts is when the business day begins, since midnight.
	DayStarts time.Duration
	Location  *time.Location // of the shop
	IdleAfter time.Duration  // after which a kiosk asks whether somebody is there
	// Language is what a receipt of a kiosk is written in, ShopLanguage that of a kiosk that is not in the configuration any more.
	Language     func(*store.View, showroom.KioskID) (string, error)
	ShopLanguage string
	// Token makes what opens a receipt.
	Token func() (string, error)
	Clock func() showroom.Moment // the store's
	NewID func() string          // unique for ever
	Log   *slog.Logger
}

// Desks are the checkout kiosks of a shop. Methods may be called from any goroutine; those that take a transaction are part of it.
type Desks struct {
	db    *store.DB
	board *live.Board
	opt   Options
	// cashiers own one device each; the map does not change.
	cashiers map[showroom.DeviceID]*cashier
	presses  map[showroom.DeviceID]*press // likewise
	// shown are sold garments on the trays of unlocked kiosks. When it is full another is dropped; its tag is read again.
	shown    chan laid
	searched searched

	mu sync.Mutex // guards unsettled
	// unsettled are tags whose sale was tried, and of which the readers' filters may believe something else than the store.
	unsettled []gs1.EPC
}

// New makes the use cases over a store and settles what was left by an agent that was stopped or killed: baskets that nobody is there
// for any more are set aside. The caller owns the store and runs Run.
func New(ctx context.Context, db *store.DB, board *live.Board, opt Options) (*Desks, error) {
	d := &Desks{db: db, board: board, opt: opt, cashiers: make(map[showroom.DeviceID]*cashier), presses: make(map[showroom.DeviceID]*press), shown: make(chan laid, 8)}
	for id, m := range opt.Machines {
		d.cashiers[id] = newCashier(d, id, m)
	}
	for id, p := range opt.Printers {
		d.presses[id] = &press{p, make(chan job, mostPrints)}
	}
	if err := db.Update(ctx, d.resumeAll); err != nil {
		return nil, fmt.Errorf("settle what the checkouts were doing: %w", err)
	}
	return d, nil
}

// Kiosk answers the checkout kiosk with that id, or a CodeNotFound refusal.
func (d *Desks) Kiosk(id showroom.KioskID) (Kiosk, error) {
	for _, k := range d.opt.Kiosks {
		if k.ID == id {
			return k, nil
		}
	}
	return Kiosk{}, showroom.Errorf(showroom.CodeNotFound, "Nobody can pay at %q.", string(id))
}

// stands says that a kiosk is in the configuration. One that was renamed or taken away may have left a payment under way.
func (d *Desks) stands(id showroom.KioskID) bool {
	_, err := d.Kiosk(id)
	return err == nil
}

// Refusal is something a shopper wanted and can not have, with the word a kiosk has a text for.
type Refusal struct {
	Notice string
	GTIN   gs1.GTIN
	Name   showroom.Text
	err    *showroom.Error
}

func (r *Refusal) Error() string { return r.err.Error() }

// Unwrap answers the refusal without its word.
func (r *Refusal) Unwrap() error { return r.err }

func refuse(notice string, code showroom.Code, format string, args ...any) *Refusal {
	return &Refusal{Notice: notice, err: showroom.Errorf(code, format, args...)}
}

// Tell puts a refusal on the screen of its kiosk and answers nil; any other error it answers as it is. What lacks the disk to be
// written down is told too.
func (d *Desks) Tell(kiosk showroom.KioskID, err error) error {
	if r, ok := errors.AsType[*Refusal](err); ok {
		d.note(kiosk, r.Notice, r.GTIN, r.Name)
		return nil
	}
	if noRoom(err) {
		d.opt.Log.Error("A checkout can not write down what is done there", "kiosk", string(kiosk), "err", err)
		d.note(kiosk, noticeDiskFull, "", nil)
		return nil
	}
	return err
}

// noRoom says that something can not be written down for lack of disk.
func noRoom(err error) bool {
	return errors.Is(err, store.ErrDiskFull) || errors.Is(err, store.ErrReserve)
}

// Note says something on the screen of a kiosk, in a word it has a text for.
func (d *Desks) Note(kiosk showroom.KioskID, code string) { d.note(kiosk, code, "", nil) }

// note says something on the screen of a kiosk.
func (d *Desks) note(kiosk showroom.KioskID, code string, gtin gs1.GTIN, name showroom.Text) {
	n := live.Notice{ID: d.opt.NewID(), Code: code, GTIN: gtin, Name: name, At: d.opt.Clock().Wall}
	d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Notice = n })
}

// quiet takes the last notice off the screen: something has gone as it should since.
func (d *Desks) quiet(kiosk showroom.KioskID) {
	d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Notice = live.Notice{} })
}

// changed has the screens look at a kiosk again.
func changed(tx *store.Tx, kiosk showroom.KioskID, basket showroom.BasketID) error {
	_, err := tx.Append(showroom.BasketChanged{Basket: basket, Kiosk: kiosk})
	return err
}

// save saves a basket and tells the screen of its kiosk.
func save(tx *store.Tx, b showroom.Basket) error {
	if err := tx.PutBasket(b); err != nil {
		return err
	}
	return changed(tx, b.Kiosk, b.ID)
}

// day is the business day of a moment. What the clock on the wall shows decides, also on days of 23 or 25 hours.
func (d *Desks) day(at time.Time) string {
	at = at.In(d.opt.Location)
	hour, minute, second := at.Clock()
	sinceMidnight := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	year, month, day := at.Date()
	if sinceMidnight < d.opt.DayStarts {
		day--
	}
	return time.Date(year, month, day, 12, 0, 0, 0, time.UTC).Format(time.DateOnly) // at noon: the day before may have had no such hour
}

// Touch notes that somebody is at a kiosk. After a time in which nobody was, it is somebody else.
func (d *Desks) Touch(kiosk showroom.KioskID) {
	at := d.opt.Clock()
	if before := d.board.Counter(kiosk).Touched; before.Boot == at.Boot && at.Since(before) >= d.forsaken() {
		d.searched.forget(kiosk)
	}
	d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Touched = at })
}
