package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	// What the programs are made of: so go test knows that a result is old when one of them has changed.
	_ "showroom/agent/app"
	_ "showroom/devices/sim"
	_ "showroom/sync/central"
)

// bin is the folder of the programs. It is written once, before any test.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if bin, err = os.MkdirTemp("", "e2e-bin"); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer os.RemoveAll(bin)
	build := exec.Command("go", "build", "-o", bin+"/", "./agent/cmd/showroom-agent", "./sync/cmd/showroom-central", "./devices/cmd/showroom-sim")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: build the programs: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
