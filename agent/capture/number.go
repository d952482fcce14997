package capture

import "showroom/agent/pan"

// longestCard is how many digits a card number has at most.
const longestCard = 19

// decided is how much of what has come can be written down, so that no card number passes in two halves, whatever comes next. The rest is
// short: nothing but digits, in groups with single blanks or dashes, and longestCard+1 of them at most.
func decided(p []byte) int {
	start := runOf(p)
	enough := nthFromEnd(p[start:], longestCard)
	if enough < 0 {
		return start
	}
	if last := groupOf(p); len(p)-last > longestCard { // too long for a card number, and to be known as such
		if cut := len(p) - longestCard - 1; harmless(p, cut) {
			return cut
		}
	}
	for at := start + enough; at < len(p); at++ { // a number that begins before cannot go on behind what has come
		if digit(p[at]) && (at == start || !digit(p[at-1])) && harmless(p, at) {
			return at
		}
	}
	return len(p)
}

// harmless says that a cut there goes through no card number, and makes none.
func harmless(p []byte, at int) bool {
	return pan.Mask(string(p[:at]))+pan.Mask(string(p[at:])) == pan.Mask(string(p))
}

// runOf is where the digits begin that p ends with, in groups with one blank or dash between two, or behind the last.
func runOf(p []byte) int {
	at := len(p)
	for at > 0 && (digit(p[at-1]) || at > 1 && separates(p[at-1]) && digit(p[at-2])) {
		at--
	}
	return at
}

// groupOf is where the digits begin that p ends with, all in one piece.
func groupOf(p []byte) int {
	at := len(p)
	for at > 0 && digit(p[at-1]) {
		at--
	}
	return at
}

// nthFromEnd is where the n-th digit from the end stands; -1 when there are not more than n.
func nthFromEnd(p []byte, n int) int {
	at, seen := -1, 0
	for i := len(p) - 1; i >= 0; i-- {
		if !digit(p[i]) {
			continue
		}
		if seen++; seen == n {
			at = i
		}
	}
	if seen <= n {
		return -1
	}
	return at
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func separates(c byte) bool { return c == ' ' || c == '-' }
