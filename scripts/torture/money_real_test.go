//go:build torture

package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"showroom/agent/localapi"
	"showroom/devices/sim"
	"showroom/devices/sim/terminals"
	"showroom/scripts/shop"
)

var moneyReal = flag.Int("money-real", 20, "settlements at each kind of device with the real agent; some five seconds each, for its timers are not in the configuration")

// TestMoneyIsRightAtRealScale pays at the kiosk of a whole shop of real programs, in euro at a payment terminal and in lira at a fiscal
// device, with the timers of real life and SIGKILL.
func TestMoneyIsRightAtRealScale(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("seed %d", *seed)
	bin := build(t)
	for n, name := range []string{"payment terminal, real scale", "fiscal device, real scale"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := openKiosk(t, bin, n == 0, rand.New(rand.NewPCG(*seed, uint64(200+n))))
			begun := time.Now()
			for i := range *moneyReal {
				c.buy(i)
			}
			c.await("the last shopper has gone", func(now localapi.Checkout) bool { return now.Stage == localapi.StageAttract })
			ledger := c.moved()
			c.shop.AgentProcess.Stop()
			c.sum.audit(t, readBooks(t, filepath.Join(c.shop.Dir(), "agent"), machine(t)), ledger)
			c.sum.took = time.Since(begun)
			c.sum.print(t, name)
			if c.sum.open > 0 {
				t.Error("both devices could have said what has become of it")
			}
			if *moneyReal >= 20 {
				c.sum.meant(t)
			}
		})
	}
}

// kiosk is the screen of a checkout, seen from where people stand.
type kiosk struct {
	t    *testing.T
	shop *shop.Shop
	euro bool
	dice *rand.Rand
	sum  result
}

func openKiosk(t *testing.T, bin string, euro bool, dice *rand.Rand) *kiosk {
	t.Helper()
	dir, err := os.MkdirTemp("", "money") // a unix socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	s, err := shop.New(shop.Options{Bin: bin, Dir: dir, Hold: true, Checkout: true, Euro: euro, Brisk: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the shop is kept in %s", dir)
			return
		}
		os.RemoveAll(dir)
	})
	c := &kiosk{t: t, shop: s, euro: euro, dice: dice}
	for _, start := range []func(context.Context) error{
		s.StartCentral, func(ctx context.Context) error {
			return s.Import(ctx, filepath.Join("..", "..", "devices", "sim", "demo", "catalogue.csv"))
		}, s.StartAgent, s.StartSim,
	} {
		c.must(start(t.Context()))
	}
	return c
}

func tap() localapi.Command { return localapi.Command{ID: uuid.NewString()} }

func (c *kiosk) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *kiosk) tell(format string, args ...any) {
	c.t.Helper()
	_, err := c.shop.Tell(c.t.Context(), fmt.Sprintf(format, args...))
	c.must(err)
}

func (c *kiosk) now() (now localapi.Checkout, err error) {
	var k localapi.KioskState
	if err = newWitness(c.shop).get(c.t.Context(), "/v1/kiosks/sco1", &k); err == nil && k.Checkout != nil {
		now = *k.Checkout
	}
	return now, err
}

// post taps, and answers what is shown then.
func (c *kiosk) post(where string, body any) (now localapi.Checkout, err error) {
	sent, err := json.Marshal(body)
	c.must(err)
	r, err := http.Post(c.shop.Agent+strings.ReplaceAll(where, "{kiosk}", "sco1"), "application/json", bytes.NewReader(sent))
	if err != nil {
		return now, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return now, fmt.Errorf("%s: %s", where, r.Status)
	}
	return c.now()
}

// await waits until the kiosk shows what is wanted. What takes long is looked at by somebody who switches the device off and on: it may
// hang for a settlement whose trouble was never asked for.
func (c *kiosk) await(what string, is func(localapi.Checkout) bool) (now localapi.Checkout) {
	c.t.Helper()
	again := time.Now().Add(30 * time.Second)
	for end := time.Now().Add(5 * time.Minute); ; {
		now, err := c.now()
		if err == nil && is(now) {
			return now
		}
		if time.Now().After(end) {
			c.t.Fatalf("%s: not in five minutes; it shows %+v, %v", what, now, err)
		}
		if time.Now().After(again) {
			again = time.Now().Add(30 * time.Second)
			c.restart()
		}
		rest(c.t.Context(), 50*time.Millisecond)
	}
}

// restart switches the device off and on.
func (c *kiosk) restart() {
	c.t.Helper()
	c.tell("pull %s", c.shop.Terminal())
	c.tell("plug %s", c.shop.Terminal())
}

// buy has a shopper pay, with a trouble, until the kiosk is free for the next one or gives the basket back. What is still in the basket
// stays for the next.
func (c *kiosk) buy(n int) {
	c.t.Helper()
	items := []string{"00614141000258", "00614141000432"}
	c.await("there is something to pay for", func(now localapi.Checkout) bool {
		switch {
		case now.Stage == localapi.StageReceipt, now.Stage == localapi.StageParked:
			_, _ = c.post(localapi.PathReceipt, localapi.ReceiptCommand{Command: tap(), Done: true})
		case now.Basket == nil || now.Basket.Pieces == 0: // refused until the catalogue is there
			_, _ = c.post(localapi.PathBasketItems, localapi.ItemCommand{Command: tap(), GTIN: items[c.dice.IntN(len(items))]})
		default:
			return now.Stage == localapi.StageBasket && now.Closed == ""
		}
		return false
	})
	what := fine
	if n > 0 { // a terminal that has never taken a payment can not say anything
		what = []trouble{killed, pulled, hung, cut, refused, anyTrouble(c.dice)}[n%6]
	}
	c.spoil(what)
	now, err := c.now()
	c.must(err)
	if now, err = c.post(localapi.PathPay, localapi.PayCommand{Command: tap(), Due: now.Basket.Due}); err != nil {
		c.t.Fatal(err)
	}
	c.suffer(what)
	now = c.await("the payment has come to something", func(now localapi.Checkout) bool {
		return now.Stage == localapi.StageReceipt || now.Stage == localapi.StageBasket || now.Stage == localapi.StageParked || now.Stage == localapi.StageAttract
	})
	c.t.Logf("%d: %v, ends at %s", n, what, now.Stage)
	if now.Stage == localapi.StageBasket && n == *moneyReal-1 {
		_, _ = c.post(localapi.PathBasketAbandon, tap())
	}
	if now.Stage == localapi.StageReceipt || now.Stage == localapi.StageParked {
		_, _ = c.post(localapi.PathReceipt, localapi.ReceiptCommand{Command: tap(), Done: true})
	}
}

// spoil has the next settlement go wrong at a step.
func (c *kiosk) spoil(what trouble) {
	c.t.Helper()
	steps := []string{"unheard", "heard", "accepted", "card", "approved", "printed", "told"}
	no := "card_refused"
	if c.euro {
		steps, no = []string{"asked", "accepted", "card", "approved", "told", "slip", "completed"}, "decline 05"
	}
	step := steps[c.dice.IntN(len(steps))]
	if c.euro && c.dice.IntN(2) == 0 {
		step += " stubborn 7s"
	}
	switch what {
	case refused:
		c.tell("spoil %s %s", c.shop.Terminal(), no)
	case pulled:
		c.sum.pulls++
		c.tell("spoil %s pull %s", c.shop.Terminal(), step)
	case hung:
		c.sum.hangs++
		step, _, _ = strings.Cut(step, " stubborn")
		c.tell("spoil %s hang %s", c.shop.Terminal(), step)
	default:
		c.tell("spoil %s fine", c.shop.Terminal())
	}
}

// suffer lets happen what does not happen at a step of the device, and makes good what does.
func (c *kiosk) suffer(what trouble) {
	c.t.Helper()
	ctx := c.t.Context()
	some := func(seconds int) time.Duration {
		return time.Duration(c.dice.Int64N(int64(seconds) * int64(time.Second)))
	}
	switch what {
	case hung:
		rest(ctx, some(10))
		c.restart()
	case cut:
		c.sum.cuts++
		rest(ctx, some(4))
		c.tell("pull %s", c.shop.Terminal())
		rest(ctx, some(4))
		c.tell("plug %s", c.shop.Terminal())
	case killed, mute:
		c.sum.kills++
		rest(ctx, some(4))
		c.shop.AgentProcess.Kill()
		rest(ctx, some(3))
		c.must(c.shop.StartAgent(ctx))
	}
}

// moved is what the device has moved, by its own ledger.
func (c *kiosk) moved() (all []movement) {
	c.t.Helper()
	said, err := sim.Tell(c.t.Context(), c.shop.Control, "ledger "+c.shop.Terminal())
	c.must(err)
	var ledger []terminals.Movement
	c.must(json.Unmarshal([]byte(said), &ledger))
	for _, m := range ledger {
		if m.Moved != 0 {
			all = append(all, movement{settlement: m.Settlement, minor: m.Moved, receipt: m.Receipt, at: m.At})
		}
	}
	return all
}
