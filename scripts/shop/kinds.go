package shop

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Rooms are the fitting rooms of a shop of all kinds, and the kiosks in them. All but left and right have a reader of their own, which
// has the room's name and, but for calm, which is an R200 as well, that of its kind; those two share the reader r2000.
func Rooms() []string {
	return []string{"calm", "r200", "thingmagic", "left", "right", "llrp", "zebra", "impinj", "template"}
}

// Gateways are the gateways of a shop of all kinds, each in a zone of its name. They have the names of their formats, but for door,
// which is an OpenMQTTGateway as well. Beside each is the loan tag [LoanTag], and at the door [Stroller] too.
func Gateways() []string { return []string{"omg", "theengs", "espresense", "minew", "ruuvi", "door"} }

// Stroller is what the simulated shop calls the second loan tag at the door.
const Stroller = "stroller"

// LoanTag is what the simulated shop calls the loan tag that is near a gateway at first.
func LoanTag(gateway string) string { return "bag-" + gateway }

// Scenario is the file of what the simulated shop plays; "" when that is of its own making.
func (s *Shop) Scenario() string { return s.opt.Scenario }

// writeKinds writes what a shop of all kinds has beside its configuration.
func (s *Shop) writeKinds(about map[string]any) error {
	mapping, err := files.ReadFile("kinds.mapping.json")
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.mapping(), mapping, 0o644); err != nil {
		return err
	}
	var text strings.Builder
	if err := templates().ExecuteTemplate(&text, "kinds.scenario.tmpl", about); err != nil {
		return fmt.Errorf("write scenario: %w", err)
	}
	s.opt.Scenario = filepath.Join(s.opt.Dir, "kinds.scenario")
	return os.WriteFile(s.opt.Scenario, []byte(text.String()), 0o644)
}

// mapping is the file that says what the reader of kind template publishes.
func (s *Shop) mapping() string { return filepath.Join(s.opt.Dir, "template.json") }
