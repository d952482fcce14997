package okcsim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

func (s Step) String() string {
	return [...]string{"unheard", "heard", "accepted", "card", "approved", "printed", "told"}[s]
}

// ErrUnknownWord is a fault that begins with no word of [Words].
var ErrUnknownWord = errors.New("is not known")

// Words are the faults as [ParseFault] reads them, with what follows each.
func Words() []string {
	words := []string{"fine", "pull STEP", "hang STEP [D]", "late STEP [D]", "tells NUMBER"}
	for _, t := range plain() {
		words = append(words, string(t))
	}
	return words
}

// plain are the troubles that nothing follows.
func plain() []Trouble {
	return []Trouble{NoPaper, PaperLater, OtherCurrency, Busy, CardRefused, ShopperStops, NoCard, BankOffline}
}

// ParseFault reads a fault in words; of one that is not known the error ends with those that are:
//
//	fine
//	pull STEP
//	hang STEP [D], late STEP [D]   for ever if not told
//	tells NUMBER                   the number of a card
//	no_paper, paper_later, other_currency, busy, card_refused, shopper_stops, no_card, bank_offline
//
// with the steps unheard, heard, accepted, card, approved, printed and told.
func ParseFault(text string) (f Fault, err error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return f, fmt.Errorf("a fault has at least one word")
	}
	rest := words[1:]
	switch f.Trouble = Trouble(words[0]); f.Trouble {
	case "fine":
		f.Trouble = ""
	case Tells:
		if len(rest) == 0 || strings.Trim(rest[0], "0123456789") != "" {
			return Fault{}, fmt.Errorf("fault %q: the number of a card is missing", text)
		}
		f.Card, rest = rest[0], rest[1:]
	case Pull, Hang, Late:
		if len(rest) == 0 {
			return Fault{}, fmt.Errorf("fault %q: a step is missing", text)
		}
		at := slices.IndexFunc(Steps(), func(s Step) bool { return s.String() == rest[0] })
		if at < 0 {
			return Fault{}, fmt.Errorf("fault %q: step %q is none of %v", text, rest[0], Steps())
		}
		f.At, rest = Steps()[at], rest[1:]
		if f.Trouble == Pull || len(rest) == 0 {
			break
		}
		if f.For, err = time.ParseDuration(rest[0]); err != nil || f.For <= 0 {
			return Fault{}, fmt.Errorf("fault %q: %q is not a time like 2s", text, rest[0])
		}
		rest = rest[1:]
	default:
		if !slices.Contains(plain(), f.Trouble) {
			return Fault{}, fmt.Errorf("fault %q: %q %w; the steps are %v; write one of %s", text, words[0], ErrUnknownWord, Steps(), strings.Join(Words(), ", "))
		}
	}
	if len(rest) > 0 {
		return Fault{}, fmt.Errorf("fault %q: nothing follows, and not %q", text, strings.Join(rest, " "))
	}
	return f, nil
}
