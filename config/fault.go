package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with the configuration.
type Fault struct {
	File    string // as given to Load or Parse; empty from Validate
	Line    int    // from 1; the nearest enclosing line when a key is missing; 0 when there is none
	Path    string // such as readers[1].power; empty for the file as a whole
	Problem string // what is wrong, quoting the value
	Instead string // what to do about it, as an order: "write 20dBm"
}

// String is the fault in one line: "shop.yaml:14: readers[1].power: "20" has no unit; write 20dBm".
func (f Fault) String() string {
	var b strings.Builder
	switch {
	case f.File != "" && f.Line > 0:
		fmt.Fprintf(&b, "%s:%d: ", f.File, f.Line)
	case f.File != "":
		fmt.Fprintf(&b, "%s: ", f.File)
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Problem + "; " + f.Instead)
	return b.String()
}

// Faults is every fault found, in the order of the file's lines. It is the error type of Load, Parse and Validate, and is never empty
// when it is returned.
type Faults []Fault

// Error is one fault a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// orNil keeps an empty list from becoming a non-nil error.
func (fs Faults) orNil() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}

// sortByLine keeps faults of one line in the order they were found.
func (fs Faults) sortByLine() {
	slices.SortStableFunc(fs, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
}

// covers reports whether a fault at path, or at something path is part of, is already listed: a reader that is no mapping at
// all need not also be told that it lacks an id.
func (fs Faults) covers(path string) bool {
	return slices.ContainsFunc(fs, func(f Fault) bool {
		return f.Path == path || strings.HasPrefix(path, f.Path+".") || strings.HasPrefix(path, f.Path+"[")
	})
}
