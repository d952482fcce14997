package checkout_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
)

// However often a device is asked what has become of a payment, the log says once that nobody knows, and once that somebody does.
func TestTheLogTellsOnceOfADoubtAndOnceOfItsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		resolve func(*shop, showroom.SettlementID)
		says    string
	}{
		"the device": {func(s *shop, _ showroom.SettlementID) { s.term.mute(false); time.Sleep(2 * time.Minute) }, "state=declined by_staff=false"},
		"an associate": {func(s *shop, id showroom.SettlementID) {
			if err := s.Decide(s.t.Context(), id, showroom.Approved, "ayse", "it is on the slip"); err != nil {
				s.t.Fatal(err)
			}
			synctest.Wait()
		}, "state=approved by_staff=true"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer // written and read while the story's other goroutines wait
			lines := func(level string) (all []string) {
				synctest.Wait()
				for line := range strings.Lines(log.String()) {
					if strings.Contains(line, "level="+level) && strings.Contains(line, "moved money") {
						all = append(all, line)
					}
				}
				return all
			}
			story(t, func(s *shop) {
				s.scans("sco1", shirt)
				s.term.mute(true)
				s.term.will(func(showroomCtx, showroom.Settlement, tell) showroom.Result { return showroom.Result{} })
				id := s.pays("sco1").Basket.Settlement
				time.Sleep(5 * time.Minute)
				s.restart(time.Minute)
				time.Sleep(5 * time.Minute)
				if got := lines("WARN"); len(got) != 1 || !strings.Contains(got[0], "settlement="+string(id)) || len(lines("INFO")) != 0 {
					t.Fatalf("while nobody knows the log says:\n%s", log.String())
				}
				c.resolve(s, id)
				if got := lines("INFO"); len(got) != 1 || !strings.Contains(got[0], c.says) || len(lines("WARN")) != 1 {
					t.Errorf("in the end the log says:\n%s", log.String())
				}
				if strings.Contains(log.String(), "ayse") || strings.Contains(log.String(), "slip") {
					t.Errorf("the log names people or their words:\n%s", log.String())
				}
			}, func(o *checkout.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		})
	}
}
