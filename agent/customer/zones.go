package customer

import (
	"fmt"
	"time"

	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// ApplyZones writes down in which zone the tags are that are out, in the transaction of the caller. What concerns a tag that has
// come back meanwhile is forgotten.
func (t *Tags) ApplyZones(tx *store.Tx, changes []zones.Change) error {
	for _, c := range changes {
		if err := applyZone(tx, c); err != nil {
			return fmt.Errorf("write down the zone of a tag: %w", err)
		}
	}
	return nil
}

func applyZone(tx *store.Tx, c zones.Change) error {
	tag, out, err := tx.RadioTagOut(c.ID)
	if err != nil || !out {
		return err
	}
	if c.To.IsZero() {
		err = tx.DeleteRadioZone(c.ID)
	} else {
		err = tx.PutRadioZone(showroom.RadioZone{Radio: c.ID, Place: c.To, Since: tx.Now()})
	}
	if err != nil {
		return err
	}
	_, err = tx.Append(showroom.TagMoved{Radio: c.ID, Tag: tag.Kind, From: c.From, To: c.To, Confidence: c.Confidence, Seconds: int(c.Dwell / time.Second)})
	return err
}

// forgetLapsed says that nobody knows where the tags are that can not be recognised any more.
func forgetLapsed(tx *store.Tx) error {
	known, err := tx.RadioZones()
	if err != nil {
		return err
	}
	for _, z := range known {
		tag, out, err := tx.RadioTagOut(z.Radio)
		if err != nil {
			return err
		}
		if !out || !tag.Lapsed() {
			continue
		}
		if err := applyZone(tx, zones.Change{ID: z.Radio, From: z.Place, Dwell: tx.Now().Since(z.Since)}); err != nil {
			return err
		}
	}
	return nil
}

// Restore answers where the tags were when the agent last ran. What is left of tags that are no longer out is removed.
func (t *Tags) Restore(tx *store.Tx) ([]zones.Occupancy, error) {
	known, err := tx.RadioZones()
	if err != nil {
		return nil, err
	}
	now := tx.Now()
	occupancies := make([]zones.Occupancy, 0, len(known))
	for _, z := range known {
		_, out, err := tx.RadioTagOut(z.Radio)
		if err != nil {
			return nil, err
		}
		if !out {
			if err := tx.DeleteRadioZone(z.Radio); err != nil {
				return nil, err
			}
			continue
		}
		since := now.Wall.Add(-now.Since(z.Since)) // by the clock that goes on
		occupancies = append(occupancies, zones.Occupancy{ID: z.Radio, Zone: z.Place, Since: since})
	}
	return occupancies, nil
}
