package dryrun_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"showroom/agent/dryrun"
	"showroom/agent/fitting"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices/sim"
)

var (
	seeds = flag.Uint64("seeds", 0, "how many seeds of each scenario; 0: as many as are quick")
	only  = flag.String("scenarios", strings.Join(dryrun.Names(), ","), "which of them")
)

// numbers are the defaults of the configuration.
func numbers() fitting.Options {
	return fitting.Options{
		Visits:     showroom.RetailVisits(),
		Escalation: showroom.EscalationPolicy{90 * time.Second, 180 * time.Second},
		Expires:    30 * time.Minute,
	}
}

func options(t testing.TB, name string) dryrun.Options {
	t.Helper()
	s, err := dryrun.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := dryrun.Like(s, presence.RetailProfile(), numbers())
	if err != nil {
		t.Fatal(err)
	}
	wares, err := sim.DemoCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	return dryrun.Options{Scenario: s, Catalogue: wares, Rules: rules}
}

func TestScenarios(t *testing.T) {
	for i, name := range strings.Split(*only, ",") {
		total := dryrun.Report{Scenario: name}
		n := *seeds
		if n == 0 {
			n = 2
		}
		if err := dryrun.Each(t.Context(), options(t, name), 1, n, func(r dryrun.Report) error { total.Add(r); return nil }); err != nil {
			t.Fatal(err)
		}
		if err := total.Table(os.Stdout, i == 0); err != nil {
			t.Fatal(err)
		}
	}
}
