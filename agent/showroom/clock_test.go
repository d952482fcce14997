package showroom_test

import (
	"testing"
	"time"

	"showroom/agent/showroom"
)

func TestWhatIsLeftOfATime(t *testing.T) {
	then := showroom.Moment{Wall: time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC), Boot: "a", Mono: time.Hour}
	at := func(boot string, wall, mono time.Duration) showroom.Moment {
		return showroom.Moment{Wall: then.Wall.Add(wall), Boot: boot, Mono: then.Mono + mono}
	}
	for _, c := range []struct {
		name string
		now  showroom.Moment
		want time.Duration
	}{
		{"a while later", at("a", time.Minute, time.Minute), 9 * time.Minute},
		{"a while later, by a clock that was set back", at("a", -24*time.Hour, time.Minute), 9 * time.Minute},
		{"when it is over", at("a", time.Hour, time.Hour), 0},
		{"after a restart", at("b", time.Minute, -time.Hour), 9 * time.Minute},
		{"after a restart into the past, when nobody knows", at("b", -time.Minute, -time.Hour), 0},
	} {
		if left := c.now.Left(10*time.Minute, then); left != c.want {
			t.Errorf("%s: %v, want %v", c.name, left, c.want)
		}
	}
}
