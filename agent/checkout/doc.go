// Package checkout is self-checkout: baskets and what they come to, the settlement that pays for one, the sale that follows, and what
// comes back. Money is never guessed: a settlement stands in the journal before its device is asked, and what nobody can say stays
// open until the device or a person says it.
package checkout
