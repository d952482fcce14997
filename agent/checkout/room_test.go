package checkout_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Two kiosks share a terminal, and while one of them pays the disk comes down to its reserve: the other one's payment is not begun.
func TestTheReserveIsForWhatWasBegun(t *testing.T) {
	story(t, func(s *shop) {
		s.free.Store(1000)
		paid := make(chan struct{})
		s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
			<-paid
			return s.term.charge(p)
		})
		s.scans("sco1", shirt)
		s.scans("sco2", jacket)
		s.pays("sco1")
		if now := s.pays("sco2"); now.Stage != checkout.StagePaying || now.Live.Prompt.Code != "queued" {
			t.Fatalf("the second kiosk: %q, %+v", now.Stage, now.Live.Prompt)
		}
		s.free.Store(10)
		close(paid)
		synctest.Wait()
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
		s.wants(s.look("sco2"), checkout.StageBasket, "disk_full")
		s.wants(s.pays("sco2"), checkout.StageBasket, "disk_full")
		if len(s.term.asked) != 1 {
			t.Errorf("the device was asked %d times", len(s.term.asked))
		}
		s.free.Store(1000)
		s.wants(s.pays("sco2"), checkout.StageReceipt, "")
	}, func(o *checkout.Options) { o.IdleAfter = 10 * time.Minute })
}

// Wherever between the first scan and the sale the database can grow no more, the shopper is told, the device is asked only for what
// is written down, and once there is room again what was charged is what was sold.
func TestADiskThatIsFullAnywhere(t *testing.T) {
	told := map[string]int{}
	for pages := int64(-2); pages < 8; pages++ { // before the first two the pages that are there are filled as well, before the scan or after it
		story(t, func(s *shop) {
			s.scans("sco1", jacket)
			s.grows(max(pages, 0))
			if pages == -2 {
				s.fill()
			}
			shopper := s.shops(told, pages == -1)
			s.grows(-1)
			if now := s.look("sco1"); now.Stage == checkout.StagePaying {
				time.Sleep(time.Minute)
			}
			var sold int64
			for _, sale := range s.sales() {
				sold += sale.Totals.Due.Minor
			}
			if charged, _ := s.term.charged(); charged != sold {
				t.Errorf("%d pages, %s: charged %d, sold %d", pages, shopper, charged, sold)
			}
			now := s.look("sco1")
			if sold == 0 && (now.Stage != checkout.StageBasket || now.Totals.Due.Minor < 14990) {
				t.Errorf("%d pages, %s: the basket is lost: %q with %+v", pages, shopper, now.Stage, now.Totals)
			}
			if sold == 0 {
				s.wants(s.pays("sco1"), checkout.StageReceipt, "")
			}
		}, func(o *checkout.Options) { o.IdleAfter = 10 * time.Minute })
	}
	t.Log(told)
	for _, word := range []string{"scan refused", "pay refused", "device asked and unrecorded", "sold"} {
		if told[word] == 0 {
			t.Errorf("nowhere was there %q", word)
		}
	}
}

// shops scans one more piece and pays, with a disk that may be full at any moment, or is filled in between, and answers how far that came.
func (s *shop) shops(told map[string]int, fills bool) (how string) {
	defer func() { told[how]++ }()
	s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Add(tx, k, shirt, showroom.FromSearch) })
	if s.look("sco1").Live.Notice.Code == "disk_full" {
		return "scan refused"
	}
	if fills {
		s.fill()
	}
	now := s.pays("sco1")
	switch {
	case now.Stage == checkout.StageBasket && now.Live.Notice.Code == "disk_full":
		return "pay refused"
	case now.Stage == checkout.StageReceipt:
		return "sold"
	case now.Stage != checkout.StagePaying:
		s.t.Fatalf("the kiosk shows %q with the notice %q", now.Stage, now.Live.Notice.Code)
	}
	code := s.look("sco1").Live.Prompt.Code
	asked := len(s.term.asked)
	switch {
	case code == "disk_full" && asked == 0:
		return "not asked"
	case code == "unrecorded" && asked == 1:
		return "device asked and unrecorded"
	}
	s.t.Fatalf("the device was asked %d times, and the shopper is told %q", asked, code)
	return ""
}

// grows restarts the agent with a database that may grow by so many pages, or as far as the disk goes below 0.
func (s *shop) grows(pages int64) {
	s.t.Helper()
	s.end()
	s.most = 0
	if pages >= 0 {
		info, err := os.Stat(filepath.Join(s.dir, "showroom.db"))
		if err != nil {
			s.t.Fatal(err)
		}
		s.most = info.Size() + pages*4096
	}
	s.boot += "'"
	s.open()
	s.begin()
}

// fill takes what is left in the pages there are.
func (s *shop) fill() {
	s.t.Helper()
	for _, size := range []int{2000, 200, 1} {
		var err error
		for err == nil {
			err = s.db.Update(s.t.Context(), func(tx *store.Tx) error {
				_, err := tx.Append(showroom.VisitOpened{Visit: showroom.VisitID(strings.Repeat("v", size))})
				return err
			})
		}
		if !errors.Is(err, store.ErrDiskFull) {
			s.t.Fatal(err)
		}
	}
}
