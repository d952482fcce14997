package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Offers are remembered between looks at baskets. Nobody may be told what is not on the disk, or is there no more.
func TestOffersAreThoseOnTheDisk(t *testing.T) {
	db := open(t, store.Options{})
	percent := func(v *store.View) int {
		t.Helper()
		all, err := v.Offers(time.Now())
		if err != nil || len(all) > 1 {
			t.Fatalf("%v, %v", all, err)
		}
		if len(all) == 0 {
			return 0
		}
		return all[0].BasisPoints / 100
	}
	now := func() (got int) {
		t.Helper()
		view(t, db, func(v *store.View) error { got = percent(v); return nil })
		return got
	}
	put := func(tx *store.Tx, percent int) error {
		return tx.PutOffer(showroom.Offer{ID: "o", Kind: showroom.OfferPercentage, BasisPoints: percent * 100}, int64(percent))
	}
	if got := now(); got != 0 {
		t.Fatalf("before there is any: %d", got)
	}
	none := errors.New("nothing comes of it")
	if err := db.Update(t.Context(), func(tx *store.Tx) error {
		if err := put(tx, 10); err != nil {
			return err
		}
		if got := percent(&tx.View); got != 10 {
			t.Errorf("in the transaction that writes it: %d", got)
		}
		return none
	}); !errors.Is(err, none) {
		t.Fatal(err)
	}
	if got := now(); got != 0 {
		t.Errorf("what was not committed: %d", got)
	}
	update(t, db, func(tx *store.Tx) error { return put(tx, 20) })
	if got := now(); got != 20 {
		t.Errorf("once committed: %d", got)
	}
	view(t, db, func(v *store.View) error {
		all, err := v.Offers(time.Now())
		all[0].BasisPoints = 1 // a caller may do with its list what it likes
		return err
	})
	update(t, db, func(tx *store.Tx) error {
		if got := percent(&tx.View); got != 20 {
			t.Errorf("for who writes next: %d", got)
		}
		return nil
	})
}

// Whoever looks after a change is committed sees it, however many look meanwhile.
func TestOffersAreNeverOlderThanAChange(t *testing.T) {
	db := open(t, store.Options{})
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := db.View(t.Context(), func(v *store.View) error { _, err := v.Offers(time.Now()); return err }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := 1; n <= 50; n++ {
		update(t, db, func(tx *store.Tx) error {
			return tx.PutOffer(showroom.Offer{ID: "o", Kind: showroom.OfferPercentage, BasisPoints: n}, int64(n))
		})
		view(t, db, func(v *store.View) error {
			all, err := v.Offers(time.Now())
			if len(all) != 1 || all[0].BasisPoints != n {
				t.Errorf("after change %d: %v", n, all)
			}
			return err
		})
	}
	close(stop)
	readers.Wait()
}
