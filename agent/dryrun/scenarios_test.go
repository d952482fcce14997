package dryrun_test

import (
	"flag"
	"testing"
	"time"

	"showroom/agent/dryrun"
	"showroom/agent/fitting"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices/sim"
)

// -seeds 200 is the whole proof; make simulate prints its table.
var seeds = flag.Uint64("seeds", 0, "how many seeds of each scenario; 0: as many as are quick")

// options are those of a scenario by name or file, under the retail rules.
func options(t testing.TB, name string) dryrun.Options {
	t.Helper()
	s, err := dryrun.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := dryrun.Like(s, presence.RetailProfile(), fitting.Options{
		Visits:     showroom.RetailVisits(),
		Escalation: showroom.EscalationPolicy{90 * time.Second, 180 * time.Second},
		Expires:    30 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	wares, err := sim.DemoCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	return dryrun.Options{Scenario: s, Catalogue: wares, Rules: rules}
}

// figures says of each promise whether it is held.
type figures map[string]bool

// Every scenario holds what a shop may expect of it. Whatever happens, an outage sends nobody away and nobody leaves sooner than after
// twenty seconds or later than after forty-five.
func TestScenarios(t *testing.T) {
	for _, c := range []struct {
		name  string
		quick uint64 // seeds
		holds func(dryrun.Report) figures
	}{
		{"ten-rooms", 8, func(r dryrun.Report) figures {
			return figures{
				"wrong rooms below 1 %": r.WrongRoomRate() < .01,
				"detection p95 < 3 s":   r.Detect(.95) < 3,
			}
		}},
		{"still-tag", 2, func(r dryrun.Report) figures {
			return figures{"no still tag moves": r.MovesOfStillTags == 0, "none departs": r.FalseDepartures == 0}
		}},
		{"trolley", 3, trap},
		{"clearing", 3, trap},
		{"swap", 3, trap},
		{"stock-rail", 3, trap},
		{"own-clothes", 3, trap},
		{"restocking", 3, trap},
	} {
		t.Run(c.name, func(t *testing.T) {
			total := dryrun.Report{Scenario: c.name}
			n := c.quick
			switch {
			case *seeds > 0:
				n = *seeds
			case raced:
				n = 1
			}
			err := dryrun.Each(t.Context(), options(t, c.name), 1, n, func(r dryrun.Report) error {
				total.Add(r)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if total.Arrivals == 0 || total.Visits == 0 {
				t.Errorf("nothing has happened: %+v", total)
			}
			held := c.holds(total)
			held["no departure caused by an outage"] = total.DeparturesDuringOutage == 0
			held["departures in 20 to 45 s"] = !(total.Depart(0) < 20) && !(total.Depart(1) > 45) && total.Lingering == 0
			for what, ok := range held {
				if !ok {
					t.Errorf("%s does not hold", what)
				}
			}
			if err := total.Table(t.Output(), true); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// trap is what must hold where the readers hear what no shopper brought.
func trap(r dryrun.Report) figures {
	return figures{
		"no false visit":   r.FalseVisits == 0,
		"no visit missed":  r.VisitsMissed == 0,
		"no request moved": r.RequestsMoved == 0,
		"no request lost":  r.RequestsLost == 0,
	}
}
