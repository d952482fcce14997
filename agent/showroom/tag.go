package showroom

import (
	"crypto/sha256"
	"time"

	"showroom/agent/gs1"
)

// RadioID is what an enrolled radio tag is known by while it is out. It is drawn anew each time, so that nobody can tell whether two
// people carried the same tag, and it tells nothing of the tag's radio.
type RadioID string

// TagID is a radio tag of the shop, or an id somebody opted in with, from enrolment until it is given up.
type TagID string

// TagKind is what a radio tag is for.
type TagKind string

// The kinds.
const (
	TagLoan   TagKind = "loan"   // lent to a shopper for a while, over and over
	TagBasket TagKind = "basket" // fixed to a basket or trolley
	TagApp    TagKind = "app"    // of a phone whose owner opted in
)

// Known says whether there is such a kind.
func (k TagKind) Known() bool { return k == TagLoan || k == TagBasket || k == TagApp }

// RadioTag is an enrolled radio tag. Whose it is, it does not say.
type RadioTag struct {
	ID    TagID
	Kind  TagKind
	Label string  // what is written on it: "Loan tag 7"
	Radio RadioID // empty while it is put away: then nobody listens for it
	Since Moment  // when it went out or was put away
	// Key is the number of the key that Pseudonym is made with; 0 once the key has gone, and with it the pseudonym: the tag has to be
	// enrolled anew before it can be heard again.
	Key       int
	Pseudonym [sha256.Size]byte
}

// Out says whether somebody carries the tag.
func (t RadioTag) Out() bool { return t.Radio != "" }

// Lapsed says that the tag can not be recognised any more.
func (t RadioTag) Lapsed() bool { return t.Key == 0 }

// HandOut begins a use of the tag. A tag that is out or can not be heard is refused with CodeConflict.
func (t RadioTag) HandOut(radio RadioID, at Moment) (RadioTag, TagEnrolled, error) {
	if t.Out() {
		return t, TagEnrolled{}, Errorf(CodeConflict, "%s is out already. Take it back first.", t.Label)
	}
	if t.Lapsed() {
		return t, TagEnrolled{}, Errorf(CodeConflict, "%s was not heard for too long and is no longer known. Enrol it again.", t.Label)
	}
	t.Radio, t.Since = radio, at
	return t, TagEnrolled{Radio: radio, Tag: t.Kind, Label: t.publicLabel()}, nil
}

// TakeBack ends a use of the tag. What it was known by ends with it. A tag that is not out is refused with CodeConflict.
func (t RadioTag) TakeBack(at Moment) (RadioTag, TagReturned, error) {
	if !t.Out() {
		return t, TagReturned{}, Errorf(CodeConflict, "%s is not out.", t.Label)
	}
	e := TagReturned{Radio: t.Radio, Tag: t.Kind, Label: t.publicLabel(), Seconds: int(at.Since(t.Since) / time.Second)}
	t.Radio, t.Since = "", at
	return t, e, nil
}

// publicLabel is what the journal says is written on the tag. Who reads that of a loan tag knows who carried the same one, and what
// somebody opted in with may be labelled with their name; so it is told of baskets only.
func (t RadioTag) publicLabel() string {
	if t.Kind != TagBasket {
		return ""
	}
	return t.Label
}

// RadioZone is where an enrolled tag is.
type RadioZone struct {
	Radio RadioID
	Place Place
	Since Moment
}

// StaticTag is a tag that counts as furniture.
type StaticTag struct {
	EPC   gs1.EPC
	Place Place
	Since Moment
}

// DevicePlace is what a device watches.
type DevicePlace struct {
	Device DeviceID
	Kind   string
	Places []Place // in their text's order
	Since  Moment
}

// Restock is a room where staff hang garments for sale: until its end nobody is trying them on.
type Restock struct {
	Room         RoomID
	Since, Until Moment
}
