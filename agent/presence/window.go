package presence

import (
	"time"

	"showroom/devices"
)

// windowSlots is how many slots a window has. Reads closer together than Window/windowSlots share one and age with its first read,
// so a window never tells of more than it should and may tell of a little less.
const windowSlots = 8

type slot struct {
	first   time.Duration
	sum     int32 // hundredths of a dBm
	known   uint16
	unknown uint16
}

// window is the latest reads of one tag in one place, for at least a span of time. Its size is fixed whatever the rate.
type window struct {
	begin, used uint8
	slots       [windowSlots]slot
}

// tally is what a stretch of a window adds up to.
type tally struct {
	sum     int64
	known   int
	unknown int
}

func (t tally) reads() int { return t.known + t.unknown }

// dBm is the mean strength; only for known > 0.
func (t tally) dBm() float64 { return float64(t.sum) / float64(t.known) / 100 }

func (w *window) add(at, span time.Duration, rssi devices.RSSI) {
	if w.used == 0 || at-w.newest().first >= (span+windowSlots-1)/windowSlots {
		if w.used == windowSlots {
			w.begin = (w.begin + 1) % windowSlots
			w.used--
		}
		w.slots[(w.begin+w.used)%windowSlots] = slot{first: at}
		w.used++
	}
	switch s := w.newest(); {
	case s.known+s.unknown >= 1<<15: // enough to know a mean by
	case rssi.Known():
		s.sum += int32(rssi)
		s.known++
	default:
		s.unknown++
	}
}

func (w *window) newest() *slot { return &w.slots[(w.begin+w.used-1)%windowSlots] }

// within adds up the slots that began no longer than d before at.
func (w *window) within(at, d time.Duration) tally {
	var t tally
	for n := w.used; n > 0; n-- {
		s := &w.slots[(w.begin+n-1)%windowSlots]
		if at-s.first > d {
			break
		}
		t.sum += int64(s.sum)
		t.known += int(s.known)
		t.unknown += int(s.unknown)
	}
	return t
}
