package staff

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"showroom/agent/lang"
	"showroom/agent/showroom"
)

//go:embed templates/*.html
var templateFiles embed.FS

// parseTemplates parses the embedded pages, each with the frame around it. They are part of the program: one that does not parse is
// a defect every test run meets, hence the panic.
func parseTemplates(a *assets) map[string]*template.Template {
	pages := map[string]*template.Template{}
	for _, name := range []string{"signin", "queue", "colleague", "rooms", "devices", "loan", "enrol", "capture", "money", "money_form", "money_find", "refused"} {
		t := template.New(name).Funcs(template.FuncMap{"asset": a.path})
		pages[name] = template.Must(t.ParseFS(templateFiles, "templates/frame.html", "templates/"+name+".html"))
	}
	return pages
}

// frame is what all pages show around themselves. Its Texts speak the language of the device.
type frame struct {
	*lang.Texts
	Store     string
	Heading   string
	Path      string // of this page; the list is fetched again from there
	Signed    bool
	Name      string
	Shoppers  bool // may see requests and rooms
	Lends     bool // may see loan tags
	Sells     bool // may see what is paid for
	Still     bool // somebody types here: the page is not fetched anew by itself
	Open      int  // requests and calls that wait for somebody; stands in the title of the tab
	Languages []tongue
	Capture   string // that a capture runs; "" while none does
	Notice    *notice
}

type tongue struct {
	Tag, Name string
	Current   bool
}

// notice is one sentence on top of the page.
type notice struct {
	Text  string
	Alert bool // something did not work; else it is calm
}

func alert(text string) *notice { return &notice{Text: text, Alert: true} }

func (p *Page) frame(r *http.Request, who visitor, heading string) frame {
	texts := p.texts(r)
	f := frame{Texts: texts, Store: p.opt.StoreName, Heading: heading, Path: r.URL.Path,
		Signed: who.ID != "", Name: who.Name, Shoppers: who.Role.servesShoppers(),
		Lends: who.Role.servesShoppers() && p.opt.Tags != nil, Sells: who.Role.servesShoppers() && p.opt.Desks != nil, Capture: p.captureText(texts)}
	for _, tag := range p.languages {
		f.Languages = append(f.Languages, tongue{string(tag), lang.For(tag).T("language.name"), tag == texts.Tag()})
	}
	return f
}

// Title is the title of the tab, with what waits in front.
func (f frame) Title() string {
	if f.Open > 0 {
		return "(" + strconv.Itoa(f.Open) + ") " + f.Heading + " · " + f.Store
	}
	return f.Heading + " · " + f.Store
}

// Within says that the page is this one or below it.
func (f frame) Within(path string) bool { return f.Path == path || strings.HasPrefix(f.Path, path+"/") }

// newCommand makes the id of one button.
func newCommand() string { return uuid.Must(uuid.NewV7()).String() }

// fromScript says that the page itself asks and wants only its inside.
func fromScript(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// show answers with a page, or with the inside of it.
func (p *Page) show(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	part := "page"
	if fromScript(r) {
		part = "inside"
	}
	var out bytes.Buffer
	if err := p.templates[name].ExecuteTemplate(&out, part, data); err != nil {
		p.opt.Log.Error("Staff page can not be drawn", "page", name, "err", err)
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // a phone that has gone will ask again
}

// leaveFor sends the browser to another page.
func leaveFor(w http.ResponseWriter, r *http.Request, path string) {
	if fromScript(r) {
		w.Header().Set("HX-Redirect", path)
		return
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
}

// fail answers with a page that says what is wrong and nothing else. What is our own fault is logged here, once.
func (p *Page) fail(w http.ResponseWriter, r *http.Request, who visitor, err error) {
	texts := p.texts(r)
	page := struct{ frame }{p.frame(r, who, texts.T("staff.title"))}
	page.Path, page.Notice = who.home(), p.refusal(texts, err) // the address refused may be of a button, nothing to look at again
	p.show(w, r, statusOf(err), "refused", page)
}

// refusal is what a person is told of an error.
func (p *Page) refusal(texts *lang.Texts, err error) *notice {
	code := showroom.ErrorCode(err)
	if code == showroom.CodeInternal {
		p.opt.Log.Error("Staff page failed", "err", err)
	}
	switch {
	case errors.Is(err, showroom.ErrOtherSum):
		return alert(texts.T("staff.money.other_sum"))
	case errors.Is(err, showroom.ErrRefundInstead):
		return alert(texts.T("staff.money.refund_instead"))
	}
	return alert(texts.T("error." + string(code)))
}

func statusOf(err error) int {
	switch showroom.ErrorCode(err) {
	case showroom.CodeInvalid:
		return http.StatusUnprocessableEntity
	case showroom.CodeNotFound:
		return http.StatusNotFound
	case showroom.CodeConflict, showroom.CodeTaken:
		return http.StatusConflict
	case showroom.CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case showroom.CodeUnauthorized:
		return http.StatusUnauthorized
	case showroom.CodeForbidden:
		return http.StatusForbidden
	case showroom.CodeRateLimited:
		return http.StatusTooManyRequests
	case showroom.CodeUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// clock is the time of day in the shop.
func (p *Page) clock(texts *lang.Texts, at time.Time) string {
	return texts.Time(at.In(p.opt.Location))
}
