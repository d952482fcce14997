//go:build race

package dryrun_test

// raced: the race detector watches, and makes an hour of ten rooms ten times as long. One seed shows it all there is to see.
const raced = true
