package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// TestWhatADeviceHasSettled: by its own numbers, and in the order it was asked.
func TestWhatADeviceHasSettled(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	var asked []showroom.Settlement
	for i, device := range []showroom.DeviceID{"pt1", "pt1", "pt2", "pt1"} {
		c.advance(time.Second)
		s := payment(showroom.SettlementID(fmt.Sprint("s", i)), showroom.BasketID(fmt.Sprint("b", i)), c.Now())
		s.Device = device
		ref := showroom.Reference{Receipt: fmt.Sprintf("%04d", i%3), Trace: "000001", TerminalID: "52523535"} // 3 has the numbers of 0
		s = done[showroom.Settlement](t)(s.Conclude(showroom.Result{Outcome: showroom.Approved, Reference: ref}, c.Now()))
		update(t, db, putSettlement(s))
		asked = append(asked, s)
	}
	view(t, db, func(v *store.View) error {
		before, err := v.SettledBefore("pt1", asked[3].Started, 10)
		if diff := cmp.Diff([]showroom.Settlement{asked[1], asked[0]}, before, sameEPC); diff != "" {
			t.Errorf("before (-want +got):\n%s", diff)
		}
		if one, err := v.SettledBefore("pt1", asked[3].Started, 1); err != nil || len(one) != 1 || one[0].ID != "s1" {
			t.Errorf("the one before: %v, %v", one, err)
		}
		if none, err := v.SettledBefore("pt1", asked[0].Started, 10); err != nil || len(none) != 0 {
			t.Errorf("before the first: %v, %v", none, err)
		}
		for ref, want := range map[showroom.Reference]showroom.SettlementID{
			asked[0].Result.Reference: "s3", asked[1].Result.Reference: "s1", asked[2].Result.Reference: "", {Receipt: "0001"}: "",
		} {
			if s, ok, err := v.SettledAs("pt1", ref); err != nil || s.ID != want || ok != (want != "") {
				t.Errorf("%+v is %s, %v, %v, want %s", ref, s.ID, ok, err, want)
			}
		}
		for receipt, want := range map[string]showroom.SettlementID{"0000": "s3", "0001": "s1", "0002": "", "": ""} {
			if s, ok, err := v.ApprovedUnder("pt1", receipt); err != nil || s.ID != want || ok != (want != "") {
				t.Errorf("%q is %s, %v, %v, want %s", receipt, s.ID, ok, err, want)
			}
		}
		return err
	})
}
