package devices

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// StrangerKind is why something is on the list of what is not the shop's.
type StrangerKind string

// The kinds.
const (
	StrangerUnknown StrangerKind = "unknown" // it is there and no configuration names it, so it is not heard
	StrangerRefused StrangerKind = "refused" // it wanted in, or to do what it may not, and was refused
	StrangerRival   StrangerKind = "rival"   // it goes by a name that somebody else has
)

// Stranger is a machine that the configuration does not name. It is told by what it calls itself and by where it speaks, never by
// what it says.
type Stranger struct {
	Kind  StrangerKind
	Via   string // how it came: "broker", "serial port"
	Name  string // what it calls itself: the id of its client, the name of its port; empty when nothing, or several, are known
	Topic string // the beginning of where it publishes, see TopicRoot; empty where nothing is published
	// Clients is under how many names somebody unknown publishes there. Many a device takes a new one whenever it connects, and is one
	// stranger still. It stops at MaxStrangers, and is 0 for everybody else.
	Clients int
	Count   uint64 // how often it was noticed
	First   time.Time
	Last    time.Time
}

// MaxStrangers is how many Strangers keep in mind. When one more comes, the one not noticed for longest goes.
const MaxStrangers = 64

// Strangers is a list of what was noticed and is not the shop's. All methods may be called from any goroutine. The zero Strangers is
// empty.
type Strangers struct {
	mu   sync.Mutex // guards list
	list []noticed
}

// noticed is one Stranger with the names of its clients.
type noticed struct {
	Stranger
	names []string
}

// call takes one more name under which somebody publishes.
func (n *noticed) call(name string) {
	if name == "" || slices.Contains(n.names, name) || len(n.names) == MaxStrangers {
		return
	}
	n.names = append(n.names, name)
	n.Clients, n.Name = len(n.names), ""
	if n.Clients == 1 {
		n.Name = name
	}
}

// Note notices something. Name and topic are cut to what a person can read on one line. Who is unknown is told by its topic where it has
// one, everybody else by name and topic.
func (s *Strangers) Note(kind StrangerKind, via, name, topic string, at time.Time) {
	name, topic = readable(name), readable(topic)
	s.mu.Lock()
	defer s.mu.Unlock()
	grouped, oldest := kind == StrangerUnknown && topic != "", 0
	for i := range s.list {
		k := &s.list[i]
		if k.Kind == kind && k.Via == via && k.Topic == topic && (grouped || k.Name == name) {
			if grouped {
				k.call(name)
			}
			k.Count++
			k.Last = at
			return
		}
		if k.Last.Before(s.list[oldest].Last) {
			oldest = i
		}
	}
	one := noticed{Stranger: Stranger{Kind: kind, Via: via, Name: name, Topic: topic, Count: 1, First: at, Last: at}}
	if grouped {
		one.call(name)
	}
	if len(s.list) < MaxStrangers {
		s.list = append(s.list, one)
		return
	}
	s.list[oldest] = one
}

// List copies the list, by how it came, its name and topic.
func (s *Strangers) List() []Stranger {
	s.mu.Lock()
	list := make([]Stranger, len(s.list))
	for i, one := range s.list {
		list[i] = one.Stranger
	}
	s.mu.Unlock()
	slices.SortFunc(list, func(a, b Stranger) int {
		return cmp.Or(cmp.Compare(a.Via, b.Via), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Kind, b.Kind))
	})
	return list
}

// TopicRoot is the beginning of an MQTT topic, at most two levels that say anything: enough to know which gateway it is. What follows
// is often the address of somebody's phone, and so may be a level of the beginning: then it is left out, but where it is known that a
// gateway tells its own address there.
func TopicRoot(topic string) string {
	levels := strings.Split(topic, "/")
	first, said, end := "", 0, 0
	for end < len(levels) && said < 2 {
		level := levels[end]
		own := said == 1 && end < len(levels)-1 && slices.Contains([]string{"gw", "ruuvi"}, first) // as Minew's and Ruuvi's do
		if likeAddress(level) && !own {
			levels[end] = "…"
		}
		if level != "" {
			said++
			first = cmp.Or(first, level)
		}
		end++
	}
	root := strings.Join(levels[:end], "/")
	if end == len(levels) {
		root = strings.TrimSuffix(root, "/")
	}
	return root
}

// likeAddress says whether a level of a topic is nothing but an address or a longer identifier of a radio.
func likeAddress(level string) bool {
	digits := 0
	for _, c := range level {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
			digits++
		case !strings.ContainsRune(":-_.", c):
			return false
		}
	}
	return digits >= 12
}

// readable cuts a text that came from outside to what fits a line, and takes out of it what does not belong there.
func readable(s string) string {
	const longest = 64
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest-1]) + "…"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
