package sim

import (
	"bytes"
	_ "embed"
	"fmt"
)

//go:embed demo.scenario
var demoScenario string

//go:embed hold.scenario
var holdScenario string

//go:embed all-kinds.scenario
var allKindsScenario string

//go:embed demo/catalogue.csv
var demoCatalogue []byte

// Demo is the scenario of the demonstration: a hundred seconds that begin again.
func Demo() (Scenario, error) { return builtIn("demo.scenario", demoScenario) }

// Hold is the shop of the demonstration in which nothing happens until somebody says so.
func Hold() (Scenario, error) { return builtIn("hold.scenario", holdScenario) }

// AllKinds is a shop with one device of every kind, each in trouble once.
func AllKinds() (Scenario, error) { return builtIn("all-kinds.scenario", allKindsScenario) }

// DemoCatalogue is what the shop of the demonstration sells.
func DemoCatalogue() (Catalogue, error) { return ReadCatalogue(bytes.NewReader(demoCatalogue)) }

func builtIn(name, text string) (Scenario, error) {
	s, err := ParseScenario(text)
	if err != nil {
		return Scenario{}, fmt.Errorf("read %s: %w", name, err)
	}
	return s, nil
}
