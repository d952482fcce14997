package customer

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"showroom/agent/gs1"
	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// DefaultKeyLife is how long a key of pseudonyms is the newest, unless the configuration says otherwise.
const DefaultKeyLife = 30 * 24 * time.Hour

// DefaultLoan is how long a loan tag may be out, unless somebody takes it back before.
const DefaultLoan = 4 * time.Hour

// Options say whose garments are the shop's and how long a key lives. NewID is required.
type Options struct {
	Prefixes gs1.Prefixes           // of the shop's own companies
	Zones    map[string]string      // names by id, for people
	KeyLife  time.Duration          // of a key of pseudonyms; 0 is DefaultKeyLife
	Loan     time.Duration          // a loan tag is out at most; 0 is DefaultLoan
	Clock    func() showroom.Moment // the store's
	NewID    func() string          // ids of tags and of their uses; unique for ever, and random
	// Forget is told of ids that nobody is to be known by any more; it must not block. May be nil.
	Forget func(showroom.RadioID)
	Log    *slog.Logger // nil is none
}

// Tags are the radio tags that may be heard and the garments that may be seen. All methods may be called from any goroutine. Keys,
// Enrolled, Renew and Own are asked for every radio and every tag read: they take no lock, do not block and do not allocate.
type Tags struct {
	db  *store.DB
	opt Options

	reading sync.Mutex // guards the order of what is put into book and items
	book    atomic.Pointer[book]
	items   atomic.Pointer[[]uint64] // trade items of the catalogue, sorted
	seen    int64                    // journal row up to which items is true

	sold  soldSet
	fixed fixedKey

	// renewals holds tags found under the previous key, for Run. When it is full they are dropped: they will be heard again.
	renewals chan renewal
	// turned holds one token while Run has not looked at the newest book; a second is not needed.
	turned chan struct{}
}

// New reads what is known. The caller owns the store and runs Run.
func New(ctx context.Context, db *store.DB, opt Options) (*Tags, error) {
	if opt.KeyLife <= 0 {
		opt.KeyLife = DefaultKeyLife
	}
	if opt.Loan <= 0 {
		opt.Loan = DefaultLoan
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	t := &Tags{db: db, opt: opt, renewals: make(chan renewal, 64), turned: make(chan struct{}, 1)}
	if err := db.Update(ctx, func(tx *store.Tx) error {
		secret, err := tx.Secret("sold")
		if err != nil {
			return err
		}
		t.fixed = newFixedKey(secret)
		keys, err := tx.RadioKeys()
		if err == nil && len(keys) == 0 {
			_, err = tx.NewRadioKey()
		}
		return err
	}); err != nil {
		return nil, fmt.Errorf("find keys of tags: %w", err)
	}
	if err := db.View(ctx, t.sold.read); err != nil {
		return nil, err
	}
	if err := t.readBook(ctx); err != nil {
		return nil, err
	}
	return t, t.readItems(ctx)
}

// Enrolment is a tag to be enrolled.
type Enrolment struct {
	Kind  showroom.TagKind
	Label string // what is written on it, not used by another tag
	// Identity is what the tag sends, as ParseIdentity reads it.
	Identity string
	// PutAway: nobody carries it yet. For loan tags only.
	PutAway bool
}

// Enrol makes a tag known, and hands it out unless it is to be put away. A lapsed tag is enrolled anew under its own label. The same
// command does it once. Refusals are a *Refusal with CodeInvalid, and with CodeConflict for a tag or a label that is there already.
func (t *Tags) Enrol(ctx context.Context, command showroom.CommandID, e Enrolment) (showroom.RadioTag, error) {
	e.Label = strings.Join(strings.Fields(pan.Mask(e.Label)), " ")
	if err := e.check(); err != nil {
		return showroom.RadioTag{}, err
	}
	identity, err := ParseIdentity(e.Identity)
	if err != nil {
		return showroom.RadioTag{}, err
	}
	if tells(e.Label, identity) {
		return showroom.RadioTag{}, invalid(LabelTells, "The label is kept and what the tag sends is not: give it a label that is not what it sends, such as \"Loan tag 7\".")
	}
	// What is remembered of the command must not tell the identity either.
	e.Identity = t.fixed.mark([]byte(identity.Reveal()))
	return t.change(ctx, command, []any{"enrol", e}, func(tx *store.Tx) (showroom.RadioTag, error) {
		keys, err := tx.RadioKeys()
		if err != nil {
			return showroom.RadioTag{}, err
		}
		tag, known, err := tx.RadioTagNamed(e.Label)
		if err != nil {
			return tag, err
		}
		if known && !tag.Lapsed() {
			return tag, conflict(LabelTaken, "There is already a tag called %q.", tag.Label)
		}
		if !known {
			tag.ID = showroom.TagID(t.opt.NewID())
		}
		if tag.Out() { // lapsed on its way: that use is over
			if tag, err = takeBack(tx, tag, false); err != nil {
				return tag, err
			}
		}
		tag.Kind, tag.Label, tag.Since = e.Kind, e.Label, tx.Now()
		tag.Key, tag.Pseudonym = keys[0].Number, secret(keys[0]).Pseudonym(identity)
		if err := notUnder(tx, keys, identity); err != nil {
			return tag, err
		}
		if e.PutAway {
			return tag, tx.PutRadioTag(tag)
		}
		return t.handOut(tx, tag)
	})
}

func (e Enrolment) check() error {
	switch {
	case !e.Kind.Known():
		return invalid(WrongKind, "A tag is for loan, basket or app; %q is none of these.", string(e.Kind))
	case e.Label == "":
		return invalid(LabelMissing, "Say what is written on the tag, such as \"Loan tag 7\".")
	case utf8.RuneCountInString(e.Label) > maxLabel || !utf8.ValidString(e.Label) || strings.ContainsFunc(e.Label, unicode.IsControl):
		return invalid(LabelUnfit, "What is written on the tag has at most %d letters and digits.", maxLabel)
	case e.PutAway && e.Kind != showroom.TagLoan:
		return invalid(NotLoan, "Only a loan tag can be put away.")
	}
	return nil
}

const maxLabel = 40

// HandOut gives a loan tag to somebody: from now on it is heard, under an id of its own for this use, for as long as a loan lasts
// at most.
func (t *Tags) HandOut(ctx context.Context, command showroom.CommandID, id showroom.TagID) (showroom.RadioTag, error) {
	return t.change(ctx, command, []any{"hand out", id}, func(tx *store.Tx) (showroom.RadioTag, error) {
		tag, err := tx.RadioTag(id)
		if err != nil {
			return tag, err
		}
		return t.handOut(tx, tag)
	})
}

// Return takes a tag back: from now on nobody listens for it, and where it was is forgotten. A loan tag is put away, to be handed
// out again; any other tag is given up. GiveUp forgets a loan tag too, out or put away.
func (t *Tags) Return(ctx context.Context, command showroom.CommandID, id showroom.TagID, giveUp bool) (showroom.RadioTag, error) {
	return t.change(ctx, command, []any{"return", id, giveUp}, func(tx *store.Tx) (showroom.RadioTag, error) {
		tag, err := tx.RadioTag(id)
		if err != nil {
			return tag, err
		}
		if tag.Out() || !giveUp {
			if tag, err = takeBack(tx, tag, false); err != nil {
				return tag, err
			}
		}
		if giveUp || tag.Kind != showroom.TagLoan {
			return tag, tx.DeleteRadioTag(id)
		}
		return tag, tx.PutRadioTag(tag)
	})
}

func (t *Tags) handOut(tx *store.Tx, tag showroom.RadioTag) (showroom.RadioTag, error) {
	tag, e, err := tag.HandOut(showroom.RadioID(t.opt.NewID()), tx.Now())
	if err != nil {
		return tag, err
	}
	if err := tx.PutRadioTag(tag); err != nil {
		return tag, err
	}
	_, err = tx.Append(e)
	return tag, err
}

func takeBack(tx *store.Tx, tag showroom.RadioTag, expired bool) (showroom.RadioTag, error) {
	radio := tag.Radio
	tag, e, err := tag.TakeBack(tx.Now())
	if err != nil {
		return tag, err
	}
	e.Expired = expired
	if err := tx.DeleteRadioZone(radio); err != nil {
		return tag, err
	}
	_, err = tx.Append(e)
	return tag, err
}

// change does something to a tag once, and has it true for the filters before it answers. The pseudonym stays here.
func (t *Tags) change(ctx context.Context, command showroom.CommandID, sent any, do func(*store.Tx) (showroom.RadioTag, error)) (tag showroom.RadioTag, err error) {
	err = t.db.Update(ctx, func(tx *store.Tx) error {
		tag, err = store.Once(tx, command, sent, func() (showroom.RadioTag, error) {
			tag, err := do(tx)
			tag.Pseudonym = [len(tag.Pseudonym)]byte{}
			return tag, err
		})
		return err
	})
	if err != nil {
		return showroom.RadioTag{}, err
	}
	return tag, t.readBook(context.WithoutCancel(ctx)) // who hangs up now has changed it all the same
}

// Listed is a tag with where it is.
type Listed struct {
	showroom.RadioTag
	Zone     showroom.RadioZone // zero when nobody knows
	ZoneName string             // for people
}

// List answers every tag, by label.
func (t *Tags) List(v *store.View) ([]Listed, error) {
	tags, err := v.RadioTags()
	if err != nil {
		return nil, err
	}
	zones, err := v.RadioZones()
	if err != nil {
		return nil, err
	}
	where := make(map[showroom.RadioID]showroom.RadioZone, len(zones))
	for _, z := range zones {
		where[z.Radio] = z
	}
	all := make([]Listed, len(tags))
	for i, tag := range tags {
		all[i] = Listed{RadioTag: tag}
		if tag.Out() {
			zone := where[tag.Radio]
			all[i].Zone, all[i].ZoneName = zone, cmp.Or(t.opt.Zones[zone.Place.ID], zone.Place.ID)
		}
	}
	return all, nil
}
