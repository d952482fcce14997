package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"showroom/agent/lang"
	"showroom/agent/localapi"
	"showroom/scripts/shop"
)

const checkoutPath = "/v1/kiosks/sco1"

// buyer pays at the checkout: three pieces are scanned, two lie on the tray. After a while the next one comes.
type buyer struct {
	shop     *shop.Shop
	language string // "" is another one each time, the shop's own first
	round    int
}

const (
	// betweenBuyers is how long nobody is at the checkout.
	betweenBuyers = 15 * time.Second
	// buyerStays is how long a buyer waits for the kiosk to go on.
	buyerStays = time.Minute
)

// shoppingList is what somebody buys.
type shoppingList struct {
	scanned []string // numbers on price tags
	laid    []string // what is laid on the tray, as the simulated shop calls it
}

// shoppingLists are what shoppers buy, one after the other. Each has something on offer.
func shoppingLists() []shoppingList {
	return []shoppingList{
		{[]string{"00614141000050", "00614141000258", "00614141000432"}, []string{`"Team Shirt" size M`, `"Blue Polygon Shirt" size M`}},
		{[]string{"00614141000432", "00614141000449", "00614141000098"}, []string{`"Darko Polo" size S`, `"Cubes Fountain Tee" size L`}},
		{[]string{"00614141000135", "00614141000456", "00614141000265"}, []string{`"Cubes Fountain Tee" size XL`, `"Reversed Monotype Tee" size XL`}},
	}
}

func (p *buyer) play(ctx context.Context) {
	for pause(ctx) {
		if !p.sees(ctx, func(now localapi.Checkout) bool { return now.Stage == localapi.StageAttract }) {
			continue // somebody else is there, or nobody can pay
		}
		p.round++
		if err := p.buy(ctx); err != nil && ctx.Err() == nil {
			say("checkout sco1: the buyer gives up: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(betweenBuyers):
		}
	}
}

// speaks chooses this buyer's language on the kiosk, if it speaks another one.
func (p *buyer) speaks(ctx context.Context) error {
	var k localapi.KioskState
	if err := getJSON(ctx, p.shop.Agent+checkoutPath, &k); err != nil {
		return err
	}
	language := p.language
	if language == "" && len(k.Languages) > 0 {
		language = k.Languages[(p.round-1)%len(k.Languages)]
	}
	if language == k.Language {
		return nil
	}
	return p.post(ctx, localapi.PathLanguage, localapi.LanguageCommand{ID: uuid.NewString(), Language: language})
}

func (p *buyer) buy(ctx context.Context) error {
	if err := p.speaks(ctx); err != nil {
		return err
	}
	if !pause(ctx) {
		return ctx.Err()
	}
	list := shoppingLists()[(p.round-1)%len(shoppingLists())]
	tray := make([]string, len(list.laid))
	defer func() {
		for _, tag := range tray {
			_, _ = p.shop.Tell(context.WithoutCancel(ctx), "take "+tag+" out") // it may not have been laid down
		}
	}()
	var does []string
	for _, gtin := range list.scanned {
		does = append(does, fmt.Sprintf("scan %q at till", gtin))
	}
	for i, garment := range list.laid {
		tray[i] = fmt.Sprintf("bought-%d-%d", p.round, i+1)
		does = append(does, fmt.Sprintf("carry %s into tray as %s", garment, tray[i]))
	}
	for _, what := range does {
		if _, err := p.shop.Tell(ctx, what); err != nil {
			return err
		}
		if !pause(ctx) {
			return ctx.Err()
		}
	}
	var due localapi.Money
	if !p.sees(ctx, func(now localapi.Checkout) bool {
		if now.Basket != nil {
			due = now.Basket.Due
		}
		return now.Stage == localapi.StageBasket && now.Tray != nil && now.Tray.Pieces == len(tray) && !now.Tray.Reading
	}) {
		return fmt.Errorf("the garments on the tray do not count")
	}
	if err := p.post(ctx, localapi.PathPay, localapi.PayCommand{Command: localapi.Command{ID: uuid.NewString()}, Due: due}); err != nil {
		return err
	}
	if !p.sees(ctx, func(now localapi.Checkout) bool { return now.Stage == localapi.StageReceipt }) {
		return fmt.Errorf("no receipt comes")
	}
	if !pause(ctx) {
		return ctx.Err()
	}
	return p.post(ctx, localapi.PathReceipt, localapi.ReceiptCommand{Command: localapi.Command{ID: uuid.NewString()}, Done: true})
}

// sees looks at the kiosk until it shows what is wanted, for as long as a buyer stays.
func (p *buyer) sees(ctx context.Context, wanted func(localapi.Checkout) bool) bool {
	for end := time.Now().Add(buyerStays); time.Now().Before(end); {
		var k localapi.KioskState
		if getJSON(ctx, p.shop.Agent+checkoutPath, &k) == nil && k.Checkout != nil && wanted(*k.Checkout) {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(time.Second):
		}
	}
	return false
}

func (p *buyer) post(ctx context.Context, path string, body any) error {
	return post(ctx, p.shop.Agent+strings.ReplaceAll(path, "{kiosk}", "sco1"), body)
}

// post tells the agent something and wants it done.
func post(ctx context.Context, url string, body any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, r.Status)
	}
	return nil
}

// sold tells in words what has become different at the checkout.
func sold(was, now localapi.Checkout, language lang.Tag) (story []string) {
	add := func(format string, args ...any) {
		story = append(story, "checkout sco1: "+fmt.Sprintf(format, args...))
	}
	if b := now.Basket; b != nil && now.Stage == localapi.StageBasket && (was.Basket == nil || was.Basket.Pieces != b.Pieces) {
		add("%d in the basket, %s", b.Pieces, price(b.Due, language))
	}
	if n := now.Notice; n != nil && (was.Notice == nil || was.Notice.ID != n.ID) {
		add("the shopper is told %q", n.Code)
	}
	if now.Stage != was.Stage {
		switch now.Stage {
		case localapi.StagePaying:
			if now.Pay != nil {
				add("%s are asked for at the terminal", price(now.Pay.Amount, language))
			}
		case localapi.StageReceipt:
			if now.Paid != nil {
				add("sale %d paid %s%s, receipt %s", now.Paid.Number, price(now.Paid.Due, language), slip(now.Paid.Fiscal), now.Paid.Receipt)
			}
		case localapi.StageUnknown:
			add("nobody knows yet whether money has moved")
		case localapi.StageClosed:
			add("closed (%s)", now.Closed)
		case localapi.StageAttract:
			add("the next shopper may come")
		}
	}
	return story
}

func slip(number string) string {
	if number == "" {
		return ""
	}
	return ", fiscal slip " + number
}

// price is an amount with the code of its currency, for terminals that have no sign for it.
func price(m localapi.Money, language lang.Tag) string {
	figures := strings.NewReplacer("₺", "", "€", "").Replace(lang.For(language).Money(m.Minor, m.Currency))
	return strings.TrimSpace(figures) + " " + m.Currency
}
