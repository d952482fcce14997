package checkout_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

const unnamed gs1.GTIN = "00614141777773" // the shop's, and in no catalogue

// ended is how the calls to the kiosks have ended so far: somebody "came", or it was "over".
func (s *shop) ended() (all []string) {
	s.t.Helper()
	rows, err := s.db.Since(s.t.Context(), 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Kind != showroom.KindStaffCallAnswered {
			continue
		}
		e, err := showroom.DecodeEvent(r.Kind, r.Version, r.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		how := "came"
		if e.(showroom.StaffCallAnswered).VisitOver {
			how = "over"
		}
		all = append(all, how)
	}
	return all
}

func (s *shop) wantsCall(id showroom.KioskID, waits bool, ended ...string) {
	s.t.Helper()
	if now := s.called(id); now != waits {
		s.t.Errorf("somebody waits at %s: %t, want %t", id, now, waits)
	}
	if got := s.ended(); !slices.Equal(got, ended) {
		s.t.Errorf("calls ended %q, want %q", got, ended)
	}
}

// However a shopper's visit to a kiosk ends, the next one finds the button for help, and the associates nobody who waits.
func TestACallEndsWithTheVisitOfWhoCalled(t *testing.T) {
	for name, leave := range map[string]func(*shop){
		"paid, and thanked":  func(s *shop) { s.pays("sco1"); s.wantsCall("sco1", true); s.must("sco1", s.Done) },
		"paid, and wiped":    func(s *shop) { s.pays("sco1"); time.Sleep(4 * time.Minute) },
		"paid, and the next": func(s *shop) { s.pays("sco1"); s.scans("sco1", jacket) },
		"put back": func(s *shop) {
			s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
		},
		"walked away": func(*shop) { time.Sleep(4 * time.Minute) },
		"parked, and left": func(s *shop) {
			s.must("sco1", s.Park)
			s.wantsCall("sco1", true)
			s.must("sco1", s.Done)
		},
		"parked, and on at another kiosk": func(s *shop) { s.resumes("sco2", s.must("sco1", s.Park).Parked.Code) },
		"a power cut":                     func(s *shop) { s.restart(5 * time.Minute) },
		"a power cut before the receipt":  func(s *shop) { s.pays("sco1"); s.restart(5 * time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				s.must("sco2", s.Call)
				s.scans("sco1", shirt)
				s.must("sco1", s.Call)
				s.wantsCall("sco1", true)
				since := time.Now()
				leave(s)
				s.update(func(tx *store.Tx) error {
					open, err := tx.OpenCalls()
					for _, c := range open {
						if c.Room == "sco1" {
							t.Errorf("the associates still see %+v", c)
						}
					}
					return err
				})
				if s.called("sco1") || slices.Contains(s.ended(), "came") || len(s.ended()) == 0 {
					t.Errorf("called: %t, ended %q", s.called("sco1"), s.ended())
				}
				if time.Since(since) < time.Minute && !s.called("sco2") {
					t.Error("the call of somebody else has ended with it")
				}
			})
		})
	}
}

func TestACallHoldsWhileWhoCalledIsThere(t *testing.T) {
	story(t, func(s *shop) {
		s.must("sco1", s.Call)
		time.Sleep(time.Minute)
		s.scans("sco1", shirt)
		code := s.must("sco1", s.Park).Parked.Code
		s.resumes("sco1", code)
		s.term.will(declines(showroom.DeclinedByCard))
		s.wants(s.pays("sco1"), checkout.StageBasket, "declined")
		s.restart(10 * time.Second)
		s.wantsCall("sco1", true)
	})
}

func TestACallOfWhoBeganNothingEndsWhenTheyHaveGone(t *testing.T) {
	story(t, func(s *shop) {
		s.must("sco1", s.Call)
		time.Sleep(2 * time.Minute)
		s.wantsCall("sco1", true)
		time.Sleep(2 * time.Minute)
		s.wantsCall("sco1", false, "over")
	})
}

func TestACallToTheTrayEndsWithWhatItHolds(t *testing.T) {
	one, two := tag(t, unnamed, 1), tag(t, unnamed, 2)
	for name, c := range map[string]struct {
		do    func(*shop)
		waits bool
		ended []string
	}{
		"lifted":     {do: func(s *shop) { s.lifts("t1", one); s.lifts("t1", two) }, ended: []string{"over"}},
		"one lifted": {do: func(s *shop) { s.lifts("t1", one) }, waits: true},
		"seen to": {do: func(s *shop) {
			s.Unlock("sco1", "ayse")
			s.must("sco1", s.ReleaseHeld)
		}, ended: []string{"came"}},
		"a person waits too": {do: func(s *shop) { s.must("sco1", s.Call); s.lifts("t1", one); s.lifts("t1", two) }, waits: true},
		"abandoned": {do: func(s *shop) {
			s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
		}, ended: []string{"over"}},
		"abandoned, and the next begins": {do: func(s *shop) {
			s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
			s.scans("sco1", jacket)
		}, waits: true, ended: []string{"over"}},
		"nobody touches it": {do: func(s *shop) { s.Touch("sco1"); time.Sleep(2 * time.Minute) }, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				s.scans("sco1", shirt)
				s.lays("t1", one, two)
				s.wantsCall("sco1", true)
				c.do(s)
				s.wantsCall("sco1", c.waits, c.ended...)
			})
		})
	}
	t.Run("without a basket it stays while it lies there", func(t *testing.T) {
		story(t, func(s *shop) {
			s.lays("t1", one)
			time.Sleep(10 * time.Minute)
			s.wantsCall("sco1", true)
		})
	})
}

// Whoever does not know whether they have paid is waited for, also when the screen does not show it any more.
func TestACallForAnUnknownPaymentStays(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.term.mute(true)
		s.term.will(func(showroomCtx, showroom.Settlement, tell) showroom.Result { return showroom.Result{} })
		id := s.pays("sco1").Basket.Settlement
		s.must("sco1", s.Call)
		s.wants(s.must("sco1", s.Done), checkout.StageClosed, "")
		time.Sleep(10 * time.Minute)
		s.restart(5 * time.Minute)
		s.wantsCall("sco1", true)
		if err := s.Decide(s.t.Context(), id, showroom.Approved, "ayse", "on the journal"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		s.wants(s.look("sco1"), checkout.StageAttract, "")
		s.wantsCall("sco1", false, "over")
	})
}

// jams has the shop's security fail to let go of what was sold last, and answers those releases.
func (s *shop) jams() (all []store.Release) {
	s.t.Helper()
	s.update(func(tx *store.Tx) (err error) {
		if all, err = tx.PendingReleases(); err != nil {
			return err
		}
		for i := range all {
			all[i].State, all[i].Detail = store.ReleaseFailed, "jammed"
			if err := tx.PutRelease(all[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

// letsGo says that a tag has come off, by the device or by hand.
func (s *shop) letsGo(r store.Release) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error { return tx.DeleteRelease(r.ID) })
}

// Whoever waits to have a tag taken off may still stand there when the receipt is gone, and when others pay.
func TestACallForAFailedReleaseStays(t *testing.T) {
	story(t, func(s *shop) {
		s.lays("t1", tag(t, shirt, 1))
		s.pays("sco1")
		s.jams()
		s.must("sco1", s.Call)
		s.must("sco1", s.Done)
		s.wantsCall("sco1", true)
		s.scans("sco1", jacket)
		s.pays("sco1")
		s.must("sco1", s.Done)
		s.wantsCall("sco1", true)
		s.restart(10 * time.Minute)
		s.wantsCall("sco1", true)
	})
}

// Once the tag is off there is nothing to come for.
func TestACallForAFailedReleaseGoesWithItsReason(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*shop)
		waits     bool // somebody else, for something else
		ended     int
	}{
		"nobody there":             {func(*shop) {}, false, 1},
		"after a restart":          {func(s *shop) { s.restart(time.Hour) }, false, 1},
		"the next has not called":  {func(s *shop) { s.scans("sco1", jacket) }, false, 1},
		"the next has called":      {func(s *shop) { s.scans("sco1", jacket); s.must("sco1", s.Call) }, true, 0},
		"the next called and left": {func(s *shop) { s.scans("sco1", jacket); s.must("sco1", s.Call); s.pays("sco1"); s.must("sco1", s.Done) }, false, 1},
		"something on the tray": {func(s *shop) {
			s.scans("sco1", jacket)
			s.lays("t1", tag(s.t, unnamed, 1))
		}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				s.lays("t1", tag(t, shirt, 1), tag(t, shirt, 2))
				s.pays("sco1")
				stuck := s.jams()
				s.must("sco1", s.Call)
				s.must("sco1", s.Done)
				c.meanwhile(s)
				s.letsGo(stuck[0])
				s.wantsCall("sco1", true) // one is still on
				s.letsGo(stuck[1])
				if got := s.ended(); s.called("sco1") != c.waits || len(got) != c.ended || slices.Contains(got, "came") {
					t.Errorf("somebody waits: %t, calls ended %q", s.called("sco1"), got)
				}
				if name == "the next has called" { // and it is theirs now
					s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
					s.wantsCall("sco1", false, "over")
				}
			})
		})
	}
}

// Two shoppers have left with a tag on and called for it, which is one call: it goes with the last tag.
func TestACallForTwoShoppersGoesWithTheLastTag(t *testing.T) {
	story(t, func(s *shop) {
		var stuck []store.Release
		for n := range uint64(2) {
			epc := tag(t, shirt, n+1)
			s.lays("t1", epc)
			s.pays("sco1")
			stuck = append(stuck, s.jams()...)
			s.must("sco1", s.Call)
			s.lifts("t1", epc)
			s.must("sco1", s.Done)
		}
		s.letsGo(stuck[0])
		s.wantsCall("sco1", true)
		s.letsGo(stuck[1])
		s.wantsCall("sco1", false, "over")
	})
}
