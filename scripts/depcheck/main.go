// Command depcheck holds the code to the house plan: which package may import which, and a few habits a compiler does not check.
// It prints every violation with its reason and exits 1 when there is one.
//
//	go run ./scripts/depcheck [folder]
//
// The plan is table.go. The same check runs as a test of this package.
package main

import (
	"fmt"
	"os"
)

func main() {
	folder := "."
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	found, err := check(folder, house())
	if err != nil {
		fmt.Fprintln(os.Stderr, "depcheck:", err)
		os.Exit(2)
	}
	for _, v := range found {
		fmt.Println(v)
	}
	if len(found) > 0 {
		os.Exit(1)
	}
}
