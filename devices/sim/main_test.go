package sim_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain lets more tests run beside each other than there are processors: nearly all of their time they wait for devices.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(m.Run())
}
