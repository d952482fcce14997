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
	over    int32 // the same, above the floors of the antennas
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
	over    int64
	known   int
	unknown int
}

func (t tally) reads() int { return t.known + t.unknown }

// dBm is the mean strength; only for known > 0.
func (t tally) dBm() float64 { return float64(t.sum) / float64(t.known) / 100 }

// above is how far the mean is above the floor, in dB; NaN for known == 0, which is above nothing.
func (t tally) above() float64 { return float64(t.over) / float64(t.known) / 100 }

func (t *tally) take(s *slot) {
	t.sum += int64(s.sum)
	t.over += int64(s.over)
	t.known += int(s.known)
	t.unknown += int(s.unknown)
}

// add takes a read. When that begins a new slot, it answers the one before.
func (w *window) add(at, span time.Duration, rssi, floor devices.RSSI) (full *slot) {
	if w.used == 0 || at-w.newest().first >= (span+windowSlots-1)/windowSlots {
		if w.used > 0 {
			full = w.newest()
		}
		if w.used == windowSlots {
			w.begin = (w.begin + 1) % windowSlots
			w.used--
		}
		w.slots[(w.begin+w.used)%windowSlots] = slot{first: at}
		w.used++
	}
	switch s := w.newest(); {
	case s.known+s.unknown >= 1<<14: // enough to know a mean by
	case rssi.Known():
		s.sum += int32(rssi)
		s.over += int32(rssi) - int32(floor)
		s.known++
	default:
		s.unknown++
	}
	return full
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
		t.take(s)
	}
	return t
}
