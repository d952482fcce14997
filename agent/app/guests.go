package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"showroom/agent/httpd"
	"showroom/agent/receipt"
	"showroom/agent/receipt/receiptweb"
	"showroom/agent/store"
)

// soldHere finds the sales of this agent for the pages of receipts.
type soldHere struct {
	db    *store.DB
	store string
}

// Find implements receiptweb.Sales.
func (s soldHere) Find(ctx context.Context, token string) (receipt.Found, error) {
	found := receipt.Found{Store: s.store}
	if !receipt.IsToken(token) {
		return found, receipt.ErrNone
	}
	err := s.db.View(ctx, func(v *store.View) (err error) {
		var known bool
		if found.Sale, known, err = v.SaleByToken(token); err != nil {
			return err
		}
		if !known {
			return receipt.ErrNone
		}
		found.Returns, err = v.ReturnsOf(found.Sale.ID)
		return err
	})
	return found, err
}

// guestPages are the receipts of this agent for guests in the shop's own network, and nothing else.
func (a *agent) guestPages() http.Handler {
	c := a.cfg.Checkout
	pages := receiptweb.New(receiptweb.Options{
		Sales: soldHere{a.db, a.cfg.Store.ID}, Sellers: map[string]receipt.Seller{a.cfg.Store.ID: seller(a.cfg)}, URL: c.ReceiptURL, Near: true, Log: a.log,
	})
	below := "/r"
	if u, err := url.Parse(c.ReceiptLANURL); err == nil {
		below = strings.TrimRight(u.Path, "/")
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+below+"/{name}", pages.Serve)
	return mux
}

// serveGuests listens in the shop's own network until ctx ends. Its address may not be there yet: then it is tried again.
func (a *agent) serveGuests(ctx context.Context) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", a.cfg.Checkout.ReceiptLANListen)
	if err != nil {
		return fmt.Errorf("listen for receipts: %w; set checkout.receipt_lan_listen to an address of this machine", err)
	}
	return httpd.ServeUntil(ctx, receiptweb.GuestServer(a.guestPages(), a.log), receiptweb.Door(l))
}
