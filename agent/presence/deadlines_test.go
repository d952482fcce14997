package presence

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The deadlines must come up as they would from a sorted list, whichever of them are put off, brought forward or taken away
// meanwhile, and never before soonest has said so.
func TestDeadlinesComeUpInOrder(t *testing.T) {
	const tags = 12
	rapid.Check(t, func(t *rapid.T) {
		var d deadlines
		model := make(map[int32]time.Duration)
		now := time.Duration(0)
		step := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 3*int64(stretch)), rapid.Int64Range(0, 3*stretches*int64(stretch)), rapid.Just(int64(time.Hour)))
		for range rapid.IntRange(0, 80).Draw(t, "steps") {
			tag := rapid.Int32Range(0, tags-1).Draw(t, "tag")
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				d.unschedule(tag)
				delete(model, tag)
			case 1, 2:
				model[tag] = now + time.Duration(step.Draw(t, "in"))
				d.schedule(tag, model[tag])
			default:
				now += time.Duration(step.Draw(t, "later"))
				if diff := comeUp(&d, model, now); diff != "" {
					t.Fatal(diff)
				}
			}
			for tag := range int32(tags) {
				if _, want := model[tag]; d.scheduled(tag) != want {
					t.Fatalf("tag %d is scheduled: %v, want %v", tag, !want, want)
				}
			}
		}
	})
}

// comeUp takes what is due until then from both, and tells how they differ.
func comeUp(d *deadlines, model map[int32]time.Duration, until time.Duration) string {
	var want, got []deadline
	for tag, due := range model {
		if due <= until {
			want = append(want, deadline{due: due, tag: tag})
			delete(model, tag)
		}
	}
	slices.SortFunc(want, func(a, b deadline) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	if due, ok := d.soonest(); len(want) > 0 && (!ok || due > want[0].due) {
		return "the soonest is later than the first"
	} else if !ok && len(model) > 0 {
		return "nothing is to come, and something is scheduled"
	}
	for {
		for len(d.soon) > 0 && d.soon[0].due <= until {
			got = append(got, d.soon[0])
			d.unschedule(d.soon[0].tag)
		}
		if until < d.edge {
			break
		}
		for tag := d.turn(until); tag != none; {
			due, next := d.taken(tag)
			d.schedule(tag, due)
			tag = next
		}
	}
	if !slices.Equal(got, want) {
		return "they came up in another order, or others did"
	}
	return ""
}

// A hundred years in which nothing is scheduled pass at once.
func TestLongSilencePasses(t *testing.T) {
	var d deadlines
	d.turn(1 << 62)
	if d.edge <= 1<<62 {
		t.Errorf("stretches have begun until %v, want past %v", d.edge, time.Duration(1<<62))
	}
}
