//go:build !race

package dryrun_test

const raced = false
