package store

import "showroom/agent/showroom"

// SettledAs answers the last settlement that a device has concluded under a reference of its own; false when none was. Devices count
// their receipts round and round, so the caller looks at when it began.
func (v *View) SettledAs(device showroom.DeviceID, ref showroom.Reference) (showroom.Settlement, bool, error) {
	return find(v, "settlement", scanSettlement, `SELECT `+settlementColumns+` FROM settlement
		WHERE json_extract(CAST(body AS TEXT), '$.device')=?
			AND coalesce(json_extract(CAST(body AS TEXT), '$.result.reference.receipt'), '')=?
			AND coalesce(json_extract(CAST(body AS TEXT), '$.result.reference.trace'), '')=?
			AND coalesce(json_extract(CAST(body AS TEXT), '$.result.reference.terminal_id'), '')=?
		ORDER BY started DESC LIMIT 1`, device, ref.Receipt, ref.Trace, ref.TerminalID)
}
