package agentclient_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/localapi"
	"showroom/kiosk/agentclient"
	"showroom/kiosk/kiosktest"
)

// TestEveryCommandOfACheckoutSaysWhatItMeans holds path and body of each call against the contract.
func TestEveryCommandOfACheckoutSaysWhatItMeans(t *testing.T) {
	agent := kiosktest.NewAgent(openShop(t), kiosktest.Counter("tr"))
	c := client(t, serve(t, agent), quick())
	type call = func(context.Context, string) (localapi.KioskState, error)
	money := map[string]any{"minor": 1250., "currency": "TRY"}
	for _, tc := range []struct {
		path string
		body map[string]any
		call call
	}{
		{"basket/items", map[string]any{"gtin": "07"}, func(x context.Context, id string) (localapi.KioskState, error) { return c.AddItem(x, id, "07") }},
		{"basket/lines/a%2Fb", map[string]any{"quantity": 2.}, func(x context.Context, id string) (localapi.KioskState, error) { return c.SetQuantity(x, id, "a/b", 2) }},
		{"basket/bags", map[string]any{"quantity": 1.}, func(x context.Context, id string) (localapi.KioskState, error) { return c.SetBags(x, id, 1) }},
		{"basket/coupons", map[string]any{"code": "BAHAR"}, func(x context.Context, id string) (localapi.KioskState, error) { return c.AddCoupon(x, id, "BAHAR") }},
		{"basket/park", map[string]any{}, c.ParkBasket},
		{"basket/resume", map[string]any{"code": "K7"}, func(x context.Context, id string) (localapi.KioskState, error) { return c.ResumeBasket(x, id, "K7") }},
		{"basket/abandon", map[string]any{}, c.AbandonBasket},
		{"pay", map[string]any{"due": money}, func(x context.Context, id string) (localapi.KioskState, error) {
			return c.Pay(x, id, localapi.Money{Minor: 1250, Currency: "TRY"})
		}},
		{"pay/abort", map[string]any{}, c.AbortPayment},
		{"receipt", map[string]any{"print": true, "done": false}, func(x context.Context, id string) (localapi.KioskState, error) { return c.Receipt(x, id, true, false) }},
		{"staff/unlock", map[string]any{"staff": "elif", "pin": "4821"}, func(x context.Context, id string) (localapi.KioskState, error) {
			return c.Unlock(x, id, "elif", "4821")
		}},
		{"staff/lock", map[string]any{}, c.Lock},
		{"staff/price", map[string]any{"line": "l1", "unit": money, "reason": "damaged"}, func(x context.Context, id string) (localapi.KioskState, error) {
			return c.SetPrice(x, id, "l1", localapi.Money{Minor: 1250, Currency: "TRY"}, "damaged")
		}},
		{"staff/release", map[string]any{}, c.ReleaseHeld},
		{"staff/open", map[string]any{"open": true}, func(x context.Context, id string) (localapi.KioskState, error) { return c.OpenKiosk(x, id, true) }},
	} {
		id := agentclient.NewID()
		k, err := tc.call(t.Context(), id)
		if err != nil || k.Checkout == nil {
			t.Errorf("%s: %v, %+v", tc.path, err, k)
			continue
		}
		heard := agent.Heard()
		want := kiosktest.Heard{Path: "/v1/kiosks/fr2/" + tc.path, ID: id, Body: tc.body}
		if diff := cmp.Diff(want, heard[len(heard)-1]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.path, diff)
		}
	}
	agent.Refuse("conflict")
	var problem *localapi.Problem
	if _, err := c.Lock(t.Context(), agentclient.NewID()); !errors.As(err, &problem) || problem.Code != "conflict" {
		t.Errorf("a refusal is %v", err)
	}
}

func TestSearchKeepsEveryLetter(t *testing.T) {
	c := client(t, serve(t, kiosktest.NewAgent(openShop(t), kiosktest.Counter("tr"))), quick())
	found, err := c.Search(t.Context(), "Kapüşonlu S")
	if err != nil || len(found.Items) != 1 || found.Items[0].Name != "Yün Karışımlı Kapüşonlu Sweatshirt" {
		t.Errorf("found %+v, %v", found, err)
	}
	if found, err = c.Search(t.Context(), "&q=Şile?#%"); err != nil || found.Query != "&q=Şile?#%" || len(found.Items) != 0 {
		t.Errorf("found %+v, %v", found, err)
	}
}
