package okc_test

import (
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/sim/okcsim"
)

// TestSilentOverAllConnections: a device that hangs is asked again over one connection after the other, and that is no news each time.
func TestSilentOverAllConnections(t *testing.T) {
	tell(t, func(t *testing.T, s *shop) {
		s.device.Script(okcsim.Fault{Trouble: okcsim.Hang, At: okcsim.Approved})
		p := payment(t, "s1", line(1, 10_000, 20))
		s.is(p, s.settle(p), showroom.Unknown, "")
		s.feed.WaitState(t, devices.Silent)
		before := len(s.feed.Statuses())
		asked := 0
		for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); asked++ {
			s.terminal.Recover(t.Context(), p)
			<-time.After(time.Second)
		}
		all := s.feed.Statuses()[before-1:]
		if len(all) < 3 || asked < 3 {
			t.Fatalf("it was asked %d times, and told as %+v", asked, all)
		}
		for _, now := range all {
			if now.State != devices.Silent || now.Reason != all[0].Reason || now.Advice != all[0].Advice || now.Advice == "" {
				t.Errorf("it has become %+v", now)
			}
		}
		if last := s.feed.Last(); last.LastData.IsZero() {
			t.Errorf("nobody knows any more when it last answered: %+v", last)
		}
		s.device.Restart()
		s.feed.WaitState(t, devices.Up)
		s.is(p, s.recover(p), showroom.Approved, "")
	})
}
