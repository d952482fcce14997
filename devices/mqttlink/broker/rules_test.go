package broker

import "testing"

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		filter, topic string
		want          bool
	}{
		{"a", "a", true},
		{"a", "a/b", false},
		{"a/b", "a", false},
		{"a/#", "a", true},
		{"a/#", "a/b/c", true},
		{"a/#", "a/#", true},
		{"a/#", "ab", false},
		{"a/+", "a/b", true},
		{"a/+", "a/+", true},
		{"a/+", "a/#", false},
		{"a/+", "a/b/c", false},
		{"a/b", "a/+", false},
		{"+/b", "a/b", true},
		{"#", "a/b", true},
		{"#", "#", true},
		{"a/#", "#", false},
		{"#", "$SYS/broker", false},
		{"+/broker", "$SYS/broker", false},
		{"$SYS/#", "$SYS/broker", true},
		{"a/+/c", "a//c", true},
	} {
		if got := Covers(c.filter, c.topic); got != c.want {
			t.Errorf("%q covers %q: %v, want %v", c.filter, c.topic, got, c.want)
		}
	}
}
