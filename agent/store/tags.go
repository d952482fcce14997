package store

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"showroom/agent/showroom"
)

// Key is a secret of 32 bytes that hashes are made with. It never leaves this machine.
type Key [32]byte

// Secret answers a key that does not change, made when it is first asked for.
func (tx *Tx) Secret(name string) (key Key, err error) {
	var bytes []byte
	found, err := tx.one(`SELECT key FROM secret WHERE name=?`, []any{name}, &bytes)
	if err == nil && found {
		return keyOf(bytes)
	}
	if err == nil {
		rand.Read(key[:]) // never fails
		_, err = tx.exec(`INSERT INTO secret (name, key) VALUES (?,?)`, name, key[:])
	}
	if err != nil {
		return Key{}, fmt.Errorf("find secret %s: %w", name, err)
	}
	return key, nil
}

func keyOf(bytes []byte) (key Key, err error) {
	if copy(key[:], bytes) != len(key) || len(bytes) != len(key) {
		return Key{}, fmt.Errorf("a key has %d bytes, want %d", len(bytes), len(key))
	}
	return key, nil
}

// RadioKey is a key of the pseudonyms of radio tags.
type RadioKey struct {
	Number int // from 1
	Key    Key
	Since  showroom.Moment
}

func scanRadioKey(s scanner) (k RadioKey, err error) {
	var bytes []byte
	if err = s.Scan(&k.Number, &bytes, (*moment)(&k.Since)); err == nil {
		k.Key, err = keyOf(bytes)
	}
	return k, err
}

// RadioKeys answers the keys there are, the newest first.
func (v *View) RadioKeys() ([]RadioKey, error) {
	return list(v, "radio keys", scanRadioKey, `SELECT number, key, since FROM radio_key ORDER BY number DESC`)
}

// NewRadioKey makes the next key.
func (tx *Tx) NewRadioKey() (RadioKey, error) {
	k := RadioKey{Since: tx.now}
	if _, err := tx.one(`SELECT coalesce(max(number), 0)+1 FROM radio_key`, nil, &k.Number); err != nil {
		return k, fmt.Errorf("make radio key: %w", err)
	}
	rand.Read(k.Key[:]) // never fails
	if _, err := tx.exec(`INSERT INTO radio_key (number, key, since) VALUES (?,?,?)`, k.Number, k.Key[:], moment(k.Since)); err != nil {
		return k, fmt.Errorf("make radio key: %w", err)
	}
	return k, nil
}

// DeleteRadioKey removes a key. The tags that were still enrolled under it lapse, and it answers how many.
func (tx *Tx) DeleteRadioKey(number int) (lapsed int64, err error) {
	if lapsed, err = tx.exec(`UPDATE radio_tag SET key=0, pseudonym=x'' WHERE key=?`, number); err != nil {
		return 0, fmt.Errorf("delete radio key: %w", err)
	}
	if _, err = tx.exec(`DELETE FROM radio_key WHERE number=?`, number); err != nil {
		return 0, fmt.Errorf("delete radio key: %w", err)
	}
	return lapsed, nil
}

const radioTagColumns = `id, kind, label, radio, key, pseudonym, since`

func scanRadioTag(s scanner) (t showroom.RadioTag, err error) {
	var pseudonym []byte
	if err = s.Scan(&t.ID, &t.Kind, &t.Label, &t.Radio, &t.Key, &pseudonym, (*moment)(&t.Since)); err != nil {
		return t, err
	}
	if !t.Lapsed() && copy(t.Pseudonym[:], pseudonym) != len(t.Pseudonym) {
		return t, fmt.Errorf("a pseudonym has %d bytes, want %d", len(pseudonym), len(t.Pseudonym))
	}
	return t, nil
}

// PutRadioTag saves a tag. Labels and pseudonyms are unique: who saves one that is there already meets CodeConflict.
func (tx *Tx) PutRadioTag(t showroom.RadioTag) error {
	pseudonym := t.Pseudonym[:]
	if t.Lapsed() {
		pseudonym = []byte{}
	}
	if other, found, err := tx.RadioTagNamed(t.Label); err != nil {
		return err
	} else if found && other.ID != t.ID {
		return showroom.Errorf(showroom.CodeConflict, "There is already a tag called %q.", t.Label)
	}
	if other, found, err := tx.RadioTagUnder(t.Pseudonym); err != nil {
		return err
	} else if found && other.ID != t.ID && !t.Lapsed() {
		return showroom.Errorf(showroom.CodeConflict, "This tag is already enrolled, as %q.", other.Label)
	}
	_, err := tx.exec(`INSERT INTO radio_tag (`+radioTagColumns+`) VALUES (?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET kind=excluded.kind, label=excluded.label, radio=excluded.radio, key=excluded.key,
			pseudonym=excluded.pseudonym, since=excluded.since`,
		t.ID, t.Kind, t.Label, t.Radio, t.Key, pseudonym, moment(t.Since))
	if err != nil {
		return fmt.Errorf("save tag: %w", err)
	}
	return nil
}

// RadioTag answers a tag. CodeNotFound when there is none, or not any more.
func (v *View) RadioTag(id showroom.TagID) (showroom.RadioTag, error) {
	return get(v, "tag", scanRadioTag, `SELECT `+radioTagColumns+` FROM radio_tag WHERE id=?`, id)
}

// RadioTagNamed answers the tag with this label; false when there is none.
func (v *View) RadioTagNamed(label string) (showroom.RadioTag, bool, error) {
	return find(v, "tag", scanRadioTag, `SELECT `+radioTagColumns+` FROM radio_tag WHERE label=?`, label)
}

// RadioTagUnder answers the tag that is enrolled under a pseudonym; false when there is none.
func (v *View) RadioTagUnder(pseudonym [sha256.Size]byte) (showroom.RadioTag, bool, error) {
	return find(v, "tag", scanRadioTag, `SELECT `+radioTagColumns+` FROM radio_tag WHERE pseudonym=? AND pseudonym<>x''`, pseudonym[:])
}

// RadioTagOut answers the tag that is out under this id; false when there is none, or not any more.
func (v *View) RadioTagOut(id showroom.RadioID) (showroom.RadioTag, bool, error) {
	return find(v, "tag", scanRadioTag, `SELECT `+radioTagColumns+` FROM radio_tag WHERE radio=? AND radio<>''`, id)
}

// RadioTags answers every tag, by label.
func (v *View) RadioTags() ([]showroom.RadioTag, error) {
	return list(v, "tags", scanRadioTag, `SELECT `+radioTagColumns+` FROM radio_tag ORDER BY label`)
}

// DeleteRadioTag forgets a tag. A tag that is not there is no error.
func (tx *Tx) DeleteRadioTag(id showroom.TagID) error {
	if _, err := tx.exec(`DELETE FROM radio_tag WHERE id=?`, id); err != nil {
		return fmt.Errorf("forget tag: %w", err)
	}
	return nil
}

func scanRadioZone(s scanner) (z showroom.RadioZone, err error) {
	var place string
	if err = s.Scan(&z.Radio, &place, (*moment)(&z.Since)); err == nil {
		z.Place, err = placeOf(place)
	}
	return z, err
}

func placeOf(text string) (showroom.Place, error) {
	p, ok := showroom.ParsePlace(text)
	if !ok {
		return p, fmt.Errorf("read place: %q is none", text)
	}
	return p, nil
}

// PutRadioZone saves where a tag is, in the place of where it was.
func (tx *Tx) PutRadioZone(z showroom.RadioZone) error {
	if _, err := tx.exec(`INSERT OR REPLACE INTO radio_zone (radio, place, since) VALUES (?,?,?)`, z.Radio, z.Place.String(), moment(z.Since)); err != nil {
		return fmt.Errorf("save zone of tag: %w", err)
	}
	return nil
}

// DeleteRadioZone forgets where a tag is. A tag in no zone is no error.
func (tx *Tx) DeleteRadioZone(id showroom.RadioID) error {
	if _, err := tx.exec(`DELETE FROM radio_zone WHERE radio=?`, id); err != nil {
		return fmt.Errorf("forget zone of tag: %w", err)
	}
	return nil
}

// RadioZones answers where the tags are that are out, by their ids.
func (v *View) RadioZones() ([]showroom.RadioZone, error) {
	return list(v, "zones of tags", scanRadioZone, `SELECT radio, place, since FROM radio_zone ORDER BY radio`)
}
