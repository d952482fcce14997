package agentclient

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"showroom/agent/localapi"
)

// sell sends a command of a checkout. What it answers is the kiosk after it.
func (c *Client) sell(ctx context.Context, path string, cmd any, values ...string) (localapi.KioskState, error) {
	return command[localapi.KioskState](ctx, c, c.url(path, values...), cmd)
}

// AddItem puts a piece that was searched for into the basket.
func (c *Client) AddItem(ctx context.Context, id, gtin string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathBasketItems, localapi.ItemCommand{Command: localapi.Command{ID: id}, GTIN: gtin})
}

// SetQuantity changes how many pieces a line has; 0 takes it out.
func (c *Client) SetQuantity(ctx context.Context, id, line string, pieces int) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathBasketLine, localapi.QuantityCommand{Command: localapi.Command{ID: id}, Quantity: pieces}, "line", line)
}

// SetBags says how many bags the shopper wants.
func (c *Client) SetBags(ctx context.Context, id string, bags int) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathBasketBag, localapi.QuantityCommand{Command: localapi.Command{ID: id}, Quantity: bags})
}

// AddCoupon shows a coupon.
func (c *Client) AddCoupon(ctx context.Context, id, code string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathBasketCoupon, localapi.CodeCommand{Command: localapi.Command{ID: id}, Code: code})
}

// ParkBasket sets the basket aside, to be paid at the till.
func (c *Client) ParkBasket(ctx context.Context, id string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathBasketPark, localapi.Command{ID: id})
}

// ResumeBasket opens a basket that was set aside.
func (c *Client) ResumeBasket(ctx context.Context, id, code string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathBasketResume, localapi.CodeCommand{Command: localapi.Command{ID: id}, Code: code})
}

// AbandonBasket gives the basket up.
func (c *Client) AbandonBasket(ctx context.Context, id string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathBasketAbandon, localapi.Command{ID: id})
}

// Pay begins a payment of what the shopper saw.
func (c *Client) Pay(ctx context.Context, id string, due localapi.Money) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathPay, localapi.PayCommand{Command: localapi.Command{ID: id}, Due: due})
}

// AbortPayment wishes to stop a payment.
func (c *Client) AbortPayment(ctx context.Context, id string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathPayAbort, localapi.Command{ID: id})
}

// Receipt wants the receipt on paper, or is done with it.
func (c *Client) Receipt(ctx context.Context, id string, print, done bool) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathReceipt, localapi.ReceiptCommand{Command: localapi.Command{ID: id}, Print: print, Done: done})
}

// Unlock lets staff in.
func (c *Client) Unlock(ctx context.Context, id, staff, pin string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathUnlock, localapi.UnlockCommand{Command: localapi.Command{ID: id}, Staff: staff, PIN: pin})
}

// Lock ends what staff do.
func (c *Client) Lock(ctx context.Context, id string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathLock, localapi.Command{ID: id})
}

// SetPrice gives a line another price.
func (c *Client) SetPrice(ctx context.Context, id, line string, unit localapi.Money, reason string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathStaffPrice, localapi.PriceCommand{Command: localapi.Command{ID: id}, Line: line, Unit: unit, Reason: reason})
}

// ReleaseHeld says that staff have seen to what the tray held for them.
func (c *Client) ReleaseHeld(ctx context.Context, id string) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathStaffRelease, localapi.Command{ID: id})
}

// OpenKiosk opens this kiosk, or closes it.
func (c *Client) OpenKiosk(ctx context.Context, id string, open bool) (localapi.KioskState, error) {
	return c.sell(ctx, localapi.PathStaffOpen, localapi.OpenCommand{Command: localapi.Command{ID: id}, Open: open})
}

// Search looks for pieces. It is tried once: the next letter asks again.
func (c *Client) Search(ctx context.Context, query string) (localapi.Found, error) {
	var found localapi.Found
	err := c.call(ctx, http.MethodGet, c.url(localapi.PathSearch)+"?q="+url.QueryEscape(query), nil, &found)
	if err != nil {
		return localapi.Found{}, fmt.Errorf("search: %w", err)
	}
	return found, nil
}
