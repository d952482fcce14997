package store

import (
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// ReleaseState is where the release of a garment stands.
type ReleaseState string

// The states. One that has been done has no row any more.
const (
	ReleaseWaiting ReleaseState = "waiting" // nobody has been asked
	ReleaseAsked   ReleaseState = "asked"   // a device has been told, and has not answered
	ReleaseFailed  ReleaseState = "failed"  // the device could not: staff take the tag off
)

// Release is a garment that was paid for and that the shop's security is to let go of.
type Release struct {
	ID   string // also of the command to the device, which is obeyed once
	Sale showroom.SaleID
	GTIN gs1.GTIN
	// EPC is what the device is told; zero once it has answered.
	EPC     gs1.EPC
	State   ReleaseState
	Device  showroom.DeviceID // empty until one is asked
	Tries   int
	Changed showroom.Moment
	Detail  string // why it failed, for staff
}

const releaseColumns = `id, sale, gtin, epc, state, device, tries, changed, detail`

func scanRelease(s scanner) (r Release, err error) {
	var epc []byte
	err = s.Scan(&r.ID, &r.Sale, &r.GTIN, &epc, &r.State, &r.Device, &r.Tries, (*moment)(&r.Changed), &r.Detail)
	if err == nil && len(epc) > 0 {
		r.EPC, err = gs1.EPCFromBytes(epc)
	}
	return r, err
}

// PutRelease saves a release. Of one that has failed the tag is not kept.
func (tx *Tx) PutRelease(r Release) error {
	epc := epcBytes(r.EPC)
	if r.State == ReleaseFailed {
		epc = []byte{}
	}
	if _, err := tx.exec(`INSERT OR REPLACE INTO tag_release (`+releaseColumns+`) VALUES (?,?,?,?,?,?,?,?,?)`,
		r.ID, r.Sale, r.GTIN, epc, r.State, r.Device, r.Tries, moment(r.Changed), r.Detail); err != nil {
		return fmt.Errorf("save release: %w", err)
	}
	return tx.noteAge("tag_release", r.ID)
}

// DeleteRelease forgets a release that was done, or that staff saw to. None there is no error.
func (tx *Tx) DeleteRelease(id string) error {
	if _, err := tx.exec(`DELETE FROM tag_release WHERE id=?`, id); err != nil {
		return fmt.Errorf("forget release: %w", err)
	}
	return nil
}

// Release answers a release that is not done. CodeNotFound when there is none, or not any more.
func (v *View) Release(id string) (Release, error) {
	return get(v, "release", scanRelease, `SELECT `+releaseColumns+` FROM tag_release WHERE id=?`, id)
}

// PendingReleases answers those that no device has answered, the longest unchanged first.
func (v *View) PendingReleases() ([]Release, error) {
	return list(v, "releases", scanRelease, `SELECT `+releaseColumns+` FROM tag_release WHERE state<>? ORDER BY changed, id`, ReleaseFailed)
}

// FailedReleases answers those that staff must see to, the oldest first.
func (v *View) FailedReleases() ([]Release, error) {
	return list(v, "releases", scanRelease, `SELECT `+releaseColumns+` FROM tag_release WHERE state=? ORDER BY changed, id`, ReleaseFailed)
}

// ReleasesOf answers the releases of a sale that are not done.
func (v *View) ReleasesOf(sale showroom.SaleID) ([]Release, error) {
	return list(v, "releases", scanRelease, `SELECT `+releaseColumns+` FROM tag_release WHERE sale=? ORDER BY id`, sale)
}
