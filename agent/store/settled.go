package store

import "showroom/agent/showroom"

// What these look for has to be written as the indexes have it.
const (
	ofDevice     = `json_extract(CAST(body AS TEXT), '$.device')=?`
	underReceipt = `coalesce(json_extract(CAST(body AS TEXT), '$.result.reference.receipt'), '')=?`

	settledAs = `SELECT ` + settlementColumns + ` FROM settlement WHERE ` + ofDevice + ` AND ` + underReceipt + `
			AND coalesce(json_extract(CAST(body AS TEXT), '$.result.reference.trace'), '')=?
			AND coalesce(json_extract(CAST(body AS TEXT), '$.result.reference.terminal_id'), '')=?
		ORDER BY ` + lastBegun + ` LIMIT 1`
	approvedUnder = `SELECT ` + settlementColumns + ` FROM settlement WHERE ` + ofDevice + ` AND ` + underReceipt + `
			AND json_extract(CAST(body AS TEXT), '$.state')=?
		ORDER BY ` + lastBegun + ` LIMIT 1`
	settledBefore = `SELECT ` + settlementColumns + ` FROM settlement
		WHERE (begun, started)<(SELECT begun, started FROM settlement WHERE id=?) AND ` + ofDevice + `
		ORDER BY ` + lastBegun + ` LIMIT ?`
)

// SettledAs answers the last settlement that a device has concluded under a reference of its own; false when none was. Devices count
// their receipts round and round, so the caller looks at when it began.
func (v *View) SettledAs(device showroom.DeviceID, ref showroom.Reference) (showroom.Settlement, bool, error) {
	return find(v, "settlement", scanSettlement, settledAs, device, ref.Receipt, ref.Trace, ref.TerminalID)
}

// ApprovedUnder answers the last settlement that a device has approved with a receipt of this number, whatever else it said of it; false
// when none was. Where receipts begin anew with a day, a device that is told the number alone means that one.
func (v *View) ApprovedUnder(device showroom.DeviceID, receipt string) (showroom.Settlement, bool, error) {
	return find(v, "settlement", scanSettlement, approvedUnder, device, receipt, showroom.SettlementApproved)
}

// SettledBefore answers at most limit settlements of a device that were begun before another, the newest first, by the journal's own order.
// CodeNotFound when that one is not there.
func (v *View) SettledBefore(device showroom.DeviceID, id showroom.SettlementID, limit int) ([]showroom.Settlement, error) {
	if _, err := v.Settlement(id); err != nil {
		return nil, err
	}
	return list(v, "settlements", scanSettlement, settledBefore, id, device, limit)
}
