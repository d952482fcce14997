package zvtsim

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

func stepNames() [Steps]string {
	return [Steps]string{"asked", "accepted", "card", "approved", "told", "slip", "completed"}
}

// ErrUnknownWord is a fault that begins with no word of [Words].
var ErrUnknownWord = errors.New("is not known")

// Words are the faults as [ParseFault] reads them, with what follows each.
func Words() []string {
	return []string{
		"fine", "pull STEP [stubborn D]", "hang STEP [stubborn D]", "late STEP D", "decline CODE", "refuse CODE", "busy", "no-status", "padded",
		"forgetful", "tells NUMBER",
	}
}

// ParseFault reads a fault in words; of one that is not known the error says those that are:
//
//	fine
//	pull STEP [stubborn DELAY]     the line is cut; a stubborn terminal takes the payment nevertheless, after the delay
//	hang STEP [stubborn DELAY]
//	late STEP DELAY
//	decline CODE                   two hexadecimal digits: 05 declined, 64 unreadable, 6C stopped, CC no paper
//	refuse CODE                    9C busy, 6F wrong currency, 83 not possible
//	busy                           says that it is, and goes on
//	no-status, padded, forgetful
//	tells NUMBER                   tells the number of the card wherever a message has room
//
// with the steps asked, accepted, card, approved, told, slip and completed.
func ParseFault(text string) (Fault, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Fault{}, fmt.Errorf("a fault has at least one word")
	}
	f, rest, err := parseTrouble(words[0], words[1:])
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("nothing follows, and not %q", strings.Join(rest, " "))
	}
	if err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return f, nil
}

func parseTrouble(name string, rest []string) (f Fault, _ []string, err error) {
	switch name {
	case "fine":
		return f, rest, nil
	case "busy":
		f.Trouble = BusyGoes
		return f, rest, nil
	case "no-status":
		f.Trouble = NoStatus
		return f, rest, nil
	case "padded":
		f.Trouble = Padded
		return f, rest, nil
	case "forgetful":
		f.Trouble = Forgetful
		return f, rest, nil
	case "tells":
		f.Trouble = Tells
		rest, err = take(rest, "a number", f.setCard)
		return f, rest, err
	case "decline", "refuse":
		f.Trouble = map[string]Trouble{"decline": Decline, "refuse": Refuse}[name]
		rest, err = take(rest, "a code", func(s string) error {
			n, err := strconv.ParseUint(s, 16, 8)
			f.Code = byte(n)
			return err
		})
		return f, rest, err
	case "pull", "hang", "late":
		f.Trouble = map[string]Trouble{"pull": Pull, "hang": Hang, "late": Late}[name]
	default:
		return f, rest, fmt.Errorf("%q %w; the steps are %v; write one of %s", name, ErrUnknownWord, stepNames(), strings.Join(Words(), ", "))
	}
	if rest, err = take(rest, "a step", f.setStep); err != nil {
		return f, rest, err
	}
	if f.Trouble != Late {
		if len(rest) == 0 || rest[0] != "stubborn" {
			return f, rest, nil
		}
		f.Stubborn, rest = true, rest[1:]
	}
	rest, err = take(rest, "a delay", func(s string) (err error) {
		f.Delay, err = time.ParseDuration(s)
		return err
	})
	return f, rest, err
}

func (f *Fault) setCard(number string) error {
	if len(number) < 8 || strings.Trim(number, "0123456789") != "" {
		return fmt.Errorf("%q is no number of a card", number)
	}
	f.Card = number
	return nil
}

func (f *Fault) setStep(name string) error {
	for i, known := range stepNames() {
		if name == known {
			f.Step = Step(i)
			return nil
		}
	}
	return fmt.Errorf("step %q is none of %v", name, stepNames())
}

func take(words []string, what string, read func(string) error) ([]string, error) {
	if len(words) == 0 {
		return nil, fmt.Errorf("%s is missing", what)
	}
	return words[1:], read(words[0])
}
