package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/scripts/shop"
	"showroom/sync/profileapi"
)

// untilSent waits until the centre has acknowledged everything.
func (s *testShop) untilSent() {
	s.t.Helper()
	s.eventually("the centre has everything", func() error {
		if n := s.status().Unsent; n > 0 {
			return fmt.Errorf("%d events are unsent", n)
		}
		return nil
	})
}

// atCentre answers the ids of every event the centre has of this shop, with how often each is there.
func (s *testShop) atCentre() map[string]int {
	s.t.Helper()
	client, err := profileapi.NewClient(profileapi.Options{URL: s.Central, Token: shop.OperatorToken})
	s.must(err)
	epoch := s.status().Epoch
	count := map[string]int{}
	for _, lane := range []showroom.Lane{showroom.LaneFacts, showroom.LaneObservations} {
		for after := int64(0); ; {
			page, err := client.Events(s.t.Context(), shop.Store, epoch, string(lane), after, 1000)
			s.must(err)
			for _, e := range page.Events {
				count[e.ID]++
			}
			if page.Next == 0 {
				break
			}
			after = page.Next
		}
	}
	return count
}

// exactlyOnce stops the agent and compares its journal with what the centre has: every row that is for the centre is there, once, and
// nothing else is. It answers how often each kind was written down.
func (s *testShop) exactlyOnce() map[showroom.Kind]int {
	s.t.Helper()
	s.untilSent()
	there := s.atCentre()
	s.AgentProcess.Stop()
	kinds, sent := map[showroom.Kind]int{}, 0
	var wrong []string
	rows := s.journal()
	for _, r := range rows {
		kinds[r.Kind]++
		if !r.Lane.Uploaded() {
			continue
		}
		sent++
		if there[r.ID()] != 1 {
			wrong = append(wrong, fmt.Sprintf("%s %s is there %d times", r.ID(), r.Kind, there[r.ID()]))
		}
	}
	if len(wrong) > 0 || len(there) != sent || sent == 0 {
		slices.Sort(wrong)
		s.t.Errorf("the centre has %d events, the journal %d for it\n%s", len(there), sent, strings.Join(wrong, "\n"))
	} else {
		s.t.Logf("%d rows in the journal, %d of them for the centre, each there once", len(rows), sent)
	}
	return kinds
}

// journal reads what a stopped agent has written down.
func (s *testShop) journal() (all []showroom.Row) {
	s.t.Helper()
	db, err := store.Open(s.t.Context(), store.Options{Dir: filepath.Join(s.Dir(), "agent"), MachineID: s.machine(), Clock: func() showroom.Moment {
		return showroom.Moment{Wall: time.Now()}
	}})
	s.must(err)
	defer db.Close()
	s.must(db.IntegrityCheck(s.t.Context()))
	for seq := int64(0); ; {
		rows, err := db.Since(s.t.Context(), seq, 1000)
		s.must(err)
		all = append(all, rows...)
		if len(rows) < 1000 {
			return all
		}
		seq = rows[len(rows)-1].Seq
	}
}

// machine is the id the agent has bound its journal to; any other would begin a new epoch.
func (s *testShop) machine() string {
	s.t.Helper()
	if b, err := os.ReadFile("/etc/machine-id"); err == nil && len(strings.TrimSpace(string(b))) > 0 {
		return strings.TrimSpace(string(b))
	}
	host, err := os.Hostname()
	s.must(err)
	return host
}
