package staff

import (
	"net/http"
	"net/url"
	"strconv"

	"showroom/agent/checkout"
	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Papers are what the page asks of the checkouts' printers.
type Papers interface {
	// Unprinted are the slips that did not come out. PrintAgain prints one of them, NoPaper forgets it: nobody wants it.
	Unprinted(v *store.View) ([]checkout.Unprinted, error)
	PrintAgain(tx *store.Tx, kiosk showroom.KioskID, slip string) error
	NoPaper(tx *store.Tx, kiosk showroom.KioskID, slip string) error
}

const (
	printAgain deed = "print-again"
	noPaper    deed = "no-paper"
)

func (p *Page) paperRoutes() {
	at := "POST " + pathMoney + "/papers/{kiosk}/{slip}/"
	p.mux.HandleFunc(at+string(printAgain), p.forShoppers(func(w http.ResponseWriter, r *http.Request, who visitor) {
		p.postPaper(w, r, who, printAgain, p.opt.Desks.PrintAgain)
	}))
	p.mux.HandleFunc(at+string(noPaper), p.forShoppers(func(w http.ResponseWriter, r *http.Request, who visitor) {
		p.postPaper(w, r, who, noPaper, p.opt.Desks.NoPaper)
	}))
}

// addPapers adds the slips that did not come out.
func (p *Page) addPapers(v *store.View, texts *lang.Texts, page *moneyPage) error {
	all, err := p.opt.Desks.Unprinted(v)
	for _, u := range all {
		page.Papers = append(page.Papers, p.paperCard(v, texts, u))
	}
	return err
}

func (p *Page) paperCard(v *store.View, texts *lang.Texts, u checkout.Unprinted) moneyCard {
	at := pathMoney + "/papers/" + url.PathEscape(string(u.Kiosk)) + "/" + url.PathEscape(u.ID()) + "/"
	return moneyCard{
		ID: "paper-" + u.ID(), Title: slipName(v, texts, u.Paper), State: "fault", Word: texts.T("staff.money.paper"),
		Facts: []fact{{texts.T("staff.money.paper_how"), true}, {texts.T("staff.money.at", "device", string(u.Kiosk), "time", p.when(texts, u.Since.Wall)), false}},
		Buttons: []button{
			{Action: at + string(printAgain), Label: texts.T("staff.money.print_again"), Primary: true, Command: newCommand()},
			{Action: at + string(noPaper), Label: texts.T("staff.money.no_paper"), Command: newCommand()},
		},
	}
}

// slipName is what a slip is called: by its basket or its sale, if that is still known.
func slipName(v *store.View, texts *lang.Texts, slip showroom.Paper) string {
	if slip.Aside != "" {
		if b, err := v.Basket(slip.Aside); err == nil {
			return texts.T("staff.money.basket", "number", strconv.Itoa(b.Number))
		}
		return texts.T("staff.money.slip")
	}
	name := texts.T("staff.money.slip")
	if sale, err := v.Sale(slip.Sale); err == nil {
		name = texts.T("staff.money.sale", "number", strconv.FormatInt(sale.Number, 10))
	}
	if slip.Return != "" {
		name += " · " + texts.T("staff.money.given_back")
	}
	return name
}

// postPaper does one of the two things that can be done about a slip.
func (p *Page) postPaper(w http.ResponseWriter, r *http.Request, who visitor, act deed, do func(*store.Tx, showroom.KioskID, string) error) {
	kiosk, slip := showroom.KioskID(r.PathValue("kiosk")), r.PathValue("slip")
	err := p.once(r, command{Deed: act, Of: string(kiosk) + " " + slip, Staff: who.ID}, func(tx *store.Tx) error { return do(tx, kiosk, slip) })
	p.afterwards(w, r, who, err, pathMoney, p.showMoney)
}
