package store_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func loanTag(id showroom.TagID, label string, key int) showroom.RadioTag {
	return showroom.RadioTag{ID: id, Kind: showroom.TagLoan, Label: label, Key: key, Pseudonym: sha256.Sum256([]byte(label))}
}

func TestASecretIsMadeOnce(t *testing.T) {
	db := open(t, store.Options{})
	var first, second, other store.Key
	update(t, db, func(tx *store.Tx) (err error) { first, err = tx.Secret("a"); return err })
	update(t, db, func(tx *store.Tx) (err error) {
		if second, err = tx.Secret("a"); err == nil {
			other, err = tx.Secret("b")
		}
		return err
	})
	if first == (store.Key{}) || first != second || first == other {
		t.Error("a secret changes, or two are the same")
	}
}

func TestRadioTagsAreKeptAsTheyAre(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	out := loanTag("t1", "Loan tag 1", 1)
	out.Radio, out.Since = "x", c.Now()
	away := loanTag("t2", "Loan tag 2", 1)
	update(t, db, func(tx *store.Tx) error {
		for range 2 {
			if err := tx.PutRadioTag(away); err != nil {
				return err
			}
		}
		return tx.PutRadioTag(out)
	})
	view(t, db, func(v *store.View) error {
		all, err := v.RadioTags()
		if diff := cmp.Diff([]showroom.RadioTag{out, away}, all); diff != "" {
			t.Errorf("tags (-want +got):\n%s", diff)
		}
		if got, found, err := v.RadioTagOut("x"); !found || got.ID != "t1" || err != nil {
			t.Errorf("out as x: %+v %v %v", got, found, err)
		}
		if _, found, _ := v.RadioTagOut(""); found {
			t.Error("a tag that is put away is found by no id")
		}
		if got, found, err := v.RadioTagUnder(away.Pseudonym); !found || got.ID != "t2" || err != nil {
			t.Errorf("by its pseudonym: %+v %v %v", got, found, err)
		}
		if _, err := v.RadioTag("t9"); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("nobody's tag: %v", err)
		}
		return err
	})
	for name, twin := range map[string]showroom.RadioTag{
		"label":     {ID: "t3", Kind: showroom.TagLoan, Label: "Loan tag 1", Key: 1, Pseudonym: sha256.Sum256([]byte("another"))},
		"pseudonym": {ID: "t3", Kind: showroom.TagLoan, Label: "Loan tag 3", Key: 1, Pseudonym: out.Pseudonym},
	} {
		err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.PutRadioTag(twin) })
		if showroom.ErrorCode(err) != showroom.CodeConflict {
			t.Errorf("the same %s twice: %v", name, err)
		}
	}
}

func TestAKeyGoesWithItsPseudonyms(t *testing.T) {
	db := open(t, store.Options{})
	update(t, db, func(tx *store.Tx) error {
		for n := 1; n <= 2; n++ {
			k, err := tx.NewRadioKey()
			if err != nil {
				return err
			}
			if k.Number != n {
				t.Errorf("key %d has number %d", n, k.Number)
			}
			for _, label := range []string{"a", "b"} {
				name := label + string(rune('0'+n))
				if err := tx.PutRadioTag(loanTag(showroom.TagID(name), name, n)); err != nil {
					return err
				}
			}
		}
		lapsed, err := tx.DeleteRadioKey(1)
		if lapsed != 2 {
			t.Errorf("%d tags lapsed, want 2", lapsed)
		}
		return err
	})
	view(t, db, func(v *store.View) error {
		keys, err := v.RadioKeys()
		if err != nil || len(keys) != 1 || keys[0].Number != 2 || keys[0].Key == (store.Key{}) {
			t.Errorf("keys %+v, %v", len(keys), err)
		}
		tags, err := v.RadioTags()
		for _, tag := range tags {
			if want := tag.ID == "a1" || tag.ID == "b1"; tag.Lapsed() != want || want && tag.Pseudonym != [32]byte{} {
				t.Errorf("%s lapsed: %v, want %v and no pseudonym", tag.ID, tag.Lapsed(), want)
			}
		}
		return err
	})
}

func TestSoldTagsAreASet(t *testing.T) {
	db := open(t, store.Options{})
	one, two := store.SoldHash{1}, store.SoldHash{2}
	update(t, db, func(tx *store.Tx) error {
		for i, want := range []bool{true, false} {
			if fresh, err := tx.PutSold(one); fresh != want || err != nil {
				t.Errorf("sold for the %d. time: %v %v", i+1, fresh, err)
			}
		}
		_, err := tx.PutSold(two)
		return err
	})
	update(t, db, func(tx *store.Tx) error {
		for i, want := range []bool{true, false} {
			if known, err := tx.DeleteSold(two); known != want || err != nil {
				t.Errorf("returned for the %d. time: %v %v", i+1, known, err)
			}
		}
		return nil
	})
	view(t, db, func(v *store.View) error {
		var all []store.SoldHash
		err := v.SoldTags(func(h store.SoldHash) { all = append(all, h) })
		if diff := cmp.Diff([]store.SoldHash{one}, all); diff != "" {
			t.Errorf("sold (-want +got):\n%s", diff)
		}
		is, isErr := v.IsSold(one)
		was, wasErr := v.IsSold(two)
		if !is || was || isErr != nil || wasErr != nil {
			t.Errorf("sold: %v %v, %v %v", is, was, isErr, wasErr)
		}
		return err
	})
}

func TestItemsChangedAreToldByTheJournal(t *testing.T) {
	db := open(t, store.Options{})
	item := gtin(t, "869000000001")
	update(t, db, func(tx *store.Tx) error {
		if err := tx.PutItem(showroom.Item{GTIN: item, Product: "p"}, 1); err != nil {
			return err
		}
		_, err := tx.Append(showroom.CatalogueChanged{Buckets: []string{"stock", "item"}})
		return err
	})
	look := func(seq int64) (changed bool, last int64) {
		view(t, db, func(v *store.View) (err error) {
			changed, last, err = v.ItemsChanged(seq)
			return err
		})
		return changed, last
	}
	changed, last := look(0)
	if !changed || last != 1 {
		t.Errorf("changed %v up to %d, want up to 1", changed, last)
	}
	appendOne(t, db, showroom.CatalogueChanged{Buckets: []string{"stock"}})
	if changed, last = look(last); changed || last != 2 {
		t.Errorf("changed %v up to %d although only stock has", changed, last)
	}
	view(t, db, func(v *store.View) error {
		all, err := v.ItemNumbers()
		if len(all) != 1 || all[0] != item {
			t.Errorf("items %v", all)
		}
		return err
	})
}

func TestPlacesAreKeptAsTheyAre(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	zone := showroom.RadioZone{Radio: "x", Place: showroom.Place{Kind: showroom.PlaceZone, ID: "shoes"}, Since: c.Now()}
	rail := showroom.StaticTag{EPC: epc(t, "3034257BF7194E4000001A85"), Place: showroom.RoomPlace("1"), Since: c.Now()}
	reader := showroom.DevicePlace{Device: "r1", Kind: "r200", Places: []showroom.Place{showroom.RoomPlace("1"), {Kind: showroom.PlaceTray, ID: "t/1"}}, Since: c.Now()}
	idle := showroom.DevicePlace{Device: "r2", Kind: "llrp", Since: c.Now()}
	restock := showroom.Restock{Room: "2", Since: c.Now(), Until: c.Now()}
	restock.Until.Wall = restock.Until.Wall.Add(time.Hour)
	update(t, db, func(tx *store.Tx) error {
		for _, put := range []error{tx.PutRadioZone(zone), tx.PutStaticTag(rail), tx.PutDevicePlace(reader), tx.PutDevicePlace(idle), tx.PutRestock(restock)} {
			if put != nil {
				return put
			}
		}
		return nil
	})
	check := func(full bool) {
		t.Helper()
		view(t, db, func(v *store.View) error {
			zones, err1 := v.RadioZones()
			statics, err2 := v.StaticTags()
			placed, err3 := v.DevicePlaces()
			rooms, err4 := v.Restocks()
			for _, err := range []error{err1, err2, err3, err4} {
				if err != nil {
					return err
				}
			}
			var want, got [4]any
			if got = [4]any{zones, statics, placed, rooms}; full {
				want = [4]any{[]showroom.RadioZone{zone}, []showroom.StaticTag{rail}, []showroom.DevicePlace{reader, idle}, []showroom.Restock{restock}}
			} else {
				want = [4]any{[]showroom.RadioZone(nil), []showroom.StaticTag(nil), []showroom.DevicePlace{idle}, []showroom.Restock(nil)}
			}
			if diff := cmp.Diff(want, got, sameEPC); diff != "" {
				t.Errorf("places (-want +got):\n%s", diff)
			}
			return nil
		})
	}
	check(true)
	for range 2 { // gone already is no error
		update(t, db, func(tx *store.Tx) error {
			for _, removed := range []error{tx.DeleteRadioZone("x"), tx.DeleteStaticTag(rail.EPC), tx.DeleteDevicePlace("r1"), tx.DeleteRestock("2")} {
				if removed != nil {
					return removed
				}
			}
			return nil
		})
	}
	check(false)
	if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.PutStaticTag(showroom.StaticTag{Place: rail.Place}) }); err == nil {
		t.Error("furniture without a tag was saved")
	}
}
