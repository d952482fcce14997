package gs1

import "strings"

// part is a stretch of the data behind an application identifier.
type part struct {
	kind     partKind
	min, max int
	optional bool
}

type partKind uint8

const (
	anyText  partKind = iota // the 82 characters of GS1 General Specifications 7.11
	fileText                 // the 39 of 7.11 that component identifiers take
	digitsOnly
	keyDigits // digits, the last of them a check digit
	date      // YYMMDD; the day 00 means the whole month
	zero      // a filler digit
)

// format is the data of one application identifier.
type format []part

func (f format) minLen() (n int) {
	for _, p := range f {
		if !p.optional {
			n += p.min
		}
	}
	return n
}

func (f format) maxLen() (n int) {
	for _, p := range f {
		n += p.max
	}
	return n
}

func upTo(n int) format     { return format{{anyText, 1, n, false}} }
func numTo(n int) format    { return format{{digitsOnly, 1, n, false}} }
func num(n int) format      { return format{{digitsOnly, n, n, false}} }
func keyOfLen(n int) format { return format{{keyDigits, n, n, false}} }
func day() format           { return format{{date, 6, 6, false}} }

func (f format) then(more format) format { return append(f, more...) }
func (f format) maybe(more format) format {
	more[0].optional = true
	return append(f, more...)
}

// formats are the application identifiers this program knows: GS1 General
// Specifications 24, section 3.2, without those of transport addresses (43nn). A
// letter n in the identifier stands for one digit: the position of a decimal
// point, or a sequence number.
var formats = map[string]format{
	"00": keyOfLen(18), "01": keyOfLen(14), "02": keyOfLen(14), "03": keyOfLen(14),
	"10": upTo(20), "11": day(), "12": day(), "13": day(), "15": day(), "16": day(), "17": day(),
	"20": num(2), "21": upTo(20), "22": upTo(20), "235": upTo(28),
	"240": upTo(30), "241": upTo(30), "242": numTo(6), "243": upTo(20), "250": upTo(30), "251": upTo(30),
	"253": keyOfLen(13).maybe(upTo(17)), "254": upTo(20), "255": keyOfLen(13).maybe(numTo(12)),
	"30": numTo(8), "37": numTo(8),
	"390n": numTo(15), "391n": num(3).then(numTo(15)), "392n": numTo(15), "393n": num(3).then(numTo(15)), "394n": num(4), "395n": num(6),
	"400": upTo(30), "401": upTo(30), "402": keyOfLen(17), "403": upTo(30),
	"410": keyOfLen(13), "411": keyOfLen(13), "412": keyOfLen(13), "413": keyOfLen(13),
	"414": keyOfLen(13), "415": keyOfLen(13), "416": keyOfLen(13), "417": keyOfLen(13),
	"420": upTo(20), "421": num(3).then(upTo(9)), "422": num(3), "423": num(3).maybe(numTo(12)), "424": num(3), "425": num(3).maybe(numTo(12)), "426": num(3), "427": upTo(3),
	"7001": num(13), "7002": upTo(30), "7003": day().then(num(4)), "7004": numTo(4), "7005": upTo(12), "7006": day(),
	"7007": day().maybe(day()), "7008": upTo(3), "7009": upTo(10), "7010": upTo(2), "7020": upTo(20), "7021": upTo(20), "7022": upTo(20), "7023": upTo(30),
	"703n": num(3).then(upTo(27)), "7040": {{anyText, 4, 4, false}}, "723n": {{anyText, 3, 30, false}},
	"710": upTo(20), "711": upTo(20), "712": upTo(20), "713": upTo(20), "714": upTo(20), "715": upTo(20), "716": upTo(20),
	"7240": upTo(20),
	"8001": num(14), "8002": upTo(20), "8003": format{{zero, 1, 1, false}}.then(keyOfLen(13)).maybe(upTo(16)), "8004": upTo(30),
	"8005": num(6), "8006": keyOfLen(14).then(num(4)), "8007": upTo(34), "8008": day().then(num(2)).maybe(numTo(4)), "8009": upTo(50),
	"8010": {{fileText, 1, 30, false}}, "8011": numTo(12), "8012": upTo(20), "8013": upTo(25),
	"8017": keyOfLen(18), "8018": keyOfLen(18), "8019": numTo(10), "8020": upTo(25), "8026": keyOfLen(14).then(num(4)),
	"8110": upTo(70), "8111": num(4), "8112": upTo(70), "8200": upTo(70),
	"90": upTo(30), "91": upTo(90), "92": upTo(90), "93": upTo(90), "94": upTo(90),
	"95": upTo(90), "96": upTo(90), "97": upTo(90), "98": upTo(90), "99": upTo(90),
}

// formatOf looks up a whole application identifier.
func formatOf(ai string) (format, bool) {
	if f, ok := formats[ai]; ok {
		return f, true
	}
	if len(ai) != 4 || !allDigits(ai) {
		return nil, false
	}
	last := ai[3]
	if isMeasure(ai[:3]) {
		return num(6), last <= '5'
	}
	f, ok := formats[ai[:3]+"n"]
	return f, ok && (ai[:3] != "394" || last <= '3') && (ai[:3] != "395" || last <= '5')
}

// isMeasure names the identifiers of weights, lengths, areas and volumes, whose
// fourth digit is the position of the decimal point.
func isMeasure(ai string) bool {
	switch ai[:2] {
	case "31":
		return ai[2] <= '6'
	case "32", "33", "34", "35":
		return ai[2] <= '7'
	case "36":
		return true
	}
	return false
}

// aiAt finds the application identifier s begins with.
func aiAt(s string) (ai string, f format, ok bool) {
	for n := 2; n <= 4 && n <= len(s); n++ {
		if f, ok := formatOf(s[:n]); ok {
			return s[:n], f, true
		}
	}
	return "", nil, false
}

// isFixed says whether the identifier's length is known by its first two digits,
// so that no FNC1 follows: General Specifications figure 7.8.5-1.
func isFixed(ai string) bool {
	const list = "00 01 02 03 04 11 12 13 14 15 16 17 18 19 20 31 32 33 34 35 36 41 "
	return strings.Contains(list, ai[:2]+" ")
}

// check says what is wrong with the data of the format; "" and "" when nothing.
func (f format) check(value string) (code, reason string) {
	if len(value) < f.minLen() || len(value) > f.maxLen() {
		return CodeBadLength, "has the wrong length"
	}
	for _, p := range f {
		if p.optional && value == "" {
			break
		}
		n := min(p.max, len(value))
		if n < p.min {
			return CodeBadLength, "has the wrong length"
		}
		if code, reason := p.check(value[:n]); code != "" {
			return code, reason
		}
		value = value[n:]
	}
	return "", ""
}

func (p part) check(s string) (code, reason string) {
	switch p.kind {
	case anyText, fileText:
		known := isSerialChar
		if p.kind == fileText {
			known = isFileChar
		}
		for i := range len(s) {
			if !known(s[i]) {
				return CodeBadCharacter, "has a character outside its GS1 set"
			}
		}
		return "", ""
	}
	if !allDigits(s) {
		return CodeBadCharacter, "has something else than digits"
	}
	switch p.kind {
	case keyDigits:
		if want, err := CheckDigit(s[:len(s)-1]); err != nil || want != s[len(s)-1] {
			return CodeBadCheckDigit, "has a wrong check digit"
		}
	case date:
		if !isDate(s) {
			return CodeBadDate, "is not a date YYMMDD"
		}
	case zero:
		if s != "0" {
			return CodeBadCharacter, "does not begin with zero"
		}
	}
	return "", ""
}

// isFileChar is the 39-character set of component and part identifiers.
func isFileChar(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || strings.IndexByte("#-/", c) >= 0
}

// isDate takes every century: a year of two digits is a leap year when it is
// divisible by four, and 00 may be.
func isDate(yymmdd string) bool {
	year, month, day := number(yymmdd[:2]), number(yymmdd[2:4]), number(yymmdd[4:])
	last := uint64(31)
	switch month {
	case 4, 6, 9, 11:
		last = 30
	case 2:
		last = 28
		if year%4 == 0 {
			last = 29
		}
	}
	return 1 <= month && month <= 12 && day <= last
}
