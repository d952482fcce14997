package staff

import (
	"net/http"
	"strconv"

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
	Unknown bool       // whether the device took the money is to be said
	Lines   []backLine // of a sale, where pieces may still come back
	Whole   bool       // it can still be undone as a whole
	Why     string
}

// backLine is a line of a sale that may come back.
type backLine struct {
	ID     string
	Name   string
	Left   int
	Amount string
}

func (p *Page) getUnknown(w http.ResponseWriter, r *http.Request, who visitor) {
	p.showUnknown(w, r, who, http.StatusOK, nil)
}

func (p *Page) showUnknown(w http.ResponseWriter, r *http.Request, who visitor, status int, n *notice) {
	texts := p.texts(r)
	var s showroom.Settlement
	err := p.db.View(r.Context(), func(v *store.View) (err error) {
		s, err = v.Settlement(showroom.SettlementID(r.PathValue("settlement")))
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
	form.Unknown, form.Title = true, amount(texts, s.Amount)
	form.Facts = []fact{{texts.T("staff.money.at", "device", string(s.Device), "time", p.when(texts, s.Started.Wall)), false}, {texts.T("staff.money.look"), true}}
	if !s.Result.Amount.IsZero() {
		form.Facts = append(form.Facts, p.movedFact(texts, s.Result))
	}
	p.show(w, r, status, "money_form", form)
}

func (p *Page) form(r *http.Request, who visitor, n *notice, heading string) moneyForm {
	f := moneyForm{frame: p.frame(r, who, heading), Back: pathMoney, Command: newCommand(), Why: reasonOf(r)}
	f.Notice, f.Still = n, true
	return f
}

func (p *Page) postUnknown(w http.ResponseWriter, r *http.Request, who visitor) {
	id := showroom.SettlementID(r.PathValue("settlement"))
	outcome := map[string]showroom.Outcome{"taken": showroom.Approved, "not_taken": showroom.Declined}[r.PostFormValue("outcome")]
	why := reasonOf(r)
	var err error
	if outcome == showroom.Unknown || why == "" {
		err = showroom.Errorf(showroom.CodeInvalid, "Say whether the money was taken, and how you know.")
	} else {
		err = p.opt.Desks.Decide(r.Context(), id, outcome, who.ID, why) // the second time it is closed
	}
	if err == nil {
		http.Redirect(w, r, pathMoney, http.StatusSeeOther)
		return
	}
	n := p.refusal(p.texts(r), err)
	if showroom.ErrorCode(err) == showroom.CodeInvalid {
		n = alert(p.texts(r).T("staff.money.say_why"))
		p.showUnknown(w, r, who, statusOf(err), n)
		return
	}
	p.showMoney(w, r, who, statusOf(err), n)
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
	form.Title, form.Whole = amount(texts, sale.Totals.Due), len(before) == 0
	form.Facts = []fact{{p.when(texts, sale.At), false}}
	for _, b := range before {
		form.Facts = append(form.Facts, fact{texts.T("staff.money.came_back", "amount", amount(texts, b.Amount), "time", p.when(texts, b.At)), false})
	}
	form.Lines = backLines(texts, sale, before)
	p.show(w, r, status, "money_form", form)
}

func backLines(texts *lang.Texts, sale showroom.Sale, before []showroom.Return) (lines []backLine) {
	left := sale.Unreturned(before)
	for _, l := range sale.Lines {
		due, err := l.Due()
		if err != nil || left[l.ID] == 0 {
			continue
		}
		name := l.Name.In(string(texts.Tag()))
		if l.Size != "" {
			name += " · " + l.Size
		}
		lines = append(lines, backLine{string(l.ID), name, left[l.ID], amount(texts, due)})
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
	if showroom.ErrorCode(err) == showroom.CodeInvalid {
		n = alert(p.texts(r).T("staff.money.say_what"))
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

func cutLine(name string) (showroom.LineID, bool) {
	const prefix = "line."
	if len(name) <= len(prefix) || name[:len(prefix)] != prefix {
		return "", false
	}
	return showroom.LineID(name[len(prefix):]), true
}
