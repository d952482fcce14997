package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// sellForEver does what self-checkout does around a payment: first what is asked of the device is written down, and said on standard
// output as the device would hear it; then the answer, the sale and all that follows from it, and said as the shopper would see it.
func sellForEver(dir string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Dir: dir, MachineID: "machine-1", Clock: newClock().Now})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		id := fmt.Sprintf("%d-%d", os.Getpid(), i)
		if err := db.Update(ctx, func(tx *store.Tx) error { return ask(tx, id, i) }); err != nil {
			return err
		}
		fmt.Printf("%s asked\n", id)
		var number int64
		err := db.Update(ctx, func(tx *store.Tx) (err error) {
			number, err = sell(tx, id)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Printf("sale-%s %d\n", id, number)
	}
}

// ask freezes a basket of a garment and starts its settlement.
func ask(tx *store.Tx, id string, i int) error {
	tag, err := gs1.ParseEPC(fmt.Sprintf("30%08X%014X", os.Getpid(), i))
	if err != nil {
		return err
	}
	l := scanned("l1", shirt, 1)
	l.EPC = tag
	b := basketAt(showroom.KioskID(id), showroom.BasketID(id), tx.Now(), l)
	if b, err = b.Freeze(showroom.SettlementID(id), tx.Now()); err != nil {
		return err
	}
	if err := tx.PutBasket(b); err != nil {
		return err
	}
	s := payment(b.Settlement, b.ID, tx.Now())
	if err := tx.PutSettlement(s); err != nil {
		return err
	}
	_, err = tx.Append(showroom.SettlementStarted{Settlement: s.ID, Of: s.Kind, Basket: b.ID, Device: s.Device, Amount: s.Amount})
	return err
}

// sell concludes the settlement and makes the sale.
func sell(tx *store.Tx, id string) (number int64, err error) {
	b, err := tx.Basket(showroom.BasketID(id))
	if err != nil {
		return 0, err
	}
	s, err := tx.Settlement(b.Settlement)
	if err != nil {
		return 0, err
	}
	if s, err = s.Conclude(showroom.Result{Outcome: showroom.Approved, Amount: s.Amount}, tx.Now()); err != nil {
		return 0, err
	}
	if err := tx.PutSettlement(s); err != nil {
		return 0, err
	}
	if _, err := tx.Append(showroom.SettlementConcluded{Settlement: s.ID, State: s.State, Result: s.Result}); err != nil {
		return 0, err
	}
	if number, err = tx.NextNumber(store.SaleNumbers, ""); err != nil {
		return 0, err
	}
	sale := saleOf(showroom.SaleID(id), number, b.ID, tx.Now())
	release := store.Release{ID: id, GTIN: shirt, EPC: b.Lines[0].EPC, State: store.ReleaseWaiting, Changed: tx.Now()}
	if err := tx.PutSale(sale, []store.Release{release}); err != nil {
		return 0, err
	}
	if b, err = b.Sell(tx.Now()); err != nil {
		return 0, err
	}
	if err := tx.PutBasket(b); err != nil {
		return 0, err
	}
	_, err = tx.Append(showroom.SaleCompleted{Sale: sale})
	return number, err
}

// However often it is killed: what a device was asked is written down, what a shopper saw sold is sold, and of each basket all that
// follows from its sale is there or nothing. Open is only what was under way when it was killed, and its garment is still held.
func TestSalesSurviveKill(t *testing.T) {
	dir := t.TempDir()
	said := map[string]string{}
	const rounds = 6
	for round := range rounds {
		killAfter(t, dir, "sales", 1+round*33, said)
	}
	db := open(t, store.Options{Dir: dir})
	if err := db.IntegrityCheck(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Since(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	facts := map[showroom.Kind]int{}
	for _, r := range rows {
		facts[r.Kind]++
	}
	view(t, db, func(v *store.View) error {
		live, err := v.LiveBaskets()
		if err != nil {
			return err
		}
		for _, b := range live {
			s, err := v.Settlement(b.Settlement)
			holder, held, _ := v.HolderOf(b.Lines[0].EPC)
			if err != nil || !s.Open() || b.State != showroom.BasketFrozen || !held || holder != b.ID {
				t.Errorf("%s is %s, its settlement %s (%v), its garment with %q", b.ID, b.State, s.State, err, holder)
			}
		}
		if len(live) > rounds {
			t.Errorf("%d baskets are being paid for after %d kills", len(live), rounds)
		}
		unsettled, _ := v.OpenSettlements()
		sales := facts[showroom.KindSaleCompleted]
		if len(unsettled) != len(live) || facts[showroom.KindSettlementStarted] != sales+len(live) || facts[showroom.KindSettlementConcluded] != sales {
			t.Errorf("%d open settlements of %d baskets; facts %v", len(unsettled), len(live), facts)
		}
		for number := range int64(sales) {
			sale, err := v.SaleByNumber(number + 1)
			if err != nil {
				t.Errorf("sale number %d: %v", number+1, err)
				continue
			}
			b, _ := v.Basket(sale.Basket)
			releases, _ := v.ReleasesOf(sale.ID)
			if b.State != showroom.BasketPaid || len(releases) != 1 {
				t.Errorf("sale %d: its basket is %s, %d releases", sale.Number, b.State, len(releases))
			}
		}
		if _, err := v.SaleByNumber(int64(sales) + 1); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("a sale beyond the last: %v", err)
		}
		return check(t, v, said)
	})
}

// check compares what was said with what is there.
func check(t *testing.T, v *store.View, said map[string]string) error {
	for id, what := range said {
		if what == "asked" {
			if _, err := v.Settlement(showroom.SettlementID(id)); err != nil {
				t.Errorf("the device was asked for %s: %v", id, err)
			}
			continue
		}
		sale, err := v.Sale(showroom.SaleID(id[len("sale-"):]))
		if err != nil || strconv.FormatInt(sale.Number, 10) != what {
			t.Errorf("%s was seen as number %s and is %d (%v)", id, what, sale.Number, err)
		}
	}
	if len(said) < 300 {
		t.Errorf("only %d things were said", len(said))
	}
	return nil
}

// A disk that fills up in the midst of it: either nothing was asked, or what was asked is open and no number is lost.
func TestSalesOnAFullDisk(t *testing.T) {
	db := open(t, store.Options{MaxBytes: 1 << 20})
	var sales int64
	var full error
	for i := 0; full == nil; i++ {
		id := fmt.Sprint("b", i)
		full = db.Update(t.Context(), func(tx *store.Tx) error { return ask(tx, id, i) })
		if full == nil {
			full = db.Update(t.Context(), func(tx *store.Tx) (err error) {
				_, err = sell(tx, id)
				return err
			})
			if full == nil {
				sales++
			}
		}
	}
	if !errors.Is(full, store.ErrDiskFull) || sales < 10 {
		t.Fatalf("%v after %d sales, want ErrDiskFull", full, sales)
	}
	rows, err := db.Since(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	facts := map[showroom.Kind]int64{}
	for _, r := range rows {
		facts[r.Kind]++
	}
	view(t, db, func(v *store.View) error {
		unsettled, err := v.OpenSettlements()
		live, _ := v.LiveBaskets()
		if len(unsettled) > 1 || len(live) != len(unsettled) || facts[showroom.KindSettlementStarted] != sales+int64(len(unsettled)) {
			t.Errorf("%d open settlements, %d baskets, facts %v after %d sales", len(unsettled), len(live), facts, sales)
		}
		if _, err := v.SaleByNumber(sales); err != nil || facts[showroom.KindSaleCompleted] != sales {
			t.Errorf("the last sale: %v; facts %v", err, facts)
		}
		if _, err := v.SaleByNumber(sales + 1); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("a sale that came to nothing: %v", err)
		}
		return err
	})
}
