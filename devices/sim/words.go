package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// Verb is what somebody does in the shop.
type Verb int8

// The verbs.
const (
	Carry     Verb = iota + 1 // a garment into a room
	Take                      // a garment out of the room it is in
	Pull                      // the cable of a reader
	Plug                      // it back in
	Break                     // what is wrong with a device that is plugged
	Show                      // a code to a scanner
	Walk                      // with a loan tag to a gateway, or away
	Move                      // garments, by an associate's hands
	Gather                    // what hangs in a room, to be moved together
	Enter                     // a shopper comes
	Leave                     // and goes
	Ask                       // for a piece to be brought to the room
	Restock                   // a room is given over to stock from now on
	Restocked                 // and to shoppers again
	Spoil                     // a payment that is still to come at a terminal
)

// Action is one thing somebody does. It is a plain value.
type Action struct {
	Verb   Verb
	Ware   Ware              // of Carry and Ask
	Count  int               // of Carry: how many pieces TAG-1, TAG-2, ...; 0 for the one of the name
	Tag    string            // name of Carry, Take, Walk, Move and Gather
	Reader showroom.DeviceID // the device of all but Take; "" in a Walk or Move away, and where there is a Spot
	Spot   string            // of Carry and Move
	Who    string            // of Enter and Leave
	// Trouble of Break, and for how long; 0 is until it is told off.
	Trouble Trouble
	For     time.Duration
	Text    string // of Show: what the code says; of Spoil: what goes wrong
}

// WareKind says how a garment was named.
type WareKind int8

// The kinds of wares.
const (
	Named   WareKind = iota + 1 // by its name and size in the catalogue
	ByGTIN                      // by its number
	Foreign                     // a shopper's own, of a company that is not the shop
	Unknown                     // of the shop's company, but not in the catalogue
	Any                         // something of the catalogue, by chance
)

// Ware is the garment that a tag is sewn to, as somebody names it.
type Ware struct {
	Kind WareKind
	Name string   // of Named, as in the catalogue's name_en; case does not matter
	Size string   // of Named; "" is the first size in the catalogue
	GTIN gs1.GTIN // of ByGTIN
}

// String is the ware as it is written in a scenario.
func (w Ware) String() string {
	switch w.Kind {
	case ByGTIN:
		return "gtin " + w.GTIN.String()
	case Foreign:
		return "foreign"
	case Unknown:
		return "unknown"
	case Any:
		return "piece"
	}
	if w.Size == "" {
		return `"` + w.Name + `"`
	}
	return fmt.Sprintf(`"%s" size %s`, w.Name, quoted(w.Size))
}

// String is the action as it is written in a scenario.
func (a Action) String() string {
	switch a.Verb {
	case Carry:
		return fmt.Sprintf("carry %s %s as %s", a.carried(), a.where(), quoted(a.Tag))
	case Take:
		return fmt.Sprintf("take %s out", quoted(a.Tag))
	case Pull:
		return fmt.Sprintf("pull %s", quoted(string(a.Reader)))
	case Break:
		return a.trouble()
	case Show:
		return fmt.Sprintf("scan %s at %s", `"`+a.Text+`"`, quoted(string(a.Reader)))
	case Walk:
		return a.walk()
	case Spoil:
		return a.spoil()
	case Move, Gather, Enter, Leave, Ask, Restock, Restocked:
		return a.people()
	}
	return fmt.Sprintf("plug %s", quoted(string(a.Reader)))
}

// quoted is s, between quotation marks where a bare word would be read otherwise.
func quoted(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\r#") {
		return `"` + s + `"`
	}
	return s
}

// Verbs are the words that actions begin with.
func Verbs() []string {
	return []string{
		"carry", "take", "move", "gather", "enter", "leave", "ask", "restock", "pull", "plug", "fault", "garbage", "silence", "scan", "walk", "spoil",
	}
}

// ParseAction reads one action in the words of [Grammar].
func ParseAction(line string) (Action, error) {
	words, err := split(line)
	if err != nil {
		return Action{}, err
	}
	return parseAction(&sentence{words: words})
}

func parseAction(s *sentence) (a Action, err error) {
	switch verb := s.next("what to do"); verb {
	case "carry":
		a = s.carry()
	case "take":
		a.Verb = Take
		a.Tag = s.next("the name of the tag")
		s.expect("out")
	case "pull":
		a.Verb, a.Reader = Pull, s.reader()
	case "plug":
		a.Verb, a.Reader = Plug, s.reader()
	case "fault", "garbage", "silence":
		a = s.trouble(verb)
	case "scan":
		a.Verb, a.Text = Show, s.next("a code")
		s.expect("at")
		a.Reader = s.device("a scanner")
	case "walk":
		a = s.walk()
	case "spoil":
		a = s.spoil()
	case "move", "gather", "enter", "leave", "ask", "restock":
		a = s.people(verb)
	default:
		all := Verbs()
		last := len(all) - 1
		s.fail("%q is nothing to do: want %s or %s", verb, strings.Join(all[:last], ", "), all[last])
	}
	return a, s.end()
}

func (s *sentence) ware() Ware {
	if s.quotedNext() {
		w := Ware{Kind: Named, Name: s.next("a product")}
		if s.peek() == "size" {
			s.next("size")
			w.Size = s.next("a size")
		}
		return w
	}
	switch kind := s.next("a product"); kind {
	case "gtin":
		digits := s.next("a GTIN")
		gtin, err := gs1.ParseGTIN(digits)
		if err != nil {
			s.fail("%q is not a GTIN", digits)
		}
		return Ware{Kind: ByGTIN, GTIN: gtin}
	case "foreign":
		return Ware{Kind: Foreign}
	case "unknown":
		return Ware{Kind: Unknown}
	case "piece":
		return Ware{Kind: Any}
	default:
		s.fail("%q is not a product: want \"NAME\" between quotation marks, gtin DIGITS, foreign, unknown or piece", kind)
		return Ware{}
	}
}

func (s *sentence) reader() showroom.DeviceID { return showroom.DeviceID(s.next("a reader")) }

// word is one word of a line.
type word struct {
	text   string
	quoted bool
}

var errQuote = errors.New("a quotation mark is missing")

// split cuts a line into words. What stands between quotation marks is one word; # begins a comment.
func split(line string) ([]word, error) {
	var words []word
	for {
		line = strings.TrimLeft(line, " \t\r")
		switch {
		case line == "" || line[0] == '#':
			return words, nil
		case line[0] == '"':
			text, rest, ok := strings.Cut(line[1:], `"`)
			if !ok {
				return nil, errQuote
			}
			words = append(words, word{text: text, quoted: true})
			line = rest
		default:
			n := strings.IndexAny(line, " \t\r#\"")
			if n < 0 {
				n = len(line)
			}
			words = append(words, word{text: line[:n]})
			line = line[n:]
		}
	}
}

// sentence is read word by word. It remembers the first thing wrong with it.
type sentence struct {
	words []word
	err   error
}

func (s *sentence) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

func (s *sentence) peek() string {
	if len(s.words) == 0 || s.words[0].quoted {
		return ""
	}
	return s.words[0].text
}

func (s *sentence) quotedNext() bool { return len(s.words) > 0 && s.words[0].quoted }

// next is the next word; what says in words what it should be.
func (s *sentence) next(what string) string {
	if len(s.words) == 0 {
		s.fail("the line ends where %s is wanted", what)
		return ""
	}
	w := s.words[0]
	s.words = s.words[1:]
	if w.text == "" {
		s.fail("%s is empty", what)
	}
	return w.text
}

func (s *sentence) expect(keyword string) {
	if got := s.next(fmt.Sprintf("%q", keyword)); got != keyword {
		s.fail("want %q, not %q", keyword, got)
	}
}

// end is what was wrong; words that are left are.
func (s *sentence) end() error {
	if len(s.words) > 0 {
		s.fail("nothing may follow, and there is %q", s.words[0].text)
	}
	return s.err
}
