package store

import (
	"fmt"

	"showroom/agent/showroom"
)

const requestColumns = `id, visit, room, want, for_item, state, by_staff, by_name, made, changed, escalated, version`

func scanRequest(s scanner) (r showroom.SizeRequest, err error) {
	err = s.Scan(&r.ID, &r.Visit, &r.Room, &r.Want, &r.For, &r.State, &r.By, &r.ByName,
		(*moment)(&r.Made), (*moment)(&r.Changed), &r.Escalated, &r.Version)
	return r, err
}

// PutRequest saves a size request.
func (tx *Tx) PutRequest(r showroom.SizeRequest) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO request (`+requestColumns+`, closed) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		r.ID, r.Visit, r.Room, r.Want, r.For, r.State, r.By, r.ByName,
		moment(r.Made), moment(r.Changed), r.Escalated, r.Version, r.State.Closed())
	if err != nil {
		return fmt.Errorf("save request: %w", err)
	}
	return nil
}

// Request answers a size request, open or closed. CodeNotFound when there is none, or not any more.
func (v *View) Request(id showroom.RequestID) (showroom.SizeRequest, error) {
	return get(v, "request", scanRequest, `SELECT `+requestColumns+` FROM request WHERE id=?`, id)
}

// OpenRequests answers what is still to be done, oldest first.
func (v *View) OpenRequests() ([]showroom.SizeRequest, error) {
	return list(v, "requests", scanRequest, `SELECT `+requestColumns+` FROM request WHERE closed=0 ORDER BY made, id`)
}

// RequestsOf answers the requests of a visit, open and closed, oldest first.
func (v *View) RequestsOf(visit showroom.VisitID) ([]showroom.SizeRequest, error) {
	return list(v, "requests", scanRequest, `SELECT `+requestColumns+` FROM request WHERE visit=? ORDER BY made, id`, visit)
}

const callColumns = `id, visit, room, made, answered`

func scanCall(s scanner) (c showroom.StaffCall, err error) {
	err = s.Scan(&c.ID, &c.Visit, &c.Room, (*moment)(&c.Made), (*moment)(&c.Answered))
	return c, err
}

// PutCall saves a call for an associate.
func (tx *Tx) PutCall(c showroom.StaffCall) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO staff_call (`+callColumns+`) VALUES (?,?,?,?,?)`,
		c.ID, c.Visit, c.Room, moment(c.Made), moment(c.Answered))
	if err != nil {
		return fmt.Errorf("save call: %w", err)
	}
	return nil
}

// Call answers a call, open or answered. CodeNotFound when there is none, or not any more.
func (v *View) Call(id showroom.CallID) (showroom.StaffCall, error) {
	return get(v, "call", scanCall, `SELECT `+callColumns+` FROM staff_call WHERE id=?`, id)
}

// OpenCalls answers the calls nobody has answered yet, oldest first.
func (v *View) OpenCalls() ([]showroom.StaffCall, error) {
	return list(v, "calls", scanCall, `SELECT `+callColumns+` FROM staff_call WHERE answered='' ORDER BY made, id`)
}
