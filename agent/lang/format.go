package lang

import (
	"strconv"
	"time"
)

// pattern is how a language writes figures. The patterns are our own: the tables
// of x/text print Turkish money wrong.
type pattern struct {
	group, decimal string
	symbolFirst    bool
	date, dateTime string // layouts of package time
}

func patternOf(tag Tag) pattern {
	if tag == Turkish {
		return pattern{group: ".", decimal: ",", date: "02.01.2006", dateTime: "02.01.2006 15:04"}
	}
	return pattern{group: ",", decimal: ".", symbolFirst: true, date: "2 Jan 2006", dateTime: "2 Jan 2006, 15:04"}
}

// Money writes an amount in minor units of an ISO 4217 currency: 123450 TRY is
// "1.234,50 ₺" in Turkish and "₺1,234.50" in English. A currency without a symbol
// of its own here is written as its code behind the amount, and has two decimals
// unless ISO 4217 says otherwise.
func (t *Texts) Money(minor int64, currency string) string {
	amount, negative := t.amount(minor, decimalsOf(currency))
	sign := ""
	if negative {
		sign = "-"
	}
	symbol := symbolOf(currency)
	switch {
	case symbol == "" && currency == "":
		return sign + amount
	case symbol == "":
		return sign + amount + " " + currency
	case t.pattern.symbolFirst:
		return sign + symbol + amount
	}
	return sign + amount + " " + symbol
}

// Number writes a whole number in groups of three digits.
func (t *Texts) Number(n int64) string {
	digits, negative := t.amount(n, 0)
	if negative {
		return "-" + digits
	}
	return digits
}

// Date writes the day in the location at carries: callers pass shop time.
func (t *Texts) Date(at time.Time) string { return at.Format(t.pattern.date) }

// Time writes hours and minutes, 24 hours a day, in the location at carries.
func (t *Texts) Time(at time.Time) string { return at.Format("15:04") }

// DateTime writes day, hours and minutes in the location at carries.
func (t *Texts) DateTime(at time.Time) string { return at.Format(t.pattern.dateTime) }

// Ago writes how long something has lasted in its largest whole unit, minutes,
// hours or days: "2 min". Below one minute, and for negative times, it is "just
// now".
func (t *Texts) Ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return t.T("time.just_now")
	case d < time.Hour:
		return t.N("time.minutes", int(d/time.Minute))
	case d < 24*time.Hour:
		return t.N("time.hours", int(d/time.Hour))
	}
	return t.N("time.days", int(d/(24*time.Hour)))
}

// amount writes the digits of |n| with the last decimals digits as its fraction.
func (t *Texts) amount(n int64, decimals int) (text string, negative bool) {
	magnitude := uint64(n)
	if n < 0 {
		magnitude = -magnitude // right for the smallest int64 too
	}
	digits := strconv.FormatUint(magnitude, 10)
	for len(digits) <= decimals {
		digits = "0" + digits
	}
	whole, fraction := digits[:len(digits)-decimals], digits[len(digits)-decimals:]
	out := make([]byte, 0, len(digits)+len(digits)/3+1)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out = append(out, t.pattern.group...)
		}
		out = append(out, whole[i])
	}
	if fraction != "" {
		out = append(out, t.pattern.decimal...)
		out = append(out, fraction...)
	}
	return string(out), n < 0
}

func symbolOf(currency string) string {
	switch currency {
	case "TRY":
		return "₺"
	case "EUR":
		return "€"
	case "USD":
		return "$"
	case "GBP":
		return "£"
	case "JPY":
		return "¥"
	}
	return ""
}

// decimalsOf lists the active currencies of ISO 4217 that have not two decimals.
func decimalsOf(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}
