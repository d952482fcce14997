package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/httpd"
	"showroom/agent/localapi"
	"showroom/agent/receipt"
	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/agent/store"
	"showroom/config"
)

// buildCheckout makes the checkouts, if there are any, with the devices that take money and print for them.
func (a *agent) buildCheckout(ctx context.Context) error {
	opt, err := a.checkoutOptions(ctx)
	if err != nil || len(opt.Kiosks) == 0 {
		return err
	}
	if opt.Machines, err = a.buildSettlers(); err != nil { //nolint:contextcheck // what a terminal said is looked up whenever it says it
		return err
	}
	if a.printers, err = a.buildPrinters(ctx); err != nil {
		return err
	}
	opt.Printers = make(map[showroom.DeviceID]checkout.Printer, len(a.printers))
	for id, p := range a.printers {
		opt.Printers[id] = p
	}
	a.machines = opt.Machines
	if why := opt.Profile.Why(); why != "" {
		a.log.Warn("Self-checkout stays closed", "profile", opt.Profile.Country, "why", why)
	}
	a.desks, err = checkout.New(ctx, a.db, a.board, opt)
	return err
}

func (a *agent) checkoutOptions(ctx context.Context) (checkout.Options, error) {
	cfg := a.cfg
	profile, known := checkout.ProfileOf(string(cfg.CheckoutProfile()))
	if !known {
		return checkout.Options{}, fmt.Errorf("checkout profile %q is not known", cfg.CheckoutProfile())
	}
	o := checkout.Options{
		Profile: profile, Currency: showroom.Currency(cfg.Store.Currency), Tags: a.tags, DayStarts: time.Duration(cfg.Store.BusinessDayStarts),
		Location: location(cfg), IdleAfter: cfg.Checkout.IdleAfter, Clock: a.clock.Now, NewID: newID, Log: a.log,
		ShopLanguage: cfg.Store.Languages[0],
		Language: func(v *store.View, kiosk showroom.KioskID) (string, error) {
			k, err := a.sessions.Kiosk(kiosk)
			if err != nil {
				return "", err
			}
			return a.sessions.Language(v, k)
		},
	}
	o.SlipForTill = len(cfg.Tills) == 0
	for _, k := range cfg.Kiosks {
		if k.Mode == config.Checkout {
			o.Kiosks = append(o.Kiosks, checkout.Kiosk{
				ID: showroom.KioskID(k.ID), Tray: k.Tray, Reader: trayReader(cfg, k.Tray),
				Settler: showroom.DeviceID(k.Settler), Printer: showroom.DeviceID(k.Printer),
			})
		}
	}
	o.Opens, o.Closes = cfg.Checkout.Hours()
	var err error
	if cfg.Checkout.Bag != "" {
		if o.Bag, err = gs1.ParseGTIN(cfg.Checkout.Bag); err != nil {
			return o, fmt.Errorf("read checkout.bag: %w", err)
		}
	}
	if o.InvoiceLimit, err = amount(cfg.Checkout.InvoiceLimit, o.Currency); err != nil {
		return o, fmt.Errorf("read checkout.invoice_limit: %w", err)
	}
	key, err := a.receiptKey(ctx)
	o.Token = func() (string, error) {
		key, err := key()
		if err != nil {
			return "", err
		}
		return receipt.NewToken(key, rand.Reader)
	}
	return o, err
}

// receiptKey answers what tokens of receipts are made with at the moment. The central service derives the same from the token it knows
// this device by; a shop that works alone has one of its own. What can not be answered at the start is an error here.
func (a *agent) receiptKey(ctx context.Context) (func() ([]byte, error), error) {
	bearer, err := a.badge.token()
	if err != nil {
		return nil, err
	}
	if bearer != "" {
		return func() ([]byte, error) {
			bearer, err := a.badge.token()
			return receipt.DeriveKey(bearer), err
		}, nil
	}
	var own store.Key
	err = a.db.Update(ctx, func(tx *store.Tx) (err error) {
		own, err = tx.Secret("receipt")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find key of receipts: %w", err)
	}
	return func() ([]byte, error) { return own[:], nil }, nil
}

// amount reads a sum such as 9900.00, which the configuration has checked; empty is none.
func amount(text string, currency showroom.Currency) (showroom.Money, error) {
	if text == "" {
		return showroom.Money{}, nil
	}
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > currency.Digits() {
		return showroom.Money{}, fmt.Errorf("%s has more than %d decimals", text, currency.Digits())
	}
	minor, err := strconv.ParseInt(whole+part+strings.Repeat("0", currency.Digits()-len(part)), 10, 64)
	return showroom.Money{Minor: minor, Currency: currency}, err
}

func trayReader(cfg config.Config, tray string) showroom.DeviceID {
	for _, t := range cfg.Trays {
		if t.ID == tray {
			return showroom.DeviceID(t.Reader)
		}
	}
	return ""
}

// servedCheckout is what the API needs of the checkouts; nil where there are none.
func (a *agent) servedCheckout(people *staff.Page) *httpd.Checkout {
	if a.desks == nil {
		return nil
	}
	o := &httpd.Checkout{
		Desks: a.desks, IdleAfter: int(a.cfg.Checkout.IdleAfter / time.Second), Unlock: people.Unlock,
		Receipt: strings.TrimRight(a.cfg.Checkout.ReceiptURL, "/"), Local: strings.TrimRight(a.cfg.Checkout.ReceiptLANURL, "/"),
	}
	for _, p := range a.cfg.Staff {
		if p.Role != config.Technician {
			o.Associates = append(o.Associates, localapi.Associate{ID: p.ID, Name: p.Name})
		}
	}
	return o
}

// seller is who a printed receipt says has sold.
func seller(cfg config.Config) receipt.Seller {
	s := cfg.Checkout.Seller
	return receipt.Seller{
		Name: cmp.Or(s.Name, cfg.Store.Name), Shop: cfg.Store.Name, TaxID: s.TaxID, TaxOffice: s.TaxOffice, Register: s.Register, Phone: s.Phone,
		Zone:    cfg.Store.Timezone,
		Address: receipt.Address{Street: s.Street, District: s.District, City: s.City, PostCode: s.PostCode, Country: s.Country},
	}
}
