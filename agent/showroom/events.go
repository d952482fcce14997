package showroom

import (
	"encoding/json"
	"fmt"

	"showroom/agent/gs1"
)

// Kind names what happened, "thing.verb" in the past.
type Kind string

// Event is a fact before it is written down. The set is sealed: every kind is a struct in this package, its json tags are the
// contract with whoever reads the journal, and a changed meaning is a new Version.
type Event interface {
	Kind() Kind
	Version() int
	Lane() Lane
	// Subject is what the fact is about. Facts about a visit have the visit as their subject, so that forgetting the visit finds
	// them all.
	Subject() string
	sealed()
}

// The kinds.
const (
	KindVisitOpened        Kind = "visit.opened"
	KindVisitEnded         Kind = "visit.ended"
	KindVisitForgotten     Kind = "visit.forgotten"
	KindGarmentArrived     Kind = "garment.arrived"
	KindGarmentMoved       Kind = "garment.moved"
	KindGarmentDeparted    Kind = "garment.departed"
	KindGarmentJoined      Kind = "garment.joined"
	KindGarmentConfirmed   Kind = "garment.confirmed"
	KindRequestMade        Kind = "request.made"
	KindRequestFreed       Kind = "request.freed"
	KindRequestAccepted    Kind = "request.accepted"
	KindRequestOnTheWay    Kind = "request.on_the_way"
	KindRequestDelivered   Kind = "request.delivered"
	KindRequestUnavailable Kind = "request.unavailable"
	KindRequestCancelled   Kind = "request.cancelled"
	KindRequestEscalated   Kind = "request.escalated"
	KindStaffCalled        Kind = "staff.called"
	KindStaffCallAnswered  Kind = "staff.call_answered"
	KindStockCorrected     Kind = "stock.corrected"
	KindSessionChanged     Kind = "session.changed"
	KindCatalogueChanged   Kind = "catalogue.changed"
	KindEvicted            Kind = "journal.evicted"
)

// Fact is embedded by events about the shop: they go to the central service. A kind starts at version 1.
type Fact struct{}

// Lane is LaneFacts.
func (Fact) Lane() Lane { return LaneFacts }

// Version is 1.
func (Fact) Version() int { return 1 }

func (Fact) sealed() {}

// Screen is embedded by events that only screens need: they never leave the shop.
type Screen struct{}

// Lane is LaneLocal.
func (Screen) Lane() Lane { return LaneLocal }

// Version is 1.
func (Screen) Version() int { return 1 }

func (Screen) sealed() {}

// Figures are the numbers that decided a change of place. RSSI values are dBm; RSSIKnown is false when the reader tells none.
type Figures struct {
	Reads     int     `json:"reads"`
	WindowMS  int64   `json:"window_ms"`
	RSSIKnown bool    `json:"rssi_known"`
	MeanRSSI  float64 `json:"mean_rssi,omitempty"`
	OldMean   float64 `json:"old_mean_rssi,omitempty"` // at the place it left, or the next best place
	Margin    float64 `json:"margin_db,omitempty"`     // what the new place had to win by
	Lead      float64 `json:"lead_db,omitempty"`       // what it won by, the neighbours' hearing weighed in
	SilentMS  int64   `json:"silent_ms,omitempty"`     // how long it had not been read, for a departure
}

// VisitOpened: somebody is in the room.
type VisitOpened struct {
	Fact
	Visit VisitID `json:"visit"`
	Room  RoomID  `json:"room"`
}

// VisitEnded: the room is free again.
type VisitEnded struct {
	Fact
	Visit      VisitID  `json:"visit"`
	Room       RoomID   `json:"room"`
	Reason     VisitEnd `json:"reason"`
	LeftBehind int      `json:"left_behind"`
	Seconds    int      `json:"seconds"`
}

// VisitForgotten: the bodies of this visit's facts have been emptied here and must be everywhere. Also are the ids of facts that
// have another subject and tell of its garments: how they came before the visit had opened, how they went on to another room.
type VisitForgotten struct {
	Fact
	Visit VisitID  `json:"visit"`
	Room  RoomID   `json:"room"`
	Also  []string `json:"also,omitempty"`
}

// GarmentArrived: a tag is now in a place. Visit is empty when nobody was there yet.
type GarmentArrived struct {
	Fact
	EPC   gs1.EPC  `json:"epc"`
	GTIN  gs1.GTIN `json:"gtin,omitempty"`
	Place Place    `json:"place"`
	Visit VisitID  `json:"visit,omitempty"`
	Why   Figures  `json:"why"`
}

// GarmentMoved: a tag went from one place to another.
type GarmentMoved struct {
	Fact
	EPC   gs1.EPC  `json:"epc"`
	GTIN  gs1.GTIN `json:"gtin,omitempty"`
	From  Place    `json:"from"`
	To    Place    `json:"to"`
	Visit VisitID  `json:"visit,omitempty"` // of the place it came to
	Why   Figures  `json:"why"`
}

// GarmentDeparted: a tag is no longer in the place. EPC is empty for a piece that was sold there.
type GarmentDeparted struct {
	Fact
	EPC   gs1.EPC  `json:"epc"`
	GTIN  gs1.GTIN `json:"gtin,omitempty"`
	Place Place    `json:"place"`
	Visit VisitID  `json:"visit,omitempty"`
	Why   Figures  `json:"why"`
}

// GarmentJoined: a garment that already hung in the room belongs to the visit that has now opened.
type GarmentJoined struct {
	Fact
	EPC   gs1.EPC  `json:"epc"`
	GTIN  gs1.GTIN `json:"gtin,omitempty"`
	Room  RoomID   `json:"room"`
	Visit VisitID  `json:"visit"`
}

// GarmentConfirmed: a garment known from before a restart has been read again.
type GarmentConfirmed struct {
	Screen
	EPC   gs1.EPC `json:"epc"`
	Place Place   `json:"place"`
}

// RequestMade: a shopper asked for a piece. Waiting: the only one hangs in another room.
type RequestMade struct {
	Fact
	Request RequestID `json:"request"`
	Visit   VisitID   `json:"visit"`
	Room    RoomID    `json:"room"`
	Want    gs1.GTIN  `json:"want"`
	For     gs1.GTIN  `json:"for,omitempty"`
	Waiting bool      `json:"waiting,omitempty"`
}

// RequestRef says which request a later fact is about. It names no associate.
type RequestRef struct {
	Fact
	Request RequestID `json:"request"`
	Visit   VisitID   `json:"visit"`
	Room    RoomID    `json:"room"`
	Want    gs1.GTIN  `json:"want"`
}

// What happens to a request after it was made.
type (
	RequestFreed       struct{ RequestRef }
	RequestAccepted    struct{ RequestRef }
	RequestOnTheWay    struct{ RequestRef }
	RequestDelivered   struct{ RequestRef }
	RequestUnavailable struct{ RequestRef }
	RequestCancelled   struct {
		RequestRef
		Reason CancelReason `json:"reason"`
	}
	RequestEscalated struct {
		RequestRef
		Level int `json:"level"`
	}
)

// StaffCalled: a shopper asked for a person.
type StaffCalled struct {
	Fact
	Call  CallID  `json:"call"`
	Room  RoomID  `json:"room"`
	Visit VisitID `json:"visit,omitempty"`
}

// StaffCallAnswered: a person came, or the visit is over and nobody waits any more.
type StaffCallAnswered struct {
	Fact
	Call      CallID  `json:"call"`
	Room      RoomID  `json:"room"`
	Visit     VisitID `json:"visit,omitempty"`
	VisitOver bool    `json:"visit_over,omitempty"`
}

// StockCorrected: an associate looked and the piece was not there. FeedVersion is the stock figure it corrects; a later figure
// of the feed replaces the correction.
type StockCorrected struct {
	Fact
	GTIN        gs1.GTIN `json:"gtin"`
	FeedVersion int64    `json:"feed_version"`
	Was         int      `json:"was"`
	Now         int      `json:"now"`
}

// SessionChanged: something a kiosk shows that is no fact of the shop, such as its language.
type SessionChanged struct {
	Screen
	Kiosk KioskID `json:"kiosk"`
}

// CatalogueChanged: products, prices or stock are newer than before.
type CatalogueChanged struct {
	Screen
	Buckets []string `json:"buckets"`
}

// Evicted stands in the place of rows that had to go for lack of disk.
type Evicted struct {
	Fact
	Of    Lane  `json:"lane"`
	From  int64 `json:"from"` // lane_seq, both inclusive
	To    int64 `json:"to"`
	Count int64 `json:"count"`
}

func visitOr(v VisitID, p Place) string {
	if v != "" {
		return VisitSubject(v)
	}
	return p.String()
}

// VisitSubject is the journal subject of facts about a visit.
func VisitSubject(v VisitID) string { return "visit/" + string(v) }

func (VisitOpened) Kind() Kind        { return KindVisitOpened }
func (VisitEnded) Kind() Kind         { return KindVisitEnded }
func (VisitForgotten) Kind() Kind     { return KindVisitForgotten }
func (GarmentArrived) Kind() Kind     { return KindGarmentArrived }
func (GarmentMoved) Kind() Kind       { return KindGarmentMoved }
func (GarmentDeparted) Kind() Kind    { return KindGarmentDeparted }
func (GarmentJoined) Kind() Kind      { return KindGarmentJoined }
func (GarmentConfirmed) Kind() Kind   { return KindGarmentConfirmed }
func (RequestMade) Kind() Kind        { return KindRequestMade }
func (RequestFreed) Kind() Kind       { return KindRequestFreed }
func (RequestAccepted) Kind() Kind    { return KindRequestAccepted }
func (RequestOnTheWay) Kind() Kind    { return KindRequestOnTheWay }
func (RequestDelivered) Kind() Kind   { return KindRequestDelivered }
func (RequestUnavailable) Kind() Kind { return KindRequestUnavailable }
func (RequestCancelled) Kind() Kind   { return KindRequestCancelled }
func (RequestEscalated) Kind() Kind   { return KindRequestEscalated }
func (StaffCalled) Kind() Kind        { return KindStaffCalled }
func (StaffCallAnswered) Kind() Kind  { return KindStaffCallAnswered }
func (StockCorrected) Kind() Kind     { return KindStockCorrected }
func (SessionChanged) Kind() Kind     { return KindSessionChanged }
func (CatalogueChanged) Kind() Kind   { return KindCatalogueChanged }
func (Evicted) Kind() Kind            { return KindEvicted }

func (e VisitOpened) Subject() string       { return VisitSubject(e.Visit) }
func (e VisitEnded) Subject() string        { return VisitSubject(e.Visit) }
func (e VisitForgotten) Subject() string    { return "forgotten/" + string(e.Visit) }
func (e GarmentArrived) Subject() string    { return visitOr(e.Visit, e.Place) }
func (e GarmentMoved) Subject() string      { return visitOr(e.Visit, e.To) }
func (e GarmentDeparted) Subject() string   { return visitOr(e.Visit, e.Place) }
func (e GarmentJoined) Subject() string     { return VisitSubject(e.Visit) }
func (e GarmentConfirmed) Subject() string  { return e.Place.String() }
func (e RequestMade) Subject() string       { return VisitSubject(e.Visit) }
func (e RequestRef) Subject() string        { return VisitSubject(e.Visit) }
func (e StaffCalled) Subject() string       { return visitOr(e.Visit, RoomPlace(e.Room)) }
func (e StaffCallAnswered) Subject() string { return visitOr(e.Visit, RoomPlace(e.Room)) }
func (e StockCorrected) Subject() string    { return "item/" + string(e.GTIN) }
func (e SessionChanged) Subject() string    { return "kiosk/" + string(e.Kiosk) }
func (CatalogueChanged) Subject() string    { return "catalogue" }
func (e Evicted) Subject() string           { return "lane/" + string(e.Of) }

// Lane of an Evicted is the lane it stands in, whichever that is.
func (e Evicted) Lane() Lane { return e.Of }

// DecodeEvent reads a journal body back. It answers an error for a kind or version this program does not know and for a body
// that is not its JSON; such rows are still kept and passed on.
func DecodeEvent(kind Kind, version int, body []byte) (Event, error) {
	decode, ok := decoders[kindVersion{kind, version}]
	if !ok {
		return nil, fmt.Errorf("decode event %s version %d: unknown kind or version", kind, version)
	}
	e, err := decode(body)
	if err != nil {
		return nil, fmt.Errorf("decode event %s version %d: %w", kind, version, err)
	}
	return e, nil
}

type kindVersion struct {
	kind    Kind
	version int
}

func as[E Event](body []byte) (Event, error) {
	var e E
	err := json.Unmarshal(body, &e)
	return e, err
}

// decoders is the one list of everything that can stand in a journal; it is never written to.
var decoders = map[kindVersion]func([]byte) (Event, error){
	{KindVisitOpened, 1}:            as[VisitOpened],
	{KindVisitEnded, 1}:             as[VisitEnded],
	{KindVisitForgotten, 1}:         as[VisitForgotten],
	{KindGarmentArrived, 1}:         as[GarmentArrived],
	{KindGarmentMoved, 1}:           as[GarmentMoved],
	{KindGarmentDeparted, 1}:        as[GarmentDeparted],
	{KindGarmentJoined, 1}:          as[GarmentJoined],
	{KindGarmentConfirmed, 1}:       as[GarmentConfirmed],
	{KindRequestMade, 1}:            as[RequestMade],
	{KindRequestFreed, 1}:           as[RequestFreed],
	{KindRequestAccepted, 1}:        as[RequestAccepted],
	{KindRequestOnTheWay, 1}:        as[RequestOnTheWay],
	{KindRequestDelivered, 1}:       as[RequestDelivered],
	{KindRequestUnavailable, 1}:     as[RequestUnavailable],
	{KindRequestCancelled, 1}:       as[RequestCancelled],
	{KindRequestEscalated, 1}:       as[RequestEscalated],
	{KindStaffCalled, 1}:            as[StaffCalled],
	{KindStaffCallAnswered, 1}:      as[StaffCallAnswered],
	{KindStockCorrected, 1}:         as[StockCorrected],
	{KindSessionChanged, 1}:         as[SessionChanged],
	{KindCatalogueChanged, 1}:       as[CatalogueChanged],
	{KindEvicted, 1}:                as[Evicted],
	{KindTagEnrolled, 1}:            as[TagEnrolled],
	{KindTagReturned, 1}:            as[TagReturned],
	{KindTagMoved, 1}:               as[TagMoved],
	{KindGarmentsSold, 1}:           as[GarmentsSold],
	{KindGarmentsReturned, 1}:       as[GarmentsReturned],
	{KindDevicePlaced, 1}:           as[DevicePlaced],
	{KindRestockStarted, 1}:         as[RestockStarted],
	{KindRestockEnded, 1}:           as[RestockEnded],
	{KindCaptureStarted, 1}:         as[CaptureStarted],
	{KindCaptureStopped, 1}:         as[CaptureStopped],
	{KindBasketChanged, 1}:          as[BasketChanged],
	{KindBasketParked, 1}:           as[BasketParked],
	{KindBasketClaimed, 1}:          as[BasketClaimed],
	{KindBasketAbandoned, 1}:        as[BasketAbandoned],
	{KindSettlementOrdered, 1}:      as[SettlementOrdered],
	{KindSettlementStarted, 1}:      as[SettlementStarted],
	{KindSettlementConcluded, 1}:    as[SettlementConcluded],
	{KindSettlementContradicted, 1}: as[SettlementContradicted],
	{KindSaleCompleted, 1}:          as[SaleCompleted],
	{KindReturnCompleted, 1}:        as[ReturnCompleted],
	{KindPriceOverridden, 1}:        as[PriceOverridden],
	{KindTagReleased, 1}:            as[TagReleased],
	{KindTillReported, 1}:           as[TillReported],
	{KindMachineAsked, 1}:           as[MachineAsked],
	{KindTillGap, 1}:                as[TillGap],
}
