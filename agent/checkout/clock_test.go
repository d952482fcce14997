package checkout_test

import (
	"testing"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// clockIsWrongBy sets the clock on the wall, from what it should show.
func (s *shop) clockIsWrongBy(d time.Duration) { s.skew.Store(int64(d)) }

func TestABasketIsKeptForStaffByAMachineThatWakesUpYesterday(t *testing.T) {
	story(t, func(s *shop) {
		time.Sleep(10 * time.Hour)
		s.scans("sco1", shirt)
		s.clockIsWrongBy(-26 * time.Hour)
		s.restart(2 * time.Minute)
		var parked []showroom.Basket
		s.update(func(tx *store.Tx) (err error) { parked, err = tx.ParkedBaskets(); return err })
		if len(parked) != 1 {
			t.Errorf("%d baskets wait for staff", len(parked))
		}
	})
}

// The machine was without power for an hour, and goes on with the time it had last written down.
func TestABasketIsNotShownAfterATimeThatNobodyKnows(t *testing.T) {
	story(t, func(s *shop) {
		time.Sleep(10 * time.Hour)
		s.scans("sco1", shirt)
		s.clockIsWrongBy(-time.Hour)
		s.lost.Store(true)
		s.restart(time.Hour + 10*time.Second)
		s.lost.Store(false)
		s.clockIsWrongBy(0)
		s.wants(s.look("sco1"), checkout.StageAttract, "")
		if n := len(s.setAside()); n != 1 {
			t.Errorf("%d baskets wait for staff", n)
		}
	})
}

func TestAClockThatIsSetEndsNobodysShopping(t *testing.T) {
	story(t, func(s *shop) {
		time.Sleep(10 * time.Hour)
		s.clockIsWrongBy(-26 * time.Hour)
		s.restart(2 * time.Minute)
		s.scans("sco1", shirt)
		s.clockIsWrongBy(0)
		time.Sleep(11 * time.Second)
		s.wants(s.look("sco1"), checkout.StageBasket, "")
	})
}

func TestAParkedBasketOutlivesAClockThatWentBack(t *testing.T) {
	story(t, func(s *shop) {
		time.Sleep(10 * time.Hour)
		s.scans("sco1", shirt)
		code := s.must("sco1", s.Park).Parked.Code
		s.clockIsWrongBy(-time.Hour)
		s.restart(2 * time.Minute)
		time.Sleep(showroom.ParkedFor - time.Minute)
		s.wants(s.resumes("sco2", code), checkout.StageBasket, "")
	})
}

// A machine that had the time from nobody parks a basket three hours ago, as it seems once it has heard a time server after a power cut.
func TestAParkedBasketOutlivesAClockThatIsPutRight(t *testing.T) {
	story(t, func(s *shop) {
		time.Sleep(10 * time.Hour)
		s.scans("sco1", shirt)
		s.lost.Store(true)
		s.clockIsWrongBy(-3 * time.Hour)
		code := s.must("sco1", s.Park).Parked.Code
		s.lost.Store(false)
		s.clockIsWrongBy(0)
		s.restart(2 * time.Minute)
		time.Sleep(showroom.ParkedFor - time.Minute)
		s.wants(s.resumes("sco2", code), checkout.StageBasket, "")
		s.must("sco2", s.Park)
		time.Sleep(showroom.ParkedFor + 11*time.Second)
		s.wants(s.resumes("sco2", code), checkout.StageAttract, "no_basket")
	})
}

func TestAParkedBasketOfAnotherBootStillEnds(t *testing.T) {
	story(t, func(s *shop) {
		time.Sleep(10 * time.Hour)
		s.scans("sco1", shirt)
		code := s.must("sco1", s.Park).Parked.Code
		s.clockIsWrongBy(-time.Hour)
		s.restart(2 * time.Minute)
		time.Sleep(showroom.ParkedFor + 11*time.Second)
		s.wants(s.resumes("sco2", code), checkout.StageAttract, "no_basket")
	})
}

func TestATouchCountsAfterARestart(t *testing.T) {
	story(t, func(s *shop) {
		time.Sleep(48 * time.Hour) // so the boot before was a long one
		s.scans("sco1", shirt)
		s.restart(20 * time.Second)
		for range 6 {
			time.Sleep(50 * time.Second)
			s.Touch("sco1")
		}
		s.wants(s.look("sco1"), checkout.StageBasket, "")
	})
}

func TestTheBusinessDayBeginsByTheClockOnTheWall(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	santiago, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2000, 3, 26, 5, 59, 0, 0, berlin), "2000-03-25"}, // a day of 23 hours
		{time.Date(2000, 3, 26, 6, 1, 0, 0, berlin), "2000-03-26"},
		{time.Date(2000, 10, 29, 5, 59, 0, 0, berlin), "2000-10-28"}, // one of 25
		{time.Date(2000, 10, 29, 6, 1, 0, 0, berlin), "2000-10-29"},
		{time.Date(2026, 9, 7, 0, 30, 0, 0, santiago), "2026-09-06"}, // which had no 00:30
		{time.Date(2026, 9, 6, 1, 30, 0, 0, santiago), "2026-09-05"},
		{time.Date(2026, 9, 1, 0, 30, 0, 0, santiago), "2026-08-31"},
	} {
		t.Run(c.at.Format(time.DateTime), func(t *testing.T) {
			story(t, func(s *shop) {
				s.clockIsWrongBy(time.Until(c.at))
				s.scans("sco1", shirt)
				s.pays("sco1")
				if day := s.sales()[0].BusinessDay; day != c.want {
					t.Errorf("sold on %s, want %s", day, c.want)
				}
			}, func(o *checkout.Options) { o.Location = c.at.Location() })
		})
	}
}

func TestWhoIsUnlockedIsLockedAlthoughTheClockGoesBack(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.Unlock("sco1", "ayse")
		s.clockIsWrongBy(-24 * time.Hour)
		for range 6 {
			time.Sleep(time.Minute)
			s.Touch("sco1")
		}
		if by := s.board.Counter("sco1").Staff; by != "" {
			t.Errorf("%s has it unlocked for six minutes", by)
		}
	})
}

func TestNobodyPaysByAClockThatNobodyHasSet(t *testing.T) {
	story(t, func(s *shop) {
		s.lost.Store(true)
		if now := s.look("sco1"); now.Closed != "clock" {
			t.Fatalf("closed by %q", now.Closed)
		}
		s.lost.Store(false)
		s.scans("sco1", shirt)
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
	})
}

func TestTheLastShoppersThankYouDoesNotEndTheNextOnesVisit(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.pays("sco1")
		s.scans("sco1", jacket)
		s.must("sco1", s.Done) // the countdown of the page before
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
	})
}
