//go:build torture

package torture

import (
	"context"
	"fmt"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/google/uuid"
)

// cashier is a till that sells without a pause. It keeps each sale until it has been acknowledged, and sends what it keeps again, in
// order, over the next connection. Some are on the way at a time.
type cashier struct {
	id, url string
	link    mqtt.Client
	sent    int

	mu    sync.Mutex // guards all below
	sales []sale
	done  int  // sales that have been acknowledged are those before it: acknowledgements come in order
	last  bool // it sells nothing more
}

type sale struct {
	id   string
	body []byte
}

func newCashier(id, url string) *cashier { return &cashier{id: id, url: url} }

func (k *cashier) connect() error {
	k.link = mqtt.NewClient(mqtt.NewClientOptions().AddBroker(k.url).SetClientID("till-" + k.id).SetAutoReconnect(false).
		SetConnectTimeout(2 * time.Second).SetProtocolVersion(4))
	t := k.link.Connect()
	t.Wait()
	return t.Error()
}

func (k *cashier) hangUp() {
	if k.link != nil {
		k.link.Disconnect(50)
		k.link = nil
	}
}

// speak sells until ctx or the time is over or, after finish, all is acknowledged. A zero time is never over.
func (k *cashier) speak(ctx context.Context, until time.Time) {
	const onTheWay = 20
	over := func() bool { return ctx.Err() != nil || !until.IsZero() && time.Now().After(until) || k.finished() }
	for !over() {
		if k.link == nil || !k.link.IsConnectionOpen() {
			k.hangUp()
			if k.connect() != nil {
				rest(ctx, 20*time.Millisecond)
				continue
			}
		}
		var waiting []mqtt.Token
		for next := k.acknowledgedSoFar(); !over(); {
			body, more := k.sale(next)
			if more {
				waiting = append(waiting, k.link.Publish("showroom/v1/kadikoy/pos/"+k.id+"/event", 1, false, body))
				k.sent++
				next++
				if next%onTheWay == 0 { // so that the journal stays small enough to be counted
					rest(ctx, 20*time.Millisecond)
				}
			}
			if len(waiting) == onTheWay || !more {
				if len(waiting) == 0 || !k.heard(ctx, waiting[0]) {
					break
				}
				waiting = waiting[1:]
			}
		}
		for len(waiting) > 0 && k.heard(ctx, waiting[0]) {
			waiting = waiting[1:]
		}
		if len(waiting) > 0 { // the connection is lost: all of them go again
			k.hangUp()
		}
	}
}

// heard waits for the acknowledgement of the oldest sale on its way.
func (k *cashier) heard(ctx context.Context, t mqtt.Token) bool {
	for {
		select {
		case <-t.Done():
			if t.Error() != nil || !k.link.IsConnectionOpen() {
				return false // the library says so too of what it gives up
			}
			k.mu.Lock()
			defer k.mu.Unlock()
			k.done++
			return true
		case <-time.After(20 * time.Millisecond):
			if !k.link.IsConnectionOpen() {
				return false
			}
		}
	}
}

// sale is the sale of a number, which is made if it is the next; false when nothing more is sold.
func (k *cashier) sale(n int) ([]byte, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if n < len(k.sales) {
		return k.sales[n].body, true
	}
	if k.last {
		return nil, false
	}
	s := sale{id: uuid.NewString()}
	s.body = fmt.Appendf(nil, `{"event_id":%q,"type":"sale.completed","seq":%d,"business_day":"2026-11-22","occurred_at":"2026-11-22T14:05:00+03:00","ticket_no":"%06d","currency":"TRY",`+
		`"lines":[{"line":1,"gtin":"00614141000258","qty":1,"unit_price_minor":99990,"discount_minor":0,"vat_rate_bp":1000,"vat_minor":9090},`+
		`{"line":2,"gtin":"00614141000432","qty":2,"unit_price_minor":5000,"discount_minor":1000,"vat_rate_bp":1000,"vat_minor":818}],`+
		`"tenders":[{"kind":"cash","amount_minor":108990}],"totals":{"gross_minor":109990,"discount_minor":1000,"due_minor":108990,"vat_minor":9908}}`,
		s.id, n+1, n+1)
	k.sales = append(k.sales, s)
	return s.body, true
}

func (k *cashier) acknowledgedSoFar() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.done
}

func (k *cashier) finish() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = true
}

func (k *cashier) finished() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last && k.done == len(k.sales)
}

func (k *cashier) said() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.sales)
}

// acknowledged are the ids of the sales a broker has acknowledged.
func (k *cashier) acknowledged() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	ids := make([]string, 0, k.done)
	for _, s := range k.sales[:k.done] {
		ids = append(ids, s.id)
	}
	return ids
}

// known is how many of these ids are of sales it made.
func (k *cashier) known(ids map[string]int) (n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.sales {
		if _, there := ids[s.id]; there {
			n++
		}
	}
	return n
}
