package showroom

import (
	"encoding/json"
	"slices"
	"strconv"

	"showroom/agent/gs1"
)

// The kinds that tell of baskets, money and sales.
const (
	KindBasketChanged          Kind = "basket.changed"
	KindBasketParked           Kind = "basket.parked"
	KindBasketClaimed          Kind = "basket.claimed"
	KindBasketAbandoned        Kind = "basket.abandoned"
	KindSettlementOrdered      Kind = "settlement.ordered"
	KindSettlementStarted      Kind = "settlement.started"
	KindSettlementConcluded    Kind = "settlement.concluded"
	KindSettlementContradicted Kind = "settlement.contradicted"
	KindSaleCompleted          Kind = "sale.completed"
	KindReturnCompleted        Kind = "return.completed"
	KindPriceOverridden        Kind = "price.overridden"
	KindTagReleased            Kind = "tag.released"
	KindTillReported           Kind = "till.reported"
	KindMachineAsked           Kind = "machine.asked"
	KindTillGap                Kind = "till.gap"
)

// BasketChanged: what a checkout shows. Until it is sold nobody outside the shop is told of a basket.
type BasketChanged struct {
	Screen
	Basket BasketID `json:"basket"`
	Kiosk  KioskID  `json:"kiosk"`
}

// BasketParked: it waits for another kiosk, a till or staff.
type BasketParked struct {
	Fact
	Basket BasketID `json:"basket"`
	Kiosk  KioskID  `json:"kiosk"`
	Number int      `json:"number"`
	Due    Money    `json:"due"`
	Reason string   `json:"reason"`
}

// BasketClaimed: a till has taken it.
type BasketClaimed struct {
	Fact
	Basket BasketID `json:"basket"`
	Till   TillID   `json:"till"`
}

// BasketAbandoned: its garments are free again. Why is "shopper", "expired", "day_end" or "staff".
type BasketAbandoned struct {
	Fact
	Basket BasketID `json:"basket"`
	Kiosk  KioskID  `json:"kiosk"`
	Pieces int      `json:"pieces"`
	Why    string   `json:"why"`
}

// SettlementOrdered: staff want money moved that no shopper asks for at a kiosk, and the device has not been asked. SettlementStarted
// follows, or SettlementConcluded at once when it was not to be.
type SettlementOrdered struct {
	Fact
	Settlement SettlementID   `json:"settlement"`
	Of         SettlementKind `json:"kind"`
	Sale       SaleID         `json:"sale,omitempty"`
	Device     DeviceID       `json:"device"`
	Amount     Money          `json:"amount"`
	By         StaffID        `json:"by"`
	Why        string         `json:"why"`
}

// SettlementStarted: the device is about to be asked. It stands in the journal before the first byte leaves.
type SettlementStarted struct {
	Fact
	Settlement SettlementID   `json:"settlement"`
	Of         SettlementKind `json:"kind"`
	Basket     BasketID       `json:"basket,omitempty"`
	Sale       SaleID         `json:"sale,omitempty"`
	Kiosk      KioskID        `json:"kiosk,omitempty"`
	Device     DeviceID       `json:"device"`
	Amount     Money          `json:"amount"`
}

// SettlementConcluded: what has become of it; of one that is unknown a second one follows when it is known. By and Why are who
// decided it in place of the device.
type SettlementConcluded struct {
	Fact
	Settlement SettlementID    `json:"settlement"`
	State      SettlementState `json:"state"`
	Result     Result          `json:"result"`
	By         StaffID         `json:"by,omitempty"`
	Why        string          `json:"why,omitempty"`
}

// SettlementContradicted: the device has said something else than was decided in its place, as State. Staff see to it.
type SettlementContradicted struct {
	Fact
	Settlement SettlementID    `json:"settlement"`
	State      SettlementState `json:"state"`
	Result     Result          `json:"result"` // what the device says
}

// SaleCompleted: garments have been paid for. It is all that a receipt is made of.
type SaleCompleted struct {
	Fact
	Sale Sale `json:"sale"`
}

// ReturnCompleted: garments came back and the money went.
type ReturnCompleted struct {
	Fact
	Return Return `json:"return"`
}

// PriceOverridden: staff gave a line another price.
type PriceOverridden struct {
	Fact
	Basket BasketID `json:"basket"`
	GTIN   gs1.GTIN `json:"gtin"`
	Was    Money    `json:"was"`
	Now    Money    `json:"now"`
	By     StaffID  `json:"by"`
	Why    string   `json:"why"`
}

// TagReleased: the shop's security let go of a garment that was paid for, or did not. The garment itself is not named.
type TagReleased struct {
	Fact
	Sale   SaleID   `json:"sale"`
	GTIN   gs1.GTIN `json:"gtin"`
	Device DeviceID `json:"device"`
	OK     bool     `json:"ok"`
	Detail string   `json:"detail,omitempty"`
}

// TillReported: a staffed till said something; Body is what it said, as it was checked.
type TillReported struct {
	Fact
	Till  TillID          `json:"till"`
	Event string          `json:"event_id"`
	Type  string          `json:"type"`
	Seq   int64           `json:"seq"`
	Body  json.RawMessage `json:"body"`
}

// AppendJSON appends what encoding/json makes of the fact, but takes Body, which has been checked, as it is.
func (e TillReported) AppendJSON(to []byte) []byte {
	const besides = 160 // bytes around the body, about
	to = appendText(append(slices.Grow(to, len(e.Body)+besides), `{"till":`...), string(e.Till))
	to = appendText(append(to, `,"event_id":`...), e.Event)
	to = appendText(append(to, `,"type":`...), e.Type)
	to = strconv.AppendInt(append(to, `,"seq":`...), e.Seq, 10)
	return append(append(append(to, `,"body":`...), e.Body...), '}')
}

// appendText appends s as JSON.
func appendText(to []byte, s string) []byte {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			text, _ := json.Marshal(s) // of a string, which does not fail
			return append(to, text...)
		}
	}
	return append(append(append(to, '"'), s...), '"')
}

// MachineAsked: an engineer has asked a machine of the counter for something that moves no money. What is "status", "repeat",
// "end_of_day" or "test_page".
type MachineAsked struct {
	Fact
	Device DeviceID `json:"device"`
	What   string   `json:"what"`
	Status string   `json:"status,omitempty"` // how it says it is
	Lines  []string `json:"lines,omitempty"`  // what it said besides, such as its sums of the day
	Error  string   `json:"error,omitempty"`  // why it did not do it
}

// TillGap: numbers of a till's events that never came. Both inclusive.
type TillGap struct {
	Fact
	Till TillID `json:"till"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
}

func (BasketChanged) Kind() Kind          { return KindBasketChanged }
func (BasketParked) Kind() Kind           { return KindBasketParked }
func (BasketClaimed) Kind() Kind          { return KindBasketClaimed }
func (BasketAbandoned) Kind() Kind        { return KindBasketAbandoned }
func (SettlementOrdered) Kind() Kind      { return KindSettlementOrdered }
func (SettlementStarted) Kind() Kind      { return KindSettlementStarted }
func (SettlementConcluded) Kind() Kind    { return KindSettlementConcluded }
func (SettlementContradicted) Kind() Kind { return KindSettlementContradicted }
func (SaleCompleted) Kind() Kind          { return KindSaleCompleted }
func (ReturnCompleted) Kind() Kind        { return KindReturnCompleted }
func (PriceOverridden) Kind() Kind        { return KindPriceOverridden }
func (TagReleased) Kind() Kind            { return KindTagReleased }
func (TillReported) Kind() Kind           { return KindTillReported }
func (MachineAsked) Kind() Kind           { return KindMachineAsked }
func (TillGap) Kind() Kind                { return KindTillGap }

func (e BasketChanged) Subject() string          { return basketSubject(e.Basket) }
func (e BasketParked) Subject() string           { return basketSubject(e.Basket) }
func (e BasketClaimed) Subject() string          { return basketSubject(e.Basket) }
func (e BasketAbandoned) Subject() string        { return basketSubject(e.Basket) }
func (e SettlementOrdered) Subject() string      { return "settlement/" + string(e.Settlement) }
func (e SettlementStarted) Subject() string      { return "settlement/" + string(e.Settlement) }
func (e SettlementConcluded) Subject() string    { return "settlement/" + string(e.Settlement) }
func (e SettlementContradicted) Subject() string { return "settlement/" + string(e.Settlement) }
func (e SaleCompleted) Subject() string          { return SaleSubject(e.Sale.ID) }
func (e ReturnCompleted) Subject() string        { return SaleSubject(e.Return.Sale) }
func (e PriceOverridden) Subject() string        { return basketSubject(e.Basket) }
func (e TagReleased) Subject() string            { return SaleSubject(e.Sale) }
func (e TillReported) Subject() string           { return "till/" + string(e.Till) }
func (e MachineAsked) Subject() string           { return "device/" + string(e.Device) }
func (e TillGap) Subject() string                { return "till/" + string(e.Till) }

func basketSubject(b BasketID) string { return "basket/" + string(b) }

// SaleSubject is the journal subject of facts about a sale.
func SaleSubject(s SaleID) string { return "sale/" + string(s) }
