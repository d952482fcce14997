package gateway_test

import (
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/ble/gateway"
)

// ruuvi is a Ruuvi Gateway that tells of four radios a second, and every second that it is online: a damaged radio does not damage
// that.
type ruuvi struct{ scene }

// tells goes on for a while; of each four radios so many are told damaged.
func (g ruuvi) tells(damaged int, d time.Duration) {
	const topic = "ruuvi/AC:23:3F:C0:01:EA"
	for end := time.Now().Add(d); time.Now().Before(end); {
		g.publish(g.topics, topic+"/gw_status", `{"state":"online"}`, false)
		for n := range 4 {
			say := words()[gateway.Ruuvi].other
			if n < damaged {
				say = say[:len(say)/2]
			}
			g.publish(g.topics, topic+"/AC:23:3F:A0:32:09", say, false)
			pass(250 * time.Millisecond)
		}
	}
}

// turns is what became of the gateway since the status numbered from, without what only tells counters.
func (g ruuvi) turns(from int) (all []devices.Status) {
	statuses := g.feed.Statuses()
	for i := max(from, 1); i < len(statuses); i++ {
		if s := statuses[i]; s.State != statuses[i-1].State || s.Reason != statuses[i-1].Reason {
			all = append(all, s)
		}
	}
	return all
}

// TestAGatewayThatNobodyCanReadIsGarbage: it lives and is deaf, and its zone must not be taken for an empty one. It is told before
// a zone takes its silence for an answer, which is after six seconds, and once.
func TestAGatewayThatNobodyCanReadIsGarbage(t *testing.T) {
	for damaged, name := range map[int]string{4: "all of it", 3: "most of it"} {
		t.Run(name, func(t *testing.T) {
			play(t, gateway.Ruuvi, func(t *testing.T, s scene) {
				g := ruuvi{s}
				g.tells(0, time.Minute)
				before, begin := len(s.feed.Statuses()), time.Now()
				g.tells(damaged, 10*time.Minute)
				got := g.turns(before)
				if len(got) != 1 || got[0].State != devices.Silent || got[0].Reason != "garbage" || got[0].Advice == "" {
					t.Fatalf("after damage it became %+v, want garbage once", got)
				}
				if took := got[0].At.Sub(begin); took > 5*time.Second {
					t.Errorf("that took %v", took)
				}
				before, begin = len(s.feed.Statuses()), time.Now()
				g.tells(0, time.Minute)
				got = g.turns(before)
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

func TestSomeDamageIsNoGarbage(t *testing.T) {
	play(t, gateway.Ruuvi, func(t *testing.T, s scene) {
		g := ruuvi{s}
		g.tells(0, 10*time.Second)
		before := len(s.feed.Statuses())
		g.tells(1, 10*time.Minute)
		if got := g.turns(before); len(got) != 0 {
			t.Errorf("one of four is damaged, and it became %+v", got)
		}
	})
}

// An accident now and then, and nobody near whom the gateway could tell of in between.
func TestADamagedMessageInAnEmptyShopIsNoGarbage(t *testing.T) {
	play(t, gateway.Ruuvi, func(t *testing.T, s scene) {
		g := ruuvi{s}
		g.tells(0, time.Second)
		before := len(s.feed.Statuses())
		for range 20 {
			s.publish(s.topics, "ruuvi/AC:23:3F:C0:01:EA/AC:23:3F:A0:32:09", "{", false)
			for range 20 {
				s.publish(s.topics, "ruuvi/AC:23:3F:C0:01:EA/gw_status", `{"state":"online"}`, false)
				pass(time.Second)
			}
		}
		if got := g.turns(before); len(got) != 0 {
			t.Errorf("it became %+v", got)
		}
		if bad := s.frames().Bad; bad != 20 {
			t.Errorf("%d counted as bad, want 20", bad)
		}
	})
}

// Nobody is near after the damage, and the gateway says that it is well: that is not held against it for ever.
func TestGarbageIsForgottenInAnEmptyShop(t *testing.T) {
	play(t, gateway.Ruuvi, func(t *testing.T, s scene) {
		g := ruuvi{s}
		g.tells(0, 5*time.Second)
		g.tells(4, 10*time.Second)
		for minute := range 6 {
			for range 60 {
				s.publish(s.topics, "ruuvi/AC:23:3F:C0:01:EA/gw_status", `{"state":"online"}`, false)
				pass(time.Second)
			}
			want := devices.Silent
			if minute >= 4 { // the default of SilentAfter
				want = devices.Up
			}
			if st := s.feed.Last().State; st != want {
				t.Errorf("minute %d after the damage: %v, want %v", minute, st, want)
			}
		}
	})
}
