package staff

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// moneyForm is a page on which a person decides about money and says why.
type moneyForm struct {
	frame
	Back    string
	Command string
	Title   string
	Facts   []fact
	Choices []choice   // what may have become of the money
	Lines   []backLine // of a sale, where pieces may still come back
	Whole   bool       // it can still be undone as a whole

	WhyLabel, Why string
	wrong         map[string]bool // fields without which nothing can be done
}

// Wrong says whether a field has to be filled in first.
func (f moneyForm) Wrong(field string) bool { return f.wrong[field] }

// choice is something that may have become of money.
type choice struct {
	Value, Text, Hint string
	Chosen            bool
}

// backLine is a line of a sale that may come back.
type backLine struct {
	ID    string
	Name  string
	Left  int
	Most  string // what is given back for all of it
	Typed string // how many were asked for
	// Counts are how many can be chosen; none where they are too many for a list.
	Counts []count
}

type count struct {
	N      int
	Chosen bool
}

// mostCounts is the longest list of numbers to choose from.
const mostCounts = 20

// The fields of the forms.
const (
	fieldWhy     = "why"
	fieldOutcome = "outcome"
	fieldLines   = "lines"
)

func (p *Page) getUnknown(w http.ResponseWriter, r *http.Request, who visitor) {
	p.showUnknown(w, r, who, http.StatusOK, nil)
}

func (p *Page) showUnknown(w http.ResponseWriter, r *http.Request, who visitor, status int, n *notice) {
	texts := p.texts(r)
	var s showroom.Settlement
	var of []fact
	err := p.db.View(r.Context(), func(v *store.View) (err error) {
		s, err = v.Settlement(showroom.SettlementID(r.PathValue("settlement")))
		of = whatFor(v, texts, s)
		return err
	})
	if err == nil && s.State != showroom.SettlementUnsure {
		err = showroom.Errorf(showroom.CodeConflict, "Nobody need decide this any more.")
	}
	if err != nil {
		p.fail(w, r, who, err)
		return
	}
	form := p.form(r, who, n, texts.T("staff.money.unknown"))
	form.Title, form.WhyLabel, form.Choices = amount(texts, s.Amount), texts.T("staff.money.why"), choices(texts, s.Kind, r.PostFormValue(fieldOutcome))
	form.wrong[fieldOutcome] = r.Method == http.MethodPost && outcomeOf(r) == showroom.Unknown
	form.Facts = append([]fact{
		{texts.T("staff.money.kind_" + string(s.Kind)), false},
		{p.where(texts, s), false},
	}, of...)
	if !s.Result.Amount.IsZero() {
		form.Facts = append(form.Facts, p.movedFact(texts, s.Result))
	}
	form.Facts = append(form.Facts, fact{texts.T("staff.money.look"), true})
	p.show(w, r, status, "money_form", form)
}

// whatFor is the basket or the sale that a settlement is about.
func whatFor(v *store.View, texts *lang.Texts, s showroom.Settlement) (all []fact) {
	if b, err := v.Basket(s.Basket); err == nil && s.Basket != "" {
		all = append(all, fact{texts.T("staff.money.basket", "number", strconv.Itoa(b.Number)), false})
		if b.Code != "" { // what the shopper was told to say
			all = append(all, fact{texts.T("staff.money.code", "code", b.Code), false})
		}
	}
	if sale, err := v.Sale(s.Sale); err == nil && s.Sale != "" {
		all = append(all, fact{texts.T("staff.money.sale", "number", strconv.FormatInt(sale.Number, 10)), false})
	}
	return all
}

// choices are what may have become of the money of a settlement.
func choices(texts *lang.Texts, kind showroom.SettlementKind, chosen string) []choice {
	yes, no := "taken", "not_taken"
	if kind != showroom.Payment {
		yes, no = "gave", "not_gave"
	}
	all := make([]choice, 0, 2)
	for value, key := range map[string]string{"taken": yes, "not_taken": no} {
		all = append(all, choice{value, texts.T("staff.money." + key), texts.T("staff.money." + key + "_hint"), value == chosen})
	}
	slices.SortFunc(all, func(a, b choice) int { return len(a.Value) - len(b.Value) }) // what is hoped for comes first
	return all
}

// outcomeOf is what somebody says has become of the money.
func outcomeOf(r *http.Request) showroom.Outcome {
	return map[string]showroom.Outcome{"taken": showroom.Approved, "not_taken": showroom.Declined}[r.PostFormValue(fieldOutcome)]
}

func (p *Page) form(r *http.Request, who visitor, n *notice, heading string) moneyForm {
	f := moneyForm{frame: p.frame(r, who, heading), Back: pathMoney, Command: newCommand(), Why: reasonOf(r), wrong: map[string]bool{}}
	f.wrong[fieldWhy] = r.Method == http.MethodPost && f.Why == ""
	f.Notice, f.Still = n, true
	return f
}

func (p *Page) postUnknown(w http.ResponseWriter, r *http.Request, who visitor) {
	id := showroom.SettlementID(r.PathValue("settlement"))
	outcome, why := outcomeOf(r), reasonOf(r)
	var err error
	if outcome == showroom.Unknown || why == "" {
		err = showroom.Errorf(showroom.CodeInvalid, "Say whether the money was taken, and how you know.")
	} else {
		err = p.opt.Desks.Decide(r.Context(), id, outcome, who.ID, why) // the second time it is closed
	}
	if errors.Is(err, showroom.ErrOtherSum) {
		p.showUnknown(w, r, who, statusOf(err), p.refusal(p.texts(r), err))
		return
	}
	switch code := showroom.ErrorCode(err); code {
	case "":
		http.Redirect(w, r, pathMoney, http.StatusSeeOther)
	case showroom.CodeConflict, showroom.CodeNotFound: // there is nothing to decide any more
		p.showMoney(w, r, who, statusOf(err), p.refusal(p.texts(r), err))
	case showroom.CodeInvalid:
		p.showUnknown(w, r, who, statusOf(err), alert(p.texts(r).T("staff.money.say_why")))
	default:
		p.showUnknown(w, r, who, statusOf(err), p.refusal(p.texts(r), err))
	}
}

func (p *Page) getSale(w http.ResponseWriter, r *http.Request, who visitor) {
	p.showSale(w, r, who, http.StatusOK, nil)
}

func (p *Page) showSale(w http.ResponseWriter, r *http.Request, who visitor, status int, n *notice) {
	texts := p.texts(r)
	var sale showroom.Sale
	var before []showroom.Return
	err := p.db.View(r.Context(), func(v *store.View) (err error) {
		if sale, err = v.Sale(showroom.SaleID(r.PathValue("sale"))); err != nil {
			return err
		}
		before, err = v.ReturnsOf(sale.ID)
		return err
	})
	if err != nil {
		p.fail(w, r, who, err)
		return
	}
	form := p.form(r, who, n, texts.T("staff.money.sale", "number", strconv.FormatInt(sale.Number, 10)))
	form.Title, form.Whole, form.WhyLabel = amount(texts, sale.Totals.Due), len(before) == 0, texts.T("staff.money.why_back")
	form.Facts = []fact{{p.when(texts, sale.At), false}}
	for _, b := range before {
		form.Facts = append(form.Facts, fact{texts.T("staff.money.came_back", "amount", amount(texts, b.Amount), "time", p.when(texts, b.At)), false})
	}
	form.Lines = backLines(texts, sale, before, r)
	if len(form.Lines) == 0 {
		form.Facts = append(form.Facts, fact{texts.T("staff.money.all_back"), true})
	}
	pieces, wrong := piecesOf(r)
	form.wrong[fieldLines] = r.Method == http.MethodPost && deed(r.PostFormValue("act")) != reverse && (wrong != nil || len(pieces) == 0)
	p.show(w, r, status, "money_form", form)
}

// backLines are the lines of which something may still come back, with what was asked for.
func backLines(texts *lang.Texts, sale showroom.Sale, before []showroom.Return, r *http.Request) (lines []backLine) {
	left := sale.Unreturned(before)
	for _, l := range sale.Lines {
		n := left[l.ID]
		_, _, most, err := sale.Refund(before, map[showroom.LineID]int{l.ID: n})
		if n == 0 || err != nil {
			continue
		}
		line := backLine{
			ID: string(l.ID), Name: l.Name.In(string(texts.Tag())), Left: n, Typed: cmp.Or(r.PostFormValue(linePrefix+string(l.ID)), "0"),
			Most: texts.T("staff.money.left", "pieces", texts.N("staff.money.pieces", n), "amount", amount(texts, most)),
		}
		if l.Size != "" {
			line.Name += " · " + l.Size
		}
		for i := 0; i <= n && n <= mostCounts; i++ {
			line.Counts = append(line.Counts, count{i, strconv.Itoa(i) == line.Typed})
		}
		lines = append(lines, line)
	}
	return lines
}

func (p *Page) postSale(w http.ResponseWriter, r *http.Request, who visitor) {
	id, why, act := showroom.SaleID(r.PathValue("sale")), reasonOf(r), deed(r.PostFormValue("act"))
	pieces, err := piecesOf(r)
	switch {
	case err != nil:
	case why == "" || act == giveBack && len(pieces) == 0 || act != giveBack && act != reverse:
		err = showroom.Errorf(showroom.CodeInvalid, "Say what comes back, and why.")
	default:
		err = p.once(r, command{Deed: act, Of: string(id), Staff: who.ID}, func(tx *store.Tx) (err error) {
			if act == reverse {
				_, err = p.opt.Desks.Reverse(tx, id, who.ID, why)
			} else {
				_, err = p.opt.Desks.Refund(tx, id, pieces, who.ID, why)
			}
			return err
		})
	}
	if err == nil {
		http.Redirect(w, r, pathMoney, http.StatusSeeOther)
		return
	}
	n := p.refusal(p.texts(r), err)
	switch showroom.ErrorCode(err) {
	case showroom.CodeInvalid:
		n = alert(p.texts(r).T("staff.money.say_what"))
	case showroom.CodeConflict:
		if !errors.Is(err, showroom.ErrRefundInstead) {
			n = alert(p.texts(r).T("staff.money.back_changed"))
		}
	}
	p.showSale(w, r, who, statusOf(err), n)
}

// piecesOf are the numbers typed beside the lines of a sale.
func piecesOf(r *http.Request) (map[showroom.LineID]int, error) {
	if err := r.ParseForm(); err != nil {
		return nil, showroom.Errorf(showroom.CodeInvalid, "The form can not be read.")
	}
	pieces := map[showroom.LineID]int{}
	for name, values := range r.PostForm {
		line, ok := cutLine(name)
		if !ok || values[0] == "" || values[0] == "0" {
			continue
		}
		n, err := strconv.Atoi(values[0])
		if err != nil || n < 0 {
			return nil, showroom.Errorf(showroom.CodeInvalid, "A number of pieces is no number.")
		}
		pieces[line] = n
	}
	return pieces, nil
}

// linePrefix stands before the id of a line in the name of its field.
const linePrefix = "line."

func cutLine(name string) (showroom.LineID, bool) {
	id, ok := strings.CutPrefix(name, linePrefix)
	return showroom.LineID(id), ok && id != ""
}
