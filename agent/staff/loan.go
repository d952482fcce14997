package staff

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"showroom/agent/customer"
	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Paths of the pages about loan tags. The form has a page of its own, which is not fetched anew while somebody types.
const (
	pathTags    = "/staff/tags"
	pathEnrol   = "/staff/tags/new"
	maxTagField = 200 // letters that come back in a refused form
)

const (
	handOut  deed = "hand-out"
	takeBack deed = "return"
)

func (p *Page) tagRoutes() {
	p.mux.HandleFunc("GET "+pathTags, p.forShoppers(p.getTags))
	p.mux.HandleFunc("GET "+pathEnrol, p.forShoppers(p.getEnrol))
	p.mux.HandleFunc("POST "+pathEnrol, p.forShoppers(p.postEnrol))
	p.mux.HandleFunc("POST "+pathTags+"/{tag}/{act}", p.forShoppers(p.postTag))
}

type tagsPage struct {
	frame
	Enrol string
	Tags  []tagCard
}

// tagCard is one loan tag. It says where the tag is and never who has it.
type tagCard struct {
	ID     showroom.TagID
	Label  string
	State  string // class of the card: busy, free, fault
	Word   string
	Facts  []fact
	Button *button
	Again  string // where it is enrolled anew; "" when it need not be
}

func (p *Page) getTags(w http.ResponseWriter, r *http.Request, who visitor) {
	p.showTags(w, r, who, http.StatusOK, nil)
}

func (p *Page) showTags(w http.ResponseWriter, r *http.Request, who visitor, status int, n *notice) {
	texts := p.texts(r)
	page := tagsPage{frame: p.frame(r, who, texts.T("staff.tags.title")), Enrol: pathEnrol}
	page.Path, page.Notice = pathTags, n
	var all []customer.Listed
	err := p.db.View(r.Context(), func(v *store.View) (err error) {
		all, err = p.opt.Tags.List(v)
		return err
	})
	if err != nil {
		p.fail(w, r, who, err)
		return
	}
	names := lang.NewCollator(texts.Tag())
	slices.SortStableFunc(all, func(a, b customer.Listed) int { return compareLabels(names, a.Label, b.Label) })
	for _, tag := range all {
		if tag.Kind == showroom.TagLoan {
			page.Tags = append(page.Tags, p.tagCard(texts, tag))
		}
	}
	p.show(w, r, status, "loan", page)
}

// compareLabels sorts tag 10 behind tag 9.
func compareLabels(names *lang.Collator, a, b string) int {
	aName, aNumber := splitNumber(a)
	bName, bNumber := splitNumber(b)
	return cmp.Or(names.Compare(aName, bName), cmp.Compare(len(aNumber), len(bNumber)), cmp.Compare(aNumber, bNumber))
}

func splitNumber(label string) (name, number string) {
	name = strings.TrimRight(label, "0123456789")
	return name, strings.TrimLeft(label[len(name):], "0")
}

func (p *Page) tagCard(texts *lang.Texts, tag customer.Listed) tagCard {
	card := tagCard{ID: tag.ID, Label: tag.Label}
	press := func(d deed, label string, primary bool) *button {
		return &button{Action: pathTags + "/" + url.PathEscape(string(tag.ID)) + "/" + string(d), Label: texts.T(label), Primary: primary, Command: newCommand()}
	}
	switch {
	case tag.Out():
		card.State, card.Word = "busy", texts.T("staff.tags.out", "time", p.when(texts, tag.Since.Wall))
		card.Button = press(takeBack, "staff.tags.take_back", false)
	case tag.Lapsed():
		card.State, card.Word = "fault", texts.T("staff.tags.lapsed")
	default:
		card.State, card.Word = "free", texts.T("staff.tags.away")
		card.Button = press(handOut, "staff.tags.hand_out", true)
	}
	switch {
	case tag.Lapsed():
		card.Facts = append(card.Facts, fact{texts.T("staff.tags.lapsed_text"), true})
		card.Again = pathEnrol + "?" + url.Values{"label": {tag.Label}}.Encode()
	case tag.Out() && tag.Zone.Place.IsZero():
		card.Facts = append(card.Facts, fact{texts.T("staff.tags.nowhere"), false})
	case tag.Out():
		card.Facts = append(card.Facts, fact{texts.T("staff.tags.zone", "zone", tag.ZoneName, "time", p.when(texts, tag.Zone.Since.Wall)), false})
	}
	return card
}

func (p *Page) postTag(w http.ResponseWriter, r *http.Request, who visitor) {
	id, command := showroom.TagID(r.PathValue("tag")), showroom.CommandID(r.PostFormValue("command"))
	var err error
	switch deed(r.PathValue("act")) {
	case handOut:
		_, err = p.opt.Tags.HandOut(r.Context(), command, id)
	case takeBack:
		_, err = p.opt.Tags.Return(r.Context(), command, id, false)
	default:
		err = showroom.Errorf(showroom.CodeNotFound, "There is no such button.")
	}
	p.afterwards(w, r, who, err, pathTags, p.showTags)
}

type enrolPage struct {
	frame
	Back     string
	Command  string
	Label    string
	Identity string
	Wrong    string // id of the field to look at
}

func (p *Page) getEnrol(w http.ResponseWriter, r *http.Request, who visitor) {
	p.showEnrol(w, r, who, http.StatusOK, enrolPage{Command: newCommand(), Label: cut(r.FormValue("label"))})
}

func (p *Page) showEnrol(w http.ResponseWriter, r *http.Request, who visitor, status int, page enrolPage) {
	n := page.Notice
	page.frame = p.frame(r, who, p.texts(r).T("staff.tags.enrol_title"))
	page.Path, page.Notice, page.Back, page.Still = pathEnrol, n, pathTags, true
	p.show(w, r, status, "enrol", page)
}

func (p *Page) postEnrol(w http.ResponseWriter, r *http.Request, who visitor) {
	page := enrolPage{Label: r.PostFormValue("label"), Identity: r.PostFormValue("identity"), Command: r.PostFormValue("command")}
	_, err := p.opt.Tags.Enrol(r.Context(), showroom.CommandID(page.Command), customer.Enrolment{
		Kind: showroom.TagLoan, Label: page.Label, Identity: page.Identity, PutAway: true,
	})
	if err == nil {
		http.Redirect(w, r, pathTags, http.StatusSeeOther)
		return
	}
	page.Notice = p.refusal(p.texts(r), err)
	if wrong, ok := errors.AsType[*customer.Refusal](err); ok {
		page.Notice = alert(p.texts(r).T("staff.tags.wrong." + string(wrong.Reason)))
		page.Wrong = fieldOf(wrong.Reason)
	}
	// What was refused was not done: the next try may say something else under the same command.
	page.Label, page.Identity = cut(page.Label), cut(page.Identity)
	p.showEnrol(w, r, who, statusOf(err), page)
}

// fieldOf is where the reason can be put right.
func fieldOf(reason customer.Reason) string {
	switch reason {
	case customer.LabelMissing, customer.LabelUnfit, customer.LabelTaken, customer.LabelTells:
		return "label"
	}
	return "identity"
}

func cut(s string) string {
	if letters := []rune(s); len(letters) > maxTagField {
		return string(letters[:maxTagField])
	}
	return s
}
