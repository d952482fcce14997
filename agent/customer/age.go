package customer

import (
	"math"
	"time"

	"showroom/agent/showroom"
)

// age is how long ago something was. Across a restart nobody knows that without a clock. What was written down by a clock that stood
// in a time to come is older than anything, once the clock is known to be right: it must not last until then.
func age(since, now showroom.Moment) (lasted time.Duration, known bool) {
	const set = time.Hour // so far a good clock may be set back
	switch {
	case now.Boot == since.Boot:
	case now.Quality == showroom.ClockNone:
		return 0, false
	case since.Wall.Sub(now.Wall) < set:
	case now.Quality == showroom.ClockSaved:
		return 0, false
	default:
		return math.MaxInt64, true
	}
	return now.Since(since), true
}
