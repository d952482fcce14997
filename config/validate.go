package config

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // store.timezone must mean the same on a card without /usr/share/zoneinfo
)

// Validate reports everything that cannot be right in c as Faults without file or line, or nil. It reads no files and
// opens no connections: whether a port or a password file is really there shows when the agent opens it.
func (c Config) Validate() error { return c.validate().orNil() }

func (c Config) validate() Faults {
	v := validation{Config: c, normal: Default()}
	v.store()
	v.localAPI()
	v.devices()
	v.places()
	v.kiosks()
	v.checkout()
	v.broker()
	v.presence()
	v.fitting()
	v.staff()
	v.central()
	v.retention()
	v.log()
	return v.faults
}

// validation is one check of a Config; normal is what a fault proposes instead.
type validation struct {
	Config
	normal Config
	faults Faults
}

func (v *validation) fault(path, problem, instead string) {
	v.faults = append(v.faults, Fault{Path: path, Problem: problem, Instead: instead})
}

// names checks the ids of one list: there, well formed, and not twice.
type names struct {
	v    *validation
	list string
	seen map[string]int
}

func (v *validation) namesOf(list string) names { return names{v, list, map[string]int{}} }

func (n names) check(i int, key, id string) {
	path := fmt.Sprintf("%s[%d].%s", n.list, i, key)
	if !n.v.identifier(path, id) {
		return
	}
	if first, twice := n.seen[id]; twice {
		n.v.fault(path, fmt.Sprintf("%q is already the %s of %s[%d]", id, key, n.list, first), "give each entry its own "+key)
		return
	}
	n.seen[id] = i
}

// identifier checks an id. Ids stand in URLs, MQTT topics and metric labels, so they keep to what is plain in all of these.
func (v *validation) identifier(path, id string) bool {
	if id == "" {
		v.fault(path, "is missing", "write a short name such as fr1")
		return false
	}
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
	}
	if len(id) > 40 || strings.Trim(id, "-_") != id || strings.ContainsFunc(id, func(r rune) bool { return !plain(r) }) {
		v.fault(path, quoted(id)+" is not an id", "write up to 40 of a-z, A-Z, 0-9, - and _, with a letter or digit at both ends")
		return false
	}
	return true
}

func (v *validation) required(path, text, instead string) bool {
	if strings.TrimSpace(text) == "" {
		v.fault(path, "is missing", instead)
		return false
	}
	return true
}

func (v *validation) absolute(path, file string) {
	if file != "" && !filepath.IsAbs(file) {
		v.fault(path, quoted(file)+" depends on the folder the agent is started in", "write a path that begins with /")
	}
}

// within checks that a number lies in a range and proposes the default.
func within[T cmp.Ordered](v *validation, path string, value, least, most, normal T) {
	if value < least || value > most {
		v.fault(path, fmt.Sprintf("%s is not between %s and %s", plain(value), plain(least), plain(most)), "write "+plain(normal))
	}
}

// known checks that a name is one of a fixed set.
func known[T ~string](v *validation, path string, value T, set ...T) bool {
	if slices.Contains(set, value) {
		return true
	}
	problem := quoted(string(value)) + " is not known"
	if value == "" {
		problem = "is missing"
	}
	words := make([]string, len(set))
	for i, s := range set {
		words[i] = string(s)
	}
	v.fault(path, problem, "write one of "+strings.Join(words, ", "))
	return false
}

// plain writes a value as one would in the file: 3m, not 3m0s.
func plain(value any) string {
	text := fmt.Sprint(value)
	if _, ok := value.(time.Duration); ok && text != "0s" {
		if strings.HasSuffix(text, "m0s") {
			text = strings.TrimSuffix(text, "0s")
		}
		if strings.HasSuffix(text, "h0m") {
			text = strings.TrimSuffix(text, "0m")
		}
	}
	return text
}

// listen checks a host:port to listen on and reports whether only this machine can reach it.
func (v *validation) listen(path, address, instead string) (loopback, ok bool) {
	host, port, err := net.SplitHostPort(address)
	n, numErr := strconv.ParseUint(port, 10, 16)
	if err != nil || numErr != nil || n > 65535 {
		v.fault(path, quoted(address)+" is not host:port", instead)
		return false, false
	}
	return isLoopback(host), true
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// remote checks a URL of another service and returns it, or nil. Credentials in a URL end up in logs, so they are refused.
func (v *validation) remote(path, text, instead string, schemes ...string) *url.URL {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		v.fault(path, "is not a URL", instead)
		return nil
	case u.User != nil:
		v.fault(path, "has a user or a password in it, which would end up in logs", "name a file that holds the secret")
		return nil
	case !slices.Contains(schemes, u.Scheme):
		v.fault(path, quoted(u.Scheme)+" is not how this is reached", instead)
		return nil
	}
	return u
}

func (v *validation) store() {
	s := v.Store
	v.identifier("store.id", s.ID)
	v.required("store.name", s.Name, "write the name over the door")
	if _, err := time.LoadLocation(s.Timezone); err != nil || s.Timezone == "" || s.Timezone == "Local" {
		v.fault("store.timezone", quoted(s.Timezone)+" is not a time zone", "write an IANA name such as "+v.normal.Store.Timezone)
	}
	within(v, "store.business_day_starts", time.Duration(s.BusinessDayStarts), 0, 24*time.Hour-time.Minute, time.Duration(v.normal.Store.BusinessDayStarts))
	if !regexp.MustCompile(`^[A-Z]{3}$`).MatchString(s.Currency) {
		v.fault("store.currency", quoted(s.Currency)+" is not a currency", "write three letters such as TRY or EUR")
	}
	v.words("store.languages", s.Languages, `^[a-z]{2}$`, "a language", "write two letters such as tr or en")
	v.words("store.company_prefixes", s.CompanyPrefixes, `^[0-9]{6,12}$`, "a GS1 company prefix", "write the 6 to 12 digits GS1 gave the company, in quotes")
}

// words checks a list that must not be empty, of words of one form, each once.
func (v *validation) words(path string, list []string, form, what, instead string) {
	if len(list) == 0 {
		v.fault(path, "is missing", instead)
	}
	for i, word := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !regexp.MustCompile(form).MatchString(word) {
			v.fault(at, quoted(word)+" is not "+what, instead)
		} else if slices.Contains(list[:i], word) {
			v.fault(at, quoted(word)+" is listed twice", "remove it")
		}
	}
}

func (v *validation) localAPI() {
	if v.required("state_dir", v.StateDir, "write "+v.normal.StateDir) {
		v.absolute("state_dir", v.StateDir)
	}
	v.absolute("local_api.socket", v.LocalAPI.Socket)
	const longest = 107 // of sun_path, without its final zero; a longer one fails only when the agent starts to listen
	if len(v.SocketPath()) > longest {
		v.fault("local_api.socket", fmt.Sprintf("would be %d characters long and Linux takes %d", len(v.SocketPath()), longest), "write a shorter path, such as /run/showroom/agent.sock")
	}
	loopback, ok := v.listen("local_api.listen", v.LocalAPI.Listen, "write "+v.normal.LocalAPI.Listen)
	if ok && !loopback {
		v.fault("local_api.listen", quoted(v.LocalAPI.Listen)+" is open to the network, which needs HTTPS and paired kiosks that this release does not have", "write "+v.normal.LocalAPI.Listen)
	}
}
