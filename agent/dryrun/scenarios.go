package dryrun

import (
	"context"
	"embed"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"

	"showroom/devices/sim"
)

//go:embed scenarios
var kept embed.FS

//go:embed figures.txt
var figures string

// Figures says what each figure of a Report means, for people.
func Figures() string { return figures }

const extension = ".scenario"

// Names are the scenarios that come with the program.
func Names() []string {
	return []string{"ten-rooms", "still-tag", "trolley", "clearing", "swap", "stock-rail", "own-clothes", "restocking"}
}

// Read reads the scenario of that name, or, if there is none, the file. The error is [sim.Faults] with the file when its text is wrong.
func Read(nameOrFile string) (sim.Scenario, error) {
	text, err := kept.ReadFile("scenarios/" + nameOrFile + extension)
	if err != nil {
		text, err = os.ReadFile(nameOrFile)
	}
	if err != nil {
		return sim.Scenario{}, fmt.Errorf("read scenario: %w; those that come with the program are %s", err, strings.Join(Names(), ", "))
	}
	s, err := sim.ParseScenario(string(text))
	return s, sim.In(nameOrFile, err)
}

// Each plays the scenario once for every seed from first to last, as many at a time as the machine has processors, and hands over
// the reports in the order of the seeds. The first error, of a run or of report, ends it.
func Each(ctx context.Context, o Options, first, last uint64, report func(Report) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type answer struct {
		report Report
		err    error
	}
	// Each run has a channel with room for its answer, so that nobody waits for the one that is read first.
	pending := make(chan chan answer, runtime.GOMAXPROCS(0)-1)
	var all sync.WaitGroup
	all.Go(func() {
		defer close(pending)
		for seed := first; seed <= last && ctx.Err() == nil; seed++ {
			one := make(chan answer, 1)
			all.Go(func() {
				run := o
				run.Scenario = o.Scenario.WithSeed(seed)
				r, err := Run(ctx, run)
				one <- answer{r, err}
			})
			pending <- one
		}
	})
	for one := range pending {
		a := <-one
		if a.err == nil && ctx.Err() == nil {
			a.err = report(a.report)
		}
		if a.err != nil {
			cancel(a.err)
		}
	}
	all.Wait()
	return context.Cause(ctx)
}
