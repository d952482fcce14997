package store_test

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// busyVisit is a visit that has left its marks everywhere.
func busyVisit(tx *store.Tx, visit showroom.Visit, opened showroom.VisitOpened, tag gs1.EPC, want gs1.GTIN,
	add func(*store.Tx, ...showroom.Event) error) error {
	// The row is written before the visit is saved, in the same transaction.
	if err := add(tx, opened, showroom.GarmentJoined{EPC: tag, GTIN: want, Room: "1", Visit: "v1"}); err != nil {
		return err
	}
	if err := tx.PutVisit(visit); err != nil {
		return err
	}
	if err := tx.PutGarment(showroom.Garment{EPC: tag, GTIN: want, Room: "1", Visit: "v1"}); err != nil {
		return err
	}
	if err := tx.PutSession(store.KioskSession{Kiosk: "fr1", Language: "tr", Visit: "v1"}); err != nil {
		return err
	}
	r, made, err := showroom.NewRequest("r1", visit, want, "", false, tx.Now())
	if err != nil {
		return err
	}
	if err := tx.PutRequest(r); err != nil {
		return err
	}
	call, called := showroom.NewCall("c1", "1", "v1", tx.Now())
	if err := tx.PutCall(call); err != nil {
		return err
	}
	return add(tx, made, called)
}

func nobodyIsLeft(t *testing.T, db *store.DB, tag gs1.EPC) {
	t.Helper()
	view(t, db, func(v *store.View) error {
		requests, err := v.RequestsOf("v1")
		if err != nil {
			return err
		}
		calls, err := v.OpenCalls()
		if err != nil {
			return err
		}
		garment, err := v.Garment(tag)
		if err != nil {
			return err
		}
		session, err := v.Session("fr1")
		if len(requests) != 0 || len(calls) != 0 || garment.Visit != "" || session != (store.KioskSession{Kiosk: "fr1"}) {
			t.Errorf("left over: %v %v %+v %+v", requests, calls, garment, session)
		}
		if _, err := v.Visit("v1"); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("the visit is still there: %v", err)
		}
		return err
	})
}

func TestForgetEmptiesAndLeavesHashesTrue(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	tag, want := epc(t, "3034257BF7194E4000001A85"), gtin(t, "869000000001")
	var wrote []showroom.Row
	add := func(tx *store.Tx, events ...showroom.Event) error {
		for _, e := range events {
			r, err := tx.Append(e)
			if err != nil {
				return err
			}
			wrote = append(wrote, r)
		}
		return nil
	}
	visit, opened := showroom.OpenVisit("v1", "1", c.Now())
	update(t, db, func(tx *store.Tx) error { return add(tx, showroom.VisitOpened{Visit: "other", Room: "2"}) })
	update(t, db, func(tx *store.Tx) error { return busyVisit(tx, visit, opened, tag, want, add) })
	update(t, db, func(tx *store.Tx) error {
		ended, end, err := visit.Finish(showroom.EndForget, 1, tx.Now())
		if err != nil {
			return err
		}
		if err := tx.PutVisit(ended); err != nil {
			return err
		}
		if err := add(tx, end); err != nil {
			return err
		}
		r, err := tx.Forget("v1")
		wrote = append(wrote, r)
		return err
	})

	rows, err := db.Since(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		was := wrote[i]
		forgotten := r.Subject == "visit/v1"
		if r.SHA256 != sha256.Sum256(was.Body) || r.ID() != was.ID() {
			t.Errorf("row %d: hash or id is not what it was", r.Seq)
		}
		if forgotten != (len(r.Body) == 0) {
			t.Errorf("row %d about %s has a body of %d bytes", r.Seq, r.Subject, len(r.Body))
		}
	}
	if len(rows) != len(wrote) || rows[len(rows)-1].Kind != showroom.KindVisitForgotten {
		t.Errorf("%d rows, want %d and the last to be the forgetting", len(rows), len(wrote))
	}
	nobodyIsLeft(t, db, tag)
	err = db.Update(t.Context(), func(tx *store.Tx) error { _, err := tx.Forget("v1"); return err })
	if showroom.ErrorCode(err) != showroom.CodeNotFound {
		t.Errorf("forgetting twice: %v", err)
	}
}

// What was forgotten is not only out of reach: its bytes are gone from the files.
func TestForgottenBytesAreOverwritten(t *testing.T) {
	c := newClock()
	dir := t.TempDir()
	db := open(t, store.Options{Clock: c.Now, Dir: dir})
	secret := gtin(t, "869000077777")
	visit, opened := showroom.OpenVisit("v1", "1", c.Now())
	update(t, db, func(tx *store.Tx) error {
		if err := tx.PutVisit(visit); err != nil {
			return err
		}
		if _, err := tx.Append(opened); err != nil {
			return err
		}
		r, made, err := showroom.NewRequest("r1", visit, secret, secret, false, tx.Now())
		if err != nil {
			return err
		}
		if err := tx.PutRequest(r); err != nil {
			return err
		}
		_, err = tx.Append(made)
		return err
	})
	if !onDisk(t, dir, string(secret)) {
		t.Fatal("the test looks in the wrong place")
	}
	update(t, db, func(tx *store.Tx) error { _, err := tx.Forget("v1"); return err })
	if _, err := db.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if onDisk(t, dir, string(secret)) {
		t.Error("forgotten bytes are still in the state folder")
	}
}

func onDisk(t *testing.T, dir, what string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		found = found || bytes.Contains(content, []byte(what))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
