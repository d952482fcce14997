// Package staff serves the page that associates carry on their phones: what is wanted in which fitting room, how the rooms stand,
// how the devices are. It decides nothing about requests and visits; it asks the use cases of package fitting in one transaction.
//
// Every list is complete HTML after a plain GET, and every button is a form: the page works without JavaScript. With it, the
// stream of the agent says when to look again and the page fetches its own list, nothing else.
//
// A person signs in with a name and a PIN. What associates do is never measured: the page shows who has a request while it is
// open, and no times per person.
package staff

import (
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"showroom/agent/capture"
	"showroom/agent/customer"
	"showroom/agent/fitting"
	"showroom/agent/lang"
	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Role is what a person may do, in the words of the configuration.
type Role string

// The roles. A Technician sees devices and no shoppers; any other word counts as one.
const (
	Associate  Role = "associate"
	Manager    Role = "manager"
	Technician Role = "technician"
)

// servesShoppers says whether the role may see requests and rooms.
func (r Role) servesShoppers() bool { return r == Associate || r == Manager }

// Person is one member of staff.
type Person struct {
	ID      showroom.StaffID
	Name    string
	Role    Role
	PINHash string // as HashPIN makes it
}

// Device is a machine of the shop as the configuration names it.
type Device struct {
	ID    showroom.DeviceID
	Sort  string // "reader", "gateway", "scanner", "settler" or "printer"
	Kind  string
	Rooms []showroom.RoomID
	Else  []string // what else it serves, named as the staff name it
}

// Options are what the page knows of the shop.
type Options struct {
	StoreName string
	Languages []string // tags, the shop's own first; those without texts are left out, none at all is English
	People    []Person
	Session   time.Duration // from signing in to the next PIN
	Devices   []Device
	Central   bool              // a central service is configured
	Tags      *customer.Tags    // nil: the shop lends none
	Captures  *capture.Captures // nil: nothing can be captured
	Desks     Desks             // nil: nobody pays here
	Tills     Tills             // may be nil
	Location  *time.Location    // of the shop; nil is UTC
	Now       func() showroom.Moment
	Log       *slog.Logger
}

// Page serves everything below /staff. It may be used by any number of requests at once and starts no goroutine.
type Page struct {
	db        *store.DB
	rooms     *fitting.Rooms
	board     *live.Board
	opt       Options
	people    map[showroom.StaffID]Person
	languages []lang.Tag
	glossary  glossary
	assets    *assets
	templates map[string]*template.Template
	door      *door
	mux       *http.ServeMux
}

// New builds the page. Whoever serves it refuses cross-origin posts and limits bodies; see package httpd.
func New(db *store.DB, rooms *fitting.Rooms, board *live.Board, opt Options) *Page {
	p := &Page{db: db, rooms: rooms, board: board, opt: opt, people: map[showroom.StaffID]Person{}, glossary: newGlossary(), assets: loadAssets(), door: newDoor(), mux: http.NewServeMux()}
	for _, person := range opt.People {
		p.people[person.ID] = person
	}
	for _, tag := range opt.Languages {
		if t, ok := lang.Parse(tag); ok {
			p.languages = append(p.languages, t)
		}
	}
	if len(p.languages) == 0 {
		p.languages = []lang.Tag{lang.English}
	}
	if p.opt.Location == nil {
		p.opt.Location = time.UTC
	}
	p.templates = parseTemplates(p.assets)
	p.routes()
	return p
}

// Paths of the pages.
const (
	pathHome    = "/staff"
	pathSignIn  = "/staff/signin"
	pathQueue   = "/staff/queue"
	pathRooms   = "/staff/rooms"
	pathDevices = "/staff/devices"
)

func (p *Page) routes() {
	p.mux.HandleFunc("GET "+pathHome+"/{$}", p.getHome)
	p.mux.HandleFunc("GET "+pathHome, p.getHome)
	p.mux.HandleFunc("GET /staff/assets/{sum}/{name}", p.assets.serve)
	p.mux.HandleFunc("GET "+pathSignIn, p.getSignIn)
	p.mux.HandleFunc("POST "+pathSignIn, p.postSignIn)
	p.mux.HandleFunc("POST /staff/signout", p.postSignOut)
	p.mux.HandleFunc("POST /staff/language", p.postLanguage)
	p.mux.HandleFunc("GET "+pathQueue, p.forShoppers(p.getQueue))
	p.mux.HandleFunc("GET "+pathRooms, p.forShoppers(p.getRooms))
	p.mux.HandleFunc("GET "+pathDevices, p.signedIn(p.getDevices))
	p.mux.HandleFunc("GET /staff/", p.signedIn(func(w http.ResponseWriter, r *http.Request, who visitor) {
		p.fail(w, r, who, showroom.Errorf(showroom.CodeNotFound, "There is no such page."))
	}))
	p.mux.HandleFunc("POST /staff/requests/{request}/{act}", p.forShoppers(p.postRequest))
	p.mux.HandleFunc("POST /staff/calls/{call}/answer", p.forShoppers(p.postAnswer))
	p.mux.HandleFunc("POST /staff/rooms/{room}/end", p.forShoppers(p.postEnd))
	p.restockRoutes()
	if p.opt.Tags != nil {
		p.tagRoutes()
	}
	if p.opt.Captures != nil {
		p.captureRoutes()
	}
	if p.opt.Desks != nil {
		p.moneyRoutes()
	}
}

// policy allows what this page brings along and nothing else: no inline script, no inline style, no other host.
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

// ServeHTTP answers everything below /staff.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// Not no-referrer: browsers then send "Origin: null" with forms, and the protection against cross-origin posts refuses them.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	p.mux.ServeHTTP(w, r)
}

// visitor is the person who asks, on one device.
type visitor struct {
	Person
	token tokenHash
}

// signedIn lets only people in who have signed in.
func (p *Page) signedIn(next func(http.ResponseWriter, *http.Request, visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, err := p.visitor(r)
		switch showroom.ErrorCode(err) {
		case "":
			next(w, r, who)
		case showroom.CodeUnauthorized:
			leaveFor(w, r, pathSignIn)
		default:
			p.fail(w, r, visitor{}, err)
		}
	}
}

// forShoppers is signedIn for people who serve shoppers.
func (p *Page) forShoppers(next func(http.ResponseWriter, *http.Request, visitor)) http.HandlerFunc {
	return p.signedIn(func(w http.ResponseWriter, r *http.Request, who visitor) {
		if !who.Role.servesShoppers() {
			p.fail(w, r, who, showroom.Errorf(showroom.CodeForbidden, "This page is for those who serve shoppers."))
			return
		}
		next(w, r, who)
	})
}

func (p *Page) getHome(w http.ResponseWriter, r *http.Request) {
	p.signedIn(func(w http.ResponseWriter, r *http.Request, who visitor) { leaveFor(w, r, who.home()) })(w, r)
}

// home is the page a person begins with.
func (v visitor) home() string {
	if v.Role.servesShoppers() {
		return pathQueue
	}
	return pathDevices
}
