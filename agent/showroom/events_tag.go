package showroom

import "showroom/agent/gs1"

// The kinds that tell of tags, devices and places.
const (
	KindTagEnrolled      Kind = "tag.enrolled"
	KindTagReturned      Kind = "tag.returned"
	KindTagMoved         Kind = "tag.moved"
	KindGarmentsSold     Kind = "garments.sold"
	KindGarmentsReturned Kind = "garments.returned"
	KindDevicePlaced     Kind = "device.placed"
	KindRestockStarted   Kind = "restock.started"
	KindRestockEnded     Kind = "restock.ended"
)

// Observation is embedded by events about people who agreed to be observed: they go to the central service, and the oldest go
// first when the disk is short.
type Observation struct{}

// Lane is LaneObservations.
func (Observation) Lane() Lane { return LaneObservations }

// Version is 1.
func (Observation) Version() int { return 1 }

func (Observation) sealed() {}

// TagEnrolled: a radio tag is out from now on, known by an id drawn for this use. Its address is nowhere, and its label only if it is a
// basket's.
type TagEnrolled struct {
	Fact
	Radio RadioID `json:"radio"`
	Tag   TagKind `json:"tag"`
	Label string  `json:"label,omitempty"`
}

// TagReturned: the use is over and the id with it. Expired: nobody brought it back, it was out for too long.
type TagReturned struct {
	Fact
	Radio   RadioID `json:"radio"`
	Tag     TagKind `json:"tag"`
	Label   string  `json:"label,omitempty"`
	Seconds int     `json:"seconds"`
	Expired bool    `json:"expired,omitempty"`
}

// TagMoved: an enrolled radio tag is in another zone. From or To is nowhere when nobody knew, or knows, where it is.
type TagMoved struct {
	Observation
	Radio      RadioID `json:"radio"`
	Tag        TagKind `json:"tag"`
	From       Place   `json:"from,omitzero"`
	To         Place   `json:"to,omitzero"`
	Confidence float64 `json:"confidence,omitempty"` // 0 to 1
	Seconds    int     `json:"seconds"`              // in the zone it left
}

// ItemCount is how many pieces of an item. An empty GTIN stands for tags that name none.
type ItemCount struct {
	GTIN  gs1.GTIN `json:"gtin,omitempty"`
	Count int      `json:"count"`
}

// GarmentsSold: pieces belong to who bought them. It names no single piece.
type GarmentsSold struct {
	Fact
	Items []ItemCount `json:"items"`
}

// GarmentsReturned: sold pieces are the shop's again.
type GarmentsReturned struct {
	Fact
	Items []ItemCount `json:"items"`
}

// DevicePlaced: a device watches other places than before. Facts told before keep their places.
type DevicePlaced struct {
	Fact
	Device DeviceID `json:"device"`
	Of     string   `json:"of"` // what sort of device, in the words of the configuration
	From   []Place  `json:"from,omitempty"`
	To     []Place  `json:"to,omitempty"`
}

// RestockStarted: staff hang garments for sale in the room, at most for so long.
type RestockStarted struct {
	Fact
	Room    RoomID `json:"room"`
	Seconds int    `json:"seconds"`
}

// RestockEnded: garments in the room mean shoppers again. Expired: nobody said so, the time was over.
type RestockEnded struct {
	Fact
	Room    RoomID `json:"room"`
	Seconds int    `json:"seconds"` // how long it lasted
	Expired bool   `json:"expired,omitempty"`
}

func (TagEnrolled) Kind() Kind      { return KindTagEnrolled }
func (TagReturned) Kind() Kind      { return KindTagReturned }
func (TagMoved) Kind() Kind         { return KindTagMoved }
func (GarmentsSold) Kind() Kind     { return KindGarmentsSold }
func (GarmentsReturned) Kind() Kind { return KindGarmentsReturned }
func (DevicePlaced) Kind() Kind     { return KindDevicePlaced }
func (RestockStarted) Kind() Kind   { return KindRestockStarted }
func (RestockEnded) Kind() Kind     { return KindRestockEnded }

func (e TagEnrolled) Subject() string    { return radioSubject(e.Radio) }
func (e TagReturned) Subject() string    { return radioSubject(e.Radio) }
func (e TagMoved) Subject() string       { return radioSubject(e.Radio) }
func (GarmentsSold) Subject() string     { return "garments" }
func (GarmentsReturned) Subject() string { return "garments" }
func (e DevicePlaced) Subject() string   { return "device/" + string(e.Device) }
func (e RestockStarted) Subject() string { return RoomPlace(e.Room).String() }
func (e RestockEnded) Subject() string   { return RoomPlace(e.Room).String() }

func radioSubject(id RadioID) string { return "radio/" + string(id) }
