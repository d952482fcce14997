package staff

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"showroom/agent/lang"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// tagOffCard is a garment that was sold and still has its security tag.
func (p *Page) tagOffCard(v *store.View, texts *lang.Texts, f store.Release) moneyCard {
	return moneyCard{
		ID: f.ID, Title: nameIn(v, texts, f.Sale, f.GTIN), State: "fault", Word: texts.T("staff.money.tag_on"), Facts: []fact{{whyOn(texts, f.Detail), true}, {p.soldAt(v, texts, f), false}},
		Buttons: []button{{Action: pathMoney + "/tags/" + url.PathEscape(f.ID) + "/" + string(tagTakenOff), Label: texts.T("staff.money.tag_off"), Primary: true, Command: newCommand()}},
	}
}

// soldAt says where its buyer has paid, which device was asked to let go of it, and when.
func (p *Page) soldAt(v *store.View, texts *lang.Texts, f store.Release) string {
	parts := []string{string(f.Device), p.when(texts, f.Changed.Wall)}
	if sale, err := v.Sale(f.Sale); err == nil {
		place := string(sale.Kiosk)
		if sale.Till != "" {
			place = texts.T("staff.money.at_till", "till", string(sale.Till))
		}
		parts = append([]string{place}, parts...)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// whyOn is why a tag is still on, and what to do.
func whyOn(texts *lang.Texts, detail string) string {
	switch detail {
	case "no answer":
		return texts.T("staff.money.tag_no_answer")
	case "not reached":
		return texts.T("staff.money.tag_not_reached")
	case "not all pieces were sold":
		return texts.T("staff.money.tag_doubtful")
	}
	verdict, said, _ := strings.Cut(detail, ": ")
	text := texts.T("staff.money.tag_fault")
	if verdict == "refused" {
		text = texts.T("staff.money.tag_refused")
	}
	if said == "" {
		return text
	}
	return text + " (" + said + ")" // the device's own words
}

// postTagOff: somebody has taken the tag off by hand.
func (p *Page) postTagOff(w http.ResponseWriter, r *http.Request, who visitor) {
	id := r.PathValue("release")
	err := p.once(r, command{Deed: tagTakenOff, Of: id, Staff: who.ID}, func(tx *store.Tx) error {
		if p.opt.Tills == nil {
			return showroom.Errorf(showroom.CodeNotFound, "There is no security here.")
		}
		return p.opt.Tills.Seen(tx, id)
	})
	p.afterwards(w, r, who, err, pathMoney, p.showMoney)
}
