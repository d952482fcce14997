// Package lang holds every word people read: the texts of the kiosk, the staff
// page and the errors in each language, the patterns of money, numbers, dates
// and times, and the Turkish rules for searching and sorting.
//
// The language belongs to a session, never to the process: two screens, a
// receipt and a staff page may each speak another one at the same moment. So
// there is no current language here; callers keep the [*Texts] that [For] gave
// them. Texts are immutable and safe for concurrent use.
//
// The texts are one flat JSON object per language in the folder texts, keys
// sorted. A value is a string, or {"one": .., "other": ..} where a number "n"
// decides. {name} is replaced by the argument of that name. To add a text, add
// the key to every file: the tests fail until keys and placeholders agree.
package lang
