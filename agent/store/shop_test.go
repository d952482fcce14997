package store_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

var sameEPC = cmpopts.EquateComparable(gs1.EPC{})

func TestGarmentsAreKeptAsTheyAre(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	jacket := showroom.Garment{EPC: epc(t, "3034257BF7194E4000001A85"), GTIN: gtin(t, "869000000001"), Room: "1", Visit: "v1", Since: c.Now()}
	scarf := showroom.Garment{EPC: epc(t, "3034257BF7194E4000001A86"), Room: "2", LeftBehind: true, Unconfirmed: true}
	update(t, db, func(tx *store.Tx) error {
		if err := tx.PutGarment(jacket); err != nil {
			return err
		}
		return tx.PutGarment(scarf)
	})
	view(t, db, func(v *store.View) error {
		all, err := v.Garments()
		if diff := cmp.Diff([]showroom.Garment{jacket, scarf}, all, sameEPC); diff != "" {
			t.Errorf("garments (-want +got):\n%s", diff)
		}
		return err
	})
	jacket.Room = "2"
	update(t, db, func(tx *store.Tx) error {
		if err := tx.PutGarment(jacket); err != nil {
			return err
		}
		in, err := tx.GarmentsIn("2")
		if diff := cmp.Diff([]showroom.Garment{jacket, scarf}, in, sameEPC); diff != "" {
			t.Errorf("in room 2, within the transaction (-want +got):\n%s", diff)
		}
		return err
	})
	update(t, db, func(tx *store.Tx) error {
		if err := tx.RemoveGarment(jacket.EPC); err != nil {
			return err
		}
		return tx.RemoveGarment(jacket.EPC) // already gone
	})
	view(t, db, func(v *store.View) error {
		if _, err := v.Garment(jacket.EPC); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("removed garment: %v", err)
		}
		_, err := v.Garment(scarf.EPC)
		return err
	})
	if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.PutGarment(showroom.Garment{}) }); err == nil {
		t.Error("a garment without a tag was saved")
	}
}

func TestRoomHasOneOpenVisit(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	first, _ := showroom.OpenVisit("v1", "2", c.Now())
	update(t, db, func(tx *store.Tx) error { return tx.PutVisit(first) })
	second, _ := showroom.OpenVisit("v2", "2", c.Now())
	err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.PutVisit(second) })
	if showroom.ErrorCode(err) != showroom.CodeConflict {
		t.Fatalf("second visit of the room: %v", err)
	}

	c.advance(10 * time.Minute)
	ended, _, err := first.Touch(c.Now()).Finish(showroom.EndDone, 0, c.Now())
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *store.Tx) error {
		if err := tx.PutVisit(ended); err != nil {
			return err
		}
		return tx.PutVisit(second)
	})
	view(t, db, func(v *store.View) error {
		got, err := v.Visit("v1")
		if err != nil {
			return err
		}
		if diff := cmp.Diff(ended, got); diff != "" {
			t.Errorf("ended visit (-want +got):\n%s", diff)
		}
		open, found, err := v.OpenVisit("2")
		if !found || open.ID != "v2" {
			t.Errorf("room 2 has %+v, %v", open, found)
		}
		if _, found, _ := v.OpenVisit("3"); found {
			t.Error("an empty room has a visit")
		}
		all, _ := v.OpenVisits()
		if diff := cmp.Diff([]showroom.Visit{second}, all); diff != "" {
			t.Errorf("open visits (-want +got):\n%s", diff)
		}
		return err
	})
}

func TestRequestsQueueOldestFirst(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	visit, _ := showroom.OpenVisit("v1", "1", c.Now())
	want := gtin(t, "869000000001")
	var made []showroom.SizeRequest
	for _, id := range []showroom.RequestID{"r3", "r1", "r2"} { // ids tell nothing about age
		c.advance(time.Minute)
		r, _, err := showroom.NewRequest(id, visit, want, "", id != "r1", c.Now())
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, r)
		update(t, db, func(tx *store.Tx) error { return tx.PutRequest(r) })
	}
	taken, _, err := made[1].Accept("ayse", "Ayşe Işık", c.Now())
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *store.Tx) error { return tx.PutRequest(taken) })
	view(t, db, func(v *store.View) error {
		open, err := v.OpenRequests()
		if diff := cmp.Diff([]showroom.SizeRequest{made[0], taken, made[2]}, open); diff != "" {
			t.Errorf("open (-want +got):\n%s", diff)
		}
		return err
	})
	delivered, _, err := taken.Deliver(c.Now())
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *store.Tx) error { return tx.PutRequest(delivered) })
	view(t, db, func(v *store.View) error {
		open, err := v.OpenRequests()
		if len(open) != 2 {
			t.Errorf("%d open after a delivery, want 2", len(open))
		}
		of, _ := v.RequestsOf("v1")
		if diff := cmp.Diff([]showroom.SizeRequest{made[0], delivered, made[2]}, of); diff != "" {
			t.Errorf("of the visit (-want +got):\n%s", diff)
		}
		if _, err := v.Request("r9"); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("unknown request: %v", err)
		}
		return err
	})
}

func TestCallsAreOpenUntilAnswered(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	call, _ := showroom.NewCall("c1", "1", "", c.Now())
	update(t, db, func(tx *store.Tx) error { return tx.PutCall(call) })
	view(t, db, func(v *store.View) error {
		open, err := v.OpenCalls()
		if diff := cmp.Diff([]showroom.StaffCall{call}, open); diff != "" {
			t.Errorf("open calls (-want +got):\n%s", diff)
		}
		return err
	})
	c.advance(time.Minute)
	answered, _, err := call.Answer(c.Now())
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *store.Tx) error { return tx.PutCall(answered) })
	view(t, db, func(v *store.View) error {
		if open, _ := v.OpenCalls(); len(open) != 0 {
			t.Errorf("still open: %+v", open)
		}
		got, err := v.Call("c1")
		if diff := cmp.Diff(answered, got); diff != "" {
			t.Errorf("call (-want +got):\n%s", diff)
		}
		return err
	})
}

func TestSessions(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	token := sha256.Sum256([]byte("token"))
	staff := store.StaffSession{TokenHash: token, Staff: "ayse", Expires: c.Now().Wall.Add(time.Hour)}
	kiosk := store.KioskSession{Kiosk: "fr1", Language: "tr", Visit: "v1"}
	update(t, db, func(tx *store.Tx) error {
		if err := tx.PutSession(kiosk); err != nil {
			return err
		}
		return tx.PutStaffSession(staff)
	})
	view(t, db, func(v *store.View) error {
		got, err := v.Session("fr1")
		if err != nil {
			return err
		}
		none, err := v.Session("fr2")
		if err != nil {
			return err
		}
		if got != kiosk || none != (store.KioskSession{Kiosk: "fr2"}) {
			t.Errorf("sessions are %+v and %+v", got, none)
		}
		s, err := v.StaffSession(token)
		if diff := cmp.Diff(staff, s); diff != "" {
			t.Errorf("staff session (-want +got):\n%s", diff)
		}
		return err
	})
	c.advance(2 * time.Hour)
	if p, err := db.Prune(t.Context()); err != nil || p.Sessions != 1 {
		t.Fatalf("pruned %+v, %v", p, err)
	}
	view(t, db, func(v *store.View) error {
		if _, err := v.StaffSession(token); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("expired session: %v", err)
		}
		return nil
	})
}

func TestCommandHappensOnce(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	type result struct {
		Request showroom.RequestID `json:"request"`
	}
	runs := 0
	once := func(id showroom.CommandID, request string, fail error) (got result, err error) {
		err = db.Update(t.Context(), func(tx *store.Tx) error {
			got, err = store.Once(tx, id, request, func() (result, error) {
				runs++
				_, err := tx.Append(showroom.VisitOpened{Visit: "v", Room: "1"})
				if err == nil {
					err = fail
				}
				return result{Request: "r1"}, err
			})
			return err
		})
		return got, err
	}
	refused := showroom.Errorf(showroom.CodeTaken, "Already taken.")
	if _, err := once("a", "bring 40", refused); showroom.ErrorCode(err) != showroom.CodeTaken {
		t.Fatalf("a refusal came back as %v", err)
	}
	for range 3 {
		if got, err := once("a", "bring 40", nil); err != nil || got.Request != "r1" {
			t.Fatalf("answered %+v, %v", got, err)
		}
	}
	if _, err := once("a", "bring 42", nil); showroom.ErrorCode(err) != showroom.CodeConflict {
		t.Errorf("the id for something else: %v", err)
	}
	if _, err := once("", "bring 42", nil); showroom.ErrorCode(err) != showroom.CodeInvalid {
		t.Errorf("no id: %v", err)
	}
	head, err := db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if runs != 2 || head.Seq != 1 {
		t.Errorf("ran %d times (want 2: one was refused), %d rows (want 1)", runs, head.Seq)
	}
	c.advance(49 * time.Hour)
	if p, err := db.Prune(t.Context()); err != nil || p.Commands != 1 {
		t.Errorf("pruned %+v, %v", p, err)
	}
}
