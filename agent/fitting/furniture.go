package fitting

import (
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// furnish keeps which tags have become furniture, wherever they are, so that a restart does not take them for garments anew.
func (f *Rooms) furnish(tx *store.Tx, c presence.Change) error {
	switch c.Kind {
	case presence.Departed:
		if c.Static {
			return tx.PutStaticTag(showroom.StaticTag{EPC: c.EPC, Place: c.From, Since: tx.Now()})
		}
	case presence.Learned:
		return tx.PutStaticTag(showroom.StaticTag{EPC: c.EPC, Place: c.To, Since: tx.Now()})
	case presence.Released, presence.Arrived, presence.Moved:
		return tx.DeleteStaticTag(c.EPC)
	}
	return nil
}
