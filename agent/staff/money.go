package staff

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Desks are what the page asks of the checkouts.
type Desks interface {
	Papers
	// Decide says in the place of a device whether money has moved.
	Decide(ctx context.Context, id showroom.SettlementID, o showroom.Outcome, by showroom.StaffID, why string) error
	// Refund has money given back for pieces of a sale, Reverse all of it as if it had never been paid. Nothing moves before the
	// transaction is on the disk.
	Refund(tx *store.Tx, sale showroom.SaleID, pieces map[showroom.LineID]int, by showroom.StaffID, why string) (showroom.SettlementID, error)
	Reverse(tx *store.Tx, sale showroom.SaleID, by showroom.StaffID, why string) (showroom.SettlementID, error)
	// PrintReturn prints the slip of what was given back; Prints says whether that can be done.
	PrintReturn(tx *store.Tx, settlement showroom.SettlementID) error
	Prints(sale showroom.Sale) bool
	// AbandonParked gives up a basket that is set aside.
	AbandonParked(tx *store.Tx, basket showroom.BasketID) error
}

// Tills are what the page asks of the staffed tills and the security.
type Tills interface {
	// Free takes a basket away from the till that has it.
	Free(tx *store.Tx, basket showroom.BasketID) error
	// Seen forgets a security tag that was taken off by hand.
	Seen(tx *store.Tx, release string) error
}

// Paths of the pages about money. The forms have pages of their own, which are not fetched anew while somebody types.
const (
	pathMoney   = "/staff/checkout"
	pathUnknown = pathMoney + "/settlements"
	pathSale    = pathMoney + "/sales"
	pathRefunds = pathMoney + "/refunds"
	pathFind    = pathMoney + "/find"
	salesShown  = 30
	reasonMost  = 200 // letters
)

const (
	decide      deed = "decide"
	giveBack    deed = "refund"
	reverse     deed = "reverse"
	freeBasket  deed = "free"
	giveUp      deed = "give-up"
	tagTakenOff deed = "seen"
	noted       deed = "noted"
	printBack   deed = "print"
	tagGone     deed = "no-tag"
	letterSeen  deed = "letter-seen"
)

func (p *Page) moneyRoutes() {
	p.paperRoutes()
	p.mux.HandleFunc("GET "+pathMoney, p.forShoppers(p.getMoney))
	p.mux.HandleFunc("GET "+pathUnknown+"/{settlement}", p.forShoppers(p.getUnknown))
	p.mux.HandleFunc("POST "+pathUnknown+"/{settlement}", p.forShoppers(p.postUnknown))
	p.mux.HandleFunc("GET "+pathSale+"/{sale}", p.forShoppers(p.getSale))
	p.mux.HandleFunc("POST "+pathSale+"/{sale}", p.forShoppers(p.postSale))
	p.mux.HandleFunc("POST "+pathMoney+"/baskets/{basket}/{act}", p.forShoppers(p.postBasket))
	p.mux.HandleFunc("POST "+pathRefunds+"/{settlement}/"+string(noted), p.forShoppers(p.postNoted))
	p.mux.HandleFunc("POST "+pathRefunds+"/{settlement}/"+string(printBack), p.forShoppers(p.postPrintBack))
	p.mux.HandleFunc("POST "+pathMoney+"/back/{back}/"+string(tagGone), p.forShoppers(p.postTagGone))
	p.mux.HandleFunc("GET "+pathFind, p.forShoppers(p.getFind))
	p.mux.HandleFunc("POST "+pathMoney+"/letters/{letter}/"+string(letterSeen), p.forShoppers(p.postLetterSeen))
	p.mux.HandleFunc("POST "+pathMoney+"/tags/{release}/"+string(tagTakenOff), p.forShoppers(p.postTagOff))
}

type moneyPage struct {
	frame
	Unknown, Against, Refunds, Back, Tags, Papers, Letters, Baskets, Sales []moneyCard
	// Find is where a sale is looked for by its number.
	Find string
}

// moneyCard is one thing about money.
type moneyCard struct {
	ID      string
	Title   string
	State   string // class of the card
	Word    string
	Facts   []fact
	Buttons []button
	Link    string // to the page where it is dealt with; "" for none
	Go      string // the words of the link
}

func (p *Page) getMoney(w http.ResponseWriter, r *http.Request, who visitor) {
	p.showMoney(w, r, who, http.StatusOK, nil)
}

func (p *Page) showMoney(w http.ResponseWriter, r *http.Request, who visitor, status int, n *notice) {
	texts := p.texts(r)
	page := moneyPage{frame: p.frame(r, who, texts.T("staff.money.title"))}
	page.Path, page.Notice, page.Find = pathMoney, n, pathFind
	err := p.db.View(r.Context(), func(v *store.View) error {
		if err := p.addMoved(v, texts, &page); err != nil {
			return err
		}
		return p.addGoods(v, texts, &page)
	})
	if err != nil {
		p.fail(w, r, who, err)
		return
	}
	page.Open += len(page.Unknown) + len(page.Against) + len(page.Tags) + len(page.Papers) + len(page.Letters)
	p.show(w, r, status, "money", page)
}

// addMoved adds what devices were asked to move.
func (p *Page) addMoved(v *store.View, texts *lang.Texts, page *moneyPage) error {
	open, err := v.OpenSettlements()
	if err != nil {
		return err
	}
	for _, s := range open {
		page.Unknown = append(page.Unknown, p.unknownCard(v, texts, s))
	}
	against, err := v.ContradictedSettlements()
	if err != nil {
		return err
	}
	for _, s := range against {
		page.Against = append(page.Against, p.contradictedCard(v, texts, s))
	}
	refunds, err := p.refunds(v)
	if err != nil {
		return err
	}
	for _, s := range refunds {
		page.Refunds = append(page.Refunds, p.refundCard(v, texts, s))
		if failed(s) {
			page.Open++
		}
	}
	return nil
}

// addGoods adds what was sold, is about to be, or came back.
func (p *Page) addGoods(v *store.View, texts *lang.Texts, page *moneyPage) error {
	back, err := v.TakeBacks()
	if err != nil {
		return err
	}
	for _, b := range back {
		page.Back = append(page.Back, p.backCard(v, texts, b))
	}
	stuck, err := v.FailedReleases()
	if err != nil {
		return err
	}
	for _, f := range stuck {
		page.Tags = append(page.Tags, p.tagOffCard(v, texts, f))
	}
	if err := p.addPapers(v, texts, page); err != nil {
		return err
	}
	letters, err := v.DeadLetters(lettersShown)
	if err != nil {
		return err
	}
	for _, l := range letters {
		page.Letters = append(page.Letters, p.letterCard(texts, l))
	}
	parked, err := v.ParkedBaskets()
	if err != nil {
		return err
	}
	for _, b := range parked {
		page.Baskets = append(page.Baskets, p.basketCard(texts, b))
	}
	sales, err := v.Sales(p.opt.Now().Wall.Add(-24*time.Hour), salesShown)
	for _, s := range sales {
		page.Sales = append(page.Sales, p.saleCard(texts, s))
	}
	return err
}

func amount(texts *lang.Texts, m showroom.Money) string {
	return texts.Money(m.Minor, string(m.Currency))
}

// refunds are the last attempts to give money back for each sale of the last 24 hours, besides those of which nobody knows the end.
func (p *Page) refunds(v *store.View) ([]showroom.Settlement, error) {
	all, err := v.RefundsSince(p.opt.Now().Wall.Add(-24 * time.Hour))
	later := map[showroom.SaleID]bool{}
	return slices.DeleteFunc(all, func(s showroom.Settlement) bool {
		over := later[s.Sale] || s.Seen || s.Open() || s.Contradicted()
		later[s.Sale] = true
		return over
	}), err
}

// failed says that staff wanted money given back and that it was not.
func failed(s showroom.Settlement) bool { return s.State == showroom.SettlementDeclined && !s.Seen }

func (p *Page) refundCard(v *store.View, texts *lang.Texts, s showroom.Settlement) moneyCard {
	card := moneyCard{
		ID: string(s.ID), Title: amount(texts, s.Amount), State: "free", Word: texts.T("staff.money.given_back"),
		Facts: []fact{{texts.T("staff.money.kind_" + string(s.Kind)), false}, {p.where(texts, s), false}},
	}
	at := pathRefunds + "/" + url.PathEscape(string(s.ID)) + "/"
	card.Facts = append(card.Facts, whatFor(v, texts, s)...)
	if sale, err := v.Sale(s.Sale); err == nil && s.State == showroom.SettlementApproved && p.opt.Desks.Prints(sale) {
		card.Buttons = []button{{Action: at + string(printBack), Label: texts.T("staff.money.print_back"), Command: newCommand()}}
	}
	switch {
	case s.State == showroom.SettlementWaiting:
		card.State, card.Word = "busy", texts.T("staff.money.waits")
	case failed(s):
		card.State, card.Word = "fault", texts.T("staff.money.not_given_back")
		card.Facts = append(card.Facts, fact{p.whyNot(texts, s.Result), true})
		card.Buttons = []button{{Action: at + string(noted), Label: texts.T("staff.money.noted"), Command: newCommand()}}
		card.Link, card.Go = pathSale+"/"+url.PathEscape(string(s.Sale)), texts.T("staff.money.again")
	}
	return card
}

// whyNot is why no money was given back, and what to do.
func (p *Page) whyNot(texts *lang.Texts, r showroom.Result) string {
	return texts.T("staff.money.why_" + string(cmp.Or(r.Reason, showroom.DeclinedByCard)))
}

// postPrintBack: whoever got the money back wants it on paper.
func (p *Page) postPrintBack(w http.ResponseWriter, r *http.Request, who visitor) {
	id := r.PathValue("settlement")
	err := p.once(r, command{Deed: printBack, Of: id, Staff: who.ID}, func(tx *store.Tx) error {
		return p.opt.Desks.PrintReturn(tx, showroom.SettlementID(id))
	})
	p.afterwards(w, r, who, err, pathMoney, p.showMoney)
}

// postNoted: staff know that nothing came of it.
func (p *Page) postNoted(w http.ResponseWriter, r *http.Request, who visitor) {
	id := r.PathValue("settlement")
	err := p.once(r, command{Deed: noted, Of: id, Staff: who.ID}, func(tx *store.Tx) error {
		s, err := tx.Settlement(showroom.SettlementID(id))
		if err != nil {
			return err
		}
		if !failed(s) && (!s.Contradicted() || s.Seen) {
			return showroom.Errorf(showroom.CodeConflict, "There is nothing to be noted about this.")
		}
		s.Seen = true
		return tx.PutSettlement(s)
	})
	p.afterwards(w, r, who, err, pathMoney, p.showMoney)
}

// where says at which kiosk and device money was to move, and when: several kiosks may share a device.
func (p *Page) where(texts *lang.Texts, s showroom.Settlement) string {
	at := texts.T("staff.money.at", "device", string(s.Device), "time", p.when(texts, s.Started.Wall))
	if s.Kiosk == "" {
		return at
	}
	return string(s.Kiosk) + " · " + at
}

func (p *Page) unknownCard(v *store.View, texts *lang.Texts, s showroom.Settlement) moneyCard {
	card := moneyCard{
		ID: string(s.ID), Title: amount(texts, s.Amount), State: "busy", Word: texts.T("staff.money.under_way"),
		Facts: []fact{{texts.T("staff.money.kind_" + string(s.Kind)), false}, {p.where(texts, s), false}},
	}
	card.Facts = append(card.Facts, whatFor(v, texts, s)...)
	if !s.Result.Amount.IsZero() {
		card.Facts = append(card.Facts, p.movedFact(texts, s.Result))
	}
	if s.State == showroom.SettlementUnsure {
		card.State, card.Word = "fault", texts.T("staff.money.unknown")
		card.Link, card.Go = pathUnknown+"/"+url.PathEscape(string(s.ID)), texts.T("staff.money.decide")
	}
	return card
}

// nameIn is what an item is called in a sale.
func nameIn(v *store.View, texts *lang.Texts, sale showroom.SaleID, item gs1.GTIN) string {
	if s, err := v.Sale(sale); err == nil {
		for _, l := range s.Lines {
			if l.GTIN == item {
				return l.Name.In(string(texts.Tag()))
			}
		}
	}
	return item.Short()
}

// backCard is a piece that came back and whose tag the shop still takes for its buyer's.
func (p *Page) backCard(v *store.View, texts *lang.Texts, b store.TakeBack) moneyCard {
	return moneyCard{
		ID: b.ID, Title: nameIn(v, texts, b.Sale, b.GTIN), State: "busy", Word: texts.T("staff.money.tag_back"),
		Facts:   []fact{{texts.T("staff.money.tag_back_how"), true}, {p.when(texts, b.Since.Wall), false}},
		Buttons: []button{{Action: pathMoney + "/back/" + url.PathEscape(b.ID) + "/" + string(tagGone), Label: texts.T("staff.money.tag_gone"), Command: newCommand()}},
	}
}

// postTagGone: what came back has no tag, or not any more.
func (p *Page) postTagGone(w http.ResponseWriter, r *http.Request, who visitor) {
	id := r.PathValue("back")
	err := p.once(r, command{Deed: tagGone, Of: id, Staff: who.ID}, func(tx *store.Tx) error { return tx.DeleteTakeBack(id) })
	p.afterwards(w, r, who, err, pathMoney, p.showMoney)
}

func (p *Page) basketCard(texts *lang.Texts, b showroom.Basket) moneyCard {
	at := pathMoney + "/baskets/" + url.PathEscape(string(b.ID)) + "/"
	card := moneyCard{ID: string(b.ID), Title: texts.T("staff.money.basket", "number", strconv.Itoa(b.Number)), State: "free", Word: texts.T("staff.money.code", "code", b.Code)}
	if totals, err := showroom.AddUp(b.Currency, b.Payable()); err == nil {
		card.Facts = append(card.Facts, fact{texts.N("staff.money.pieces", totals.Pieces) + " · " + amount(texts, totals.Due), false})
	}
	card.Facts = append(card.Facts, fact{texts.T("staff.money.aside", "time", p.when(texts, b.Changed.Wall)), false})
	if b.State == showroom.BasketAtTill {
		card.State, card.Facts = "busy", append(card.Facts, fact{texts.T("staff.money.at_till", "till", string(b.Till)), false})
		card.Buttons = append(card.Buttons, button{Action: at + string(freeBasket), Label: texts.T("staff.money.free"), Command: newCommand()})
		return card
	}
	card.Buttons = append(card.Buttons, button{Action: at + string(giveUp), Label: texts.T("staff.money.give_up"), Sure: texts.T("staff.money.give_up_sure"), Command: newCommand()})
	return card
}

func (p *Page) saleCard(texts *lang.Texts, s showroom.Sale) moneyCard {
	card := moneyCard{ID: string(s.ID), Title: amount(texts, s.Totals.Due), State: "free", Facts: []fact{{texts.N("staff.money.pieces", s.Totals.Pieces) + " · " + p.when(texts, s.At), false}}}
	card.Word = texts.T("staff.money.sale", "number", strconv.FormatInt(s.Number, 10))
	if s.Till != "" {
		card.Word = texts.T("staff.money.at_till", "till", string(s.Till))
		card.Facts = append(card.Facts, fact{texts.T("staff.money.till_back"), false})
		return card
	}
	card.Link, card.Go = pathSale+"/"+url.PathEscape(string(s.ID)), texts.T("staff.money.back")
	return card
}

func (p *Page) postBasket(w http.ResponseWriter, r *http.Request, who visitor) {
	id, act := showroom.BasketID(r.PathValue("basket")), deed(r.PathValue("act"))
	err := p.once(r, command{Deed: act, Of: string(id), Staff: who.ID}, func(tx *store.Tx) error {
		switch {
		case act == freeBasket && p.opt.Tills != nil:
			return p.opt.Tills.Free(tx, id)
		case act == giveUp:
			return p.opt.Desks.AbandonParked(tx, id)
		}
		return showroom.Errorf(showroom.CodeNotFound, "There is no such button.")
	})
	p.afterwards(w, r, who, err, pathMoney, p.showMoney)
}

// reasonOf is what somebody typed as a reason. People type card numbers.
func reasonOf(r *http.Request) string {
	why := strings.TrimSpace(pan.Mask(r.PostFormValue("why")))
	if letters := []rune(why); len(letters) > reasonMost {
		why = string(letters[:reasonMost])
	}
	return why
}
