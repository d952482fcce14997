package staff

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

const (
	lettersShown = 20
	letterBegins = 300 // letters of a message that are shown
	longestSale  = 32  // letters of a sale's number
)

// movedFact is what a device says to have moved.
func (p *Page) movedFact(texts *lang.Texts, r showroom.Result) fact {
	if r.Outcome == showroom.Declined {
		return fact{texts.T("staff.money.told_none"), true}
	}
	return fact{texts.T("staff.money.told", "amount", amount(texts, r.Amount)), true}
}

// contradictedCard is a settlement of which its device says something else than staff had decided.
func (p *Page) contradictedCard(v *store.View, texts *lang.Texts, s showroom.Settlement) moneyCard {
	card := p.unknownCard(v, texts, s)
	decided := "staff.money.not_taken"
	if s.State == showroom.SettlementApproved {
		decided = "staff.money.taken"
	}
	told := s.Later
	if told.Amount.IsZero() {
		told.Amount = s.Amount
	}
	card.State, card.Word = "fault", texts.T("staff.money.contradicted")
	card.Facts = append(card.Facts, fact{texts.T("staff.money.decided", "word", texts.T(decided)), false}, p.movedFact(texts, told))
	card.Facts = append(card.Facts, paidTwice(v, texts, s)...)
	card.Facts = append(card.Facts, fact{texts.T("staff.money.contradicted_how"), false})
	card.Buttons = []button{{Action: pathRefunds + "/" + url.PathEscape(string(s.ID)) + "/" + string(noted), Label: texts.T("staff.money.noted"), Command: newCommand()}}
	return card
}

// paidTwice says of a payment that has been taken although staff have said that it was not, whether its basket has been paid for again, or
// still may be.
func paidTwice(v *store.View, texts *lang.Texts, s showroom.Settlement) []fact {
	if s.State != showroom.SettlementDeclined || s.Basket == "" {
		return nil
	}
	if sale, sold, err := v.SaleOf(s.Basket); err == nil && sold {
		as := texts.T("staff.money.sale", "number", strconv.FormatInt(sale.Number, 10))
		if sale.Till != "" {
			as = texts.T("staff.money.at_till", "till", string(sale.Till))
		}
		return []fact{{texts.T("staff.money.paid_twice", "sale", as), true}}
	}
	if b, err := v.Basket(s.Basket); err == nil && !b.State.Ended() {
		return []fact{{texts.T("staff.money.not_again"), true}}
	}
	return nil
}

// letterCard is a message of a till that came to nothing.
func (p *Page) letterCard(texts *lang.Texts, l store.DeadLetter) moneyCard {
	title := l.Topic
	if l.Till != "" {
		title = texts.T("staff.money.at_till", "till", string(l.Till))
	}
	number := strconv.FormatInt(l.Number, 10)
	said := []rune(strings.ToValidUTF8(string(l.Body), "?"))
	if len(said) > letterBegins {
		said = append(said[:letterBegins:letterBegins], '…')
	}
	return moneyCard{
		ID: "letter-" + number, Title: title, State: "fault", Word: texts.T("staff.money.letter"),
		Facts:   []fact{{texts.T("staff.money.letter_how"), true}, {l.Reason, false}, {p.when(texts, l.At.Wall), false}, {string(said), false}},
		Buttons: []button{{Action: pathMoney + "/letters/" + number + "/" + string(letterSeen), Label: texts.T("staff.money.noted"), Command: newCommand()}},
	}
}

// postLetterSeen: somebody has looked at what a till said and nobody understood.
func (p *Page) postLetterSeen(w http.ResponseWriter, r *http.Request, who visitor) {
	id := r.PathValue("letter")
	err := p.once(r, command{Deed: letterSeen, Of: id, Staff: who.ID}, func(tx *store.Tx) error {
		number, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return showroom.Errorf(showroom.CodeNotFound, "There is no such message.")
		}
		return tx.DeleteDeadLetter(number)
	})
	p.afterwards(w, r, who, err, pathMoney, p.showMoney)
}

// findForm asks for the number of a sale. It is a page of its own, which is not fetched anew while somebody types.
type findForm struct {
	frame
	Back, Number string
}

// getFind shows the sale whose number is asked for: that of the shop, or of a fiscal device's invoice.
func (p *Page) getFind(w http.ResponseWriter, r *http.Request, who visitor) {
	texts := p.texts(r)
	form := findForm{frame: p.frame(r, who, texts.T("staff.money.find")), Back: pathMoney, Number: strings.TrimSpace(r.FormValue("number"))}
	form.Still = true
	if form.Number == "" {
		p.show(w, r, http.StatusOK, "money_find", form)
		return
	}
	if letters := []rune(form.Number); len(letters) > longestSale {
		form.Number = string(letters[:longestSale])
	}
	var sale showroom.Sale
	err := p.db.View(r.Context(), func(v *store.View) (err error) {
		sale, err = saleNumbered(v, form.Number)
		return err
	})
	switch showroom.ErrorCode(err) {
	case "":
		http.Redirect(w, r, pathSale+"/"+url.PathEscape(string(sale.ID)), http.StatusSeeOther)
	case showroom.CodeNotFound:
		form.Notice = alert(texts.T("staff.money.find_none"))
		p.show(w, r, http.StatusNotFound, "money_find", form)
	default:
		p.fail(w, r, who, err)
	}
}

func saleNumbered(v *store.View, number string) (showroom.Sale, error) {
	if n, err := strconv.ParseInt(number, 10, 64); err == nil {
		return v.SaleByNumber(n)
	}
	sale, found, err := v.SaleByInvoice(strings.ToUpper(number))
	if err == nil && !found {
		err = showroom.Errorf(showroom.CodeNotFound, "There is no sale with this number.")
	}
	return sale, err
}
