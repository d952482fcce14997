package zebra_test

import (
	"testing"
	"testing/synctest"
	"time"

	"showroom/devices"
)

func (s scene) publish(payload string) {
	s.messages <- devices.Message{Topic: "ziotc/r1/data", Payload: []byte(payload), At: time.Now()}
	synctest.Wait()
}

// tells has the reader say all of this every 200 ms for a while.
func (s scene) tells(d time.Duration, payloads ...string) {
	for end := time.Now().Add(d); time.Now().Before(end); pass(200 * time.Millisecond) {
		for _, p := range payloads {
			s.publish(p)
		}
	}
}

// turns is what became of the reader since the status numbered from, without what only tells counters.
func (s scene) turns(from int) (all []devices.Status) {
	statuses := s.feed.Statuses()
	for i := max(from, 1); i < len(statuses); i++ {
		if now := statuses[i]; now.State != statuses[i-1].State || now.Reason != statuses[i-1].Reason {
			all = append(all, now)
		}
	}
	return all
}

const (
	readable  = `{"type":"SIMPLE","data":{"idHex":"` + ownEPC + `","antenna":1,"peakRssi":-50}}`
	cutOff    = `{"type":"SIMPLE","data":{"idHex":"` + ownEPC
	heartbeat = `{"type":"HEARTBEAT","status":"ok"}`
	answer    = `{"command":"get_status","response":"success"}` // of the reader's management, on a topic below the same
)

// TestAReaderThatNobodyCanReadIsGarbage: it lives and is blind, and its garments must not seem to leave, which they do after half a
// minute. Its heartbeats may be sound.
func TestAReaderThatNobodyCanReadIsGarbage(t *testing.T) {
	for name, said := range map[string][]string{"all of it": {cutOff}, "its tags": {cutOff, heartbeat}, "most of it": {cutOff, readable, cutOff}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T, s scene) {
				s.tells(time.Minute, readable)
				before, begin := len(s.feed.Statuses()), time.Now()
				s.tells(10*time.Minute, said...)
				got := s.turns(before)
				if len(got) != 1 || got[0].State != devices.Silent || got[0].Reason != "garbage" || got[0].Advice == "" {
					t.Fatalf("after damage it became %+v, want garbage once", got)
				}
				if took := got[0].At.Sub(begin); took > 5*time.Second {
					t.Errorf("that took %v", took)
				}
				before, begin = len(s.feed.Statuses()), time.Now()
				s.tells(time.Minute, readable)
				got = s.turns(before)
				if len(got) != 1 || got[0].State != devices.Up {
					t.Fatalf("when it is sound again it became %+v, want up once", got)
				}
				if took := got[0].At.Sub(begin); took > 5*time.Second {
					t.Errorf("that took %v", took)
				}
			})
		})
	}
}

// What is sound and about something else is counted and no trouble, also when the last garment has just left.
func TestWhatIsAboutSomethingElseIsNoGarbage(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		s.tells(time.Minute, readable)
		before := len(s.feed.Statuses())
		s.tells(time.Minute, answer, heartbeat)
		s.publish(cutOff) // an accident
		s.tells(time.Minute, heartbeat)
		if got := s.turns(before); len(got) != 0 {
			t.Errorf("it became %+v", got)
		}
		if bad := s.feed.Last().Frames.Bad; bad != 301 {
			t.Errorf("%d counted as bad, want 301", bad)
		}
	})
}

// Of another kind than the configuration says: that is told at once, and not only when the reader has been silent for long enough.
func TestAReaderThatWasNeverUnderstoodIsGarbage(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		s.tells(3*time.Second, `{"eventType":"tagInventory","tagInventoryEvent":{"epcHex":"`+ownEPC+`"}}`)
		if last := s.feed.Last(); last.State != devices.Silent || last.Reason != "garbage" {
			t.Errorf("status %+v, want garbage", last)
		}
		s.tells(3*time.Second, readable)
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v when it is understood, want up", last)
		}
	})
}

// Nothing hangs there after the damage, and the reader says that it is well: that is not held against it for ever.
func TestGarbageIsForgottenInAnEmptyRoom(t *testing.T) {
	play(t, func(t *testing.T, s scene) {
		s.tells(5*time.Second, readable)
		s.tells(5*time.Second, cutOff)
		s.tells(20*time.Second, heartbeat)
		if last := s.feed.Last(); last.State != devices.Silent || last.Reason != "garbage" {
			t.Errorf("status %+v soon after the damage, want garbage", last)
		}
		s.tells(15*time.Second, heartbeat)
		if last := s.feed.Last(); last.State != devices.Up {
			t.Errorf("status %+v long after the damage, want up", last)
		}
	})
}
